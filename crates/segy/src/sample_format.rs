//! The formats of samples, and their conversion to and from `f32`.
//!
//! # Source
//! SEG-Y revision 2.1, table 2, bytes 3225-3226, and appendix "Data word format".

use crate::byte_order::ByteOrder;
use crate::ibm;

/// The format of the samples of a file. The number is its code in the binary header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum SampleFormat {
    /// IBM float, 4 bytes.
    Ibm32 = 1,
    /// Signed, 4 bytes.
    Int32 = 2,
    /// Signed, 2 bytes.
    Int16 = 3,
    /// Signed, 2 bytes after 2 bytes with a gain `g`, in revisions 0 and 1: the sample is the number times 2^g.
    Gain32 = 4,
    /// IEEE float, 4 bytes.
    Ieee32 = 5,
    /// IEEE float, 8 bytes.
    Ieee64 = 6,
    /// Signed, 3 bytes.
    Int24 = 7,
    /// Signed, 1 byte.
    Int8 = 8,
    /// Signed, 8 bytes.
    Int64 = 9,
    /// Unsigned, 4 bytes.
    UInt32 = 10,
    /// Unsigned, 2 bytes.
    UInt16 = 11,
    /// Unsigned, 8 bytes.
    UInt64 = 12,
    /// Unsigned, 3 bytes.
    UInt24 = 15,
    /// Unsigned, 1 byte.
    UInt8 = 16,
}

/// Every format with its name in options.
const NAMES: [(SampleFormat, &str); 14] = [
    (SampleFormat::Ibm32, "ibm"),
    (SampleFormat::Int32, "i32"),
    (SampleFormat::Int16, "i16"),
    (SampleFormat::Gain32, "gain"),
    (SampleFormat::Ieee32, "f32"),
    (SampleFormat::Ieee64, "f64"),
    (SampleFormat::Int24, "i24"),
    (SampleFormat::Int8, "i8"),
    (SampleFormat::Int64, "i64"),
    (SampleFormat::UInt32, "u32"),
    (SampleFormat::UInt16, "u16"),
    (SampleFormat::UInt64, "u64"),
    (SampleFormat::UInt24, "u24"),
    (SampleFormat::UInt8, "u8"),
];

impl SampleFormat {
    /// The format of a code of the binary header.
    #[must_use]
    pub fn from_code(code: i64) -> Option<Self> {
        NAMES.iter().map(|(format, _)| *format).find(|format| i64::from(format.code()) == code)
    }

    /// The format of a name such as `ibm` or `f32`, or of a code such as `5`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let by_name = NAMES.iter().find(|(_, known)| *known == name).map(|(format, _)| *format);
        by_name.or_else(|| Self::from_code(name.parse().ok()?))
    }

    /// All formats, in the order of their codes.
    pub fn all() -> impl Iterator<Item = Self> {
        NAMES.iter().map(|(format, _)| *format)
    }

    /// The code in the binary header.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// Bytes of one sample.
    #[must_use]
    pub const fn size(self) -> usize {
        match self {
            Self::Int8 | Self::UInt8 => 1,
            Self::Int16 | Self::UInt16 => 2,
            Self::Int24 | Self::UInt24 => 3,
            Self::Ibm32 | Self::Int32 | Self::Gain32 | Self::Ieee32 | Self::UInt32 => 4,
            Self::Ieee64 | Self::Int64 | Self::UInt64 => 8,
        }
    }

    /// Converts samples to `f32`, rounded to the nearest. `bytes` has [`size`](Self::size) bytes for each sample of `out`.
    ///
    /// Numbers beyond the range of `f32` become infinite.
    pub fn decode(self, order: ByteOrder, bytes: &[u8], out: &mut [f32]) {
        match self {
            Self::Ibm32 => each(order, bytes, out, |b| ibm::to_f32(u32::from_be_bytes(b))),
            Self::Int32 => each(order, bytes, out, |b| i32::from_be_bytes(b) as f32),
            Self::Int16 => each(order, bytes, out, |b| f32::from(i16::from_be_bytes(b))),
            Self::Gain32 => each(order, bytes, out, |[a, b, c, d]| {
                let gain = i32::from(u16::from_be_bytes([a, b]));
                (f64::from(i16::from_be_bytes([c, d])) * 2_f64.powi(gain)) as f32
            }),
            Self::Ieee32 => each(order, bytes, out, f32::from_be_bytes),
            Self::Ieee64 => each(order, bytes, out, |b| f64::from_be_bytes(b) as f32),
            Self::Int24 => {
                each(order, bytes, out, |[a, b, c]| (i32::from_be_bytes([a, b, c, 0]) >> 8) as f32);
            }
            Self::Int8 => each(order, bytes, out, |b| f32::from(i8::from_be_bytes(b))),
            Self::Int64 => each(order, bytes, out, |b| i64::from_be_bytes(b) as f32),
            Self::UInt32 => each(order, bytes, out, |b| u32::from_be_bytes(b) as f32),
            Self::UInt16 => each(order, bytes, out, |b| f32::from(u16::from_be_bytes(b))),
            Self::UInt64 => each(order, bytes, out, |b| u64::from_be_bytes(b) as f32),
            Self::UInt24 => each(order, bytes, out, |[a, b, c]| u32::from_be_bytes([0, a, b, c]) as f32),
            Self::UInt8 => each(order, bytes, out, |[b]| f32::from(b)),
        }
    }

    /// Appends one finite sample as IBM or IEEE float. `None` for a number that the format does not have, and for the formats
    /// that are only read.
    pub(crate) fn encode(self, order: ByteOrder, value: f32, bytes: &mut Vec<u8>) -> Option<()> {
        let mut encoded = match self {
            Self::Ibm32 => ibm::from_f32(value)?.to_be_bytes(),
            Self::Ieee32 if value.is_finite() => value.to_be_bytes(),
            _ => return None,
        };
        if order == ByteOrder::Little {
            encoded.reverse();
        }
        bytes.extend_from_slice(&encoded);
        Some(())
    }
}

