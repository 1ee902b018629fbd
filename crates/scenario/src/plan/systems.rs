//! The plan of `physics.waves`: the equations, the parameters of the medium, and what is emitted and recorded.

mod equation;
mod problems;

use std::path::Path;

use document::problems::{EmptyList, MissingFile, MissingKey};
use document::{Fault, KeyPath, Unit, rising, within};
use fd::program::{Limits, ProgramError};
use fd::time::Mesh;
use fd::{FdError, Grid};
use pde::System;

use self::equation::{OWN, system};
use self::problems::{
    BadEquation, BadMedium, BoundsBelowStart, NoSuchName, NoSurface, NoTrueValues, NotFollowed,
};
use super::check::OfModelFile;
use super::domain::problems::SolverError;
use super::domain::{dimension, has_axis};
use super::frequencies::Scheme;
use super::waves::problems::{SlowerThanGrid, UnstableStep, UnsuitablePhysics};
use super::{check, coverage};
use crate::inversion::UnknownChoice;
use crate::physics::Waves;
use crate::{InversionBlock, Scenario};
use fwi::inversion::MethodChoice;
use fwi::network_settings::OutputSettings;
use fwi::region::SubGrid;
use fwi::unknowns::{EstimatedMedium, Follower, Unknown};
use fwi::waves_plan::{ParameterPlan, SystemPlan, TransientPlan};
use survey::density::{DensityChoice, Gardner};
use survey::gathers::RecordedField;
use survey::gaussian::longest_sigma;
use survey::medium::{ParameterBlock, ParameterChoice};
use survey::model::Model;
use survey::parameter::{Parameter, Quantity};
use survey::parameter_source::ParameterSource;
use survey::survey::Survey;

/// Largest number that a parameter may have.
const LARGEST: f64 = 1e30;

/// The blocks that a system is planned from.
#[derive(Clone, Copy)]
pub(super) struct SystemBlocks<'a> {
    pub(super) waves: &'a Waves,
    pub(super) scenario: &'a Scenario,
    pub(super) folder: &'a Path,
    pub(super) grid: &'a Grid,
}

/// The plan of a system.
pub(super) fn plan(blocks: SystemBlocks) -> Result<SystemPlan, Fault> {
    let SystemBlocks { waves, scenario, folder, grid } = blocks;
    let at = KeyPath::of("physics.waves");
    let (system, line) = system(&at.key("equation"), &waves.equation, dimension(grid))?;
    let numbers = numbers(&at.key("numbers"), &system, waves)?;
    let source = source(&system, scenario.survey.source.field.as_deref())?;
    let fields = fields(&system, scenario.survey.record.as_deref())?;
    let model = KeyPath::of("model");
    for (key, given) in
        [("initial", scenario.model.initial.is_some()), ("truth", scenario.model.truth.is_some())]
    {
        if given {
            let instead = "parameters: {vp: {initial: {uniform: {value: 2000}}}}";
            return Err(Fault::new(model.key(key), UnsuitablePhysics { physics: "waves", instead }));
        }
    }
    let at = model.key("parameters");
    let names: Vec<String> = system.parameters.iter().map(|symbol| symbol.name.clone()).collect();
    if let Some(found) = scenario.model.parameters.keys().find(|name| !names.contains(name)) {
        let (what, found, known) = ("parameter of the equation", found.clone(), names);
        return Err(Fault::new(at.key(&found), NoSuchName { what, found, known }));
    }
    let parameter = |symbol: &pde::Symbol| {
        let Some(block) = scenario.model.parameters.get(&symbol.name) else {
            return Err(Fault::new(&at, MissingKey::new(symbol.name.clone())));
        };
        let quantity = Quantity { name: symbol.name.clone(), unit: symbol.unit.clone() };
        parameter(&at.key(&symbol.name), &quantity, block, (folder, grid, scenario.model.velocity_range))
    };
    let parameters = system.parameters.iter().map(parameter).collect::<Result<_, _>>()?;
    Ok(SystemPlan { system, line, numbers, source, fields, parameters })
}

