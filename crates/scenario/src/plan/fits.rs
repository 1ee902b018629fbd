//! The plan of a scenario of fits.

mod problems;

use std::cell::RefCell;
use std::path::Path;

use document::problems::{EmptyList, MissingFile};
use document::{CheckSettings, Fault, KeyPath, ScenarioError, ScenarioFile, Unit, rising, within};

use self::problems::{Constant, FEWEST, FewSamples, NothingToSmooth, UnsuitableSmoothing, VelocitiesOnly};
use super::check::{self, Context};
use super::domain;
use super::domain::problems::SolverError;
use super::origin::Origin;
use crate::error::FwiError;
use crate::outputs::OutputFormat;
use crate::target::{Array, TargetChoice, Velocity};
use crate::{FitBlock, FitScenario};
use experiments::fits::Quantity;
use experiments::fits::target::Target;
use survey::array;
use survey::medium::ModelChoice;
use survey::model::PLAUSIBLE;

/// A checked scenario of fits.
#[derive(Debug, Clone)]
pub struct FitPlan {
    /// File, text and name.
    pub origin: Origin,
    /// The scenario as typed, with defaults filled in.
    pub scenario: FitScenario,
    /// The target.
    pub target: Target,
    /// The networks; never empty.
    pub fits: Vec<FitBlock>,
}

impl FitPlan {
    /// Checks the text of a scenario; `path` is named in errors, and files are relative to its folder.
    ///
    /// # Errors
    /// [`FwiError::Scenario`] with the first error and its position.
    pub fn from_text(text: &str, path: &Path) -> Result<FitPlan, FwiError> {
        let mut scenario = FitScenario::from_text(text, path)?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let wrong = |fault| ScenarioError::new(path.to_owned(), text, fault);
        let (target, notes) = checked(&mut scenario, folder).map_err(wrong)?;
        let origin = Origin { notes, ..Origin::new(path, text, &scenario.name) };
        let fits = scenario.fits.clone();
        let plan = FitPlan { origin, scenario, target, fits };
        Ok(plan)
    }
}

/// The target, and what its user has to know of it.
fn checked(scenario: &mut FitScenario, folder: &Path) -> Result<(Target, Vec<String>), Fault> {
    check::root(scenario.schema, &scenario.name)?;
    let at = KeyPath::of("target").key(scenario.target.name());
    scenario.target.as_dyn().check(&at)?;
    let (target, notes) = match &mut scenario.target {
        TargetChoice::Velocity(velocity) => modelled(&at, velocity, folder)?,
        TargetChoice::Array(array) => (read(&at, array, folder)?, Vec::new()),
    };
    if scenario.fits.is_empty() {
        return Err(Fault::new(KeyPath::of("fits"), EmptyList { what: "fits" }));
    }
    for (i, block) in scenario.fits.iter().enumerate() {
        let at = check::block("fits", &scenario.fits, i, |block| &block.name)?;
        fit(&at, block, &target)?;
    }
    check::exported(&scenario.outputs, &target.grid)?;
    if let Some(i) = scenario.outputs.formats.iter().position(|f| *f == OutputFormat::Hdf5)
        && target.meaning != array::Meaning::Velocity
    {
        let problem = VelocitiesOnly { target: target.meaning };
        return Err(Fault::new(KeyPath::of("outputs.formats").index(i), problem));
    }
    Ok((target, notes))
}

/// A velocity model on its grid.
fn modelled(at: &KeyPath, block: &mut Velocity, folder: &Path) -> Result<(Target, Vec<String>), Fault> {
    for (key, side) in [("x", block.x), ("z", block.z)] {
        rising(&at.key(key), side, Unit::Metre)?;
    }
    let grid = domain::over(&at.key("spacing"), &[block.x, block.z], block.spacing)?;
    if matches!(block.model, ModelChoice::Smooth(_)) {
        return Err(Fault::new(at.key("model").key("smooth"), NothingToSmooth));
    }
    block.model.place(block.x, block.z);
    let context =
        Context { folder, range: PLAUSIBLE, adjustable: false, grid: &grid, notes: RefCell::default() };
    let (_, model) = context.model(&at.key("model"), &block.model, None)?;
    let target = target(at, grid, &model.values, array::Meaning::Velocity, block.smoothing)?;
    Ok((target, context.notes.into_inner()))
}

