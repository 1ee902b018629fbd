//! Errors of files that are written.

use crate::field::Field;
use crate::options::Kind;
use crate::sample_format::SampleFormat;

/// Why a file cannot be written.
///
/// # Units
/// As stated in each message; traces and samples count from 1.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// The operating system cannot write.
    #[error("cannot be written: {0}")]
    Write(#[from] std::io::Error),
    /// The sample interval does not fit the headers.
    #[error(
        "sample interval {found} s: SEG-Y revision 1 and SU have whole microseconds from 1 to 65535; resample the traces"
    )]
    Interval {
        /// The interval in s.
        found: f64,
    },
    /// The number of samples does not fit the headers.
    #[error(
        "{found} samples in a trace: SEG-Y revision 1 and SU have 1 to 65535; cut or resample the traces"
    )]
    Samples {
        /// The number.
        found: usize,
    },
    /// The text header is too long.
    #[error("{found} lines of text: a text header has 40")]
    TextLines {
        /// The number of lines.
        found: usize,
    },
    /// The format of samples is only read.
    #[error("{kind} files are not written with samples of format {found}; expected {expected}")]
    Format {
        /// The kind of the file.
        kind: Kind,
        /// The format.
        found: SampleFormat,
        /// The possible formats.
        expected: &'static str,
    },
    /// A trace has another number of samples than the file.
    #[error("trace {trace}: {found} samples, expected {expected}")]
    SampleCount {
        /// The trace.
        trace: usize,
        /// Its number of samples.
        found: usize,
        /// That of the file.
        expected: usize,
    },
    /// A sample is not finite.
    #[error("trace {trace}: sample {sample} is {found}; expected a finite number")]
    NonFinite {
        /// The trace.
        trace: usize,
        /// The sample.
        sample: usize,
        /// Its value.
        found: f32,
    },
    /// Positions need more digits than 32 bits have.
    #[error(
        "position {found} m: whole numbers of 32 bits cannot hold it within 0.005 m with one scalar for all positions; \
         subtract a common offset"
    )]
    Position {
        /// The position in m.
        found: f64,
    },
    /// The time of the first sample does not fit the header.
    #[error("trace {trace}: the first sample is at {found} s; expected {expected}")]
    Start {
        /// The trace.
        trace: usize,
        /// The time in s.
        found: f64,
        /// What is possible.
        expected: &'static str,
    },
    /// A number does not fit its field.
    #[error("trace {trace}: {field} is {found}, which does not fit its {} bytes", field.definition().number.size())]
    Field {
        /// The trace.
        trace: usize,
        /// The field.
        field: Field,
        /// The number.
        found: i64,
    },
}
