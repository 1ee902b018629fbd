//! `fwi resolve`: what the data of a scenario resolve, by a test with a checkerboard or with spikes.
//!
//! A model with a known change is the truth of a scenario of its own, which is written to the folder and run like any other. The
//! change that its inversion finds is compared with the known one.

mod derived;
mod measure;
mod page;
mod pattern;

use std::path::{Path, PathBuf};

use fd::Grid;
use fwi::conditioning::Medium;
use fwi::region::SubGrid;
use scenario::error::FwiError;
use scenario::plan::{InversionPlan, Plan};
use survey::atomic;
use survey::model::Model;
use survey::parameter::{Parameter, Quantity};
use survey::survey::Survey;

use crate::finished_model::{Chosen, ChosenMedium, Wanted};
use crate::inversions::Inversions;
use crate::progress_args::ProgressArgs;
use crate::spine::Options;
use figures::slices::model_figure;
use figures::{Scale, robust_amplitude};

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
}

/// A finished test.
#[derive(Debug)]
pub struct Finished {
    folder: PathBuf,
    name: String,
    quantity: Quantity,
    pattern: Pattern,
    survey: Survey,
    /// The change that was put in, and the one that was found, relative to the model.
    changes: [Model; 2],
    measured: Measured,
    facts: Vec<(String, String)>,
}

/// The note that belongs to every result.
pub(crate) const NOTE: &str = "The data were computed with the equation of the inversion, so this shows what the illumination and the bandwidth of \
                               the survey resolve, and not errors of the physics. A change of another size or shape is resolved differently.";

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
    let options = Options { command: "run", resume: false, only: None, simulate: true, progress };
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
    if base.values.iter().any(|v| *v == 0.0) {
        let expected = "an inversion whose first unknown is nowhere zero".to_owned();
        return wrong(amplitude.to_string(), "is relative to a parameter that is zero somewhere", expected);
    }
    if least < lo || most > hi {
        let (name, suffix) = (&unknown.quantity.name, unknown.quantity.suffix());
        let expected = format!("{name} within the bounds of `{}`, {lo} to {hi}{suffix}", inversion.name);
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
        if medium.parameters.is_empty() {
            model.write(&path)?;
            continue;
        }
        let with = |of: &Parameter| match of.quantity == *quantity {
            true => Parameter { model: model.clone(), ..of.clone() },
            false => of.clone(),
        };
        Parameter::write_all(&medium.parameters.iter().map(with).collect::<Vec<_>>(), &path)?;
    }
    Ok(())
}

impl Finished {
    /// What is printed: the facts, the table, and where the page is.
    #[must_use]
    pub fn text(&self) -> String {
        let facts: String = self.facts.iter().map(|(name, text)| format!("{name:>12}  {text}\n")).collect();
        let page = self.folder.join("resolution.html");
        format!("{facts}\n{}\nnote: {NOTE}\npage: {}\n", self.measured.text(&self.pattern), page.display())
    }

    /// Writes tables, maps, figure and page.
    fn write(&self) -> Result<(), FwiError> {
        let file = |name: &str| self.folder.join(name);
        atomic::write_bytes(&file("resolution.csv"), self.measured.csv().as_bytes())?;
        atomic::write_bytes(&file("depths.csv"), self.measured.depths_csv().as_bytes())?;
        let [put, found] = &self.changes;
        let map = |name: &str, model: &Model| Parameter {
            quantity: Quantity { name: name.to_owned(), unit: "1".to_owned() },
            model: model.clone(),
        };
        let maps = &self.measured.maps;
        let all = [
            map("change", put),
            map("found", found),
            map("correlation", &maps.correlation),
            map("recovered", &maps.recovered),
            map("semblance", &maps.semblance),
        ];
        Parameter::write_all(&all, &file("resolution.h5"))?;
        let scale = self.scale();
        let figure = model_figure(&[("change", put), ("found", found)], &scale, Some(&self.survey));
        atomic::write_bytes(&file("resolution.png"), &figure.to_png())?;
        Ok(atomic::write_bytes(&file("resolution.html"), page::html(self).as_bytes())?)
    }

    /// The scale of both changes: that of the one that was put in.
    fn scale(&self) -> Scale {
        let amplitude = robust_amplitude(self.changes[0].values.iter().copied(), 1.0);
        Scale::signed(amplitude, format!("relative change of {}", self.quantity.words()))
    }
}

/// A box of the pattern, whose recovery is a row of the table.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Cell {
    /// Its sides in m, in the order of coordinates.
    sides: Vec<[f64; 2]>,
}

impl Cell {
    /// The nodes of a grid inside; the far sides do not count, so that cells share no node.
    fn nodes(&self, grid: &Grid) -> Vec<usize> {
        let mut nodes = vec![0];
        let mut stride = 1;
        for (axis, [lo, hi]) in grid.axes().iter().zip(&self.sides) {
            let inside = |i: &usize| (lo - 1e-6..hi - 1e-6).contains(&axis.at(*i));
            let along: Vec<usize> = (0..axis.nodes).filter(inside).map(|i| i * stride).collect();
            nodes = along.iter().flat_map(|i| nodes.iter().map(move |node| node + i)).collect();
            stride *= axis.nodes;
        }
        nodes
    }

    /// Its middle.
    fn centre(&self) -> Vec<f64> {
        self.sides.iter().map(|[lo, hi]| 0.5 * (lo + hi)).collect()
    }

    /// Its top and bottom; of a line its ends.
    fn depths(&self) -> [f64; 2] {
        self.sides.last().copied().unwrap_or_default()
    }
}
