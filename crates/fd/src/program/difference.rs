//! Derivatives along one axis, as weights of neighbours.

use pde::{centred, staggered};

/// A derivative along an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Difference {
    /// The second derivative, on the nodes of its operand.
    Second,
    /// The first derivative, half a cell up from its operand.
    Up,
    /// The first derivative, half a cell down from its operand.
    Down,
    /// The first derivative, on the nodes of its operand.
    Centred,
}

impl Difference {
    /// The transposed derivative and its sign.
    #[must_use]
    pub fn transposed(self) -> (Self, f64) {
        match self {
            Self::Second => (Self::Second, 1.0),
            Self::Up => (Self::Down, -1.0),
            Self::Down => (Self::Up, -1.0),
            Self::Centred => (Self::Centred, -1.0),
        }
    }

    /// Offsets in nodes and weights, for a spacing of 1. A node of a field at half cells has the number of the node below it.
    #[must_use]
    pub fn weights(self, order: usize) -> Vec<(isize, f64)> {
        let (stencil, shift) = match self {
            Self::Second => (centred(2, order), 0.0),
            Self::Centred => (centred(1, order), 0.0),
            Self::Up => (staggered(order), 0.5),
            Self::Down => (staggered(order), -0.5),
        };
        let pairs = stencil.offsets.iter().zip(&stencil.weights);
        pairs.map(|(offset, weight)| ((offset + shift).round() as isize, *weight)).collect()
    }

    /// The power of the spacing that its weights are divided by.
    #[must_use]
    pub fn power(self) -> i32 {
        if self == Self::Second { 2 } else { 1 }
    }
}
