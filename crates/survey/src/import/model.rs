//! The model of a file of another program: one parameter of a medium on a grid.

use std::path::Path;

use fd::Grid;
use gridfiles::Array;

use super::model_unit::{ModelUnit, compact};
use super::options::ImportOptions;
use crate::data_error::DataError;
use crate::model::{Model, PLAUSIBLE};
use crate::parameter::Quantity;
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

/// What is looked for in a model file.
#[derive(Debug, Clone)]
pub struct Wanted<'a> {
    /// Which parameter of the medium.
    pub quantity: &'a Quantity,
    /// What the user says about the file.
    pub options: &'a ImportOptions,
}

/// Names of parameters in files with several arrays, by the name of the parameter.
const NAMES: [(&str, &[&str]); 7] = [
    ("vp", &["vp", "v", "velocity", "vel", "c", "m"]),
    ("vs", &["vs"]),
    ("rho", &["rho", "density", "den"]),
    ("Q", &["Q", "q", "quality", "Qp", "qp"]),
    ("epsilon", &["epsilon", "eps"]),
    ("delta", &["delta"]),
    ("gamma", &["gamma"]),
];
/// No rock is as light as this, kg/m^3; in g/cm^3 none is as dense.
const LIGHTEST: f64 = 50.0;

impl Wanted<'_> {
    /// The names that the parameter usually has in files, the most usual first.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        let row = NAMES.iter().find(|(name, _)| *name == self.quantity.name);
        row.map_or_else(|| vec![self.quantity.name.as_str()], |(_, names)| names.to_vec())
    }

    /// Whether a name is usual for another parameter than this one.
    #[must_use]
    pub fn is_another(&self, name: &str) -> bool {
        !self.names().contains(&name) && NAMES.iter().any(|(_, names)| names.contains(&name))
    }

    /// The model of an array with the axes z, (y,) x in this order, all with rising coordinates in m, z down. What the array lacks of
    /// its axes and its unit, the options have; what it has, they must not contradict. `named` is its name.
    ///
    /// # Errors
    /// [`DataError`] for what nothing says, contradictions, numbers that are not finite, and velocities that are none.
    pub fn place(&self, path: &Path, named: &str, array: &Array) -> Result<Imported, DataError> {
        let grid = self.grid(path, named, array)?;
        let known = self.unit(path, named, array.unit.as_deref())?;
        let velocity = *self.quantity == Quantity::velocity();
        let known = known.or_else(|| velocity.then(|| ModelUnit::recognised(named, &array.values)));
        let value = |number: &f64| known.map_or(*number, |unit| unit.value(*number));
        let model = Model { grid, values: array.values.iter().map(value).collect() };
        if velocity {
            let any = [f64::MIN_POSITIVE, f64::INFINITY];
            model.check(if self.options.unit.is_some() { any } else { PLAUSIBLE }, path)?;
        } else {
            model.check_samples(&self.quantity.name, path)?;
            self.dense_enough(path, known, &model)?;
        }
        Ok(model.into())
    }

    /// A density in g/cm^3 of which nothing says so.
    fn dense_enough(&self, path: &Path, unit: Option<ModelUnit>, model: &Model) -> Result<(), DataError> {
        let [_, densest] = model.range();
        if self.quantity.name != "rho"
            || self.quantity.unit != "kg/m^3"
            || unit.is_some()
            || densest > LIGHTEST
        {
            return Ok(());
        }
        Err(DataError::Range {
            path: path.to_owned(),
            what: "the highest density".to_owned(),
            found: densest,
            unit: "kg/m^3",
            expected: format!("more than {LIGHTEST} kg/m^3"),
            advice: "it looks like g/cm^3: say so with `--unit g/cm3`, or `--unit kg/m3` if it is none"
                .to_owned(),
        })
    }

    fn grid(&self, path: &Path, named: &str, array: &Array) -> Result<Grid, DataError> {
        let options = self.options;
        // Ordered as the coordinates of points.
        let axes: Vec<&gridfiles::Axis> = array.axes.iter().rev().collect();
        let count = axes.len();
        let spacings: Vec<Option<f64>> = axes.iter().map(|axis| axis.spacing).collect();
        let size = spacings.iter().flatten().copied().fold(f64::INFINITY, f64::min);
        let given = |name: &str, numbers: Option<super::PerAxis<f64>>| {
            let Some(numbers) = numbers else { return Ok(None) };
            numbers.along(count).map(Some).ok_or_else(|| DataError::Contradiction {
                path: path.to_owned(),
                what: format!("the number of axes of {named}"),
                found: format!("{count} axes, {:?}", array.shape()),
                other: format!("`--{name}` has {} numbers", numbers.count()),
            })
        };
        let spacing = given("spacing", options.spacing)?;
        let spacing = one_of(path, ["the spacing", "`--spacing`"], &spacings, spacing.as_deref(), size)?;
        let option = "`--spacing M`";
        let unsaid =
            || DataError::Unsaid { path: path.to_owned(), what: "the distance between nodes", option };
        let spacing: Vec<f64> = spacing.into_iter().collect::<Option<_>>().ok_or_else(unsaid)?;
        let origins: Vec<Option<f64>> = axes.iter().map(|axis| axis.origin).collect();
        let origin = given("origin", options.origin)?;
        let origin = one_of(path, ["the first node", "`--origin`"], &origins, origin.as_deref(), size)?;
        let along: Vec<fd::Axis> = (0..count)
            .map(|a| fd::Axis { origin: origin[a].unwrap_or(0.0), spacing: spacing[a], nodes: axes[a].len })
            .collect();
        Grid::of_axes(&along).map_err(|e| DataError::Range {
            path: path.to_owned(),
            what: "the spacing".to_owned(),
            found: spacing.iter().copied().fold(f64::INFINITY, f64::min),
            unit: "m",
            expected: "more than 0, on at least two nodes per axis".to_owned(),
            advice: e.to_string(),
        })
    }

    /// The unit of the numbers, from the text of the file or from the option, if one of them says it.
    ///
    /// # Errors
    /// [`DataError::Attribute`] for a text that is no known unit, where the option does not have it;
    /// [`DataError::Contradiction`] of both, or with the quantity; [`DataError::UnitOption`].
    fn unit(&self, path: &Path, named: &str, text: Option<&str>) -> Result<Option<ModelUnit>, DataError> {
        let (needed, given) = (&self.quantity.unit, self.options.unit);
        if let Some(given) = given.filter(|given| given.computed_in() != needed) {
            return Err(DataError::UnitOption {
                path: path.to_owned(),
                given: given.name(),
                quantity: self.quantity.words().to_owned(),
                unit: needed.clone(),
                known: ModelUnit::names_of(needed),
            });
        }
        let Some(text) = text.filter(|text| !text.trim().is_empty()) else { return Ok(given) };
        let said = match (ModelUnit::named(text), given) {
            (Some(said), _) => said,
            // The user knows the unit.
            (None, Some(given)) => return Ok(Some(given)),
            (None, None) if compact(text) == compact(needed) => return Ok(None),
            (None, None) => {
                return Err(DataError::Attribute {
                    path: path.to_owned(),
                    attribute: format!("the unit of {named}"),
                    found: format!("\"{text}\""),
                    expected: format!(
                        "{}; say what the numbers are with `--unit`",
                        or(&ModelUnit::names_of(needed), needed)
                    )
                    .into(),
                });
            }
        };
        if said.computed_in() != needed {
            return Err(DataError::Contradiction {
                path: path.to_owned(),
                what: format!("the unit of {named}"),
                found: text.to_owned(),
                other: format!(
                    "{} has {needed}; name another array, or say what the numbers are with `--unit`",
                    self.quantity.words()
                ),
            });
        }
        match given {
            Some(given) if given != said => Err(DataError::Contradiction {
                path: path.to_owned(),
                what: "the unit".to_owned(),
                found: said.name().to_owned(),
                other: format!("`--unit {}` is given", given.name()),
            }),
            _ => Ok(Some(said)),
        }
    }
}

/// "a, b or c", or the unit itself where there is no name.
fn or(names: &[&str], unit: &str) -> String {
    match names {
        [] => unit.to_owned(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

/// The values of the file or of the option, axis by axis. Where both exist, they must agree to a thousandth of `size`.
fn one_of(
    path: &Path,
    [what, option]: [&str; 2],
    stated: &[Option<f64>],
    given: Option<&[f64]>,
    size: f64,
) -> Result<Vec<Option<f64>>, DataError> {
    let Some(given) = given else { return Ok(stated.to_vec()) };
    let all: Vec<f64> = stated.iter().zip(given).map(|(stated, given)| stated.unwrap_or(*given)).collect();
    if all.iter().zip(given).any(|(stated, given)| (stated - given).abs() > 1e-3 * size) {
        let words = |of: &[f64]| of.iter().map(|v| six_digits(*v).to_string()).collect::<Vec<_>>().join(",");
        return Err(DataError::Contradiction {
            path: path.to_owned(),
            what: format!("{what} ({})", if all.len() == 3 { "x,y,z" } else { "x,z" }),
            found: format!("{} m", words(&all)),
            other: format!("{option} {} is given; leave it out", words(given)),
        });
    }
    Ok(all.into_iter().map(Some).collect())
}
