//! Truncated Gauss-Newton: the linearised problem is solved by conjugate gradients without a matrix.

use super::{Direction, Iterate, Proposal};
use crate::curvature::Curvature;
use crate::real::Real;
use crate::state::{Rows, State, StateError, Write};
use crate::vector::{add, dot, mask, norm};

/// Trials along a Gauss-Newton step.
const NEWTON: usize = 12;
/// Trials along the gradient.
const STEEPEST: usize = 30;
/// Smallest cosine of the angle between a direction and its Hessian product that counts as positive curvature.
const CURVED: f64 = 1e-14;

/// Gauss-Newton steps, solved only as accurately as the progress of the outer iterations requires. Each inner iteration costs about
/// one gradient.
///
/// # Source
/// Metivier, Brossier, Virieux and Operto, SIAM J. Sci. Comput. 35 (2013), B401-B437; inner tolerance: Eisenstat and Walker,
/// SIAM J. Sci. Comput. 17 (1996), 16-32, choice 2.
#[derive(Debug, Clone)]
pub struct GaussNewton {
    inner: usize,
    damping: f64,
    /// Relative residual at which the inner iterations stop.
    forcing: f64,
    /// Norm of the previous gradient.
    before: Option<f64>,
}

impl GaussNewton {
    /// At most `inner` inner iterations. The Hessian is damped by the identity times `damping` times the curvature along the first
    /// inner direction.
    #[must_use]
    pub fn new(inner: usize, damping: f64) -> Self {
        Self { inner, damping, forcing: 0.5, before: None }
    }

    /// The approximate solution of `H p = steepest` in the free variables; `None` if the function has no Gauss-Newton product or
    /// no positive curvature.
    fn step<T: Real, E>(
        &self,
        at: Iterate<T>,
        curvature: &mut dyn Curvature<T, E>,
    ) -> Result<Option<Vec<T>>, E> {
        let x = &at.point.x;
        let mut residual = at.steepest.to_vec();
        let goal = self.forcing * norm(at.steepest);
        let under = |v: &[T], curvature: &mut dyn Curvature<T, E>| {
            let mut v = curvature.precondition(v).unwrap_or_else(|| v.to_vec());
            mask(&mut v, at.free);
            v
        };
        let mut direction = under(&residual, curvature);
        let mut size = dot(&residual, &direction);
        let mut solution = vec![T::zero(); x.len()];
        let (mut some, mut added) = (false, None);
        for _ in 0..self.inner {
            let Some(mut product) = curvature.gauss_newton_product(x, &direction)? else { return Ok(None) };
            mask(&mut product, at.free);
            let along = dot(&direction, &direction);
            let damping =
                *added.get_or_insert_with(|| self.damping * dot(&direction, &product).max(0.0) / along);
            add(&mut product, damping, &direction);
            let curved = dot(&direction, &product);
            if curved.is_nan() || curved <= CURVED * along.sqrt() * norm(&product) {
                break;
            }
            let step = size / curved;
            add(&mut solution, step, &direction);
            add(&mut residual, -step, &product);
            some = true;
            if norm(&residual) <= goal {
                break;
            }
            let scaled = under(&residual, curvature);
            let next = dot(&residual, &scaled);
            let join = |(r, d): (&T, &T)| T::of(r.double() + next / size * d.double());
            direction = scaled.iter().zip(&direction).map(join).collect();
            size = next;
        }
        Ok(some.then_some(solution))
    }

    fn steepest<T: Real>(at: Iterate<T>) -> Proposal<T> {
        let direction = at.steepest.to_vec();
        Proposal { step: at.first_step(&direction), direction, trials: STEEPEST, refine: true }
    }
}

impl<T: Real, E> Direction<T, E> for GaussNewton {
    fn name(&self) -> &'static str {
        "gauss_newton"
    }

    fn propose(&mut self, at: Iterate<T>, curvature: &mut dyn Curvature<T, E>) -> Result<Proposal<T>, E> {
        let norm = norm(at.steepest);
        if let Some(before) = self.before {
            let new = 0.9 * (norm / before) * (norm / before);
            let old = 0.9 * self.forcing * self.forcing;
            self.forcing = (if old > 0.1 { new.max(old) } else { new }).clamp(1e-6, 0.9);
        }
        self.before = Some(norm);
        Ok(match self.step(at, curvature)? {
            Some(direction) => Proposal { direction, step: 1.0, trials: NEWTON, refine: false },
            None => Self::steepest(at),
        })
    }

    fn propose_again(&mut self, at: Iterate<T>, failed: &[T]) -> Option<Proposal<T>> {
        (failed != at.steepest).then(|| Self::steepest(at))
    }

    fn forget(&mut self) {
        self.before = None;
    }

    fn write(&self, state: &mut State<T>) {
        state.numbers("forcing", &[self.forcing]);
        state.numbers("norm of the gradient", &[self.before.unwrap_or(f64::NAN)]);
    }

    fn read(&mut self, rows: &mut Rows<T>, _variables: usize) -> Result<(), StateError> {
        let [forcing] = rows.numbers("forcing")?;
        let [before] = rows.numbers("norm of the gradient")?;
        (self.forcing, self.before) = (forcing, Some(before).filter(|norm| !norm.is_nan()));
        Ok(())
    }
}
