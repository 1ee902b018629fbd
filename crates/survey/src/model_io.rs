//! Velocity models and wavefields in HDF5, labelled so that xarray and ParaView draw them directly.
//!
//! Models, root attributes `format = "fwi-model"`, `version = 1`: `/model/vp` `[z, x]` f64 in m/s, with the dimension
//! scales `/model/z` and `/model/x` in m, of a volume `[z, y, x]` with `/model/y` too; other parameters have datasets beside it, `/model/vs`, `/model/rho`, with the
//! attribute `units`. Wavefields, `format = "fwi-wavefield"`: `/wavefield/pressure` `[z, x]` complex
//! as compound {r, i}, with the same scales and the attributes `frequency` (Hz) and `shot`.

use std::path::Path;

use fd::{Axis, Grid};
use gridfiles::vti;
use hdf5::H5Type;
use num_complex::Complex64;

use crate::axis_rules::{AxisSettings, Positive};
use crate::data_error::DataError;
use crate::dimension_scale;
use crate::hdf5_file::axes::Axes;
use crate::hdf5_file::{Hdf5Reader, Hdf5Writer};
use crate::model::Model;
use crate::on_axes;
use crate::parameter::{Parameter, Quantity};
use crate::sampled::Sampled;
use crate::ticks::six_digits;

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
        Hdf5Reader::with_format(path, MODEL_FORMAT, VERSION, |file| {
            file.expect_units("model/vp", "m/s")?;
            let (grid, vp) =
                on_grid(file, "model/vp", |file, name| Ok(file.reals(name, axis_names(file, name)?)?.0))?;
            let model = Model { grid, values: vp };
            model.check([f64::MIN_POSITIVE, f64::INFINITY], &file.path)?;
            Ok(model)
        })
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
            let mut arrays = vec![("vp", &model.values[..])];
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

impl Parameter {
    /// Writes the parameters of a medium, which are on one grid, to HDF5, via a temporary file.
    ///
    /// # Errors
    /// As [`Model::write`].
    pub fn write_all(parameters: &[Parameter], path: &Path) -> Result<(), DataError> {
        let Some(first) = parameters.first() else { return Ok(()) };
        for parameter in parameters {
            parameter.model.check_samples(&parameter.quantity.name, path)?;
        }
        Hdf5Writer::create(path, MODEL_FORMAT, VERSION, |out| {
            let arrays: Vec<(&str, &[f64])> =
                parameters.iter().map(|of| (of.quantity.name.as_str(), &of.model.values[..])).collect();
            let sets = write_on_grid(out, "model", &first.model.grid, &arrays)?;
            for (set, Parameter { quantity, .. }) in sets.iter().zip(parameters) {
                out.text(set, "units", &quantity.unit)?;
                out.text(set, "long_name", quantity.words())?;
            }
            Ok(())
        })
    }

    /// Reads one parameter of a model file.
    ///
    /// # Errors
    /// One [`DataError`] that gives the file, the dataset, what was found and what was expected.
    pub fn read(path: &Path, quantity: &Quantity) -> Result<Parameter, DataError> {
        let quantity = quantity.clone();
        Hdf5Reader::with_format(path, MODEL_FORMAT, VERSION, move |file| {
            let name = format!("model/{}", quantity.name);
            let (grid, values) =
                on_grid(file, &name, |file, name| Ok(file.reals(name, axis_names(file, name)?)?.0))?;
            let set = file.dataset(&name)?;
            if let Some(found) = file.text(&set, "units")?.filter(|unit| *unit != quantity.unit) {
                return Err(DataError::Contradiction {
                    path: file.path.clone(),
                    what: format!("the unit of /{name}"),
                    found,
                    other: format!("the equation needs {}; convert the values", quantity.unit),
                });
            }
            let model = Model { grid, values };
            model.check_samples(&quantity.name, &file.path)?;
            Ok(Parameter { quantity, model })
        })
    }

