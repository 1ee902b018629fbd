//! The catalogue: one file per family of equations, one row per equation.

use crate::equation::Equation;
use crate::symbol::Dimension;

mod acoustic_wave;
mod helmholtz;

pub use acoustic_wave::{acoustic_wave, acoustic_wave_density, acoustic_wave_scattered};
pub use helmholtz::{Form, helmholtz};

/// One equation of the catalogue.
#[derive(Debug, Clone, Copy)]
pub struct CatalogueRow {
    /// Its name, which starts with the name of the file that declares it.
    pub name: &'static str,
    /// The publication it comes from.
    pub source: &'static str,
    /// Declares it in a dimension.
    pub declare: fn(Dimension) -> Equation,
}

const CATALOGUE: &[CatalogueRow] = &[
    CatalogueRow {
        name: "helmholtz_total",
        source: helmholtz::SOURCE,
        declare: |dimension| helmholtz(dimension, Form::Total),
    },
    CatalogueRow {
        name: "helmholtz_scattered",
        source: helmholtz::SOURCE,
        declare: |dimension| helmholtz(dimension, Form::Scattered),
    },
    CatalogueRow { name: "acoustic_wave", source: acoustic_wave::SOURCE, declare: acoustic_wave },
    CatalogueRow {
        name: "acoustic_wave_scattered",
        source: acoustic_wave::SOURCE,
        declare: acoustic_wave_scattered,
    },
    CatalogueRow {
        name: "acoustic_wave_density",
        source: acoustic_wave::SOURCE,
        declare: acoustic_wave_density,
    },
];

/// Every equation of the catalogue; tests and documents loop over it.
///
/// ```
/// for row in pde::catalogue() {
///     println!("{}: {}", row.name, (row.declare)(pde::Dimension::Two).residual);
/// }
/// ```
pub fn catalogue() -> &'static [CatalogueRow] {
    CATALOGUE
}
