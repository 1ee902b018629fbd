//! Limited-memory BFGS with bounds.

use std::collections::VecDeque;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::OptimizerSettings;
use crate::key_path::KeyPath;
use crate::problem::Unit;
use crate::scenario::check::{CheckSettings, Fault, within};

/// L-BFGS with bounds, for grids.
///
/// # Source
/// Two-loop recursion: Nocedal and Wright, Numerical Optimization (2006), algorithm 7.4. Bounds by gradient projection on
/// the free variables: Bertsekas, SIAM J. Control Optim. 20 (1982), 221-246.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lbfgs {
    /// Number of remembered steps.
    #[serde(default = "memory")]
    pub memory: usize,
}

fn memory() -> usize {
    10
}

impl CheckSettings for Lbfgs {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        within(&at.key("memory"), self.memory as f64, [1.0, 1000.0], Unit::None)
    }
}

impl OptimizerSettings for Lbfgs {
    fn for_network(&self) -> Option<Box<dyn fields::Optimizer>> {
        None
    }

    fn learning_rate(&self, _fraction: f64, _step: usize) -> f64 {
        1.0
    }
}

/// Why a minimisation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The projected gradient, or the last decrease, is at rounding.
    Converged,
    /// All iterations are done.
    Iterations,
    /// The caller asked for it.
    Asked,
}

/// Value and gradient at a point.
pub type Evaluated = (f64, Vec<f64>);

/// Minimises a function within bounds.
///
/// Each accepted step lowers the function (Armijo along the projected path). A step that fails along the quasi-Newton
/// direction is tried again along the projected gradient with the memory forgotten, so that the search ends only where
/// the gradient itself gives no decrease.
///
/// # Shapes
/// `x` and each bound `[n]`.
///
/// # Errors
/// Those of `function`.
pub fn minimise<E>(
    memory: usize,
    iterations: usize,
    x: &mut Vec<f64>,
    [lower, upper]: [&[f64]; 2],
    mut function: impl FnMut(&[f64]) -> Result<Evaluated, E>,
    mut after: impl FnMut(usize, f64, &[f64]) -> Result<bool, E>,
) -> Result<Ended, E> {
    project(x, lower, upper);
    let (mut value, mut gradient) = function(x)?;
    let mut pairs: VecDeque<(Vec<f64>, Vec<f64>)> = VecDeque::new();
    for iteration in 0..iterations {
        // A variable at a bound that the gradient pushes outwards is held.
        let free: Vec<bool> = (0..x.len())
            .map(|i| !((x[i] <= lower[i] && gradient[i] > 0.0) || (x[i] >= upper[i] && gradient[i] < 0.0)))
            .collect();
        let steepest: Vec<f64> = gradient.iter().zip(&free).map(|(g, f)| if *f { -g } else { 0.0 }).collect();
        let norm = dot(&steepest, &steepest).sqrt();
        if norm == 0.0 {
            return Ok(Ended::Converged);
        }
        let mut direction = two_loops(&steepest, &pairs, &free);
        if dot(&direction, &steepest) <= 1e-10 * norm * dot(&direction, &direction).sqrt() {
            direction.clone_from(&steepest);
            pairs.clear();
        }
        // Without curvature the first step changes the model by about a hundredth of the bounds' width.
        let first = |direction: &[f64]| {
            let largest = direction.iter().fold(0.0_f64, |a, d| a.max(d.abs()));
            let width = upper.iter().zip(lower).map(|(u, l)| u - l).fold(f64::INFINITY, f64::min);
            0.02 * width.min(1e300) / largest
        };
        let mut step = if pairs.is_empty() { first(&direction) } else { 1.0 };
        let accepted = loop {
            match search(x, value, &gradient, &direction, step, [lower, upper], &mut function)? {
                Some(found) => break Some(found),
                None if pairs.is_empty() => break None,
                None => {
                    pairs.clear();
                    direction.clone_from(&steepest);
                    step = first(&direction);
                }
            }
        };
        let Some((next, next_value, next_gradient)) = accepted else { return Ok(Ended::Converged) };
        let s: Vec<f64> = next.iter().zip(x.iter()).map(|(a, b)| a - b).collect();
        let y: Vec<f64> = next_gradient.iter().zip(&gradient).map(|(a, b)| a - b).collect();
        if dot(&s, &y) > 1e-12 * dot(&y, &y).sqrt() * dot(&s, &s).sqrt() {
            pairs.push_back((s, y));
            if pairs.len() > memory.max(1) {
                pairs.pop_front();
            }
        }
        (*x, value, gradient) = (next, next_value, next_gradient);
        if after(iteration, value, x)? {
            return Ok(Ended::Asked);
        }
    }
    Ok(Ended::Iterations)
}