    /// Reads the parameters of a model file that stand beside one another: those with a unit, the velocity first and others by
    /// name; derivatives are left out.
    ///
    /// # Errors
    /// As [`Parameter::read`].
    pub fn read_all(path: &Path) -> Result<Vec<Parameter>, DataError> {
        let quantities = Hdf5Reader::with_format(path, MODEL_FORMAT, VERSION, |file| {
            let mut found = Vec::new();
            for name in file.dataset_names() {
                let Some(of) = name.trim_start_matches('/').strip_prefix("model/") else { continue };
                let set = file.dataset(&name)?;
                let derivative = of.starts_with("vp_");
                if !derivative && !AXIS_NAMES.contains(&of) {
                    let unit = file.text(&set, "units")?.unwrap_or_else(|| "1".to_owned());
                    found.push(Quantity { name: of.to_owned(), unit });
                }
            }
            found.sort_by_key(|of| (of.name != "vp", of.name != "vs", of.name.clone()));
            if found.is_empty() {
                file.dataset("model/vp")?;
            }
            Ok(found)
        })?;
        quantities.iter().map(|quantity| Parameter::read(path, quantity)).collect()
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
                expected: format!("{:?}", self.grid.array_shape()),
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

    /// Writes the wavefield as a VTK image with its real and its imaginary part, for ParaView.
    ///
    /// # Errors
    /// [`DataError::Unwritable`].
    pub fn write_image(&self, path: &Path) -> Result<(), DataError> {
        let part =
            |of: fn(&Complex64) -> f64| on_axes::plain(&self.grid, self.values.iter().map(of).collect());
        let (real, imaginary) = (part(|v| v.re), part(|v| v.im));
        let named = [("pressure_real", &real), ("pressure_imaginary", &imaginary)];
        on_axes::write(path, |out| vti::write(out, &vti::Image::of(&named)?, &vti::WriteOptions::default()))
    }

    /// Reads a wavefield.
    ///
    /// # Errors
    /// One [`DataError`] that gives the file, the dataset, what was found and what was expected.
    pub fn read(path: &Path) -> Result<ComplexField, DataError> {
        Hdf5Reader::with_format(path, WAVEFIELD_FORMAT, VERSION, |file| {
            let name = "wavefield/pressure";
            let (grid, values) = on_grid(file, name, |file, name| Ok(file.complexes(name, &["z", "x"])?.0))?;
            let set = file.dataset(name)?;
            let frequency = file.number(&set, "frequency")?.unwrap_or(f64::NAN);
            let shot = file.whole(&set, "shot")?.unwrap_or(0) as usize;
            Ok(ComplexField { grid, values, frequency, shot })
        })
    }
}

/// Writes the axes of a grid, `/group/z`, `/group/y` and `/group/x`, those that it has, in the order of arrays.
pub fn axes(out: &Hdf5Writer, group: &str, grid: &Grid) -> Result<Vec<hdf5::Dataset>, DataError> {
    out.group(group)?;
    let scale = |name: &str, long: &str, values: Vec<f64>| {
        let set = out.array(&format!("{group}/{name}"), &[values.len()], None, &values)?;
        out.text(&set, "units", "m")?;
        out.text(&set, "long_name", long)?;
        Ok::<_, DataError>(set)
    };
    let mut scales = Vec::new();
    for (name, axis) in grid.array_axes().iter().zip(grid.axes().iter().rev()) {
        let long = match *name {
            "z" => "depth",
            "y" => "distance across",
            _ => "distance",
        };
        let set = scale(name, long, (0..axis.nodes).map(|i| axis.at(i)).collect())?;
        if *name == "z" {
            out.text(&set, "positive", "down")?;
        }
        scales.push(set);
    }
    Ok(scales)
}

/// Writes arrays `/group/name` with the axes of the grid as their dimension scales.
fn write_on_grid<T: H5Type>(
    out: &Hdf5Writer,
    group: &str,
    grid: &Grid,
    arrays: &[(&str, &[T])],
) -> Result<Vec<hdf5::Dataset>, DataError> {
    let scales = axes(out, group, grid)?;
    let shape = grid.array_shape();
    let longest = if grid.y.is_some() { 64 } else { 256 };
    let chunk: Vec<usize> = shape.iter().map(|n| *n.min(&longest)).collect();
    let sets = arrays
        .iter()
        .map(|(name, values)| out.array(&format!("{group}/{name}"), &shape, Some(&chunk), values))
        .collect::<Result<Vec<_>, _>>()?;
    dimension_scale::attach(&out.file, &sets, &scales.iter().collect::<Vec<_>>())
        .map_err(out.failing("label the axes"))?;
    for set in &sets {
        // The coordinates alone determine the spacing only to rounding.
        out.text(set, "axes", &grid.array_axes().join(", "))?;
        let numbers = |of: fn(&Axis) -> f64| grid.axes().iter().map(of).collect::<Vec<f64>>();
        for (name, numbers) in
            [("origin", numbers(|axis| axis.origin)), ("spacing", numbers(|axis| axis.spacing))]
        {
            let written = set.new_attr_builder().with_data(&numbers).create(name);
            written.map_err(out.failing(&format!("write attribute {name}")))?;
        }
    }
    Ok(sets)
}

/// Reads an array of a file of fwi and its grid, for any order and direction of the axes in the file.
fn on_grid<T: Copy>(
    file: &Hdf5Reader,
    name: &str,
    values: impl FnOnce(&Hdf5Reader, &str) -> Result<Vec<T>, DataError>,
) -> Result<(Grid, Vec<T>), DataError> {
    let shape = file.dataset(name)?.shape();
    match shape[..] {
        [first, second] => {
            let (grid, axes) = grid_of(file, name, [first, second])?;
            Ok((grid, axes.arrange(values(file, name)?)))
        }
        [_] | [_, _, _] => {
            let grid = volume::grid_of(file, name, &shape)?;
            Ok((grid, values(file, name)?))
        }
        _ => Err(file.wrong_shape(name, "z, x", shape, "one to three axes")),
    }
}

/// The names of coordinates.
const AXIS_NAMES: [&str; 3] = ["x", "y", "z"];

/// The names of the axes of an array, for errors.
fn axis_names(file: &Hdf5Reader, name: &str) -> Result<&'static [&'static str], DataError> {
    Ok(match file.dataset(name)?.ndim() {
        1 => &["x"],
        3 => &["z", "y", "x"],
        _ => &["z", "x"],
    })
}

