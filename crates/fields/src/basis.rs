//! Bases: functions of a point whose weighted sum is a wavefield, so that the weights follow from linear least squares.
//!
//! Everything is in f64, because the weights of a least-squares fit are large and cancel each other, which f32 cannot
//! represent.

use crate::collocation::Point;
use crate::error::FieldsError;

pub mod gaussians;
pub mod hidden_layer;
pub mod kinked;
pub mod polygon;

pub use gaussians::Gaussians;
pub use hidden_layer::HiddenLayer;
pub use kinked::{Kinked, Shape};
pub use polygon::Polygon;

/// Streams of a jet of second order in two dimensions: value, x, z, xx, zz.
pub const STREAMS: usize = 5;

/// Functions of `[x, z]` with their first and pure second partial derivatives.
///
/// # Units
/// Coordinates and derivatives are those of the networks, in units of the frame's length.
pub trait Basis: Sync {
    /// Number of functions.
    fn len(&self) -> usize;

    /// Whether the basis is empty.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Writes the jets of all functions at a point.
    ///
    /// # Shapes
    /// `jets` is `[stream][function]`, the streams being value, x, z, xx, zz.
    fn jets(&self, point: Point, jets: &mut [Vec<f64>; STREAMS]);
}

/// Several bases, concatenated.
#[derive(Default)]
pub struct Bases {
    all: Vec<Box<dyn Basis>>,
}

impl Bases {
    /// Adds a basis.
    #[must_use]
    pub fn with(mut self, basis: impl Basis + 'static) -> Self {
        self.all.push(Box::new(basis));
        self
    }
}

impl Basis for Bases {
    fn len(&self) -> usize {
        self.all.iter().map(|basis| basis.len()).sum()
    }

    fn jets(&self, point: Point, jets: &mut [Vec<f64>; STREAMS]) {
        jets.iter_mut().for_each(Vec::clear);
        let mut part: [Vec<f64>; STREAMS] = Default::default();
        for basis in &self.all {
            basis.jets(point, &mut part);
            jets.iter_mut().zip(&part).for_each(|(all, part)| all.extend_from_slice(part));
        }
    }
}

/// A sum of the functions of a basis, for each source.
pub struct Sum<'a> {
    basis: &'a dyn Basis,
    weights: Vec<Vec<num_complex::Complex64>>,
}

impl<'a> Sum<'a> {
    /// The sum with the weights of every source.
    ///
    /// # Shapes
    /// `weights` is `[source][function]`.
    ///
    /// # Errors
    /// [`FieldsError::ParameterShape`] unless there is one weight for each function.
    pub fn new(basis: &'a dyn Basis, weights: Vec<Vec<num_complex::Complex64>>) -> Result<Self, FieldsError> {
        match weights.iter().position(|w| w.len() != basis.len()) {
            Some(index) => {
                let (found, expected) = ([1, weights[index].len()], [1, basis.len()]);
                Err(FieldsError::ParameterShape { index, found, expected })
            }
            None => Ok(Self { basis, weights }),
        }
    }

