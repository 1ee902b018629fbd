//! The error of a fitted network, in value and both derivatives.

use serde::{Deserialize, Serialize};

use super::harmonic::without_harmonic;
use super::target::Target;
use fwi::metrics;
use survey::derivatives::Derivatives;
use survey::model::Model;

/// The quality measures of a fit. A number that does not exist is absent, not 0.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Score {
    /// Peak signal-to-noise ratio of the value, dB. The peak is the range of the target.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub psnr_db: Option<f64>,
    /// The same after adding the harmonic function that gives the network the target's values on the edge, for a
    /// network that learnt from a Laplacian, which does not determine that function.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub psnr_but_harmonic_db: Option<f64>,
    /// Structural similarity of the value, 1 at best.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ssim: Option<f64>,
    /// `||f - f_target|| / ||f_target||`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relative_l2: Option<f64>,
    /// Largest `|f - f_target|`, in the unit of the value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub largest: Option<f64>,
    /// `||grad f - grad f_target|| / ||grad f_target||`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gradient_relative_l2: Option<f64>,
    /// `||lap f - lap f_target|| / ||lap f_target||`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub laplacian_relative_l2: Option<f64>,
}

impl Score {
    /// Compares a network's values at the nodes of the target with the target.
    #[must_use]
    pub fn of(found: &Derivatives, target: &Target) -> Score {
        let model = Model { grid: target.grid, values: found.value.clone() };
        let truth = Model { grid: target.grid, values: target.at.value.clone() };
        let apart = found.value.iter().zip(&target.at.value).map(|(a, b)| (a - b).abs());
        let largest = apart.fold(0.0, f64::max);
        Score {
            psnr_db: metrics::psnr_db(&model, &truth),
            psnr_but_harmonic_db: None,
            ssim: metrics::ssim(&model, &truth),
            relative_l2: metrics::velocity_relative_l2(&model, &truth),
            largest: largest.is_finite().then_some(largest),
            gradient_relative_l2: relative(&found.gradient, &target.at.gradient),
            laplacian_relative_l2: relative(
                std::slice::from_ref(&found.laplacian),
                std::slice::from_ref(&target.at.laplacian),
            ),
        }
    }
}

/// The peak signal-to-noise ratio of a value after a harmonic function has given it the target's values on the edge.
#[must_use]
pub fn psnr_but_harmonic_db(value: &[f64], target: &Target) -> Option<f64> {
    let truth = Model { grid: target.grid, values: target.at.value.clone() };
    let error: Vec<f64> = value.iter().zip(&truth.values).map(|(a, b)| a - b).collect();
    let left = without_harmonic(&target.grid, &error);
    let vp = truth.values.iter().zip(left).map(|(a, b)| a + b).collect();
    metrics::psnr_db(&Model { grid: target.grid, values: vp }, &truth)
}

fn relative(found: &[Vec<f64>], reference: &[Vec<f64>]) -> Option<f64> {
    let (mut apart, mut norm) = (0.0, 0.0);
    for (a, b) in found.iter().flatten().zip(reference.iter().flatten()) {
        apart += (a - b).powi(2);
        norm += b * b;
    }
    let error: f64 = (apart / norm).sqrt();
    error.is_finite().then_some(error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use survey::array::Meaning;

    /// The target has no error; a target scaled by 1.1 has an error of 10 %.
    #[test]
    fn scores() {
        let grid = fd::Grid::new([0.0; 2], [10.0; 2], [20, 24]).unwrap();
        let values: Vec<f64> = grid.points().map(|[x, z]| 2000.0 + (x / 40.0).sin() * 300.0 + z).collect();
        let target = Target::new(grid, &values, Meaning::Velocity, Some(15.0));
        let same = Score::of(&target.at, &target);
        assert_eq!(
            (same.relative_l2, same.gradient_relative_l2, same.laplacian_relative_l2),
            (Some(0.0), Some(0.0), Some(0.0))
        );
        let more = |v: &[f64]| v.iter().map(|v| 1.1 * v).collect::<Vec<f64>>();
        let found = Derivatives {
            value: more(&target.at.value),
            gradient: [more(&target.at.gradient[0]), more(&target.at.gradient[1])],
            laplacian: more(&target.at.laplacian),
        };
        let off = Score::of(&found, &target);
        for error in [off.relative_l2, off.gradient_relative_l2, off.laplacian_relative_l2] {
            assert!((error.unwrap() - 0.1).abs() < 1e-12, "{off:?}");
        }
        // A harmonic error is ignored, and no other: 1 % of the range, alone and with a linear function.
        let [lo, hi] = target.range();
        let bump =
            |i: usize| if (2..18).contains(&(i / 24)) && (2..22).contains(&(i % 24)) { 1.0 } else { 0.0 };
        let with = |a: f64, b: f64| -> Vec<f64> {
            let error = |(i, [x, z]): (usize, [f64; 2])| 0.01 * (hi - lo) * (a * bump(i) + b * (x - 2.0 * z));
            let errors = target.grid.points().enumerate().map(error);
            target.at.value.iter().zip(errors).map(|(v, e)| v + e).collect()
        };
        let expected = -10.0 * (1e-4 * (16.0 * 20.0) / (20.0 * 24.0_f64)).log10();
        for slope in [0.0, 1.0] {
            let found = psnr_but_harmonic_db(&with(1.0, slope), &target).unwrap();
            assert!((found - expected).abs() < 1e-6, "{found} {expected}");
        }
        assert!(psnr_but_harmonic_db(&with(0.0, 1.0), &target).is_none_or(|psnr| psnr > 200.0));
        assert!((off.largest.unwrap() - 0.1 * target.range()[1]).abs() < 1e-9);
    }
}
