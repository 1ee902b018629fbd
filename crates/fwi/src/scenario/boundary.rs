//! `grid.boundary`: what happens at the edges.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a plan asks of a boundary.
pub trait Boundary {
    /// The absorbing layer.
    fn layer(&self) -> fd::Pml;
}

/// Perfectly matched layer on all four sides, inside the grid: e = 1 - i strength (depth / thickness)^2.
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

impl Boundary for Pml {
    fn layer(&self) -> fd::Pml {
        fd::Pml { thickness: self.thickness, strength: self.strength }
    }
}

choices! {
    /// How waves leave the grid.
    pub enum BoundaryChoice: dyn Boundary {
        pml => Pml,
    }
}
