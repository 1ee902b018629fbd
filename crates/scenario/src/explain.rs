//! `fwi check --explain`: a description of a scenario and its cost.

mod cost;
mod evolutions;
mod fits;
mod frequencies;
mod implicit;
mod lines;
mod medium;
mod page;
mod ranks;
mod statistics;
mod system;
mod unknowns;
mod wavefields;

use std::f64::consts::TAU;

use document::numbers::{bytes, list, short, shown};

use fd::Grid;
use fd::program::Limits;
use lines::{THIN_LAYER, points, seconds};
use page::Page;

use crate::error::FwiError;
use crate::memory;
use crate::plan::{DataSource, InversionPlan, Plan, SNAPSHOTS_A_PERIOD, bands, slowest_and_fastest};
use crate::{MethodChoice, RegularizerChoice, StorageChoice};
use fwi::inversion::joint::unknowns_in_time;
use fwi::inversion_settings::Stage;
use fwi::unknowns::Unknown;
use fwi::waves_plan::{FrequencyPlan, HelmholtzPlan, TransientPlan, WavesPlan};
use survey::medium::ModelChoice;
use survey::medium::generated::{Fault, Folds, Salt};
use survey::model::Model;
use survey::model_source::ModelSource;
use survey::traces::BandFilter;

pub use evolutions::evolutions;
pub use fits::fits;
pub use fwi::factor_cost::{FactorCost, factor_cost};
pub use ranks::{most_ranks, ranks};
pub use statistics::statistics;
pub use unknowns::networks;
pub use wavefields::wavefields;

/// The explanation as text: grid, sampling, boundary, unknowns, memory and cost.
///
/// # Errors
/// [`FwiError::Data`] if a model file can no longer be read.
pub fn explain(plan: &Plan) -> Result<String, FwiError> {
    let longest = plan.inversions.iter().map(|inversion| inversion.name.len() + 2).max().unwrap_or(0);
    let mut page = Page { text: String::new(), width: longest.max(15) };
    page.line("scenario", &plan.name);
    match &plan.waves {
        _ if plan.system().is_some() => system::equations(plan, &mut page),
        WavesPlan::Helmholtz(waves) if !waves.medium.is_plain() => {
            medium::equations(&waves.medium, &mut page);
        }
        WavesPlan::Transient(waves) => {
            medium::residuals(&waves.equations(plan.grid.dims()), &mut page);
        }
        WavesPlan::Helmholtz(_) | WavesPlan::AtFrequencies(_) => {
            let equation = pde::helmholtz(crate::plan::dimension(&plan.grid), pde::Form::Total);
            page.line("equation", &format!("0 = {}", equation.residual));
        }
    }
    domain(plan, &mut page)?;
    match (&plan.initial, plan.system()) {
        (_, Some(plan)) => system::parameters(plan, &mut page),
        (initial, None) => {
            page.line("true model", &plan.truth.as_ref().map_or_else(|| "unknown".to_owned(), model));
            page.line("starting model", &initial.as_ref().map_or_else(String::new, model));
        }
    }
    let (shots, receivers) = (plan.survey.sources.len(), &plan.survey.receivers);
    let each = match &plan.waves {
        WavesPlan::Helmholtz(waves) => {
            format!("{} complex data", waves.frequencies.len() * shots * receivers.count())
        }
        WavesPlan::AtFrequencies(waves) => frequencies::survey(waves, &plan.survey),
        WavesPlan::Transient(waves) => match &waves.system {
            None => format!("traces of {} samples", waves.samples),
            Some(system) => {
                let names: Vec<&str> = system.fields.iter().map(|field| field.name.as_str()).collect();
                let (fields, source) = (names.join(", "), &system.source);
                format!("sources of `{source}`, traces of {fields} of {} samples", waves.samples)
            }
        },
    };
    page.line("survey", &format!("{shots} sources, {receivers}, {each}"));
    page.line("data", &data_source(plan)?);
    match &plan.waves {
        WavesPlan::Helmholtz(_) => solver(plan, &mut page),
        WavesPlan::AtFrequencies(waves) => frequencies::solver(plan, waves, &mut page)?,
        WavesPlan::Transient(waves) => cost::propagator(plan, waves, &mut page)?,
    }
    let shares = match plan.observed()? {
        Some(observed) => bands::shares(&observed, &plan.waves, &plan.inversions)?,
        None => Vec::new(),
    };
    for (i, inversion) in plan.inversions.iter().enumerate() {
        describe(plan, inversion, shares.get(i).map_or(&[], Vec::as_slice), &mut page)?;
    }
    page.line("memory", &memory::inversions(plan).in_words());
    page.line("results", &plan.directory.display().to_string());
    Ok(page.text)
}

