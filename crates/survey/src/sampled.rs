//! A field on a grid, ready to be written.

use crate::array::Meaning;
use crate::derivatives::Derivatives;
use crate::model::Model;

/// A field on a grid, ready to be written.
#[derive(Debug, Clone)]
pub struct Sampled {
    /// Grid and values.
    pub model: Model,
    /// The meaning of the values.
    pub meaning: Meaning,
    /// First derivatives and Laplacian at the same nodes, to be written with the values.
    pub derivatives: Option<Derivatives>,
}

impl From<Model> for Sampled {
    fn from(model: Model) -> Sampled {
        Sampled { model, meaning: Meaning::Velocity, derivatives: None }
    }
}
