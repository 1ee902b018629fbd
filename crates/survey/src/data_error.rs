//! Errors of files that are read or written.

use std::path::{Path, PathBuf};

use document::{Message, Problem, Subject};
use gridfiles::{Fault, GridFileError};

use crate::import::ImplausibleInterval;
use crate::import::segy::SegyImportError;

/// The errors of the readers and writers of this crate, with the file, the found value and the expected one.
///
/// # Units
/// As stated in each message; indices count from 0.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// There is no file at the path.
    #[error("{}: no such file", path.display())]
    Missing {
        /// The requested file.
        path: PathBuf,
    },
    /// The path is not a regular file.
    #[error("{}: is {found}, expected a file", path.display())]
    NotRegular {
        /// The path.
        path: PathBuf,
        /// The kind of the path, in words.
        found: &'static str,
    },
    /// The operating system cannot read the file.
    #[error("{}: cannot be read: {source}", path.display())]
    Unreadable {
        /// The requested file.
        path: PathBuf,
        /// The message of the operating system.
        source: std::io::Error,
    },
    /// The folder or file cannot be written.
    #[error("{}: cannot be written: {source}", path.display())]
    Unwritable {
        /// The file to be written.
        path: PathBuf,
        /// The message of the operating system.
        source: std::io::Error,
    },
    /// The first bytes are not those of an HDF5 file.
    #[error(
        "{}: not an HDF5 file (its first bytes are {found}); \
         `fwi import` reads files of other programs", path.display()
    )]
    NotHdf5 {
        /// The file.
        path: PathBuf,
        /// The first bytes, printable ones as text.
        found: String,
    },
    /// The file is shorter than its header announces.
    #[error(
        "{}: truncated: {found} bytes, but its header announces {expected}; copy or write it again", path.display()
    )]
    Truncated {
        /// The file.
        path: PathBuf,
        /// Bytes in the file.
        found: u64,
        /// Bytes announced by the header.
        expected: u64,
    },
    /// An attribute of an HDF5 file has an unexpected type or value.
    #[error("{}: attribute {attribute} is {found}, expected {expected}", path.display())]
    Attribute {
        /// The file.
        path: PathBuf,
        /// The attribute and its object.
        attribute: String,
        /// Its contents.
        found: String,
        /// The expected contents.
        expected: std::borrow::Cow<'static, str>,
    },
    /// A dataset is stored in other files.
    #[error(
        "{}: {dataset} is stored in another file (an external or virtual dataset), which fwi does not read; copy it into one file \
         with `h5repack` or h5py", path.display()
    )]
    Elsewhere {
        /// The file.
        path: PathBuf,
        /// The dataset.
        dataset: String,
    },
    /// A dataset is compressed with a filter that is not available.
    #[error(
        "{}: {dataset} is compressed with the filter {filter}, which is not available in fwi; write it again with gzip, for \
         example `h5repack -f GZIP=4 IN OUT`", path.display()
    )]
    Filter {
        /// The file.
        path: PathBuf,
        /// The dataset.
        dataset: String,
        /// The filter.
        filter: String,
    },
    /// Another program has the file open for writing.
    #[error(
        "{}: another program has the file open for writing (HDF5 file lock); close it there, or set \
         HDF5_USE_FILE_LOCKING=FALSE where the file system has no locks", path.display()
    )]
    Locked {
        /// The file.
        path: PathBuf,
    },
    /// The HDF5 library does not finish reading the file.
    #[error("{}: {}", path.display(), endless(*seconds))]
    Endless {
        /// The file.
        path: PathBuf,
        /// Processor time after which reading was abandoned, s; 0 if that happened with an earlier file.
        seconds: u64,
    },
    /// The HDF5 library failed on the file.
    #[error("{}: HDF5 cannot {doing}: {source}", path.display())]
    Hdf5 {
        /// The file.
        path: PathBuf,
        /// The operation that failed.
        doing: String,
        /// The message of the library.
        source: hdf5::Error,
    },
    /// The HDF5 library cannot write the file.
    #[error("{}: cannot be written: HDF5 cannot {doing}: {source}", path.display())]
    Unwritten {
        /// The file.
        path: PathBuf,
        /// The operation that failed.
        doing: String,
        /// What the library says.
        source: hdf5::Error,
    },
    /// HDF5, but of another kind than the one asked for.
    #[error(
        "{}: attribute `format` is {}, expected \"{expected}\"{}", path.display(),
        found.as_ref().map_or("absent".to_owned(), |f| format!("\"{f}\"")),
        if found.is_some() { "" } else { "; if it comes from another program, convert it with `fwi import`" }
    )]
    Format {
        /// The file.
        path: PathBuf,
        /// The attribute, if there is one.
        found: Option<String>,
        /// The expected format.
        expected: &'static str,
    },
    /// Our format, but a version that this program does not read.
    #[error("{}: {format} version {found}, but this program reads version {expected}", path.display())]
    Version {
        /// The file.
        path: PathBuf,
        /// Which format.
        format: &'static str,
        /// Version in the file, or `absent`.
        found: String,
        /// The version that this program reads.
        expected: u32,
    },
    /// Receiver data of the other domain.
    #[error("{}: contains {found}, expected {expected}; check that `physics` of the scenario matches the data", path.display())]
    Domain {
        /// The file.
        path: PathBuf,
        /// The domain of the file.
        found: &'static str,
        /// The requested domain.
        expected: &'static str,
    },
    /// A dataset, variable or attribute is missing.
    #[error("{}: no {what}; {}", path.display(), Present(present))]
    Absent {
        /// The file.
        path: PathBuf,
        /// The missing item.
        what: String,
        /// What the file contains instead.
        present: Vec<String>,
    },
    /// An array has a shape that does not match the other arrays.
    #[error("{}: {dataset} has shape {found:?}, expected {axes} = {expected}", path.display())]
    Shape {
        /// The file.
        path: PathBuf,
        /// The array.
        dataset: String,
        /// Its axes by name.
        axes: &'static str,
        /// The shape in the file.
        found: Vec<usize>,
        /// The expected shape, in words or numbers.
        expected: String,
    },
    /// An array contains another type of number.
    #[error("{}: {dataset} contains {found}, expected {expected}", path.display())]
    Type {
        /// The file.
        path: PathBuf,
        /// The array.
        dataset: String,
        /// The types that can be read.
        found: String,
        /// The types that are read.
        expected: &'static str,
    },
    /// NaN or infinity where a number is needed.
    #[error("{}: {dataset} is {value} at {index}", path.display())]
    NotFinite {
        /// The file, or the name of an array that does not come from a file.
        path: PathBuf,
        /// The array.
        dataset: String,
        /// The value.
        value: String,
        /// The position, axis by axis.
        index: String,
    },
    /// A number outside its valid range.
    #[error("{}: {what} is {} {unit}, expected {expected}; {advice}", path.display(), crate::ticks::six_digits(*found))]
    Range {
        /// The file, or the name of an array that does not come from a file.
        path: PathBuf,
        /// Which quantity.
        what: String,
        /// The value found.
        found: f64,
        /// Its unit.
        unit: &'static str,
        /// The range.
        expected: String,
        /// What to do.
        advice: String,
    },
    /// A time between samples that is probably in another unit.
    #[error(transparent)]
    Interval(ImplausibleInterval),
    /// The unit attribute differs from the expected unit.
    #[error("{}: {dataset} has units \"{found}\", expected \"{expected}\"; convert it with `fwi import`", path.display())]
    Units {
        /// The file.
        path: PathBuf,
        /// The array.
        dataset: String,
        /// The attribute in the file.
        found: String,
        /// The attribute expected.
        expected: &'static str,
    },
    /// Two statements contradict each other.
    #[error("{}: {what}: the file has {found}, but {other}", path.display())]
    Contradiction {
        /// The file.
        path: PathBuf,
        /// The subject of the statements.
        what: String,
        /// The statement of the file.
        found: String,
        /// The other statement: of another part of the file, or of an option.
        other: String,
    },
    /// An import needs information that the file does not contain.
    #[error("{}: the file does not contain {what}; give {option}", path.display())]
    Unsaid {
        /// The file.
        path: PathBuf,
        /// The missing item.
        what: &'static str,
        /// The option that provides it.
        option: &'static str,
    },
    /// A statement of a file that can be read in several ways.
    #[error("{}: {what}; give {option}", path.display())]
    Ambiguous {
        /// The file.
        path: PathBuf,
        /// The statement, and what it can mean.
        what: String,
        /// The option that decides.
        option: &'static str,
    },
    /// The option `--unit` has a unit of another quantity.
    #[error(
        "{}: `--unit {given}` is no unit of {quantity}, which is in {unit}; expected {}", path.display(),
        if known.is_empty() { "no unit: convert the numbers".to_owned() } else { known.join(", ") }
    )]
    UnitOption {
        /// The file.
        path: PathBuf,
        /// The unit of the option.
        given: &'static str,
        /// The parameter, in words.
        quantity: String,
        /// Its unit in fwi.
        unit: String,
        /// The units that the option may have for it.
        known: Vec<&'static str>,
    },
    /// A SEG-Y or SU file that cannot be imported.
    #[error(transparent)]
    Segy(SegyImportError),
    /// A file of another program that cannot be read or written as its format demands.
    #[error(transparent)]
    GridFile(GridFileError),
    /// An option that says nothing about files of this format.
    #[error("{}: `{option}` is not for {format} files; leave it out, or name the format with `--from`", path.display())]
    NotFor {
        /// The file.
        path: PathBuf,
        /// The option.
        option: &'static str,
        /// The format as which the file is read.
        format: &'static str,
    },
    /// Traces do not fit the headers of a SEG-Y or SU file.
    #[error("{}: {source}", path.display())]
    SegyWrite {
        /// The file to be written.
        path: PathBuf,
        /// Why.
        source: segy::WriteError,
    },
    /// A file that violates its own format.
    #[error("{}: malformed {format} file at byte {offset}: {problem}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Which format.
        format: &'static str,
        /// The position in the file.
        offset: u64,
        /// What is wrong.
        problem: String,
    },
    /// The contents of a file do not fit into the available memory.
    #[error("{}: {shortage}", path.display())]
    Memory {
        /// The file.
        path: PathBuf,
        /// The required and the available memory.
        shortage: crate::memory::Shortage,
    },
    /// There is no reader or writer with this name, or for this file name.
    #[error("unknown {what} \"{found}\"; known: {}", known.join(", "))]
    UnknownFormat {
        /// The kind of thing that was being chosen.
        what: &'static str,
        /// The requested name.
        found: String,
        /// The available names.
        known: Vec<&'static str>,
    },
    /// A text file of a run directory that cannot be read.
    #[error("{}: {problem}", path.display())]
    Text {
        /// The file.
        path: PathBuf,
        /// The problem, with its line if that is known.
        problem: String,
    },
    /// A file that is not a field stored as a network.
    #[error("{}: not a network written by `fwi fit` ({reason})", path.display())]
    NotANetwork {
        /// The file.
        path: PathBuf,
        /// What the reader found.
        reason: String,
    },
    /// A folder without any results.
    #[error("{}: not a run directory (it contains no {missing}); `fwi run SCENARIO -o DIR` creates one", path.display())]
    NotARun {
        /// The folder.
        path: PathBuf,
        /// The file that was looked for.
        missing: &'static str,
    },
}

