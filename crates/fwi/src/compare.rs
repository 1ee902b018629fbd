//! `fwi compare`: what has been run, side by side.

use std::path::Path;

use crate::outcome::Comparison;
use crate::run_directory::RunDirectory;
use survey::data_error::DataError;

/// Reads a run directory and writes its report anew, from its files alone.
///
/// # Errors
/// [`DataError::NotARun`], or what is wrong with a file in it.
pub fn compare(directory: &Path) -> Result<Comparison, DataError> {
    let directory = RunDirectory::open(directory)?;
    let run = directory.read()?;
    survey::atomic::write_bytes(&directory.report(), crate::report::html(&run).as_bytes())?;
    Ok(run)
}
