//! Damped Gauss-Newton steps from the normal equations, for a small number of variables.

use faer::prelude::Solve;
use faer::{Mat, Side};

use crate::bounds::Bounds;
use crate::curvature::{Curvature, NormalEquations};
use crate::optimizer::{Optimizer, Outcome};
use crate::real::Real;
use crate::state::{Rows, State, StateError, Write};
use crate::vector::{Point, dot};

/// Dampings tried at each point, relative to the previous one, in this order.
const FACTORS: [f64; 4] = [0.1, 1.0, 10.0, 100.0];
/// Increase of the damping after all of them have failed.
const RISE: f64 = 1000.0;
/// Range of the damping. Below it rounding determines the step; above it the step is a gradient step.
const RANGE: [f64; 2] = [1e-12, 1e9];
/// Sufficient decrease relative to the predicted decrease.
const DECREASE: f64 = 1e-4;

/// Steps of Levenberg and Marquardt: `(J^T J + damping diag(J^T J)) p = -J^T r` in double precision, for several dampings from
/// one linearisation. The first one that lowers the function is accepted.
///
/// The function must be half a sum of squares and offer [`Curvature::normal_equations`]. Residuals are linearised only at accepted
/// points. For the residual of an equation this is the damped energy natural gradient.
///
/// # Source
/// Marquardt, J. Soc. Indust. Appl. Math. 11 (1963), 431-441; Müller and Zeinhofer, Achieving high accuracy with PINNs via
/// energy natural gradient descent (ICML 2023), algorithm 1.
#[derive(Debug, Clone)]
pub struct LevenbergMarquardt<T> {
    damping: f64,
    bounds: Bounds<T>,
    start: Option<Point<T>>,
    /// Whether the start still has to be linearised.
    fresh: bool,
    /// Steps from the start that remain to be tried, the next one last.
    steps: Vec<Vec<T>>,
    /// The last accepted point, if the value there is not known.
    left: Option<Vec<T>>,
}

impl<T: Real> LevenbergMarquardt<T> {
    /// Steps with this initial damping.
    #[must_use]
    pub fn new(damping: f64) -> Self {
        let (damping, bounds) = (damping.clamp(RANGE[0], RANGE[1]), Bounds::default());
        Self { damping, bounds, start: None, fresh: false, steps: Vec::new(), left: None }
    }

    fn damp(&mut self, factor: f64) {
        self.damping = (self.damping * factor).clamp(RANGE[0], RANGE[1]);
    }

    /// Returns to the accepted point, which must be evaluated again.
    fn leave(&mut self) {
        self.steps.clear();
        self.fresh = false;
        if let Some(start) = self.start.take() {
            self.left = Some(start.x);
        }
    }
}

/// The damped step; `None` if the matrix is not positive definite to rounding, or not finite.
fn step<T: Real>(equations: &NormalEquations, damping: f64) -> Option<Vec<T>> {
    let NormalEquations { matrix, gradient } = equations;
    let count = gradient.len();
    let mean = (0..count).map(|i| matrix[(i, i)]).sum::<f64>() / count as f64;
    // A variable that no residual depends on does not change.
    let added = |i: usize| damping * (matrix[(i, i)] + 1e-6 * mean);
    let damped = Mat::from_fn(count, count, |i, j| {
        let (row, column) = (i.max(j), i.min(j));
        matrix[(row, column)] + if i == j { added(i) } else { 0.0 }
    });
    let factors = damped.llt(Side::Lower).ok()?;
    let step = factors.solve(Mat::from_fn(count, 1, |i, _| -gradient[i]));
    let step: Vec<T> = step.col(0).iter().map(|p| T::of(*p)).collect();
    step.iter().all(|p| p.is_finite()).then_some(step)
}

