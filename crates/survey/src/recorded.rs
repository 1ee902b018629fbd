//! The fields that receivers record, and their datasets in a file: `/observed/<field>`.

use std::path::Path;

use crate::data_error::DataError;
use crate::hdf5_file::Hdf5Reader;

const GROUP: &str = "observed";

/// A field that receivers record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedField {
    /// Its name: that of its dataset, and of the unknown of the equation.
    pub name: String,
    /// Its unit.
    pub unit: String,
}

impl RecordedField {
    /// Pressure in the unit of the source, the field of acoustic waves.
    #[must_use]
    pub fn pressure() -> Self {
        Self { name: "pressure".to_owned(), unit: "1".to_owned() }
    }

    pub(crate) fn dataset(&self) -> String {
        dataset(&self.name)
    }
}

/// The dataset of a field.
pub(crate) fn dataset(name: &str) -> String {
    format!("{GROUP}/{name}")
}

/// The names of the recorded fields of a file: those of the datasets in its group that have three axes.
pub(crate) fn fields(file: &Hdf5Reader) -> Result<Vec<String>, DataError> {
    let pressure = RecordedField::pressure();
    let mut found = Vec::new();
    for name in file.dataset_names() {
        let name = name.trim_start_matches('/');
        let Some(field) = name.strip_prefix(GROUP).and_then(|rest| rest.strip_prefix('/')) else { continue };
        if file.dataset(name)?.ndim() == 3 {
            found.push(field.to_owned());
        }
    }
    if found.is_empty() {
        file.dataset(&pressure.dataset())?;
        found.push(pressure.name);
    }
    Ok(found)
}

/// The error of a file that lacks one of the fields that are needed.
#[must_use]
pub fn absent(path: &Path, names: &[String], present: Vec<String>) -> DataError {
    let what = format!("recorded fields {}, each a dataset of the group /observed", names.join(", "));
    DataError::Absent { path: path.to_owned(), what, present }
}
