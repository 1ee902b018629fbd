//! MATLAB files of version 7.3 (`save -v7.3`): HDF5 with the dimensions of every array reversed.
//!
//! # Source
//! "MAT-File Versions", MATLAB documentation, R2023a: version 7.3 is HDF5; the attribute `MATLAB_class` of a dataset names
//! its class.

use std::io::Read;
use std::path::Path;

use hdf5::types::TypeDescriptor;
use hdf5::{Dataset, H5Type};

use super::header::Header;
use crate::data_error::DataError;
use crate::hdf5_file::{Hdf5Reader, is_real};
use crate::input_file;

/// The attribute that gives the class of a variable.
pub const CLASS: &str = "MATLAB_class";
/// The classes of plain numbers.
const NUMBERS: [&str; 10] =
    ["double", "single", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"];

/// A complex number as MATLAB stores it.
#[derive(H5Type, Clone, Copy)]
#[repr(C)]
struct Complex {
    real: f64,
    imag: f64,
}

/// Whether a file is of this version, or is HDF5.
pub(super) fn is_one(path: &Path) -> Result<bool, DataError> {
    let mut first = Vec::new();
    let read = input_file::open(path)?.take(16).read_to_end(&mut first);
    read.map_err(|e| DataError::reading(path, e))?;
    Ok(first.starts_with(b"MATLAB 7.3") || first.starts_with(b"\x89HDF"))
}

/// The variables of a file.
pub(super) fn headers(path: &Path) -> Result<Vec<Header>, DataError> {
    Hdf5Reader::with(path, |file| {
        let names = file.dataset_names();
        // Groups contain the fields of structures and the contents of cells.
        let own = names.iter().filter(|name| name.rfind('/') == Some(0));
        own.map(|name| header(file, &file.dataset(name)?, name)).collect()
    })
}

fn header(file: &Hdf5Reader, set: &Dataset, name: &str) -> Result<Header, DataError> {
    let class = file.text(set, CLASS)?.unwrap_or_else(|| "HDF5".to_owned());
    let type_ = file.type_of(set, name)?;
    let complex = matches!(&type_, TypeDescriptor::Compound(c)
        if c.fields.len() == 2 && c.fields[0].name == "real" && c.fields[1].name == "imag");
    // An array without elements is stored as its shape. A sparse array is a group.
    let empty = file.has_attribute(set, "MATLAB_empty")? && file.number(set, "MATLAB_empty")? != Some(0.0);
    let class = if empty { format!("empty {class}") } else { class };
    let numeric = (complex || is_real(&type_)) && (NUMBERS.contains(&class.as_str()) || class == "HDF5");
    let mut shape = set.shape();
    shape.reverse();
    Ok(Header { name: name.trim_start_matches('/').to_owned(), shape, class, numeric, complex })
}

/// Real and imaginary part of a variable, column-major, which is the order of the file.
pub(super) fn values(path: &Path, header: &Header) -> Result<(Vec<f64>, Option<Vec<f64>>), DataError> {
    let (name, complex) = (header.name.clone(), header.complex);
    Hdf5Reader::with(path, move |file| {
        if !complex {
            let (values, _) = file.stored_reals(&name)?;
            return Ok((values, None));
        }
        let values: Vec<Complex> = file.read_all(&file.dataset(&name)?, &name)?;
        Ok((values.iter().map(|v| v.real).collect(), Some(values.iter().map(|v| v.imag).collect())))
    })
}
