//! What can be wrong with a file that is read, and what can fail when one is written.

use std::path::{Path, PathBuf};

/// Everything the readers and writers of this crate refuse, with the file, what was found and what was expected.
///
/// # Units
/// As said in each message; indices count from 0.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// Nothing is at the path.
    #[error("{}: no such file", path.display())]
    Missing {
        /// The file asked for.
        path: PathBuf,
    },
    /// The operating system refuses to give the file.
    #[error("{}: cannot be read: {source}", path.display())]
    Unreadable {
        /// The file asked for.
        path: PathBuf,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// The folder or file cannot be written.
    #[error("{}: cannot be written: {source}; choose another place with -o", path.display())]
    Unwritable {
        /// The file that was to be written.
        path: PathBuf,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// The first bytes are not those of an HDF5 file.
    #[error(
        "{}: not an HDF5 file (its first bytes are {found}); \
         `fwi import` reads MATLAB, npy and the HDF5 of others", path.display()
    )]
    NotHdf5 {
        /// The file.
        path: PathBuf,
        /// The first bytes, printable ones as text.
        found: String,
    },
    /// The file ends before its own header says.
    #[error(
        "{}: truncated: {found} bytes, but its header says {expected}; copy or write it again", path.display()
    )]
    Truncated {
        /// The file.
        path: PathBuf,
        /// Bytes in the file.
        found: u64,
        /// Bytes the header promises.
        expected: u64,
    },
    /// The HDF5 library fails on the file.
    #[error("{}: HDF5 cannot {doing}: {source}", path.display())]
    Hdf5 {
        /// The file.
        path: PathBuf,
        /// What was being done.
        doing: String,
        /// What the library says.
        source: hdf5::Error,
    },
    /// HDF5, but of another kind than the one asked for.
    #[error(
        "{}: attribute `format` is {}, expected \"{expected}\"{}", path.display(),
        found.as_ref().map_or("absent".to_owned(), |f| format!("\"{f}\"")),
        if found.is_some() { "" } else { "; a file of another program? `fwi import` converts it" }
    )]
    Format {
        /// The file.
        path: PathBuf,
        /// The attribute, when there is one.
        found: Option<String>,
        /// The format wanted here.
        expected: &'static str,
    },
    /// Our format, in a version this program does not read.
    #[error("{}: {format} version {found}, this program reads version {expected}", path.display())]
    Version {
        /// The file.
        path: PathBuf,
        /// Which format.
        format: &'static str,
        /// Version in the file.
        found: u32,
        /// Version that is read.
        expected: u32,
    },
    /// Receiver data of the other domain.
    #[error("{}: holds {found}, expected {expected}; is `physics` of the scenario the one of these data?", path.display())]
    Domain {
        /// The file.
        path: PathBuf,
        /// What it holds.
        found: &'static str,
        /// What was asked for.
        expected: &'static str,
    },
    /// A dataset, variable or attribute is not there.
    #[error("{}: no {what}; {}", path.display(), Present(present))]
    Absent {
        /// The file.
        path: PathBuf,
        /// What was looked for.
        what: String,
        /// What is there instead.
        present: Vec<String>,
    },
    /// An array has another shape than its neighbours imply.
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
        /// The shape expected, in words or numbers.
        expected: String,
    },
    /// An array holds another type of number.
    #[error("{}: {dataset} holds {found}, expected {expected}", path.display())]
    Type {
        /// The file.
        path: PathBuf,
        /// The array.
        dataset: String,
        /// The type in the file.
        found: String,
        /// The types that are read.
        expected: &'static str,
    },
    /// NaN or infinity where a number is needed.
    #[error("{}: {dataset} is {value} at {index}", path.display())]
    NotFinite {
        /// The file, or the array's name when it comes from no file.
        path: PathBuf,
        /// The array.
        dataset: String,
        /// The value.
        value: String,
        /// Where, axis by axis.
        index: String,
    },
    /// A number outside the range that makes sense.
    #[error("{}: {what} is {} {unit}, expected {expected}; {advice}", path.display(), crate::ticks::six_digits(*found))]
    Range {
        /// The file, or the array's name when it comes from no file.
        path: PathBuf,
        /// Which quantity.
        what: String,
        /// What was found.
        found: f64,
        /// Its unit.
        unit: &'static str,
        /// The range.
        expected: String,
        /// What to do.
        advice: String,
    },
    /// A unit attribute says something else.
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
    /// Something an import needs and the file does not say.
    #[error("{}: the file does not say {what}; give {option}", path.display())]
    Unsaid {
        /// The file.
        path: PathBuf,
        /// What is missing.
        what: &'static str,
        /// The option that says it.
        option: &'static str,
    },
    /// A file whose bytes do not follow its own format.
    #[error("{}: malformed {format} file at byte {offset}: {problem}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Which format.
        format: &'static str,
        /// Where in the file.
        offset: u64,
        /// What is wrong.
        problem: String,
    },
    /// A MATLAB file of version 7.3, which is HDF5 inside.
    #[error(
        "{}: a MATLAB v7.3 file, which is HDF5 inside: save it with `save(..., '-v7')`", path.display()
    )]
    MatlabV73 {
        /// The file.
        path: PathBuf,
    },
    /// A file whose contents do not fit into the memory that there is.
    #[error("{}: {shortage}", path.display())]
    Memory {
        /// The file.
        path: PathBuf,
        /// What needs how much, and how much there is.
        shortage: crate::memory::Shortage,
    },
    /// No reader or writer of that name, or for that file name.
    #[error("{what} \"{found}\" is not known; known are {}", known.join(", "))]
    UnknownFormat {
        /// What was being chosen.
        what: &'static str,
        /// What was asked for.
        found: String,
        /// What there is.
        known: Vec<&'static str>,
    },
    /// A text file of a run directory that cannot be understood.
    #[error("{}: {problem}", path.display())]
    Text {
        /// The file.
        path: PathBuf,
        /// What is wrong, with the line when known.
        problem: String,
    },
    /// A file that is no field stored as a network.
    #[error("{}: not a network of `fwi fit` ({reason})", path.display())]
    NotANetwork {
        /// The file.
        path: PathBuf,
        /// What the reader found.
        reason: String,
    },
    /// A folder without any results.
    #[error("{}: not a run directory (no {missing}); `fwi run SCENARIO -o DIR` makes one", path.display())]
    NotARun {
        /// The folder.
        path: PathBuf,
        /// The file that was looked for.
        missing: &'static str,
    },
}

/// Lists what a file holds instead of the thing looked for.
struct Present<'a>(&'a [String]);

impl std::fmt::Display for Present<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0.is_empty() {
            write!(f, "the file holds none")
        } else {
            write!(f, "the file holds {}", self.0.join(", "))
        }
    }
}

impl DataError {
    /// Wraps a failure to read `path`, telling a missing file from an unreadable one.
    pub(crate) fn reading(path: &Path, source: std::io::Error) -> DataError {
        let path = path.to_owned();
        match source.kind() {
            std::io::ErrorKind::NotFound => DataError::Missing { path },
            _ => DataError::Unreadable { path, source },
        }
    }

    /// Wraps a failure to write `path`.
    pub(crate) fn writing(path: &Path, source: std::io::Error) -> DataError {
        DataError::Unwritable { path: path.to_owned(), source }
    }
}
