//! `physics`: which equation.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a plan asks of an equation.
pub trait Physics {
    /// Frequencies in Hz, as typed.
    fn frequencies(&self) -> &[f64];
}

/// Time-harmonic acoustic waves of constant density in two dimensions.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Helmholtz {
    /// Frequencies of the data in Hz, in rising order.
    pub frequencies: Vec<f64>,
}

impl Physics for Helmholtz {
    fn frequencies(&self) -> &[f64] {
        &self.frequencies
    }
}

choices! {
    /// The equation that the waves obey.
    pub enum PhysicsChoice: dyn Physics {
        helmholtz => Helmholtz,
    }
}