/// The numbers of a system, each given once.
fn numbers(at: &KeyPath, system: &System, waves: &Waves) -> Result<Vec<(String, f64)>, Fault> {
    let constant = |symbol: &&pde::Symbol| symbol.depends_on.is_empty();
    let known: Vec<String> = system.given.iter().filter(constant).map(|symbol| symbol.name.clone()).collect();
    if let Some(found) = waves.numbers.keys().find(|name| !known.contains(name)) {
        let (what, found) = ("number of the equation", found.clone());
        return Err(Fault::new(at.key(&found), NoSuchName { what, found, known }));
    }
    let number = |name: String| match waves.numbers.get(&name) {
        Some(value) => Ok((name, *value)),
        None => Err(Fault::new(at, MissingKey::new(name))),
    };
    known.into_iter().map(number).collect()
}

/// The given field of the sources.
fn source(system: &System, found: Option<&str>) -> Result<String, Fault> {
    let at = KeyPath::of("survey.source.field");
    let varies = |symbol: &&pde::Symbol| !symbol.depends_on.is_empty();
    let known: Vec<String> = system.given.iter().filter(varies).map(|symbol| symbol.name.clone()).collect();
    match found {
        Some(name) if known.iter().any(|other| other == name) => Ok(name.to_owned()),
        Some(name) => Err(Fault::new(
            at,
            NoSuchName { what: "given field of the equation", found: name.to_owned(), known },
        )),
        None if known.len() == 1 => Ok(known[0].clone()),
        None if known.iter().any(|name| name == "q") => Ok("q".to_owned()),
        None if known.is_empty() => {
            Err(Fault::new(KeyPath::of("physics.waves.equation"), BadEquation::without_sources(system)))
        }
        None => Err(Fault::new(
            at.parent(),
            NoSuchName { what: "given field of the equation", found: "none".to_owned(), known },
        )),
    }
}

/// The recorded unknowns.
fn fields(system: &System, names: Option<&[String]>) -> Result<Vec<RecordedField>, Fault> {
    let at = KeyPath::of("survey.record");
    let field = |symbol: &pde::Symbol| RecordedField { name: symbol.name.clone(), unit: symbol.unit.clone() };
    let Some(names) = names else {
        let pressure = system.unknowns.iter().find(|symbol| symbol.name == "p");
        let motion = system.unknowns.iter().filter(|symbol| symbol.unit == "m/s");
        let found: Vec<_> = match pressure {
            Some(pressure) => vec![field(pressure)],
            None => motion.map(field).collect(),
        };
        if !found.is_empty() {
            return Ok(found);
        }
        let known = system.unknowns.iter().map(|symbol| symbol.name.clone()).collect();
        let (what, found) = ("unknown of the equation", "none".to_owned());
        return Err(Fault::new(at, NoSuchName { what, found, known }));
    };
    if names.is_empty() {
        return Err(Fault::new(at, EmptyList { what: "fields" }));
    }
    let mut found = Vec::new();
    for (i, name) in names.iter().enumerate() {
        let symbol = system.unknowns.iter().find(|symbol| symbol.name == *name);
        let twice = found.iter().any(|other: &RecordedField| other.name == *name);
        match symbol.filter(|_| !twice) {
            Some(symbol) => found.push(field(symbol)),
            None => {
                let known = system.unknowns.iter().map(|symbol| symbol.name.clone()).collect();
                let what = if twice { "other unknown than before" } else { "unknown of the equation" };
                return Err(Fault::new(at.index(i), NoSuchName { what, found: name.clone(), known }));
            }
        }
    }
    Ok(found)
}

