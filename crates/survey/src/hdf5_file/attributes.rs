//! Attributes of any type that other programs write. An attribute that exists is read or rejected, never ignored.
//!
//! h5py writes a number as a scalar; netCDF, h5netcdf and MATLAB write an array of one element. Both count as one number.

use hdf5::types::{FixedAscii, FixedUnicode, TypeDescriptor, VarLenAscii, VarLenUnicode};
use hdf5::{Attribute, H5Type, Location};
use num_complex::Complex64;

use super::{Hdf5Reader, failing};
use crate::data_error::DataError;

/// Longest fixed-length text that is read, in bytes: the most that fits into an object header.
const LONGEST: usize = 1 << 16;

impl Hdf5Reader {
    /// An attribute that contains one number; `None` if the attribute does not exist.
    pub fn number(&self, of: &Location, name: &str) -> Result<Option<f64>, DataError> {
        self.one(of, name, "one number", |values: Vec<f64>| values)
    }

    /// An attribute that contains one non-negative whole number.
    pub fn whole(&self, of: &Location, name: &str) -> Result<Option<u64>, DataError> {
        let Some(number) = self.number(of, name)? else { return Ok(None) };
        // Beyond 2^53 not every whole number is an f64.
        if number >= 0.0 && number.fract() == 0.0 && number <= 9_007_199_254_740_992.0 {
            return Ok(Some(number as u64));
        }
        Err(self.wrong_attribute(of, name, number.to_string(), "a whole number from 0"))
    }

    /// An attribute that contains a list of numbers.
    pub fn numbers(&self, of: &Location, name: &str) -> Result<Option<Vec<f64>>, DataError> {
        let Some(attribute) = self.attribute(of, name)? else { return Ok(None) };
        if !self.is_real(of, name, &attribute)? {
            return Err(self.wrong_attribute(of, name, in_words(&attribute), "numbers"));
        }
        self.values(of, name, &attribute).map(Some)
    }

    /// An attribute that contains one complex number, as compound {r, i}, or one real number.
    pub fn complex(&self, of: &Location, name: &str) -> Result<Option<Complex64>, DataError> {
        let Some(attribute) = self.attribute(of, name)? else { return Ok(None) };
        let expected = "one complex number (compound {r, i})";
        if self.is_real(of, name, &attribute)? {
            return self.one(of, name, expected, |values: Vec<f64>| {
                values.into_iter().map(Complex64::from).collect()
            });
        }
        match self.descriptor(of, name, &attribute)? {
            TypeDescriptor::Compound(c)
                if c.fields.len() == 2 && c.fields[0].name == "r" && c.fields[1].name == "i" =>
            {
                let values: Vec<Complex64> = self.values(of, name, &attribute)?;
                match values[..] {
                    [value] => Ok(Some(value)),
                    _ => Err(self.wrong_attribute(of, name, in_words(&attribute), expected)),
                }
            }
            _ => Err(self.wrong_attribute(of, name, in_words(&attribute), expected)),
        }
    }

    /// An attribute that contains one text, of any string type that other programs write.
    pub fn text(&self, of: &Location, name: &str) -> Result<Option<String>, DataError> {
        let Some(attribute) = self.attribute(of, name)? else { return Ok(None) };
        let wrong = || self.wrong_attribute(of, name, in_words(&attribute), "a text");
        let texts = match self.descriptor(of, name, &attribute)? {
            TypeDescriptor::VarLenUnicode => self.texts(of, name, &attribute, VarLenUnicode::as_bytes)?,
            TypeDescriptor::VarLenAscii => self.texts(of, name, &attribute, VarLenAscii::as_bytes)?,
            TypeDescriptor::FixedAscii(n) if n <= 256 => {
                self.texts(of, name, &attribute, FixedAscii::<256>::as_bytes)?
            }
            TypeDescriptor::FixedAscii(n) if n <= LONGEST => {
                self.texts(of, name, &attribute, FixedAscii::<LONGEST>::as_bytes)?
            }
            TypeDescriptor::FixedUnicode(n) if n <= 256 => {
                self.texts(of, name, &attribute, FixedUnicode::<256>::as_bytes)?
            }
            TypeDescriptor::FixedUnicode(n) if n <= LONGEST => {
                self.texts(of, name, &attribute, FixedUnicode::<LONGEST>::as_bytes)?
            }
            _ => return Err(wrong()),
        };
        match &texts[..] {
            [bytes] => match std::str::from_utf8(bytes) {
                // Fixed-length texts are padded with NUL, or with blanks by Fortran programs.
                Ok(text) => Ok(Some(text.trim_end_matches(['\0', ' ']).to_owned())),
                Err(_) => Err(self.wrong_attribute(of, name, "a text that is not UTF-8".to_owned(), "UTF-8")),
            },
            _ => Err(wrong()),
        }
    }

