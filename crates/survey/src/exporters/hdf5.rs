//! The HDF5 format of fwi, which xarray and ParaView open directly.

use std::path::Path;

use crate::array::Meaning;
use crate::data_error::DataError;
use crate::parameter::Parameter;
use crate::sampled::Sampled;

/// Writes `/model/vp` `[z, x]` in m/s with its axes, and `vp_x`, `vp_z` and `vp_laplacian` if there are derivatives; or another
/// parameter under its name.
pub fn write(field: &Sampled, path: &Path) -> Result<(), DataError> {
    if let Some(quantity) = &field.quantity {
        let parameter = Parameter { quantity: quantity.clone(), model: field.model.clone() };
        return Parameter::write_all(&[parameter], path);
    }
    if field.meaning != Meaning::Velocity {
        let (what, found) = ("export format", format!("hdf5 of {}s", field.meaning.label()));
        return Err(DataError::UnknownFormat { what, found, known: vec!["npy", "csv", "vti", "png"] });
    }
    field.write_hdf5(path)
}
