//! Packed and missing values: how the attributes of a dataset define the values of the stored numbers.
//!
//! # Source
//! NetCDF Climate and Forecast (CF) Metadata Conventions 1.11, sections 2.5.1 (missing data, valid range) and 8.1 (packed
//! data); NetCDF Users Guide, attribute `_Unsigned`.

use hdf5::Dataset;
use hdf5::types::TypeDescriptor;

use super::{Hdf5Reader, is_real};
use crate::data_error::DataError;

/// The conversion from stored numbers to values: `value = stored * factor + offset` unless the value is missing.
#[derive(Debug, Clone, PartialEq)]
pub struct Packing {
    factor: f64,
    offset: f64,
    /// Stored numbers that mark a missing value.
    missing: Vec<f64>,
    /// Stored numbers outside this range mark a missing value.
    valid: [f64; 2],
    /// Added to negative stored numbers if the attribute `_Unsigned` says that they are unsigned.
    wrap: f64,
    /// Whether the stored numbers have single precision; then `missing` is compared in single precision.
    single: bool,
}

impl Hdf5Reader {
    /// The conversion from the stored numbers of a dataset to values.
    pub fn packing(&self, dataset: &Dataset, name: &str) -> Result<Packing, DataError> {
        let type_ = self.type_of(dataset, name)?;
        if !is_real(&type_) {
            return Err(self.wrong_type(name, &type_, "real numbers"));
        }
        Packing::of(self, dataset, &type_)
    }
}

impl Packing {
    /// Reads the attributes of a dataset.
    ///
    /// # Errors
    /// [`DataError::Attribute`] for an attribute that is not a number.
    pub fn of(file: &Hdf5Reader, set: &Dataset, type_: &TypeDescriptor) -> Result<Packing, DataError> {
        let number = |name: &str| file.number(set, name);
        let mut missing = file.numbers(set, "missing_value")?.unwrap_or_default();
        missing.extend(number("_FillValue")?);
        let valid = match file.numbers(set, "valid_range")? {
            Some(range) if range.len() == 2 => [range[0], range[1]],
            Some(range) => {
                let found = format!("{} numbers", range.len());
                return Err(file.wrong_attribute(set, "valid_range", found, "two numbers"));
            }
            None => [
                number("valid_min")?.unwrap_or(f64::NEG_INFINITY),
                number("valid_max")?.unwrap_or(f64::INFINITY),
            ],
        };
        let wrap = match (type_, file.text(set, "_Unsigned")?.as_deref()) {
            (TypeDescriptor::Integer(size), Some("true" | "True" | "TRUE")) => 2.0_f64.powi(8 * *size as i32),
            _ => 0.0,
        };
        let unsigned = |v: f64| if v < 0.0 { v + wrap } else { v };
        Ok(Packing {
            factor: number("scale_factor")?.unwrap_or(1.0),
            offset: number("add_offset")?.unwrap_or(0.0),
            missing: missing.into_iter().map(unsigned).collect(),
            valid: if wrap > 0.0 { valid.map(unsigned) } else { valid },
            wrap,
            single: matches!(type_, TypeDescriptor::Float(size) if *size as usize == 4),
        })
    }

    /// Whether the stored numbers are the values.
    pub fn is_plain(&self) -> bool {
        let unbounded = [f64::NEG_INFINITY, f64::INFINITY];
        [self.factor, self.offset, self.wrap] == [1.0, 0.0, 0.0]
            && self.missing.iter().all(|v| v.is_nan())
            && self.valid == unbounded
    }

    /// The value of a stored number; NaN if it is missing.
    pub fn value(&self, stored: f64) -> f64 {
        let stored = if stored < 0.0 { stored + self.wrap } else { stored };
        let same = |v: &f64| *v == stored || (self.single && *v as f32 == stored as f32);
        if self.missing.iter().any(same) || !(self.valid[0]..=self.valid[1]).contains(&stored) {
            return f64::NAN;
        }
        stored * self.factor + self.offset
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scale and offset apply to valid numbers; numbers outside the valid range and missing values give NaN.
    #[test]
    fn values() {
        let plain = Packing {
            factor: 1.0,
            offset: 0.0,
            missing: vec![],
            valid: [f64::NEG_INFINITY, f64::INFINITY],
            wrap: 0.0,
            single: false,
        };
        assert!(plain.is_plain());
        assert_eq!(plain.value(7.5), 7.5);
        let packed = Packing {
            factor: 0.5,
            offset: 1000.0,
            missing: vec![-32768.0],
            valid: [-100.0, 1e4],
            ..plain.clone()
        };
        assert!(!packed.is_plain());
        assert_eq!(packed.value(3000.0), 2500.0);
        assert!(packed.value(-32768.0).is_nan() && packed.value(1e5).is_nan());
        let single = Packing { missing: vec![1e20], single: true, ..plain.clone() };
        assert!(single.value(f64::from(1e20_f32)).is_nan());
        let unsigned = Packing { wrap: 256.0, ..plain };
        assert_eq!(unsigned.value(-1.0), 255.0);
    }
}
