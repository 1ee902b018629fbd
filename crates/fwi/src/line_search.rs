//! A line search along the projected path that ends only if the function itself gives no decrease.

use crate::grid_optimizer::{Bounds, Evaluated, GridObjective, dot};
use crate::inversion::InversionError;

/// Sufficient decrease as a fraction of what the slope predicts.
const ARMIJO: f64 = 1e-4;

/// The start of a search.
#[derive(Debug, Clone, Copy)]
pub struct From<'a> {
    /// The point.
    pub x: &'a [f64],
    /// Value there.
    pub value: f64,
    /// Gradient there.
    pub gradient: &'a [f64],
}

/// The point that a search found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The point.
    pub x: Vec<f64>,
    /// Value there.
    pub value: f64,
    /// Gradient there.
    pub gradient: Vec<f64>,
    /// The step.
    pub step: f64,
}

/// The rules of a search.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    /// Largest number of trials.
    pub trials: usize,
    /// Whether an accepted step is refined towards the minimum along the path: for directions without a scale of
    /// their own, and for those on which conjugacy depends.
    pub refine: bool,
}

/// Searches for a lower value along `project(x + step direction)`.
///
/// A step is taken when the decrease is at least 1e-4 of what the slope promises (Armijo); else the next one is at the
/// minimum of the parabola through both values and the slope, between a tenth and a half of it. Values that are not finite
/// count as too high. If none of the trials satisfies Armijo's rule, which happens when the gradient is not exactly that of
/// the value (single precision, snapshots, inexact adjoints), the lowest of them is taken if it is lower than the start.
///
/// # Source
/// Bertsekas, IEEE Trans. Automat. Control 21 (1976), 174-184 (the projected path); Nocedal and Wright, Numerical
/// Optimization (2006), section 3.5 (interpolation).
///
/// # Errors
/// Errors of the function.
pub fn search(
    from: From,
    direction: &[f64],
    mut step: f64,
    bounds: Bounds,
    rules: Rules,
    objective: &mut dyn GridObjective,
) -> Result<Option<Found>, InversionError> {
    let mut lowest: Option<Found> = None;
    for _ in 0..rules.trials {
        let (x, slope) = along(from, direction, step, bounds);
        if slope >= 0.0 || x.iter().zip(from.x).all(|(t, x)| t - x == 0.0) {
            break;
        }
        let (value, gradient) = finite(objective.evaluate(&x)?);
        let found = Found { x, value, gradient, step };
        // Minimum of the parabola through both values and the slope, in units of the step.
        let parabola = -slope / (2.0 * (value - from.value - slope));
        if value <= from.value + ARMIJO * slope {
            if rules.refine {
                return Ok(Some(refined(from, direction, parabola, bounds, found, objective)?));
            }
            return Ok(Some(found));
        }
        if value < from.value && lowest.as_ref().is_none_or(|low| value < low.value) {
            lowest = Some(found);
        }
        // Kept away from both ends.
        step *= if parabola.is_finite() { parabola.clamp(0.1, 0.5) } else { 0.1 };
    }
    Ok(lowest)
}

/// The projected point and the slope towards it.
fn along(from: From, direction: &[f64], step: f64, bounds: Bounds) -> (Vec<f64>, f64) {
    let mut x: Vec<f64> = from.x.iter().zip(direction).map(|(x, d)| x + step * d).collect();
    bounds.project(&mut x);
    let moved: Vec<f64> = x.iter().zip(from.x).map(|(t, x)| t - x).collect();
    let slope = dot(from.gradient, &moved);
    (x, slope)
}

/// A gradient that is not finite makes the value count as too high.
fn finite((value, gradient): Evaluated) -> Evaluated {
    let finite = gradient.iter().all(|g| g.is_finite());
    (if finite { value } else { f64::NAN }, gradient)
}

/// The step at the minimum of the parabola, and longer steps, up to ten times each, while the parabola puts its
/// minimum much further away and the value decreases.
fn refined(
    from: From,
    direction: &[f64],
    mut parabola: f64,
    bounds: Bounds,
    mut found: Found,
    objective: &mut dyn GridObjective,
) -> Result<Found, InversionError> {
    for _ in 0..8 {
        // A parabola that opens downwards has no minimum: the value decreases further out.
        let factor = if parabola > 0.0 && parabola.is_finite() { parabola.clamp(0.1, 10.0) } else { 10.0 };
        // Within a tenth of the minimum less than a hundredth of the decrease remains to be gained.
        if (factor - 1.0).abs() < 0.1 {
            break;
        }
        let step = found.step * factor;
        let (x, slope) = along(from, direction, step, bounds);
        if x == found.x || slope >= 0.0 {
            break;
        }
        let (value, gradient) = finite(objective.evaluate(&x)?);
        if value.is_nan() || value >= found.value || value > from.value + ARMIJO * slope {
            break;
        }
        found = Found { x, value, gradient, step };
        if factor < 1.5 {
            break;
        }
        parabola = -slope / (2.0 * (value - from.value - slope));
    }
    Ok(found)
}
