//! From scenario to plan, block by block.

use std::path::{Path, PathBuf};

use super::{ModelSource, Plan, data, domain, inversions, survey, waves};
use crate::key_path::KeyPath;
use crate::model::Model;
use crate::problem::{Problem, Unit};
use crate::scenario::Scenario;
use crate::scenario::check::{Fault, positive, rising, within};
use crate::scenario::model::ModelChoice;

/// Velocities beyond which `velocity_range` itself is a mistake, m/s.
const CONCEIVABLE: [f64; 2] = [1.0, 100_000.0];

pub(super) fn plan(mut scenario: Scenario, folder: &Path) -> Result<Plan, Fault> {
    if scenario.schema != 1 {
        return Err((KeyPath::of("schema"), Problem::Schema { found: scenario.schema }));
    }
    name(&KeyPath::of("name"), &scenario.name)?;
    let grid = domain::grid(&scenario.grid)?;
    let waves = waves::waves(&scenario, &grid, folder)?;
    let velocity_range = scenario.model.velocity_range;
    let at = KeyPath::of("model.velocity_range");
    rising(&at, velocity_range, Unit::MetrePerSecond)?;
    for (i, limit) in velocity_range.into_iter().enumerate() {
        within(&at.index(i), limit, CONCEIVABLE, Unit::MetrePerSecond)?;
    }

    let depths = scenario.grid.z;
    for choice in scenario.model.truth.iter_mut().chain([&mut scenario.model.initial]) {
        if let ModelChoice::Gradient(gradient) = choice {
            gradient.depths = depths;
        }
    }
    let source = |key: &str, choice: &ModelChoice| {
        model(&KeyPath::of("model").key(key).key(choice.name()), choice, folder, velocity_range, &grid)
    };
    let truth = scenario.model.truth.as_ref().map(|choice| source("true", choice)).transpose()?;
    let (initial, initial_model) = source("initial", &scenario.model.initial)?;
    let (truth, true_model) = truth.unzip();
    let models: Vec<&Model> = [Some(&initial_model), true_model.as_ref()].into_iter().flatten().collect();
    waves::sampling(&waves, &grid, scenario.grid.order, &models)?;

    let path = folder.join(&scenario.data.file);
    let observed = data::observed(&scenario.data, &path, &waves)?;
    let survey = survey::survey(&scenario, &grid, &waves, observed.as_ref())?;
    let data = data::data(&scenario, path, truth.as_ref(), &grid, &survey, &waves)?;
    if let Some(observed) = &observed {
        data::matches(observed, &data.path, &survey, &waves)?;
    }
    let inversions = inversions::inversions(&scenario, &grid, &waves, &survey, &initial_model)?;
    if let Some(spacing) = scenario.outputs.spacing {
        positive(&KeyPath::of("outputs.spacing"), spacing, Unit::Metre)?;
    }
    Ok(Plan {
        file: PathBuf::new(),
        text: String::new(),
        name: scenario.name.clone(),
        directory: PathBuf::from("runs").join(&scenario.name),
        grid,
        order: scenario.grid.order,
        waves,
        velocity_range,
        initial,
        truth,
        survey,
        data,
        inversions,
        outputs: scenario.outputs.clone(),
        scenario,
    })
}

/// A name is a folder on every system.
pub(super) fn name(at: &KeyPath, name: &str) -> Result<(), Fault> {
    let first = name.chars().next().is_some_and(|c| c.is_ascii_alphanumeric());
    let rest = name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    if first && rest && name.len() <= 100 {
        return Ok(());
    }
    Err((at.clone(), Problem::Name { found: name.to_owned() }))
}

/// The model and its samples on the grid.
fn model(
    at: &KeyPath,
    choice: &ModelChoice,
    folder: &Path,
    range: [f64; 2],
    grid: &fd::Grid,
) -> Result<(ModelSource, Model), Fault> {
    choice.as_dyn().check(at)?;
    for (key, velocity) in choice.as_dyn().velocities(at) {
        within(&key, velocity, range, Unit::MetrePerSecond)?;
    }
    let file = match choice {
        ModelChoice::File(file) => Some(folder.join(&file.path)),
        _ => None,
    };
    let source = ModelSource { choice: choice.clone(), file };
    if let Some(path) = &source.file {
        let at = at.key("path");
        if !path.exists() {
            return Err((at, Problem::NoFile { path: path.clone(), can_simulate: false }));
        }
        let wrong = |error| (at.clone(), Problem::File(Box::new(error)));
        let model = Model::read(path).map_err(wrong)?;
        model.check(range, path).map_err(wrong)?;
        return Ok((source, model.resample_onto(grid)));
    }
    match source.sample(grid) {
        Ok(model) => Ok((source, model)),
        Err(_) => unreachable!("only a file can fail, and it has been read"),
    }
}
