//! A line search for the weak Wolfe conditions, by bisection.

use super::{Line, Next, Search};
use crate::direction::Proposal;
use crate::real::Real;
use crate::state::{Rows, State, StateError, Write};
use crate::vector::{Point, dot};

/// Sufficient decrease relative to the predicted decrease.
const DECREASE: f64 = 1e-4;
/// Largest remaining slope relative to the initial slope.
const CURVATURE: f64 = 0.9;
/// Relative rounding of an objective that is a sum in single precision.
const ROUNDING: f64 = 1e-6;
/// Largest number of trials.
const TRIALS: usize = 20;

/// A line search for a step that satisfies the weak Wolfe conditions. It is for functions without bounds.
///
/// If the function changes by no more than its rounding error, the slopes decide (the approximate conditions).
///
/// # Source
/// Lewis and Overton, Math. Program. 141 (2013), 135-163, algorithm 2.6; approximate conditions: Hager and Zhang, SIAM J.
/// Optim. 16 (2005), 170-192, equation 4.1.
#[derive(Debug, Clone)]
pub struct Wolfe<T> {
    step: f64,
    trials: usize,
    /// The largest step known to be too short, and the smallest one known to be too long.
    bracket: [f64; 2],
    /// The point at the lower end of the bracket: sufficient decrease, but still too steep.
    low: Option<Point<T>>,
}

impl<T> Default for Wolfe<T> {
    fn default() -> Self {
        Self { step: 0.0, trials: 0, bracket: [0.0, f64::INFINITY], low: None }
    }
}

impl<T: Real> Search<T> for Wolfe<T> {
    fn begin(&mut self, _line: Line<T>, proposal: &Proposal<T>) -> Next<T> {
        *self = Self { step: proposal.step, ..Self::default() };
        Next::Try
    }

    fn trial(&self, line: Line<T>) -> Vec<T> {
        line.at(self.step)
    }

    fn tell(&mut self, line: Line<T>, trial: Point<T>) -> Next<T> {
        self.trials += 1;
        let start = line.start;
        let slope = dot(&start.gradient, line.direction);
        let here = dot(&trial.gradient, line.direction);
        let rise = trial.value - start.value;
        let finite = trial.value.is_finite() && here.is_finite();
        let flat = rise <= ROUNDING * start.value.abs() && here <= (2.0 * DECREASE - 1.0) * slope;
        // Minimum of the parabola through both values and the slope, in units of the step.
        let parabola = -slope * self.step / (2.0 * (rise - slope * self.step));
        if finite && (rise <= DECREASE * self.step * slope || flat) {
            if here >= CURVATURE * slope {
                self.low = None;
                return Next::Take(trial, self.step);
            }
            self.bracket[0] = self.step;
            self.low = Some(trial);
        } else {
            self.bracket[1] = self.step;
        }
        let [low, high] = self.bracket;
        if self.trials >= TRIALS {
            return self.low.take().map_or(Next::Fail, |point| Next::Take(point, low));
        }
        self.step = match (low > 0.0, high.is_finite()) {
            (_, false) => 4.0 * low,
            (true, true) => 0.5 * (low + high),
            // Kept away from both ends.
            (false, true) => high * if parabola.is_finite() { parabola.clamp(0.1, 0.5) } else { 0.1 },
        };
        Next::Try
    }

    fn write(&self, state: &mut State<T>) {
        let [low, high] = self.bracket;
        state.numbers("search", &[self.step, self.trials as f64, low, high]);
        state.point("low", self.low.as_ref());
    }

    fn read(&mut self, rows: &mut Rows<T>, variables: usize) -> Result<(), StateError> {
        let [step, trials, low, high] = rows.numbers("search")?;
        *self =
            Self { step, trials: trials as usize, bracket: [low, high], low: rows.point("low", variables)? };
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bounds::Bounds;

    /// The search for a step on a function along a line from 0, in direction 1, with the number of evaluations.
    fn search(value: impl Fn(f64) -> [f64; 2], step: f64) -> (Next<f32>, usize) {
        let at = |x: Vec<f32>| {
            let [value, slope] = value(x[0].into());
            Point { x, value, gradient: vec![slope as f32] }
        };
        let (start, bounds, mut search) = (at(vec![0.0]), Bounds::default(), Wolfe::default());
        let line = Line { start: &start, direction: &[1.0], bounds: &bounds };
        let proposal = Proposal { direction: vec![1.0], step, trials: TRIALS, refine: false };
        assert_eq!(search.begin(line, &proposal), Next::Try);
        for evaluations in 1.. {
            let next = search.tell(line, at(search.trial(line)));
            if next != Next::Try {
                return (next, evaluations);
            }
        }
        unreachable!("a search ends")
    }

    /// Both conditions hold where the search stops, from steps far too long and far too short.
    #[test]
    fn conditions_hold() {
        let valley = |x: f64| [(x - 1.0).powi(4) - x, 4.0 * (x - 1.0).powi(3) - 1.0];
        let [start, slope] = valley(0.0);
        for first in [1e-4, 0.1, 3.0, 1e3] {
            let (Next::Take(found, step), evaluations) = search(valley, first) else { panic!("{first}") };
            let x = f64::from(found.x[0]);
            let [value, here] = valley(x);
            assert!(evaluations < 14 && (step - x).abs() < 1e-6, "{first} {evaluations}");
            assert!(value <= start + DECREASE * x * slope && here >= CURVATURE * slope, "{first} {x}");
        }
    }

    /// A direction that rises everywhere fails after so many trials; values that are not numbers count as too high.
    #[test]
    fn rising_functions_fail() {
        assert_eq!(search(|x| [x, -1.0], 1.0), (Next::Fail, TRIALS));
        let wall = |x: f64| if x > 0.01 { [f64::NAN; 2] } else { [-x, -1.0] };
        let (Next::Take(found, _), _) = search(wall, 1.0) else { panic!("no step found") };
        assert!(found.x[0] > 1e-3);
    }
}
