//! Import: files of other programs are converted to files of this program.

use std::path::Path;

pub use crate::axis_rules::{AxisOrder, Positive};
use crate::data_error::DataError;
use crate::dataset::Dataset;
use crate::gathers::Gathers;
use crate::importers::{IMPORTERS, Importer};
use crate::parameter::Quantity;

mod interval;
mod model;
mod model_unit;
mod options;
mod per_axis;
pub mod segy;

pub use interval::{ImplausibleInterval, Interval};
pub use model::{Imported, Wanted};
pub use model_unit::ModelUnit;
pub use options::{ImportOptions, NumberForm};
pub use per_axis::PerAxis;

/// Imports receiver data; `from` names the importer if the file name does not determine it.
///
/// # Errors
/// [`DataError::UnknownFormat`] if no importer reads such data; otherwise the error of the file or the options.
pub fn import_data(path: &Path, from: Option<&str>, options: &ImportOptions) -> Result<Dataset, DataError> {
    let importer = choose(path, from, |i| i.data.is_some(), &segy::NAMES)?;
    options.check_for_data(path)?;
    let read = importer.data.expect("chosen among those that read data");
    let data = read(path, options)?;
    data.check(path)?;
    Ok(data)
}

/// Imports traces in time; `from` names the importer if the file name does not determine it. Dead traces and traces
/// that are not finite are imported, because a scenario can mask them.
///
/// # Errors
/// [`DataError::UnknownFormat`] if no importer reads such data; otherwise the error of the file or the options.
pub fn import_traces(path: &Path, from: Option<&str>, options: &ImportOptions) -> Result<Gathers, DataError> {
    let importer = choose(path, from, |i| i.traces.is_some(), &segy::NAMES)?;
    options.check_for_data(path)?;
    let read = importer.traces.expect("chosen among those that read traces");
    read(path, options)
}

/// Imports a velocity model; `from` names the importer if the file name does not determine it.
///
/// # Errors
/// [`DataError::UnknownFormat`] if no reader exists for such models; otherwise the error of the file or the options.
pub fn import_model(path: &Path, from: Option<&str>, options: &ImportOptions) -> Result<Imported, DataError> {
    import_parameter(path, from, &Quantity::velocity(), options)
}

/// Imports a parameter of a medium, in the unit of the quantity; `from` names the importer if the file name does not determine it.
///
/// # Errors
/// As [`import_model`].
pub fn import_parameter(
    path: &Path,
    from: Option<&str>,
    quantity: &Quantity,
    options: &ImportOptions,
) -> Result<Imported, DataError> {
    let importer = choose(path, from, |i| i.model.is_some(), &[])?;
    options.check_for(path, importer.name)?;
    let read = importer.model.expect("chosen among those that read models");
    read(path, &Wanted { quantity, options })
}

fn choose(
    path: &Path,
    from: Option<&str>,
    can: fn(&Importer) -> bool,
    others: &[&'static str],
) -> Result<&'static Importer, DataError> {
    let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    let wanted = |i: &&Importer| match from {
        Some(name) => i.name == name,
        None => i.extensions.contains(&extension.as_str()),
    };
    IMPORTERS.iter().filter(|i| can(i)).find(wanted).ok_or_else(|| DataError::UnknownFormat {
        what: if from.is_some() { "import format" } else { "file name ending" },
        found: from.map_or(extension, str::to_owned),
        known: IMPORTERS
            .iter()
            .filter(|i| can(i))
            .map(|i| if from.is_some() { i.name } else { i.extensions[0] })
            .chain(others.iter().copied())
            .collect(),
    })
}

#[cfg(test)]
mod tests;
