//! Velocity models and wavefields in HDF5, labelled so that xarray and ParaView draw them directly.
//!
//! Models, root attributes `format = "fwi-model"`, `version = 1`: `/model/vp` `[z, x]` f64 in m/s, with the dimension
//! scales `/model/z` and `/model/x` in m. Wavefields, `format = "fwi-wavefield"`: `/wavefield/pressure` `[z, x]` complex
//! as compound {r, i}, with the same scales and the attributes `frequency` (Hz) and `shot`.

use std::path::Path;

use fd::Grid;
use hdf5::H5Type;
use num_complex::Complex64;

use crate::data_error::DataError;
use crate::dimension_scale;
use crate::hdf5_file::{Hdf5Reader, Hdf5Writer};
use crate::model::Model;
use crate::sampled::Sampled;

/// The root attribute `format` of a velocity model.
pub const MODEL_FORMAT: &str = "fwi-model";
/// The root attribute `format` of a wavefield.
pub const WAVEFIELD_FORMAT: &str = "fwi-wavefield";
/// The version of both that is written and read.
pub const VERSION: u32 = 1;

/// One complex wavefield on a grid.
///
/// # Shapes
/// `values` is `[z, x]`, row-major.
///
/// # Units
/// Hz; the pressure of the data. Time factor exp(+i omega t).
#[derive(Debug, Clone, PartialEq)]
pub struct ComplexField {
    /// Where the samples are.
    pub grid: Grid,
    /// The field.
    pub values: Vec<Complex64>,
    /// Frequency, Hz.
    pub frequency: f64,
    /// Number of the shot in the survey.
    pub shot: usize,
}

impl Model {
    /// Writes the model to HDF5, via a temporary file.
    ///
    /// # Errors
    /// [`DataError::Shape`] or [`DataError::NotFinite`] for an invalid model; [`DataError::Unwritable`] or
    /// [`DataError::Hdf5`]. After an error no file remains.
    pub fn write(&self, path: &Path) -> Result<(), DataError> {
        Sampled::from(self.clone()).write_hdf5(path)
    }

    /// Reads a model with any positive velocities; [`Model::check`] checks their range.
    ///
    /// # Errors
    /// One [`DataError`] that gives the file, the dataset, what was found and what was expected.
    pub fn read(path: &Path) -> Result<Model, DataError> {
        let file = Hdf5Reader::open_format(path, MODEL_FORMAT, VERSION)?;
        file.expect_units("model/vp", "m/s")?;
        let (vp, shape) = file.reals("model/vp", &["z", "x"])?;
        let model = Model { grid: read_grid(&file, "model", "model/vp", shape)?, vp };
        model.check([f64::MIN_POSITIVE, f64::INFINITY], path)?;
        Ok(model)
    }
}

impl Sampled {
    /// Writes a velocity like [`Model::write`], and in `/model` also its derivatives `vp_x`, `vp_z` (1/s) and
    /// `vp_laplacian` (1/(m s)) if there are any; via a temporary file.
    ///
    /// # Errors
    /// As [`Model::write`].
    pub fn write_hdf5(&self, path: &Path) -> Result<(), DataError> {
        let model = &self.model;
        model.check([f64::NEG_INFINITY, f64::INFINITY], path)?;
        Hdf5Writer::create(path, MODEL_FORMAT, VERSION, |out| {
            let mut arrays = vec![("vp", &model.vp[..])];
            if let Some(at) = &self.derivatives {
                let [x, z] = &at.gradient;
                arrays.extend([("vp_x", &x[..]), ("vp_z", &z[..]), ("vp_laplacian", &at.laplacian[..])]);
            }
            let sets = write_on_grid(out, "model", &model.grid, &arrays)?;
            let words = [
                ("m/s", "P-wave velocity"),
                ("1/s", "P-wave velocity, derivative along x"),
                ("1/s", "P-wave velocity, derivative along z"),
                ("1/(m s)", "P-wave velocity, Laplacian"),
            ];
            for (set, (units, long)) in sets.iter().zip(words) {
                out.text(set, "units", units)?;
                out.text(set, "long_name", long)?;
            }
            Ok(())
        })
    }
}

impl ComplexField {
    /// Writes the wavefield to HDF5, via a temporary file.
    ///
    /// # Errors
    /// [`DataError::Shape`], [`DataError::Unwritable`] or [`DataError::Hdf5`]. After an error no file remains.
    pub fn write(&self, path: &Path) -> Result<(), DataError> {
        if self.values.len() != self.grid.len() {
            return Err(DataError::Shape {
                path: path.to_owned(),
                dataset: "wavefield/pressure".to_owned(),
                axes: "z, x",
                found: vec![self.values.len()],
                expected: format!("{:?}", self.grid.shape),
            });
        }
        Hdf5Writer::create(path, WAVEFIELD_FORMAT, VERSION, |out| {
            let sets = write_on_grid(out, "wavefield", &self.grid, &[("pressure", &self.values)])?;
            let set = &sets[0];
            out.scalar(set, "frequency", &self.frequency)?;
            out.scalar(set, "shot", &(self.shot as u64))?;
            out.text(set, "time_factor", "exp(+i omega t)")
        })
    }

