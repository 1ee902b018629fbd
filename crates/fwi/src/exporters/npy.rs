//! NumPy: float64 `[z, x]` in m/s. The grid is not in the file.

use std::path::Path;

use crate::atomic;
use crate::data_error::DataError;
use crate::model::Model;
use crate::npy;

/// Writes the velocities, bit for bit.
pub(crate) fn write(model: &Model, path: &Path) -> Result<(), DataError> {
    atomic::write_bytes(path, &npy::encode(&model.grid.shape, &model.vp))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is written is read back bit for bit by the importer's reader.
    #[test]
    fn velocities_survive() {
        let grid = fd::Grid::new([0.0; 2], [1.0; 2], [2, 3]).unwrap();
        let model = Model::from_fn(grid, |x, z| 1500.0 + x / 3.0 + z / 7.0);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vp.npy");
        write(&model, &path).unwrap();
        let array = npy::read(&path).unwrap();
        assert_eq!((array.shape, array.values), (vec![2, 3], npy::Values::Real(model.vp)));
    }
}
