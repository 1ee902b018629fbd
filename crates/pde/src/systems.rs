//! The catalogue of systems: one file and one row each.

use crate::symbol::Dimension;
use crate::system::System;

mod acoustic;
mod acoustic_density;
mod acoustic_vti;
mod elastic;
mod elastic_vti;
mod sh;
mod stress;
mod viscoacoustic;

/// One system of the catalogue.
#[derive(Debug, Clone, Copy)]
pub struct SystemRow {
    /// Its name, which is that of its file.
    pub name: &'static str,
    /// The publication it comes from.
    pub source: &'static str,
    /// Declares it in a dimension; `None` where it does not exist.
    pub declare: fn(Dimension) -> Option<System>,
}

const SYSTEMS: &[SystemRow] = &[
    SystemRow { name: "acoustic", source: acoustic::SOURCE, declare: acoustic::declare },
    SystemRow {
        name: "acoustic_density",
        source: acoustic_density::SOURCE,
        declare: acoustic_density::declare,
    },
    SystemRow { name: "acoustic_vti", source: acoustic_vti::SOURCE, declare: acoustic_vti::declare },
    SystemRow { name: "viscoacoustic", source: viscoacoustic::SOURCE, declare: viscoacoustic::declare },
    SystemRow { name: "elastic", source: elastic::SOURCE, declare: elastic::declare },
    SystemRow { name: "elastic_vti", source: elastic_vti::SOURCE, declare: elastic_vti::declare },
    SystemRow { name: "sh", source: sh::SOURCE, declare: sh::declare },
];

/// The system of the catalogue with this name in a dimension; `None` where there is none.
///
/// ```
/// let waves = pde::system("elastic", pde::Dimension::Two).expect("a row of the catalogue");
/// assert_eq!(waves.parameters.len(), 3);
/// ```
#[must_use]
pub fn system(name: &str, dimension: Dimension) -> Option<System> {
    let row = SYSTEMS.iter().find(|row| row.name == name)?;
    (row.declare)(dimension)
}

/// Every system of the catalogue.
///
/// ```
/// for row in pde::systems() {
///     let system = (row.declare)(pde::Dimension::Two).expect("all of them exist in two dimensions");
///     println!("{}\n{system}", row.source);
/// }
/// ```
#[must_use]
pub fn systems() -> &'static [SystemRow] {
    SYSTEMS
}
