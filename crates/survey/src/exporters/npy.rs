//! NumPy: float64 `[z, x]`, of a volume `[z, y, x]`, in m/s, or with derivatives `[4, z, x]`: value, d/dx, d/dz, Laplacian. The grid is not in the
//! file.

use std::path::Path;

use crate::atomic;
use crate::data_error::DataError;
use crate::npy;
use crate::sampled::Sampled;

/// Writes the numbers, bit for bit.
pub fn write(field: &Sampled, path: &Path) -> Result<(), DataError> {
    let shape = field.model.grid.array_shape();
    let bytes = match &field.derivatives {
        None => npy::encode(&shape, &field.model.values),
        Some(at) => {
            let [x, z] = &at.gradient;
            npy::encode(
                &[&[4], &shape[..]].concat(),
                &[&field.model.values[..], x, z, &at.laplacian].concat(),
            )
        }
    };
    atomic::write_bytes(path, &bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Model;

    /// The importer's reader reads back what was written bit for bit.
    #[test]
    fn velocities_survive() {
        let grid = fd::Grid::new([0.0; 2], [1.0; 2], [2, 3]).unwrap();
        let model = Model::from_fn(grid, |x, z| 1500.0 + x / 3.0 + z / 7.0);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vp.npy");
        write(&model.clone().into(), &path).unwrap();
        let array = npy::read(&path).unwrap();
        assert_eq!((array.shape, array.values), (vec![2, 3], npy::Values::Real(model.values)));
    }
}
