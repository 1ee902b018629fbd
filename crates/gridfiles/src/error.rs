//! The error of all formats: a place and what is wrong there.

use crate::log::LogFault;
use crate::mat5::Mat5Fault;
use crate::netcdf::NetcdfFault;
use crate::nodes::NodesFault;
use crate::number_type::NotRepresentable;
use crate::place::Place;
use crate::raw::RawFault;
use crate::rsf::RsfFault;
use crate::vti::VtiFault;

/// Why a file cannot be read or written: where, and what is wrong.
#[derive(Debug, thiserror::Error)]
#[error("{at}: {fault}")]
pub struct GridFileError {
    /// The file, and the place in it.
    pub at: Place,
    /// What is wrong.
    pub fault: Fault,
}

impl Place {
    /// An error here.
    pub(crate) fn fault(self, fault: impl Into<Fault>) -> GridFileError {
        GridFileError { at: self, fault: fault.into() }
    }
}

/// What is wrong with a file. Faults of one format are in its module.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// The operating system cannot open the file.
    #[error("cannot be opened: {0}")]
    Open(std::io::Error),
    /// The operating system cannot read the file.
    #[error("cannot be read: {0}")]
    Read(std::io::Error),
    /// The bytes cannot be written.
    #[error("cannot be written: {0}")]
    Write(std::io::Error),
    /// The path is a folder or a device.
    #[error("is not a regular file")]
    NotRegular,
    /// The file has no bytes.
    #[error("the file is empty")]
    Empty,
    /// A value is NaN or infinite.
    #[error("value {value} at index {index:?} of the shape {shape:?}, expected a finite number")]
    NotFinite {
        /// The value.
        value: f64,
        /// Where, axis by axis from 0, slowest first.
        index: Vec<usize>,
        /// The shape of the array.
        shape: Vec<usize>,
    },
    /// The number of values does not fit the axes.
    #[error("{found} values, expected the product of the axes {shape:?}")]
    Count {
        /// How many values there are.
        found: usize,
        /// The lengths of the axes.
        shape: Vec<usize>,
    },
    /// A format does not hold arrays of so many axes.
    #[error("an array of {found} axes, expected {least} to {most}")]
    Axes {
        /// The number of axes.
        found: usize,
        /// Fewest axes of the format.
        least: usize,
        /// Most axes of the format.
        most: usize,
    },
    /// A type of number does not hold a value.
    #[error(transparent)]
    NotRepresentable(#[from] NotRepresentable),
    /// A fault of an RSF file.
    #[error(transparent)]
    Rsf(#[from] RsfFault),
    /// A fault of a file of raw numbers.
    #[error(transparent)]
    Raw(#[from] RawFault),
    /// A fault of a netCDF file.
    #[error(transparent)]
    Netcdf(#[from] NetcdfFault),
    /// A fault of a VTK file.
    #[error(transparent)]
    Vti(#[from] VtiFault),
    /// A fault of a MATLAB file.
    #[error(transparent)]
    Mat5(#[from] Mat5Fault),
    /// A fault of a text of nodes.
    #[error(transparent)]
    Nodes(#[from] NodesFault),
    /// A fault of a well log.
    #[error(transparent)]
    Log(#[from] LogFault),
}
