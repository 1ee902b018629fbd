//! Memory of joint inversions.

use fields::JetOrder;
use fwi::inversion::joint::strong::DataFrom;
use fwi::inversion::joint::{Joint, ResidualChoice, background_bytes, scattered_in_time, unknowns_in_time};
use fwi::waves_plan::WavesPlan;

use super::medium::{jets, terms};
use super::{COMPLEX, DOUBLE, SINGLE, network, waves_in_time};
use crate::plan::{InversionPlan, Plan};

/// Points on the edge of the grid, where a wavefield is small.
const EDGE: usize = 200;

/// Share of the copies of parameters that a joint inversion has: it keeps no best network.
const LEARNT: f64 = 0.6;

/// Evaluations in time whose storage is there at a time.
const EVALUATIONS_IN_TIME: f64 = 3.0;

/// Copies of a wavefield in time on the nodes of the region.
const FIELDS_IN_TIME: f64 = 6.0;

/// Places around an event where the background is propagated for its slopes.
const PLACES_WITH_DENSITY: f64 = 5.0;

/// Bytes of a joint inversion.
pub(super) fn joint(plan: &Plan, inversion: &InversionPlan, method: &Joint) -> f64 {
    let settings = &inversion.settings;
    let shots = plan.survey.sources.len();
    let frequencies = settings.stages.iter().map(|stage| stage.frequencies.len()).max().unwrap_or(1).max(1);
    let fields = match &plan.waves {
        WavesPlan::Helmholtz(waves) => waves.medium.unknowns().names.len() * shots * frequencies,
        WavesPlan::Transient(waves) => unknowns_in_time(waves) * shots,
        WavesPlan::AtFrequencies(_) => {
            unreachable!("the plan refuses joint inversions of systems at frequencies")
        }
    };
    let shared = usize::from(method.velocity.is_none());
    let (wavefield, inputs) = match &plan.waves {
        WavesPlan::Helmholtz(_) | WavesPlan::AtFrequencies(_) => {
            (network::of(&method.wavefield, 2 * fields + shared), 2)
        }
        WavesPlan::Transient(_) => {
            (method.wavefield.architecture_in_time(fields).expect("the settings have been checked"), 3)
        }
    };
    let cells = |spacing: f64| {
        let fd::Domain { lo, hi, .. } = settings.region;
        ((hi[0] - lo[0]) / spacing).max(1.0) * ((hi[1] - lo[1]) / spacing).max(1.0)
    };
    let receivers = plan.survey.receivers.count();
    let velocity = |points: usize| {
        method.velocity.as_ref().map_or(0.0, |velocity| {
            let channels = settings.unknowns.len() * velocity.output.channels();
            let architecture = network::of(&velocity.network, channels);
            LEARNT * network::learnt(&architecture, &settings.optimizer)
                + network::evaluation(&architecture, points, JetOrder::Value)
        })
    };
    let own = LEARNT * network::learnt(&wavefield, &settings.optimizer);
    match (&method.residual, &plan.waves) {
        (ResidualChoice::Strong(strong), waves) => {
            let nodes = cells(strong.regularizer_spacing);
            if let WavesPlan::Transient(in_time) = waves
                && let Some(system) = &in_time.system
            {
                let (_, residual) =
                    scattered_in_time(&system.system).expect("the plan has checked the system");
                let unknowns = residual.unknowns();
                let whole = (&plan.grid, &settings.region);
                let background = background_bytes(in_time, whole, unknowns, shots)
                    .expect("the plan has checked the region");
                let kept = COMPLEX * (strong.points * residual.kept_a_point(shots)) as f64;
                let of_medium = (strong.points * residual.coefficients_a_point(shots)) as f64 * 2.0 * SINGLE;
                let at_points = network::evaluation(&wavefield, strong.points + EDGE, residual.order());
                let of_data = network::evaluation(&wavefield, receivers * in_time.samples, JetOrder::Value);
                let forward = waves_in_time::forward((&plan.grid, plan.order), in_time, 1, &plan.survey);
                return own
                    + velocity(strong.points + nodes as usize)
                    + EVALUATIONS_IN_TIME * at_points
                    + of_data
                    + background
                    + forward
                    + strong.pool.max(1) as f64 * kept
                    + of_medium;
            }
            let (of_terms, of_sources, order) = match waves {
                WavesPlan::Helmholtz(waves) if !waves.medium.is_plain() => {
                    (terms(&waves.medium), fields / frequencies, jets(&waves.medium))
                }
                WavesPlan::Transient(waves) if waves.density.is_some() => (9, fields, JetOrder::First),
                _ => (4 + inputs, shots, JetOrder::Second),
            };
            let set = (strong.points * (of_terms + of_sources) * frequencies) as f64 * 2.0 * SINGLE;
            let mut bytes = strong.pool.max(1) as f64 * set;
            let events = match waves {
                WavesPlan::Transient(waves) if strong.data_from == DataFrom::Network => {
                    receivers * waves.samples
                }
                WavesPlan::Transient(waves) if waves.density.is_some() => {
                    // The equation is known at every node and step.
                    bytes += waves_in_time::background(waves, PLACES_WITH_DENSITY * nodes, shots, plan);
                    let events = nodes as usize * waves.samples;
                    bytes += (events * (of_terms + of_sources)) as f64 * 2.0 * SINGLE;
                    events
                }
                WavesPlan::Transient(waves) => {
                    bytes += waves_in_time::background(waves, nodes, shots, plan);
                    (nodes as usize + receivers) * waves.samples
                }
                WavesPlan::Helmholtz(_) | WavesPlan::AtFrequencies(_) => {
                    if strong.data_from == DataFrom::Integral {
                        bytes += COMPLEX * nodes * frequencies as f64 * (receivers + shots) as f64;
                    }
                    receivers
                }
            };
            let mut at_points = network::evaluation(&wavefield, strong.points + EDGE, order);
            if let WavesPlan::Transient(waves) = waves {
                // Sets of points differ in size; the background is known at the points of one of them, and with a density at
                // their neighbours too.
                at_points *= EVALUATIONS_IN_TIME;
                let places = if waves.density.is_some() { PLACES_WITH_DENSITY } else { 1.0 };
                bytes += waves_in_time::background(waves, places * strong.points as f64, shots, plan);
            }
            let with_slopes = matches!(waves, WavesPlan::Transient(waves) if waves.density.is_some())
                && strong.data_from == DataFrom::Integral;
            let order = if with_slopes { JetOrder::First } else { JetOrder::Value };
            let of_data = network::evaluation(&wavefield, events, order);
            own + velocity(strong.points + nodes as usize) + at_points + of_data + bytes
        }
        (ResidualChoice::Preconditioned(settings), waves) => {
            let nodes = cells(settings.spacing);
            let points = nodes as usize * settings.points_per_cell.pow(2);
            let (events, more) = match waves {
                WavesPlan::Transient(waves) => {
                    let fields = FIELDS_IN_TIME * DOUBLE * nodes * waves.samples as f64 * shots as f64;
                    let background = waves_in_time::background(waves, nodes, shots, plan);
                    ((nodes as usize + receivers) * waves.samples, fields + background)
                }
                WavesPlan::Helmholtz(_) | WavesPlan::AtFrequencies(_) => {
                    let rows = (receivers + 8 * shots) as f64 * frequencies as f64;
                    (nodes as usize, COMPLEX * nodes * rows)
                }
            };
            own + velocity(points) + network::evaluation(&wavefield, events, JetOrder::Value) + more
        }
    }
}
