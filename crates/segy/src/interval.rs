//! The sample interval of a file: from an option, the binary header or the trace headers, which must agree.
//!
//! # Source
//! SEG-Y revision 2.1, bytes 3217-3218 and 3273-3280 of the binary header, 117-118 of the trace header.

use std::path::Path;

use crate::error::{Origin, SegyError};
use crate::field::Field;
use crate::head::Head;
use crate::index::Index;
use crate::options::ReadOptions;
use crate::place::Place;

/// The shortest interval, in microseconds, that is believed without an option.
const SHORTEST: f64 = 50.0;

/// The sample interval in s.
///
/// # Errors
/// [`SegyError::NoInterval`], [`SegyError::IntervalsDiffer`], [`SegyError::IntervalUnit`], [`SegyError::OptionInterval`].
pub(crate) fn interval(
    path: &Path,
    head: &Head,
    index: &Index,
    options: &ReadOptions,
) -> Result<f64, SegyError> {
    if let Some(found) = options.interval {
        let positive = found.is_finite() && found > 0.0;
        return positive
            .then_some(found)
            .ok_or_else(|| SegyError::OptionInterval { at: Place::file(path), found });
    }
    let byte = options.layout.position(Field::Dt).byte;
    let binary = head
        .binary
        .as_ref()
        .map_or([0.0; 2], |binary| [binary.since_revision_2.interval.max(0.0), f64::from(binary.interval)]);
    let of = |trace: usize| index.extended(Field::Dt, trace).unwrap_or_else(|| index.get(Field::Dt, trace));
    let (expected, reference, at) = if binary[0] > 0.0 {
        (binary[0], Origin::BinaryHeader, Place::byte(path, 3273))
    } else if binary[1] > 0.0 {
        (binary[1], Origin::BinaryHeader, Place::byte(path, 3217))
    } else {
        let first = (0..index.len()).find(|trace| of(*trace) > 0.0);
        let none = || SegyError::NoInterval {
            at: if head.binary.is_some() { Place::byte(path, 3217) } else { Place::header(path, 0, byte) },
        };
        let first = first.ok_or_else(none)?;
        (of(first), Origin::FirstTrace, Place::header(path, first, byte))
    };
    // Trace headers have whole microseconds only, so they cannot contradict other intervals of the binary header.
    let whole = expected.fract() == 0.0 && expected <= f64::from(u16::MAX);
    let agrees = |trace: usize| {
        let extended = index.extended(Field::Dt, trace);
        let standard = index.get(Field::Dt, trace);
        extended.map_or(standard == 0.0 || standard == expected || !whole, |found| found == expected)
    };
    let same = index.column(Field::Dt).is_some_and(|column| column.constant().is_some());
    let checked =
        if same && index.extended(Field::Dt, 0).is_none() { index.len().min(1) } else { index.len() };
    if let Some(trace) = (0..checked).find(|trace| !agrees(*trace)) {
        let at = Place::header(path, trace, byte);
        return Err(SegyError::IntervalsDiffer { at, found: of(trace), expected, reference });
    }
    if expected < SHORTEST {
        let (milli, micro) = (expected / 1e3, expected / 1e6);
        return Err(SegyError::IntervalUnit { at, found: expected, milli, micro });
    }
    Ok(expected / 1e6)
}
