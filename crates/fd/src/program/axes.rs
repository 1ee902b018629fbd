//! The space axes as places: x (0), y (1), z (2).

use pde::{Axis, MultiIndex};

/// The place of a space axis: x (0), y (1), z (2).
pub(super) fn place(axis: Axis) -> usize {
    match axis {
        Axis::X => 0,
        Axis::Y => 1,
        Axis::Z | Axis::T => 2,
    }
}

/// Along which of x, y, z a derivative is odd.
pub(super) fn flips(derivative: MultiIndex) -> [bool; 3] {
    [Axis::X, Axis::Y, Axis::Z].map(|axis| derivative.count(axis) % 2 == 1)
}
