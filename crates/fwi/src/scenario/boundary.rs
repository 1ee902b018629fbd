//! `grid.boundary`: what happens at the edges.

use document::{CheckSettings, Fault, KeyPath, Unit, positive, within};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Perfectly matched layer on all four sides, inside the grid, for `helmholtz`: e = 1 - i strength (depth / thickness)^2.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pml {
    /// Thickness in m.
    pub thickness: f64,
    /// Strength a0, a pure number.
    #[serde(default = "default_strength")]
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

impl CheckSettings for Pml {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        positive(&at.key("thickness"), self.thickness, Unit::Metre)?;
        positive(&at.key("strength"), self.strength, Unit::None)
    }
}

/// Convolutional perfectly matched layer outside the grid, for `acoustic`.
///
/// # Source
/// Komatitsch and Martin, Geophysics 72 (2007), SM155-SM167.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cpml {
    /// Cells of the layer beyond each edge.
    #[serde(default = "default_cells")]
    pub cells: usize,
    /// Whether the top edge is a free surface, where the pressure is zero, instead of a layer.
    #[serde(default)]
    pub free_surface: bool,
    /// Amplitude that theory lets come back at normal incidence.
    #[serde(default = "default_reflection")]
    pub reflection: f64,
}

fn default_cells() -> usize {
    20
}

fn default_reflection() -> f64 {
    1e-8
}

impl CheckSettings for Cpml {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        within(&at.key("cells"), self.cells as f64, [5.0, 1000.0], Unit::None)?;
        within(&at.key("reflection"), self.reflection, [1e-16, 0.1], Unit::None)
    }
}

document::choices! {
    /// How waves leave the grid.
    pub enum BoundaryChoice: dyn CheckSettings {
        pml => Pml,
        cpml => Cpml,
    }
}
