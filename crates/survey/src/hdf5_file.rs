//! HDF5 files, with errors that name the file and the dataset.

mod attributes;
pub mod axes;
mod objects;
mod packing;
pub mod time_limit;
mod writer;

use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use hdf5::types::TypeDescriptor;
use hdf5::{Dataset, H5Type};
use num_complex::Complex64;

use crate::data_error::DataError;
use crate::{input_file, memory};
pub use packing::Packing;
pub use writer::Hdf5Writer;

const SIGNATURE: [u8; 8] = *b"\x89HDF\r\n\x1a\n";

/// An HDF5 file open for reading.
#[derive(Debug)]
pub struct Hdf5Reader {
    /// Its path.
    pub path: PathBuf,
    /// Its handle.
    pub file: hdf5::File,
}

impl Hdf5Reader {
    /// Opens any HDF5 file and reads from it, with a time limit.
    pub fn with<T: Send + 'static>(
        path: &Path,
        read: impl FnOnce(&Hdf5Reader) -> Result<T, DataError> + Send + 'static,
    ) -> Result<T, DataError> {
        let owned = path.to_owned();
        time_limit::within(path, move || read(&Hdf5Reader::open(&owned)?))
    }

    /// Opens a file of fwi, checks its format and version, and reads from it, with a time limit.
    pub fn with_format<T: Send + 'static>(
        path: &Path,
        format: &'static str,
        version: u32,
        read: impl FnOnce(&Hdf5Reader) -> Result<T, DataError> + Send + 'static,
    ) -> Result<T, DataError> {
        Hdf5Reader::with(path, move |file| {
            let found = file.format()?;
            if found.as_deref() != Some(format) {
                return Err(DataError::Format { path: file.path.clone(), found, expected: format });
            }
            match file.whole(&file.file, "version")? {
                Some(found) if found == u64::from(version) => read(file),
                found => {
                    let found = found.map_or("absent".to_owned(), |v| v.to_string());
                    Err(DataError::Version { path: file.path.clone(), format, found, expected: version })
                }
            }
        })
    }

    fn open(path: &Path) -> Result<Hdf5Reader, DataError> {
        let size = input_file::metadata(path)?.len();
        let (first, base) = head(path)?;
        if first.starts_with(b"CDF") {
            let problem =
                "a netCDF-3 file, which fwi does not read; convert it with `nccopy -k nc4 IN OUT`".to_owned();
            return Err(DataError::Text { path: path.to_owned(), problem });
        }
        if !first.starts_with(&SIGNATURE) {
            let found = format!("\"{}\"", first[..first.len().min(8)].escape_ascii());
            return Err(DataError::NotHdf5 { path: path.to_owned(), found });
        }
        match promised_length(&first) {
            // Some writers do not count a user block.
            Some(expected) if size < expected.saturating_sub(base) => {
                return Err(DataError::Truncated { path: path.to_owned(), found: size, expected });
            }
            _ => {}
        }
        let file = unlocked(path).map_err(|error| {
            if error.to_string().contains("unable to lock file") {
                return DataError::Locked { path: path.to_owned() };
            }
            failing(path, "open the file")(error)
        })?;
        Ok(Hdf5Reader { path: path.to_owned(), file })
    }

    /// The root attribute `format`, if there is one.
    pub fn format(&self) -> Result<Option<String>, DataError> {
        self.text(&self.file, "format")
    }

    /// Reads a dataset of real numbers of any float or integer type, packed or not, checked for NaN, with its shape.
    pub fn reals(&self, name: &str, axes: &[&str]) -> Result<(Vec<f64>, Vec<usize>), DataError> {
        let (mut values, shape) = self.stored_reals(name)?;
        let packing = self.packing(&self.dataset(name)?, name)?;
        if !packing.is_plain() {
            for (flat, value) in values.iter_mut().enumerate() {
                let stored = *value;
                *value = packing.value(stored);
                if value.is_nan() && !stored.is_nan() {
                    let value =
                        format!("{stored}, which the attributes of the dataset call missing or invalid,");
                    return Err(self.not_finite(name, value, flat, &shape, axes));
                }
            }
        }
        self.check_finite(name, axes, &shape, values.iter().map(|v| (v.is_finite(), *v)))?;
        Ok((values, shape))
    }

    /// Reads the stored numbers of a dataset, without unpacking them, with its shape.
    pub fn stored_reals(&self, name: &str) -> Result<(Vec<f64>, Vec<usize>), DataError> {
        let dataset = self.dataset(name)?;
        let type_ = self.type_of(&dataset, name)?;
        if !is_real(&type_) {
            return Err(self.wrong_type(name, &type_, "real numbers"));
        }
        Ok((self.read_all(&dataset, name)?, dataset.shape()))
    }

    /// Reads a dataset of complex numbers, compound {r, i}, checked for NaN, with its shape.
    pub fn complexes(&self, name: &str, axes: &[&str]) -> Result<(Vec<Complex64>, Vec<usize>), DataError> {
        let dataset = self.dataset(name)?;
        let type_ = self.type_of(&dataset, name)?;
        let is_complex = matches!(&type_, TypeDescriptor::Compound(c)
            if c.fields.len() == 2 && c.fields[0].name == "r" && c.fields[1].name == "i");
        if !is_complex {
            return Err(self.wrong_type(
                name,
                &type_,
                "complex numbers, compound {r, i} as h5py writes them",
            ));
        }
        for packed in ["scale_factor", "add_offset"] {
            if self.has_attribute(&dataset, packed)? {
                let found = "on complex numbers".to_owned();
                return Err(self.wrong_attribute(&dataset, packed, found, "no packing of complex numbers"));
            }
        }
        let values: Vec<Complex64> = self.read_all(&dataset, name)?;
        let each = values
            .iter()
            .map(|v| (v.re.is_finite() && v.im.is_finite(), if v.re.is_finite() { v.im } else { v.re }));
        self.check_finite(name, axes, &dataset.shape(), each)?;
        Ok((values, dataset.shape()))
    }

    /// Checks the `axes` attribute of a dataset if it has one.
    pub fn expect_axes(&self, dataset: &Dataset, expected: &'static str) -> Result<(), DataError> {
        let names = |text: &str| {
            let text = text.replace(' ', "");
            ["(x,z)", "(x,y,z)", "(x)"].iter().fold(text, |text, of| text.replace(of, ""))
        };
        match self.text(dataset, "axes")? {
            Some(found) if names(&found) != names(expected) => {
                Err(self.wrong_attribute(dataset, "axes", format!("\"{found}\""), expected))
            }
            _ => Ok(()),
        }
    }

    /// Checks the `units` attribute of a dataset if it has one.
    pub fn expect_units(&self, name: &str, expected: &'static str) -> Result<(), DataError> {
        match self.text(&*self.dataset(name)?, "units")? {
            Some(found) if found != expected => {
                Err(DataError::Units { path: self.path.clone(), dataset: name.to_owned(), found, expected })
            }
            _ => Ok(()),
        }
    }

    /// The error of a dataset whose shape does not match the others.
    pub fn wrong_shape(
        &self,
        dataset: &str,
        axes: &'static str,
        found: Vec<usize>,
        expected: impl Into<String>,
    ) -> DataError {
        DataError::Shape {
            path: self.path.clone(),
            dataset: dataset.to_owned(),
            axes,
            found,
            expected: expected.into(),
        }
    }

    /// The type of the numbers of a dataset.
    pub fn type_of(&self, dataset: &Dataset, name: &str) -> Result<TypeDescriptor, DataError> {
        let descriptor = dataset.dtype().and_then(|t| t.to_descriptor());
        descriptor.map_err(failing(&self.path, &format!("read the type of {name}")))
    }

    fn wrong_type(&self, name: &str, found: &TypeDescriptor, expected: &'static str) -> DataError {
        DataError::Type {
            path: self.path.clone(),
            dataset: name.to_owned(),
            found: found.to_string(),
            expected,
        }
    }

    /// Reads all numbers of a dataset, after checking that they fit into memory.
    pub fn read_all<T: H5Type>(&self, dataset: &Dataset, name: &str) -> Result<Vec<T>, DataError> {
        let shape = dataset.shape();
        self.readable(dataset, name, &shape, size_of::<T>())?;
        time_limit::extend(memory::of_array(&shape, size_of::<T>()));
        dataset.read_raw().map_err(failing(&self.path, &format!("read {name}")))
    }

    fn check_finite(
        &self,
        name: &str,
        axes: &[&str],
        shape: &[usize],
        values: impl Iterator<Item = (bool, f64)>,
    ) -> Result<(), DataError> {
        for (flat, (finite, value)) in values.enumerate() {
            if !finite {
                return Err(self.not_finite(name, value.to_string(), flat, shape, axes));
            }
        }
        Ok(())
    }

    fn not_finite(
        &self,
        name: &str,
        value: String,
        flat: usize,
        shape: &[usize],
        axes: &[&str],
    ) -> DataError {
        let (path, dataset) = (self.path.clone(), name.to_owned());
        DataError::NotFinite { path, dataset, value, index: index_in_words(flat, shape, axes) }
    }
}