fn domain(plan: &Plan, page: &mut Page) -> Result<(), FwiError> {
    let grid = &plan.grid;
    let sides = |(name, axis): (&&str, fd::Axis)| format!("{name} {} to {} m", axis.origin, axis.last());
    let sides: Vec<String> = fd::coordinate_names(grid.dims()).iter().zip(grid.axes()).map(sides).collect();
    page.line(
        "grid",
        &format!(
            "{} nodes ({}) of {} m, order {}: {}",
            nodes(grid),
            grid.array_axes().join(", "),
            grid.spacing[0],
            plan.order,
            sides.join(", ")
        ),
    );
    match (&plan.waves, plan.system()) {
        (WavesPlan::Transient(waves), Some(system)) => {
            let limits = system::limits(plan, &waves.settings(plan.order, 1, 1), system)?;
            return transient(plan, waves, limits, page);
        }
        (WavesPlan::AtFrequencies(waves), _) => return frequencies::sampling(plan, waves, page),
        _ => {}
    }
    let (initial, truth) = (plan.initial_model()?, plan.true_model()?);
    let models: Vec<_> = [initial.as_ref(), truth.as_ref()].into_iter().flatten().collect();
    let [slowest, fastest] = slowest_and_fastest(&models);
    match &plan.waves {
        WavesPlan::Helmholtz(waves) => harmonic(plan, waves, [slowest, fastest], page),
        WavesPlan::AtFrequencies(_) => Ok(()),
        WavesPlan::Transient(waves) => {
            let largest = |model: &&Model| waves.largest_stable_step(&plan.grid, plan.order, &model.values);
            let steps = models.iter().map(largest).collect::<Result<Vec<_>, _>>()?;
            let largest_step = steps.into_iter().fold(f64::INFINITY, f64::min);
            transient(plan, waves, Limits { slowest, fastest, largest_step }, page)
        }
    }
}

fn harmonic(
    plan: &Plan,
    waves: &HelmholtzPlan,
    [slowest, fastest]: [f64; 2],
    page: &mut Page,
) -> Result<(), FwiError> {
    points(plan, &waves.frequencies, slowest, page)?;
    let (lowest, pml) = (waves.frequencies[0], waves.pml);
    let returned = pml.reflection(TAU * lowest / fastest);
    page.line(
        "PML",
        &format!(
            "{} m inside each edge, strength {}: {} of the wavelength at {} m/s, {} Hz; reflects {:.1e}",
            pml.thickness,
            pml.strength,
            short(pml.thickness * lowest / fastest),
            short(fastest),
            short(lowest),
            returned
        ),
    );
    Ok(())
}

