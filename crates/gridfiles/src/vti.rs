//! VTK ImageData (`.vti`): numbers at the nodes or in the cells of an even grid of three axes.
//!
//! An array has the axes z, y, x, slowest first; axes that a section or a line lacks have one node. VTK does not say whether z
//! points up or down, and has no units.
//!
//! # Source
//! Kitware, "VTK XML Formats": serial structured data, the headers of data arrays, compressed and appended data.

mod data_array;
mod fault;
mod payload;
mod write;
mod xml;

use std::path::Path;

use crate::array::{Array, Axis, product};
use crate::cf::Role;
use crate::error::GridFileError;
use crate::place::Place;
use crate::source::Source;

pub use data_array::{Centre, DataArray};
pub use fault::VtiFault;
pub(crate) use write::escaped;
pub use write::{Encoding, Image, WriteOptions, write};

/// A VTK image file: its grid and the list of its arrays, whose numbers are read on demand.
#[derive(Debug)]
pub struct File {
    bytes: Vec<u8>,
    head: xml::Head,
}

/// Options of reading.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReadOptions {
    /// Whether NaN and infinity are read. Otherwise they are an error.
    pub keep_non_finite: bool,
}

impl File {
    /// Opens a file.
    ///
    /// # Errors
    /// [`crate::Fault::Open`] and the like, [`VtiFault`].
    pub fn open(path: &Path) -> Result<Self, GridFileError> {
        Self::from_bytes(path, Source::open(path)?.all()?)
    }

    /// The same for bytes in memory, with a name for messages.
    ///
    /// # Errors
    /// As [`File::open`].
    pub fn from_bytes(name: &Path, bytes: Vec<u8>) -> Result<Self, GridFileError> {
        Source::memory(name, Vec::from(&bytes[..bytes.len().min(1)]))?;
        let head = xml::read(name, &bytes)?;
        Ok(Self { bytes, head })
    }

    /// The arrays, in the order of the file.
    #[must_use]
    pub fn arrays(&self) -> &[DataArray] {
        &self.head.arrays
    }

    /// The axes z, y and x of the numbers at nodes or in cells, slowest first.
    #[must_use]
    pub fn axes(&self, centre: Centre) -> Vec<Axis> {
        let xml::Head { extent, origin, spacing, .. } = &self.head;
        let axis = |(a, name, role): (usize, &str, Role)| {
            let [low, high] = extent[a];
            let cells = centre == Centre::Cells && high > low;
            let first = low as f64 + if cells { 0.5 } else { 0.0 };
            Axis {
                name: Some(name.to_owned()),
                unit: None,
                origin: Some(origin[a] + first * spacing[a]),
                spacing: Some(spacing[a]),
                len: (high - low) as usize + usize::from(!cells),
                role: Some(role),
                positive: None,
            }
        };
        [(2, "z", Role::Z), (1, "y", Role::Y), (0, "x", Role::X)].map(axis).into()
    }

    /// Reads a scalar array. Its axes are z, y and x; [`Array::squeezed`] leaves out those with one node.
    ///
    /// # Errors
    /// [`VtiFault::NoArray`], [`VtiFault::Components`], and those of its numbers; [`crate::Fault::NotFinite`].
    pub fn array(&self, name: &str, options: &ReadOptions) -> Result<Array, GridFileError> {
        let at = || Place::item(&self.head.path, format!("array {name}"));
        let Some(of) = self.head.arrays.iter().find(|of| of.name == name) else {
            let present = self.head.arrays.iter().map(|of| of.name.clone()).collect();
            return Err(at().fault(VtiFault::NoArray { present }));
        };
        if of.components != 1 {
            return Err(at().fault(VtiFault::Components { found: of.components }));
        }
        let axes = self.axes(of.centre);
        let shape: Vec<usize> = axes.iter().map(|axis| axis.len).collect();
        let count = product(&shape).ok_or_else(|| at().fault(VtiFault::Uncountable { shape }))?;
        let values =
            payload::numbers(&self.bytes, &self.head, of, count).map_err(|fault| at().fault(fault))?;
        let array = Array { axes, values, name: Some(of.name.clone()), unit: None };
        if options.keep_non_finite { Ok(array) } else { array.finite(at) }
    }
}