/// Whether a type is a real number.
pub fn is_real(type_: &TypeDescriptor) -> bool {
    matches!(type_, TypeDescriptor::Float(_) | TypeDescriptor::Integer(_) | TypeDescriptor::Unsigned(_))
}

/// Turns an error of the library into ours.
pub fn failing(path: &Path, doing: &str) -> impl FnOnce(hdf5::Error) -> DataError + use<> {
    let (path, doing) = (path.to_owned(), doing.to_owned());
    move |source| DataError::Hdf5 { path, doing, source }
}

/// "frequency 0, shot 2, receiver 17" for a position in a row-major array.
pub fn index_in_words(mut flat: usize, shape: &[usize], axes: &[&str]) -> String {
    let mut parts = Vec::new();
    for (axis, n) in shape.iter().enumerate().rev() {
        let name = axes.get(axis).copied().unwrap_or("axis");
        parts.push(format!("{name} {}", flat % n));
        flat /= n;
    }
    parts.reverse();
    parts.join(", ")
}

/// Opens a file. If it is locked, waits up to five seconds, because a process that a writer starts inherits its lock for
/// an instant.
fn unlocked(path: &Path) -> hdf5::Result<hdf5::File> {
    const TRIES: usize = 250;
    for _ in 0..TRIES {
        match hdf5::File::open(path) {
            Err(error) if error.to_string().contains("unable to lock file") => {
                std::thread::sleep(std::time::Duration::from_millis(20));
            }
            other => return other,
        }
    }
    hdf5::File::open(path)
}

