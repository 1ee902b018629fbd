//! A field on a grid, ready to be written.

use crate::array::Meaning;
use crate::derivatives::Derivatives;
use crate::model::Model;
use crate::parameter::{Parameter, Quantity};

/// A field on a grid, ready to be written.
#[derive(Debug, Clone)]
pub struct Sampled {
    /// Grid and values.
    pub model: Model,
    /// The meaning of the values.
    pub meaning: Meaning,
    /// First derivatives and Laplacian at the same nodes, to be written with the values.
    pub derivatives: Option<Derivatives>,
    /// Which parameter of a medium it is, if it is not the velocity of acoustic waves.
    pub quantity: Option<Quantity>,
}

impl Sampled {
    /// The name of the values in files: that of the parameter, `vp` for a velocity, or `value`.
    #[must_use]
    pub fn name(&self) -> &str {
        match (&self.quantity, self.meaning) {
            (Some(quantity), _) => &quantity.name,
            (None, Meaning::Velocity) => "vp",
            (None, _) => "value",
        }
    }

    /// Quantity and unit, for a colour bar.
    #[must_use]
    pub fn label(&self) -> String {
        self.quantity.as_ref().map_or_else(|| self.meaning.label().to_owned(), Quantity::label)
    }
}

impl From<Parameter> for Sampled {
    fn from(Parameter { quantity, model }: Parameter) -> Sampled {
        if quantity == Quantity::velocity() {
            return model.into();
        }
        Sampled { model, meaning: Meaning::Number, derivatives: None, quantity: Some(quantity) }
    }
}

impl From<Model> for Sampled {
    fn from(model: Model) -> Sampled {
        Sampled { model, meaning: Meaning::Velocity, derivatives: None, quantity: None }
    }
}
