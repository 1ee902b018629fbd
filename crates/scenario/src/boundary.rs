//! `grid.boundary`: the boundary conditions at the edges.

use document::{CheckSettings, Unit};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use survey::ranges;

/// Perfectly matched layer on all four sides, inside the grid, for `helmholtz`. The coordinate is stretched by e =
/// 1 - i strength (depth / thickness)^2.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pml {
    /// Thickness of the layer. Half a wavelength or more absorbs well.
    #[schemars(transform = ranges::length())]
    pub thickness: f64,
    /// Strength of the absorption.
    #[serde(default = "default_strength")]
    #[schemars(transform = Unit::None.within(1e-3, 1e4))]
    pub strength: f64,
}

fn default_strength() -> f64 {
    5.0
}

impl Pml {
    /// The absorbing layer.
    #[must_use]
    pub fn layer(&self) -> fd::Pml {
        fd::Pml { thickness: self.thickness, strength: self.strength }
    }
}

impl CheckSettings for Pml {}

/// Convolutional perfectly matched layer outside the grid, for `acoustic` and `waves`.
///
/// # Source
/// Komatitsch and Martin, Geophysics 72 (2007), SM155-SM167.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cpml {
    /// Number of cells of the layer beyond each edge of the grid.
    #[serde(default = "default_cells")]
    #[schemars(transform = Unit::None.within(5.0, 1000.0))]
    pub cells: usize,
    /// Whether the top edge is a free surface, where the pressure is zero, instead of an absorbing layer.
    #[serde(default)]
    pub free_surface: bool,
    /// Theoretical reflection coefficient at normal incidence.
    #[serde(default = "default_reflection")]
    #[schemars(transform = Unit::None.within(1e-16, 0.1))]
    pub reflection: f64,
}

fn default_cells() -> usize {
    20
}

fn default_reflection() -> f64 {
    1e-8
}

impl CheckSettings for Cpml {}

document::choices! {
    /// How waves leave the grid.
    pub enum BoundaryChoice: dyn CheckSettings {
        pml => Pml,
        cpml => Cpml,
    }
}
