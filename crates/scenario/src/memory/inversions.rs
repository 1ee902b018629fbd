//! Memory of inversions.

use document::KeyPath;
use fields::JetOrder;
use fwi::factor_cost::factor_cost;
use fwi::waves_plan::WavesPlan;

use super::{COMPLEX, DOUBLE, Estimate, Need, factorised, frequencies, joint, network, waves_in_time};
use crate::plan::{DataSource, InversionPlan, Plan};
use crate::{MethodChoice, OptimizerChoice, StorageChoice};

/// Arrays of the size of the grid: models, gradients, and those of pictures.
const ARRAYS: f64 = 24.0;

/// Evaluations of an implicit inversion whose storage is there at a time.
const EVALUATIONS: f64 = 2.75;

/// Share of the memory of simulated data that is not given back.
const LEFT: f64 = 0.85;

/// What a scenario of inversions needs.
#[must_use]
pub fn inversions(plan: &Plan) -> Estimate {
    let mut needs: Vec<Need> = plan
        .inversions
        .iter()
        .enumerate()
        .map(|(i, inversion)| {
            let at = KeyPath::of("inversions").index(i).key("method").key(inversion.method.name());
            let what = format!("the inversion `{}`", inversion.name);
            Need { at, what, bytes: member(plan, inversion), help: help(plan, inversion) }
        })
        .collect();
    needs.extend(of_data(plan));
    let output = plan.output.len() as f64;
    let estimate =
        Estimate::new(needs, DOUBLE * (ARRAYS * plan.grid.len() as f64 + 8.0 * output) + data(plan));
    estimate.with_disk(plan.inversions.iter().enumerate().filter_map(|(i, inversion)| {
        let WavesPlan::Transient(waves) = &plan.waves else { return None };
        let StorageChoice::Disk(_) = inversion.settings.storage else { return None };
        let at = KeyPath::of("inversions").index(i).key("storage").key("disk");
        Some((at, waves_in_time::whole((&plan.grid, plan.order), waves, &inversion.settings, &plan.survey)))
    }))
}

/// What the simulation of the data of a scenario needs.
#[must_use]
pub fn simulation(plan: &Plan) -> Estimate {
    Estimate::new(of_data(plan).into_iter().collect(), data(plan))
}

fn of_data(plan: &Plan) -> Option<Need> {
    plan.data.simulate.as_ref()?;
    let (what, bytes) = ("the simulation of the data".to_owned(), simulated(plan));
    let at = KeyPath::of("data.simulate");
    Some(Need { at, what, bytes, help: "raise the spacing of its grid" })
}

/// The data at frequencies, which are kept in memory.
fn data(plan: &Plan) -> f64 {
    match &plan.waves {
        WavesPlan::Helmholtz(waves) => {
            let all = waves.frequencies.len() * plan.survey.sources.len() * plan.survey.receivers.count();
            6.0 * COMPLEX * all as f64
        }
        WavesPlan::AtFrequencies(waves) => {
            let traces = waves.system.fields.len() * plan.survey.receivers.count();
            6.0 * COMPLEX * (waves.frequencies.len() * plan.survey.sources.len() * traces) as f64
        }
        WavesPlan::Transient(_) => 0.0,
    }
}

/// The simulation of the data.
fn simulated(plan: &Plan) -> f64 {
    let sources = plan.survey.sources.len();
    match (plan.data.simulate.as_ref().map(|simulate| simulate.engine), &plan.waves) {
        (Some(DataSource::FiniteDifferences { grid, order, .. }), WavesPlan::Helmholtz(_)) => {
            factorised(grid.shape, order, sources)
        }
        (Some(DataSource::FiniteDifferences { grid, order, refine }), WavesPlan::Transient(waves)) => {
            waves_in_time::forward((&grid, order), waves, refine, &plan.survey)
        }
        (Some(DataSource::FiniteDifferences { grid, order, .. }), WavesPlan::AtFrequencies(waves)) => {
            frequencies::simulated(waves, (&grid, order), sources)
        }
        _ => 0.0,
    }
}