/// The grid of the last two axes of an array of a file of fwi, which have this shape, and how they lie in the file.
///
/// # Errors
/// [`DataError`] for axes that are labelled wrongly, uneven, or contradict the attributes `origin` and `spacing`.
pub fn grid_of(file: &Hdf5Reader, name: &str, shape: [usize; 2]) -> Result<(Grid, Axes), DataError> {
    let set = file.dataset(name)?;
    // The format defines z as depth.
    let given = AxisSettings { order: None, positive: None, otherwise: Some(Positive::Down), scale: 1.0 };
    let axes = Axes::of_last_two(file, &set, name, shape, given)?;
    let pair = |name: &'static str| match file.numbers(&set, name)?.as_deref() {
        Some([x, z]) => Ok(Some([*x, *z])),
        Some(other) => {
            let found = format!("{} values", other.len());
            Err(file.wrong_attribute(&set, name, found, "two numbers, x and z"))
        }
        None => Ok(None),
    };
    let said = [pair("origin")?, pair("spacing")?];
    let step = said[1].or(axes.spacing).unwrap_or([f64::INFINITY; 2]);
    for (what, said, seen) in [("origin", said[0], axes.origin), ("spacing", said[1], axes.spacing)] {
        let (Some(said), Some(seen)) = (said, seen) else { continue };
        // The coordinates are rounded.
        if (0..2).any(|a| (said[a] - seen[a]).abs() > 1e-3 * step[a].abs()) {
            let words = |[x, z]: [f64; 2]| format!("({}, {}) m", six_digits(x), six_digits(z));
            return Err(DataError::Contradiction {
                path: file.path.clone(),
                what: format!("the attribute `{what}` (x, z) of {}", set.name()),
                found: words(said),
                other: format!("its coordinates give {}; correct or remove one of them", words(seen)),
            });
        }
    }
    let [Some(origin), Some(spacing)] = [said[0].or(axes.origin), said[1].or(axes.spacing)] else {
        let group = name.rsplit_once('/').map_or("", |(group, _)| group);
        return Err(DataError::Absent {
            path: file.path.clone(),
            what: format!("datasets {group}/z and {group}/x with the coordinates of {name}"),
            present: file.dataset_names(),
        });
    };
    let grid = Grid::new(origin, spacing, axes.shape()).map_err(|e| DataError::Range {
        path: file.path.clone(),
        what: format!("the spacing of /{name}"),
        found: spacing[0].min(spacing[1]),
        unit: "m",
        expected: "more than 0".to_owned(),
        advice: e.to_string(),
    })?;
    Ok((grid, axes))
}

mod volume;

#[cfg(test)]
mod tests;
