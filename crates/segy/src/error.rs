//! Errors of files that are read.

use std::path::PathBuf;

use crate::float_bits::FloatCounts;
use crate::foreign::Foreign;
use crate::options::Kind;
use crate::place::Place;
use crate::sample_format::SampleFormat;

/// Why a file cannot be read. Every message has the file, the place, the values found and expected, and the option to use.
///
/// # Units
/// Lengths in bytes, intervals in microseconds unless said otherwise; traces and bytes count from 1.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SegyError {
    /// The operating system cannot open the file.
    #[error("{}: cannot be opened: {source}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// The message of the operating system.
        source: std::io::Error,
    },
    /// The operating system cannot read the file.
    #[error("{at}: cannot be read: {source}")]
    Read {
        /// Where.
        at: Place,
        /// The message of the operating system.
        source: std::io::Error,
    },
    /// The path is a folder or a device.
    #[error("{}: is not a regular file", path.display())]
    NotRegular {
        /// The path.
        path: PathBuf,
    },
    /// The file has no bytes.
    #[error("{}: the file is empty", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// The file is shorter than its headers.
    #[error("{at}: the file has {found} bytes, but its headers alone need {expected}; copy it again")]
    ShortHeaders {
        /// The file.
        at: Place,
        /// Its size.
        found: u64,
        /// The size of the headers.
        expected: u64,
    },
    /// The bytes are those of another kind of file.
    #[error("{}: not a SEG-Y or SU file: it is {found}", path.display())]
    NotSegy {
        /// The file.
        path: PathBuf,
        /// What the bytes look like.
        found: Foreign,
    },
    /// The code of the format of samples is unknown.
    #[error(
        "{at}: sample format {found} (in the other byte order {swapped}), expected 1 to 12, 15 or 16; \
         if this is a SEG-Y file, give its format with `--format`, for example `--format ibm`, or its order with `--byte-order`"
    )]
    Format {
        /// The binary header.
        at: Place,
        /// The code in the byte order of the file, or with the most significant byte first where that is unknown.
        found: i64,
        /// The code in the other byte order.
        swapped: i64,
    },
    /// The samples are in a format that revisions define in contrary ways.
    #[error(
        "{at}: sample format 4 (fixed point with gain) in a file of revision {}.{}, expected revision 0 or 1: since revision 2 the \
         gain divides, and files do not agree on that; `--format gain` reads it as a factor 2^gain", revision[0], revision[1]
    )]
    Gain {
        /// The binary header.
        at: Place,
        /// The revision.
        revision: [u8; 2],
    },
    /// The byte order is one that the standard allows but nobody uses.
    #[error(
        "{at}: pairs of bytes are swapped ({found:#010x}, expected 0x01020304 or 0x04030201); convert the file to big endian"
    )]
    PairwiseSwapped {
        /// The binary header.
        at: Place,
        /// The number that tells the byte order.
        found: u32,
    },
    /// No byte order makes an SU file.
    #[error(
        "{at}: {found_big} samples in big and {found_little} in little endian, expected more than 0; if this is an SU file, \
         give `--samples` and `--byte-order`, and if it is SEG-Y, `--kind segy`"
    )]
    SuOrder {
        /// The first trace header.
        at: Place,
        /// The number of samples in big endian.
        found_big: u16,
        /// The number of samples in little endian.
        found_little: u16,
    },
    /// The number of extended text headers is impossible.
    #[error(
        "{at}: {found} extended text headers, expected -1 to {most}, which is what the file has space for"
    )]
    ExtendedTexts {
        /// The binary header.
        at: Place,
        /// The number.
        found: i16,
        /// The largest possible number.
        most: u64,
    },
    /// The end of the extended text headers is not marked.
    #[error(
        "{at}: the extended text headers do not end: no `((SEG: EndText))` in {searched} headers of 3200 bytes"
    )]
    EndText {
        /// The binary header.
        at: Place,
        /// How many headers were searched.
        searched: u64,
    },
    /// The offset of the first trace is impossible.
    #[error("{at}: the first trace begins after {found} bytes, expected {least} to {most}")]
    FirstTrace {
        /// The binary header.
        at: Place,
        /// The offset.
        found: u64,
        /// The end of the other headers.
        least: u64,
        /// The size of the file.
        most: u64,
    },
    /// The file has headers but no traces.
    #[error("{at}: no traces follow the {headers} bytes of headers")]
    NoTraces {
        /// The file.
        at: Place,
        /// Bytes of the headers.
        headers: u64,
    },
    /// No header says how many samples a trace has.
    #[error(
        "{at}: 0 samples in the binary header and in this trace header; give their number with `--samples`"
    )]
    NoSamples {
        /// The trace header.
        at: Place,
    },
    /// No header has a sample interval.
    #[error(
        "{at}: sample interval 0 in the binary header and in all trace headers; give it in s with `--interval`"
    )]
    NoInterval {
        /// The header.
        at: Place,
    },
    /// The sample interval of an option is no interval.
    #[error("{at}: `--interval {found}`: expected a finite number of seconds above 0")]
    OptionInterval {
        /// The file.
        at: Place,
        /// The option, in s.
        found: f64,
    },
    /// The sample interval is probably not in microseconds.
    #[error(
        "{at}: sample interval {found} microseconds, expected 50 or more; give it in s: `--interval {milli}` if it is in \
         milliseconds, `--interval {micro}` if it is right"
    )]
    IntervalUnit {
        /// The header.
        at: Place,
        /// The interval as stored.
        found: f64,
        /// The interval in s if it is in milliseconds.
        milli: f64,
        /// The interval in s if it is in microseconds.
        micro: f64,
    },
    /// Traces differ in their sample intervals.
    #[error(
        "{at}: sample interval {found} microseconds, expected {expected} as in {reference}; \
         `--interval` in s sets one for all traces"
    )]
    IntervalsDiffer {
        /// The trace header.
        at: Place,
        /// Its interval.
        found: f64,
        /// The interval of the file.
        expected: f64,
        /// Where the expected interval is.
        reference: Origin,
    },
    /// Traces differ in their numbers of samples where that is not wanted, or not possible.
    #[error(
        "{at}: {found} samples, expected {expected} as in {reference}; `--samples {expected}` reads every trace with that number"
    )]
    SampleCountsDiffer {
        /// The trace header.
        at: Place,
        /// Its number of samples.
        found: usize,
        /// The number of the file.
        expected: usize,
        /// Where the expected number is.
        reference: Origin,
    },
    /// The file ends within a trace.
    #[error(
        "{at}: the trace is truncated: {found} of {expected} bytes; `--partial` reads the traces before it, `--samples` sets \
         another number of samples for each trace"
    )]
    Truncated {
        /// The trace.
        at: Place,
        /// Bytes left in the file.
        found: u64,
        /// Bytes of the trace.
        expected: u64,
    },
    /// The binary header announces another number of traces than the file has.
    #[error("{at}: {expected} traces announced, {found} in the file; `--partial` reads the smaller number")]
    TraceCount {
        /// The binary header.
        at: Place,
        /// Traces in the file.
        found: usize,
        /// Traces of the binary header.
        expected: u64,
    },
    /// A sample is NaN, infinite, or beyond the range of `f32`.
    #[error(
        "{at}: sample {sample} is {found}, expected a finite number; `--non-finite zero` reads such samples as 0, and `--format` \
         sets another format if this one ({format}) is wrong"
    )]
    NonFinite {
        /// The trace.
        at: Place,
        /// The sample, counted from 1.
        sample: usize,
        /// Its value.
        found: f32,
        /// The format in which it was read.
        format: SampleFormat,
    },
    /// Samples are IBM floats where the header says IEEE, or the other way.
    #[error(
        "{at}: {} {format}, but the samples are {}: {} of {} different values have zeros in bits 20 to 23, expected {}; `--format {}` \
         reads them as what they are, `--format {format}` as the file says",
        label(*kind),
        if *format == SampleFormat::Ibm32 { "IEEE floats" } else { "IBM floats" },
        counts.gap,
        counts.values,
        if *format == SampleFormat::Ibm32 { "0 for IBM floats".to_owned() } else { format!("about {} for IEEE floats", counts.expected()) },
        if *format == SampleFormat::Ibm32 { SampleFormat::Ieee32 } else { SampleFormat::Ibm32 }
    )]
    OtherFloats {
        /// The code of the format.
        at: Place,
        /// The kind of the file.
        kind: Kind,
        /// The format that the file says.
        format: SampleFormat,
        /// What the bits of samples are.
        counts: FloatCounts,
    },
    /// There is no such trace.
    #[error("{at}: the file has {traces} traces")]
    NoSuchTrace {
        /// The trace.
        at: Place,
        /// Traces of the file.
        traces: usize,
    },
    /// The space for the samples of a trace has another length than the trace.
    #[error("{at}: {expected} samples, but space for {found}")]
    Space {
        /// The trace.
        at: Place,
        /// The length of the space.
        found: usize,
        /// The samples of the trace.
        expected: usize,
    },
}

/// What says the format of samples.
fn label(kind: Kind) -> &'static str {
    match kind {
        Kind::SegY => "the sample format is",
        Kind::Su => "samples of SU files are",
    }
}

/// Where an expected value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The binary header.
    BinaryHeader,
    /// The header of trace 1.
    FirstTrace,
    /// An option.
    Option,
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::BinaryHeader => "the binary header",
            Self::FirstTrace => "trace 1",
            Self::Option => "the option",
        })
    }
}
