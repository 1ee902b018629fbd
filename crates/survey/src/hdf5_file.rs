//! HDF5 files, with errors that name the file and the dataset.

use std::io::Read;
use std::path::{Path, PathBuf};

use hdf5::types::{TypeDescriptor, VarLenUnicode};
use hdf5::{Dataset, H5Type, Location};
use num_complex::Complex64;

use crate::atomic;
use crate::data_error::DataError;

const SIGNATURE: [u8; 8] = *b"\x89HDF\r\n\x1a\n";

/// An HDF5 file open for reading.
#[derive(Debug)]
pub struct Hdf5Reader {
    /// Where it is.
    pub path: PathBuf,
    /// The open file.
    pub file: hdf5::File,
}

impl Hdf5Reader {
    /// Opens any HDF5 file.
    pub fn open(path: &Path) -> Result<Hdf5Reader, DataError> {
        let first = head(path)?;
        if !first.starts_with(&SIGNATURE) {
            let found = format!("\"{}\"", first[..first.len().min(8)].escape_ascii());
            return Err(DataError::NotHdf5 { path: path.to_owned(), found });
        }
        let found = std::fs::metadata(path).map_err(|e| DataError::reading(path, e))?.len();
        match promised_length(&first) {
            Some(expected) if found < expected => {
                return Err(DataError::Truncated { path: path.to_owned(), found, expected });
            }
            _ => {}
        }
        let file = unlocked(path).map_err(failing(path, "open the file"))?;
        Ok(Hdf5Reader { path: path.to_owned(), file })
    }

    /// Opens a file of fwi and checks its format.
    pub fn open_format(path: &Path, format: &'static str, version: u32) -> Result<Hdf5Reader, DataError> {
        let reader = Hdf5Reader::open(path)?;
        let found = reader.format();
        if found.as_deref() != Some(format) {
            return Err(DataError::Format { path: path.to_owned(), found, expected: format });
        }
        let found = reader.file.attr("version").and_then(|a| a.read_scalar::<u32>()).unwrap_or(0);
        if found != version {
            return Err(DataError::Version { path: path.to_owned(), format, found, expected: version });
        }
        Ok(reader)
    }

    /// The root attribute `format`, if there is one.
    pub fn format(&self) -> Option<String> {
        read_text(&self.file, "format")
    }

    /// Opens a dataset, or lists the existing ones.
    pub fn dataset(&self, name: &str) -> Result<Dataset, DataError> {
        self.file.dataset(name).map_err(|_| DataError::Absent {
            path: self.path.clone(),
            what: format!("dataset {name}"),
            present: dataset_names(&self.file),
        })
    }

    /// Reads a dataset of real numbers of any float or integer type, checked for NaN, with its shape.
    pub fn reals(&self, name: &str, axes: &[&str]) -> Result<(Vec<f64>, Vec<usize>), DataError> {
        let dataset = self.dataset(name)?;
        let type_ = self.type_of(&dataset, name)?;
        if !matches!(
            type_,
            TypeDescriptor::Float(_) | TypeDescriptor::Integer(_) | TypeDescriptor::Unsigned(_)
        ) {
            return Err(self.wrong_type(name, &type_, "real numbers"));
        }
        let values: Vec<f64> = self.read_all(&dataset, name)?;
        self.check_finite(name, axes, &dataset.shape(), values.iter().map(|v| (v.is_finite(), *v)))?;
        Ok((values, dataset.shape()))
    }

    /// Reads a dataset of complex numbers, compound {r, i}, checked for NaN, with its shape.
    pub(crate) fn complexes(
        &self,
        name: &str,
        axes: &[&str],
    ) -> Result<(Vec<Complex64>, Vec<usize>), DataError> {
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
        let values: Vec<Complex64> = self.read_all(&dataset, name)?;
        let each = values
            .iter()
            .map(|v| (v.re.is_finite() && v.im.is_finite(), if v.re.is_finite() { v.im } else { v.re }));
        self.check_finite(name, axes, &dataset.shape(), each)?;
        Ok((values, dataset.shape()))
    }

    /// Checks the `units` attribute of a dataset if it has one.
    pub(crate) fn expect_units(&self, name: &str, expected: &'static str) -> Result<(), DataError> {
        match read_text(&*self.dataset(name)?, "units") {
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

    fn type_of(&self, dataset: &Dataset, name: &str) -> Result<TypeDescriptor, DataError> {
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

    fn read_all<T: H5Type>(&self, dataset: &Dataset, name: &str) -> Result<Vec<T>, DataError> {
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
                return Err(DataError::NotFinite {
                    path: self.path.clone(),
                    dataset: name.to_owned(),
                    value: value.to_string(),
                    index: index_in_words(flat, shape, axes),
                });
            }
        }
        Ok(())
    }
}

/// An HDF5 file being written. Errors report the final name of the file.
#[derive(Debug)]
pub struct Hdf5Writer {
    /// The final path of the file.
    pub path: PathBuf,
    /// The file, under its temporary name.
    pub file: hdf5::File,
}

impl Hdf5Writer {
    /// Writes a file of fwi: `fill` receives it with `format` and `version` set; it appears completely or not at all.
    pub fn create(
        path: &Path,
        format: &'static str,
        version: u32,
        fill: impl FnOnce(&Hdf5Writer) -> Result<(), DataError>,
    ) -> Result<(), DataError> {
        atomic::write_with(path, |temporary| {
            let file = hdf5::File::create(temporary).map_err(unwritten(path, "create the file"))?;
            let writer = Hdf5Writer { path: path.to_owned(), file };
            writer.text(&writer.file, "format", format)?;
            writer.scalar(&writer.file, "version", &version)?;
            fill(&writer)?;
            writer.file.close().map_err(unwritten(path, "close the file"))
        })
    }

