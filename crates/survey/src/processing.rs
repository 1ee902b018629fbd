//! Processing of recorded traces: a list of steps, applied in its order.
//!
//! Some steps correct what was recorded: reversed polarity, traces to leave out, another sampling interval. The others are symmetric
//! linear maps that observed and synthetic traces both go through, so that the misfit compares like with like; the adjoint source goes
//! through them in the opposite order, which is the transpose.

use document::CheckSettings;
use fd::Point;

pub mod balance;
pub mod band_pass;
pub mod gain;
pub mod kill;
pub mod mute;
pub mod polarity;
mod prepared;
pub mod receiver_response;
pub mod resample;
pub mod selection;

pub use balance::Balance;
pub use band_pass::BandPass;
pub use gain::Gain;
pub use kill::Kill;
pub use mute::Mute;
pub use polarity::Polarity;
pub use prepared::Prepared;
pub use receiver_response::ReceiverResponse;
pub use resample::Resample;
pub use selection::{Selection, TracesOfShot};

document::choices! {
    /// A step of the processing of traces.
    #[derive(PartialEq)]
    pub enum ProcessingChoice: dyn ProcessingStep {
        balance => Balance,
        band_pass => BandPass,
        gain => Gain,
        kill => Kill,
        mute => Mute,
        polarity => Polarity,
        receiver_response => ReceiverResponse,
        resample => Resample,
    }
}

/// A step of the processing.
pub trait ProcessingStep: CheckSettings {
    /// The traces that it picks, if it picks some.
    fn selection(&self) -> Option<&Selection> {
        None
    }

    /// Whether it leaves out the traces that it picks.
    fn kills(&self) -> bool {
        false
    }

    /// Whether the recorded traces may have another sampling interval.
    fn resamples(&self) -> bool {
        false
    }

    /// Numbers that it has for each receiver, with their keys; an empty list is absent.
    fn by_receiver(&self) -> Option<[(&'static str, &[f64]); 2]> {
        None
    }

    /// Corrects the recorded traces of a shot; synthetic traces are not changed.
    fn correct(&self, _shot: &ShotTraces, _recorded: &mut [f64]) {}

    /// The map that both observed and synthetic traces of a shot go through, from the observed traces that the steps before have been
    /// applied to; none if the step is a correction.
    fn prepare(&self, _shot: &ShotTraces, _observed: &[f64]) -> Option<Box<dyn Prepared>> {
        None
    }

    /// By what it multiplies the spectrum of traces at a frequency in Hz.
    fn gain(&self, _frequency: f64) -> f64 {
        1.0
    }

    /// Whether it does the same to synthetic traces of all shots, so that shots can fire together.
    fn same_for_all_shots(&self) -> bool {
        true
    }
}

/// What the processing has to know of the traces of a shot.
///
/// # Units
/// `dt` in s, positions in m.
#[derive(Debug, Clone, Copy)]
pub struct ShotTraces<'a> {
    /// Index of the shot, from 0.
    pub shot: usize,
    /// The position of its source.
    pub source: Point,
    /// Its receivers. Traces are `[field, receiver, time]`.
    pub receivers: &'a [Point],
    /// Samples per trace.
    pub samples: usize,
    /// Time between samples.
    pub dt: f64,
}

impl ShotTraces<'_> {
    /// The distance from the source of the receiver of a trace, m.
    #[must_use]
    pub fn offset(&self, trace: usize) -> f64 {
        self.receivers[trace % self.receivers.len()].distance(&self.source)
    }

    /// The receiver of a trace, from 0.
    #[must_use]
    pub fn receiver(&self, trace: usize) -> usize {
        trace % self.receivers.len()
    }
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

#[cfg(test)]
mod tests;
