//! The plan of the inversions.

mod defaults;
mod devices;
mod problems;

use document::problems::{EmptyList, MissingKey};
use document::{CheckSettings, Fault, KeyPath, Unit, rising, within};
use fd::{Domain, Grid};

use self::devices::Devices;
use self::problems::{
    BandWithoutWavelet, FewNodes, FrequencyTwice, HoldsEverything, InitialOutsideBounds, NoWater, OnlyFor,
    SearchesAlongGradients, StageFrequency, TooManyCells, UnsuitableBatch, UnsuitableEncoding,
    UnsuitableMisfit, WavesBetweenNodes,
};
use super::frequencies::{self, Scheme};
use super::geometry::in_common;
use super::systems::{self, Media};
use super::waves;
use super::waves::problems::{UnstableStep, UnsuitablePhysics};
use super::{InversionPlan, check, domain, joint_in_medium, joint_in_time};
use crate::inversion::{RegionBlock, StageBlock, UnknownChoice};
use crate::{
    DataBlock, InversionBlock, MethodChoice, MisfitChoice, OptimizerChoice, Scenario, StorageChoice,
};
use fwi::conditioning::{Conditioner, ConditioningChoice, Medium, Water};
use fwi::first_layer::{shortest_wavelength, shows};
use fwi::inversion::InversionError;
use fwi::inversion_settings::{InversionSettings, Stage};
use fwi::optimizer::UnsuitableOptimizer;
use fwi::region::SubGrid;
use fwi::unknowns::Unknown;
use fwi::waves_plan::TransientPlan;
use fwi::waves_plan::WavesPlan;
use survey::model::Model;
use survey::model_source::ModelSource;
use survey::survey::Survey;
use survey::traces::BandFilter;

/// The starting velocity of an inversion, and its samples on the grid; none for `waves`.
pub(super) type Start = Option<(ModelSource, Model)>;

pub(super) fn inversions(
    scenario: &Scenario,
    grid: &Grid,
    waves: &WavesPlan,
    survey: &Survey,
    (starts, media): (&[Start], Option<&Media>),
) -> Result<Vec<InversionPlan>, Fault> {
    let blocks = &scenario.inversions;
    let mut plans = Vec::with_capacity(blocks.len());
    for (i, block) in blocks.iter().enumerate() {
        let at = check::block("inversions", blocks, i, |block| &block.name)?;
        let conditioning = defaults::conditioning(block, waves);
        choices(&at, block)?;
        suits(&at, block, &scenario.data, waves)?;
        shares_receivers(&at, block, survey)?;
        shots_at_a_time(&at, block, survey)?;
        if let (WavesPlan::Transient(waves), MethodChoice::Joint(joint)) = (waves, &block.method) {
            domain::only_sections(grid, "the method `joint`")?;
            let grid = (grid, scenario.grid.order);
            let start = starts[i].as_ref().map(|(_, start)| start);
            joint_in_time::check(&at, (block, joint), waves, grid, start)?;
        }
        if let (WavesPlan::Helmholtz(waves), Some((start, _))) = (waves, &starts[i]) {
            joint_in_medium::check(&at, block, waves, survey, start)?;
        }
        if let (WavesPlan::Transient(waves), Some(StorageChoice::Checkpoints(limit))) =
            (waves, &block.storage)
        {
            let key = at.key("storage").key("checkpoints").key("megabytes");
            let shots = survey.sources.len();
            waves::fits_in_memory(&key, limit.megabytes, waves, (scenario.grid.order, shots), grid)?;
        }
        let region = region(&at.key("region"), block.region.as_ref(), grid, waves)?;
        few_cells(&at, block, &region)?;
        shown_waves(&at, block, grid)?;
        let (unknowns, followers) = match (&starts[i], media, Scheme::of(waves)) {
            (Some((_, start)), _, _) => {
                let bounds = bounds(&at.key("bounds"), block, scenario, grid, waves, start)?;
                leaves_something(&at.key("conditioning"), &conditioning, grid, &region, start)?;
                (vec![Unknown::velocity(bounds)], Vec::new())
            }
            (None, Some(media), Some(scheme)) => {
                let first = media.start.first().map(|start| &start.model);
                let vp = media.start.iter().find(|start| start.quantity.name == "vp");
                if let Some(model) = vp.map(|vp| &vp.model).or(first) {
                    leaves_something(&at.key("conditioning"), &conditioning, grid, &region, model)?;
                }
                let nodes = SubGrid::new(grid, &region)
                    .map_err(|_| Fault::new(at.key("region"), EmptyList { what: "nodes" }))?;
                let found =
                    systems::unknowns(&at, block, (scheme, media), (grid, scenario.grid.order, &nodes))?;
                systems::keeps_bounds(&at.key("method"), &block.method)?;
                scale_is_used(&at.key("unknowns"), block)?;
                if let (WavesPlan::Transient(plan), Some(StorageChoice::Boundary(_))) =
                    (waves, &block.storage)
                {
                    let of = (plan, scheme.system);
                    let key = at.key("storage").key("boundary");
                    systems::steps_backwards(&key, of, (grid, scenario.grid.order), &found.0)?;
                }
                if let (MethodChoice::Joint(_), Some(system)) = (&block.method, waves.system()) {
                    let of = (&found.0[..], &found.1[..]);
                    joint_in_time::check_medium(&at.key("region"), system, of, (&region, survey))?;
                }
                found
            }
            _ => return Err(Fault::new(KeyPath::of("model"), MissingKey::new("initial"))),
        };
        let devices = Devices::of(&at, block, matches!(waves, WavesPlan::Transient(_)))?;
        if let WavesPlan::Transient(waves) = waves {
            devices::fits(&at, &devices.waves, waves, (grid, scenario.grid.order), (block, &unknowns))?;
        }
        plans.push(InversionPlan {
            name: block.name.clone(),
            initial: starts[i].as_ref().map(|(source, _)| source.clone()),
            method: block.method.clone(),
            settings: InversionSettings {
                stages: stages(&at.key("stages"), &block.stages, waves)?,
                misfit: block.misfit.clone(),
                regularizers: block.regularizers.clone(),
                conditioning,
                optimizer: block.optimizer.clone(),
                unknowns,
                followers,
                region,
                storage: storage(block, waves, (grid, scenario.grid.order), survey),
                batch: defaults::batch(block, waves, survey.sources.len()),
                source_encoding: block.source_encoding.clone(),
                mutes: block.mutes.clone(),
                estimate_wavelet: block.estimate_wavelet.clone(),
                noise_level: block.noise_level,
                time_limit: block.time_limit,
                device: devices.networks,
                wave_device: devices.waves,
                seed: block.seed,
            },
        });
    }
    Ok(plans)
}