    /// Reads a wavefield.
    ///
    /// # Errors
    /// One [`DataError`] that gives the file, the dataset, what was found and what was expected.
    pub fn read(path: &Path) -> Result<ComplexField, DataError> {
        let file = Hdf5Reader::open_format(path, WAVEFIELD_FORMAT, VERSION)?;
        let (values, shape) = file.complexes("wavefield/pressure", &["z", "x"])?;
        let grid = read_grid(&file, "wavefield", "wavefield/pressure", shape)?;
        let set = file.dataset("wavefield/pressure")?;
        let frequency = set.attr("frequency").and_then(|a| a.read_scalar::<f64>()).unwrap_or(f64::NAN);
        let shot = set.attr("shot").and_then(|a| a.read_scalar::<u64>()).unwrap_or(0) as usize;
        Ok(ComplexField { grid, values, frequency, shot })
    }
}

/// Writes the axes `/group/z` and `/group/x` of a grid.
pub fn axes(out: &Hdf5Writer, group: &str, grid: &Grid) -> Result<(hdf5::Dataset, hdf5::Dataset), DataError> {
    out.group(group)?;
    let scale = |name: &str, long: &str, values: Vec<f64>| {
        let set = out.array(&format!("{group}/{name}"), &[values.len()], None, &values)?;
        out.text(&set, "units", "m")?;
        out.text(&set, "long_name", long)?;
        Ok::<_, DataError>(set)
    };
    let z = scale("z", "depth", (0..grid.nz()).map(|i| grid.z(i)).collect())?;
    out.text(&z, "positive", "down")?;
    let x = scale("x", "distance", (0..grid.nx()).map(|i| grid.x(i)).collect())?;
    Ok((z, x))
}

/// Writes arrays `/group/name` `[z, x]` with `/group/z` and `/group/x` as their dimension scales.
fn write_on_grid<T: H5Type>(
    out: &Hdf5Writer,
    group: &str,
    grid: &Grid,
    arrays: &[(&str, &[T])],
) -> Result<Vec<hdf5::Dataset>, DataError> {
    let (z, x) = axes(out, group, grid)?;
    let chunk = [grid.nz().min(256), grid.nx().min(256)];
    let sets = arrays
        .iter()
        .map(|(name, values)| out.array(&format!("{group}/{name}"), &grid.shape, Some(&chunk), values))
        .collect::<Result<Vec<_>, _>>()?;
    dimension_scale::attach(&out.file, &sets, &[&z, &x]).map_err(out.failing("label the axes"))?;
    for set in &sets {
        // The coordinates alone determine the spacing only to rounding.
        out.text(set, "axes", "z, x")?;
        for (name, pair) in [("origin", grid.origin), ("spacing", grid.spacing)] {
            let written = set.new_attr_builder().with_data(&pair).create(name);
            written.map_err(out.failing(&format!("write attribute {name}")))?;
        }
    }
    Ok(sets)
}

/// The grid behind an array: from its attributes `origin` and `spacing` (x, z) or, in a file of others, its coordinates.
fn read_grid(file: &Hdf5Reader, group: &str, name: &str, shape: Vec<usize>) -> Result<Grid, DataError> {
    let [nz, nx] = shape[..] else {
        return Err(file.wrong_shape(name, "z, x", shape, "two axes"));
    };
    read_axes(file, group, name, [nz, nx])
}

/// The grid of so many nodes `[nz, nx]` behind an array.
pub fn read_axes(
    file: &Hdf5Reader,
    group: &str,
    name: &str,
    [nz, nx]: [usize; 2],
) -> Result<Grid, DataError> {
    let (z, x) = (format!("{group}/z"), format!("{group}/x"));
    let mut first = [0.0; 2];
    let mut step = [0.0; 2];
    for (a, axis, n) in [(1, &z, nz), (0, &x, nx)] {
        file.expect_units(axis, "m")?;
        let (at, shape) = file.reals(axis, &["index"])?;
        if shape != [n] || n < 2 {
            let expected = if n < 2 { "at least [2]".to_owned() } else { format!("[{n}]") };
            return Err(file.wrong_shape(axis, if a == 0 { "x" } else { "z" }, shape, expected));
        }
        first[a] = at[0];
        step[a] = (at[n - 1] - at[0]) / (n - 1) as f64;
        for (i, v) in at.iter().enumerate() {
            let off = v - (first[a] + i as f64 * step[a]);
            if step[a] <= 0.0 || off.abs() > 1e-3 * step[a] {
                return Err(DataError::Range {
                    path: file.path.clone(),
                    what: format!("coordinate {i} of /{axis}"),
                    found: *v,
                    unit: "m",
                    expected: format!("{} on a regular, increasing grid", first[a] + i as f64 * step[a]),
                    advice: "resample the model to a regular spacing".to_owned(),
                });
            }
        }
    }
    let set = file.dataset(name)?;
    let pair = |name: &str| {
        let values = set.attr(name).and_then(|a| a.read_raw::<f64>()).ok()?;
        <[f64; 2]>::try_from(values).ok()
    };
    let (origin, spacing) = match (pair("origin"), pair("spacing")) {
        (Some(origin), Some(spacing)) => (origin, spacing),
        _ => (first, step),
    };
    Grid::new(origin, spacing, [nz, nx]).map_err(|e| DataError::Range {
        path: file.path.clone(),
        what: format!("the spacing of /{name}"),
        found: spacing[0].min(spacing[1]),
        unit: "m",
        expected: "more than 0".to_owned(),
        advice: e.to_string(),
    })
}

#[cfg(test)]
mod tests;
