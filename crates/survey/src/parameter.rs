//! The parameters of a medium on a grid: the velocity, and those that other equations have.

use crate::model::Model;

/// What the numbers of a parameter are.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Quantity {
    /// Its name, that of its dataset and of the equation's parameter: `vp`, `vs`, `rho`, ...
    pub name: String,
    /// Its unit; `1` for a pure number.
    pub unit: String,
}

/// A parameter on a grid.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// What it is.
    pub quantity: Quantity,
    /// Where its samples are, and their values in its unit.
    pub model: Model,
}

/// The words for parameters of the catalogue's equations.
const WORDS: [(&str, &str); 7] = [
    ("vp", "P-wave velocity"),
    ("vs", "S-wave velocity"),
    ("rho", "density"),
    ("epsilon", "Thomsen's epsilon"),
    ("delta", "Thomsen's delta"),
    ("gamma", "Thomsen's gamma"),
    ("Q", "quality factor"),
];

impl Quantity {
    /// The velocity of acoustic waves.
    #[must_use]
    pub fn velocity() -> Self {
        Self { name: "vp".to_owned(), unit: "m/s".to_owned() }
    }

    /// The quantity in words, or its name where there are none.
    #[must_use]
    pub fn words(&self) -> &str {
        WORDS.iter().find(|(name, _)| *name == self.name).map_or(&self.name, |(_, words)| words)
    }

    /// Quantity and unit, for a colour bar.
    #[must_use]
    pub fn label(&self) -> String {
        format!("{}{}", self.words(), self.in_brackets())
    }

    fn in_brackets(&self) -> String {
        if self.unit == "1" { String::new() } else { format!(" ({})", self.unit) }
    }

    /// The unit after a number, with its space.
    #[must_use]
    pub fn suffix(&self) -> String {
        if self.unit == "1" { String::new() } else { format!(" {}", self.unit) }
    }
}

impl Parameter {
    /// A velocity model.
    #[must_use]
    pub fn velocity(model: Model) -> Self {
        Self { quantity: Quantity::velocity(), model }
    }
}