fn endless(seconds: u64) -> String {
    match seconds {
        0 => "not read, because the HDF5 library did not finish reading an earlier, damaged file".to_owned(),
        _ => format!(
            "the HDF5 library did not finish reading the file in {seconds} s; the file is damaged: copy or write it again"
        ),
    }
}

/// Most names in a list.
const LISTED: usize = 20;

/// Lists the contents of a file that lacks something.
struct Present<'a>(&'a [String]);

impl std::fmt::Display for Present<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0.is_empty() {
            write!(f, "the file contains none")
        } else {
            write!(f, "the file contains {}", self.0[..self.0.len().min(LISTED)].join(", "))?;
            match self.0.len().saturating_sub(LISTED) {
                0 => Ok(()),
                more => write!(f, " and {more} more"),
            }
        }
    }
}

impl Problem for DataError {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{}: {self}", subject.key))
    }
}

impl DataError {
    /// Wraps a failure to read `path`, distinguishing a missing file from an unreadable one.
    pub fn reading(path: &Path, source: std::io::Error) -> DataError {
        let path = path.to_owned();
        match source.kind() {
            std::io::ErrorKind::NotFound => DataError::Missing { path },
            _ => DataError::Unreadable { path, source },
        }
    }

    /// Wraps an error of a file of another program. An error of a second file, which the first names, keeps the path of that.
    pub fn of_grid_file(path: &Path, error: GridFileError) -> DataError {
        match error.fault {
            Fault::Open(source) | Fault::Read(source) => DataError::reading(&error.at.path, source),
            Fault::Write(source) => DataError::writing(path, source),
            fault => DataError::GridFile(GridFileError { at: error.at, fault }),
        }
    }

    /// Whether it is about a file that could not be written.
    #[must_use]
    pub fn is_output(&self) -> bool {
        matches!(self, DataError::Unwritable { .. } | DataError::Unwritten { .. })
    }

    /// Wraps a failure to write `path`.
    pub fn writing(path: &Path, source: std::io::Error) -> DataError {
        // A temporary file adds a name that nobody has given.
        let source = match source.to_string().split_once(" at path \"") {
            Some((words, _)) => std::io::Error::new(source.kind(), words),
            None => source,
        };
        DataError::Unwritable { path: path.to_owned(), source }
    }
}
