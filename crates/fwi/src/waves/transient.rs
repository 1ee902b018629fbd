//! Waves in time.

use survey::data_error::DataError;
use survey::gathers::GatherFile;
use survey::survey::Survey;
use survey::traces::{Mute, Resampling};

use crate::waves_plan::AcousticPlan;

/// Waves in time: numerics and data.
///
/// Shots are computed in parallel, one per thread, and summed in order, so the result does not depend on the number
/// of threads.
#[derive(Debug, Clone)]
pub struct Transient {
    /// The equation and the source.
    pub waves: AcousticPlan,
    /// Order of accuracy in space.
    pub order: usize,
    /// Observed data, in their file.
    pub observed: GatherFile,
    /// The traces that are used, `[shot, receiver]`.
    pub live: Vec<bool>,
    /// How the data are sampled from the steps of a propagation.
    pub resampling: Resampling,
}

impl Transient {
    /// The equation with the data of a file; bad traces are not used.
    ///
    /// # Errors
    /// [`DataError::Hdf5`].
    pub fn new(waves: AcousticPlan, order: usize, observed: GatherFile) -> Result<Self, DataError> {
        let [shots, receivers, _] = observed.header.shape();
        let mut live = vec![true; shots * receivers];
        if waves.mask_dead_traces {
            for bad in observed.bad_traces()? {
                live[bad.shot * receivers + bad.receiver] = false;
            }
        }
        Ok(Self { resampling: waves.resampling(1), waves, order, observed, live })
    }

    /// Observed traces of a shot `[receiver, time]`, with zeros for traces that are not used.
    pub(crate) fn observed(&self, shot: usize) -> Result<Vec<f64>, DataError> {
        let mut traces: Vec<f64> = self.observed.read(shot)?.into_iter().map(f64::from).collect();
        self.mask(shot, &mut traces);
        Ok(traces)
    }

    /// Sets the traces of a shot that are not used to zero.
    pub(crate) fn mask(&self, shot: usize, traces: &mut [f64]) {
        let receivers = self.observed.header.survey.receivers.count();
        let live = &self.live[shot * receivers..(shot + 1) * receivers];
        for (trace, _) in traces.chunks_mut(self.waves.samples).zip(live).filter(|(_, live)| !**live) {
            trace.fill(0.0);
        }
    }

    /// Weights `[receiver, time]` of a shot, unless all are 1: dead traces have weight zero, and mutes multiply.
    pub(crate) fn weights(&self, survey: &Survey, mutes: &[Mute], shot: usize) -> Option<Vec<f64>> {
        let (receivers, samples) = (survey.receivers.of(shot), self.waves.samples);
        let all = self.live[shot * receivers.len()..(shot + 1) * receivers.len()].iter().all(|live| *live);
        if mutes.is_empty() && all {
            return None;
        }
        let source = survey.sources[shot];
        let offsets: Vec<f64> =
            receivers.iter().map(|r| (r[0] - source[0]).hypot(r[1] - source[1])).collect();
        let mut weights = vec![1.0; receivers.len() * samples];
        for mute in mutes {
            let of = mute.weights(&offsets, samples, self.waves.interval());
            weights.iter_mut().zip(of).for_each(|(w, of)| *w *= of);
        }
        self.mask(shot, &mut weights);
        Some(weights)
    }
}
