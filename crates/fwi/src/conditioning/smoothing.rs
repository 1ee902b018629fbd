//! Smoothing by an implicit filter: the gradient with respect to a Sobolev norm.

use document::{CheckSettings, Unit};
use fd::Grid;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Conditioning;
use survey::ranges;

/// Smooths the gradient by `(1 - a_x d^2/dx^2)^-p (1 - a_z d^2/dz^2)^-p`, with no flow through the edges. One pass
/// gives a Sobolev gradient; more passes come close to a Gaussian. `a = length^2 / (2 p)`, so that the filter
/// spreads a point to a standard deviation of `length` whatever p is.
///
/// # Source
/// Neuberger, Sobolev Gradients and Differential Equations (2010), chapter 1; for inversions Zhu, Li, Fomel and
/// Stadler, Inverse Problems 32 (2016), 045003 use the same operator as a prior.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Smoothing {
    /// Horizontal length. 0 does not smooth.
    #[schemars(transform = ranges::distance())]
    pub x: f64,
    /// Horizontal length along y, in a volume. When absent, that along x.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = ranges::distance())]
    pub y: Option<f64>,
    /// Vertical length. 0 does not smooth.
    #[schemars(transform = ranges::distance())]
    pub z: f64,
    /// Number of passes p.
    #[serde(default = "one")]
    #[schemars(transform = Unit::None.within(1.0, 20.0))]
    pub passes: usize,
    /// Factor on the lengths after each iteration. Below 1, an inversion goes from smooth changes to fine ones.
    #[serde(default = "unchanged")]
    #[schemars(transform = Unit::None.within(0.1, 1.0))]
    pub shrink: f64,
}

fn one() -> usize {
    1
}
fn unchanged() -> f64 {
    1.0
}

impl CheckSettings for Smoothing {}

/// Solves `(1 + s T) y = v` in place, T the second difference with no flow through the ends: `stride` apart from `first`.
fn solve_line(
    values: &mut [f64],
    (first, stride, count): (usize, usize, usize),
    s: f64,
    upper: &mut Vec<f64>,
) {
    upper.clear();
    let diagonal = |i: usize| 1.0 + s * (f64::from(u8::from(i > 0)) + f64::from(u8::from(i + 1 < count)));
    let (mut last, mut before) = (0.0, 0.0);
    for i in 0..count {
        let at = first + i * stride;
        // Elimination of the entry -s below the diagonal.
        let pivot = diagonal(i) + s * before;
        values[at] = (values[at] + s * last) / pivot;
        before = -s / pivot;
        last = values[at];
        upper.push(before);
    }
    for i in (0..count.saturating_sub(1)).rev() {
        let at = first + i * stride;
        values[at] -= upper[i] * values[at + stride];
    }
}

impl Conditioning for Smoothing {
    fn smooth(&self, values: &[f64], grid: &Grid, iteration: usize) -> Option<Vec<f64>> {
        let axes = grid.axes();
        let shrunk = self.shrink.powf(iteration as f64);
        let lengths = match axes.len() {
            1 => vec![self.x],
            2 => vec![self.x, self.z],
            _ => vec![self.x, self.y.unwrap_or(self.x), self.z],
        };
        let mut values = values.to_vec();
        let mut upper = Vec::with_capacity(axes.iter().map(|axis| axis.nodes).max().unwrap_or(0));
        for _ in 0..self.passes {
            let mut stride = 1;
            for (axis, length) in axes.iter().zip(&lengths) {
                let length = shrunk * length;
                let s = length * length / (2.0 * self.passes as f64 * axis.spacing * axis.spacing);
                if s > 0.0 {
                    let firsts = (0..values.len()).filter(|node| node / stride % axis.nodes == 0);
                    firsts.for_each(|first| {
                        solve_line(&mut values, (first, stride, axis.nodes), s, &mut upper);
                    });
                }
                stride *= axis.nodes;
            }
        }
        Some(values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Constants do not change; a point keeps its sum and spreads to the stated variance (exactly, far from the
    /// edges).
    #[test]
    fn spreads_a_point() {
        let grid = Grid::new([0.0, 0.0], [10.0, 5.0], [201, 201]).unwrap();
        let mut point = vec![0.0; grid.len()];
        point[grid.index(100, 100)] = 1.0;
        for passes in [1, 3] {
            let smoothing = Smoothing { x: 60.0, y: None, z: 40.0, passes, shrink: 1.0 };
            let flat = smoothing.smooth(&vec![2.5; grid.len()], &grid, 7).unwrap();
            assert!(flat.iter().all(|v| (v - 2.5).abs() < 1e-12));
            let spread = smoothing.smooth(&point, &grid, 7).unwrap();
            let moment = |f: &dyn Fn([f64; 2]) -> f64| -> f64 {
                grid.points().zip(&spread).map(|(p, v)| f(p) * v).sum()
            };
            assert!((moment(&|_| 1.0) - 1.0).abs() < 1e-12);
            let [x, z] = [moment(&|p| (p[0] - 1000.0).powi(2)), moment(&|p| (p[1] - 500.0).powi(2))];
            assert!((x.sqrt() - 60.0).abs() < 0.01 && (z.sqrt() - 40.0).abs() < 0.01, "{x} {z}");
        }
    }

    /// After k iterations the lengths are `shrink^k` of the given ones, whatever smoothing does with them.
    #[test]
    fn lengths_shrink() {
        let grid = Grid::new([0.0, 0.0], [10.0, 5.0], [31, 21]).unwrap();
        let values: Vec<f64> = (0..grid.len()).map(|i| (0.3 * (i * i) as f64).sin()).collect();
        let with = |x: f64, z: f64, shrink: f64| Smoothing { x, y: None, z, passes: 2, shrink };
        let shrunk = with(80.0, 40.0, 0.5).smooth(&values, &grid, 2).unwrap();
        assert_eq!(shrunk, with(20.0, 10.0, 1.0).smooth(&values, &grid, 2).unwrap());
        assert_eq!(
            with(80.0, 40.0, 0.5).smooth(&values, &grid, 0),
            with(80.0, 40.0, 1.0).smooth(&values, &grid, 9)
        );
    }
}
