//! What is unusual about a file but no error.

use crate::byte_order::ByteOrder;
use crate::field::Field;
use crate::layout_stanza::StanzaError;

/// Something unusual that does not keep a file from being read.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Warning {
    /// The text header names another byte order than the bytes have.
    TextByteOrder {
        /// The order in the text.
        text: ByteOrder,
        /// The order of the bytes, which is used.
        used: ByteOrder,
    },
    /// An extended text header says where the fields of trace headers are.
    Layout {
        /// The extended text header, counted from 1.
        text: u64,
        /// How many fields it places.
        fields: usize,
    },
    /// An extended text header says where fields are, but not in a way that can be read. The standard is used.
    LayoutStanza {
        /// The extended text header, counted from 1.
        text: u64,
        /// Why it cannot be read.
        error: StanzaError,
    },
    /// An extended text header places fields in additional headers, which are not read there.
    LayoutElsewhere {
        /// The extended text header, counted from 1.
        text: u64,
        /// The fields.
        fields: Vec<Field>,
    },
    /// The binary header has another number of samples than the traces, and the file has the size of the traces.
    Samples {
        /// Of the binary header.
        binary: usize,
        /// Of the traces, which is used.
        used: usize,
    },
    /// All traces have another number of samples in their headers than the binary header, and the file has the size of the
    /// binary header.
    TraceSamples {
        /// Of the trace headers.
        traces: usize,
        /// Of the binary header, which is used.
        used: usize,
    },
    /// Bytes after the last trace are not read.
    TrailingBytes {
        /// How many.
        bytes: u64,
    },
    /// The last trace is truncated and left off.
    PartialTrace {
        /// Its number, counted from 1.
        trace: usize,
    },
}

impl std::fmt::Display for Warning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TextByteOrder { text, used } => {
                write!(
                    f,
                    "the text header says {text} endian, but the numbers are {used} endian, and are read so"
                )
            }
            Self::Layout { text, fields } => write!(
                f,
                "extended text header {text} says where {fields} fields of the trace headers are (SEG: Layout); others are 0, and \
                 `--byte` places them"
            ),
            Self::LayoutStanza { text, error } => write!(
                f,
                "extended text header {text} says where the fields of trace headers are (SEG: Layout), but {error}: they are read \
                 where the standard has them, and `--byte` places them"
            ),
            Self::LayoutElsewhere { text, fields } => write!(
                f,
                "extended text header {text} places {} in additional trace headers (SEG: Layout), which are not read there",
                fields.iter().map(|field| field.name()).collect::<Vec<_>>().join(", ")
            ),
            Self::Samples { binary, used } => {
                write!(
                    f,
                    "the binary header says {binary} samples, but all traces have {used}, and are read so"
                )
            }
            Self::TraceSamples { traces, used } => write!(
                f,
                "the trace headers say {traces} samples, but the size of the file is that of {used} as in the binary header, \
                 and traces are read so"
            ),
            Self::TrailingBytes { bytes } => write!(f, "{bytes} bytes after the last trace are not read"),
            Self::PartialTrace { trace } => write!(f, "trace {trace} is truncated and left off"),
        }
    }
}
