//! Writing HDF5 files: a file appears completely or not at all, and errors give its final name.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

use hdf5::types::{FixedAscii, VarLenUnicode};
use hdf5::{Dataset, H5Type, Location};

use super::time_limit;
use crate::atomic;
use crate::data_error::DataError;

/// An HDF5 file being written. Errors report the final name of the file.
#[derive(Debug)]
pub struct Hdf5Writer {
    /// Its final path.
    pub path: PathBuf,
    /// Its handle.
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
        time_limit::check(path)?;
        atomic::write_with(path, |temporary| {
            let file = unbuffered().create(temporary).map_err(unwritten(path, "create the file"))?;
            let writer = Hdf5Writer { path: path.to_owned(), file };
            writer.format(format)?;
            writer.scalar(&writer.file, "version", &version)?;
            fill(&writer)?;
            writer.file.close().map_err(unwritten(path, "close the file"))
        })
    }

    /// Writes an HDF5 file of another program, which begins after `header`; it appears completely or not at all. The header has 512
    /// bytes or a power of two above.
    pub fn create_after(
        path: &Path,
        header: &[u8],
        fill: impl FnOnce(&Hdf5Writer) -> Result<(), DataError>,
    ) -> Result<(), DataError> {
        time_limit::check(path)?;
        atomic::write_with(path, |temporary| {
            let mut builder = unbuffered();
            builder.with_fcpl(|creation| creation.userblock(header.len() as u64));
            let file = builder.create(temporary).map_err(unwritten(path, "create the file"))?;
            let writer = Hdf5Writer { path: path.to_owned(), file };
            fill(&writer)?;
            writer.file.close().map_err(unwritten(path, "close the file"))?;
            // The library leaves the bytes before its own to others.
            let written =
                OpenOptions::new().write(true).open(temporary).and_then(|mut file| file.write_all(header));
            written.map_err(|error| DataError::writing(path, error))
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

    /// Creates a dataset to be filled part by part, compressed if `chunk` is given.
    pub fn empty<T: H5Type>(
        &self,
        name: &str,
        shape: &[usize],
        chunk: Option<&[usize]>,
    ) -> Result<Dataset, DataError> {
        let empty = self.file.new_dataset::<T>().shape(shape);
        let builder = match chunk {
            Some(chunk) => empty.chunk(chunk).shuffle().deflate(4),
            None => empty,
        };
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

    /// Writes the format as fixed-length text, which is stored next to its name: it stays readable if the file is damaged
    /// elsewhere.
    fn format(&self, format: &str) -> Result<(), DataError> {
        let text = FixedAscii::<16>::from_ascii(format).expect("formats are short and ASCII");
        self.scalar(&self.file, "format", &text)
    }

    /// Writes a number as an attribute.
    pub fn scalar<T: H5Type>(&self, to: &Location, name: &str, value: &T) -> Result<(), DataError> {
        let attribute = to.new_attr::<T>().create(name).and_then(|a| a.write_scalar(value));
        attribute.map_err(unwritten(&self.path, &format!("write attribute {name}")))
    }

    /// Writes several numbers as an attribute.
    pub fn numbers(&self, to: &Location, name: &str, values: &[f64]) -> Result<(), DataError> {
        let written = to.new_attr_builder().with_data(values).create(name);
        written.map(|_| ()).map_err(unwritten(&self.path, &format!("write attribute {name}")))
    }

    /// Turns an error of the library into ours.
    pub fn failing(&self, doing: &str) -> impl FnOnce(hdf5::Error) -> DataError {
        unwritten(&self.path, doing)
    }
}

/// Creates files whose arrays are not buffered by the library. It writes what it has buffered when a dataset is closed, and
/// does not report that the disk is full then: zeros would be left in a file that looks complete.
fn unbuffered() -> hdf5::FileBuilder {
    let mut builder = hdf5::File::with_options();
    builder.with_fapl(|access| access.chunk_cache(1, 0, 1.0).sieve_buf_size(0));
    builder
}

/// Turns an error of the library on writing into ours.
fn unwritten(path: &Path, doing: &str) -> impl FnOnce(hdf5::Error) -> DataError {
    let (path, doing) = (path.to_owned(), doing.to_owned());
    move |source| match cause(&source.to_string()) {
        Some(system) => DataError::writing(&path, system),
        None => DataError::Unwritten { path, doing, source },
    }
}

/// The error of the operating system in a message of the library, which has it as `errno = 28`.
fn cause(message: &str) -> Option<std::io::Error> {
    let (_, rest) = message.split_once("errno = ")?;
    let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok().filter(|number| *number > 0).map(std::io::Error::from_raw_os_error)
}
