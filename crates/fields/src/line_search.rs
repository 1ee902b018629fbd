//! A line search that receives values one at a time: each evaluation of the objective is one step of the optimiser.

use crate::error::FieldsError;

/// Sufficient decrease as a fraction of what the slope predicts.
const DECREASE: f64 = 1e-4;
/// Largest remaining fraction of the slope.
const CURVATURE: f64 = 0.9;
/// Relative rounding error of an objective that is a sum in single precision.
const ROUNDING: f64 = 1e-6;

/// A point with the objective and its gradient there.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Place {
    pub(crate) x: Vec<f32>,
    pub(crate) value: f64,
    pub(crate) gradient: Vec<f32>,
}

/// The verdict of a search on a point.
#[derive(Debug, PartialEq)]
pub(crate) enum Told {
    /// No search was active: the point is the new start.
    Began,
    /// The step is long enough and lowers the objective: a later point is the new start, and this is the previous
    /// one.
    Taken(Place),
    /// Another step must be tried.
    Again,
    /// No step along this direction lowers the objective.
    Failed,
}

/// A search for a step along a direction that satisfies the weak Wolfe conditions.
///
/// Where the objective changes by no more than its rounding error, the slopes decide (the approximate conditions).
///
/// # Source
/// Lewis and Overton, Math. Program. 141 (2013), 135-163, algorithm 2.6; approximate conditions: Hager and Zhang, SIAM J.
/// Optim. 16 (2005), 170-192, equation 4.1.
#[derive(Debug, Clone, Default)]
pub(crate) struct Search {
    start: Option<Place>,
    /// The furthest point with sufficient decrease whose slope is still too steep.
    low: Option<Place>,
    direction: Vec<f32>,
    bracket: [f64; 2],
    step: f64,
    trials: usize,
}

pub(crate) fn dot(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
}

impl Search {
    /// The start of the search: the last accepted point.
    pub(crate) fn start(&self) -> Option<&Place> {
        self.start.as_ref()
    }

    /// Starts a search along a new direction with this step.
    pub(crate) fn along(&mut self, direction: Vec<f32>, step: f64) {
        (self.direction, self.step, self.bracket) = (direction, step, [0.0, f64::INFINITY]);
        (self.low, self.trials) = (None, 0);
    }

    /// The next point to evaluate.
    pub(crate) fn trial(&self) -> Vec<f32> {
        let Some(start) = &self.start else { return Vec::new() };
        let moved = |(x, d): (&f32, &f32)| x + (self.step * f64::from(*d)) as f32;
        start.x.iter().zip(&self.direction).map(moved).collect()
    }

    /// Ends the search and returns the point where it started, which must be evaluated again.
    pub(crate) fn leave(&mut self) -> Option<Place> {
        self.low = None;
        self.start.take()
    }

    /// Takes the requested point; `trials` is the largest number of trials.
    pub(crate) fn tell(&mut self, place: Place, trials: usize) -> Told {
        let Some(start) = &self.start else {
            self.start = Some(place);
            return Told::Began;
        };
        self.trials += 1;
        let slope = dot(&start.gradient, &self.direction);
        let here = dot(&place.gradient, &self.direction);
        let rise = place.value - start.value;
        let finite = place.value.is_finite() && here.is_finite();
        let flat = rise <= ROUNDING * start.value.abs() && here <= (2.0 * DECREASE - 1.0) * slope;
        // Minimum of the parabola through both values and the slope, in units of the step.
        let parabola = -slope * self.step / (2.0 * (rise - slope * self.step));
        if finite && (rise <= DECREASE * self.step * slope || flat) {
            if here >= CURVATURE * slope {
                return self.take(place);
            }
            self.bracket[0] = self.step;
            self.low = Some(place);
        } else {
            self.bracket[1] = self.step;
        }
        if self.trials >= trials {
            return match self.low.take() {
                Some(low) => self.take(low),
                None => Told::Failed,
            };
        }
        let [low, high] = self.bracket;
        self.step = match (low > 0.0, high.is_finite()) {
            (_, false) => 4.0 * low,
            (true, true) => 0.5 * (low + high),
            // Kept away from both ends.
            (false, true) => high * if parabola.is_finite() { parabola.clamp(0.1, 0.5) } else { 0.1 },
        };
        Told::Again
    }

    fn take(&mut self, place: Place) -> Told {
        let before = self.start.replace(place).expect("a search that is under way has a start");
        self.low = None;
        Told::Taken(before)
    }

