//! MATLAB of version 7.3, which has no limit of size: HDF5 with a matrix `vp(iz, ix)`, of a volume `vp(iz, iy, ix)`, in double precision,
//! and the coordinates `x`, `y` and `z` in m.
//!
//! # Source
//! MathWorks, "MAT-File Versions", R2023a; the header of 512 bytes is that of files that MATLAB writes.

use std::path::Path;

use gridfiles::{Array, Axis};
use hdf5::types::FixedAscii;

use crate::data_error::DataError;
use crate::hdf5_file::Hdf5Writer;
use crate::matlab_file::CLASS;
use crate::on_axes;
use crate::sampled::Sampled;

/// Bytes before the HDF5 file.
const HEADER: usize = 512;
/// Where the version is in them.
const VERSION_AT: usize = 124;
/// Longest side of a chunk.
const CHUNK: usize = 128;

/// Writes the values, derivatives if there are any, and the coordinates.
///
/// # Errors
/// [`DataError::Unwritable`], [`DataError::Unwritten`].
pub fn write(field: &Sampled, path: &Path) -> Result<(), DataError> {
    let mut arrays = on_axes::arrays(field);
    let grid = &field.model.grid;
    for (name, axis) in grid.array_axes().iter().zip(grid.axes().iter().rev()) {
        let values = (0..axis.nodes).map(|i| axis.at(i)).collect();
        let axes = vec![Axis::of_len(axis.nodes)];
        arrays.push(((*name).to_owned(), Array { axes, values, name: None, unit: None }));
    }
    Hdf5Writer::create_after(path, &header(), |out| {
        arrays.iter().try_for_each(|(name, array)| variable(out, name, array))
    })
}

/// An array of MATLAB has its first index fastest, so that its axes are reversed in the file; one axis becomes a column.
fn variable(out: &Hdf5Writer, name: &str, array: &Array) -> Result<(), DataError> {
    let turned: Vec<usize> = (0..array.axes.len()).rev().collect();
    let array = array.transposed(&turned);
    let mut shape = array.shape();
    if shape.len() == 1 {
        shape.insert(0, 1);
    }
    let chunk: Vec<usize> = shape.iter().map(|len| *len.min(&CHUNK)).collect();
    let set = out.array(name, &shape, Some(&chunk), &array.values)?;
    let class = FixedAscii::<6>::from_ascii("double")
        .map_err(|error| DataError::Text { path: out.path.clone(), problem: error.to_string() })?;
    out.scalar(&set, CLASS, &class)
}

/// The text and the version 2.0 with the mark of the byte order, little endian.
fn header() -> [u8; HEADER] {
    let mut header = [0; HEADER];
    header[..VERSION_AT - 8].fill(b' ');
    let text =
        concat!("MATLAB 7.3 MAT-file, written by fwi ", env!("CARGO_PKG_VERSION"), ", HDF5 schema 1.00 .");
    header[..text.len()].copy_from_slice(text.as_bytes());
    header[VERSION_AT..VERSION_AT + 4].copy_from_slice(b"\x00\x02IM");
    header
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::{ImportOptions, import_model};
    use crate::model::Model;

    const SHOW: &str = r#"
import sys, numpy, h5py, mat73
path = sys.argv[1]
head = open(path, "rb").read(512)
assert head.startswith(b"MATLAB 7.3 MAT-file") and head[124:128] == b"\x00\x02IM", head
with h5py.File(path) as f:
    assert f.userblock_size == 512 and f["vp"].attrs["MATLAB_class"] == b"double", dict(f["vp"].attrs)
    raw = f["vp"][()]
d = mat73.loadmat(path)
assert numpy.array_equal(raw.T, d["vp"])
print(*d["vp"].shape, *numpy.ravel(d["z"])[:2], *numpy.ravel(d["x"])[:2], d["vp"][(1,) + (0,) * (d["vp"].ndim - 1)], "y" in d)
"#;

    /// Sections and volumes come back bit for bit, and h5py and mat73 read them in the order of MATLAB.
    #[test]
    fn files_come_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vp.mat");
        let axis = |origin: f64, spacing: f64, nodes: usize| fd::Axis { origin, spacing, nodes };
        let (x, y, z) = (axis(-100.0, 12.5, 4), axis(30.0, 10.0, 3), axis(50.0, 2.5, 5));
        for (axes, expected) in [
            (&[x, z][..], "5 4 50.0 52.5 -100.0 -87.5 1504.1 False\n"),
            (&[x, y, z], "5 3 4 50.0 52.5 -100.0 -87.5 1512.1 True\n"),
        ] {
            let grid = fd::Grid::of_axes(axes).unwrap();
            let model = Model { grid, values: (0..grid.len()).map(|i| 1500.1 + i as f64).collect() };
            write(&model.clone().into(), &path).unwrap();
            let numbers = |of: fn(&fd::Axis) -> f64| {
                crate::import::PerAxis::of(&axes.iter().map(of).collect::<Vec<_>>())
            };
            let (spacing, origin) = (numbers(|axis| axis.spacing), numbers(|axis| axis.origin));
            let given = ImportOptions { spacing, origin, ..ImportOptions::default() };
            assert_eq!(import_model(&path, None, &given).unwrap().model, model);
            if let Some(printed) = peers::python("h5py, mat73", SHOW, &[&path]) {
                assert_eq!(printed.unwrap_or_else(|error| panic!("{error}")), expected);
            }
        }
    }
}