/// How wavefields are stored.
fn storage(
    block: &InversionBlock,
    waves: &WavesPlan,
    (grid, order): (&Grid, usize),
    survey: &Survey,
) -> StorageChoice {
    match (&block.storage, waves) {
        (Some(given), _) => given.clone(),
        (None, WavesPlan::Transient(waves)) => {
            waves::default_storage(waves, order, survey.sources.len(), grid)
        }
        _ => StorageChoice::default(),
    }
}

fn choices(at: &KeyPath, block: &InversionBlock) -> Result<(), Fault> {
    block.method.as_dyn().check(&at.key("method").key(block.method.name()))?;
    block.misfit.as_dyn().check(&at.key("misfit").key(block.misfit.name()))?;
    for (i, regularizer) in block.regularizers.iter().enumerate() {
        regularizer.as_dyn().check(&at.key("regularizers").index(i).key(regularizer.name()))?;
    }
    let conditioning = block.conditioning.as_deref().unwrap_or_default();
    for (i, conditioning) in conditioning.iter().enumerate() {
        conditioning.as_dyn().check(&at.key("conditioning").index(i).key(conditioning.name()))?;
    }
    if !conditioning.is_empty() && !block.method.as_dyn().conditions() {
        let problem = OnlyFor {
            what: "gradients on a grid",
            method: block.method.name(),
            because: "",
            expected: "method `grid` or `implicit`",
            key: "conditioning",
        };
        return Err(Fault::new(at.key("conditioning"), problem));
    }
    let network = matches!(block.method, MethodChoice::Implicit(_));
    if network && !conditioning.is_empty() && !defaults::takes_each_gradient(block) {
        let optimizer = block.optimizer.name();
        return Err(Fault::new(at.key("conditioning"), SearchesAlongGradients { optimizer }));
    }
    block.optimizer.as_dyn().check(&at.key("optimizer").key(block.optimizer.name()))?;
    if let Err(instead) = block.method.as_dyn().fits(&block.optimizer) {
        let found = block.optimizer.name();
        let problem = UnsuitableOptimizer { found, method: block.method.name(), instead };
        return Err(Fault::new(at.key("optimizer").key(found), problem));
    }
    Ok(())
}

