//! SEG-Y files made byte by byte from the tables of the standard, without the writer.

use std::path::Path;

use segy::{ByteOrder, File, ReadOptions, SegyError};

/// Samples of each trace.
pub(crate) const SAMPLES: usize = 4;
/// Bytes of the file headers.
const HEAD: usize = 3600;

/// The bytes of a file of traces of one length.
#[derive(Clone)]
pub(crate) struct Made {
    pub(crate) bytes: Vec<u8>,
    pub(crate) order: ByteOrder,
    /// Bytes before the first trace.
    pub(crate) start: usize,
    /// Bytes of a trace.
    pub(crate) stride: usize,
}

impl Made {
    /// A line of revision 1: 2 shots of 3 receivers, IEEE floats; sample `j` of trace `i` is `10 i + j`.
    pub(crate) fn line(order: ByteOrder) -> Self {
        let stride = 240 + 4 * SAMPLES;
        let mut made = Self { bytes: vec![0; HEAD + 6 * stride], order, start: HEAD, stride };
        made.bytes[..3200].fill(0x40);
        made.bytes[0] = 0xc3;
        made.i16(3213, 3).i16(3217, 4000).i16(3221, SAMPLES as i16).i16(3225, 5).i16(3255, 1);
        made.i16(3503, 1);
        made.bytes[3500] = 1;
        for trace in 0..6 {
            let (shot, channel) = (trace / 3, trace % 3);
            made.header(trace, 1, trace as i32 + 1).header(trace, 9, 100 + shot as i32);
            made.header(trace, 13, channel as i32 + 1).short(trace, 29, 1);
            made.header(trace, 49, 50).short(trace, 69, -10).short(trace, 71, -100);
            made.header(trace, 73, 100_000 * shot as i32).header(trace, 81, 5_000 + 2_500 * channel as i32);
            made.short(trace, 115, SAMPLES as i16).short(trace, 117, 4000);
            for sample in 0..SAMPLES {
                made.sample(trace, sample, (10 * trace + sample) as f32);
            }
        }
        made
    }

    /// The traces of the line as SU.
    pub(crate) fn su(order: ByteOrder) -> Self {
        let mut made = Self::line(order);
        made.bytes.drain(..HEAD);
        made.start = 0;
        made
    }

    /// Writes bytes, most significant first, at an offset.
    pub(crate) fn put(&mut self, offset: usize, number: &[u8]) -> &mut Self {
        let place = &mut self.bytes[offset..offset + number.len()];
        place.copy_from_slice(number);
        if self.order == ByteOrder::Little {
            place.reverse();
        }
        self
    }

    /// Sets a number of the binary header at a byte of the standard.
    pub(crate) fn i16(&mut self, byte: usize, value: i16) -> &mut Self {
        self.put(byte - 1, &value.to_be_bytes())
    }

    /// Sets a number of 16 bits of a trace header; the trace counts from 0, the byte from 1.
    pub(crate) fn short(&mut self, trace: usize, byte: usize, value: i16) -> &mut Self {
        self.put(self.start + trace * self.stride + byte - 1, &value.to_be_bytes())
    }

    /// Sets a number of 32 bits of a trace header.
    pub(crate) fn header(&mut self, trace: usize, byte: usize, value: i32) -> &mut Self {
        self.put(self.start + trace * self.stride + byte - 1, &value.to_be_bytes())
    }

    /// Sets a sample.
    pub(crate) fn sample(&mut self, trace: usize, sample: usize, value: f32) -> &mut Self {
        self.put(self.start + trace * self.stride + 240 + 4 * sample, &value.to_be_bytes())
    }

    /// Sets a number of 16 bits in all trace headers.
    pub(crate) fn all_short(&mut self, byte: usize, value: i16) -> &mut Self {
        (0..6).for_each(|trace| {
            self.short(trace, byte, value);
        });
        self
    }

    /// Sets a number of 32 bits in all trace headers.
    pub(crate) fn all(&mut self, byte: usize, value: i32) -> &mut Self {
        (0..6).for_each(|trace| {
            self.header(trace, byte, value);
        });
        self
    }

    pub(crate) fn open(&self, options: &ReadOptions) -> Result<File, SegyError> {
        File::from_bytes(Path::new("line.sgy"), self.bytes.clone(), options)
    }
}

/// The samples of a trace.
pub(crate) fn samples(file: &File, trace: usize) -> Vec<f32> {
    let mut samples = vec![0.0; file.samples(trace)];
    file.trace(trace, &mut samples).unwrap();
    samples
}
