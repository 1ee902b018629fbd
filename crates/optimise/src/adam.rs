//! Adam.

use crate::bounds::Bounds;
use crate::curvature::Curvature;
use crate::optimizer::{Optimizer, Outcome};
use crate::real::Real;
use crate::state::{Rows, State, StateError, Write};
use crate::vector::Point;

/// The number added to the root of the mean square gradient.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Floor {
    /// A fixed number, for functions of known scale.
    Absolute(f64),
    /// Relative to the largest root, for functions of unknown scale such as misfits.
    OfLargest(f64),
}

/// First and second moments of gradients.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Moments<T> {
    /// Running mean of the gradients.
    pub first: Vec<T>,
    /// Running mean of their squares.
    pub second: Vec<T>,
}

/// Decays of the first and the second moments.
pub type Decays<T> = [T; 2];

impl<T: Real> Moments<T> {
    /// Moments before the first gradient, for this number of variables.
    #[must_use]
    pub fn zeros(length: usize) -> Self {
        Self { first: vec![T::zero(); length], second: vec![T::zero(); length] }
    }

    /// Updates the moments with a gradient.
    pub fn learn(&mut self, gradient: &[T], [decay1, decay2]: Decays<T>) {
        for ((g, m), v) in gradient.iter().zip(&mut self.first).zip(&mut self.second) {
            *m = decay1 * *m + (T::one() - decay1) * *g;
            *v = decay2 * *v + (T::one() - decay2) * *g * *g;
        }
    }

    /// The normalised step after this number of updates, with bias correction.
    #[must_use]
    pub fn direction(&self, decays: Decays<T>, floor: Floor, steps: u32) -> Vec<T> {
        let [first, second] = decays.map(|d| T::of(1.0 / (1.0 - d.double().powf(f64::from(steps)))));
        let floor = match floor {
            Floor::Absolute(floor) => T::of(floor),
            Floor::OfLargest(share) => {
                let largest = self.second.iter().fold(T::zero(), |a, v| a.max(*v));
                T::of(share) * (largest * second).sqrt()
            }
        };
        let direction = |(m, v): (&T, &T)| *m * first / ((*v * second).sqrt() + floor);
        self.first.iter().zip(&self.second).map(direction).collect()
    }
}

/// Adam with bias correction. Each step is accepted without evaluating the function there.
///
/// # Source
/// Kingma and Ba, ICLR 2015, algorithm 1.
#[derive(Debug, Clone)]
pub struct Adam<T> {
    decays: Decays<T>,
    floor: Floor,
    steps: u32,
    moments: Moments<T>,
    bounds: Bounds<T>,
    x: Option<Vec<T>>,
}

impl<T: Real> Adam<T> {
    /// Adam with these decays of the mean gradient and of the mean square gradient.
    #[must_use]
    pub fn new(decays: [f64; 2], floor: Floor) -> Self {
        let (decays, moments) = (decays.map(T::of), Moments::zeros(0));
        Self { decays, floor, steps: 0, moments, bounds: Bounds::default(), x: None }
    }
}

impl<T: Real, E> Optimizer<T, E> for Adam<T> {
    fn name(&self) -> &'static str {
        "adam"
    }

    fn keep_within(&mut self, bounds: Bounds<T>) {
        self.bounds = bounds;
    }

    fn ask(&mut self, x: &[T], _curvature: &mut dyn Curvature<T, E>) -> Result<Option<Vec<T>>, E> {
        Ok(Some(x.to_vec()))
    }

    fn tell(&mut self, point: Point<T>, rate: f64, curvature: &mut dyn Curvature<T, E>) -> Outcome {
        let Point { mut x, value, gradient } = point;
        let gradient = curvature.precondition(&gradient).unwrap_or(gradient);
        if self.steps == 0 {
            self.moments = Moments::zeros(x.len());
        }
        let still = |v: &[T]| v.iter().all(|v| *v == T::zero());
        if still(&gradient) && still(&self.moments.first) {
            self.x = Some(x);
            return Outcome::Failed;
        }
        self.steps += 1;
        self.moments.learn(&gradient, self.decays);
        let (direction, rate) = (self.moments.direction(self.decays, self.floor, self.steps), T::of(rate));
        x.iter_mut().zip(&direction).for_each(|(x, d)| *x -= rate * *d);
        self.bounds.project(&mut x);
        self.x = Some(x);
        Outcome::Accepted(value)
    }

    fn accepted(&self) -> Option<&[T]> {
        self.x.as_deref()
    }

    fn variables(&self) -> Option<usize> {
        (self.steps > 0).then_some(self.moments.first.len())
    }

    /// Does nothing: there is no line search.
    fn settle(&mut self) {}

    /// Does nothing: the moments average over changes of the function.
    fn forget(&mut self) {}

    fn state(&self) -> State<T> {
        let mut state = State::new();
        state.numbers("steps", &[self.steps.into()]);
        state.vector("first moments", &self.moments.first);
        state.vector("second moments", &self.moments.second);
        state
    }

    fn restore(&mut self, state: State<T>) -> Result<(), StateError> {
        let mut rows = Rows::new("adam", state);
        let [steps] = rows.numbers("steps")?;
        let first = rows.any_vector("first moments")?;
        let second = rows.vector("second moments", first.len())?;
        rows.end()?;
        (self.steps, self.moments) = (steps as u32, Moments { first, second });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two steps by hand. First step: m = 0.1 g, v = 0.001 g^2, corrected to g and g^2: a step of the sign of g.
    /// Second step with gradient 1 after 2: m = 0.9 * 0.2 + 0.1 = 0.28 over 0.19; v = 0.999 * 0.004 + 0.001
    /// = 0.004996 over 0.001999.
    #[test]
    fn two_steps_by_hand() {
        let mut adam: Adam<f32> = Adam::new([0.9, 0.999], Floor::Absolute(1e-8));
        let mut step = |x: Vec<f32>, gradient: Vec<f32>| {
            let point = Point { x, value: 0.0, gradient };
            assert_eq!(Optimizer::<_, ()>::tell(&mut adam, point, 0.1, &mut ()), Outcome::Accepted(0.0));
            Optimizer::<_, ()>::accepted(&adam).unwrap().to_vec()
        };
        let x = step(vec![1.0, -1.0], vec![2.0, -4.0]);
        assert!((x[0] - 0.9).abs() < 1e-6 && (x[1] + 0.9).abs() < 1e-6, "{x:?}");
        let x = step(x, vec![1.0, -4.0]);
        let second = 0.1 * (0.28 / 0.19) / (0.004_996f64 / 0.001_999).sqrt();
        // 1 - beta2 is 0.001 only to 5e-5 in f32; its error cancels in the corrected ratio to that order.
        assert!((f64::from(x[0]) - (0.9 - second)).abs() < 1e-5, "{x:?}");
    }
}
