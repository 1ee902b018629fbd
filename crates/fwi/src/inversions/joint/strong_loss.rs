//! How the strong residuals at points become one number, with its derivatives.

use fields::{Coefficients, Evaluation, Wavefield};
use num_complex::Complex32;

use super::StrongLoss;

/// What residuals cost: the objective's share, and dJ/dR for each source and point.
pub(crate) struct Cost {
    pub(crate) value: f64,
    pub(crate) by_residual: Vec<Vec<Complex32>>,
}

impl StrongLoss {
    /// The share of the objective, and the mean square of the residuals over that of the field's scale.
    pub(crate) fn cost(
        &self,
        coefficients: &Coefficients,
        residual: &[Vec<Complex32>],
        scale: f32,
    ) -> (Cost, f64) {
        let points = coefficients.points();
        let energy: f64 = residual.iter().flatten().map(|r| f64::from(r.norm_sqr())).sum();
        let mean = energy * mean_factor(points * residual.len(), scale);
        let cost = match *self {
            Self::LeastSquares { weight, .. } => {
                let factor = (weight * mean_factor(points * residual.len(), scale)) as f32;
                let by_residual = residual.iter().map(|r| r.iter().map(|r| r * factor).collect()).collect();
                Cost { value: 0.5 * weight * mean, by_residual }
            }
            Self::Sitzmann { .. } => {
                let near = points as f64 / 1000.0;
                let weights: Vec<f64> =
                    (0..points).map(|p| if coefficients.driven(p) { near } else { 1.0 }).collect();
                let mut value = 0.0;
                let mut by_residual = Vec::new();
                for r in residual {
                    value += r
                        .iter()
                        .zip(&weights)
                        .map(|(r, w)| w * f64::from(r.re.abs() + r.im.abs()))
                        .sum::<f64>();
                    by_residual.push(r.iter().zip(&weights).map(|(r, w)| signs(*r) * *w as f32).collect());
                }
                Cost { value, by_residual }
            }
        };
        (cost, mean)
    }

    /// `edge_weight` times half the mean square of the field at the last `count` points, which are on the outer edge, where
    /// the PML has absorbed it.
    pub(crate) fn edge_term(
        &self,
        wavefield: Wavefield,
        u: &Evaluation,
        count: usize,
        upstream: &mut [f32],
    ) -> f64 {
        let Self::LeastSquares { edge_weight, .. } = *self else { return 0.0 };
        let (first, shape) = (u.points() - count, [u.points(), u.channels()]);
        let factor = edge_weight * mean_factor(count * wavefield.sources, wavefield.scale);
        let mut sum = 0.0;
        for source in 0..wavefield.sources {
            for p in first..u.points() {
                let value = wavefield.at(u, 0, p, source);
                sum += f64::from(value.norm_sqr());
                wavefield.add_upstream(upstream, shape, [0, p, source], value * factor as f32);
            }
        }
        0.5 * factor * sum
    }
}

fn mean_factor(count: usize, scale: f32) -> f64 {
    1.0 / (count as f64 * f64::from(scale).powi(2))
}

/// The signs of both parts, 0 for 0.
pub(crate) fn signs(r: Complex32) -> Complex32 {
    let sign = |x: f32| if x == 0.0 { 0.0 } else { x.signum() };
    Complex32::new(sign(r.re), sign(r.im))
}
