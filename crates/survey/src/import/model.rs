//! The velocity model of a file of another program.

use std::path::Path;

use fd::Grid;

use super::options::ImportOptions;
use super::velocity_unit::VelocityUnit;
use crate::data_error::DataError;
use crate::model::{Model, PLAUSIBLE};
use crate::ticks::six_digits;

/// An imported model, with notes for the user.
#[derive(Debug, Clone, PartialEq)]
pub struct Imported {
    /// The model.
    pub model: Model,
    /// Assumptions that were made, in whole sentences.
    pub notes: Vec<String>,
}

impl From<Model> for Imported {
    fn from(model: Model) -> Imported {
        Imported { model, notes: Vec::new() }
    }
}

/// The metadata of a model in a file.
///
/// # Units
/// m, x and z.
#[derive(Debug, Clone, Copy, Default)]
pub struct FileStatements {
    /// Distance between nodes.
    pub spacing: Option<[f64; 2]>,
    /// Position of the first node.
    pub origin: Option<[f64; 2]>,
    /// Unit of the numbers.
    pub unit: Option<VelocityUnit>,
}

impl ImportOptions {
    /// The model on `[nz, nx]` nodes with these numbers, in the unit of the options or of the file, or recognised by its values.
    ///
    /// `named` is the name of the dataset. The options must not contradict the file.
    pub fn model(
        &self,
        path: &Path,
        named: &str,
        shape: [usize; 2],
        values: &[f64],
        stated: &FileStatements,
    ) -> Result<Imported, DataError> {
        let size = stated.spacing.map_or(f64::INFINITY, |[dx, dz]| dx.min(dz));
        let spacing = one_of(path, ["the spacing", "`--spacing`"], stated.spacing, self.spacing, size)?;
        let option = "`--spacing M`";
        let unsaid = DataError::Unsaid { path: path.to_owned(), what: "the distance between nodes", option };
        let spacing = spacing.ok_or(unsaid)?;
        let origin = one_of(path, ["the first node", "`--origin`"], stated.origin, self.origin, size)?;
        let grid = Grid::new(origin.unwrap_or([0.0; 2]), spacing, shape).map_err(|e| DataError::Range {
            path: path.to_owned(),
            what: "the spacing".to_owned(),
            found: spacing[0].min(spacing[1]),
            unit: "m",
            expected: "more than 0, on at least two nodes per axis".to_owned(),
            advice: e.to_string(),
        })?;
        if let (Some(said), Some(given)) = (stated.unit, self.unit)
            && said != given
        {
            return Err(DataError::Contradiction {
                path: path.to_owned(),
                what: "the unit".to_owned(),
                found: said.name().to_owned(),
                other: format!("`--unit {}` is given", given.name()),
            });
        }
        let known = self.unit.or(stated.unit);
        let unit = known.unwrap_or_else(|| VelocityUnit::recognised(named, values));
        let model = Model { grid, values: values.iter().map(|v| unit.velocity(*v)).collect() };
        let allowed = if self.unit.is_some() { [f64::MIN_POSITIVE, f64::INFINITY] } else { PLAUSIBLE };
        model.check(allowed, path)?;
        Ok(model.into())
    }
}

/// The value of the file or of the option. If both exist, they must agree to a thousandth of `size`.
fn one_of(
    path: &Path,
    [what, option]: [&str; 2],
    stated: Option<[f64; 2]>,
    given: Option<[f64; 2]>,
    size: f64,
) -> Result<Option<[f64; 2]>, DataError> {
    if let (Some(stated), Some(given)) = (stated, given)
        && (0..2).any(|a| (stated[a] - given[a]).abs() > 1e-3 * size)
    {
        let words = |[x, z]: [f64; 2]| format!("{},{}", six_digits(x), six_digits(z));
        return Err(DataError::Contradiction {
            path: path.to_owned(),
            what: format!("{what} (x,z)"),
            found: format!("{} m", words(stated)),
            other: format!("{option} {} is given; leave it out", words(given)),
        });
    }
    Ok(stated.or(given))
}
