//! Activation functions: a table of rows, one file each in `activation/`.
//!
//! A row implements the function with its first three derivatives (the gradient of a second derivative needs the
//! third) in three ways: in f64 for tests, as Burn tensors for the reference network, and on vectors of 16 lanes for
//! the fused kernel. A function may depend on one number besides its argument, its shape; only `gabor` does.

use std::sync::LazyLock;

use burn::tensor::Tensor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::FieldsError;
use crate::fused::Kernels;
use crate::initialization::WeightInit;
use crate::pointwise::Pointwise;

mod gabor;
mod gaussian;
mod relu;
mod selu;
mod sigmoid;
mod sine;
mod softplus;
mod tanh;

/// All activations. To add one, write one file, its `mod` line, and one row here.
///
/// This is an array, so that a reference to a row elsewhere is an address. With a slice the kernels would be compiled
/// again in every crate that uses [`Activation::SINE`].
pub static ACTIVATIONS: [ActivationRow; 8] = [
    ActivationRow::of::<sine::Sine>(),
    ActivationRow::of::<tanh::Tanh>(),
    ActivationRow::of::<relu::Relu>(),
    ActivationRow::of::<sigmoid::Sigmoid>(),
    ActivationRow::of::<softplus::Softplus>(),
    ActivationRow::of::<selu::Selu>(),
    ActivationRow::of::<gaussian::Gaussian>(),
    ActivationRow::of::<gabor::Gabor>(),
];

/// One row of [`ACTIVATIONS`].
pub struct ActivationRow {
    /// Name in scenarios.
    pub name: &'static str,
    /// Default initial weights.
    pub init: WeightInit,
    /// Default frequency factor.
    pub w0: f32,
    /// Order of the highest continuous derivative; `usize::MAX` if all are.
    pub continuous: usize,
    /// The points where the derivative after that jumps.
    pub kinks: &'static [f64],
    /// Value, first, second and third derivative at a point, for a shape ([`crate::Architecture::shape`]).
    pub derivatives: fn(f64, f64) -> [f64; 4],
    pub(crate) tensor: fn(Tensor<2>, f32) -> [Tensor<2>; 3],
    pub(crate) kernels: Kernels,
}

impl ActivationRow {
    const fn of<A: Pointwise>() -> Self {
        Self {
            name: A::NAME,
            init: A::INIT,
            w0: A::W0,
            continuous: A::CONTINUOUS,
            kinks: A::KINKS,
            derivatives: A::derivatives,
            tensor: A::tensor,
            kernels: Kernels::of::<A>(),
        }
    }
}

