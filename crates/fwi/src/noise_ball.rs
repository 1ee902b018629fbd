//! Least squares of what exceeds the noise of the data.

use num_complex::Complex64;

use crate::misfit::{FrequencyMisfit, squares};

/// The least-squares misfit of the distance to the ball of all data that differ from the observed ones by the noise or less:
/// `J = max(0, r - e)^2 / 2` with the relative misfit r and the relative noise e. Data within the noise exert no pull, so that a
/// method that also fits an equation or a regulariser does not trade them for noise.
///
/// # Source
/// The discrepancy principle: Morozov, Soviet Math. Dokl. 7 (1966), 414-417, as a constraint of the fit.
#[derive(Clone, Copy)]
pub(crate) struct BeyondNoise<'a> {
    /// Least squares.
    pub(crate) misfit: &'a dyn FrequencyMisfit,
    /// The relative noise, if it is known.
    pub(crate) noise: Option<f64>,
}

impl FrequencyMisfit for BeyondNoise<'_> {
    fn evaluate(&self, synthetic: &[Complex64], observed: &[Complex64]) -> (f64, Vec<Complex64>) {
        let (value, mut adjoint) = self.misfit.evaluate(synthetic, observed);
        let share = share_beyond(self.noise, squares(synthetic, observed));
        adjoint.iter_mut().for_each(|a| *a *= share);
        (value * share * share, adjoint)
    }
}

/// The share of a residual that exceeds the relative noise, from the squares of the residual and of the observed data: 1 without
/// noise, 0 for a residual within it.
#[must_use]
pub(crate) fn share_beyond(noise: Option<f64>, [residual, observed]: [f64; 2]) -> f64 {
    match noise {
        Some(noise) if residual > 0.0 => (1.0 - noise * (observed / residual).sqrt()).max(0.0),
        Some(_) => 0.0,
        None => 1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::misfit::L2;

    fn data() -> [Vec<Complex64>; 2] {
        let observed: Vec<Complex64> =
            (0..9).map(|i| Complex64::new((i as f64).sin(), 0.3 * i as f64)).collect();
        let synthetic = observed.iter().enumerate().map(|(i, d)| d * (1.0 + 0.05 * i as f64)).collect();
        [synthetic, observed]
    }

    /// The adjoint source is the derivative of the value, by central differences.
    #[test]
    fn adjoint_is_the_derivative() {
        let [synthetic, observed] = data();
        let misfit = BeyondNoise { misfit: &L2 {}, noise: Some(0.1) };
        let (value, adjoint) = misfit.evaluate(&synthetic, &observed);
        assert!(value > 0.0);
        for (i, unit) in [(2, Complex64::ONE), (5, Complex64::I)] {
            let moved = |step: f64| {
                let mut moved = synthetic.clone();
                moved[i] += step * unit;
                misfit.evaluate(&moved, &observed).0
            };
            let slope = (moved(1e-5) - moved(-1e-5)) / 2e-5;
            let expected = (adjoint[i] * unit.conj()).re;
            assert!((slope - expected).abs() < 1e-8 * expected.abs().max(1e-3), "{slope} {expected}");
        }
    }

    /// Without noise it is least squares; within the noise it and its derivative are zero; at twice the noise half of the residual
    /// is left.
    #[test]
    fn ball_of_the_noise() {
        let [synthetic, observed] = data();
        let [residual, energy] = squares(&synthetic, &observed);
        let relative = (residual / energy).sqrt();
        let of = |noise| BeyondNoise { misfit: &L2 {}, noise }.evaluate(&synthetic, &observed);
        assert_eq!(of(None), L2 {}.evaluate(&synthetic, &observed));
        let (value, adjoint) = of(Some(1.01 * relative));
        assert!(value == 0.0 && adjoint.iter().all(|a| a.norm() == 0.0));
        let (half, _) = of(Some(0.5 * relative));
        assert!((half - 0.125 * relative * relative).abs() < 1e-12, "{half}");
        let exact = BeyondNoise { misfit: &L2 {}, noise: Some(0.1) }.evaluate(&observed, &observed);
        assert_eq!(exact.0, 0.0);
    }
}
