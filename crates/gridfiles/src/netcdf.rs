//! netCDF classic: CDF-1, CDF-2 (64-bit offsets) and CDF-5 (64-bit data), with the CF conventions.
//!
//! netCDF-4 files are HDF5 files and not read here.
//!
//! # Source
//! Unidata, "NetCDF Classic Format Specification" and "CDF-5"; CF conventions, see [`crate::cf`].

mod array;
mod attribute;
mod cursor;
mod fault;
mod header;
mod kind;
mod version;
mod write;

use std::path::Path;

use crate::array::product;
use crate::byte_order::ByteOrder;
use crate::error::GridFileError;
use crate::place::Place;
use crate::source::Source;

pub use array::Missing;
pub use attribute::{Attribute, AttributeValue};
pub use fault::NetcdfFault;
pub use header::{Dimension, Variable};
pub use kind::Kind;
pub use version::Version;
pub use write::{Content, NewVariable, write};

/// A netCDF file: dimensions, attributes and variables, whose values are read on demand.
#[derive(Debug)]
pub struct File {
    source: Source,
    header: header::Header,
}

impl File {
    /// Opens a file and reads its header.
    ///
    /// # Errors
    /// [`crate::Fault::Open`] and the like, [`NetcdfFault`].
    pub fn open(path: &Path) -> Result<Self, GridFileError> {
        Self::of(Source::open(path)?)
    }

    /// The same for bytes in memory, with a name for messages.
    ///
    /// # Errors
    /// As [`File::open`].
    pub fn from_bytes(name: &Path, bytes: Vec<u8>) -> Result<Self, GridFileError> {
        Self::of(Source::memory(name, bytes)?)
    }

    fn of(source: Source) -> Result<Self, GridFileError> {
        let header = header::read(&source)?;
        Ok(Self { source, header })
    }

    /// The kind of file.
    #[must_use]
    pub fn version(&self) -> Version {
        self.header.version
    }

    /// The dimensions, in the order of the file.
    #[must_use]
    pub fn dimensions(&self) -> &[Dimension] {
        &self.header.dimensions
    }

    /// The attributes of the file.
    #[must_use]
    pub fn attributes(&self) -> &[Attribute] {
        &self.header.attributes
    }

    /// The variables, in the order of the file; coordinates are among them.
    #[must_use]
    pub fn variables(&self) -> &[Variable] {
        &self.header.variables
    }

    /// The variable with this name.
    ///
    /// # Errors
    /// [`NetcdfFault::NoVariable`] with the names that there are.
    pub fn variable(&self, name: &str) -> Result<&Variable, GridFileError> {
        self.header.variables.iter().find(|of| of.name == name).ok_or_else(|| {
            let present = self.header.variables.iter().map(|of| of.name.clone()).collect();
            self.item(name).fault(NetcdfFault::NoVariable { present })
        })
    }

    /// The variables that are no coordinates and have an axis: those that [`File::array`] reads.
    pub fn arrays(&self) -> impl Iterator<Item = &Variable> {
        let bounds: Vec<&str> = self.header.variables.iter().filter_map(|of| of.text("bounds")).collect();
        self.header.variables.iter().filter(move |of| {
            let coordinate =
                of.dimensions.len() == 1 && self.header.dimensions[of.dimensions[0]].name == of.name;
            !of.dimensions.is_empty()
                && of.kind != Kind::Char
                && !coordinate
                && !bounds.contains(&of.name.as_str())
        })
    }

    /// The shape of a variable, slowest axis first.
    #[must_use]
    pub fn shape(&self, variable: &Variable) -> Vec<usize> {
        let len = |of: &usize| {
            let dimension = &self.header.dimensions[*of];
            if dimension.record { self.header.records } else { dimension.len }
        };
        variable.dimensions.iter().map(len).collect()
    }

    /// The stored numbers of a variable, without the conventions.
    ///
    /// # Errors
    /// [`NetcdfFault::Text`] for characters, [`NetcdfFault::Outside`] for a variable that the file is too short for.
    pub fn stored(&self, variable: &Variable) -> Result<Vec<f64>, GridFileError> {
        let at = || self.item(&variable.name);
        let Some(number) = variable.kind.number() else { return Err(at().fault(NetcdfFault::Text)) };
        let shape = self.shape(variable);
        let size = number.size() as u64;
        let outside = |end: Option<u64>| {
            at().fault(NetcdfFault::Outside { shape: shape.clone(), end, found: self.source.size() })
        };
        // Bytes together in the file: all, or those of a record.
        let records = if self.header.is_record(variable) { shape[0] } else { 1 };
        let together = if self.header.is_record(variable) { &shape[1..] } else { &shape[..] };
        let slab = product(together).ok_or_else(|| outside(None))?;
        let count = slab.checked_mul(records).ok_or_else(|| outside(None))?;
        if count == 0 {
            return Ok(Vec::new());
        }
        let step = self.header.record_size;
        let last = (records as u64 - 1).checked_mul(step);
        let end = last
            .and_then(|last| last.checked_add((slab as u64).checked_mul(size)?))
            .and_then(|bytes| bytes.checked_add(variable.begin));
        // Records of a variable do not overlap, so the file is as large as its numbers.
        let fits = (count as u64).checked_mul(size).is_some_and(|bytes| bytes <= self.source.size());
        if end.is_none_or(|end| end > self.source.size()) || !fits {
            return Err(outside(end));
        }
        let mut values = Vec::new();
        for record in 0..records as u64 {
            let offset = variable.begin + record * step;
            self.source.numbers(offset, slab, (number, ByteOrder::Big), &mut values)?;
        }
        Ok(values)
    }

    fn item(&self, name: &str) -> Place {
        Place::item(self.source.path(), format!("variable {name}"))
    }
}
