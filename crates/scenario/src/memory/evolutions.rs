//! Memory of waves in time.

use document::KeyPath;
use document::numbers::short;
use experiments::evolutions::EvolutionMethodChoice;
use experiments::evolutions::finite_differences::FiniteDifferences;
use fields::JetOrder;

use super::wavefields::projected;
use super::{DOUBLE, Estimate, Need, SINGLE, network};
use crate::plan::EvolutionsPlan;

/// Time step of the finite differences over the largest stable one.
const SHARE_OF_STABLE: f64 = 0.25;

/// Arrays of the size of the mesh: fields, velocities, and coefficients.
const FIELDS: f64 = 9.0;

/// Copies of the traces.
const TRACES: f64 = 2.0;

/// Reach of a pulse in standard deviations.
const PULSE: f64 = 8.0;

/// Evaluations whose storage is there at a time: sets of points differ in size, and what a smaller one has used is kept.
const EVALUATIONS: f64 = 3.0;

/// What a scenario of waves in time needs.
#[must_use]
pub fn evolutions(plan: &EvolutionsPlan) -> Estimate {
    let problem = &plan.problem;
    let mut needs: Vec<Need> = plan.evolutions.iter().enumerate().map(|(i, _)| member(plan, i)).collect();
    if problem.velocity.uniform().is_none() {
        let method = FiniteDifferences { spacing: plan.reference_spacing, order: 8, layers: 30 };
        let (at, what) = (KeyPath::of("reference_spacing"), "the reference by finite differences");
        needs.push(in_steps(plan, &method, at, what));
    }
    // The fields of the truth and of all members, and one that is computed.
    let kept = (plan.evolutions.len() + 2) * problem.pulses.len() * problem.times.len() * problem.shown.len();
    Estimate::new(needs, DOUBLE * kept as f64)
}

/// Finite differences: a trace at every point that is shown.
fn in_steps(plan: &EvolutionsPlan, method: &FiniteDifferences, at: KeyPath, what: &str) -> Need {
    let problem = &plan.problem;
    let fd::Domain { lo, hi, .. } = problem.shown.domain();
    let nodes = [0, 1].map(|a| ((hi[a] - lo[a]) / method.spacing).round() + 1.0);
    let extended = nodes.map(|n| n + 2.0 * method.layers as f64);
    // The largest stable step goes as spacing over velocity.
    let grid = &problem.shown;
    let own = fd::time::largest_stable_step(&grid.into(), method.order, problem.fastest);
    let dt = SHARE_OF_STABLE * own * method.spacing / grid.spacing[0];
    let steps = (problem.horizon() / dt).ceil() + 4.0;
    let traces = steps * problem.shown.len() as f64;
    // A source at every node that a pulse reaches.
    let reach = problem.radius() / 4.5 * PULSE / method.spacing;
    let sources = steps * (std::f64::consts::PI * reach * reach).min(nodes[0] * nodes[1]);
    let points = problem.shown.len();
    Need {
        at,
        what: format!("{what} ({} time steps, traces at {points} points)", short(steps)),
        bytes: DOUBLE * (FIELDS * extended[0] * extended[1] + TRACES * traces + sources),
        help: "take earlier `times`, or raise this spacing or the one of the points",
    }
}

fn member(plan: &EvolutionsPlan, index: usize) -> Need {
    let block = &plan.evolutions[index];
    let pulses = plan.problem.pulses.len();
    let at = KeyPath::of("evolutions").index(index).key("method").key(block.method.name());
    let what = format!("the evolution `{}`", block.name);
    match &block.method {
        EvolutionMethodChoice::FiniteDifferences(settings) => {
            in_steps(plan, settings, at.key("spacing"), &what)
        }
        EvolutionMethodChoice::StandingWaves(settings) => {
            let uniform = plan.problem.slowest >= plan.problem.fastest * (1.0 - 1e-12);
            let points = if uniform { 0 } else { settings.points };
            let rows = (settings.start_points + points) as f64;
            let bytes = projected::<f64>(settings.count, rows);
            let what = format!("{what} ({} waves, {rows} equations)", settings.count);
            Need { at: at.key("count"), what, bytes, help: "take fewer waves and points" }
        }
        EvolutionMethodChoice::Network(settings) => {
            let architecture =
                settings.network.architecture_in_time(pulses).expect("the settings have been checked");
            let order = JetOrder::Second;
            let set = (settings.points * (12 + 8 * pulses)) as f64 * 2.0 * SINGLE;
            let sets = settings.pool.clamp(1, settings.steps.max(1)) as f64;
            let mut bytes = network::learnt(&architecture, &settings.optimizer)
                + EVALUATIONS * network::evaluation(&architecture, settings.points, order)
                + sets * set;
            if let Some(points) = settings.projection {
                let (columns, streams) = (settings.network.width + 1, order.streams(3));
                // The jets of all functions at all points, in single and in double precision.
                let jets = points as f64 * columns as f64 * streams as f64 * 2.0 * SINGLE;
                bytes += jets + projected::<f64>(columns, points as f64);
            }
            let what = format!("{what} ({sets} sets of {} points)", settings.points);
            let help = "take fewer `points`, a smaller `pool`, or a smaller network";
            Need { at: at.key("network"), what, bytes, help }
        }
    }
}