/// An array from a file, or a part of it, optionally at another spacing.
fn read(at: &KeyPath, block: &Array, folder: &Path) -> Result<Target, Fault> {
    let path = folder.join(&block.path);
    if !path.exists() {
        return Err(Fault::new(at.key("path"), MissingFile::new(path)));
    }
    let whole =
        array::read(&path, block.pixel.unwrap_or(1.0)).map_err(|error| Fault::new(at.key("path"), error))?;
    let domain = whole.grid.domain();
    let mut sides = [[0.0; 2]; 2];
    for (a, (key, side)) in [("x", block.x), ("z", block.z)].into_iter().enumerate() {
        sides[a] = side.unwrap_or([domain.lo[a], domain.hi[a]]);
        for (i, edge) in sides[a].into_iter().enumerate() {
            within(&at.key(key).index(i), edge, [domain.lo[a], domain.hi[a]], Unit::Metre)?;
        }
    }
    if block.x.is_none() && block.z.is_none() && block.spacing.is_none() {
        return target(at, whole.grid, &whole.values, whole.meaning, block.smoothing);
    }
    let [dx, dz] = block.spacing.map_or(whole.grid.spacing, |spacing| [spacing; 2]);
    let nodes = |side: [f64; 2], d: f64| ((side[1] - side[0]) / d * (1.0 + 1e-12)).floor() as usize + 1;
    let shape = [nodes(sides[1], dz), nodes(sides[0], dx)];
    let grid = fd::Grid::new([sides[0][0], sides[1][0]], [dx, dz], shape)
        .map_err(|error| Fault::new(at, SolverError(error)))?;
    let values: Vec<f64> =
        grid.points().map(|p| survey::model::sample(&whole.grid, &whole.values, p)).collect();
    target(at, grid, &values, whole.meaning, block.smoothing)
}

fn target(
    at: &KeyPath,
    grid: fd::Grid,
    values: &[f64],
    meaning: array::Meaning,
    smoothing: Option<f64>,
) -> Result<Target, Fault> {
    let [nz, nx] = grid.shape;
    if nz.min(nx) < FEWEST {
        return Err(Fault::new(at, FewSamples { found: [nz, nx] }));
    }
    if let Some(sigma) = smoothing {
        let most = survey::derivatives::longest_sigma(&grid);
        within(&at.key("smoothing"), sigma, [0.0, most], Unit::Metre)?;
    }
    let target = Target::new(grid, values, meaning, smoothing);
    let [lo, hi] = target.range();
    if hi - lo <= 1e-12 * lo.abs().max(hi.abs()) {
        return Err(Fault::new(at, Constant { value: lo }));
    }
    Ok(target)
}

fn fit(at: &KeyPath, block: &FitBlock, target: &Target) -> Result<(), Fault> {
    block.network.check(&at.key("network"))?;
    block.optimizer.check_for_network(at, "fit", "adam: {learning_rate: 1e-4}")?;
    if let Ok(architecture) = block.network.architecture(1) {
        block.optimizer.check_size(at, &architecture)?;
    }
    let samples = target.grid.len();
    if let Some(batch) = block.batch {
        within(&at.key("batch"), batch as f64, [1.0, samples as f64], Unit::None)?;
    }
    if block.smoothing.is_some() {
        let refused = [
            (block.batch.is_some(), UnsuitableSmoothing::Batch),
            (block.quantity == Quantity::Value, UnsuitableSmoothing::Value),
            (block.optimizer.as_dyn().needs_squares(), UnsuitableSmoothing::Optimizer),
        ];
        if let Some((_, problem)) = refused.into_iter().find(|(applies, _)| *applies) {
            return Err(Fault::new(at.key("smoothing"), problem));
        }
    }
    check::computed(at, &block.device)
}
