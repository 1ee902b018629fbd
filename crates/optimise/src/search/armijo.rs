//! A line search along the projected path that fails only if no trial lowers the function.

use super::{Line, Next, Search};
use crate::direction::Proposal;
use crate::real::Real;
use crate::state::{Rows, State, StateError, Write};
use crate::vector::Point;

/// Sufficient decrease relative to the predicted decrease.
const DECREASE: f64 = 1e-4;
/// Largest number of steps that improve an acceptable point.
const REFINEMENTS: usize = 8;

/// Looks for a lower value along the projected path.
///
/// A step is accepted if the value falls, by at least 1e-4 of the predicted decrease (Armijo). Otherwise the next step is at the
/// minimum of the parabola through both values and the slope, limited to between a tenth and a half of the last one. Values and
/// gradients that are not finite count as too high. If no trial satisfies Armijo's rule, the lowest trial is accepted if it is lower
/// than the start. This happens if the gradient is not exactly that of the value (single precision, snapshots, inexact adjoints).
///
/// A refined step continues to the minimum of the parabola, by up to a factor of ten at a time, as long as the value falls and the
/// minimum is predicted much further away.
///
/// # Source
/// Bertsekas, IEEE Trans. Automat. Control 21 (1976), 174-184 (the projected path); Nocedal and Wright, Numerical
/// Optimization (2006), section 3.5 (interpolation).
#[derive(Debug, Clone)]
pub struct Armijo<T> {
    step: f64,
    /// Number of trials left.
    trials: usize,
    refine: bool,
    /// The lowest trial below the start.
    lowest: Option<Point<T>>,
    /// The step of the lowest trial.
    lowest_step: f64,
    /// The step relative to that of the lowest trial, if the lowest trial is acceptable and is being refined.
    factor: Option<f64>,
}

impl<T> Default for Armijo<T> {
    fn default() -> Self {
        Self { step: 0.0, trials: 0, refine: false, lowest: None, lowest_step: 0.0, factor: None }
    }
}

impl<T: Real> Armijo<T> {
    /// Tries the current step, unless it predicts no decrease or does not move the point.
    fn attempt(&mut self, line: Line<T>) -> Next<T> {
        let x = self.trial(line);
        let promise = line.promise(&x);
        let unmoved = x.iter().zip(&line.start.x).all(|(x, start)| *x - *start == T::zero());
        if self.trials == 0 || promise >= 0.0 || unmoved { self.conclude() } else { Next::Try }
    }

    /// Tries the minimum of a parabola, relative to the step of the lowest trial, unless it is too close to that trial.
    fn refine(&mut self, line: Line<T>, parabola: f64) -> Next<T> {
        // A parabola that opens downwards has no minimum: further is lower.
        let factor = if parabola > 0.0 && parabola.is_finite() { parabola.clamp(0.1, 10.0) } else { 10.0 };
        // Within a tenth of the minimum there is less than a hundredth of the decrease to gain.
        if self.trials == 0 || (factor - 1.0).abs() < 0.1 {
            return self.conclude();
        }
        (self.step, self.factor) = (self.lowest_step * factor, Some(factor));
        let x = self.trial(line);
        let stays = self.lowest.as_ref().is_some_and(|lowest| lowest.x == x);
        if stays || line.promise(&x) >= 0.0 { self.conclude() } else { Next::Try }
    }

    fn conclude(&mut self) -> Next<T> {
        match self.lowest.take() {
            Some(lowest) => Next::Take(lowest, self.lowest_step),
            None => Next::Fail,
        }
    }
}

impl<T: Real> Search<T> for Armijo<T> {
    fn begin(&mut self, line: Line<T>, proposal: &Proposal<T>) -> Next<T> {
        let Proposal { step, trials, refine, .. } = *proposal;
        *self = Self { step, trials, refine, ..Self::default() };
        self.attempt(line)
    }

    fn trial(&self, line: Line<T>) -> Vec<T> {
        line.at(self.step)
    }

    fn tell(&mut self, line: Line<T>, mut trial: Point<T>) -> Next<T> {
        if trial.gradient.iter().any(|g| !g.is_finite()) {
            trial.value = f64::NAN;
        }
        let (start, value) = (line.start.value, trial.value);
        let promise = line.promise(&trial.x);
        // The predicted decrease may be below the rounding of the values.
        let enough = value < start && value <= start + DECREASE * promise;
        // Minimum of the parabola through both values and the slope, in units of the step.
        let parabola = -promise / (2.0 * (value - start - promise));
        self.trials = self.trials.saturating_sub(1);
        if let Some(factor) = self.factor {
            let lower = self.lowest.as_ref().is_some_and(|lowest| value < lowest.value);
            if !lower || !enough {
                return self.conclude();
            }
            (self.lowest, self.lowest_step) = (Some(trial), self.step);
            return if factor < 1.5 { self.conclude() } else { self.refine(line, parabola) };
        }
        if enough {
            (self.lowest, self.lowest_step) = (Some(trial), self.step);
            if !self.refine {
                return self.conclude();
            }
            self.trials = REFINEMENTS;
            return self.refine(line, parabola);
        }
        if value < start && self.lowest.as_ref().is_none_or(|lowest| value < lowest.value) {
            (self.lowest, self.lowest_step) = (Some(trial), self.step);
        }
        // Kept away from both ends.
        self.step *= if parabola.is_finite() { parabola.clamp(0.1, 0.5) } else { 0.1 };
        self.attempt(line)
    }

    fn write(&self, state: &mut State<T>) {
        let factor = self.factor.unwrap_or(0.0);
        let refine = f64::from(u8::from(self.refine));
        state.numbers("search", &[self.step, self.trials as f64, refine, self.lowest_step, factor]);
        state.point("lowest", self.lowest.as_ref());
    }

    fn read(&mut self, rows: &mut Rows<T>, variables: usize) -> Result<(), StateError> {
        let [step, trials, refine, lowest_step, factor] = rows.numbers("search")?;
        let lowest = rows.point("lowest", variables)?;
        let factor = Some(factor).filter(|factor| *factor > 0.0);
        *self = Self { step, trials: trials as usize, refine: refine > 0.0, lowest, lowest_step, factor };
        Ok(())
    }
}
