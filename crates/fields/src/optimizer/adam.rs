//! Adam.

use super::{At, Optimizer};
use crate::error::FieldsError;

/// Name in scenarios.
pub const NAME: &str = "adam";

/// Adam with bias correction.
///
/// # Source
/// Kingma and Ba, ICLR 2015, algorithm 1.
#[derive(Debug, Clone)]
pub struct Adam {
    /// Decay of the mean of the gradients.
    pub beta1: f32,
    /// Decay of the mean of their squares.
    pub beta2: f32,
    /// Added to the root of the mean square.
    pub epsilon: f32,
    steps: u32,
    moments: Vec<Moments>,
}

impl Default for Adam {
    /// The paper's 0.9, 0.999 and 1e-8.
    fn default() -> Self {
        Self::new(0.9, 0.999, 1e-8)
    }
}

impl Adam {
    /// Adam with other decays.
    #[must_use]
    pub fn new(beta1: f32, beta2: f32, epsilon: f32) -> Self {
        Self { beta1, beta2, epsilon, steps: 0, moments: Vec::new() }
    }
}

/// First and second moment of one parameter.
#[derive(Debug, Clone, Default)]
pub(crate) struct Moments {
    pub(crate) first: Vec<f32>,
    pub(crate) second: Vec<f32>,
}

impl Moments {
    pub(crate) fn zeros(length: usize) -> Self {
        Self { first: vec![0.0; length], second: vec![0.0; length] }
    }

    /// Takes a gradient and replaces it by the normalised step.
    pub(crate) fn direction(&mut self, gradient: &mut [f32], rates: Rates) {
        let Rates { beta1, beta2, epsilon, first, second } = rates;
        for ((g, m), v) in gradient.iter_mut().zip(&mut self.first).zip(&mut self.second) {
            *m = beta1 * *m + (1.0 - beta1) * *g;
            *v = beta2 * *v + (1.0 - beta2) * *g * *g;
            *g = *m * first / ((*v * second).sqrt() + epsilon);
        }
    }
}

/// Decays with the bias corrections of one step.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rates {
    beta1: f32,
    beta2: f32,
    epsilon: f32,
    first: f32,
    second: f32,
}

impl Rates {
    pub(crate) fn new(beta1: f32, beta2: f32, epsilon: f32, step: u32) -> Self {
        let correction = |beta: f32| (1.0 / (1.0 - f64::from(beta).powf(f64::from(step)))) as f32;
        Self { beta1, beta2, epsilon, first: correction(beta1), second: correction(beta2) }
    }
}

impl Optimizer for Adam {
    fn name(&self) -> &'static str {
        NAME
    }

    fn update(&mut self, at: At, _shapes: &[[usize; 2]], values: &mut [Vec<f32>], gradients: &[Vec<f32>]) {
        if self.moments.is_empty() {
            self.moments = values.iter().map(|v| Moments::zeros(v.len())).collect();
        }
        self.steps += 1;
        let rates = Rates::new(self.beta1, self.beta2, self.epsilon, self.steps);
        let rate = at.learning_rate as f32;
        for ((values, gradient), moments) in values.iter_mut().zip(gradients).zip(&mut self.moments) {
            let mut direction = gradient.clone();
            moments.direction(&mut direction, rates);
            values.iter_mut().zip(&direction).for_each(|(v, d)| *v -= rate * d);
        }
    }

    fn state(&self) -> Vec<(String, Vec<f32>)> {
        let mut state = vec![("steps".to_owned(), vec![self.steps as f32])];
        for (i, moments) in self.moments.iter().enumerate() {
            state.push((format!("first.{i}"), moments.first.clone()));
            state.push((format!("second.{i}"), moments.second.clone()));
        }
        state
    }

    fn restore(&mut self, state: Vec<(String, Vec<f32>)>) -> Result<(), FieldsError> {
        let error = |what, found, expected| {
            Err(FieldsError::OptimizerState { optimizer: NAME, what, found, expected })
        };
        let mut parts = state.into_iter().map(|(_, values)| values);
        let steps = parts.next().unwrap_or_default();
        let [steps] = steps[..] else { return error("steps", steps.len(), 1) };
        let mut moments = Vec::new();
        while let Some(first) = parts.next() {
            let second = parts.next().unwrap_or_default();
            if second.len() != first.len() {
                return error("moments", second.len(), first.len());
            }
            moments.push(Moments { first, second });
        }
        self.steps = steps as u32;
        self.moments = moments;
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
        let mut adam = Adam::default();
        let mut values = vec![vec![1.0f32, -1.0]];
        adam.update(At::new(0.1, 0.0), &[[1, 2]], &mut values, &[vec![2.0, -4.0]]);
        assert!((values[0][0] - 0.9).abs() < 1e-6 && (values[0][1] + 0.9).abs() < 1e-6, "{values:?}");
        adam.update(At::new(0.1, 0.0), &[[1, 2]], &mut values, &[vec![1.0, -4.0]]);
        let step = 0.1 * (0.28 / 0.19) / (0.004_996f64 / 0.001_999).sqrt();
        // 1 - beta2 is 0.001 only to 5e-5 in f32; its error cancels in the corrected ratio to that order.
        assert!((f64::from(values[0][0]) - (0.9 - step)).abs() < 1e-5, "{values:?}");
    }
}
