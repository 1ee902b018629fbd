//! HDF5 models of other programs: a dataset `[z, x]` of velocity or squared slowness, with the spacing `d` and origin
//! `o` beside it where JUDI.jl and its like write them.

use std::path::Path;

use crate::data_error::DataError;
use crate::hdf5_file::{Hdf5Reader, dataset_names};
use crate::import::ImportOptions;
use crate::model::Model;
use crate::model_io::MODEL_FORMAT;

const NAMES: &[&str] = &["vp", "v", "velocity", "vel", "c", "m"];

/// Reads a velocity model.
pub fn model(path: &Path, options: &ImportOptions) -> Result<Model, DataError> {
    let file = Hdf5Reader::open(path)?;
    if file.format().as_deref() == Some(MODEL_FORMAT) {
        return Model::read(path);
    }
    let present = dataset_names(&file.file);
    let name = match &options.dataset {
        Some(name) => name.clone(),
        None => {
            let found = NAMES.iter().find_map(|n| present.iter().find(|p| p.rsplit('/').next() == Some(n)));
            found.cloned().ok_or_else(|| DataError::Absent {
                path: path.to_owned(),
                what: format!("dataset named {}; name it with `--dataset`", NAMES.join(", ")),
                present,
            })?
        }
    };
    let (values, shape) = file.reals(&name, &["z", "x"])?;
    let [nz, nx] = shape[..] else {
        return Err(file.wrong_shape(&name, "z, x", shape, "two axes"));
    };
    // `d` and `o` have the order of `n`, the number of nodes along x and z, unless `n` implies otherwise.
    let turned = nz != nx && pair(&file, "n") == Some([nz as f64, nx as f64]);
    let along = |name: &str| pair(&file, name).map(|[a, b]| if turned { [b, a] } else { [a, b] });
    options.model(path, &name, [nz, nx], &values, along("d"), along("o"))
}

fn pair(file: &Hdf5Reader, name: &str) -> Option<[f64; 2]> {
    let values = file.file.dataset(name).ok()?.read_raw::<f64>().ok()?;
    values.try_into().ok()
}