    /// The values of every source's sum at points, `[source][point]`.
    #[must_use]
    pub fn values(&self, points: &[Point]) -> Vec<Vec<num_complex::Complex64>> {
        use rayon::prelude::*;
        let at = |point: &Point| {
            let mut jets = Default::default();
            self.basis.jets(*point, &mut jets);
            let sum = |w: &Vec<num_complex::Complex64>| w.iter().zip(&jets[0]).map(|(w, f)| w * f).sum();
            self.weights.iter().map(sum).collect::<Vec<num_complex::Complex64>>()
        };
        let by_point: Vec<Vec<_>> = points.par_iter().map(at).collect();
        (0..self.weights.len()).map(|s| by_point.iter().map(|values| values[s]).collect()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Activation, Architecture, BiasInit};

    fn all() -> Vec<(&'static str, Box<dyn Basis>)> {
        let sine = Architecture { w0_first: 4.0, w0_hidden: 1.0, ..Architecture::siren(7, 2, 1) };
        let shallow = Architecture { layers: 1, bias: BiasInit::Phase, ..sine };
        let tanh = Architecture { activation: Activation::named("tanh").unwrap(), ..sine };
        let layer = |a: &Architecture| HiddenLayer::init(a, 5).unwrap();
        vec![
            ("one layer", Box::new(layer(&shallow)) as Box<dyn Basis>),
            ("two layers", Box::new(layer(&sine))),
            ("tanh", Box::new(layer(&tanh))),
            ("gaussians", Box::new(Gaussians::geometric([0.1, -0.2], [0.05, 0.9], 4))),
            ("disc", Box::new(Kinked::new(layer(&shallow), Shape::Disc { centre: [0.1, 0.0], radius: 0.4 }))),
            (
                "polygon",
                Box::new(Kinked::new(
                    layer(&shallow),
                    Shape::Polygon(Polygon::rectangle([-0.3, -0.4], [0.5, 0.3])),
                )),
            ),
            (
                "layers",
                Box::new(Kinked::new(
                    layer(&shallow),
                    Shape::Layers { axis: 1, inner: [-0.5, 0.5], thickness: 0.4 },
                )),
            ),
            ("both", Box::new(Bases::default().with(layer(&shallow)).with(layer(&tanh)))),
        ]
    }

    /// Each partial derivative is the slope of the function before it. Central differences with h = 1e-5 have an
    /// error of h^2/6 times the next two derivatives (a few thousand at most here) plus rounding, 1e-16 / h.
    #[test]
    fn derivatives_are_slopes() {
        let h = 1e-5;
        for (name, basis) in all() {
            for point in [[0.03, -0.11], [0.2, 0.15], [-0.7, 0.6]] {
                let jets = |p: Point| {
                    let mut jets = Default::default();
                    basis.jets(p, &mut jets);
                    jets
                };
                let at: [Vec<f64>; STREAMS] = jets(point);
                assert!(at.iter().all(|stream| stream.len() == basis.len()), "{name}");
                for (from, to, axis) in [(0, 1, 0), (0, 2, 1), (1, 3, 0), (2, 4, 1)] {
                    let moved = |s: f64| {
                        let mut p = point;
                        p[axis] += s;
                        jets(p)
                    };
                    let (low, high) = (moved(-h), moved(h));
                    for i in 0..basis.len() {
                        let slope = (high[from][i] - low[from][i]) / (2.0 * h);
                        let error = (slope - at[to][i]).abs();
                        assert!(error < 1e-6 * (1.0 + at[to][i].abs()), "{name} {i} {from}->{to}: {error}");
                    }
                }
            }
        }
    }

    /// The hidden layer in f64 equals what the network computes in f32, with output weights of one.
    #[test]
    fn hidden_layers_are_those_of_networks() {
        let device = crate::device::parse("cpu").unwrap();
        let architecture = Architecture { w0_first: 4.0, w0_hidden: 1.0, ..Architecture::siren(7, 3, 1) };
        let network = crate::Network::init(&architecture, 9, &device).unwrap();
        let values = network.parameter_values();
        let (weight, bias) = (&values[values.len() - 2], values[values.len() - 1][0]);
        let basis = HiddenLayer::of(&network).unwrap();
        let points = [[0.2, 0.3], [-0.8, 0.1]];
        let found =
            network.evaluate(crate::collocation::to_tensor(&points, &device), crate::JetOrder::Second);
        for (p, point) in points.into_iter().enumerate() {
            let mut jets = Default::default();
            basis.jets(point, &mut jets);
            for (stream, values) in jets.iter().enumerate() {
                let sum: f64 = values.iter().zip(weight).map(|(f, w)| f * f64::from(*w)).sum();
                let expected = sum + if stream == 0 { f64::from(bias) } else { 0.0 };
                let found = f64::from(found.at(stream, p, 0));
                // Single precision of numbers up to w0^2 = 16.
                assert!(
                    (found - expected).abs() < 1e-5 * (1.0 + expected.abs()),
                    "{stream} {found} {expected}"
                );
            }
        }
    }
}
