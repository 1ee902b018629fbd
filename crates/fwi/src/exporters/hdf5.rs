//! Our own HDF5, which xarray and ParaView open by themselves.

use std::path::Path;

use crate::data_error::DataError;
use crate::model::Model;

/// Writes `/model/vp` `[z, x]` in m/s with its axes.
pub(crate) fn write(model: &Model, path: &Path) -> Result<(), DataError> {
    model.write(path)
}