    /// The search as named rows of numbers.
    pub(crate) fn state(&self) -> Vec<(String, Vec<f32>)> {
        let value = |place: &Option<Place>| place.as_ref().map_or(0.0, |place| place.value);
        let numbers = [
            self.step,
            self.bracket[0],
            self.bracket[1],
            self.trials as f64,
            value(&self.start),
            value(&self.low),
        ];
        let mut rows = vec![
            ("search".to_owned(), numbers.into_iter().flat_map(parts).collect()),
            ("direction".to_owned(), self.direction.clone()),
        ];
        for (name, place) in [("start", &self.start), ("low", &self.low)] {
            let (x, gradient) = place.as_ref().map(|p| (p.x.clone(), p.gradient.clone())).unwrap_or_default();
            rows.extend([(name.to_owned(), x), (format!("{name}.gradient"), gradient)]);
        }
        rows
    }

    /// Restores a search from the rows of [`Search::state`].
    pub(crate) fn restore(
        optimizer: &'static str,
        rows: &mut impl Iterator<Item = Vec<f32>>,
    ) -> Result<Self, FieldsError> {
        let refuse =
            |what, found, expected| Err(FieldsError::OptimizerState { optimizer, what, found, expected });
        let mut next = || rows.next().unwrap_or_default();
        let (numbers, direction) = (next(), next());
        if numbers.len() != 6 * PARTS {
            return refuse("search", numbers.len(), 6 * PARTS);
        }
        let number = |i: usize| whole(&numbers[PARTS * i..PARTS * (i + 1)]);
        let mut places = [None, None];
        for (i, place) in places.iter_mut().enumerate() {
            let (x, gradient) = (next(), next());
            if x.len() != gradient.len() {
                return refuse("gradient", gradient.len(), x.len());
            }
            if !x.is_empty() {
                if !direction.is_empty() && x.len() != direction.len() {
                    return refuse("direction", direction.len(), x.len());
                }
                *place = Some(Place { x, value: number(4 + i), gradient });
            }
        }
        let [start, low] = places;
        let (step, bracket, trials) = (number(0), [number(1), number(2)], number(3) as usize);
        Ok(Self { start, low, direction, bracket, step, trials })
    }
}

/// Number of single-precision numbers whose sum is a double-precision number.
const PARTS: usize = 3;

/// A number as a sum of single-precision numbers, for a state that consists of these: 72 bits of mantissa for 53.
pub(crate) fn parts(number: f64) -> [f32; PARTS] {
    let first = number as f32;
    if !first.is_finite() {
        return [first, 0.0, 0.0];
    }
    let left = number - f64::from(first);
    let second = left as f32;
    [first, second, (left - f64::from(second)) as f32]
}

/// The number of [`parts`].
pub(crate) fn whole(parts: &[f32]) -> f64 {
    parts.iter().map(|part| f64::from(*part)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A function along a line from 0, in direction 1.
    fn search(value: impl Fn(f64) -> [f64; 2], first: f64, trials: usize) -> (Search, Told, usize) {
        let place = |x: f32| {
            let [value, slope] = value(f64::from(x));
            Place { x: vec![x], value, gradient: vec![slope as f32] }
        };
        let mut search = Search::default();
        assert_eq!(search.tell(place(0.0), trials), Told::Began);
        search.along(vec![1.0], first);
        for evaluations in 1.. {
            let told = search.tell(place(search.trial()[0]), trials);
            if told != Told::Again {
                return (search, told, evaluations);
            }
        }
        unreachable!("a search ends")
    }

    /// Both conditions hold where the search stops, starting from steps that are far too long and far too short.
    #[test]
    fn conditions_hold() {
        let valley = |x: f64| [(x - 1.0).powi(4) - x, 4.0 * (x - 1.0).powi(3) - 1.0];
        let [start, slope] = valley(0.0);
        for first in [1e-4, 0.1, 3.0, 1e3] {
            let (found, told, evaluations) = search(valley, first, 30);
            assert!(matches!(told, Told::Taken(_)) && evaluations < 14, "{first} {evaluations}");
            let x = f64::from(found.start().unwrap().x[0]);
            let [value, here] = valley(x);
            assert!(value <= start + DECREASE * x * slope && here >= CURVATURE * slope, "{first} {x}");
        }
    }

    /// A direction that rises everywhere fails after the allowed number of trials; NaN counts as too high.
    #[test]
    fn rising_functions_fail() {
        assert!(matches!(search(|x| [x, -1.0], 1.0, 7), (_, Told::Failed, 7)));
        let wall = |x: f64| if x > 0.01 { [f64::NAN; 2] } else { [-x, -1.0] };
        let (found, told, _) = search(wall, 1.0, 12);
        assert!(matches!(told, Told::Taken(_)) && found.start().unwrap().x[0] > 1e-3);
    }

    #[test]
    fn numbers_survive_single_precision() {
        for number in [0.1, -1.0 / 3.0, 1e-20 / 7.0, 6.02e23, f64::INFINITY, 0.0] {
            assert_eq!(whole(&parts(number)), number);
        }
    }
}
