//! A step that is ready for the traces of a shot.

use std::fmt::Debug;

/// A step that is ready for the traces of a shot: a symmetric linear map.
pub trait Prepared: Debug + Send + Sync {
    /// The map of traces `[field, receiver, time]`, in place.
    fn apply(&self, traces: &mut Vec<f64>);
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
