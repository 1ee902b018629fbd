//! A wavefield in `summary.json`.

use crate::spine::{Member, MemberOutcome};
use experiments::wavefields::outcome::{FieldMetrics, FieldSummary};

/// How it ended, for the runner.
#[must_use]
pub fn ended(summary: &FieldSummary) -> MemberOutcome {
    MemberOutcome {
        method: summary.method.clone(),
        status: summary.status,
        stopped_because: summary.stopped_because.clone(),
        iterations: summary.steps,
        wall_s: summary.wall_s,
        cpu_s: summary.cpu_s,
        device: summary.device.clone(),
        metrics: summary.values().into_iter().map(|(key, value)| (key.into(), value)).collect(),
    }
}

/// A wavefield from its entry in `summary.json`.
#[must_use]
pub fn from_member(member: &Member) -> FieldSummary {
    FieldSummary {
        name: member.name.clone(),
        method: member.method.clone(),
        status: member.status,
        steps: member.iterations,
        stopped_because: member.stopped_because.clone(),
        wall_s: member.wall_s,
        cpu_s: member.cpu_s,
        device: member.device.clone(),
        unknowns: member.value("unknowns").unwrap_or(0.0) as u64,
        metrics: FieldMetrics {
            wavefield_relative_l2: member.value("wavefield_relative_l2"),
            residual: member.value("residual"),
            data_misfit_relative: member.value("data_misfit_relative"),
        },
    }
}
