//! Limited-memory BFGS.

use optimise::{Descent, Wolfe};

use crate::flat_optimizer::FlatOptimizer;

/// Name in scenarios.
pub const NAME: &str = "lbfgs";

/// [`optimise::Lbfgs`] with the line search [`Wolfe`]. Each step of the optimiser is one evaluation of the objective, most of
/// which are accepted.
pub type Lbfgs = FlatOptimizer<Descent<f32, optimise::Lbfgs<f32>, Wolfe<f32>>>;

impl Default for Lbfgs {
    /// 10 pairs, and the same function for 100 evaluations.
    fn default() -> Self {
        Self::with(10, 100)
    }
}

impl Lbfgs {
    /// L-BFGS with this memory, for objectives that stay the same for `hold` steps.
    #[must_use]
    pub fn with(memory: usize, hold: usize) -> Self {
        Self::searching(Descent::new(optimise::Lbfgs::new(memory), Wolfe::default()), hold)
    }
}

#[cfg(test)]
mod tests {
    use optimise::vector::dot;

    use super::*;
    use crate::At;
    use crate::optimizer::{Adam, Optimizer};

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
        let mut optimizer = Lbfgs::with(5, 1000);
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
        let mut optimizer = Lbfgs::with(5, 7);
        for step in 1..40 {
            let (value, gradient) = rosenbrock(&values[0]);
            optimizer.update(At::new(1.0, value), &[[1, 2]], &mut values, &[gradient]);
            if step % 7 == 0 {
                assert_eq!(optimizer.accepted().unwrap(), &values[0]);
            }
        }
    }
}