/// The true and starting values of a parameter.
fn parameter(
    at: &KeyPath,
    quantity: &Quantity,
    block: &ParameterBlock,
    (folder, grid, velocities): (&Path, &Grid, [f64; 2]),
) -> Result<ParameterPlan, Fault> {
    let source = |at: KeyPath, choice: &ParameterChoice, truth: Option<&ParameterSource>| {
        choice.check(&at, LARGEST)?;
        let at = at.key(choice.name());
        has_axis(&at, choice.as_dyn().needs(), grid)?;
        // A medium without shear waves has a velocity of zero.
        let plausible = |(key, value): &(KeyPath, f64)| match *value {
            0.0 => Ok(()),
            value => check::plausible(key, value, velocities, true),
        };
        if quantity.unit == "m/s" {
            choice.as_dyn().numbers(&at).iter().try_for_each(plausible)?;
        }
        let file = match choice {
            ParameterChoice::File(file) => Some(folder.join(&file.path)),
            _ => None,
        };
        if let (Some(path), ParameterChoice::File(of)) = (&file, choice) {
            let at = at.key("path");
            if !path.exists() {
                return Err(Fault::new(at, MissingFile::new(path.clone())));
            }
            let read = of.read(path, quantity).map_err(|error| Fault::new(&at, OfModelFile(error)))?;
            if quantity.unit == "m/s" {
                read.model.range().map(|v| (at.clone(), v)).iter().try_for_each(plausible)?;
            }
        }
        if let ParameterChoice::Smooth(smooth) = choice {
            within(&at.key("sigma"), smooth.sigma, [0.0, longest_sigma(grid)], Unit::Metre)?;
        }
        if matches!(choice, ParameterChoice::Smooth(_)) && truth.is_none() {
            return Err(Fault::new(at, NoTrueValues { name: quantity.name.clone() }));
        }
        let truth = truth.cloned().map(Box::new);
        Ok(ParameterSource { quantity: quantity.clone(), choice: choice.clone(), file, truth })
    };
    let truth = block.truth.as_ref().map(|choice| source(at.key("truth"), choice, None)).transpose()?;
    let initial = source(at.key("initial"), &block.initial, truth.as_ref())?;
    Ok(ParameterPlan { initial, truth })
}

/// Refuses networks whose output does not keep the bounds of parameters.
pub(super) fn keeps_bounds(at: &KeyPath, method: &MethodChoice) -> Result<(), Fault> {
    let velocity = match method {
        MethodChoice::Grid(_) | MethodChoice::WavefieldReconstruction(_) => None,
        MethodChoice::Implicit(implicit) => Some(implicit.velocity()),
        MethodChoice::Joint(joint) => joint.velocity.clone(),
    };
    match velocity.map(|velocity| velocity.output) {
        Some(OutputSettings::Paper {}) => {
            let at = at.key(method.name()).key("velocity").key("output");
            let instead = "output: {bounded: {}}";
            Err(Fault::new(at, UnsuitablePhysics { physics: "waves", instead }))
        }
        _ => Ok(()),
    }
}

/// Refuses to store the boundary alone of waves that cannot be stepped backwards.
pub(super) fn steps_backwards(
    at: &KeyPath,
    (plan, system): (&TransientPlan, &SystemPlan),
    (grid, order): (&Grid, usize),
    unknowns: &[Unknown],
) -> Result<(), Fault> {
    let names: Vec<&str> = unknowns.iter().map(|unknown| unknown.quantity.name.as_str()).collect();
    let settings = plan.settings(order, 1, 1);
    fd::program::check_boundary_storage(&system.system, &Mesh::from(grid), &settings, &names)
        .map_err(|error| Fault::new(at, SolverError(error)))
}

/// Notes for model files: assumptions about them, and that they cover only a part of the grid.
///
/// # Errors
/// A file that covers less than 1 % of the grid, or has other axes.
pub(super) fn files(system: &SystemPlan, grid: &Grid) -> Result<Vec<String>, Fault> {
    let mut notes = Vec::new();
    for (symbol, of) in system.system.parameters.iter().zip(&system.parameters) {
        for (key, source) in [("truth", of.truth.as_ref()), ("initial", Some(&of.initial))] {
            let Some((source, path)) = source.and_then(|source| Some((source, source.file.as_ref()?))) else {
                continue;
            };
            let at = KeyPath::of("model.parameters").key(&symbol.name).key(key).key("file").key("path");
            let ParameterChoice::File(of) = &source.choice else { continue };
            let read =
                of.read(path, &source.quantity).map_err(|error| Fault::new(&at, OfModelFile(error)))?;
            notes.extend(read.notes);
            notes.extend(coverage::note(&at, path, &read.model, grid)?);
        }
    }
    Ok(notes)
}