/// A choice of one row of [`ACTIVATIONS`]. Scenarios and checkpoints contain its name.
#[derive(Clone, Copy)]
pub struct Activation(&'static ActivationRow);

impl Activation {
    /// sin, the activation of a SIREN.
    pub const SINE: Self = Self(&ACTIVATIONS[0]);

    /// The activation with this name.
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

    /// Rejects a derivative that does not exist as a function for this activation.
    ///
    /// At a kink, the derivative after the jump is a sum of delta functions. Jets contain the values between the
    /// kinks, which for relu are zero: right almost everywhere, but without the part that an equation acts on.
    ///
    /// # Errors
    /// [`FieldsError::Derivative`] if `order` is more than one above the highest continuous derivative.
    pub fn require(self, order: usize) -> Result<(), FieldsError> {
        let has = self.0.continuous.saturating_add(1);
        match order > has {
            true => Err(FieldsError::Derivative { activation: self.0.name, needed: order, has }),
            false => Ok(()),
        }
    }

    /// The chosen row.
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
        static NAMES: LazyLock<Vec<&'static str>> =
            LazyLock::new(|| ACTIVATIONS.iter().map(|row| row.name).collect());
        let name = String::deserialize(deserializer)?;
        Self::named(&name).map_err(|_| serde::de::Error::unknown_variant(&name, &NAMES))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fused::host_values;
    use burn::tensor::{Device, TensorData};

    /// The folder and the table contain the same names.
    #[test]
    fn every_file_is_listed() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/activation");
        document::choices::assert_rows_have_files(folder, ACTIVATIONS.iter().map(|row| row.name));
    }

    /// The shapes with which a row is tested.
    fn shapes(row: &ActivationRow) -> &'static [f64] {
        if row.name == "gabor" { &[0.1, 1.0 / 3.0, 1.0] } else { &[1.0] }
    }

    /// Each derivative is the slope of the one before it, away from kinks: central difference, h = 3e-5, so the error is
    /// about h^2 / 6 times the third derivative of that function (at most 160 here) plus rounding of 1e-11.
    #[test]
    fn derivatives_are_slopes_of_each_other() {
        let h = 3e-5;
        for row in &ACTIVATIONS {
            for shape in shapes(row) {
                for a in [-2.3, -0.7, 0.0, 0.4, 1.9].into_iter().filter(|a| !row.kinks.contains(a)) {
                    let [low, at, high] = [a - h, a, a + h].map(|a| (row.derivatives)(a, *shape));
                    for k in 0..3 {
                        let slope = (high[k] - low[k]) / (2.0 * h);
                        let error = (slope - at[k + 1]).abs();
                        assert!(error < 5e-8, "{} {shape} derivative {} at {a}: {error}", row.name, k + 1);
                    }
                }
            }
        }
    }

    /// The stated kinks are correct: across a kink the derivatives up to `continuous` are continuous and the next one
    /// jumps.
    #[test]
    fn kinks_are_where_they_are_said_to_be() {
        for row in &ACTIVATIONS {
            assert_eq!(row.kinks.is_empty(), row.continuous == usize::MAX, "{}", row.name);
            for kink in row.kinks {
                let jump = |k: usize| {
                    (row.derivatives)(kink + 1e-9, 1.0)[k] - (row.derivatives)(kink - 1e-9, 1.0)[k]
                };
                assert!((0..=row.continuous).all(|k| jump(k).abs() < 1e-8), "{}", row.name);
                assert!(jump(row.continuous + 1).abs() > 0.1, "{}", row.name);
            }
        }
    }

    fn tensor(values: &[f32]) -> Tensor<2> {
        Tensor::from_data(TensorData::new(values.to_vec(), [1, values.len()]), &Device::flex())
    }

    /// The tensor implementation equals the f64 implementation to the rounding of f32, also for large arguments, and
    /// Burn's derivative of each is the next one.
    #[test]
    fn tensors_agree() {
        for device in crate::device::every() {
            tensors_agree_on(&device.autodiff());
        }
    }

    fn tensors_agree_on(device: &Device) {
        let mut a: Vec<f32> = (-40..40).map(|i| i as f32 * 0.1).collect();
        a.extend([-1e30, -1000.0, -95.0, 88.0, 1000.0, 1e30]);
        for row in &ACTIVATIONS {
            for shape in shapes(row) {
                for k in 0..3 {
                    let input = Tensor::<2>::from_data(TensorData::new(a.clone(), [1, a.len()]), device);
                    let input = input.require_grad();
                    // Connected with the input, although the second derivative of relu is not.
                    let output = (row.tensor)(input.clone(), *shape as f32)[k].clone() + input.clone() * 0.0;
                    let gradients = output.clone().sum().backward();
                    let slope = host_values(input.grad(&gradients).expect("it depends on the input"));
                    for ((a, f), df) in a.iter().zip(host_values(output)).zip(slope) {
                        // Beyond 1e5 radians f32 cannot represent the phase of a sine.
                        if row.name == "sine" && a.abs() > 1e5 {
                            continue;
                        }
                        let exact = (row.derivatives)(f64::from(*a), *shape);
                        let error =
                            |found: f32, exact: f64| (f64::from(found) - exact).abs() / exact.abs().max(1.0);
                        let what = format!("{} {shape} {k} at {a}: {f} {df} {exact:?}", row.name);
                        assert!(error(f, exact[k]) < 2e-6, "{what}");
                        let kink = row.kinks.contains(&f64::from(*a));
                        assert!(kink || error(df, exact[k + 1]) < 4e-6, "slope of {what}");
                    }
                }
            }
        }
    }

    /// NaN stays NaN, so that a failed run is visible.
    #[test]
    fn nan_passes_through() {
        for row in &ACTIVATIONS {
            let value = (row.tensor)(tensor(&[f32::NAN]), 1.0)[0].clone();
            assert!(host_values(value)[0].is_nan(), "{}", row.name);
        }
    }

    /// A second derivative is rejected for kinked activations, and only for those.
    #[test]
    fn missing_derivatives_are_refused() {
        for row in &ACTIVATIONS {
            let activation = Activation::named(row.name).unwrap();
            assert!(activation.require(1).is_ok());
            assert_eq!(activation.require(2).is_ok(), row.kinks.is_empty(), "{}", row.name);
        }
        let text = Activation::named("relu").unwrap().require(2).unwrap_err().to_string();
        assert!(text.contains("relu") && text.contains("order 2"), "{text}");
    }

    #[test]
    fn unknown_names_list_the_known_ones() {
        let text = Activation::named("sin").unwrap_err().to_string();
        assert_eq!(
            text,
            "unknown activation `sin`; known: sine, tanh, relu, sigmoid, softplus, selu, gaussian, gabor"
        );
    }
}