/// Solutions of the equation, as the gradient of all shots needs them.
fn solved(plan: &Plan, inversion: &InversionPlan) -> f64 {
    let sources = plan.survey.sources.len();
    match &plan.waves {
        WavesPlan::Helmholtz(_) => {
            let frequencies = inversion.settings.stages.iter().map(|stage| stage.frequencies.len());
            let frequencies = frequencies.max().unwrap_or(1) as f64;
            let cost = factor_cost(plan.grid.shape, plan.order);
            let nodes = plan.grid.len() as f64;
            // Gauss-Newton steps keep the factors and the fields of all frequencies, and so does a reconstruction, with sources,
            // their changes and multipliers beside them, and at one frequency a field for each receiver.
            let linearised = matches!(inversion.settings.optimizer, OptimizerChoice::GaussNewton(_));
            let (kept, once) = match &inversion.method {
                MethodChoice::WavefieldReconstruction(_) => {
                    let maps = plan.survey.receivers.all().len() * plan.survey.receivers.count();
                    let of_shots = 6.0 * COMPLEX * nodes * sources as f64;
                    // One set of factors is among what a factorisation takes.
                    (cost.bytes() + of_shots, 2.0 * COMPLEX * nodes * maps as f64 - cost.bytes())
                }
                _ if linearised => (cost.bytes() + COMPLEX * nodes * sources as f64, 0.0),
                _ => (0.0, 0.0),
            };
            // Values of the matrix of each frequency.
            let values = COMPLEX * nodes * (2 * plan.order) as f64;
            factorised(plan.grid.shape, plan.order, sources) + frequencies * (values + kept) + once
        }
        WavesPlan::Transient(waves) => {
            waves_in_time::gradient((&plan.grid, plan.order), waves, &inversion.settings, &plan.survey)
        }
        WavesPlan::AtFrequencies(waves) => {
            frequencies::gradient(waves, (&plan.grid, plan.order), &inversion.settings, sources)
        }
    }
}

/// What to do if an inversion needs too much.
fn help(plan: &Plan, inversion: &InversionPlan) -> &'static str {
    match (&inversion.method, &plan.waves) {
        (MethodChoice::Joint(_), _) => {
            "take fewer points, larger cells, a smaller `pool`, or smaller networks"
        }
        (MethodChoice::Implicit(_), _) => {
            "take fewer `points_per_cell`, a smaller network, or a larger grid.spacing"
        }
        (MethodChoice::WavefieldReconstruction(_), _) => {
            "raise grid.spacing, make the box smaller, or use fewer frequencies in a stage"
        }
        (MethodChoice::Grid(_), WavesPlan::Helmholtz(_) | WavesPlan::AtFrequencies(_)) => {
            "raise grid.spacing, or make the box smaller"
        }
        (MethodChoice::Grid(_), WavesPlan::Transient(_)) => {
            "raise grid.spacing, or write `storage: {checkpoints: {megabytes: 1000}}`"
        }
    }
}

fn member(plan: &Plan, inversion: &InversionPlan) -> f64 {
    match &inversion.method {
        MethodChoice::Grid(_) | MethodChoice::WavefieldReconstruction(_) => {
            let memory = match &inversion.settings.optimizer {
                OptimizerChoice::Lbfgs(lbfgs) => 6.0 * lbfgs.memory as f64,
                _ => 8.0,
            };
            solved(plan, inversion) + DOUBLE * memory * plan.grid.len() as f64
        }
        MethodChoice::Implicit(implicit) => {
            let region = &inversion.settings.region;
            let nodes = plan.grid.nodes().filter(|node| region.holds(node)).count();
            let points = nodes * implicit.points_per_cell().pow(2);
            let velocity = &implicit.velocity();
            let channels = inversion.settings.unknowns.len() * velocity.output.channels();
            let architecture = network::of(&velocity.network, channels);
            solved(plan, inversion)
                + network::learnt(&architecture, &inversion.settings.optimizer)
                + EVALUATIONS * network::evaluation(&architecture, points, JetOrder::Value)
        }
        // The allocator keeps most of what the simulation of the data has used.
        MethodChoice::Joint(method) => LEFT * simulated(plan) + joint::joint(plan, inversion, method),
    }
}
