//! Parameters of a medium from their description in the scenario.

use std::path::PathBuf;

use fd::{Grid, Point};

use crate::data_error::DataError;
use crate::gaussian;
use crate::medium::ParameterChoice;
use crate::model::Model;
use crate::model_source::subcells;
use crate::parameter::{Parameter, Quantity};

/// A parameter that can be sampled on any grid.
#[derive(Debug, Clone, PartialEq)]
pub struct ParameterSource {
    /// What it is.
    pub quantity: Quantity,
    /// The description in the scenario.
    pub choice: ParameterChoice,
    /// The file, if the values are in one.
    pub file: Option<PathBuf>,
    /// The true values, for those derived from them.
    pub truth: Option<Box<ParameterSource>>,
}

impl ParameterSource {
    /// The values on a grid, as its arrays.
    ///
    /// Discs, rectangles and layers are averaged over the cell around each node; a file is interpolated.
    ///
    /// # Errors
    /// [`DataError`] for a file that cannot be read or lacks the parameter.
    pub fn sample(&self, grid: &Grid) -> Result<Model, DataError> {
        if let (Some(path), ParameterChoice::File(file)) = (&self.file, &self.choice) {
            return Ok(file.read(path, &self.quantity)?.model.resample_onto(grid));
        }
        if let (ParameterChoice::Smooth(smooth), Some(truth)) = (&self.choice, &self.truth) {
            let values = gaussian::smoothed(grid, &truth.sample(grid)?.values, smooth.sigma, 0);
            return Ok(Model { grid: *grid, values });
        }
        let value = |at: &Point| self.choice.as_dyn().at_point(at);
        let values = match &self.choice {
            ParameterChoice::Uniform(_) | ParameterChoice::Gradient(_) => {
                grid.nodes().map(|at| value(&at)).collect()
            }
            _ => {
                let means = fd::average_over_cells(grid, subcells(grid), value);
                // A cell with a single value keeps it to the last bit.
                let exact = grid.nodes().zip(means).map(|(at, mean)| {
                    let here = value(&at);
                    if (mean - here).abs() <= 1e-12 * here.abs() { here } else { mean }
                });
                exact.collect()
            }
        };
        Ok(Model { grid: *grid, values })
    }

    /// The parameter on a grid.
    ///
    /// # Errors
    /// As [`ParameterSource::sample`].
    pub fn parameter(&self, grid: &Grid) -> Result<Parameter, DataError> {
        Ok(Parameter { quantity: self.quantity.clone(), model: self.sample(grid)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> ParameterSource {
        ParameterSource {
            quantity: Quantity { name: "rho".to_owned(), unit: "kg/m^3".to_owned() },
            choice: serde_json::from_str(text).unwrap(),
            file: None,
            truth: None,
        }
    }

    /// A node half a cell above or below a boundary has nothing of the other side; one on it has the mean.
    #[test]
    fn layers_are_averaged_over_cells() {
        let layers = source(r#"{"layers": {"tops": [10], "values": [1000, 2000]}}"#);
        let at = |z: f64| {
            let grid = Grid::new([0.0, z], [10.0, 10.0], [2, 2]).unwrap();
            layers.sample(&grid).unwrap().values[0]
        };
        assert_eq!([at(5.0), at(15.0)], [1000.0, 2000.0]);
        assert!((at(10.0) - 1500.0).abs() < 1e-9);
    }

    /// Smoothing keeps a constant, and gives the mean half way across a step.
    #[test]
    fn smooth_values() {
        let truth = source(r#"{"layers": {"tops": [500], "values": [1000, 2000]}}"#);
        let smooth =
            ParameterSource { truth: Some(Box::new(truth)), ..source(r#"{"smooth": {"sigma": 50}}"#) };
        let grid = Grid::new([0.0, 5.0], [10.0, 10.0], [100, 5]).unwrap();
        let model = smooth.sample(&grid).unwrap();
        let at = |iz: usize| model.values[grid.index(iz, 2)];
        assert!((at(0) - 1000.0).abs() < 1e-9 && (at(99) - 2000.0).abs() < 1e-9);
        assert!((0.5 * (at(49) + at(50)) - 1500.0).abs() < 1e-9 && at(49) < 1500.0);
    }

    /// A file has a dataset for each parameter, and each is read back as it was written.
    #[test]
    fn files_hold_every_parameter() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.h5");
        let grid = Grid::new([0.0, 5.0], [10.0, 5.0], [4, 3]).unwrap();
        let quantity = |name: &str, unit: &str| Quantity { name: name.to_owned(), unit: unit.to_owned() };
        let all: Vec<Parameter> = [("vp", "m/s"), ("vs", "m/s"), ("Q", "1"), ("rho", "kg/m^3")]
            .into_iter()
            .enumerate()
            .map(|(k, (name, unit))| Parameter {
                quantity: quantity(name, unit),
                model: Model::from_fn(grid, |x, z| 1000.0 * (k + 1) as f64 + x + 0.1 * z),
            })
            .collect();
        Parameter::write_all(&all, &path).unwrap();
        assert_eq!(Parameter::read_all(&path).unwrap(), all);
        let rho = ParameterSource { file: Some(path.clone()), ..source(r#"{"file": {"path": "model.h5"}}"#) };
        assert_eq!(rho.sample(&grid).unwrap(), all[3].model);
        let other = Parameter::read(&path, &quantity("vs", "km/s")).unwrap_err().to_string();
        assert!(other.contains("m/s") && other.contains("km/s"), "{other}");
        let absent = Parameter::read(&path, &quantity("gamma", "1")).unwrap_err().to_string();
        assert!(absent.contains("gamma") && absent.contains("/model/rho"), "{absent}");
    }
}
