//! Packed and missing values: how the attributes of a dataset define the values of the stored numbers.
//!
//! # Source
//! NetCDF Climate and Forecast (CF) Metadata Conventions 1.11, sections 2.5.1 (missing data, valid range) and 8.1 (packed
//! data); NetCDF Users Guide, attribute `_Unsigned`.

use hdf5::Dataset;
use hdf5::types::TypeDescriptor;

pub use gridfiles::cf::Packing;

use super::{Hdf5Reader, is_real};
use crate::data_error::DataError;

impl Hdf5Reader {
    /// The conversion from the stored numbers of a dataset to values.
    ///
    /// # Errors
    /// [`DataError::Attribute`] for an attribute that is not a number, [`DataError::Type`].
    pub fn packing(&self, dataset: &Dataset, name: &str) -> Result<Packing, DataError> {
        let type_ = self.type_of(dataset, name)?;
        if !is_real(&type_) {
            return Err(self.wrong_type(name, &type_, "real numbers"));
        }
        of_attributes(self, dataset, &type_)
    }
}

/// Reads the attributes of a dataset.
fn of_attributes(file: &Hdf5Reader, set: &Dataset, type_: &TypeDescriptor) -> Result<Packing, DataError> {
    let number = |name: &str| file.number(set, name);
    let mut missing = file.numbers(set, "missing_value")?.unwrap_or_default();
    missing.extend(number("_FillValue")?);
    let valid = match file.numbers(set, "valid_range")? {
        Some(range) if range.len() == 2 => [range[0], range[1]],
        Some(range) => {
            let found = format!("{} numbers", range.len());
            return Err(file.wrong_attribute(set, "valid_range", found, "two numbers"));
        }
        None => {
            [number("valid_min")?.unwrap_or(f64::NEG_INFINITY), number("valid_max")?.unwrap_or(f64::INFINITY)]
        }
    };
    let packing = Packing {
        factor: number("scale_factor")?.unwrap_or(1.0),
        offset: number("add_offset")?.unwrap_or(0.0),
        missing,
        valid,
        wrap: 0.0,
        single: matches!(type_, TypeDescriptor::Float(size) if *size as usize == 4),
    };
    Ok(match (type_, file.text(set, "_Unsigned")?.as_deref()) {
        (TypeDescriptor::Integer(size), Some("true" | "True" | "TRUE")) => packing.unsigned(*size as usize),
        _ => packing,
    })
}
