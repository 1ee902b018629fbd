//! A box of points.

use rand::Rng;
use rand::rngs::StdRng;

use crate::error::FieldsError;

/// A point `[x, z]`.
pub type Point = [f64; 2];

/// An axis-parallel box.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Region {
    /// Smallest x and z.
    pub low: Point,
    /// Largest x and z.
    pub high: Point,
}

impl Region {
    /// The box between two corners.
    ///
    /// # Errors
    /// [`FieldsError::Collocation`] if it has no area or is not finite.
    pub fn new(low: Point, high: Point) -> Result<Self, FieldsError> {
        for (axis, what) in ["extent along x", "extent along z"].into_iter().enumerate() {
            let found = high[axis] - low[axis];
            if !(found.is_finite() && found > 0.0) {
                return Err(FieldsError::Collocation { what, found, expected: "a positive number" });
            }
        }
        Ok(Self { low, high })
    }

    /// Whether the point is in the box.
    #[must_use]
    pub fn contains(&self, point: Point) -> bool {
        (0..2).all(|axis| (self.low[axis]..=self.high[axis]).contains(&point[axis]))
    }

    pub(crate) fn draw(&self, rng: &mut StdRng) -> Point {
        let mut along = |axis: usize| rng.random_range(self.low[axis]..self.high[axis]);
        let x = along(0);
        [x, along(1)]
    }

    pub(crate) fn clamp(&self, point: Point) -> Point {
        [point[0].clamp(self.low[0], self.high[0]), point[1].clamp(self.low[1], self.high[1])]
    }
}
