//! The quality control of a file of receiver data.

use super::control::{QualityControl, Subject};
use super::period::{Dominant, FIRST, dominant};
use crate::data_error::DataError;
use crate::gathers::GatherFile;

impl QualityControl {
    /// Looks at the first field that a file records, shot by shot.
    ///
    /// # Errors
    /// Those of reading the file.
    pub fn of_file(file: &GatherFile) -> Result<Self, DataError> {
        let header = &file.header;
        let (shots, receivers) = (header.survey.sources.len(), header.survey.receivers.count());
        let samples = header.samples;
        let some = |shot: usize| -> Vec<Result<Vec<f32>, DataError>> {
            match file.read(shot) {
                Err(error) => vec![Err(error)],
                Ok(gather) => {
                    let step = receivers.div_ceil(FIRST[1]).max(1);
                    let first = gather.chunks(samples).take(receivers);
                    first.step_by(step).map(|trace| Ok(trace.to_vec())).collect()
                }
            }
        };
        let looked_at = (0..shots).step_by(shots.div_ceil(FIRST[0]).max(1));
        let Dominant { period, swell } = dominant(samples, header.dt, looked_at.flat_map(some))?;
        let mut control = Self::new(Subject {
            survey: header.survey.clone(),
            samples,
            dt: header.dt,
            period,
            swell,
            present: vec![receivers; shots],
            numbering: None,
        });
        for shot in 0..shots {
            control.add(shot, &file.read(shot)?[..receivers * samples]);
        }
        Ok(control)
    }
}
