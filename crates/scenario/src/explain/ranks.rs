//! What a run costs on several ranks, and how many of them help.

use std::fmt::Write;

use document::numbers::{bytes, short};
use fwi::forward::group_count;
use fwi::inversion::MethodChoice;
use fwi::inversion::joint::BLOCKS;
use fwi::waves_plan::WavesPlan;

use super::cost;
use super::lines::seconds;
use crate::error::FwiError;
use crate::memory;
use crate::plan::{InversionPlan, Plan};

/// Bytes that a rank sends or receives in a second on a network of 10 Gbit/s.
const NETWORK: f64 = 1e9;

/// Seconds until a message arrives.
const LATENCY: f64 = 2e-5;

/// What ranks share in an iteration: how many items, and what they are. More ranks than that have nothing to compute.
fn items(plan: &Plan, inversion: &InversionPlan) -> (usize, &'static str) {
    let settings = &inversion.settings;
    let most = settings.stages.iter().map(|stage| stage.frequencies.len()).max().unwrap_or(0);
    match (&plan.waves, &settings.batch, &settings.source_encoding) {
        (WavesPlan::Transient(_), Some(batch), _) => (batch.shots, "shots of a minibatch"),
        (WavesPlan::Transient(_), _, Some(encoding)) => (encoding.supershots, "supershots"),
        (WavesPlan::Transient(_), None, None) => (plan.survey.sources.len(), "shots"),
        (WavesPlan::Helmholtz(_) | WavesPlan::AtFrequencies(_), ..) => (most, "frequencies"),
    }
}

/// The most ranks that have something to compute in a plan, and what they share.
#[must_use]
pub fn most_ranks(plan: &Plan) -> (usize, &'static str) {
    let (items, what) = match &plan.waves {
        WavesPlan::Transient(_) => (plan.survey.sources.len(), "shots"),
        WavesPlan::Helmholtz(waves) => match group_count(plan.survey.sources.len()) {
            0 | 1 => (waves.frequencies.len(), "frequencies"),
            groups => (waves.frequencies.len() * groups, "groups of shots at frequencies"),
        },
        WavesPlan::AtFrequencies(waves) => (waves.frequencies.len(), "frequencies"),
    };
    let has_joint =
        plan.inversions.iter().any(|inversion| matches!(inversion.method, MethodChoice::Joint(_)));
    if has_joint && items < BLOCKS { (BLOCKS, "blocks of collocation points") } else { (items, what) }
}

/// Lines on each inversion for so many ranks: memory and seconds of a rank, messages, and where scaling stops.
///
/// The time of a gradient is that of the rank with the most items, and of the messages of the sum along the tree of items.
///
/// # Errors
/// [`FwiError::Fd`] for an equation that has no step.
pub fn ranks(plan: &Plan, count: usize) -> Result<String, FwiError> {
    let mut page = String::new();
    let unlimited = memory::inversions(plan).peak();
    let threads = rayon::current_num_threads();
    let _ = writeln!(
        page,
        "ranks           {count}, with {threads} threads each (RAYON_NUM_THREADS); at most {} of memory a rank, {} for all",
        bytes(unlimited),
        bytes(unlimited * count as f64)
    );
    for inversion in &plan.inversions {
        let name = format!("- {}", inversion.name);
        let method = &inversion.method;
        if !method.as_dyn().is_dealt() {
            let method = method.name();
            let _ = writeln!(page, "{name:<15} one rank computes all of `{method}`; the others wait");
            continue;
        }
        let (items, what) = items(plan, inversion);
        if items == 0 {
            continue;
        }
        let share = items.div_ceil(count);
        if matches!(method, MethodChoice::Joint(_)) {
            let _ = writeln!(
                page,
                "{name:<15} the points of the wavefield network in up to {BLOCKS} blocks, and {items} {what}: {share} for a rank; the \
                 velocity network is computed by every rank; more than {} ranks are no faster",
                items.max(BLOCKS)
            );
            continue;
        }
        let groups = match (&plan.waves, method) {
            (WavesPlan::Helmholtz(_), MethodChoice::Grid(_) | MethodChoice::Implicit(_)) => {
                group_count(plan.survey.sources.len())
            }
            _ => 1,
        };
        if count > items * groups {
            let items = items * groups;
            let of = if groups > 1 { "groups of shots at frequencies" } else { what };
            let _ = writeln!(page, "{name:<15} {items} {of}: more ranks than that have nothing to compute");
            continue;
        }
        if count > items {
            let (one, time) =
                (cost::gradient(plan, items)?, cost::shared_frequency(plan, groups.div_ceil(count / items)));
            let _ = writeln!(
                page,
                "{name:<15} {items} {what} with {groups} groups of shots each: {} ranks or more share a frequency, and each of them \
                 factorises its matrix; a gradient takes about {} instead of {} on one ({} % of {count} times the speed)",
                count / items,
                seconds(time),
                seconds(one),
                short((100.0 * one / (time * count as f64)).round())
            );
            continue;
        }
        if matches!(method, MethodChoice::WavefieldReconstruction(_)) {
            let _ = writeln!(
                page,
                "{name:<15} {items} {what}: {share} for a rank, each with the same work; more than {items} ranks are no faster"
            );
            continue;
        }
        let one = cost::gradient(plan, items)?;
        let values = 8.0 * (plan.grid.len() * inversion.settings.unknowns.len()) as f64;
        let most = |of: &dyn Fn(&[f64; 2]) -> f64| {
            values * ranks::traffic(count, items).iter().map(of).fold(0.0, f64::max)
        };
        let [sent, received] = [most(&|lists| lists[0]), most(&|lists| lists[1])];
        // Both directions at a time; two messages to each other rank.
        let messages = sent.max(received) / NETWORK + 2.0 * (count - 1) as f64 * LATENCY;
        let time = cost::gradient(plan, share)? + messages;
        let efficiency = 100.0 * one / (time * count as f64);
        let _ = writeln!(
            page,
            "{name:<15} {items} {what}: {share} for a rank; a gradient takes about {} instead of {} on one ({} % of {count} times the \
             speed), {} of it for messages at 10 Gbit/s: a rank sends at most {} and receives {}; more than {items} ranks are no faster",
            seconds(time),
            seconds(one),
            short(efficiency.round()),
            seconds(messages),
            bytes(sent),
            bytes(received)
        );
    }
    Ok(page)
}
