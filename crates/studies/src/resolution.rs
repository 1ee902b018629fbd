//! `fwi resolve`: what the data of a scenario resolve, by a test with a checkerboard or with spikes.
//!
//! A model with a known change is the truth of a scenario of its own, which is written to the folder and run like any other. The
//! change that its inversion finds is compared with the known one.

mod cell;
mod derived;
mod files;
mod finished;
mod measure;
mod page;
mod pattern;

use std::path::{Path, PathBuf};

use fwi::conditioning::Medium;
use fwi::region::SubGrid;
use scenario::error::FwiError;
use scenario::plan::{InversionPlan, Plan};
use survey::atomic;
use survey::model::Model;
use survey::parameter::{Parameter, Quantity};

use crate::finished_model::{Chosen, ChosenMedium, Wanted};
use crate::inversions::Inversions;
use crate::progress_args::ProgressArgs;
use crate::spine::Options;

pub use finished::Finished;
use measure::Measured;
pub use pattern::Pattern;

/// A test of resolution.
#[derive(Debug, Clone)]
pub struct Request {
    /// A scenario or a run directory.
    pub scenario: PathBuf,
    /// The inversion that is tested; by default the last.
    pub inversion: Option<String>,
    /// The model that is changed.
    pub model: Wanted,
    /// How it is changed.
    pub pattern: Pattern,
    /// The largest change relative to the values of the model.
    pub amplitude: f64,
    /// Noise of the data relative to them.
    pub noise: f64,
    /// The folder of the results; by default `resolution` in the run directory.
    pub folder: Option<PathBuf>,
    /// Whether to go on with a test that was stopped: its data and finished iterations are kept.
    pub resume: bool,
}

/// Writes the scenario of the test, runs it, and compares.
///
/// # Errors
/// [`FwiError::Argument`] for cells that are too small or too large, spikes outside the region, and an amplitude that leaves the bounds;
/// errors of the scenario and of its run.
pub fn resolve(request: &Request, progress: ProgressArgs) -> Result<Finished, FwiError> {
    let chosen = Chosen::new(&request.scenario, request.inversion.as_deref())?;
    let plan = &chosen.plan;
    let folder = request.folder.clone().unwrap_or_else(|| plan.directory.join("resolution"));
    let medium = chosen.medium(&request.model)?;
    let inversion = chosen.inversion();
    let base = first(&medium, inversion);
    let shape = shape(request, plan, inversion, &medium)?;
    let truth = changed(&base, &shape, request.amplitude);
    within_bounds(request.amplitude, &base, &truth, inversion)?;

    scenario::plan::origin::prepare(&folder)?;
    write_media(&folder, &medium, (&base, &truth), inversion)?;
    let text = derived::scenario(&chosen, request.noise)?;
    let file = folder.join("scenario.yaml");
    atomic::write_bytes(&file, text.as_bytes())?;
    let mut test = Plan::from_file(&file)?;
    scenario::memory::inversions(&test).check().map_err(|fault| test.fault(fault))?;
    test.directory = folder.join("run");
    let mut study = Inversions::new(&test);
    // A test that was stopped before its first inversion has data at most.
    let resume = request.resume && test.directory.join("summary.json").is_file();
    let options = Options { command: "run", resume, only: None, simulate: !request.resume, progress };
    let run = crate::spine::run(&mut study, &options)?;
    if let Some(trouble) = run.trouble {
        return Err(trouble);
    }
    let outcome = study.comparison().outcomes.first();
    let found = outcome.and_then(|outcome| {
        let of = outcome.parameters.iter().find(|of| of.quantity == inversion.settings.unknowns[0].quantity);
        of.map(|of| &of.model).or(outcome.model.as_ref())
    });
    let no_model = || FwiError::Failed { what: "inversion", name: inversion.name.clone() };
    let found = found.ok_or_else(no_model)?;

    let grid = found.grid;
    let [base, truth] = [&base, &truth].map(|model| model.resample_onto(&grid));
    let change = |of: &Model| {
        let relative = of.values.iter().zip(&base.values).map(|(v, base)| v / base - 1.0);
        Model { grid, values: relative.collect() }
    };
    let changes = [change(&truth), change(found)];
    let measured = Measured::new(&request.pattern.cells(&inversion.settings.region, &grid), &changes);
    let quantity = inversion.settings.unknowns[0].quantity.clone();
    let facts = facts(request, &medium, &quantity, inversion, &measured);
    let (name, survey, pattern) = (plan.name.clone(), test.survey.clone(), request.pattern.clone());
    let finished = Finished { folder, name, quantity, pattern, survey, changes, measured, facts };
    finished.write()?;
    Ok(finished)
}

fn facts(
    request: &Request,
    medium: &ChosenMedium,
    quantity: &Quantity,
    inversion: &InversionPlan,
    measured: &Measured,
) -> Vec<(String, String)> {
    let percent = |v: f64| format!("{} %", survey::ticks::significant(100.0 * v, 3));
    vec![
        ("model".to_owned(), medium.origin.clone()),
        (
            "change".to_owned(),
            format!("{}, {} of {}", request.pattern, percent(request.amplitude), quantity.words()),
        ),
        ("inversion".to_owned(), format!("`{}`, data with {} noise", inversion.name, percent(request.noise))),
        ("came back".to_owned(), measured.all.to_string()),
    ]
}

