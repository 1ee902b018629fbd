//! Mutes of observed and synthetic traces for all inversions; `inversions[].mutes` has those of one.

use super::{Prepared, ProcessingStep, ShotTraces};

pub use crate::traces::Mute;

impl ProcessingStep for Mute {
    fn prepare(&self, shot: &ShotTraces, _: &[f64]) -> Option<Box<dyn Prepared>> {
        let offsets = (0..shot.receivers.len()).map(|receiver| shot.offset(receiver)).collect();
        Some(Box::new(Window { mute: self.clone(), offsets, samples: shot.samples, dt: shot.dt }))
    }

    fn same_for_all_shots(&self) -> bool {
        false
    }
}

/// The weights of a mute, computed where they are needed.
#[derive(Debug)]
struct Window {
    mute: Mute,
    offsets: Vec<f64>,
    samples: usize,
    dt: f64,
}

impl Prepared for Window {
    fn apply(&self, traces: &mut Vec<f64>) {
        let weights = self.mute.weights(&self.offsets, self.samples, self.dt);
        for field in traces.chunks_mut(weights.len()) {
            field.iter_mut().zip(&weights).for_each(|(v, w)| *v *= w);
        }
    }
}
