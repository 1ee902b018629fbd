//! Nonlinear conjugate gradients.

use super::{Direction, Iterate, Proposal, Step};
use crate::curvature::Curvature;
use crate::real::Real;
use crate::state::{Rows, State, StateError, Write};
use crate::vector::{difference, dot, mask, norm};

/// Largest number of trials along a direction.
const TRIALS: usize = 30;
/// Smallest cosine of the angle between a direction and steepest descent; below it conjugacy is lost.
const ACROSS: f64 = 1e-6;

/// The formula for the weight of the previous direction.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Formula {
    /// Polak and Ribiere, not below 0: it restarts by itself when progress is poor.
    #[default]
    PolakRibiere,
    /// Hager and Zhang: a descent direction with any line search.
    HagerZhang,
}

/// Nonlinear conjugate gradients: steepest descent plus a multiple of the previous direction.
///
/// # Source
/// Nocedal and Wright, Numerical Optimization (2006), section 5.2; Hager and Zhang, SIAM J. Optim. 16 (2005), 170-192,
/// equations 1.3 and 1.6; bounds as for [`super::lbfgs::Lbfgs`].
#[derive(Debug, Clone)]
pub struct ConjugateGradients<T> {
    formula: Formula,
    last: Option<Last<T>>,
}

/// The previous step.
#[derive(Debug, Clone)]
struct Last<T> {
    gradient: Vec<T>,
    direction: Vec<T>,
    length: f64,
    slope: f64,
}

impl<T: Real> ConjugateGradients<T> {
    /// Conjugate gradients with this formula.
    #[must_use]
    pub fn new(formula: Formula) -> Self {
        Self { formula, last: None }
    }

    fn proposal(direction: Vec<T>, step: f64) -> Proposal<T> {
        Proposal { direction, step, trials: TRIALS, refine: true }
    }
}

impl Formula {
    /// The weight of the previous direction, from the gradient and its change y, both with and without the preconditioner.
    fn factor<T: Real, E>(
        self,
        last: &Last<T>,
        free: &[bool],
        gradient: &[T],
        curvature: &mut dyn Curvature<T, E>,
    ) -> f64 {
        let only_free = |v: &[T]| -> Vec<T> {
            let mut v = v.to_vec();
            mask(&mut v, free);
            v
        };
        let mut under = |v: &[T]| curvature.precondition(v).unwrap_or_else(|| v.to_vec());
        let (gradient, old, d) = (only_free(gradient), only_free(&last.gradient), only_free(&last.direction));
        let y = difference(&gradient, &old);
        let (by_y, by_old) = (under(&y), under(&old));
        let factor = match self {
            Self::PolakRibiere => (dot(&by_y, &gradient) / dot(&by_old, &old)).max(0.0),
            Self::HagerZhang => {
                let dy = dot(&d, &y);
                let beta = (dot(&by_y, &gradient) - 2.0 * dot(&d, &gradient) * dot(&by_y, &y) / dy) / dy;
                beta.max(-1.0 / (norm(&d) * norm(&old).min(0.01)))
            }
        };
        if factor.is_finite() { factor } else { 0.0 }
    }
}

impl<T: Real, E> Direction<T, E> for ConjugateGradients<T> {
    fn name(&self) -> &'static str {
        "nlcg"
    }

    fn propose(&mut self, at: Iterate<T>, curvature: &mut dyn Curvature<T, E>) -> Result<Proposal<T>, E> {
        let mut direction = curvature.precondition(at.steepest).unwrap_or_else(|| at.steepest.to_vec());
        mask(&mut direction, at.free);
        if let Some(last) = &self.last {
            let factor = self.formula.factor(last, at.free, &at.point.gradient, curvature);
            let join = |(p, d): (&T, &T)| T::of(p.double() + factor * d.double());
            let mut joined: Vec<T> = direction.iter().zip(&last.direction).map(join).collect();
            mask(&mut joined, at.free);
            if dot(&joined, at.steepest) > ACROSS * norm(&joined) * norm(at.steepest) {
                direction = joined;
            }
        }
        let step = match &self.last {
            // The same predicted decrease as in the previous step.
            Some(last) => last.length * (last.slope / dot(&direction, at.steepest)).clamp(0.1, 10.0),
            None => at.first_step(&direction),
        };
        Ok(Self::proposal(direction, step))
    }

    fn propose_again(&mut self, at: Iterate<T>, failed: &[T]) -> Option<Proposal<T>> {
        if self.last.take().is_none() && failed == at.steepest {
            return None;
        }
        Some(Self::proposal(at.steepest.to_vec(), at.first_step(at.steepest)))
    }

    fn learn(&mut self, step: Step<T>) {
        self.last = Some(Last {
            gradient: step.before.gradient.clone(),
            direction: step.direction.to_vec(),
            length: step.length,
            slope: -dot(step.direction, &step.before.gradient),
        });
    }

    fn forget(&mut self) {
        self.last = None;
    }

    fn write(&self, state: &mut State<T>) {
        let Some(last) = &self.last else { return };
        state.vector("last gradient", &last.gradient);
        state.vector("last direction", &last.direction);
        state.numbers("last length and slope", &[last.length, last.slope]);
    }

    fn read(&mut self, rows: &mut Rows<T>, variables: usize) -> Result<(), StateError> {
        self.last = None;
        if !rows.is_empty() {
            let gradient = rows.vector("last gradient", variables)?;
            let direction = rows.vector("last direction", variables)?;
            let [length, slope] = rows.numbers("last length and slope")?;
            self.last = Some(Last { gradient, direction, length, slope });
        }
        Ok(())
    }
}