/// The parameter that is changed: the first unknown.
fn first(medium: &ChosenMedium, inversion: &InversionPlan) -> Model {
    let quantity = &inversion.settings.unknowns[0].quantity;
    let parameter = medium.parameters.iter().find(|of| of.quantity == *quantity);
    parameter.map_or_else(|| medium.main.clone(), |of| of.model.clone())
}

/// The shape of the change on the grid, from -1 to 1; 0 in water, which the inversion holds.
fn shape(
    request: &Request,
    plan: &Plan,
    inversion: &InversionPlan,
    medium: &ChosenMedium,
) -> Result<Vec<f64>, FwiError> {
    let settings = &inversion.settings;
    let region = SubGrid::new(&plan.grid, &settings.region)?;
    request.pattern.check(&region.grid)?;
    let vp = medium.parameters.iter().find(|of| of.quantity.name == "vp");
    let velocity = vp.map_or(&medium.main, |vp| &vp.model);
    let inside: Vec<f64> = region.nodes.iter().map(|&node| velocity.values[node]).collect();
    let about = Medium { grid: &region.grid, velocity: &inside, illumination: None };
    let mut shape = vec![0.0; plan.grid.len()];
    let values = request.pattern.values(&region.grid);
    for (&node, value) in region.nodes.iter().zip(&values) {
        shape[node] = *value;
    }
    for weights in fwi::image::water(&settings.conditioning, &about) {
        for (&node, _) in region.nodes.iter().zip(weights).filter(|(_, weight)| *weight == 0.0) {
            shape[node] = 0.0;
        }
    }
    if shape.iter().all(|v| *v == 0.0) {
        return Err(FwiError::Argument {
            argument: request.pattern.argument(),
            found: request.pattern.to_string(),
            problem: "changes nothing: no node of the region that the inversion may change is in it",
            expected: "larger cells, or spikes in the region and below its water".to_owned(),
        });
    }
    Ok(shape)
}

/// A model times one plus a change.
fn changed(base: &Model, shape: &[f64], amplitude: f64) -> Model {
    let values = base.values.iter().zip(shape).map(|(v, shape)| v * (1.0 + amplitude * shape));
    Model { grid: base.grid, values: values.collect() }
}

/// Rejects a change that leaves the bounds of the inversion, and a parameter that is zero where it should change.
fn within_bounds(
    amplitude: f64,
    base: &Model,
    truth: &Model,
    inversion: &InversionPlan,
) -> Result<(), FwiError> {
    let unknown = &inversion.settings.unknowns[0];
    let [lo, hi] = unknown.bounds;
    let (mut least, mut most) = (f64::INFINITY, f64::NEG_INFINITY);
    for (truth, base) in truth.values.iter().zip(&base.values) {
        if truth != base {
            (least, most) = (least.min(*truth), most.max(*truth));
        }
    }
    let wrong = |found: String, problem: &'static str, expected: String| {
        Err(FwiError::Argument { argument: "--amplitude", found, problem, expected })
    };
    if base.values.contains(&0.0) {
        let expected = "an inversion whose first unknown is nowhere zero".to_owned();
        return wrong(amplitude.to_string(), "is relative to a parameter that is zero somewhere", expected);
    }
    if least < lo || most > hi {
        let (name, suffix) = (&unknown.quantity.name, unknown.quantity.suffix());
        let changed = || {
            truth.values.iter().zip(&base.values).filter(|(truth, base)| truth != base).map(|(_, base)| base)
        };
        let room =
            changed().map(|base| (base - lo).min(hi - base) / base.abs()).fold(f64::INFINITY, f64::min);
        let expected = if room > 1e-4 {
            format!(
                "{name} within the bounds of `{}`, {lo} to {hi}{suffix}: at most --amplitude {:.4}",
                inversion.name,
                0.999 * room
            )
        } else {
            format!(
                "{name} within the bounds of `{}`, {lo} to {hi}{suffix}: the model is at a bound where it would change; widen `bounds`",
                inversion.name
            )
        };
        let found = format!("{amplitude}, which makes {name} {least:.6} to {most:.6}{suffix}");
        return wrong(found, "leaves the bounds of the inversion", expected);
    }
    Ok(())
}

/// Writes the model as it is, `base.h5`, and with the change, `truth.h5`.
fn write_media(
    folder: &Path,
    medium: &ChosenMedium,
    (base, truth): (&Model, &Model),
    inversion: &InversionPlan,
) -> Result<(), FwiError> {
    let quantity = &inversion.settings.unknowns[0].quantity;
    for (name, model) in [("base.h5", base), ("truth.h5", truth)] {
        let path = folder.join(name);
        // A file that has the model stays as it is, so that a test that was stopped is known again.
        if medium.parameters.is_empty() {
            if !Model::read(&path).is_ok_and(|kept| kept == *model) {
                model.write(&path)?;
            }
            continue;
        }
        let with = |of: &Parameter| match of.quantity == *quantity {
            true => Parameter { model: model.clone(), ..of.clone() },
            false => of.clone(),
        };
        let parameters: Vec<Parameter> = medium.parameters.iter().map(with).collect();
        if !Parameter::read_all(&path).is_ok_and(|kept| kept == parameters) {
            Parameter::write_all(&parameters, &path)?;
        }
    }
    Ok(())
}
