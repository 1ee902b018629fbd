//! MATLAB files of version 5 and later: the list of variables, and the values of one variable.
//!
//! Values are read one variable at a time and only when they are needed, because a file of a megabyte can unpack to gigabytes.

mod header;
mod level5;
mod level73;

pub use header::Header;
pub use level73::CLASS;

use std::path::{Path, PathBuf};

use crate::data_error::DataError;
use crate::input_file;

/// One variable of plain numbers.
///
/// # Shapes
/// `real` and `imaginary` are column-major, as MATLAB has them: the first index is the fastest.
#[derive(Debug, Clone, PartialEq)]
pub struct Variable {
    /// Its header.
    pub header: Header,
    /// Real parts.
    pub real: Vec<f64>,
    /// Imaginary parts, if the numbers are complex.
    pub imaginary: Option<Vec<f64>>,
}

/// A file with its list of variables.
#[derive(Debug)]
pub struct MatlabFile {
    path: PathBuf,
    contents: Contents,
}

#[derive(Debug)]
enum Contents {
    Level5(level5::File),
    Level73(Vec<Header>),
}

impl MatlabFile {
    /// Opens a file and lists its variables.
    ///
    /// # Errors
    /// [`DataError::Malformed`] with the byte at which the file stops making sense, or those of HDF5.
    pub fn open(path: &Path) -> Result<MatlabFile, DataError> {
        let contents = if level73::is_one(path)? {
            Contents::Level73(level73::headers(path)?)
        } else {
            Contents::Level5(level5::File::open(path)?)
        };
        Ok(MatlabFile { path: path.to_owned(), contents })
    }

    /// The variables, in the order of the file.
    pub fn headers(&self) -> Vec<&Header> {
        match &self.contents {
            Contents::Level5(file) => file.headers().collect(),
            Contents::Level73(headers) => headers.iter().collect(),
        }
    }

    /// The first variable with one of these names. It must contain plain numbers.
    ///
    /// # Errors
    /// [`DataError::Absent`] with the existing variables; [`DataError::Type`] for a variable without plain numbers;
    /// [`DataError::Memory`] for too many numbers; errors of reading.
    pub fn find(&self, names: &[&str]) -> Result<Variable, DataError> {
        let all = self.headers();
        let found = names.iter().find_map(|name| all.iter().position(|header| header.name == *name));
        let index = found.ok_or_else(|| DataError::Absent {
            path: self.path.clone(),
            what: format!(
                "variable {}",
                names.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(" or ")
            ),
            present: all.iter().map(|v| format!("{} ({} {:?})", v.name, v.class, v.shape)).collect(),
        })?;
        let header = all[index].clone();
        if !header.numeric {
            return Err(DataError::Type {
                path: self.path.clone(),
                dataset: header.name,
                found: header.class,
                expected: "an array of numbers",
            });
        }
        let parts = if header.complex { 2 } else { 1 };
        // The stored bytes, the numbers, and a copy of the numbers.
        let needed = crate::memory::of_array(&header.shape, 3 * 8 * parts);
        input_file::require(
            &self.path,
            needed,
            &format!("variable {} of shape {:?}", header.name, header.shape),
        )?;
        let (real, imaginary) = match &self.contents {
            Contents::Level5(file) => file.values(index)?,
            Contents::Level73(_) => level73::values(&self.path, &header)?,
        };
        Ok(Variable { header, real, imaginary })
    }
}

#[cfg(test)]
mod tests;
