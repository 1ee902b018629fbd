//! What a run costs on several ranks, and how many of them help.

use std::fmt::Write;

use document::numbers::{bytes, short};
use fwi::waves_plan::WavesPlan;

use super::cost;
use super::lines::seconds;
use crate::error::FwiError;
use crate::memory;
use crate::plan::{InversionPlan, Plan};

/// What ranks share in an iteration: how many items, and what they are.
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

/// Lines on each inversion for so many ranks: memory and seconds of a rank, messages, and where scaling stops.
///
/// The time of a gradient is that of the rank with the most items. Messages are those of the sum along the tree of items: a rank sends
/// its subtrees up and receives the total.
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
        if !inversion.method.as_dyn().is_dealt() {
            let method = inversion.method.name();
            let _ = writeln!(page, "{name:<15} one rank computes all of `{method}`; the others wait");
            continue;
        }
        let (items, what) = items(plan, inversion);
        if items == 0 {
            continue;
        }
        if count > items {
            let _ = writeln!(page, "{name:<15} {items} {what}: more ranks than that have nothing to compute");
            continue;
        }
        let share = items.div_ceil(count);
        let one = cost::gradient(plan, items)?;
        let time = cost::gradient(plan, share)?;
        let efficiency = 100.0 * one / (time * count as f64);
        let values = 8.0 * (plan.grid.len() * inversion.settings.unknowns.len()) as f64;
        let traffic = ranks::traffic(count, items);
        let most = |side: usize| traffic.iter().map(|lists| lists[side]).fold(0.0, f64::max);
        let _ = writeln!(
            page,
            "{name:<15} {items} {what}: {share} for a rank; a gradient takes about {} instead of {} on one ({} % of {count} times the \
             speed), and a rank sends at most {} and receives {}; more than {items} ranks are no faster",
            seconds(time),
            seconds(one),
            short(efficiency.round()),
            bytes(most(0) * values),
            bytes(most(1) * values)
        );
    }
    Ok(page)
}
