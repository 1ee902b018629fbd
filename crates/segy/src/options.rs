//! Options of reading: what replaces the headers of a file, and what is done with its faults.

use crate::byte_order::ByteOrder;
use crate::layout::Layout;
use crate::sample_format::SampleFormat;

/// The kind of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// SEG-Y: text header, binary header, traces.
    SegY,
    /// Seismic Unix: traces only, IEEE floats.
    Su,
}

/// What is done with samples that are NaN, infinite, or beyond the range of `f32`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NonFinite {
    /// The trace is an error.
    #[default]
    Refuse,
    /// They are zero.
    Zero,
    /// They are kept.
    Keep,
}

/// Options of reading a file. The default takes everything from the file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ReadOptions {
    /// The kind of the file (`--kind`). Told from the name and the bytes if absent.
    pub kind: Option<Kind>,
    /// The byte order (`--byte-order`). Told from the bytes if absent.
    pub byte_order: Option<ByteOrder>,
    /// The format of samples (`--format`). From the binary header if absent.
    pub format: Option<SampleFormat>,
    /// The sample interval in s (`--interval`). From the headers if absent.
    pub interval: Option<f64>,
    /// The samples of every trace (`--samples`). From the headers if absent.
    pub samples: Option<usize>,
    /// The positions of the fields of trace headers (`--byte`).
    pub layout: Layout,
    /// Whether bytes after the last whole trace are left off (`--partial`). Otherwise they are an error.
    pub partial: bool,
    /// Whether traces of different lengths are an error.
    pub same_length: bool,
    /// What is done with samples that are not finite (`--non-finite`).
    pub non_finite: NonFinite,
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::SegY => "SEG-Y",
            Self::Su => "SU",
        })
    }
}
