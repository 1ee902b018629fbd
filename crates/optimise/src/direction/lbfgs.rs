//! Limited-memory BFGS.

use std::collections::VecDeque;

use super::{Direction, Iterate, Proposal, Step};
use crate::curvature::Curvature;
use crate::real::Real;
use crate::state::{Rows, State, StateError, Write};
use crate::vector::{add, difference, dot, mask, norm};

/// Trials along a quasi-Newton direction. If a thousandth of its step is still too long, the direction is wrong.
const QUASI_NEWTON: usize = 12;
/// Trials along the gradient.
const STEEPEST: usize = 30;
/// Smallest cosine of the angle between a direction and steepest descent.
const ACROSS: f64 = 1e-10;
/// Smallest cosine of the angle between a step and the change of the gradient for which the pair is kept.
const CURVED: f64 = 1e-12;

/// The quasi-Newton direction defined by the last steps and changes of the gradient. If the search along it fails, the memory is
/// cleared and steepest descent is tried, so a minimisation ends only where the gradient itself gives no decrease.
///
/// # Source
/// Two-loop recursion: Nocedal and Wright, Numerical Optimization (2006), algorithm 7.4. Bounds by gradient projection on
/// the free variables: Bertsekas, SIAM J. Control Optim. 20 (1982), 221-246.
#[derive(Debug, Clone)]
pub struct Lbfgs<T> {
    /// Number of remembered steps.
    memory: usize,
    /// Steps, and changes of the gradient.
    pairs: VecDeque<(Vec<T>, Vec<T>)>,
}

impl<T: Real> Lbfgs<T> {
    /// L-BFGS with a memory of this many steps, at least one.
    #[must_use]
    pub fn new(memory: usize) -> Self {
        Self { memory: memory.max(1), pairs: VecDeque::new() }
    }

    /// The inverse Hessian defined by the pairs, applied to the direction of steepest descent. The preconditioner is the initial
    /// inverse Hessian.
    fn two_loops<E>(&self, at: Iterate<T>, curvature: &mut dyn Curvature<T, E>) -> Vec<T> {
        let free = at.free;
        let masked = |a: &[T], b: &[T]| -> f64 {
            let product =
                |((a, b), free): ((&T, &T), &bool)| if *free { a.double() * b.double() } else { 0.0 };
            a.iter().zip(b).zip(free).map(product).sum()
        };
        let mut q = at.steepest.to_vec();
        let mut alphas = Vec::with_capacity(self.pairs.len());
        for (s, y) in self.pairs.iter().rev() {
            let curved = masked(s, y);
            let alpha = if curved > 0.0 { masked(s, &q) / curved } else { 0.0 };
            add(&mut q, -alpha, y);
            alphas.push(alpha);
        }
        let mut scaled_by = None;
        mask(&mut q, free);
        if let Some(preconditioned) = curvature.precondition(&q) {
            q = preconditioned;
            mask(&mut q, free);
            scaled_by = self.pairs.back().and_then(|(_, y)| {
                let mut y = y.clone();
                mask(&mut y, free);
                curvature.precondition(&y)
            });
        }
        if let Some((s, y)) = self.pairs.back() {
            let size = masked(scaled_by.as_deref().unwrap_or(y), y);
            let scale = masked(s, y) / size.max(f64::MIN_POSITIVE);
            if scale > 0.0 {
                q.iter_mut().for_each(|q| *q *= T::of(scale));
            }
        }
        for ((s, y), alpha) in self.pairs.iter().zip(alphas.into_iter().rev()) {
            let curved = masked(s, y);
            let beta = if curved > 0.0 { masked(y, &q) / curved } else { 0.0 };
            add(&mut q, alpha - beta, s);
        }
        mask(&mut q, free);
        q
    }

    fn steepest(at: Iterate<T>) -> Proposal<T> {
        let direction = at.steepest.to_vec();
        Proposal { step: at.first_step(&direction), direction, trials: STEEPEST, refine: false }
    }
}

impl<T: Real, E> Direction<T, E> for Lbfgs<T> {
    fn name(&self) -> &'static str {
        "lbfgs"
    }

    fn propose(&mut self, at: Iterate<T>, curvature: &mut dyn Curvature<T, E>) -> Result<Proposal<T>, E> {
        let direction = self.two_loops(at, curvature);
        let down = dot(&direction, at.steepest);
        if down.is_nan() || down <= ACROSS * norm(at.steepest) * norm(&direction) {
            self.pairs.clear();
            return Ok(Self::steepest(at));
        }
        Ok(match self.pairs.is_empty() {
            true => Proposal { step: at.first_step(&direction), direction, trials: STEEPEST, refine: false },
            false => Proposal { step: 1.0, direction, trials: QUASI_NEWTON, refine: false },
        })
    }

    fn propose_again(&mut self, at: Iterate<T>, failed: &[T]) -> Option<Proposal<T>> {
        if self.pairs.is_empty() && failed == at.steepest {
            return None;
        }
        self.pairs.clear();
        Some(Self::steepest(at))
    }

    fn learn(&mut self, step: Step<T>) {
        let s = difference(&step.after.x, &step.before.x);
        let y = difference(&step.after.gradient, &step.before.gradient);
        if dot(&s, &y) > CURVED * norm(&y) * norm(&s) {
            self.pairs.push_back((s, y));
            if self.pairs.len() > self.memory {
                self.pairs.pop_front();
            }
        }
    }

    fn forget(&mut self) {
        self.pairs.clear();
    }

    fn write(&self, state: &mut State<T>) {
        for (s, y) in &self.pairs {
            state.vector("s", s);
            state.vector("y", y);
        }
    }

    fn read(&mut self, rows: &mut Rows<T>, variables: usize) -> Result<(), StateError> {
        self.pairs.clear();
        while !rows.is_empty() {
            self.pairs.push_back((rows.vector("s", variables)?, rows.vector("y", variables)?));
        }
        Ok(())
    }
}
