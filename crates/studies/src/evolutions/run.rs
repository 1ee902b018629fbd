//! The results of a scenario of waves in time.

use experiments::evolutions::Snapshots;
use experiments::evolutions::truth::Truth;
use experiments::wavefields::outcome::{FieldRow, FieldSummary};
use scenario::plan::EvolutionsPlan;

/// One method's result.
pub(crate) struct EvolutionOutcome {
    /// How it went; its error is that at the last time.
    pub summary: FieldSummary,
    /// The fields at the shown times, `[source][time][point]`.
    pub fields: Snapshots,
    /// Relative error at each time.
    pub errors: Vec<f64>,
    /// Energy relative to the true initial energy, at each time.
    pub energies: Vec<f64>,
    /// Error and residual during the run.
    pub history: Vec<FieldRow>,
}

/// The contents of a report of waves in time.
pub(crate) struct EvolutionRun<'a> {
    /// The plan.
    pub plan: &'a EvolutionsPlan,
    /// The true fields.
    pub truth: Truth,
    /// Energy of the true fields relative to the initial energy.
    pub energies: Vec<f64>,
    /// The results, in the scenario's order.
    pub found: Vec<EvolutionOutcome>,
}

impl EvolutionRun<'_> {}