/// The limits of a medium on a grid, with every check that a propagator makes.
pub(super) fn limits_of(
    at: &KeyPath,
    scheme: Scheme,
    (grid, order): (&Grid, usize),
    medium: &[Parameter],
) -> Result<Limits, Fault> {
    let (settings, system) = (scheme.settings(order), scheme.system);
    system.limits(&Mesh::from(grid), &settings, medium).map_err(|error| {
        let problem = error.to_string();
        match error {
            FdError::Program(error)
                if matches!(*error, ProgramError::Unstable { .. }) && system.system.name == OWN =>
            {
                Fault::new(
                    KeyPath::of("physics.waves.equation"),
                    BadEquation::unstable(&problem, system.line),
                )
            }
            FdError::Program(error) if matches!(*error, ProgramError::NoSurface { .. }) => {
                Fault::new(KeyPath::of("grid.boundary.cpml.free_surface"), NoSurface { error: problem })
            }
            _ => Fault::new(at, BadMedium { error: problem }),
        }
    })
}

/// The media of a plan, the truth first if it is known, and the slowest and fastest waves in them as models on one node each.
pub(super) struct Media {
    /// Slowest and fastest waves of the true and of the starting model, m/s.
    pub(super) velocities: Vec<Model>,
    /// The fastest wave of the starting model for which the time step would be stable, m/s.
    pub(super) fastest_stable: f64,
    /// The starting values on the grid.
    pub(super) start: Vec<Parameter>,
}

/// Checks the true and the starting medium against grid and time step.
pub(super) fn media(scheme: Scheme, grid: &Grid, order: usize) -> Result<Media, Fault> {
    let (at, system) = (KeyPath::of("model.parameters"), scheme.system);
    let read = |error: survey::data_error::DataError| Fault::new(&at, error);
    let start = system.start(grid).map_err(read)?;
    let truth = system.truth(grid).map_err(read)?;
    let (mut velocities, mut fastest_stable) = (Vec::new(), f64::INFINITY);
    for medium in truth.iter().chain([&start]) {
        let limits = limits_of(&at, scheme, (grid, order), medium)?;
        velocities.push(extremes(limits)?);
        let Some(step) = scheme.step else { continue };
        stable(&KeyPath::of("physics.waves.step"), (step, limits), grid, order)?;
        fastest_stable = limits.fastest * limits.largest_step / step;
    }
    Ok(Media { velocities, fastest_stable, start })
}

/// Checks the grid and the time step of a simulation of the true medium.
pub(super) fn simulated(
    at: &KeyPath,
    scheme: Scheme,
    (grid, order): (&Grid, usize),
    refine: usize,
    carries: &dyn Fn(&[&Model]) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let parameters = KeyPath::of("model.parameters");
    let truth =
        scheme.system.truth(grid).map_err(|error| Fault::new(&parameters, error))?.unwrap_or_default();
    let limits = limits_of(&parameters, scheme, (grid, order), &truth)?;
    carries(&[&extremes(limits)?])?;
    scheme.step.map_or(Ok(()), |step| stable(at, (step / refine as f64, limits), grid, order))
}

/// A model that has only the slowest and the fastest wave of a medium.
fn extremes(limits: Limits) -> Result<Model, Fault> {
    let at = KeyPath::of("model.parameters");
    let grid = Grid::new([0.0; 2], [1.0; 2], [2, 2])
        .map_err(|error| Fault::new(&at, BadMedium { error: error.to_string() }))?;
    Ok(Model { grid, values: vec![limits.slowest, limits.fastest, limits.slowest, limits.fastest] })
}

/// Checks that a time step is stable.
pub(super) fn stable(
    at: &KeyPath,
    (step, limits): (f64, Limits),
    grid: &Grid,
    order: usize,
) -> Result<(), Fault> {
    if fd::time::is_stable(step, limits.largest_step) {
        return Ok(());
    }
    let (largest, velocity, spacing) = (limits.largest_step, limits.fastest, grid.spacing[0]);
    Err(Fault::new(at, UnstableStep { step, largest, velocity, spacing, order }))
}

