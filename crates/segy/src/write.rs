//! SEG-Y and SU files written as a stream, trace by trace.
//!
//! # Source
//! SEG-Y revision 1, tables 2 and 3. SU files are the traces alone, with IEEE floats.

mod error;
mod header;
mod scalars;

pub use error::WriteError;
pub use header::TraceFacts;
pub use scalars::Scalars;

use std::io::Write;

use crate::binary_header::FILE_HEADERS;
use crate::byte_order::ByteOrder;
use crate::options::Kind;
use crate::sample_format::SampleFormat;
use crate::text_header::{TEXT_HEADER, TextHeader};
use header::Common;

/// More samples than this are negative numbers in programs that read signed ones.
const SIGNED: usize = 32_767;

/// What all traces of a file have in common.
#[derive(Debug, Clone, PartialEq)]
pub struct WriteOptions {
    /// SEG-Y of revision 1, always big endian, or SU.
    pub kind: Kind,
    /// The byte order of an SU file.
    pub su_byte_order: ByteOrder,
    /// The format of samples: [`SampleFormat::Ibm32`] or [`SampleFormat::Ieee32`]; SU has the latter.
    pub format: SampleFormat,
    /// The sample interval in s: whole microseconds from 1 to 65535. Files of models in depth have metres in place of milliseconds:
    /// an interval of 5 m is 0.005 here.
    pub interval: f64,
    /// The samples of each trace: 1 to 65535.
    pub samples: usize,
    /// The traces of each record, for the binary header; 0 if they differ.
    pub record_traces: usize,
    /// Scalars of positions; see [`Scalars::of`].
    pub scalars: Scalars,
    /// The lines of the text header, at most 40 of 76 characters; `C` and the number of each line are added. Longer lines
    /// are cut.
    pub text: Vec<String>,
}

/// What other programs may misread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum WriteWarning {
    /// More than 32 767 samples are a negative number in programs that read signed ones.
    SignedSamples {
        /// The samples of a trace.
        samples: usize,
    },
}

impl std::fmt::Display for WriteWarning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self::SignedSamples { samples } = self;
        write!(f, "{samples} samples: programs that read signed numbers (up to {SIGNED}) misread the file")
    }
}

/// A file being written.
///
/// Nothing is done about an incomplete file after an error: that is for the caller, who may write to a temporary file.
#[derive(Debug)]
pub struct Writer<W: Write> {
    out: W,
    format: SampleFormat,
    common: Common,
    traces: usize,
    bytes: Vec<u8>,
}

impl std::fmt::Debug for Common {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} endian, {} samples", self.kind, self.order, self.samples)
    }
}

impl<W: Write> Writer<W> {
    /// Begins a file: checks the options, and writes the text header and the binary header of SEG-Y.
    ///
    /// # Errors
    /// [`WriteError`] for options that the format cannot express, and errors of writing.
    pub fn new(mut out: W, options: &WriteOptions) -> Result<Self, WriteError> {
        let (kind, format) = (options.kind, options.format);
        let expected = match kind {
            Kind::SegY if matches!(format, SampleFormat::Ibm32 | SampleFormat::Ieee32) => None,
            Kind::Su if format == SampleFormat::Ieee32 => None,
            Kind::SegY => Some("ibm or f32"),
            Kind::Su => Some("f32"),
        };
        if let Some(expected) = expected {
            return Err(WriteError::Format { kind, found: format, expected });
        }
        if options.text.len() > 40 {
            return Err(WriteError::TextLines { found: options.text.len() });
        }
        let microseconds = options.interval * 1e6;
        let whole = (microseconds - microseconds.round()).abs() < 1e-6;
        if !whole || !(1.0..=65_535.0).contains(&microseconds.round()) {
            return Err(WriteError::Interval { found: options.interval });
        }
        let samples = u16::try_from(options.samples).ok().filter(|samples| *samples > 0);
        let common = Common {
            kind,
            order: if kind == Kind::Su { options.su_byte_order } else { ByteOrder::Big },
            scalars: options.scalars,
            samples: samples.ok_or(WriteError::Samples { found: options.samples })?,
            interval: microseconds.round() as u16,
        };
        if kind == Kind::SegY {
            out.write_all(&file_headers(&common, options))?;
        }
        Ok(Self { out, format, common, traces: 0, bytes: Vec::new() })
    }

    /// What other programs may misread.
    #[must_use]
    pub fn warning(&self) -> Option<WriteWarning> {
        let samples = usize::from(self.common.samples);
        (samples > SIGNED).then_some(WriteWarning::SignedSamples { samples })
    }

    /// Writes a trace.
    ///
    /// # Errors
    /// [`WriteError`] for facts and samples that the format cannot express, and errors of writing.
    pub fn trace(&mut self, facts: &TraceFacts, samples: &[f32]) -> Result<(), WriteError> {
        let (trace, expected) = (self.traces + 1, usize::from(self.common.samples));
        if samples.len() != expected {
            return Err(WriteError::SampleCount { trace, found: samples.len(), expected });
        }
        self.bytes.clear();
        self.bytes.extend_from_slice(&header::bytes(&self.common, trace, facts)?);
        for (sample, value) in samples.iter().enumerate() {
            let encoded = self.format.encode(self.common.order, *value, &mut self.bytes);
            encoded.ok_or(WriteError::NonFinite { trace, sample: sample + 1, found: *value })?;
        }
        self.out.write_all(&self.bytes)?;
        self.traces = trace;
        Ok(())
    }

    /// Ends the file and gives back what it was written to.
    ///
    /// # Errors
    /// [`WriteError::Write`].
    pub fn finish(mut self) -> Result<W, WriteError> {
        self.out.flush()?;
        Ok(self.out)
    }
}

/// The text header and the binary header of SEG-Y.
fn file_headers(common: &Common, options: &WriteOptions) -> [u8; FILE_HEADERS] {
    let mut head = [0; FILE_HEADERS];
    let mut text = options.text.clone();
    text.resize(40, String::new());
    // Lines 39 and 40 are those of the standard unless the caller has others.
    for (line, standard) in [(38, "SEG-Y REV1"), (39, "END TEXTUAL HEADER")] {
        if text[line].is_empty() {
            standard.clone_into(&mut text[line]);
        }
    }
    head[..TEXT_HEADER].copy_from_slice(&TextHeader::encode(&text));
    let traces = i16::try_from(options.record_traces).unwrap_or(0);
    for (byte, value) in [
        (3213, traces),
        (3217, common.interval as i16),
        (3219, common.interval as i16),
        (3221, common.samples as i16),
        (3223, common.samples as i16),
        (3225, i16::from(options.format.code())),
        // One trace for each position, as recorded, metres.
        (3227, 1),
        (3229, 1),
        (3255, 1),
        // Revision 1.0, traces of one length, no extended text headers.
        (3501, 0x0100),
        (3503, 1),
        (3505, 0),
    ] {
        ByteOrder::Big.put(&mut head, byte, value.to_be_bytes());
    }
    head
}