    /// Whether there is an attribute of that name.
    pub fn has_attribute(&self, of: &Location, name: &str) -> Result<bool, DataError> {
        // Opening it by name cannot tell a damaged attribute from a missing one.
        let names =
            of.attr_names().map_err(failing(&self.path, &format!("list the attributes of {}", of.name())))?;
        Ok(names.iter().any(|found| found == name))
    }

    /// The attribute of that name, if it exists. An attribute without a value is rejected.
    pub fn attribute(&self, of: &Location, name: &str) -> Result<Option<Attribute>, DataError> {
        if !self.has_attribute(of, name)? {
            return Ok(None);
        }
        let doing = format!("open attribute {name} of {}", of.name());
        let attribute = of.attr(name).map_err(failing(&self.path, &doing))?;
        let space = attribute.space().map_err(failing(&self.path, &doing))?;
        // Reading an attribute without a value would return uninitialised memory.
        if space.is_null() || space.size() == 0 {
            return Err(self.wrong_attribute(of, name, "empty".to_owned(), "a value"));
        }
        let bytes =
            crate::memory::of_array(&attribute.shape(), attribute.dtype().map_or(1, |t| t.size()).max(8));
        crate::input_file::require(&self.path, bytes, &format!("attribute {name}"))?;
        Ok(Some(attribute))
    }

    fn one<T: Copy>(
        &self,
        of: &Location,
        name: &str,
        expected: &'static str,
        from: impl Fn(Vec<f64>) -> Vec<T>,
    ) -> Result<Option<T>, DataError> {
        let Some(attribute) = self.attribute(of, name)? else { return Ok(None) };
        if !self.is_real(of, name, &attribute)? {
            return Err(self.wrong_attribute(of, name, in_words(&attribute), expected));
        }
        match from(self.values(of, name, &attribute)?)[..] {
            [value] => Ok(Some(value)),
            _ => Err(self.wrong_attribute(of, name, in_words(&attribute), expected)),
        }
    }

    fn is_real(&self, of: &Location, name: &str, attribute: &Attribute) -> Result<bool, DataError> {
        Ok(super::is_real(&self.descriptor(of, name, attribute)?))
    }

    fn descriptor(
        &self,
        of: &Location,
        name: &str,
        attribute: &Attribute,
    ) -> Result<TypeDescriptor, DataError> {
        attribute.dtype().and_then(|t| t.to_descriptor()).map_err(|_| {
            self.wrong_attribute(
                of,
                name,
                "a type that this program does not know".to_owned(),
                "a number or a text",
            )
        })
    }

    fn values<T: H5Type>(
        &self,
        of: &Location,
        name: &str,
        attribute: &Attribute,
    ) -> Result<Vec<T>, DataError> {
        let doing = format!("read attribute {name} of {}", of.name());
        attribute.read_raw().map_err(failing(&self.path, &doing))
    }

    fn texts<T: H5Type>(
        &self,
        of: &Location,
        name: &str,
        attribute: &Attribute,
        bytes: fn(&T) -> &[u8],
    ) -> Result<Vec<Vec<u8>>, DataError> {
        let values: Vec<T> = self.values(of, name, attribute)?;
        Ok(values.iter().map(|value| bytes(value).to_vec()).collect())
    }

    /// The error for an attribute of an unexpected type or value.
    pub fn wrong_attribute(
        &self,
        of: &Location,
        name: &str,
        found: String,
        expected: &'static str,
    ) -> DataError {
        let attribute = match of.name().as_str() {
            "/" | "" => format!("`{name}`"),
            of => format!("`{name}` of {of}"),
        };
        DataError::Attribute { path: self.path.clone(), attribute, found, expected: expected.into() }
    }
}

/// The contents of an attribute, for a message.
fn in_words(attribute: &Attribute) -> String {
    let kind = match attribute.dtype().and_then(|t| t.to_descriptor()) {
        Ok(
            TypeDescriptor::VarLenUnicode
            | TypeDescriptor::VarLenAscii
            | TypeDescriptor::FixedAscii(_)
            | TypeDescriptor::FixedUnicode(_),
        ) => "text".to_owned(),
        Ok(other) => other.to_string(),
        Err(_) => "an unknown type".to_owned(),
    };
    match attribute.size() {
        1 => kind,
        n => format!("{n} values ({kind})"),
    }
}
