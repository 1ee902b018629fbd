//! Export of models to other formats.

use std::path::Path;

use crate::array::Meaning;
use crate::data_error::DataError;
use crate::derivatives::Derivatives;
use crate::exporters::{EXPORTERS, Exporter};
use crate::model::Model;

/// A field on a grid, ready to be written.
#[derive(Debug, Clone)]
pub struct Sampled {
    /// Grid and values.
    pub model: Model,
    /// The meaning of the values.
    pub meaning: Meaning,
    /// First derivatives and Laplacian at the same nodes, to be written with the values.
    pub derivatives: Option<Derivatives>,
}

impl From<Model> for Sampled {
    fn from(model: Model) -> Sampled {
        Sampled { model, meaning: Meaning::Velocity, derivatives: None }
    }
}

/// Writes a field in the named format, via a temporary file.
///
/// # Errors
/// [`DataError::UnknownFormat`] for a name that is not in [`EXPORTERS`]; [`DataError::NotFinite`] for a model with NaN;
/// [`DataError::Unwritable`] if the folder cannot be written to.
pub fn export(field: &Sampled, format: &str, path: &Path) -> Result<(), DataError> {
    let exporter = exporter(format)?;
    field.model.check([f64::NEG_INFINITY, f64::INFINITY], path)?;
    (exporter.write)(field, path)
}

/// The exporter with this name.
///
/// # Errors
/// [`DataError::UnknownFormat`], which lists the available names.
pub fn exporter(format: &str) -> Result<&'static Exporter, DataError> {
    EXPORTERS.iter().find(|e| e.name == format).ok_or_else(|| DataError::UnknownFormat {
        what: "export format",
        found: format.to_owned(),
        known: EXPORTERS.iter().map(|e| e.name).collect(),
    })
}

#[cfg(test)]
mod tests;
