//! The order of bytes, and numbers read from and written to headers.

/// The order of the bytes of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ByteOrder {
    /// The most significant byte comes first. The standard order of SEG-Y.
    Big,
    /// The least significant byte comes first. Allowed since revision 2.
    Little,
}

impl ByteOrder {
    /// Both orders, the standard one first.
    pub const ALL: [Self; 2] = [Self::Big, Self::Little];

    /// The order of this processor.
    pub const NATIVE: Self = if cfg!(target_endian = "big") { Self::Big } else { Self::Little };

    /// The bytes of a number, most significant byte first. `byte` counts from 1. Bytes after the end are zero.
    fn take<const N: usize>(self, header: &[u8], byte: usize) -> [u8; N] {
        let mut taken = [0; N];
        if let Some(found) = header.get(byte - 1..byte - 1 + N) {
            taken.copy_from_slice(found);
        }
        if self == Self::Little {
            taken.reverse();
        }
        taken
    }

    /// A number of 16 bits at a byte counted from 1.
    pub(crate) fn u16(self, header: &[u8], byte: usize) -> u16 {
        u16::from_be_bytes(self.take(header, byte))
    }

    /// A signed number of 16 bits at a byte counted from 1.
    pub(crate) fn i16(self, header: &[u8], byte: usize) -> i16 {
        i16::from_be_bytes(self.take(header, byte))
    }

    /// A number of 32 bits at a byte counted from 1.
    pub(crate) fn u32(self, header: &[u8], byte: usize) -> u32 {
        u32::from_be_bytes(self.take(header, byte))
    }

    /// A signed number of 32 bits at a byte counted from 1.
    pub(crate) fn i32(self, header: &[u8], byte: usize) -> i32 {
        i32::from_be_bytes(self.take(header, byte))
    }

    /// A number of 64 bits at a byte counted from 1.
    pub(crate) fn u64(self, header: &[u8], byte: usize) -> u64 {
        u64::from_be_bytes(self.take(header, byte))
    }

    /// A double at a byte counted from 1.
    pub(crate) fn f64(self, header: &[u8], byte: usize) -> f64 {
        f64::from_bits(self.u64(header, byte))
    }

    /// Writes a number, given with its most significant byte first, at a byte counted from 1.
    pub(crate) fn put<const N: usize>(self, header: &mut [u8], byte: usize, mut number: [u8; N]) {
        if self == Self::Little {
            number.reverse();
        }
        header[byte - 1..byte - 1 + N].copy_from_slice(&number);
    }
}

impl std::fmt::Display for ByteOrder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Big => "big",
            Self::Little => "little",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_both_orders() {
        let bytes = [0x01, 0x02, 0x03, 0x04, 0xff, 0xfe, 0, 0];
        assert_eq!(ByteOrder::Big.u16(&bytes, 1), 0x0102);
        assert_eq!(ByteOrder::Little.u16(&bytes, 1), 0x0201);
        assert_eq!(ByteOrder::Big.i32(&bytes, 1), 16_909_060);
        assert_eq!(ByteOrder::Little.u32(&bytes, 1), 0x0403_0201);
        assert_eq!(ByteOrder::Big.i16(&bytes, 5), -2);
        assert_eq!(ByteOrder::Little.u64(&bytes, 1), 0x0000_feff_0403_0201);
        assert_eq!(ByteOrder::Big.u32(&bytes, 7), 0, "after the end");
    }

    #[test]
    fn numbers_are_written_in_both_orders() {
        let mut bytes = [0; 4];
        ByteOrder::Big.put(&mut bytes, 2, 0x0102_u16.to_be_bytes());
        assert_eq!(bytes, [0, 1, 2, 0]);
        ByteOrder::Little.put(&mut bytes, 1, 16_909_060_i32.to_be_bytes());
        assert_eq!(bytes, [4, 3, 2, 1]);
    }
}