/// The first bytes of a file from the HDF5 signature on, and their position; without a signature, the bytes at 0.
///
/// The signature is at 0 or behind a user block of 512, 1024, 2048 ... bytes. MATLAB writes such a block.
fn head(path: &Path) -> Result<(Vec<u8>, u64), DataError> {
    /// Larger user blocks are not searched.
    const LARGEST_BLOCK: u64 = 1 << 20;
    let unreadable = |e| DataError::reading(path, e);
    let mut file = input_file::open(path)?;
    let mut at = |position: u64| -> Result<Vec<u8>, DataError> {
        let mut first = Vec::new();
        file.seek(SeekFrom::Start(position)).map_err(unreadable)?;
        (&mut file).take(64).read_to_end(&mut first).map_err(unreadable)?;
        Ok(first)
    };
    let first = at(0)?;
    let mut position = 512;
    while !first.starts_with(&SIGNATURE) && position <= LARGEST_BLOCK {
        let later = at(position)?;
        if later.starts_with(&SIGNATURE) {
            return Ok((later, position));
        }
        position *= 2;
    }
    Ok((first, 0))
}

/// The end-of-file address in the superblock (HDF5 file format specification, II.A), if addresses have 8 bytes.
fn promised_length(first: &[u8]) -> Option<u64> {
    let (offsets, end_of_file) = match first.get(8)? {
        0 => (first.get(13)?, 40),
        1 => (first.get(13)?, 44),
        2 | 3 => (first.get(9)?, 28),
        _ => return None,
    };
    if *offsets != 8 {
        return None;
    }
    let bytes = first.get(end_of_file..end_of_file + 8)?;
    Some(u64::from_le_bytes(bytes.try_into().ok()?))
}

#[cfg(test)]
mod tests;