/// Checks that unknowns have a scale only where the method uses it.
fn scale_is_used(at: &KeyPath, block: &InversionBlock) -> Result<(), Fault> {
    if let MethodChoice::Grid(_) = block.method {
        return Ok(());
    }
    for (name, unknown) in &block.unknowns {
        match unknown {
            UnknownChoice::Free(free) if free.scale != 1.0 => {
                let problem = OnlyFor {
                    what: "unknowns on a grid",
                    method: block.method.name(),
                    because: ", whose networks have bounded outputs",
                    expected: "method `grid`",
                    key: "scale",
                };
                return Err(Fault::new(at.key(name).key("free").key("scale"), problem));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Checks that the conditioning leaves nodes of the region whose velocity changes.
fn leaves_something(
    at: &KeyPath,
    conditioning: &[ConditioningChoice],
    grid: &Grid,
    region: &Domain,
    initial: &Model,
) -> Result<(), Fault> {
    for (i, choice) in conditioning.iter().enumerate() {
        let at = at.index(i).key(choice.name());
        let (key, axis) = match choice {
            ConditioningChoice::Smoothing(smoothing) => ("y", smoothing.y.map(|_| "y")),
            ConditioningChoice::Depth(_) | ConditioningChoice::Water(_) => ("", Some("z")),
            ConditioningChoice::Illumination(_) => ("", None),
        };
        let place = if key.is_empty() { at.clone() } else { at.key(key) };
        domain::has_axis(&place, axis, grid)?;
        if let ConditioningChoice::Water(Water { depth: Some(depth), .. }) = choice {
            let edges = [grid.domain().lo[1], grid.domain().hi[1]];
            within(&at.key("depth"), *depth, edges, Unit::Metre)?;
        }
    }
    let Ok(inside) = SubGrid::new(grid, region) else { return Ok(()) };
    let velocity: Vec<f64> = inside.nodes.iter().map(|&node| initial.values[node]).collect();
    let medium =
        Medium { grid: &inside.grid, velocity: &velocity, illumination: Some(&vec![1.0; velocity.len()]) };
    for (i, choice) in conditioning.iter().enumerate() {
        let (ConditioningChoice::Water(water), Some(weights)) = (choice, choice.as_dyn().weights(&medium))
        else {
            continue;
        };
        if weights.iter().all(|weight| *weight > 0.0) {
            let (key, limit) = match water.velocity {
                Some(velocity) => ("velocity", velocity),
                None => ("depth", water.depth.unwrap_or_default()),
            };
            let top = Model { grid: inside.grid, values: velocity.clone() }.range()[0];
            let problem = NoWater { key, limit, top: inside.grid.z(0), slowest: top };
            return Err(Fault::new(at.index(i).key("water").key(key), problem));
        }
    }
    match Conditioner::new(conditioning, &medium) {
        Some(conditioner) if conditioner.held().iter().all(|held| *held) => {
            Err(Fault::new(at, HoldsEverything { nodes: velocity.len() }))
        }
        _ => Ok(()),
    }
}

/// Checks that the cells of a joint inversion are few enough for its networks to be evaluated on all of them in each
/// step.
fn few_cells(at: &KeyPath, block: &InversionBlock, region: &Domain) -> Result<(), Fault> {
    const MOST: f64 = 1e6;
    let MethodChoice::Joint(joint) = &block.method else { return Ok(()) };
    let at = at.key("method").key("joint").key("residual").key(joint.residual.name());
    let area = (region.hi[0] - region.lo[0]) * (region.hi[1] - region.lo[1]);
    for (keys, spacing) in joint.residual.as_dyn().cells() {
        let cells = area / spacing.powi(2);
        if cells > MOST {
            let problem = TooManyCells { spacing, found: cells, most: MOST };
            return Err(Fault::new(keys.iter().fold(at, |at, key| at.key(key)), problem));
        }
    }
    Ok(())
}

/// Checks that the grid shows the waves that the first layer of a velocity network begins with.
fn shown_waves(at: &KeyPath, block: &InversionBlock, grid: &Grid) -> Result<(), Fault> {
    let MethodChoice::Implicit(implicit) = &block.method else { return Ok(()) };
    let network = implicit.velocity().network;
    let (Some(found), Ok(architecture)) = (network.w0_first, network.architecture_of(grid.dims(), 1)) else {
        return Ok(());
    };
    match shortest_wavelength(&architecture, grid) {
        Some(shortest) if !shows(grid, shortest) => {
            let at = at.key("method").key("implicit").key("velocity").key("network").key("w0_first");
            let spacing = grid.spacing[0];
            Err(Fault::new(at, WavesBetweenNodes { found, shortest, spacing }))
        }
        _ => Ok(()),
    }
}

/// Checks that an inversion that needs shared receivers has them.
fn shares_receivers(at: &KeyPath, block: &InversionBlock, survey: &Survey) -> Result<(), Fault> {
    if let MethodChoice::Joint(_) = &block.method {
        let at = at.key("method").key(block.method.name());
        in_common(at, survey, "methods `grid` and `implicit` take receivers that move with the shots")?;
    }
    if block.source_encoding.is_some() {
        in_common(
            at.key("source_encoding"),
            survey,
            "source encoding sums the shots, so all shots need the same receivers; use `batch` instead",
        )?;
    }
    Ok(())
}

/// Checks that no more shots are asked for than there are.
fn shots_at_a_time(at: &KeyPath, block: &InversionBlock, survey: &Survey) -> Result<(), Fault> {
    let most = survey.sources.len() as f64;
    if let Some(batch) = &block.batch {
        within(&at.key("batch").key("shots"), batch.shots as f64, [1.0, most], Unit::None)?;
    }
    if let Some(encoding) = &block.source_encoding {
        let at = at.key("source_encoding").key("supershots");
        within(&at, encoding.supershots as f64, [1.0, most], Unit::None)?;
    }
    Ok(())
}

/// Checks that method, misfit and settings suit the equation.
fn suits(
    at: &KeyPath,
    block: &InversionBlock,
    data_block: &DataBlock,
    waves: &WavesPlan,
) -> Result<(), Fault> {
    let misfit = block.misfit.as_dyn();
    let (fits, data, instead) = match waves {
        WavesPlan::Helmholtz(_) | WavesPlan::AtFrequencies(_) => {
            (misfit.of_frequencies().is_some(), "data at frequencies", MisfitChoice::OF_FREQUENCIES)
        }
        WavesPlan::Transient(_) => (misfit.of_times().is_some(), "traces", MisfitChoice::OF_TIMES),
    };
    if !fits {
        let found = block.misfit.name();
        return Err(Fault::new(at.key("misfit").key(found), UnsuitableMisfit { found, data, instead }));
    }
    if let (MisfitChoice::FreeSource(_), MethodChoice::Joint(_)) = (&block.misfit, &block.method) {
        let problem = OnlyFor {
            what: "data of wavefields that are solved",
            method: block.method.name(),
            because: ", whose networks fit waves of sources of a given strength",
            expected: "method `grid` or `implicit`",
            key: "free_source",
        };
        return Err(Fault::new(at.key("misfit").key("free_source"), problem));
    }
    if let MethodChoice::WavefieldReconstruction(_) = &block.method {
        let physics = match waves {
            WavesPlan::Helmholtz(_) => None,
            WavesPlan::Transient(waves) if waves.system.is_none() => Some("acoustic"),
            WavesPlan::Transient(_) | WavesPlan::AtFrequencies(_) => Some("waves"),
        };
        if let Some(physics) = physics {
            let instead = "method: {grid: {}}";
            return Err(Fault::new(
                at.key("method").key(block.method.name()),
                UnsuitablePhysics { physics, instead },
            ));
        }
        if !matches!(block.misfit, MisfitChoice::L2(_)) {
            let (found, data) = (block.misfit.name(), "reconstructed wavefields");
            let problem = UnsuitableMisfit { found, data, instead: &["l2"] };
            return Err(Fault::new(at.key("misfit").key(found), problem));
        }
    }
    let joint = matches!(block.method, MethodChoice::Joint(_));
    if joint && block.noise_level.is_some() && !matches!(block.misfit, MisfitChoice::L2(_)) {
        let (found, data) = (block.misfit.name(), "a joint inversion with a `noise_level`");
        let problem = UnsuitableMisfit { found, data, instead: &["l2"] };
        return Err(Fault::new(at.key("misfit").key(found), problem));
    }
    match waves {
        WavesPlan::Transient(_) => {
            in_time(at, block, data_block)?;
        }
        WavesPlan::AtFrequencies(_) => {
            let instead = "method: {grid: {}}";
            if let MethodChoice::Joint(_) = block.method {
                return Err(Fault::new(at.key("method"), UnsuitablePhysics { physics: "waves", instead }));
            }
            frequencies::not_in_time(at, block)?;
        }
        WavesPlan::Helmholtz(_) => {
            let keys = [
                ("storage", block.storage.is_some()),
                ("batch", block.batch.is_some()),
                ("source_encoding", block.source_encoding.is_some()),
                ("mutes", !block.mutes.is_empty()),
                ("estimate_wavelet", block.estimate_wavelet.is_some()),
            ];
            for (key, given) in keys {
                if given {
                    let instead = "physics: {acoustic: {...}}";
                    return Err(Fault::new(at.key(key), UnsuitablePhysics { physics: "helmholtz", instead }));
                }
            }
        }
    }
    Ok(())
}

/// Checks the settings of waves in time and their combinations.
fn in_time(at: &KeyPath, block: &InversionBlock, data: &DataBlock) -> Result<(), Fault> {
    if let Some(storage) = &block.storage {
        storage.as_dyn().check(&at.key("storage").key(storage.name()))?;
    }
    for (i, mute) in block.mutes.iter().enumerate() {
        mute.check(&at.key("mutes").index(i))?;
    }
    let stochastic = matches!(block.optimizer, OptimizerChoice::Adam(_));
    let of_grid = matches!(block.method, MethodChoice::Grid(_));
    if block.batch.is_some() && of_grid && !stochastic {
        return Err(Fault::new(at.key("batch"), UnsuitableBatch { optimizer: block.optimizer.name() }));
    }
    if block.source_encoding.is_some() {
        let at = at.key("source_encoding");
        if block.batch.is_some() {
            return Err(Fault::new(at, UnsuitableEncoding::Batch));
        }
        if !matches!(block.misfit, MisfitChoice::L2(_)) {
            return Err(Fault::new(at, UnsuitableEncoding::Misfit(block.misfit.name())));
        }
        if !block.mutes.is_empty() || data.mask_dead_traces {
            return Err(Fault::new(at, UnsuitableEncoding::Mutes));
        }
        if let Some(step) = data.processing.iter().find(|step| !step.as_dyn().same_for_all_shots()) {
            return Err(Fault::new(at, UnsuitableEncoding::Processing(step.name())));
        }
    }
    Ok(())
}

fn stages(at: &KeyPath, blocks: &[StageBlock], waves: &WavesPlan) -> Result<Vec<Stage>, Fault> {
    if blocks.is_empty() {
        return Err(Fault::new(at, EmptyList { what: "stages" }));
    }
    let stage = |(i, block): (usize, &StageBlock)| {
        let at = at.index(i);
        let (frequencies, band) = match waves {
            WavesPlan::Helmholtz(waves) => (chosen(&at, block, ("helmholtz", &waves.frequencies))?, None),
            WavesPlan::Transient(waves) => (Vec::new(), filtered(&at, block, waves)?),
            WavesPlan::AtFrequencies(waves) => {
                frequencies::no_band(&at, block)?;
                (chosen(&at, block, ("waves", &waves.frequencies))?, None)
            }
        };
        Ok(Stage { frequencies, band, iterations: block.iterations })
    };
    blocks.iter().enumerate().map(stage).collect()
}

/// The frequencies of a stage, as indices into those of the equation.
fn chosen(
    at: &KeyPath,
    block: &StageBlock,
    (physics, frequencies): (&'static str, &[f64]),
) -> Result<Vec<usize>, Fault> {
    if block.band.is_some() {
        let instead = "frequencies: [...]";
        return Err(Fault::new(at.key("band"), UnsuitablePhysics { physics, instead }));
    }
    let Some(chosen) = &block.frequencies else { return Ok((0..frequencies.len()).collect()) };
    let at = at.key("frequencies");
    if chosen.is_empty() {
        return Err(Fault::new(at, EmptyList { what: "frequencies" }));
    }
    let mut indices = Vec::with_capacity(chosen.len());
    for (k, found) in chosen.iter().enumerate() {
        let known = frequencies.iter().position(|f| (f / found - 1.0).abs() < 1e-6);
        let absent = || StageFrequency { found: *found, available: frequencies.to_vec(), physics };
        let known = known.ok_or_else(|| Fault::new(at.index(k), absent()))?;
        if indices.contains(&known) {
            return Err(Fault::new(at.index(k), FrequencyTwice { found: *found }));
        }
        indices.push(known);
    }
    indices.sort_unstable();
    Ok(indices)
}

/// The band of a stage, which must contain some of the wavelet.
fn filtered(at: &KeyPath, block: &StageBlock, waves: &TransientPlan) -> Result<Option<BandFilter>, Fault> {
    if block.frequencies.is_some() {
        let physics = if waves.system.is_some() { "waves" } else { "acoustic" };
        let instead = "band: {low: 2, high: 8}";
        return Err(Fault::new(at.key("frequencies"), UnsuitablePhysics { physics, instead }));
    }
    let Some(band) = &block.band else { return Ok(None) };
    let at = at.key("band");
    band.check(&at)?;
    let (low, high) = (band.low.unwrap_or(0.0), band.high.unwrap_or(f64::INFINITY));
    if high <= waves.band.low || low >= waves.band.high {
        let wavelet = [waves.band.low, waves.band.high];
        return Err(Fault::new(at, BandWithoutWavelet { band: [low, high], wavelet }));
    }
    Ok(Some(band.clone()))
}

fn bounds(
    at: &KeyPath,
    block: &InversionBlock,
    scenario: &Scenario,
    grid: &Grid,
    waves: &WavesPlan,
    initial: &Model,
) -> Result<[f64; 2], Fault> {
    let range = scenario.model.velocity_range;
    let order = scenario.grid.order;
    let fastest = match waves {
        WavesPlan::Helmholtz(_) | WavesPlan::AtFrequencies(_) => f64::INFINITY,
        WavesPlan::Transient(waves) => waves::fastest_stable(waves, grid, order),
    };
    let Some(bounds) = block.bounds else { return Ok([range[0], range[1].min(fastest)]) };
    for (i, bound) in bounds.into_iter().enumerate() {
        check::plausible(&at.index(i), bound, range, true)?;
    }
    rising(at, bounds, Unit::MetrePerSecond)?;
    if bounds[1] > fastest {
        let largest = fastest / bounds[1] * scenario_step(waves);
        let (step, spacing, velocity) = (scenario_step(waves), grid.spacing[0], bounds[1]);
        return Err(Fault::new(at.index(1), UnstableStep { step, largest, velocity, spacing, order }));
    }
    let starts = initial.range();
    if starts[0] < bounds[0] || bounds[1] < starts[1] {
        return Err(Fault::new(at, InitialOutsideBounds { initial: starts, bounds }));
    }
    Ok(bounds)
}

/// The time step in s, if there is one.
fn scenario_step(waves: &WavesPlan) -> f64 {
    if let WavesPlan::Transient(waves) = waves { waves.step } else { 0.0 }
}

fn region(
    at: &KeyPath,
    block: Option<&RegionBlock>,
    grid: &Grid,
    waves: &WavesPlan,
) -> Result<Domain, Fault> {
    let Some(block) = block else { return Ok(waves.interior(grid)) };
    let domain = grid.domain();
    let z = [domain.lo[1], domain.hi[1]];
    let sides = [
        ("x", Some(block.x), Some([domain.lo[0], domain.hi[0]])),
        ("y", block.y, domain.y),
        ("z", block.z, (grid.dims() > 1).then_some(z)),
    ];
    for (key, side, whole) in sides {
        let (Some(side), at) = (side, at.key(key)) else { continue };
        domain::has_axis(&at, whole.is_none().then_some(key), grid)?;
        rising(&at, side, Unit::Metre)?;
        for (i, edge) in side.into_iter().enumerate() {
            within(&at.index(i), edge, whole.unwrap_or_default(), Unit::Metre)?;
        }
    }
    let [top, bottom] = block.z.unwrap_or(z);
    let region = Domain { lo: [block.x[0], top], hi: [block.x[1], bottom], y: block.y.or(domain.y) };
    match SubGrid::new(grid, &region) {
        Err(InversionError::Region { axis, found }) => {
            Err(Fault::new(at.key(axis), FewNodes { found, spacing: grid.spacing[0] }))
        }
        _ => Ok(region),
    }
}