fn transient(
    plan: &Plan,
    waves: &TransientPlan,
    Limits { slowest, fastest, largest_step: largest }: Limits,
    page: &mut Page,
) -> Result<(), FwiError> {
    let grid = &plan.grid;
    page.line(
        "time",
        &format!(
            "{} steps of {} s; largest stable step at {} m/s {} s; data every {} s up to {} s",
            waves.resampling(1).steps() - 1,
            short(waves.step),
            short(fastest),
            short(largest),
            short(waves.interval()),
            short(waves.interval() * (waves.samples - 1) as f64)
        ),
    );
    let needed = fd::needed_points_per_wavelength(plan.order)?;
    let points = |frequency: f64| short(slowest / frequency / grid.spacing[0]);
    page.line(
        "wavelet",
        &format!(
            "{}, {} to {} Hz, peak {} Hz: {} points per wavelength at the peak and {} at the highest frequency ({} m/s), {} \
             needed",
            waves.wavelet.name(),
            short(waves.band.low),
            short(waves.band.high),
            short(waves.band.peak),
            points(waves.band.peak.max(f64::MIN_POSITIVE)),
            points(waves.band.high),
            short(slowest),
            short(needed)
        ),
    );
    let error = |frequency: f64| -> Result<String, FwiError> {
        let error = match &waves.system {
            None => waves.phase_error(grid, plan.order, slowest, frequency)?,
            Some(system) => system::phase_error(plan, waves, system, (slowest, frequency))?,
        };
        let which = if error < 0.0 { "slow" } else { "fast" };
        Ok(format!("{} % too {which} at {} Hz", short(100.0 * error.abs()), short(frequency)))
    };
    let peak = error(waves.band.peak.max(waves.band.low).max(f64::MIN_POSITIVE))?;
    let high = error(waves.band.high)?;
    page.line("dispersion", &format!("waves of {} m/s along an axis are {peak} and {high}", short(slowest)));
    let cpml = waves.boundary.cpml;
    let top = if waves.boundary.free_surface { ", a free surface at the top" } else { "" };
    let wavelength = fastest / waves.band.peak.max(f64::MIN_POSITIVE);
    let thickness = cpml.cells as f64 * grid.spacing[0] / wavelength;
    let thin = if thickness < THIN_LAYER { ": thin for such waves, expect reflections" } else { "" };
    page.line(
        "CPML",
        &format!(
            "{} cells outside each edge{top}; {} of the wavelength at {} m/s, {} Hz{thin}",
            cpml.cells,
            short(thickness),
            short(fastest),
            short(waves.band.peak)
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
        ModelChoice::Ball(ball) => format!(
            "{name} of {} m at ({}, {}, {}) m, {} m/s in {} m/s",
            ball.radius, ball.centre[0], ball.centre[1], ball.centre[2], ball.velocity, ball.background
        ),
        ModelChoice::Rectangle(body) => format!(
            "{name} x {} to {} m, z {} to {} m, {} m/s in {} m/s",
            body.x[0], body.x[1], body.z[0], body.z[1], body.velocity, body.background
        ),
        ModelChoice::Layers(layers) => format!("{} {name}", layers.velocities.len()),
        ModelChoice::Folds(Folds { strata })
        | ModelChoice::Fault(Fault { strata, .. })
        | ModelChoice::Salt(Salt { strata, .. }) => {
            let (top, bottom) = (strata.top, strata.bottom);
            format!("{name} in {} layers, {top} to {bottom} m/s, seed {}", strata.count, strata.seed)
        }
        ModelChoice::Smooth(smooth) => format!("the true model, smoothed by {} m", smooth.sigma),
        ModelChoice::Gradient(gradient) => format!("{name}, {} to {} m/s", gradient.top, gradient.bottom),
        ModelChoice::Inversion(earlier) => format!("the result of `{}`", earlier.0),
        ModelChoice::File(_) => {
            format!("{name} {}", source.file.as_deref().map(shown).unwrap_or_default())
        }
    }
}

/// The nodes along each axis, in the order of arrays.
fn nodes(grid: &Grid) -> String {
    grid.array_shape().iter().map(ToString::to_string).collect::<Vec<_>>().join(" x ")
}

fn data_source(plan: &Plan) -> Result<String, FwiError> {
    let path = shown(&plan.data.path);
    let Some(simulate) = &plan.data.simulate else { return Ok(format!("{path}, read from file")) };
    let how = match simulate.engine {
        DataSource::Exact => "the exact solution".to_owned(),
        DataSource::FiniteDifferences { grid, order, refine } => {
            let finer =
                if refine > 1 { format!(" with time steps {refine} times shorter") } else { String::new() };
            format!("finite differences of order {order} on {} nodes{finer}", nodes(&grid))
        }
    };
    let noise = match simulate.noise {
        0.0 => "without noise".to_owned(),
        noise => format!("with {} % noise", short(100.0 * noise)),
    };
    let time = cost::simulation(plan)?.map_or_else(String::new, |time| format!("; about {}", seconds(time)));
    Ok(format!("{path}, simulated by {how} {noise}{time}"))
}

fn solver(plan: &Plan, page: &mut Page) {
    let cost = factor_cost(plan.grid.shape, plan.order);
    let (factor, solve) = cost.seconds(plan.survey.sources.len());
    let shots = plan.survey.sources.len();
    page.line(
        "solver",
        &format!(
            "{} unknowns per frequency; factors of {}, {} at the peak; about {} to factorise and {} to solve for {shots} \
             sources",
            plan.grid.len(), bytes(cost.bytes()), bytes(cost.peak_bytes(shots)), seconds(factor), seconds(solve)
        ),
    );
}

/// Describes one inversion. `shares` are the shares of the data's energy in the bands of its stages.
fn describe(
    plan: &Plan,
    inversion: &InversionPlan,
    shares: &[Option<f64>],
    page: &mut Page,
) -> Result<(), FwiError> {
    let in_time = plan.waves.frequencies().is_none();
    let frequencies =
        inversion.settings.stages.iter().map(|stage| stage.frequencies.len()).max().unwrap_or(0);
    let unknowns = match &plan.waves {
        WavesPlan::Helmholtz(waves) => frequencies * waves.medium.unknowns().names.len(),
        WavesPlan::Transient(waves) => unknowns_in_time(waves),
        WavesPlan::AtFrequencies(_) => 0,
    };
    let fields = unknowns * plan.survey.sources.len();
    let parameters = inversion.settings.unknowns.len();
    let networks = networks(&inversion.method, (fields, parameters), in_time);
    let unknowns = if let Some(values) = implicit::grid_values(plan, inversion) {
        format!("grids of {values} values")
    } else if networks.is_empty() {
        let inside = plan.grid.nodes().filter(|node| inversion.settings.region.holds(node)).count();
        match plan.system() {
            None => format!("{inside} velocities"),
            Some(_) => {
                let of = |unknown: &Unknown| format!("{inside} of `{}`", unknown.quantity.name);
                inversion.settings.unknowns.iter().map(of).collect::<Vec<_>>().join(", ")
            }
        }
    } else {
        let each = networks.iter().map(|(what, count)| format!("{what} network of {count} parameters"));
        format!("{} on {}", each.collect::<Vec<_>>().join(", "), inversion.settings.device)
    };
    let bounds = |unknown: &Unknown| {
        let ([low, high], unit) = (unknown.bounds.map(short), unknown.quantity.suffix());
        let name =
            if plan.system().is_some() { format!("{} ", unknown.quantity.name) } else { String::new() };
        format!("{name}{low} to {high}{unit}")
    };
    let mut bounds: Vec<String> = inversion.settings.unknowns.iter().map(bounds).collect();
    bounds.extend(inversion.settings.followers.iter().map(|follower| {
        let of = &inversion.settings.unknowns[follower.of].quantity.name;
        format!("{} follows {of}", follower.quantity.name)
    }));
    let mut terms = vec![inversion.settings.misfit.name()];
    terms.extend(inversion.settings.regularizers.iter().map(RegularizerChoice::name));
    page.line(
        &format!("- {}", inversion.name),
        &format!(
            "{}: {unknowns}; {} by {}, {}",
            inversion.method.name(),
            terms.join(" + "),
            inversion.settings.optimizer.name(),
            bounds.join(", ")
        ),
    );
    for (k, stage) in inversion.settings.stages.iter().enumerate() {
        let which = match &plan.waves {
            WavesPlan::Helmholtz(HelmholtzPlan { frequencies, .. })
            | WavesPlan::AtFrequencies(FrequencyPlan { frequencies, .. }) => {
                let all: Vec<String> = stage.frequencies.iter().map(|i| short(frequencies[*i])).collect();
                format!("at {} Hz", list(&all).replace(" or ", " and "))
            }
            WavesPlan::Transient(_) => match shares.get(k).copied().flatten() {
                Some(share) => format!("{}: {} % of the data's energy", in_band(stage), short(100.0 * share)),
                None => in_band(stage),
            },
        };
        page.line("", &format!("{} iterations {which}", stage.iterations));
    }
    if let WavesPlan::Transient(waves) = &plan.waves {
        storage(waves, &inversion.settings.storage, page);
        if let Some(device) = inversion.settings.wave_device.about() {
            page.line("", &format!("waves on {device}"));
        }
        if let MethodChoice::Implicit(implicit) = &inversion.method {
            implicit::gradients(&inversion.settings, plan.survey.sources.len(), page);
            implicit::first_layer(plan, (waves, implicit), inversion, page)?;
        }
    }
    let until = [
        inversion.settings.noise_level.map(|level| format!("a misfit of {} %", short(100.0 * level))),
        inversion.settings.time_limit.map(|limit| format!("{} s", short(limit))),
    ];
    let until: Vec<String> = until.into_iter().flatten().collect();
    if !until.is_empty() {
        page.line("", &format!("stops at {}", list(&until)));
    }
    Ok(())
}

/// The accuracy of the gradient if not every wavefield is stored.
fn storage(waves: &TransientPlan, storage: &StorageChoice, page: &mut Page) {
    let StorageChoice::Snapshots(snapshots) = storage else { return };
    let period = 1.0 / (waves.band.high * waves.step * snapshots.every as f64);
    let accuracy = if period >= SNAPSHOTS_A_PERIOD {
        "the gradient is exact to about 3 %"
    } else {
        "fewer than the 4 that an accurate gradient needs: keep more, or use `checkpoints`"
    };
    page.line(
        "",
        &format!("snapshots: {} in a period of {} Hz; {accuracy}", short(period), short(waves.band.high)),
    );
}

fn in_band(stage: &Stage) -> String {
    let words = stage.band.as_ref().and_then(BandFilter::in_words);
    words.unwrap_or_else(|| "with the full spectrum".to_owned())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// The page states the sampling, the boundary, every inversion and the parameters of the network in the SIREN paper's inversion.
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