/// Converts samples of `N` bytes; `convert` gets the most significant byte first.
fn each<const N: usize>(order: ByteOrder, bytes: &[u8], out: &mut [f32], convert: impl Fn([u8; N]) -> f32) {
    let (samples, _) = bytes.as_chunks::<N>();
    match order {
        ByteOrder::Big => samples.iter().zip(out).for_each(|(sample, value)| *value = convert(*sample)),
        ByteOrder::Little => samples.iter().zip(out).for_each(|(sample, value)| {
            let mut sample = *sample;
            sample.reverse();
            *value = convert(sample);
        }),
    }
}

impl std::fmt::Display for SampleFormat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(NAMES.iter().find(|(format, _)| format == self).map_or("", |(_, name)| name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes, most significant first, and their value.
    #[test]
    fn every_format_is_decoded_in_both_orders() {
        let cases: [(SampleFormat, &[u8], f32); 24] = [
            (SampleFormat::Ibm32, &[0xc2, 0x76, 0xa0, 0x00], -118.625),
            (SampleFormat::Int32, &[0xff, 0xff, 0xff, 0xfe], -2.0),
            (SampleFormat::Int32, &[0x7f, 0xff, 0xff, 0xff], 2_147_483_648.0),
            (SampleFormat::Int16, &[0x80, 0x00], -32768.0),
            (SampleFormat::Gain32, &[0x00, 0x00, 0xff, 0xfe], -2.0),
            (SampleFormat::Gain32, &[0x00, 0x05, 0x7f, 0xff], 1_048_544.0),
            (SampleFormat::Gain32, &[0x00, 0xff, 0x00, 0x01], f32::INFINITY),
            (SampleFormat::Ieee32, &[0x40, 0x49, 0x0f, 0xdb], std::f32::consts::PI),
            (SampleFormat::Ieee64, &[0xc0, 0x09, 0x21, 0xfb, 0x54, 0x44, 0x2d, 0x18], -std::f32::consts::PI),
            (SampleFormat::Int24, &[0xff, 0xff, 0xff], -1.0),
            (SampleFormat::Int24, &[0x7f, 0xff, 0xff], 8_388_607.0),
            (SampleFormat::Int24, &[0x80, 0x00, 0x00], -8_388_608.0),
            (SampleFormat::Int8, &[0x80], -128.0),
            (SampleFormat::Int8, &[0x7f], 127.0),
            (SampleFormat::Int64, &[0xff; 8], -1.0),
            (SampleFormat::Int64, &[0, 0, 0, 1, 0, 0, 0, 0], 4_294_967_296.0),
            (SampleFormat::UInt32, &[0xff; 4], 4_294_967_296.0),
            (SampleFormat::UInt16, &[0xff, 0xfe], 65534.0),
            (SampleFormat::UInt64, &[0, 0, 0, 1, 0, 0, 0, 0], 4_294_967_296.0),
            (SampleFormat::UInt64, &[0xff; 8], 18_446_744_073_709_551_616.0),
            (SampleFormat::UInt24, &[0xff, 0xff, 0xff], 16_777_215.0),
            (SampleFormat::UInt24, &[0x01, 0x00, 0x02], 65538.0),
            (SampleFormat::UInt8, &[0xff], 255.0),
            (SampleFormat::UInt8, &[0x01], 1.0),
        ];
        for (format, bytes, value) in cases {
            assert_eq!(bytes.len(), format.size());
            let reversed: Vec<u8> = bytes.iter().rev().copied().collect();
            let mut out = [0.0; 2];
            format.decode(ByteOrder::Big, &[bytes, bytes].concat(), &mut out);
            assert_eq!(out, [value; 2], "{format}");
            format.decode(ByteOrder::Little, &[reversed.clone(), reversed].concat(), &mut out);
            assert_eq!(out, [value; 2], "{format} reversed");
        }
    }

    #[test]
    fn codes_and_names_agree() {
        let codes: Vec<u8> = SampleFormat::all().map(SampleFormat::code).collect();
        assert_eq!(codes, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15, 16]);
        for format in SampleFormat::all() {
            assert_eq!(SampleFormat::named(&format.to_string()), Some(format));
            assert_eq!(SampleFormat::named(&format.code().to_string()), Some(format));
        }
        assert_eq!(SampleFormat::from_code(13), None);
        assert_eq!(SampleFormat::named("f16"), None);
    }

    #[test]
    fn floats_are_encoded() {
        let mut bytes = Vec::new();
        SampleFormat::Ibm32.encode(ByteOrder::Big, -118.625, &mut bytes).unwrap();
        SampleFormat::Ieee32.encode(ByteOrder::Little, 1.0, &mut bytes).unwrap();
        assert_eq!(bytes, [0xc2, 0x76, 0xa0, 0x00, 0x00, 0x00, 0x80, 0x3f]);
        for value in [f32::NAN, f32::INFINITY] {
            assert_eq!(SampleFormat::Ibm32.encode(ByteOrder::Big, value, &mut bytes), None);
            assert_eq!(SampleFormat::Ieee32.encode(ByteOrder::Big, value, &mut bytes), None);
        }
        assert_eq!(SampleFormat::Int16.encode(ByteOrder::Big, 1.0, &mut bytes), None);
        assert_eq!(bytes.len(), 8);
    }
}
