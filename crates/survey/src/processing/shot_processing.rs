//! The processing of the traces of one shot.

use std::fmt::Debug;

use super::{ProcessingChoice, ShotTraces};

/// A step that is ready for the traces of a shot: a symmetric linear map.
pub trait Prepared: Debug + Send + Sync {
    /// The map of traces `[field, receiver, time]`, in place.
    fn apply(&self, traces: &mut Vec<f64>);
}

/// The steps that observed and synthetic traces of a shot go through.
#[derive(Debug, Default)]
pub struct ShotProcessing {
    steps: Vec<Box<dyn Prepared>>,
}

impl ShotProcessing {
    /// The processing of a shot, made for its observed traces, which are processed.
    ///
    /// # Shapes
    /// `observed` `[field, receiver, time]`.
    pub fn of(list: &[ProcessingChoice], shot: &ShotTraces, observed: &mut Vec<f64>) -> Self {
        let mut steps = Vec::new();
        for choice in list {
            if let Some(step) = choice.as_dyn().prepare(shot, observed) {
                step.apply(observed);
                steps.push(step);
            }
        }
        Self { steps }
    }

    /// The processed traces.
    pub fn apply(&self, traces: &mut Vec<f64>) {
        self.steps.iter().for_each(|step| step.apply(traces));
    }

    /// The transpose of [`ShotProcessing::apply`].
    pub fn transpose(&self, traces: &mut Vec<f64>) {
        self.steps.iter().rev().for_each(|step| step.apply(traces));
    }
}

/// Weights by trace and by time, either of which may be absent.
#[derive(Debug)]
pub(super) struct Weights {
    /// By trace.
    pub(super) by_trace: Vec<f64>,
    /// By sample; empty if all are 1.
    pub(super) by_time: Vec<f64>,
}

impl Prepared for Weights {
    fn apply(&self, traces: &mut Vec<f64>) {
        let samples = traces.len() / self.by_trace.len().max(1);
        for (trace, weight) in traces.chunks_mut(samples.max(1)).zip(&self.by_trace) {
            trace.iter_mut().for_each(|v| *v *= weight);
            trace.iter_mut().zip(&self.by_time).for_each(|(v, w)| *v *= w);
        }
    }
}
