//! Activation functions: a table of rows, one file each in `activations/`.
//!
//! A row gives the function with its first three derivatives (the third is what the gradient of a second
//! derivative needs), once per reading: in f64 for tests, as Burn tensors for the reference network, and on
//! vectors of 16 lanes for the fused kernel.

use burn::tensor::Tensor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::FieldsError;
use crate::fused::{Kernels, Lanes};

#[path = "activations/sine.rs"]
mod sine;
#[path = "activations/tanh.rs"]
mod tanh;

/// All activations; a new one is one file, its `mod` line, and one row here.
pub const ACTIVATIONS: &[ActivationRow] =
    &[ActivationRow::of::<sine::Sine>(), ActivationRow::of::<tanh::Tanh>()];

/// An activation function as its file writes it.
pub(crate) trait Pointwise: 'static {
    /// Name in scenarios.
    const NAME: &'static str;
    /// Whether the network's frequency factor w0 also divides the initial weights (the SIREN rule).
    const PERIODIC: bool;
    /// Value, first, second and third derivative at `a`.
    fn derivatives(a: f64) -> [f64; 4];
    /// Value, first and second derivative as tensor operations that Burn can differentiate once more.
    fn tensor(a: Tensor<2>) -> [Tensor<2>; 3];
    /// The costly part of the evaluation, kept between the two uses that the backward pass makes of it.
    fn cache<V: Lanes>(a: V) -> [V; 2];
    /// Value, first, second and third derivative out of [`Pointwise::cache`].
    fn expand<V: Lanes>(cache: [V; 2]) -> [V; 4];
}

/// One row of [`ACTIVATIONS`].
pub struct ActivationRow {
    /// Name in scenarios.
    pub name: &'static str,
    /// Whether the SIREN initialisation (division by w0) applies.
    pub periodic: bool,
    /// Value, first, second and third derivative at a point.
    pub derivatives: fn(f64) -> [f64; 4],
    pub(crate) tensor: fn(Tensor<2>) -> [Tensor<2>; 3],
    pub(crate) kernels: Kernels,
}

impl ActivationRow {
    const fn of<A: Pointwise>() -> Self {
        Self {
            name: A::NAME,
            periodic: A::PERIODIC,
            derivatives: A::derivatives,
            tensor: A::tensor,
            kernels: Kernels::of::<A>(),
        }
    }
}

/// A choice of one row of [`ACTIVATIONS`]; written by its name in scenarios and checkpoints.
#[derive(Clone, Copy)]
pub struct Activation(&'static ActivationRow);

impl Activation {
    /// sin, the activation of a SIREN.
    pub const SINE: Self = Self(&ACTIVATIONS[0]);
    /// tanh, the usual choice in physics-informed networks.
    pub const TANH: Self = Self(&ACTIVATIONS[1]);

    /// The activation of that name.
    ///
    /// # Errors
    /// [`FieldsError::UnknownName`] with the names of the table.
    pub fn named(name: &str) -> Result<Self, FieldsError> {
        ACTIVATIONS.iter().find(|row| row.name == name).map(Self).ok_or_else(|| FieldsError::UnknownName {
            kind: "activation",
            found: name.to_owned(),
            known: ACTIVATIONS.iter().map(|row| row.name).collect::<Vec<_>>().join(", "),
        })
    }

    /// The row behind the choice.
    #[must_use]
    pub fn row(self) -> &'static ActivationRow {
        self.0
    }
}

impl std::fmt::Debug for Activation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.name)
    }
}

impl PartialEq for Activation {
    fn eq(&self, other: &Self) -> bool {
        self.0.name == other.0.name
    }
}

impl Serialize for Activation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.name)
    }
}

impl<'de> Deserialize<'de> for Activation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::named(&name).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::{Device, TensorData};

    /// The folder and the table hold the same names.
    #[test]
    fn every_file_is_listed() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/activations");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
            .collect();
        let mut rows: Vec<String> = ACTIVATIONS.iter().map(|row| row.name.to_owned()).collect();
        files.sort();
        rows.sort();
        assert_eq!(files, rows);
    }

    /// Each derivative is the slope of the one before it: central difference, h = 1e-4, so the error is about
    /// h^2 / 6 times the third derivative of that function (at most 16 here) plus rounding of 1e-12.
    #[test]
    fn derivatives_are_slopes_of_each_other() {
        let h = 1e-4;
        for row in ACTIVATIONS {
            for a in [-2.3, -0.7, 0.0, 0.4, 1.9] {
                let (low, at, high) =
                    ((row.derivatives)(a - h), (row.derivatives)(a), (row.derivatives)(a + h));
                for k in 0..3 {
                    let slope = (high[k] - low[k]) / (2.0 * h);
                    assert!((slope - at[k + 1]).abs() < 5e-8, "{} derivative {} at {a}", row.name, k + 1);
                }
            }
        }
    }

    /// The tensor reading equals the f64 reading to the rounding of f32.
    #[test]
    fn tensors_agree() {
        let a: Vec<f32> = (-40..40).map(|i| i as f32 * 0.1).collect();
        for row in ACTIVATIONS {
            let t = Tensor::from_data(TensorData::new(a.clone(), [1, a.len()]), &Device::default());
            for (k, t) in (row.tensor)(t).into_iter().enumerate() {
                let t = t.try_into_vec_as::<f32>().unwrap();
                for (x, y) in a.iter().zip(t) {
                    let exact = (row.derivatives)(f64::from(*x))[k];
                    assert!((exact - f64::from(y)).abs() < 1e-6, "{} {k} at {x}: {y} {exact}", row.name);
                }
            }
        }
    }

    #[test]
    fn unknown_names_list_the_known_ones() {
        let text = Activation::named("sin").unwrap_err().to_string();
        assert_eq!(text, "unknown activation `sin`; known: sine, tanh");
    }
}
