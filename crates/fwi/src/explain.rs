//! `fwi check --explain`: what a scenario means and costs.

mod cost;
mod unknowns;

use std::f64::consts::TAU;
use std::fmt::Write;

use crate::error::FwiError;
use crate::numbers::{bytes, list, short, shown};
use crate::plan::{DataSource, InversionPlan, ModelSource, Plan, slowest_and_fastest};
use crate::scenario::RegularizerChoice;
use crate::scenario::model::ModelChoice;

pub use cost::{FactorCost, factor_cost};
pub use unknowns::networks;

/// The explanation as text: grid, sampling, boundary, unknowns, memory and cost.
///
/// # Errors
/// [`FwiError::Data`] when a model file cannot be read any more.
pub fn explain(plan: &Plan) -> Result<String, FwiError> {
    let longest = plan.inversions.iter().map(|inversion| inversion.name.len() + 2).max().unwrap_or(0);
    let mut page = Page { text: String::new(), width: longest.max(15) };
    page.line("scenario", &plan.name);
    let equation = pde::helmholtz(pde::Dimension::Two, pde::Form::Total);
    page.line("equation", &format!("0 = {}", equation.residual));
    domain(plan, &mut page)?;
    page.line("true model", &plan.truth.as_ref().map_or_else(|| "unknown".to_owned(), model));
    page.line("starting model", &model(&plan.initial));
    let (shots, receivers) = (plan.survey.sources.len(), plan.survey.receivers.len());
    let data = plan.frequencies.len() * shots * receivers;
    page.line("survey", &format!("{shots} sources, {receivers} receivers, {data} complex data"));
    page.line("data", &data_source(plan));
    solver(plan, &mut page);
    for inversion in &plan.inversions {
        describe(plan, inversion, &mut page);
    }
    page.line("results", &plan.directory.display().to_string());
    Ok(page.text)
}

struct Page {
    text: String,
    width: usize,
}

impl Page {
    fn line(&mut self, what: &str, text: &str) {
        let _ = writeln!(self.text, "{what:<width$} {text}", width = self.width);
    }
}

fn domain(plan: &Plan, page: &mut Page) -> Result<(), FwiError> {
    let grid = &plan.grid;
    let fd::Domain { lo, hi } = grid.domain();
    page.line(
        "grid",
        &format!(
            "{} x {} nodes (z, x) of {} m, order {}: x {} to {} m, z {} to {} m",
            grid.nz(),
            grid.nx(),
            grid.spacing[0],
            plan.order,
            lo[0],
            hi[0],
            lo[1],
            hi[1]
        ),
    );
    let (initial, truth) = (plan.initial_model()?, plan.true_model()?);
    let models: Vec<_> = [Some(&initial), truth.as_ref()].into_iter().flatten().collect();
    let [slowest, fastest] = slowest_and_fastest(&models);
    let needed = fd::needed_points_per_wavelength(plan.order)?;
    for frequency in &plan.frequencies {
        let wavelength = slowest / frequency;
        page.line(
            "frequency",
            &format!(
                "{} Hz: {} points per wavelength of {} m ({} m/s), {} needed",
                short(*frequency),
                short(wavelength / grid.spacing[0]),
                short(wavelength),
                short(slowest),
                short(needed)
            ),
        );
    }
    let lowest = plan.frequencies[0];
    let returned = plan.pml.reflection(TAU * lowest / fastest);
    page.line(
        "PML",
        &format!(
            "{} m inside each edge, strength {}: {} of the wavelength at {} m/s, {} Hz; {:.1e} of it comes back",
            plan.pml.thickness, plan.pml.strength, short(plan.pml.thickness * lowest / fastest), short(fastest),
            short(lowest), returned
        ),
    );
    Ok(())
}

fn model(source: &ModelSource) -> String {
    let name = source.choice.name();
    match &source.choice {
        ModelChoice::Uniform(uniform) => format!("{name}, {} m/s", uniform.velocity),
        ModelChoice::Disc(disc) => format!(
            "{name} of {} m at ({}, {}) m, {} m/s in {} m/s",
            disc.radius, disc.centre[0], disc.centre[1], disc.velocity, disc.background
        ),
        ModelChoice::Layers(layers) => format!("{} {name}", layers.velocities.len()),
        ModelChoice::Gradient(gradient) => format!("{name}, {} to {} m/s", gradient.top, gradient.bottom),
        ModelChoice::File(_) => {
            format!("{name} {}", source.file.as_deref().map(shown).unwrap_or_default())
        }
    }
}

