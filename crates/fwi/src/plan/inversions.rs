//! The inversions.

use fd::{Domain, Grid, Pml};

use super::domain::interior;
use super::{InversionPlan, Stage, check};
use crate::key_path::KeyPath;
use crate::model::Model;
use crate::problem::{Problem, Unit};
use crate::scenario::check::{Fault, positive, rising, within};
use crate::scenario::inversion::{RegionBlock, StageBlock};
use crate::scenario::{InversionBlock, MisfitChoice, Scenario};

pub(super) fn inversions(
    scenario: &Scenario,
    grid: &Grid,
    pml: Pml,
    frequencies: &[f64],
    initial: &Model,
) -> Result<Vec<InversionPlan>, Fault> {
    let all = KeyPath::of("inversions");
    let blocks = &scenario.inversions;
    let mut plans = Vec::with_capacity(blocks.len());
    for (i, block) in blocks.iter().enumerate() {
        let at = all.index(i);
        check::name(&at.key("name"), &block.name)?;
        // Folders of names that differ in capitals only are one folder on some systems.
        if let Some(first) = blocks[..i].iter().position(|other| other.name.eq_ignore_ascii_case(&block.name))
        {
            return Err((at.key("name"), Problem::DuplicateName { name: block.name.clone(), first }));
        }
        choices(&at, block)?;
        plans.push(InversionPlan {
            name: block.name.clone(),
            method: block.method.clone(),
            stages: stages(&at.key("stages"), &block.stages, frequencies)?,
            misfit: block.misfit.clone(),
            regularizers: block.regularizers.clone(),
            conditioning: block.conditioning.clone(),
            optimizer: block.optimizer.clone(),
            bounds: bounds(&at.key("bounds"), block, scenario.model.velocity_range, initial)?,
            region: region(&at.key("region"), block.region.as_ref(), grid, pml)?,
            noise_level: block.noise_level,
            time_limit: block.time_limit,
            device: block.device.clone(),
            seed: block.seed,
        });
    }
    Ok(plans)
}

fn choices(at: &KeyPath, block: &InversionBlock) -> Result<(), Fault> {
    block.method.as_dyn().check(&at.key("method").key(block.method.name()))?;
    block.misfit.as_dyn().check(&at.key("misfit").key(block.misfit.name()))?;
    if block.misfit.as_dyn().of_frequencies().is_none() {
        let found = block.misfit.name();
        let problem = Problem::MisfitUnfit {
            found,
            data: "frequencies",
            instead: MisfitChoice::OF_FREQUENCIES.to_vec(),
        };
        return Err((at.key("misfit").key(found), problem));
    }
    for (i, regularizer) in block.regularizers.iter().enumerate() {
        regularizer.as_dyn().check(&at.key("regularizers").index(i).key(regularizer.name()))?;
    }
    for (i, conditioning) in block.conditioning.iter().enumerate() {
        conditioning.as_dyn().check(&at.key("conditioning").index(i).key(conditioning.name()))?;
    }
    if !block.conditioning.is_empty() && !block.method.as_dyn().conditions() {
        let problem = Problem::Settings {
            message: "is for gradients on a grid".to_owned(),
            found: format!("method `{}`", block.method.name()),
            expected: "method `grid`".to_owned(),
            help: "leave `conditioning` out".to_owned(),
        };
        return Err((at.key("conditioning"), problem));
    }
    block.optimizer.as_dyn().check(&at.key("optimizer").key(block.optimizer.name()))?;
    if let Err(instead) = block.method.as_dyn().fits(&block.optimizer) {
        let found = block.optimizer.name().to_owned();
        let problem = Problem::OptimizerUnfit { found, method: block.method.name(), instead };
        return Err((at.key("optimizer").key(block.optimizer.name()), problem));
    }
    if let Some(level) = block.noise_level {
        positive(&at.key("noise_level"), level, Unit::None)?;
        within(&at.key("noise_level"), level, [0.0, 1.0], Unit::None)?;
    }
    if let Some(limit) = block.time_limit {
        positive(&at.key("time_limit"), limit, Unit::Second)?;
    }
    fields::device::parse(&block.device).map(drop).map_err(|error| (at.key("device"), Problem::Device(error)))
}

fn stages(at: &KeyPath, blocks: &[StageBlock], frequencies: &[f64]) -> Result<Vec<Stage>, Fault> {
    if blocks.is_empty() {
        return Err((at.clone(), Problem::EmptyList { what: "stages" }));
    }
    let stage = |(i, block): (usize, &StageBlock)| {
        let at = at.index(i);
        within(&at.key("iterations"), block.iterations as f64, [1.0, f64::INFINITY], Unit::None)?;
        let Some(chosen) = &block.frequencies else {
            return Ok(Stage { frequencies: (0..frequencies.len()).collect(), iterations: block.iterations });
        };
        let at = at.key("frequencies");
        if chosen.is_empty() {
            return Err((at, Problem::EmptyList { what: "frequencies" }));
        }
        let mut indices = Vec::with_capacity(chosen.len());
        for (k, found) in chosen.iter().enumerate() {
            let known = frequencies.iter().position(|f| (f / found - 1.0).abs() < 1e-6);
            let absent = || Problem::StageFrequency { found: *found, available: frequencies.to_vec() };
            indices.push(known.ok_or_else(|| (at.index(k), absent()))?);
        }
        indices.sort_unstable();
        indices.dedup();
        Ok(Stage { frequencies: indices, iterations: block.iterations })
    };
    blocks.iter().enumerate().map(stage).collect()
}

fn bounds(at: &KeyPath, block: &InversionBlock, range: [f64; 2], initial: &Model) -> Result<[f64; 2], Fault> {
    let Some(bounds) = block.bounds else { return Ok(range) };
    for (i, bound) in bounds.into_iter().enumerate() {
        within(&at.index(i), bound, range, Unit::MetrePerSecond)?;
    }
    rising(at, bounds, Unit::MetrePerSecond)?;
    let starts = initial.range();
    if starts[0] < bounds[0] || bounds[1] < starts[1] {
        return Err((at.clone(), Problem::InitialOutsideBounds { initial: starts, bounds }));
    }
    Ok(bounds)
}

fn region(at: &KeyPath, block: Option<&RegionBlock>, grid: &Grid, pml: Pml) -> Result<Domain, Fault> {
    let Some(block) = block else { return Ok(interior(grid, pml)) };
    let domain = grid.domain();
    for (a, (key, side)) in [("x", block.x), ("z", block.z)].into_iter().enumerate() {
        rising(&at.key(key), side, Unit::Metre)?;
        for (i, edge) in side.into_iter().enumerate() {
            within(&at.key(key).index(i), edge, [domain.lo[a], domain.hi[a]], Unit::Metre)?;
        }
    }
    Ok(Domain { lo: [block.x[0], block.z[0]], hi: [block.x[1], block.z[1]] })
}
