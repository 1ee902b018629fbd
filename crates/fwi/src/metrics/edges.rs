//! How sharp the edges of a model are, and how many steps it has where the true model has none.

use survey::model::Model;

/// An edge of the true model is a difference between neighbouring nodes of more than this share of its range; a false step is an
/// error of the difference of as much.
const STEP: f64 = 0.05;
/// Nodes on both sides of an edge that belong to it: a blurred or displaced edge is not a false step.
const BESIDE: usize = 2;

/// The sharpness of edges and the share of false steps.
///
/// `sharpness` is the mean over the edges of the true model, by their heights, of the model's largest difference between
/// neighbouring nodes at the edge or one node beside it, over the true difference, at most 1. It is 1 for the true model, 1/n
/// for edges blurred over n nodes, and 0 for a model without edges. `None` if the true model has no edge.
///
/// `false_steps` is the share of the pairs of neighbouring nodes more than two nodes from every edge whose difference is wrong
/// by more than 5 % of the range of the true model: staircases, ripples and edges that are not there. `None` if no pair is
/// that far from all edges.
///
/// Both are 2-D and 3-D alike: every axis gives its pairs.
///
/// # Source
/// Our own definition.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Edges {
    pub(super) sharpness: Option<f64>,
    pub(super) false_steps: Option<f64>,
}

/// Compares a model with the true one, both on the same grid.
pub(super) fn edges(model: &Model, truth: &Model) -> Edges {
    let [lo, hi] = truth.range();
    let least = STEP * (hi - lo);
    let (mut found, mut height, mut wrong, mut pairs) = (0.0, 0.0, 0_usize, 0_usize);
    let counts: Vec<usize> = truth.grid.axes().iter().map(|axis| axis.nodes).collect();
    let mut stride = 1;
    for count in counts {
        let line = count * stride;
        for start in (0..truth.values.len()).filter(|i| i % line < stride) {
            let steps = |values: &[f64]| -> Vec<f64> {
                (1..count).map(|k| values[start + k * stride] - values[start + (k - 1) * stride]).collect()
            };
            let (ours, true_steps) = (steps(&model.values), steps(&truth.values));
            let is_edge = |k: usize| true_steps[k].abs() > least;
            for k in 0..count - 1 {
                let near = |reach: usize| k.saturating_sub(reach)..(k + reach + 1).min(count - 1);
                if is_edge(k) {
                    let sign = true_steps[k].signum();
                    let largest = near(1).map(|j| sign * ours[j]).fold(0.0, f64::max);
                    found += largest.min(true_steps[k].abs());
                    height += true_steps[k].abs();
                } else if !near(BESIDE).any(is_edge) {
                    pairs += 1;
                    wrong += usize::from((ours[k] - true_steps[k]).abs() > least);
                }
            }
        }
        stride = line;
    }
    Edges {
        sharpness: (height > 0.0).then(|| found / height),
        false_steps: (pairs > 0 && hi > lo).then(|| wrong as f64 / pairs as f64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A model of 40 x 40 nodes of 1 m that depends on z.
    fn by_depth(value: impl Fn(f64) -> f64) -> Model {
        let grid = fd::Grid::new([0.0, 0.0], [1.0; 2], [40, 40]).unwrap();
        Model::from_fn(grid, |_, z| value(z))
    }

    /// Two halves of 1000 m/s and 2000 m/s.
    fn halves(z: f64) -> f64 {
        if z < 20.0 { 1000.0 } else { 2000.0 }
    }

    fn near(found: Option<f64>, expected: f64) {
        let found = found.unwrap();
        assert!((found - expected).abs() < 1e-9, "{found} instead of {expected}");
    }

    /// The true model is sharp; an edge blurred over four nodes has a quarter of the sharpness; one that is a node too deep is
    /// still an edge, and one that is far too deep is none; a false step is counted once for each column.
    #[test]
    fn edges_of_halves() {
        let truth = by_depth(halves);
        let pairs = (40 * 39 - 40 * 5) as f64; // along z
        let across = (40 * 39) as f64; // along x, where the truth has no edge
        let found = edges(&truth, &truth);
        near(found.sharpness, 1.0);
        near(found.false_steps, 0.0);
        let blurred = edges(&by_depth(|z| 1000.0 + 250.0 * (z - 17.0).clamp(0.0, 4.0)), &truth);
        near(blurred.sharpness, 0.25);
        near(blurred.false_steps, 0.0);
        near(edges(&by_depth(|z| halves(z - 1.0)), &truth).sharpness, 1.0);
        let deep = edges(&by_depth(|z| halves(z - 8.0)), &truth);
        near(deep.sharpness, 0.0);
        near(deep.false_steps, 40.0 / (pairs + across));
        near(edges(&by_depth(|_| 1500.0), &truth).sharpness, 0.0);
        // An edge of the wrong sign is no edge.
        near(edges(&by_depth(|z| 3000.0 - halves(z)), &truth).sharpness, 0.0);
    }

    /// A staircase on a gradient: ten steps of a tenth of the range; the gradient itself has no edge.
    #[test]
    fn steps_of_a_staircase() {
        let truth = by_depth(|z| 1000.0 + 25.0 * z);
        let stairs = edges(&by_depth(|z| 1000.0 + 100.0 * (z / 4.0).floor()), &truth);
        assert_eq!(stairs.sharpness, None);
        near(stairs.false_steps, 9.0 * 40.0 / (2.0 * 40.0 * 39.0));
        near(edges(&truth, &truth).false_steps, 0.0);
    }

    /// Columns count as rows do, and a uniform truth has neither edges nor steps.
    #[test]
    fn axes_are_alike() {
        let turned = |model: &Model| {
            let [nz, nx] = [model.grid.nz(), model.grid.nx()];
            let values = (0..nz * nx).map(|i| model.values[(i % nx) * nx + i / nx]).collect();
            Model { grid: model.grid, values }
        };
        let (model, truth) = (by_depth(|z| 1000.0 + 200.0 * (z - 15.0).clamp(0.0, 5.0)), by_depth(halves));
        assert_eq!(edges(&model, &truth), edges(&turned(&model), &turned(&truth)));
        let uniform = by_depth(|_| 1500.0);
        assert_eq!(edges(&model, &uniform), Edges { sharpness: None, false_steps: None });
    }
}
