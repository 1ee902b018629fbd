//! Reading the shots one by one, and writing them.

use std::path::Path;

use rayon::prelude::*;
use segy::{File, SegyError, ShotTrace};

use super::error::SegyImportError;
use super::spread::Spread;
use super::times::Times;
use crate::data_error::DataError;
use crate::gathers::{GatherHeader, GatherWriter, RecordedField};
use crate::memory;
use crate::quality::QualityControl;

/// Reads every shot, looks at it, and writes it. One shot at a time is in memory.
pub(super) fn write(
    file: &File,
    spread: &Spread,
    times: &Times,
    quality: &mut QualityControl,
    target: &Path,
) -> Result<(), DataError> {
    let name = file.path().file_name().unwrap_or_default().to_string_lossy();
    let header = GatherHeader {
        survey: spread.survey.clone(),
        dt: file.interval(),
        samples: times.samples,
        fields: vec![RecordedField::pressure()],
        scenario: format!("imported from {name}"),
    };
    GatherWriter::create(target, &header, None, |out| {
        out.place(&spread.placement)?;
        read(file, spread, times, quality, |shot, gather| out.put_unchecked(shot, gather))
    })
}

/// Reads every shot, looks at it, and gives it to `keep`: `[receiver, time]`, with zeros for missing traces.
pub(super) fn read(
    file: &File,
    spread: &Spread,
    times: &Times,
    quality: &mut QualityControl,
    mut keep: impl FnMut(usize, &[f32]) -> Result<(), DataError>,
) -> Result<(), DataError> {
    let shape = [spread.survey.receivers.count(), times.samples];
    let needed = memory::of_array(&shape, size_of::<f32>());
    memory::require(needed, &format!("a shot of {} traces of {} samples", shape[0], shape[1]))
        .map_err(|shortage| DataError::Memory { path: file.path().to_owned(), shortage })?;
    let mut gather = vec![0.0; shape[0] * shape[1]];
    for (shot, traces) in spread.shots.iter().enumerate() {
        gather.fill(0.0);
        let rows = gather.par_chunks_mut(times.samples).zip(traces);
        let read = rows.try_for_each(|(row, trace)| put(file, times, trace, row));
        read.map_err(|error| DataError::Segy(error.into()))?;
        quality.add(shot, &gather);
        keep(shot, &gather)?;
    }
    let traces = spread.traces().count();
    if quality.silent == traces {
        return Err(DataError::Segy(SegyImportError::AllSilent { path: file.path().to_owned(), traces }));
    }
    Ok(())
}

/// Puts a trace into its row; a dead one stays zero.
fn put(file: &File, times: &Times, trace: &ShotTrace, row: &mut [f32]) -> Result<(), SegyError> {
    if trace.dead {
        return Ok(());
    }
    let mut samples = vec![0.0; file.samples(trace.index)];
    file.trace(trace.index, &mut samples)?;
    times.put(&samples, trace.start, row);
    Ok(())
}
