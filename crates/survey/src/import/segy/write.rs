//! Reading the shots one by one, looking at them, and writing them: all three at the same time.

use std::path::Path;
use std::sync::mpsc::{Receiver, sync_channel};

use rayon::prelude::*;
use segy::{Column, Field, File, SegyError, ShotTrace};

use super::error::SegyImportError;
use super::spread::Spread;
use super::times::Times;
use crate::data_error::DataError;
use crate::field_numbers::FieldNumbers;
use crate::gathers::{GatherHeader, GatherWriter, RecordedField, Storage};
use crate::memory;
use crate::quality::QualityControl;

/// Shots in memory: one is read, one is looked at, one is written, and one waits for each of the last two.
const SHOTS: usize = 5;

/// Reads every shot, looks at it, and writes it. A few shots at a time are in memory.
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
    // Recorded samples hardly get smaller, and a disk takes them faster than they can be compressed; zeros do.
    let mostly_zeros = spread.padded > spread.traces().count();
    let storage = if mostly_zeros { Storage::Compressed } else { Storage::Plain };
    GatherWriter::create_as(storage, target, &header, None, |out| {
        out.place(&spread.placement)?;
        out.number(&numbers(file, spread).map_err(|error| DataError::Segy(error.into()))?)?;
        read(file, spread, times, quality, |shot, gather| out.put_unchecked(shot, gather))
    })
}

/// The numbers that shots and traces have in their headers. Numbers that are all zero are none, and a record number that is not the same in
/// all traces of a shot is none of the shot.
fn numbers(file: &File, spread: &Spread) -> Result<FieldNumbers, SegyError> {
    let (records, channels) = (file.column(Field::Fldr)?, file.column(Field::Tracf)?);
    let number = |column: &Column, field: Field, trace: &ShotTrace| {
        let extended = file.index().extended(field, trace.index);
        extended.unwrap_or_else(|| column.get(trace.index)) as i32
    };
    let record = |trace: &ShotTrace| number(&records, Field::Fldr, trace);
    let alike = |traces: &Vec<ShotTrace>| {
        let first = record(&traces[0]);
        traces.iter().all(|trace| record(trace) == first).then_some(first)
    };
    let found: Option<Vec<i32>> = spread.shots.iter().map(alike).collect();
    let most = spread.survey.receivers.count();
    let channels = spread.shots.iter().flat_map(|traces| {
        let present = traces.iter().map(|trace| number(&channels, Field::Tracf, trace));
        present.chain(std::iter::repeat_n(0, most - traces.len()))
    });
    let not_zero = |numbers: &Vec<i32>| numbers.iter().any(|number| *number != 0);
    Ok(FieldNumbers {
        records: found.filter(not_zero).unwrap_or_default(),
        channels: Some(channels.collect()).filter(not_zero).unwrap_or_default(),
    })
}

/// Reads every shot, looks at it, and gives it to `keep`: `[receiver, time]`, with zeros for missing traces.
///
/// Shots are read in a second thread and looked at in a third one, so that disk and processor work at the same time.
pub(super) fn read(
    file: &File,
    spread: &Spread,
    times: &Times,
    quality: &mut QualityControl,
    mut keep: impl FnMut(usize, &[f32]) -> Result<(), DataError>,
) -> Result<(), DataError> {
    let shape = [SHOTS, spread.survey.receivers.count(), times.samples];
    let needed = memory::of_array(&shape, size_of::<f32>());
    let what = format!("reading {SHOTS} shots of {} traces of {} samples at a time", shape[1], shape[2]);
    memory::require(needed, &what)
        .map_err(|shortage| DataError::Memory { path: file.path().to_owned(), shortage })?;
    std::thread::scope(|threads| {
        // A channel without space hands a shot over when both sides are there.
        let (read, to_look) = sync_channel(1);
        let (looked, to_keep) = sync_channel(1);
        let (kept, free) = sync_channel(SHOTS);
        threads.spawn(move || {
            for (shot, traces) in spread.shots.iter().enumerate() {
                let space = space(&free, shape[1] * shape[2]);
                let gather = gather(file, times, traces, space).map(|gather| (shot, gather));
                let failed = gather.is_err();
                // Nobody listens any more after an error of those who come after.
                if read.send(gather).is_err() || failed {
                    break;
                }
            }
        });
        let looking = threads.spawn(move || {
            for found in to_look {
                if let Ok((shot, gather)) = &found {
                    quality.add(*shot, gather);
                }
                if looked.send(found).is_err() {
                    break;
                }
            }
            quality.silent
        });
        for found in to_keep {
            let (shot, gather): (usize, Vec<f32>) = found.map_err(|error| DataError::Segy(error.into()))?;
            keep(shot, &gather)?;
            // After the last shot nobody needs the space.
            let _ = kept.send(gather);
        }
        let silent = looking.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        let traces = spread.traces().count();
        if silent == traces {
            let path = file.path().to_owned();
            return Err(DataError::Segy(SegyImportError::AllSilent { path, traces }));
        }
        Ok(())
    })
}

/// The space of a shot that was written, or a new one.
fn space(free: &Receiver<Vec<f32>>, length: usize) -> Vec<f32> {
    free.try_recv().unwrap_or_else(|_| vec![0.0; length])
}

/// The traces of a shot, `[receiver, time]`, with zeros for missing ones, in a space of that size.
fn gather(
    file: &File,
    times: &Times,
    traces: &[ShotTrace],
    mut space: Vec<f32>,
) -> Result<Vec<f32>, SegyError> {
    let (present, missing) = space.split_at_mut(traces.len() * times.samples);
    missing.fill(0.0);
    let rows = present.par_chunks_mut(times.samples).zip(traces);
    rows.try_for_each_init(Vec::new, |samples, (row, trace)| put(file, times, trace, samples, row))?;
    Ok(space)
}

/// Puts a trace into its row; a dead one is zero. `samples` is space for the samples of the file.
fn put(
    file: &File,
    times: &Times,
    trace: &ShotTrace,
    samples: &mut Vec<f32>,
    row: &mut [f32],
) -> Result<(), SegyError> {
    if trace.dead {
        row.fill(0.0);
        return Ok(());
    }
    samples.resize(file.samples(trace.index), 0.0);
    file.trace(trace.index, samples)?;
    times.put(samples, trace.start, row);
    Ok(())
}
