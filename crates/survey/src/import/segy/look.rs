//! What is looked at while traces are read: first breaks, spectra, and suspicious traces.

use segy::File;

use super::error::SegyImportError;
use super::spread::Spread;
use super::times::Times;
use crate::quality::{Dominant, FIRST, Numbering, QualityControl, Subject, dominant};

/// The quality control of a file, before its first shot. The dominant period is found in some traces.
pub(super) fn quality_control(
    file: &File,
    spread: &Spread,
    times: &Times,
) -> Result<QualityControl, SegyImportError> {
    let dt = file.interval();
    let shots = spread.shots.iter().step_by(spread.shots.len().div_ceil(FIRST[0]).max(1));
    let some = shots.flat_map(|traces| {
        traces.iter().step_by(traces.len().div_ceil(FIRST[1]).max(1)).filter(|trace| !trace.dead)
    });
    let rows = some.map(|trace| {
        let mut samples = vec![0.0; file.samples(trace.index)];
        file.trace(trace.index, &mut samples)?;
        let mut row = vec![0.0; times.samples];
        times.put(&samples, trace.start, &mut row);
        Ok::<_, SegyImportError>(row)
    });
    let Dominant { period, swell } = dominant(times.samples, dt, rows)?;
    let numbers = |traces: &Vec<segy::ShotTrace>| traces.iter().map(|trace| trace.index + 1).collect();
    Ok(QualityControl::new(Subject {
        survey: spread.survey.clone(),
        samples: times.samples,
        dt,
        period,
        swell,
        present: spread.shots.iter().map(Vec::len).collect(),
        numbering: Some(Numbering {
            shots: spread.ids.clone(),
            traces: spread.shots.iter().map(numbers).collect(),
        }),
    }))
}