    /// Writes a dataset, compressed if `chunk` is given; groups in its name are created.
    pub fn array<T: H5Type>(
        &self,
        name: &str,
        shape: &[usize],
        chunk: Option<&[usize]>,
        values: &[T],
    ) -> Result<Dataset, DataError> {
        let empty = self.file.new_dataset::<T>().shape(shape);
        let builder = match chunk {
            Some(chunk) => empty.chunk(chunk).shuffle().deflate(4),
            None => empty,
        };
        let dataset = builder.create(name).map_err(unwritten(&self.path, &format!("create {name}")))?;
        dataset.write_raw(values).map_err(unwritten(&self.path, &format!("write {name}")))?;
        Ok(dataset)
    }

    /// Creates a compressed dataset to be filled chunk by chunk.
    pub fn empty<T: H5Type>(
        &self,
        name: &str,
        shape: &[usize],
        chunk: &[usize],
    ) -> Result<Dataset, DataError> {
        let builder = self.file.new_dataset::<T>().shape(shape).chunk(chunk).shuffle().deflate(4);
        builder.create(name).map_err(unwritten(&self.path, &format!("create {name}")))
    }

    /// Creates a group.
    pub fn group(&self, name: &str) -> Result<(), DataError> {
        self.file
            .create_group(name)
            .map(|_| ())
            .map_err(unwritten(&self.path, &format!("create group {name}")))
    }

    /// Writes a text attribute.
    pub fn text(&self, to: &Location, name: &str, value: &str) -> Result<(), DataError> {
        // A NUL would end the text early in every reader.
        let clean = value.replace('\0', " ");
        let text: VarLenUnicode = clean.parse().expect("text without NUL fits a variable-length string");
        self.scalar(to, name, &text)
    }

    /// Writes a number as an attribute.
    pub fn scalar<T: H5Type>(&self, to: &Location, name: &str, value: &T) -> Result<(), DataError> {
        let attribute = to.new_attr::<T>().create(name).and_then(|a| a.write_scalar(value));
        attribute.map_err(unwritten(&self.path, &format!("write attribute {name}")))
    }

    /// Turns an error of the library into ours.
    pub fn failing(&self, doing: &str) -> impl FnOnce(hdf5::Error) -> DataError {
        unwritten(&self.path, doing)
    }
}

/// Turns an error of the library on writing into ours.
fn unwritten(path: &Path, doing: &str) -> impl FnOnce(hdf5::Error) -> DataError {
    let (path, doing) = (path.to_owned(), doing.to_owned());
    move |source| DataError::Unwritten { path, doing, source }
}

/// Turns an error of the library into ours.
pub fn failing(path: &Path, doing: &str) -> impl FnOnce(hdf5::Error) -> DataError {
    let (path, doing) = (path.to_owned(), doing.to_owned());
    move |source| DataError::Hdf5 { path, doing, source }
}

/// Reads a text attribute of any of the string types that other programs write.
pub(crate) fn read_text(of: &Location, name: &str) -> Option<String> {
    use hdf5::types::{FixedAscii, FixedUnicode, VarLenAscii};
    let attribute = of.attr(name).ok()?;
    match attribute.dtype().ok()?.to_descriptor().ok()? {
        TypeDescriptor::VarLenUnicode => attribute.read_scalar::<VarLenUnicode>().ok().map(|t| t.to_string()),
        TypeDescriptor::VarLenAscii => attribute.read_scalar::<VarLenAscii>().ok().map(|t| t.to_string()),
        TypeDescriptor::FixedAscii(_) => {
            attribute.read_scalar::<FixedAscii<256>>().ok().map(|t| t.to_string())
        }
        TypeDescriptor::FixedUnicode(_) => {
            attribute.read_scalar::<FixedUnicode<256>>().ok().map(|t| t.to_string())
        }
        _ => None,
    }
}

/// Full names of all datasets in a file, sorted.
pub fn dataset_names(file: &hdf5::Group) -> Vec<String> {
    let mut names = Vec::new();
    let mut groups = vec![file.clone()];
    while let Some(group) = groups.pop() {
        names.extend(group.datasets().unwrap_or_default().iter().map(|d| d.name()));
        groups.extend(group.groups().unwrap_or_default());
    }
    names.sort();
    names
}

/// "frequency 0, shot 2, receiver 17" for a position in a row-major array.
pub(crate) fn index_in_words(mut flat: usize, shape: &[usize], axes: &[&str]) -> String {
    let mut parts = Vec::new();
    for (axis, n) in shape.iter().enumerate().rev() {
        let name = axes.get(axis).copied().unwrap_or("axis");
        parts.push(format!("{name} {}", flat % n));
        flat /= n;
    }
    parts.reverse();
    parts.join(", ")
}

/// Opens a file. If it is locked, waits up to a second, because a process that a writer starts inherits its lock for
/// an instant.
fn unlocked(path: &Path) -> hdf5::Result<hdf5::File> {
    const TRIES: usize = 50;
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

/// The first bytes of a file.
fn head(path: &Path) -> Result<Vec<u8>, DataError> {
    let mut first = Vec::new();
    let file = std::fs::File::open(path).map_err(|e| DataError::reading(path, e))?;
    file.take(64).read_to_end(&mut first).map_err(|e| DataError::reading(path, e))?;
    Ok(first)
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