type Accepted = (Vec<f64>, f64, Vec<f64>);

fn search<E>(
    x: &[f64],
    value: f64,
    gradient: &[f64],
    direction: &[f64],
    mut step: f64,
    [lower, upper]: [&[f64]; 2],
    function: &mut impl FnMut(&[f64]) -> Result<Evaluated, E>,
) -> Result<Option<Accepted>, E> {
    for _ in 0..30 {
        let mut trial: Vec<f64> = x.iter().zip(direction).map(|(x, d)| x + step * d).collect();
        project(&mut trial, lower, upper);
        let moved: Vec<f64> = trial.iter().zip(x).map(|(t, x)| t - x).collect();
        let slope = dot(gradient, &moved);
        if slope >= 0.0 || moved.iter().all(|m| *m == 0.0) {
            return Ok(None);
        }
        let (found, trial_gradient) = function(&trial)?;
        if found <= value + 1e-4 * slope {
            return Ok(Some((trial, found, trial_gradient)));
        }
        // Minimum of the parabola through both values and the slope, kept away from both ends.
        let parabola = -slope / (2.0 * (found - value - slope));
        step *= if parabola.is_finite() { parabola.clamp(0.1, 0.5) } else { 0.1 };
    }
    Ok(None)
}

fn two_loops(steepest: &[f64], pairs: &VecDeque<(Vec<f64>, Vec<f64>)>, free: &[bool]) -> Vec<f64> {
    let mut q = steepest.to_vec();
    let masked = |a: &[f64], b: &[f64]| -> f64 {
        a.iter().zip(b).zip(free).map(|((a, b), f)| if *f { a * b } else { 0.0 }).sum()
    };
    let mut alphas = Vec::with_capacity(pairs.len());
    for (s, y) in pairs.iter().rev() {
        let curvature = masked(s, y);
        let alpha = if curvature > 0.0 { masked(s, &q) / curvature } else { 0.0 };
        q.iter_mut().zip(y).for_each(|(q, y)| *q -= alpha * y);
        alphas.push(alpha);
    }
    if let Some((s, y)) = pairs.back() {
        let scale = masked(s, y) / masked(y, y).max(f64::MIN_POSITIVE);
        if scale > 0.0 {
            q.iter_mut().for_each(|q| *q *= scale);
        }
    }
    for ((s, y), alpha) in pairs.iter().zip(alphas.into_iter().rev()) {
        let curvature = masked(s, y);
        let beta = if curvature > 0.0 { masked(y, &q) / curvature } else { 0.0 };
        q.iter_mut().zip(s).for_each(|(q, s)| *q += (alpha - beta) * s);
    }
    q.iter_mut().zip(free).for_each(|(q, f)| {
        if !f {
            *q = 0.0;
        }
    });
    q
}

fn project(x: &mut [f64], lower: &[f64], upper: &[f64]) {
    for ((x, l), u) in x.iter_mut().zip(lower).zip(upper) {
        *x = x.clamp(*l, *u);
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;

    fn rosenbrock(x: &[f64]) -> Result<Evaluated, Infallible> {
        let (a, b) = (1.0 - x[0], x[1] - x[0] * x[0]);
        Ok((a * a + 100.0 * b * b, vec![-2.0 * a - 400.0 * x[0] * b, 200.0 * b]))
    }

    /// Rosenbrock's valley has its minimum 0 at (1, 1).
    #[test]
    fn finds_a_free_minimum() {
        let mut x = vec![-1.2, 1.0];
        let bounds = [vec![-5.0; 2], vec![5.0; 2]];
        let mut last = f64::INFINITY;
        minimise(8, 200, &mut x, [&bounds[0], &bounds[1]], rosenbrock, |_, value, _| {
            assert!(value <= last);
            last = value;
            Ok(false)
        })
        .unwrap();
        assert!((x[0] - 1.0).abs() < 1e-6 && (x[1] - 1.0).abs() < 1e-6, "{x:?}");
    }

    /// With x <= 1/2 the minimum is at (1/2, 1/4): the constraint is active and the rest still converges.
    #[test]
    fn finds_a_bounded_minimum() {
        let mut x = vec![-1.2, 1.0];
        let bounds = [vec![-5.0; 2], vec![0.5, 5.0]];
        let ended =
            minimise(8, 300, &mut x, [&bounds[0], &bounds[1]], rosenbrock, |_, _, _| Ok(false)).unwrap();
        assert!((x[0] - 0.5).abs() < 1e-12 && (x[1] - 0.25).abs() < 1e-6, "{x:?} {ended:?}");
    }
}
