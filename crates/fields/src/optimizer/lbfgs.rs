//! Limited-memory BFGS.

use std::collections::VecDeque;

use super::{At, Optimizer, flat, unflatten};
use crate::error::FieldsError;
use crate::line_search::{Place, Search, Told, dot};

/// Name in scenarios.
pub const NAME: &str = "lbfgs";

/// Largest number of trials along a direction.
const TRIALS: usize = 20;
/// Size of the first step along a gradient relative to the size of the parameters.
const FIRST: f64 = 1e-2;
/// Reduction of the first step if even the gradient gives no decrease.
const SHRINK: f32 = 0.1;

/// L-BFGS with a line search. Each step of the optimiser is one evaluation of the objective, most of which are
/// accepted.
///
/// The objective must be the same function for `hold` steps. The last of them returns to the accepted point, so that
/// the next function starts there. Steps and changes of the gradient are kept across functions.
///
/// # Source
/// Two-loop recursion: Nocedal and Wright, Numerical Optimization (2006), algorithm 7.4.
#[derive(Debug, Clone)]
pub struct Lbfgs {
    /// Number of steps and gradient changes to remember.
    pub memory: usize,
    /// Number of steps during which the objective is the same function.
    pub hold: usize,
    calls: usize,
    shrink: f32,
    pairs: VecDeque<(Vec<f32>, Vec<f32>)>,
    search: Search,
    /// The best known parameters, while no search is active.
    left: Option<Vec<f32>>,
}

impl Default for Lbfgs {
    /// 10 pairs, and the same function for 100 evaluations.
    fn default() -> Self {
        Self::new(10, 100)
    }
}

impl Lbfgs {
    /// L-BFGS with this memory, for objectives that stay the same for `hold` steps.
    #[must_use]
    pub fn new(memory: usize, hold: usize) -> Self {
        let (pairs, search) = (VecDeque::new(), Search::default());
        Self { memory, hold: hold.max(2), calls: 0, shrink: 1.0, pairs, search, left: None }
    }

    fn remember(&mut self, before: &Place) {
        let Some(now) = self.search.start() else { return };
        let difference = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a - b).collect::<Vec<f32>>();
        let (s, y) = (difference(&now.x, &before.x), difference(&now.gradient, &before.gradient));
        if dot(&s, &y) > 1e-10 * (dot(&s, &s) * dot(&y, &y)).sqrt() {
            self.pairs.push_back((s, y));
            if self.pairs.len() > self.memory {
                self.pairs.pop_front();
            }
        }
    }

    /// Starts a search along the quasi-Newton direction, or along the gradient if nothing is known.
    fn turn(&mut self) {
        let Some(start) = self.search.start() else { return };
        let mut direction = self.two_loops(&start.gradient);
        let slope = dot(&direction, &start.gradient);
        let step = if self.pairs.is_empty() || slope.is_nan() || slope >= 0.0 {
            self.pairs.clear();
            direction = start.gradient.iter().map(|g| -g).collect();
            let size = dot(&start.x, &start.x).sqrt().max(1e-3);
            f64::from(self.shrink) * FIRST * size / dot(&direction, &direction).sqrt().max(1e-30)
        } else {
            1.0
        };
        self.search.along(direction, step);
    }

    /// The inverse Hessian defined by the pairs, applied to minus the gradient.
    fn two_loops(&self, gradient: &[f32]) -> Vec<f32> {
        let mut q: Vec<f32> = gradient.iter().map(|g| -g).collect();
        let add = |q: &mut [f32], factor: f64, v: &[f32]| {
            q.iter_mut().zip(v).for_each(|(q, v)| *q += (factor * f64::from(*v)) as f32);
        };
        let mut alphas = Vec::with_capacity(self.pairs.len());
        for (s, y) in self.pairs.iter().rev() {
            let alpha = dot(s, &q) / dot(s, y);
            add(&mut q, -alpha, y);
            alphas.push(alpha);
        }
        if let Some((s, y)) = self.pairs.back() {
            let scale = (dot(s, y) / dot(y, y)) as f32;
            q.iter_mut().for_each(|q| *q *= scale);
        }
        for ((s, y), alpha) in self.pairs.iter().zip(alphas.iter().rev()) {
            let beta = dot(y, &q) / dot(s, y);
            add(&mut q, alpha - beta, s);
        }
        q
    }
}

