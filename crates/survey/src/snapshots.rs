//! Wavefields in time on a grid, in HDF5.
//!
//! Root attributes `format = "fwi-snapshots"`, `version = 1`: `/wavefield/pressure` `[time, z, x]` f64 in Pa with the attribute
//! `source`, and `/wavefield/time` in s, `/wavefield/z` and `/wavefield/x` in m as its dimension scales.

use std::path::{Path, PathBuf};

use fd::Grid;

use crate::atomic;
use crate::data_error::DataError;
use crate::exporters::vti;
use crate::hdf5_file::{Hdf5Reader, Hdf5Writer};
use crate::model::Model;
use crate::model_io::{axes, grid_of};
use crate::parameter::{Parameter, Quantity};

/// The root attribute `format`.
pub const FORMAT: &str = "fwi-snapshots";
/// The version that is written and read.
pub const VERSION: u32 = 1;

const PRESSURE: &str = "wavefield/pressure";

/// The wavefield of one source at some times.
///
/// # Shapes
/// `values` `[time][z, x]`.
///
/// # Units
/// `times` in s, values in Pa.
#[derive(Debug, Clone, PartialEq)]
pub struct SnapshotFile {
    /// Where the samples are.
    pub grid: Grid,
    /// When they are.
    pub times: Vec<f64>,
    /// The fields.
    pub values: Vec<Vec<f64>>,
    /// Which source of the scenario.
    pub source: usize,
}

impl SnapshotFile {
    /// Writes the fields as VTK images for ParaView, one for each time, and the collection that names them with their times:
    /// of `wavefield.vti` these are `wavefield-0.vti`, `wavefield-1.vti`, ... and `wavefield.pvd`. Returns the collection.
    ///
    /// # Errors
    /// [`DataError::Unwritable`].
    pub fn write_collection(&self, path: &Path) -> Result<PathBuf, DataError> {
        let quantity = Quantity { name: "pressure".to_owned(), unit: "Pa".to_owned() };
        let mut files = Vec::new();
        for (i, (time, values)) in self.times.iter().zip(&self.values).enumerate() {
            let image = self.image(path, i);
            let name = image.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let model = Model { grid: self.grid, values: values.clone() };
            let field = Parameter { quantity: quantity.clone(), model };
            vti::write(&field.into(), &image)?;
            files.push((*time, name));
        }
        let collection = path.with_extension("pvd");
        atomic::write_bytes(&collection, gridfiles::pvd::text(&files).as_bytes())?;
        Ok(collection)
    }

    /// The files that [`write_collection`](Self::write_collection) writes.
    #[must_use]
    pub fn collection_files(&self, path: &Path) -> Vec<PathBuf> {
        let images = (0..self.times.len()).map(|i| self.image(path, i));
        images.chain([path.with_extension("pvd")]).collect()
    }

    /// The file of the image at a time.
    fn image(&self, path: &Path, time: usize) -> PathBuf {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        path.with_file_name(format!("{stem}-{time}.vti"))
    }

    /// Writes the fields, to a temporary name first.
    ///
    /// # Errors
    /// [`DataError::Unwritable`] or [`DataError::Hdf5`].
    pub fn write(&self, path: &Path) -> Result<(), DataError> {
        let nodes = self.grid.array_shape();
        Hdf5Writer::create(path, FORMAT, VERSION, |out| {
            let scales = axes(out, "wavefield", &self.grid)?;
            let time = out.array("wavefield/time", &[self.times.len()], None, &self.times)?;
            out.text(&time, "units", "s")?;
            let with = |first: usize| [&[first], &nodes[..]].concat();
            let set = out.array(PRESSURE, &with(self.times.len()), Some(&with(1)), &self.values.concat())?;
            let scales: Vec<&hdf5::Dataset> = std::iter::once(&time).chain(&scales).collect();
            crate::dimension_scale::attach(&out.file, std::slice::from_ref(&set), &scales)
                .map_err(out.failing("label the axes"))?;
            out.text(&set, "units", "Pa")?;
            out.text(&set, "axes", &format!("time, {}", self.grid.array_axes().join(", ")))?;
            out.scalar(&set, "source", &(self.source as u64))
        })
    }

    /// Reads the fields.
    ///
    /// # Errors
    /// One [`DataError`] that names the file, the dataset, what was found and what was expected.
    pub fn read(path: &Path) -> Result<SnapshotFile, DataError> {
        Hdf5Reader::with_format(path, FORMAT, VERSION, |file| {
            let (times, shape) = file.reals("wavefield/time", &["time"])?;
            if shape.len() != 1 {
                return Err(file.wrong_shape("wavefield/time", "time", shape, "one axis"));
            }
            file.expect_units("wavefield/time", "s")?;
            let (values, shape) = file.reals(PRESSURE, &["time", "z", "x"])?;
            let [nt, first, second] = shape[..] else {
                return Err(file.wrong_shape(PRESSURE, "time, z, x", shape, "three axes"));
            };
            if nt != times.len() {
                return Err(file.wrong_shape(
                    PRESSURE,
                    "time, z, x",
                    shape,
                    format!("{} times", times.len()),
                ));
            }
            let (grid, axes) = grid_of(file, PRESSURE, [first, second])?;
            let source = file.whole(&*file.dataset(PRESSURE)?, "source")?.unwrap_or(0) as usize;
            let values = values.chunks(first * second).map(|field| axes.arrange(field.to_vec())).collect();
            Ok(SnapshotFile { grid, times, values, source })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is written is read back bit for bit.
    #[test]
    fn round_trip() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("wavefield.h5");
        let grid = Grid::new([-10.0, 5.0], [10.0, 2.5], [3, 4]).unwrap();
        let values: Vec<Vec<f64>> =
            (0..2).map(|k| (0..12).map(|i| f64::from(i) / 7.0 + f64::from(k)).collect()).collect();
        let file = SnapshotFile { grid, times: vec![0.0, 0.1], values, source: 1 };
        file.write(&path).unwrap();
        assert_eq!(SnapshotFile::read(&path).unwrap(), file);
    }
}
