//! A box in metres.

use crate::Point;

/// A box with sides along the axes.
///
/// # Units
/// m, points are `[x, z]`, z down; a box in a volume has sides along y too.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Domain {
    /// Smallest x and z.
    pub lo: [f64; 2],
    /// Largest x and z.
    pub hi: [f64; 2],
    /// Smallest and largest y, of a box in a volume.
    pub y: Option<[f64; 2]>,
}

impl Domain {
    /// The box of a section between two corners `[x, z]`.
    #[must_use]
    pub fn section(lo: [f64; 2], hi: [f64; 2]) -> Domain {
        Domain { lo, hi, y: None }
    }

    /// Whether a point `[x, z]` is inside or on the edge.
    #[must_use]
    pub fn covers(&self, point: [f64; 2]) -> bool {
        (0..2).all(|a| self.lo[a] <= point[a] && point[a] <= self.hi[a])
    }

    /// Whether a point of any dimension is inside or on the edge.
    #[must_use]
    pub fn holds(&self, point: &Point) -> bool {
        self.covers(point.section()) && self.y.is_none_or(|[lo, hi]| lo <= point.y() && point.y() <= hi)
    }

    /// The box without so much on every side, m.
    #[must_use]
    pub fn shrunk(&self, by: f64) -> Domain {
        Domain {
            lo: self.lo.map(|v| v + by),
            hi: self.hi.map(|v| v - by),
            y: self.y.map(|[lo, hi]| [lo + by, hi - by]),
        }
    }

    /// The sides along x, y and z that exist: lowest and highest coordinate.
    #[must_use]
    pub fn sides(&self) -> Vec<[f64; 2]> {
        let [x, z] = [0, 1].map(|a| [self.lo[a], self.hi[a]]);
        [Some(x), self.y, Some(z)].into_iter().flatten().collect()
    }
}
