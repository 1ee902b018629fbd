//! Term weights that balance the gradient norms of the terms of an objective.

use burn::tensor::Tensor;

use crate::fused::host_values;

/// Factors on the terms of an objective that give the gradient of each term the same norm as that of the first:
/// moving averages of `|grad L_0| / |grad L_i|`.
///
/// # Source
/// Wang, Teng & Perdikaris, SIAM J. Sci. Comput. 43 (2021), A3055-A3081, algorithm 1, with norms of the whole gradients, as in
/// Wang, Sankaran, Wang & Perdikaris, An expert's guide to training PINNs (arXiv 2308.08468), section 4.2.
#[derive(Debug, Clone, PartialEq)]
pub struct Balance {
    every: usize,
    next: usize,
    /// In single precision, so that a checkpoint can store them.
    factors: Vec<f32>,
}

/// The share of the old factor in a new one.
const KEPT: f64 = 0.9;

impl Balance {
    /// Factors of 1 that are renewed every `steps` steps, the first time immediately; `None` for 0.
    #[must_use]
    pub fn renewed_every(steps: usize) -> Option<Self> {
        (steps > 0).then(|| Self { every: steps, next: 0, factors: Vec::new() })
    }

    /// Whether norms are needed in a step.
    #[must_use]
    pub fn due(&self, step: usize) -> bool {
        step >= self.next
    }

    /// Takes the gradient norms of the terms, each without its factor.
    pub fn tell(&mut self, step: usize, norms: &[f64]) {
        self.next = step + self.every;
        let first = self.factors.is_empty();
        self.factors.resize(norms.len(), 1.0);
        for (factor, norm) in self.factors.iter_mut().zip(norms) {
            let wanted = norms[0] / norm;
            // A term without a gradient (which is satisfied) keeps its factor until it has one.
            if wanted.is_finite() && wanted > 0.0 {
                let old = f64::from(*factor);
                *factor = if first { wanted } else { KEPT * old + (1.0 - KEPT) * wanted } as f32;
            }
        }
    }

    /// The factor of a term; that of the first is 1.
    #[must_use]
    pub fn factor(&self, term: usize) -> f64 {
        self.factors.get(term).map_or(1.0, |factor| f64::from(*factor))
    }

    /// What a checkpoint needs.
    #[must_use]
    pub fn state(&self) -> Vec<f32> {
        std::iter::once(self.next as f32).chain(self.factors.iter().copied()).collect()
    }

    /// Restores a state from [`Balance::state`].
    pub fn restore(&mut self, state: &[f32]) {
        if let [next, factors @ ..] = state {
            (self.next, self.factors) = (*next as usize, factors.to_vec());
        }
    }
}

/// The norm of a gradient.
#[must_use]
pub fn norm(gradient: Vec<Tensor<2>>) -> f64 {
    let squares = gradient.into_iter().flat_map(host_values).map(|g| f64::from(g).powi(2));
    squares.sum::<f64>().sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first norms determine the factors, later ones move them by a tenth of the difference, and a term without a
    /// gradient changes nothing.
    #[test]
    fn norms_are_balanced() {
        assert_eq!(Balance::renewed_every(0), None);
        let mut balance = Balance::renewed_every(50).unwrap();
        assert!(balance.due(0) && balance.factor(2) == 1.0);
        balance.tell(0, &[4.0, 0.5, 8.0]);
        assert_eq!([0, 1, 2].map(|term| balance.factor(term)), [1.0, 8.0, 0.5]);
        assert!(!balance.due(49) && balance.due(50));
        balance.tell(50, &[4.0, 0.0, 4.0]);
        assert_eq!([0, 1].map(|term| balance.factor(term)), [1.0, 8.0]);
        assert!((balance.factor(2) - 0.55).abs() < 1e-7);
        let mut again = Balance::renewed_every(50).unwrap();
        again.restore(&balance.state());
        assert_eq!(again, balance);
    }
}
