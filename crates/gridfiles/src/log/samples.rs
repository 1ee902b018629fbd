//! Samples of a log as they stand in a file, and the log that they make.

use std::path::Path;

use super::Log;
use super::fault::LogFault;
use super::quantity::{DepthUnit, LogUnit, Quantity};
use crate::error::GridFileError;
use crate::place::Place;

/// One sample: its line, its depth, and its value unless that is missing.
pub(super) struct Sample {
    pub(super) line: usize,
    pub(super) depth: f64,
    pub(super) value: Option<f64>,
}

/// The curve that samples are of.
pub(super) struct Curve<'a> {
    pub(super) path: &'a Path,
    pub(super) name: &'a str,
    pub(super) quantity: Quantity,
    pub(super) unit: &'a str,
    pub(super) depth_unit: DepthUnit,
}

/// The text of a file; bytes above 127 that are no UTF-8 are read as Latin-1, in which old logs write units.
pub(crate) fn text(path: &Path, bytes: Vec<u8>) -> Result<String, GridFileError> {
    let control = |byte: &u8| (*byte < 0x20 && !byte.is_ascii_whitespace() && *byte != 0x1a) || *byte == 0x7f;
    if let Some(at) = bytes.iter().position(control) {
        return Err(Place::byte(path, at as u64).fault(LogFault::NotText { found: bytes[at] }));
    }
    let mut text = String::from_utf8(bytes)
        .unwrap_or_else(|error| error.into_bytes().into_iter().map(char::from).collect());
    if text.starts_with('\u{feff}') {
        text.drain(..'\u{feff}'.len_utf8());
    }
    Ok(text)
}

/// The log of these samples: depths in m and growing, values in SI units, samples without a value left out.
pub(super) fn log(curve: &Curve<'_>, samples: &[Sample]) -> Result<Log, GridFileError> {
    let at = |line: usize| Place::line(curve.path, line);
    let name = || curve.name.to_owned();
    let known = LogUnit::named(curve.unit).filter(|unit| unit.fits(curve.quantity));
    let expected = match curve.quantity {
        Quantity::Density => "g/cm3 or kg/m3",
        _ => "us/ft, us/m, m/s, km/s or ft/s",
    };
    if curve.quantity != Quantity::Other && known.is_none() {
        let fault = LogFault::Unit { curve: name(), found: curve.unit.to_owned(), expected };
        return Err(Place::whole(curve.path).fault(fault));
    }
    if let Some(sample) = samples.iter().find(|sample| !sample.depth.is_finite()) {
        return Err(at(sample.line).fault(LogFault::Depth { found: sample.depth }));
    }
    let falls = matches!(samples, [first, second, ..] if second.depth < first.depth);
    for pair in samples.windows(2) {
        let (before, found) = (pair[0].depth, pair[1].depth);
        let right = if falls { found < before } else { found > before };
        if !right {
            return Err(at(pair[1].line).fault(LogFault::Order { found, before }));
        }
    }
    let mut log = Log {
        depth_m: Vec::new(),
        values: Vec::new(),
        quantity: curve.quantity,
        unit: curve.quantity.unit().unwrap_or(curve.unit).to_owned(),
        missing: 0,
    };
    for Sample { line, depth, value } in samples {
        let Some(stored) = value else {
            log.missing += 1;
            continue;
        };
        let value = known.map_or(*stored, |unit| unit.value(*stored));
        if !value.is_finite() || (known.is_some() && *stored <= 0.0) {
            return Err(at(*line).fault(LogFault::Value { curve: name(), found: *stored }));
        }
        log.depth_m.push(depth * curve.depth_unit.metres());
        log.values.push(value);
    }
    if log.values.is_empty() {
        let fault = LogFault::NoSamples { curve: name(), missing: log.missing };
        return Err(Place::whole(curve.path).fault(fault));
    }
    if falls {
        log.depth_m.reverse();
        log.values.reverse();
    }
    Ok(log)
}
