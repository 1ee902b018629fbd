//! Our own HDF5, which xarray and ParaView open by themselves.

use std::path::Path;

use crate::array::Meaning;
use crate::data_error::DataError;
use crate::export::Sampled;

/// Writes `/model/vp` `[z, x]` in m/s with its axes, and beside it `vp_x`, `vp_z` and `vp_laplacian` where there are
/// derivatives.
pub(crate) fn write(field: &Sampled, path: &Path) -> Result<(), DataError> {
    if field.meaning != Meaning::Velocity {
        let (what, found) = ("export format", format!("hdf5 of {}s", field.meaning.label()));
        return Err(DataError::UnknownFormat { what, found, known: vec!["npy", "csv", "png"] });
    }
    field.write_hdf5(path)
}