impl<T: Real, E> Optimizer<T, E> for LevenbergMarquardt<T> {
    fn name(&self) -> &'static str {
        "gauss_newton"
    }

    fn keep_within(&mut self, bounds: Bounds<T>) {
        self.bounds = bounds;
    }

    /// # Panics
    /// For a function without normal equations.
    fn ask(&mut self, x: &[T], curvature: &mut dyn Curvature<T, E>) -> Result<Option<Vec<T>>, E> {
        if self.start.is_some() && self.fresh {
            let equations = curvature.normal_equations().expect("the function is half a sum of squares");
            let none = || vec![T::zero(); equations.gradient.len()];
            let step = |factor: &f64| step(&equations, self.damping * factor).unwrap_or_else(none);
            (self.steps, self.fresh) = (FACTORS.iter().rev().map(step).collect(), false);
        }
        if let (Some(start), Some(step)) = (&self.start, self.steps.last()) {
            let mut trial: Vec<T> = start.x.iter().zip(step).map(|(x, p)| *x + *p).collect();
            self.bounds.project(&mut trial);
            return Ok(Some(trial));
        }
        if self.start.is_some() {
            // All dampings failed. Linearise again, with a larger damping.
            self.damp(RISE);
            self.leave();
            return Ok(self.left.clone());
        }
        Ok(Some(x.to_vec()))
    }

    fn tell(&mut self, point: Point<T>, _rate: f64, _curvature: &mut dyn Curvature<T, E>) -> Outcome {
        let Some(start) = &self.start else {
            (self.start, self.fresh, self.left) = (Some(point), true, None);
            return Outcome::Started;
        };
        let lower = self
            .steps
            .pop()
            .is_some_and(|step| point.value <= start.value + DECREASE * dot(&start.gradient, &step).min(0.0));
        if !lower {
            return Outcome::Searching;
        }
        self.damp(FACTORS[FACTORS.len() - 1 - self.steps.len()]);
        self.steps.clear();
        let value = point.value;
        (self.start, self.fresh) = (Some(point), true);
        Outcome::Accepted(value)
    }

    fn accepted(&self) -> Option<&[T]> {
        self.start.as_ref().map(|point| &point.x[..]).or(self.left.as_deref())
    }

    fn variables(&self) -> Option<usize> {
        Optimizer::<T, E>::accepted(self).map(<[T]>::len)
    }

    fn settle(&mut self) {
        self.leave();
    }

    /// The damping is kept.
    fn forget(&mut self) {
        self.leave();
    }

    fn state(&self) -> State<T> {
        let mut state = State::new();
        state.numbers("damping", &[self.damping, f64::from(u8::from(self.fresh))]);
        state.point("start", self.start.as_ref());
        state.vector("left", self.left.as_deref().unwrap_or_default());
        self.steps.iter().for_each(|step| state.vector("step", step));
        state
    }

    fn restore(&mut self, state: State<T>) -> Result<(), StateError> {
        let mut rows = Rows::new("gauss_newton", state);
        let [damping, fresh] = rows.numbers("damping")?;
        let start = rows.any_point("start")?;
        let left = Some(rows.any_vector("left")?).filter(|left| !left.is_empty());
        let variables = start.as_ref().map_or(0, |start| start.x.len());
        let mut steps = Vec::new();
        while !rows.is_empty() {
            steps.push(rows.vector("step", variables)?);
        }
        (self.damping, self.fresh) = (damping, fresh > 0.0);
        (self.start, self.left, self.steps) = (start, left, steps);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two residuals of two variables, and their Jacobian.
    type Residuals = fn(f64, f64) -> ([f64; 2], [[f64; 2]; 2]);

    struct Linearised(NormalEquations);

    impl Curvature<f32, ()> for Linearised {
        fn normal_equations(&mut self) -> Option<NormalEquations> {
            Some(self.0.clone())
        }
    }

    /// Evaluations until the value is below 1e-9.
    fn evaluations(residuals: Residuals, damping: f64) -> usize {
        let (mut x, mut optimizer) = (vec![-1.2f32, 1.0], LevenbergMarquardt::new(damping));
        for evaluations in 1..200 {
            let (r, j) = residuals(x[0].into(), x[1].into());
            let value = 0.5 * (r[0] * r[0] + r[1] * r[1]);
            if value < 1e-9 {
                return evaluations;
            }
            let gradient: Vec<f64> = (0..2).map(|k| r[0] * j[0][k] + r[1] * j[1][k]).collect();
            let matrix = Mat::from_fn(2, 2, |a, b| j[0][a] * j[0][b] + j[1][a] * j[1][b]);
            let single = gradient.iter().map(|g| *g as f32).collect();
            let mut linearised = Linearised(NormalEquations { matrix, gradient });
            optimizer.tell(Point { x: x.clone(), value, gradient: single }, 1.0, &mut linearised);
            x = optimizer.ask(&x, &mut linearised).unwrap().unwrap();
        }
        200
    }

    /// A linear problem is solved by the first full step, up to the damping. Residuals with a curved valley take some tens of
    /// evaluations.
    #[test]
    fn linear_and_curved_residuals() {
        let linear: Residuals = |x, y| ([3.0 * x - 6.0, x + 0.01 * y], [[3.0, 0.0], [1.0, 0.01]]);
        let curved: Residuals = |x, y| ([1.0 - x, 10.0 * (y - x * x)], [[-1.0, 0.0], [-20.0 * x, 10.0]]);
        let found = [evaluations(linear, 1e-9), evaluations(curved, 1e-3)];
        assert!(found[0] <= 3 && found[1] < 60, "{found:?}");
    }

    /// A variable that no residual depends on does not change, and a matrix with NaN gives no step.
    #[test]
    fn singular_matrices() {
        let mut matrix = Mat::zeros(2, 2);
        matrix[(0, 0)] = 4.0;
        let found: Vec<f64> =
            step(&NormalEquations { matrix: matrix.clone(), gradient: vec![2.0, 0.0] }, 1e-9).unwrap();
        assert!((found[0] + 0.5).abs() < 1e-6 && found[1] == 0.0, "{found:?}");
        matrix[(0, 0)] = f64::NAN;
        assert!(step::<f64>(&NormalEquations { matrix, gradient: vec![2.0, 0.0] }, 1e-9).is_none());
    }
}
