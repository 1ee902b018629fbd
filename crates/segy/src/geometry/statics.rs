//! Times in trace headers: delays and static corrections.
//!
//! # Source
//! SEG-Y revision 2.1, bytes 99-110 of the trace header in milliseconds, and 215-216, the scalar of times since revision 1.

use super::scalar::scaled;
use crate::field::Field;
use crate::file::File;

/// A static correction in the headers of some traces.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Static {
    /// How many traces have a correction that is not zero.
    pub traces: usize,
    /// The smallest correction in s.
    pub least: f64,
    /// The largest correction in s.
    pub most: f64,
}

/// The static corrections in the headers. They are reported, never applied.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Statics {
    /// Of sources.
    pub source: Static,
    /// Of receivers.
    pub receiver: Static,
    /// The total that was applied to the samples already.
    pub total: Static,
}

/// Times of trace headers.
pub(super) struct Times<'a> {
    pub file: &'a File,
    /// The scalar of times of an option.
    pub option: Option<f64>,
}

impl Times<'_> {
    /// A time of a trace in s. The scalar of times exists since revision 1; SU has other numbers at its place.
    pub(super) fn get(&self, field: Field, trace: usize) -> f64 {
        let index = self.file.index();
        let has_scalar = self.file.binary().is_some_and(|binary| binary.revision[0] > 0);
        let scaled_so = has_scalar && self.file.layout().is_scaled(field);
        let stored = if scaled_so { index.get(Field::Sctrh, trace) } else { 0.0 };
        let time = scaled(index.get(field, trace), self.option.unwrap_or(stored)) / 1e3;
        if time.is_finite() { time } else { 0.0 }
    }

    /// The static corrections of some traces.
    pub(super) fn statics(&self, traces: &[usize]) -> Statics {
        let of = |field: Field| {
            let times = traces.iter().map(|trace| self.get(field, *trace));
            times.fold(Static::default(), |all, time| Static {
                traces: all.traces + usize::from(time != 0.0),
                least: all.least.min(time),
                most: all.most.max(time),
            })
        };
        Statics { source: of(Field::Sstat), receiver: of(Field::Gstat), total: of(Field::Tstat) }
    }
}