fn data_source(plan: &Plan) -> String {
    let path = shown(&plan.data.path);
    let Some(simulate) = &plan.data.simulate else { return format!("{path}, as it is") };
    let how = match simulate.engine {
        DataSource::Exact => "the exact solution".to_owned(),
        DataSource::FiniteDifferences { grid, order } => {
            format!("finite differences of order {order} on {} x {} nodes", grid.nz(), grid.nx())
        }
    };
    let noise = match simulate.noise {
        0.0 => "without noise".to_owned(),
        noise => format!("with {} % noise", short(100.0 * noise)),
    };
    format!("{path}, simulated by {how} {noise}")
}

fn solver(plan: &Plan, page: &mut Page) {
    let cost = factor_cost(plan.grid.shape, plan.order);
    let (factor, solve) = cost.seconds(plan.survey.sources.len());
    let shots = plan.survey.sources.len();
    page.line(
        "solver",
        &format!(
            "{} unknowns a frequency; its factors take {}, about {} to factorise and {} to solve for {shots} sources",
            plan.grid.len(), bytes(cost.bytes()), seconds(factor), seconds(solve)
        ),
    );
}

/// Seconds to one digit: more would claim too much.
fn seconds(value: f64) -> String {
    match value {
        v if v < 1e-3 => "less than 1 ms".to_owned(),
        v if v < 1.0 => format!("{} ms", one_digit(1e3 * v)),
        v if v < 100.0 => format!("{} s", one_digit(v)),
        v => format!("{} min", one_digit(v / 60.0)),
    }
}

fn one_digit(value: f64) -> String {
    let unit = 10_f64.powf(value.log10().floor());
    short((value / unit).round() * unit)
}

fn describe(plan: &Plan, inversion: &InversionPlan, page: &mut Page) {
    let fields = inversion.stages.iter().map(|stage| stage.frequencies.len()).max().unwrap_or(0);
    let networks = networks(&inversion.method, fields * plan.survey.sources.len());
    let unknowns = if networks.is_empty() {
        let inside = plan.grid.points().filter(|point| inversion.region.covers(*point)).count();
        format!("{inside} velocities")
    } else {
        let each = networks.iter().map(|(what, count)| format!("{what} network of {count} parameters"));
        each.collect::<Vec<_>>().join(", ")
    };
    let mut terms = vec![inversion.misfit.name()];
    terms.extend(inversion.regularizers.iter().map(RegularizerChoice::name));
    page.line(
        &format!("- {}", inversion.name),
        &format!(
            "{}: {unknowns}; {} by {}, {} to {} m/s",
            inversion.method.name(),
            terms.join(" + "),
            inversion.optimizer.name(),
            short(inversion.bounds[0]),
            short(inversion.bounds[1])
        ),
    );
    for stage in &inversion.stages {
        let all: Vec<String> = stage.frequencies.iter().map(|i| short(plan.frequencies[*i])).collect();
        page.line(
            "",
            &format!("{} iterations at {} Hz", stage.iterations, list(&all).replace(" or ", " and ")),
        );
    }
    let until = [
        inversion.noise_level.map(|level| format!("a misfit of {} %", short(100.0 * level))),
        inversion.time_limit.map(|limit| format!("{} s", short(limit))),
    ];
    let until: Vec<String> = until.into_iter().flatten().collect();
    if !until.is_empty() {
        page.line("", &format!("stops at {}", list(&until)));
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// The page states the sampling, the boundary, every inversion and the parameters of card F's network.
    #[test]
    fn paper_is_explained() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios/cylinder-paper.yaml");
        let page = explain(&Plan::from_file(&file).unwrap()).unwrap();
        for words in [
            "101 x 101 nodes",
            "15.71 points per wavelength",
            "150 complex data",
            "network of 200971 parameters",
        ] {
            assert!(page.contains(words), "{words}:\n{page}");
        }
    }
}
