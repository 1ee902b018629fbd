//! Reading a netCDF header from front to back.

use super::fault::NetcdfFault;
use super::version::Version;
use crate::error::GridFileError;
use crate::place::Place;
use crate::source::Source;

/// A place in a header that is read. Numbers are big endian; counts have 4 bytes, in CDF-5 8.
pub(super) struct Cursor<'s> {
    pub(super) source: &'s Source,
    pub(super) at: u64,
    pub(super) version: Version,
}

impl Cursor<'_> {
    pub(super) fn left(&self) -> u64 {
        self.source.size().saturating_sub(self.at)
    }

    pub(super) fn here(&self) -> Place {
        Place::byte(self.source.path(), self.at)
    }

    /// The next bytes. Their number is checked before they are given space.
    pub(super) fn take(&mut self, count: u64) -> Result<Vec<u8>, GridFileError> {
        if count > self.left() {
            let fault = NetcdfFault::Truncated { found: self.left(), expected: count };
            return Err(self.here().fault(fault));
        }
        let mut bytes = vec![0; count as usize];
        self.source.read(self.at, &mut bytes)?;
        self.at += count;
        Ok(bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32, GridFileError> {
        let bytes = self.take(4)?;
        Ok(bytes.iter().fold(0, |number, byte| (number << 8) | u32::from(*byte)))
    }

    fn u64(&mut self) -> Result<u64, GridFileError> {
        let bytes = self.take(8)?;
        Ok(bytes.iter().fold(0, |number, byte| (number << 8) | u64::from(*byte)))
    }

    /// A length or a count.
    pub(super) fn length(&mut self) -> Result<u64, GridFileError> {
        if self.version == Version::Cdf5 { self.u64() } else { self.u32().map(u64::from) }
    }

    /// The place of a variable.
    pub(super) fn offset(&mut self) -> Result<u64, GridFileError> {
        if self.version == Version::Cdf1 { self.u32().map(u64::from) } else { self.u64() }
    }

    /// The count of a list, each of whose members has at least so many bytes.
    pub(super) fn count(&mut self, of: &'static str, bytes_of_one: u64) -> Result<usize, GridFileError> {
        let here = self.here();
        let found = self.length()?;
        let most = self.left() / bytes_of_one;
        if found > most {
            return Err(here.fault(NetcdfFault::TooMany { found, of, most }));
        }
        Ok(found as usize)
    }

    /// The count of a list that its mark begins; 0 for an absent list.
    pub(super) fn list(
        &mut self,
        tag: u32,
        of: &'static str,
        bytes_of_one: u64,
    ) -> Result<usize, GridFileError> {
        let here = self.here();
        let found = self.u32()?;
        let count = self.count(of, bytes_of_one)?;
        if found == tag || (found == 0 && count == 0) {
            return Ok(count);
        }
        Err(here.fault(NetcdfFault::Tag { found, expected: tag, of }))
    }

    /// Bytes that are filled up to a multiple of four.
    pub(super) fn padded(&mut self, count: u64) -> Result<Vec<u8>, GridFileError> {
        let bytes = self.take(count)?;
        // The last padding of a file can be absent.
        let padding = (count.next_multiple_of(4) - count).min(self.left());
        self.at += padding;
        Ok(bytes)
    }

    pub(super) fn name(&mut self) -> Result<String, GridFileError> {
        let here = self.here();
        let count = self.count("bytes of a name", 1)?;
        let bytes = self.padded(count as u64)?;
        String::from_utf8(bytes).map_err(|_| here.fault(NetcdfFault::Name))
    }
}
