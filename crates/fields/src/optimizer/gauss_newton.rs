//! Gauss-Newton steps with damping, for small networks.

use faer::prelude::Solve;
use faer::{Mat, Side};

use super::{At, Optimizer, flat, unflatten};
use crate::architecture::Architecture;
use crate::error::FieldsError;
use crate::line_search::{Place, dot, parts, whole};
use crate::normal_equations::{self, NormalEquations};

/// Name in scenarios.
pub const NAME: &str = "gauss_newton";

/// The largest number of parameters. The matrix then takes 0.2 GB, and its factorisation about a second.
pub const MOST_PARAMETERS: usize = 5000;

/// Dampings that are tried at each point, relative to that of the previous step, in this order.
const FACTORS: [f64; 4] = [0.1, 1.0, 10.0, 100.0];
/// Increase of the damping if all of them lead uphill.
const RISE: f64 = 1000.0;
/// Range of the damping. Below it, rounding determines the step; above it, the step is a gradient step that fails for
/// another reason.
const RANGE: [f64; 2] = [1e-12, 1e9];
/// Sufficient decrease as a fraction of what the slope predicts.
const DECREASE: f64 = 1e-4;

/// Levenberg-Marquardt steps: `(J^T J + damping diag(J^T J)) p = -J^T r` in double precision, for several dampings
/// from one linearisation. The first one that lowers the objective is taken.
///
/// Each step of the optimiser is one evaluation of the objective, and residuals are linearised only where a point is
/// accepted. The objective must be the same function for `hold` steps, as for [`super::Lbfgs`].
///
/// For the residual of an equation this is the damped energy natural gradient.
///
/// # Source
/// Marquardt, J. Soc. Indust. Appl. Math. 11 (1963), 431-441; Müller and Zeinhofer, Achieving high accuracy with PINNs via
/// energy natural gradient descent (ICML 2023), algorithm 1.
#[derive(Debug, Clone)]
pub struct GaussNewton {
    /// Number of steps during which the objective is the same function.
    pub hold: usize,
    calls: usize,
    damping: f64,
    start: Option<Place>,
    /// Steps from the start that remain to be tried, the next one last.
    steps: Vec<Vec<f32>>,
    /// The best known parameters, while there is no start.
    left: Option<Vec<f32>>,
}

impl Default for GaussNewton {
    /// An initial damping of 1e-3, and the same function for 20 evaluations.
    fn default() -> Self {
        Self::new(1e-3, 20)
    }
}

impl GaussNewton {
    /// Steps that start with this damping, on objectives that stay the same for `hold` steps.
    #[must_use]
    pub fn new(damping: f64, hold: usize) -> Self {
        let damping = damping.clamp(RANGE[0], RANGE[1]);
        Self { hold: hold.max(2), calls: 0, damping, start: None, steps: Vec::new(), left: None }
    }

    fn damp(&mut self, factor: f64) {
        self.damping = (self.damping * factor).clamp(RANGE[0], RANGE[1]);
    }

    /// Takes a point and returns whether it is the new start.
    fn accepts(&mut self, place: &Place) -> bool {
        let Some(start) = &self.start else { return true };
        let Some(step) = self.steps.pop() else { return false };
        let lower = place.value <= start.value + DECREASE * dot(&start.gradient, &step).min(0.0);
        if lower {
            self.damp(FACTORS[FACTORS.len() - 1 - self.steps.len()]);
        }
        lower
    }
}

/// The damped step; `None` if the matrix is not positive definite to rounding, or not finite.
fn direction(equations: &NormalEquations, damping: f64) -> Option<Vec<f32>> {
    let NormalEquations { matrix, gradient } = equations;
    let count = gradient.len();
    let mean = (0..count).map(|i| matrix[(i, i)]).sum::<f64>() / count as f64;
    // A parameter that no residual depends on does not change.
    let added = |i: usize| damping * (matrix[(i, i)] + 1e-6 * mean);
    let damped = Mat::from_fn(count, count, |i, j| {
        let (row, column) = (i.max(j), i.min(j));
        matrix[(row, column)] + if i == j { added(i) } else { 0.0 }
    });
    let factors = damped.llt(Side::Lower).ok()?;
    let step = factors.solve(Mat::from_fn(count, 1, |i, _| -gradient[i]));
    let step: Vec<f32> = step.col(0).iter().map(|p| *p as f32).collect();
    step.iter().all(|p| p.is_finite()).then_some(step)
}