impl Optimizer for Lbfgs {
    fn name(&self) -> &'static str {
        NAME
    }

    fn hold(&self) -> usize {
        self.hold
    }

    fn accepted(&self) -> Option<&[f32]> {
        self.search.start().map(|place| &place.x[..]).or(self.left.as_deref())
    }

    fn update(&mut self, at: At, _shapes: &[[usize; 2]], values: &mut [Vec<f32>], gradients: &[Vec<f32>]) {
        self.calls += 1;
        let place = Place { x: flat(values), value: at.objective, gradient: flat(gradients) };
        match self.search.tell(place, TRIALS) {
            Told::Began => self.turn(),
            Told::Taken(before) => {
                self.shrink = 1.0;
                self.remember(&before);
                self.turn();
            }
            Told::Again => {}
            Told::Failed => {
                if self.pairs.is_empty() {
                    self.shrink *= SHRINK;
                }
                self.pairs.clear();
                self.turn();
            }
        }
        if self.calls.is_multiple_of(self.hold) {
            self.left = self.search.leave().map(|place| place.x);
            unflatten(self.left.as_deref().unwrap_or_default(), values);
        } else {
            unflatten(&self.search.trial(), values);
        }
    }

    fn state(&self) -> Vec<(String, Vec<f32>)> {
        let mut rows = vec![("calls".to_owned(), vec![self.calls as f32, self.shrink])];
        rows.extend(self.search.state());
        rows.push(("left".to_owned(), self.left.clone().unwrap_or_default()));
        for (s, y) in &self.pairs {
            rows.extend([("s".to_owned(), s.clone()), ("y".to_owned(), y.clone())]);
        }
        rows
    }

    fn restore(&mut self, state: Vec<(String, Vec<f32>)>) -> Result<(), FieldsError> {
        let refuse = |what, found, expected| {
            Err(FieldsError::OptimizerState { optimizer: NAME, what, found, expected })
        };
        let mut rows = state.into_iter().map(|(_, values)| values);
        let calls = rows.next().unwrap_or_default();
        let [calls, shrink] = calls[..] else { return refuse("calls", calls.len(), 2) };
        let search = Search::restore(NAME, &mut rows)?;
        let left = rows.next().filter(|left| !left.is_empty());
        let mut pairs = VecDeque::new();
        while let Some(s) = rows.next() {
            let y = rows.next().unwrap_or_default();
            if y.len() != s.len() {
                return refuse("y", y.len(), s.len());
            }
            pairs.push_back((s, y));
        }
        (self.calls, self.shrink) = (calls as usize, shrink);
        (self.search, self.left, self.pairs) = (search, left, pairs);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optimizer::Adam;

    /// (1 - x)^2 + 100 (y - x^2)^2 from the usual start, and its gradient.
    fn rosenbrock(v: &[f32]) -> (f64, Vec<f32>) {
        let (x, y) = (f64::from(v[0]), f64::from(v[1]));
        let (a, b) = (1.0 - x, y - x * x);
        (a * a + 100.0 * b * b, vec![(-2.0 * a - 400.0 * x * b) as f32, (200.0 * b) as f32])
    }

    /// Some tens of evaluations follow the valley to the limit of single precision: f = 1e-9 is |x - 1| = 3e-5.
    #[test]
    fn follows_a_curved_valley() {
        let mut values = vec![vec![-1.2f32, 1.0]];
        let mut optimizer = Lbfgs::new(5, 1000);
        for evaluations in 1.. {
            let (value, gradient) = rosenbrock(&values[0]);
            if value < 1e-9 {
                assert!(evaluations < 90, "{evaluations}");
                break;
            }
            assert!(evaluations < 500, "{value}");
            optimizer.update(At::new(1.0, value), &[[1, 2]], &mut values, &[gradient]);
        }
    }

    /// On a chain of springs with a weak anchor, a quadratic whose curvatures differ by a factor of 4000 along waves
    /// rather than parameters, accepted values never rise. A value of 1e-8 of the first is reached in fewer
    /// evaluations than Adam needs with the best of three learning rates.
    #[test]
    fn needs_fewer_gradients_than_adam() {
        let n = 40;
        let objective = |v: &[f32]| {
            let mut gradient: Vec<f32> = v.iter().map(|v| 1e-3 * v).collect();
            for i in 1..n {
                let stretch = v[i] - v[i - 1];
                gradient[i] += stretch;
                gradient[i - 1] -= stretch;
            }
            (0.5 * dot(v, &gradient), gradient)
        };
        let evaluations = |optimizer: &mut dyn Optimizer, rate: f64| {
            let mut values = vec![(0..n).map(|i| (i as f32 / 9.0).sin() + 1.0).collect::<Vec<f32>>()];
            let (first, _) = objective(&values[0]);
            let mut best = f64::INFINITY;
            for evaluations in 0..3000 {
                let (value, gradient) = objective(&values[0]);
                if value < 1e-8 * first {
                    return evaluations;
                }
                optimizer.update(At::new(rate, value), &[[1, n]], &mut values, &[gradient]);
                if let Some(accepted) = optimizer.accepted() {
                    let (value, _) = objective(accepted);
                    assert!(value <= best + 1e-5 * value.abs(), "{value} after {best}");
                    best = value;
                }
            }
            3000
        };
        let adam = [1e-3, 1e-2, 1e-1].map(|rate| evaluations(&mut Adam::default(), rate));
        let lbfgs = evaluations(&mut Lbfgs::default(), 1.0);
        assert!(lbfgs < 200 && adam.iter().all(|adam| lbfgs < *adam), "{lbfgs} {adam:?}");
    }

    /// After `hold` steps the parameters are the accepted ones, where the next function starts.
    #[test]
    fn returns_before_the_function_changes() {
        let mut values = vec![vec![-1.2f32, 1.0]];
        let mut optimizer = Lbfgs::new(5, 7);
        for step in 1..40 {
            let (value, gradient) = rosenbrock(&values[0]);
            optimizer.update(At::new(1.0, value), &[[1, 2]], &mut values, &[gradient]);
            if step % 7 == 0 {
                assert_eq!(optimizer.accepted().unwrap(), &values[0]);
            }
        }
    }
}
