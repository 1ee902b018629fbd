//! Causal weights: a time counts only once all earlier times are accurate.

/// Weights of residuals in time, in bins of equal length: `w_b = exp(-epsilon sum_{k < b} L_k)`, where L_k is the
/// mean square of the residual in bin k.
///
/// # Source
/// Wang, Sankaran & Perdikaris, Computer Methods in Applied Mechanics and Engineering 421 (2024) 116813 (arXiv 2203.07404),
/// equations 3.1 and 3.2.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Causal {
    /// Number of bins.
    pub bins: usize,
    /// How strictly a bin waits for earlier bins.
    pub epsilon: f64,
}

impl Causal {
    /// The weight of each point, and the smallest weight, which is near 1 once the whole interval is trained.
    ///
    /// # Shapes
    /// `times` in units of the interval (0 to 1) and `squares` of the residuals, one for each point.
    #[must_use]
    pub fn weights(&self, times: &[f64], squares: &[f64]) -> (Vec<f64>, f64) {
        let bin = |time: f64| ((time * self.bins as f64) as usize).min(self.bins - 1);
        let mut sums = vec![(0.0, 0.0); self.bins];
        for (time, square) in times.iter().zip(squares) {
            let (sum, count) = &mut sums[bin(*time)];
            *sum += square;
            *count += 1.0;
        }
        let mut before = 0.0;
        let mut weights = Vec::with_capacity(self.bins);
        for (sum, count) in sums {
            weights.push((-self.epsilon * before).exp());
            before += if count > 0.0 { sum / count } else { 0.0 };
        }
        let smallest = weights.last().copied().unwrap_or(1.0);
        (times.iter().map(|time| weights[bin(*time)]).collect(), smallest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bins with mean squares 1, 3 and 2 have the weights 1, exp(-e) and exp(-4 e), wherever a point lies in a bin.
    #[test]
    fn weights_wait_for_what_is_before() {
        let times = [0.1, 0.2, 0.5, 0.34, 0.9, 1.0];
        let squares = [0.0, 2.0, 3.0, 3.0, 1.0, 3.0];
        let (weights, smallest) = Causal { bins: 3, epsilon: 0.5 }.weights(&times, &squares);
        let exact = [1.0, 1.0, (-0.5f64).exp(), (-0.5f64).exp(), (-2.0f64).exp(), (-2.0f64).exp()];
        assert!(weights.iter().zip(exact).all(|(w, e)| (w - e).abs() < 1e-15), "{weights:?}");
        assert_eq!(smallest, exact[5]);
    }

    /// Without residuals all weights are one, and an empty bin does not delay later bins.
    #[test]
    fn a_solution_has_weights_of_one() {
        let (weights, smallest) = Causal { bins: 10, epsilon: 100.0 }.weights(&[0.05, 0.95], &[0.0, 7.0]);
        assert_eq!((weights, smallest), (vec![1.0, 1.0], 1.0));
    }
}