/// A note for sources of acoustic VTI waves that emit slow waves too, which rock does not have.
///
/// # Source
/// Alkhalifah, Geophysics 65 (2000), 1239-1250: the second wave of the acoustic approximation is absent where epsilon is delta.
pub(super) fn slow_waves(system: &SystemPlan, media: &Media, survey: &Survey) -> Option<String> {
    let of = |name: &str| media.start.iter().find(|start| start.quantity.name == name);
    let (epsilon, delta) = (of("epsilon")?, of("delta")?);
    if system.system.name != "acoustic_vti" {
        return None;
    }
    let apart =
        |source: &fd::Point| (epsilon.model.sample(*source) - delta.model.sample(*source)).abs() > 1e-3;
    let shot = survey.sources.iter().position(apart)?;
    Some(format!(
        "survey.sources: shot {shot} is where epsilon is not delta; there a source of `acoustic_vti` also emits slow waves that rock does \
         not have. Place sources where the two are equal"
    ))
}

/// The unknowns and followers of an inversion.
pub(super) fn unknowns(
    at: &KeyPath,
    block: &InversionBlock,
    (scheme, media): (Scheme, &Media),
    (grid, order, region): (&Grid, usize, &SubGrid),
) -> Result<(Vec<Unknown>, Vec<Follower>), Fault> {
    let system = scheme.system;
    for (key, given) in [("bounds", block.bounds.is_some()), ("initial", block.initial.is_some())] {
        if given {
            let instead = "unknowns: {vp: {free: {bounds: [1500, 4000]}}}";
            return Err(Fault::new(at.key(key), UnsuitablePhysics { physics: "waves", instead }));
        }
    }
    let at = at.key("unknowns");
    let names: Vec<String> = system.system.parameters.iter().map(|symbol| symbol.name.clone()).collect();
    if let Some(found) = block.unknowns.keys().find(|name| !names.contains(name)) {
        let (what, found, known) = ("parameter of the equation", found.clone(), names);
        return Err(Fault::new(at.key(&found), NoSuchName { what, found, known }));
    }
    let mut unknowns = Vec::new();
    for start in &media.start {
        let name = &start.quantity.name;
        let Some(UnknownChoice::Free(free)) = block.unknowns.get(name) else { continue };
        let at = at.key(name).key("free");
        rising(&at.key("bounds"), free.bounds, Unit::None)?;
        within(&at.key("scale"), free.scale, [1e-6, 1e6], Unit::None)?;
        let inside = region.nodes.iter().map(|&node| start.model.values[node]);
        let range = Model { grid: region.grid, values: inside.collect() }.range();
        if range[0] < free.bounds[0] || free.bounds[1] < range[1] {
            let problem = BoundsBelowStart { name: name.clone(), start: range, bounds: free.bounds };
            return Err(Fault::new(at.key("bounds"), problem));
        }
        if start.quantity.unit == "m/s" && free.bounds[1] > media.fastest_stable {
            let (fastest, bound) = (media.fastest_stable, free.bounds[1]);
            return Err(Fault::new(at.key("bounds").index(1), SlowerThanGrid { fastest, bound }));
        }
        unknowns.push(Unknown::new(start.quantity.clone(), free.bounds, free.scale));
    }
    if unknowns.is_empty() {
        return Err(Fault::new(at, EmptyList { what: "free parameters" }));
    }
    let mut followers = Vec::new();
    let following = at.clone();
    for start in &media.start {
        let name = &start.quantity.name;
        let Some(UnknownChoice::PowerLaw(law)) = block.unknowns.get(name) else { continue };
        let of = unknowns.iter().position(|unknown| unknown.quantity.name == law.of);
        let Some(of) = of.filter(|of| unknowns[*of].bounds[0] > 0.0) else {
            let free = unknowns.iter().map(|unknown| unknown.quantity.name.clone()).collect();
            let problem = NotFollowed { of: law.of.clone(), free };
            return Err(Fault::new(at.key(name).key("power_law").key("of"), problem));
        };
        let relation = DensityChoice::Gardner(Gardner { factor: law.factor, exponent: law.exponent });
        followers.push(Follower { quantity: start.quantity.clone(), of, relation });
    }
    if !followers.is_empty() {
        let medium = EstimatedMedium {
            start: &media.start,
            unknowns: &unknowns,
            followers: &followers,
            region: region.grid.domain(),
        };
        let begins = medium.parameters(&medium.starting_variables());
        let limits = limits_of(&following, scheme, (grid, order), &begins)?;
        scheme.step.map_or(Ok(()), |step| stable(&following, (step, limits), grid, order))?;
    }
    Ok((unknowns, followers))
}
