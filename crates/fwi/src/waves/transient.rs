//! Waves in time.

use survey::data_error::DataError;
use survey::gathers::GatherFile;
use survey::processing::ShotTraces;
use survey::survey::Survey;
use survey::traces::{Mute, Resampling};
use survey::wavelet::file::resample;

use super::field_weights;
use crate::waves_plan::TransientPlan;

/// Waves in time: numerics and data.
///
/// Shots are computed in parallel, one per thread, and summed in order, so the result does not depend on the number
/// of threads.
#[derive(Debug, Clone)]
pub struct Transient {
    /// The equation and the source.
    pub waves: TransientPlan,
    /// Order of accuracy in space.
    pub order: usize,
    /// Observed data, in their file.
    pub observed: GatherFile,
    /// The traces that are used, `[shot, trace]`.
    pub live: Vec<bool>,
    /// By recorded field: the weight of its traces. Fields of several units are weighed by the inverse of the root mean square
    /// of those of the same unit, over all shots; otherwise all weights are 1.
    pub field_weights: Vec<f64>,
    /// How the data are sampled from the steps of a propagation.
    pub resampling: Resampling,
}

impl Transient {
    /// The equation with the data of a file; bad traces, and those that the processing leaves out, are not used.
    ///
    /// # Errors
    /// [`DataError::Hdf5`].
    pub fn new(waves: TransientPlan, order: usize, observed: GatherFile) -> Result<Self, DataError> {
        let ([shots, traces, _], receivers) =
            (observed.header.shape(), observed.header.survey.receivers.count());
        let mut live = vec![true; shots * traces];
        if waves.mask_dead_traces {
            for bad in observed.bad_traces()? {
                live[bad.shot * traces + bad.field * receivers + bad.receiver] = false;
            }
        }
        for step in waves.processing.iter().filter(|step| step.as_dyn().kills()) {
            let Some(selection) = step.as_dyn().selection() else { continue };
            for (trace, live) in live.iter_mut().enumerate() {
                *live &= !selection.contains(trace / traces, trace % traces % receivers);
            }
        }
        let field_weights = weights_of_fields(&observed)?;
        Ok(Self { resampling: waves.resampling(1), waves, order, observed, live, field_weights })
    }

    /// Observed traces of a shot `[trace, time]`, corrected, with zeros for traces that are not used.
    pub(crate) fn observed(&self, shot: usize) -> Result<Vec<f64>, DataError> {
        let mut traces = self.recorded(shot)?;
        self.mask(shot, &mut traces);
        Ok(traces)
    }

    /// Recorded traces of a shot `[trace, time]`, at the times of the plan and with the corrections of the processing.
    pub(crate) fn recorded(&self, shot: usize) -> Result<Vec<f64>, DataError> {
        let mut traces: Vec<f64> = self.observed.read(shot)?.into_iter().map(f64::from).collect();
        let (header, samples, dt) = (&self.observed.header, self.waves.samples, self.waves.interval());
        if !self.waves.has_times(header.samples, header.dt) {
            let recorded = traces.chunks(header.samples);
            traces = recorded.flat_map(|trace| resample(trace, header.dt, dt, samples)).collect();
        }
        let of = self.traces_of(&header.survey, shot);
        self.waves.processing.iter().for_each(|step| step.as_dyn().correct(&of, &mut traces));
        Ok(traces)
    }

    /// What the processing has to know of the traces of a shot.
    pub(crate) fn traces_of<'s>(&self, survey: &'s Survey, shot: usize) -> ShotTraces<'s> {
        let (source, receivers) = (survey.sources[shot], survey.receivers.of(shot));
        ShotTraces { shot, source, receivers, samples: self.waves.samples, dt: self.waves.interval() }
    }

    /// Sets the traces of a shot that are not used to zero.
    pub(crate) fn mask(&self, shot: usize, traces: &mut [f64]) {
        let [_, count, _] = self.observed.header.shape();
        let live = &self.live[shot * count..(shot + 1) * count];
        for (trace, _) in traces.chunks_mut(self.waves.samples).zip(live).filter(|(_, live)| !**live) {
            trace.fill(0.0);
        }
    }

    /// Weights `[trace, time]` of a shot, unless all are 1: dead traces have weight zero; mutes, and the weights of fields,
    /// multiply.
    pub(crate) fn weights(&self, survey: &Survey, mutes: &[Mute], shot: usize) -> Option<Vec<f64>> {
        let (receivers, samples) = (survey.receivers.of(shot), self.waves.samples);
        let count = self.field_weights.len() * receivers.len();
        let all = self.live[shot * count..(shot + 1) * count].iter().all(|live| *live);
        if mutes.is_empty() && all && self.field_weights.iter().all(|weight| *weight == 1.0) {
            return None;
        }
        let source = survey.sources[shot];
        let offsets: Vec<f64> = receivers.iter().map(|r| r.distance(&source)).collect();
        let mut of_field = vec![1.0; receivers.len() * samples];
        for mute in mutes {
            let of = mute.weights(&offsets, samples, self.waves.interval());
            of_field.iter_mut().zip(of).for_each(|(w, of)| *w *= of);
        }
        let mut weights = Vec::with_capacity(count * samples);
        for weight in &self.field_weights {
            weights.extend(of_field.iter().map(|w| weight * w));
        }
        self.mask(shot, &mut weights);
        Some(weights)
    }
}

/// The weights of the recorded fields.
fn weights_of_fields(observed: &GatherFile) -> Result<Vec<f64>, DataError> {
    let header = &observed.header;
    let fields = &header.fields;
    if fields.iter().all(|field| field.unit == fields[0].unit) {
        return Ok(vec![1.0; fields.len()]);
    }
    let mut squares = vec![0.0; fields.len()];
    for shot in 0..header.survey.sources.len() {
        let gather = observed.read(shot)?;
        for (sum, traces) in squares.iter_mut().zip(gather.chunks(gather.len() / fields.len())) {
            *sum += traces.iter().map(|v| f64::from(*v).powi(2)).filter(|v| v.is_finite()).sum::<f64>();
        }
    }
    let count = header.survey.sources.len() * header.survey.receivers.count() * header.samples;
    Ok(field_weights::by_unit(fields, &squares, count as f64))
}
