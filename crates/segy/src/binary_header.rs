//! The binary header of a SEG-Y file.
//!
//! # Source
//! SEG-Y revision 2.1, table 2, "Binary file header", bytes 3201-3600.

use crate::byte_order::ByteOrder;
use crate::text_header::TEXT_HEADER;

/// Bytes of the binary header.
pub(crate) const BINARY_HEADER: usize = 400;
/// Bytes before the extended text headers.
pub(crate) const FILE_HEADERS: usize = TEXT_HEADER + BINARY_HEADER;
/// The number at bytes 3297-3300 that tells the byte order since revision 2.
pub(crate) const ORDER_MARK: u32 = 16_909_060;

/// The facts of a binary header that are needed to read a file, as stored.
#[derive(Debug, Clone, PartialEq)]
pub struct BinaryHeader {
    /// Job, line and reel number (bytes 3201, 3205 and 3209).
    pub job_line_reel: [i32; 3],
    /// Data traces of an ensemble (3213).
    pub ensemble_traces: i16,
    /// Auxiliary traces of an ensemble (3215).
    pub auxiliary_traces: i16,
    /// Sample interval in microseconds (3217).
    pub interval: u16,
    /// Samples of a trace (3221).
    pub samples: u16,
    /// Code of the format of samples (3225).
    pub format: i16,
    /// Code of the sorting of traces (3229).
    pub sorting: i16,
    /// Unit of lengths: 1 metres, 2 feet (3255).
    pub measurement_system: i16,
    /// Major and minor number of the revision (3501 and 3502); 0.0 if the bytes are no known revision.
    pub revision: [u8; 2],
    /// Whether all traces have the same length (3503). False for revision 0.
    pub fixed_length: bool,
    /// Extended text headers, or -1 if their end is marked (3505). Revision 0 does not have them, but files do.
    pub extended_texts: i16,
    /// Facts that exist since revision 2; zeros before.
    pub since_revision_2: SinceRevision2,
}

/// Facts of binary headers since revision 2.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SinceRevision2 {
    /// Samples of a trace if they are not zero (3269).
    pub samples: u32,
    /// Sample interval in microseconds if it is not zero (3273).
    pub interval: f64,
    /// The most additional trace headers of 240 bytes (3507).
    pub trace_header_extensions: u16,
    /// Traces in the file, or 0 if that is not said (3513).
    pub traces: u64,
    /// Bytes before the first trace, or 0 if that is not said (3521).
    pub first_trace: u64,
    /// Blocks of 3200 bytes after the last trace, or -1 if their number is not said (3529).
    pub trailers: i32,
}

impl BinaryHeader {
    /// Reads the binary header from the first 3600 bytes of a file.
    pub(crate) fn read(order: ByteOrder, head: &[u8]) -> Self {
        let revision = revision(order, head);
        let since_revision_2 = if revision[0] < 2 {
            SinceRevision2::default()
        } else {
            let interval = order.f64(head, 3273);
            SinceRevision2 {
                samples: order.u32(head, 3269),
                interval: if interval.is_finite() { interval } else { 0.0 },
                trace_header_extensions: order.u16(head, 3507),
                traces: order.u64(head, 3513),
                first_trace: order.u64(head, 3521),
                trailers: order.i32(head, 3529),
            }
        };
        Self {
            job_line_reel: [3201, 3205, 3209].map(|byte| order.i32(head, byte)),
            ensemble_traces: order.i16(head, 3213),
            auxiliary_traces: order.i16(head, 3215),
            interval: order.u16(head, 3217),
            samples: order.u16(head, 3221),
            format: order.i16(head, 3225),
            sorting: order.i16(head, 3229),
            measurement_system: order.i16(head, 3255),
            revision,
            fixed_length: revision[0] > 0 && order.i16(head, 3503) == 1,
            extended_texts: order.i16(head, 3505),
            since_revision_2,
        }
    }
}

/// Major and minor number of the revision. Programs that swap the bytes of little-endian files in pairs swap these two as well.
fn revision(order: ByteOrder, head: &[u8]) -> [u8; 2] {
    let stored = head.get(3500..3502).map_or([0, 0], |pair| [pair[0], pair[1]]);
    match stored {
        [major @ 1..=2, minor @ 0..=9] => [major, minor],
        [0, major @ 1..=2] if order == ByteOrder::Little => [major, 0],
        _ => [0, 0],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_since_revision_2_are_zero_before() {
        let mut head = vec![0; FILE_HEADERS];
        let order = ByteOrder::Big;
        order.put(&mut head, 3269, 100_000_u32.to_be_bytes());
        order.put(&mut head, 3273, 62.5_f64.to_be_bytes());
        order.put(&mut head, 3503, 1_i16.to_be_bytes());
        order.put(&mut head, 3505, (-1_i16).to_be_bytes());
        let old = BinaryHeader::read(order, &head);
        assert!(!old.fixed_length);
        assert_eq!(old.since_revision_2, SinceRevision2::default());
        head[3500] = 2;
        let new = BinaryHeader::read(order, &head);
        assert_eq!((new.fixed_length, new.extended_texts, new.revision), (true, -1, [2, 0]));
        assert_eq!((new.since_revision_2.samples, new.since_revision_2.interval), (100_000, 62.5));
    }

    #[test]
    fn revisions_are_told() {
        for (stored, order, expected) in [
            ([1, 0], ByteOrder::Big, [1, 0]),
            ([2, 1], ByteOrder::Little, [2, 1]),
            ([0, 1], ByteOrder::Little, [1, 0]),
            ([0, 1], ByteOrder::Big, [0, 0]),
            ([77, 3], ByteOrder::Big, [0, 0]),
        ] {
            let mut head = vec![0; FILE_HEADERS];
            head[3500..3502].copy_from_slice(&stored);
            assert_eq!(revision(order, &head), expected);
        }
    }
}
