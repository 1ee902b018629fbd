//! `fwi compare`: finished inversions compared.

use std::path::Path;

use crate::inversions::outcome::Comparison;
use crate::inversions::run_directory::RunDirectory;
use crate::spine::{Summary, table};
use survey::data_error::DataError;

/// Reads a run directory and rewrites its report from its files alone.
///
/// # Errors
/// [`DataError::NotARun`], or the error of a file in it.
pub fn compare(directory: &Path) -> Result<Comparison, DataError> {
    let directory = RunDirectory::open(directory)?;
    let run = directory.read()?;
    let results = table::tables(&Summary::read(&directory.summary())?);
    survey::atomic::write_bytes(
        &directory.report(),
        crate::inversions::report::html(&run, &results).as_bytes(),
    )?;
    Ok(run)
}
