//! Where the traces of a file are.

use crate::byte_order::ByteOrder;
use crate::error::SegyError;
use crate::extension;
use crate::field::Field;
use crate::layout::{Layout, TRACE_HEADER};
use crate::source::Source;

/// The places of all traces.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Spans {
    /// Traces of one length, one after the other.
    Fixed { start: u64, count: usize, shape: Shape },
    /// Traces of different lengths.
    Ragged(Vec<(u64, Shape)>),
}

/// The lengths of the parts of a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shape {
    /// Bytes of its headers.
    pub headers: u32,
    /// Samples.
    pub samples: u32,
    /// Bytes of a sample.
    pub size: u8,
}

impl Shape {
    /// Bytes of the trace.
    pub(crate) fn bytes(self) -> u64 {
        u64::from(self.headers) + self.data()
    }

    /// Bytes of the samples.
    pub(crate) fn data(self) -> u64 {
        u64::from(self.samples) * u64::from(self.size)
    }
}

impl Spans {
    pub(crate) fn count(&self) -> usize {
        match self {
            Self::Fixed { count, .. } => *count,
            Self::Ragged(spans) => spans.len(),
        }
    }

    /// The first byte of a trace, counted from 0, and its lengths.
    pub(crate) fn get(&self, trace: usize) -> (u64, Shape) {
        match self {
            Self::Fixed { start, shape, .. } => (start + trace as u64 * shape.bytes(), *shape),
            Self::Ragged(spans) => spans[trace],
        }
    }
}

/// How far a walk from trace to trace came.
pub(crate) struct Walk {
    /// The whole traces.
    pub spans: Vec<(u64, Shape)>,
    /// Bytes left and needed for the trace that does not end within the file.
    pub broken: Option<(u64, u64)>,
    /// Whether every trace has the sample interval of the first one, as traces of a file do.
    pub consistent: bool,
}

/// Walks from `start` to `end`: the header of each trace says where the next one begins. `usual` is the shape of traces whose
/// headers say nothing.
///
/// # Errors
/// [`SegyError::Read`].
pub(crate) fn walk(
    source: &Source,
    layout: &Layout,
    order: ByteOrder,
    range: [u64; 2],
    usual: Shape,
) -> Result<Walk, SegyError> {
    let [mut at, end] = range;
    let mut headers = vec![0; usual.headers.min(2 * TRACE_HEADER as u32) as usize];
    let mut walk = Walk { spans: Vec::new(), broken: None, consistent: true };
    let mut interval = None;
    while at < end {
        let mut shape = usual;
        if end - at < headers.len() as u64 {
            walk.broken = Some((end - at, shape.bytes()));
            break;
        }
        source.read(at, &mut headers)?;
        let extended = extension::samples(order, &headers) as u32;
        let standard = layout.get(order, &headers, Field::Ns) as u32;
        if let Some(samples) = [extended, standard].into_iter().find(|samples| *samples > 0) {
            shape.samples = samples;
        }
        if let Some(count) = extension::count(order, &headers) {
            shape.headers = TRACE_HEADER as u32 * (u32::from(count) + 1);
        }
        let found = layout.get(order, &headers, Field::Dt);
        walk.consistent &= found.to_bits() == interval.get_or_insert(found).to_bits();
        if end - at < shape.bytes() {
            walk.broken = Some((end - at, shape.bytes()));
            break;
        }
        walk.spans.push((at, shape));
        at += shape.bytes();
    }
    Ok(walk)
}