impl Optimizer for GaussNewton {
    fn name(&self) -> &'static str {
        NAME
    }

    fn hold(&self) -> usize {
        self.hold
    }

    fn accepted(&self) -> Option<&[f32]> {
        self.start.as_ref().map(|place| &place.x[..]).or(self.left.as_deref())
    }

    fn check(&self, architecture: &Architecture) -> Result<(), FieldsError> {
        normal_equations::check(architecture, MOST_PARAMETERS)
    }

    fn update(&mut self, at: At, _shapes: &[[usize; 2]], values: &mut [Vec<f32>], gradients: &[Vec<f32>]) {
        self.calls += 1;
        let place = Place { x: flat(values), value: at.objective, gradient: flat(gradients) };
        let ends = self.calls.is_multiple_of(self.hold);
        if self.accepts(&place) {
            self.start = Some(place);
            self.steps.clear();
            if !ends {
                let linearised =
                    at.linearised.expect("the caller has checked that the objective is a sum of squares");
                let equations = linearised();
                let none = || vec![0.0; equations.gradient.len()];
                let step = |factor: &f64| direction(&equations, self.damping * factor).unwrap_or_else(none);
                self.steps = FACTORS.iter().rev().map(step).collect();
            }
        }
        match (&self.start, self.steps.last()) {
            (Some(start), Some(step)) if !ends => {
                let moved: Vec<f32> = start.x.iter().zip(step).map(|(x, p)| x + p).collect();
                unflatten(&moved, values);
            }
            _ => {
                // Back to the accepted point, where the next function or a more strongly damped step starts.
                if !ends {
                    self.damp(RISE);
                }
                self.steps.clear();
                self.left = self.start.take().map(|place| place.x);
                unflatten(self.left.as_deref().unwrap_or_default(), values);
            }
        }
    }

    fn state(&self) -> Vec<(String, Vec<f32>)> {
        let mut numbers = vec![self.calls as f32];
        numbers.extend(parts(self.damping));
        numbers.extend(parts(self.start.as_ref().map_or(0.0, |place| place.value)));
        let (x, gradient) =
            self.start.as_ref().map(|place| (place.x.clone(), place.gradient.clone())).unwrap_or_default();
        let mut rows = vec![
            ("calls".to_owned(), numbers),
            ("start".to_owned(), x),
            ("gradient".to_owned(), gradient),
            ("left".to_owned(), self.left.clone().unwrap_or_default()),
        ];
        rows.extend(self.steps.iter().map(|step| ("step".to_owned(), step.clone())));
        rows
    }

    fn restore(&mut self, state: Vec<(String, Vec<f32>)>) -> Result<(), FieldsError> {
        let refuse = |what, found, expected| {
            Err(FieldsError::OptimizerState { optimizer: NAME, what, found, expected })
        };
        let mut rows = state.into_iter().map(|(_, values)| values);
        let mut next = || rows.next().unwrap_or_default();
        let (numbers, x, gradient, left) = (next(), next(), next(), next());
        if numbers.len() != 7 {
            return refuse("calls", numbers.len(), 7);
        }
        if gradient.len() != x.len() {
            return refuse("gradient", gradient.len(), x.len());
        }
        let steps: Vec<Vec<f32>> = rows.collect();
        if let Some(step) = steps.iter().find(|step| step.len() != x.len()) {
            return refuse("step", step.len(), x.len());
        }
        (self.calls, self.damping, self.steps) = (numbers[0] as usize, whole(&numbers[1..4]), steps);
        self.start = (!x.is_empty()).then(|| Place { x, value: whole(&numbers[4..]), gradient });
        self.left = Some(left).filter(|left| !left.is_empty());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two residuals of two parameters, and their Jacobian.
    type Residuals = fn(f64, f64) -> ([f64; 2], [[f64; 2]; 2]);

    /// Evaluations until the value is below 1e-9.
    fn evaluations(residuals: Residuals, damping: f64) -> usize {
        let mut values = vec![vec![-1.2f32, 1.0]];
        let mut optimizer = GaussNewton::new(damping, 1000);
        for evaluations in 1..200 {
            let (r, j) = residuals(f64::from(values[0][0]), f64::from(values[0][1]));
            let value = 0.5 * (r[0] * r[0] + r[1] * r[1]);
            if value < 1e-9 {
                return evaluations;
            }
            let gradient: Vec<f64> = (0..2).map(|k| r[0] * j[0][k] + r[1] * j[1][k]).collect();
            let matrix = Mat::from_fn(2, 2, |a, b| j[0][a] * j[0][b] + j[1][a] * j[1][b]);
            let linearised = || NormalEquations { matrix: matrix.clone(), gradient: gradient.clone() };
            let at = At { linearised: Some(&linearised), ..At::new(1.0, value) };
            let single = vec![gradient.iter().map(|g| *g as f32).collect::<Vec<f32>>()];
            optimizer.update(at, &[[1, 2]], &mut values, &single);
        }
        200
    }

    /// A linear problem is solved by the first full step, up to the damping; residuals with a curved valley take some
    /// tens of evaluations.
    #[test]
    fn linear_and_curved_residuals() {
        let linear: Residuals = |x, y| ([3.0 * x - 6.0, x + 0.01 * y], [[3.0, 0.0], [1.0, 0.01]]);
        let curved: Residuals = |x, y| ([1.0 - x, 10.0 * (y - x * x)], [[-1.0, 0.0], [-20.0 * x, 10.0]]);
        let found = [evaluations(linear, 1e-9), evaluations(curved, 1e-3)];
        assert!(found[0] <= 3 && found[1] < 60, "{found:?}");
    }

    /// A parameter that no residual depends on does not change, and a matrix with NaN gives no step.
    #[test]
    fn singular_matrices() {
        let mut matrix = Mat::zeros(2, 2);
        matrix[(0, 0)] = 4.0;
        let step =
            direction(&NormalEquations { matrix: matrix.clone(), gradient: vec![2.0, 0.0] }, 1e-9).unwrap();
        assert!((step[0] + 0.5).abs() < 1e-6 && step[1] == 0.0, "{step:?}");
        matrix[(0, 0)] = f64::NAN;
        assert!(direction(&NormalEquations { matrix, gradient: vec![2.0, 0.0] }, 1e-9).is_none());
    }
}
