//! Measures of an inversion: its distance from the truth and its data misfit.

use std::collections::BTreeMap;

use num_complex::Complex64;
use serde::{Deserialize, Serialize};

use survey::model::{self, Model};

mod edges;

/// The numbers by which an inversion is judged. One that needs an unknown truth is absent, not 0.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Metrics {
    /// `||d_syn - d_obs|| / ||d_obs||` over all frequencies, shots and receivers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_misfit_relative: Option<f64>,
    /// `||v - v_true|| / ||v_true||` over the nodes of the true model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub velocity_relative_l2: Option<f64>,
    /// Mean of `|v - v_true|`, m/s.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub velocity_mae: Option<f64>,
    /// Structural similarity with the true model, 1 at best.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ssim: Option<f64>,
    /// Peak signal-to-noise ratio, dB. The peak is the range of the true model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub psnr_db: Option<f64>,
    /// How sharp the model is at the edges of the true model: 1 as the truth, 1/n where edges are blurred over n nodes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edge_sharpness: Option<f64>,
    /// Share of pairs of neighbouring nodes away from the edges of the true model between which the velocity differs by 5 % of
    /// the true range too much or too little: staircases and ripples.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub false_steps: Option<f64>,
    /// `||u - u_true|| / ||u_true||` of one wavefield.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wavefield_relative_l2: Option<f64>,
    /// For a true disc: radius of a disc of the area above half contrast, m.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub radius_half_contrast_m: Option<f64>,
    /// For a true disc: median velocity inside it, m/s.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub median_velocity_in_disc: Option<f64>,
    /// The relative noise of the data that the method was told or has estimated: it fits data to that and no further.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub noise: Option<f64>,
    /// On several ranks: the most bytes that a rank has sent and received in an iteration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exchanged_bytes: Option<f64>,
    /// `||p - p_true|| / ||p_true||` of other parameters than the velocity, by their names.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, f64>,
}

/// A disc in a uniform background, if that is the truth.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Disc {
    /// Centre `[x, z]`, m.
    pub centre: [f64; 2],
    /// Radius, m.
    pub radius: f64,
    /// Velocity inside, m/s.
    pub velocity: f64,
    /// Velocity outside, m/s.
    pub background: f64,
}

impl Metrics {
    /// Fills in the numbers that compare a model with the true one (and with the disc, if the true model is one).
    #[must_use]
    pub fn with_model(mut self, model: &Model, truth: &Model, disc: Option<&Disc>) -> Metrics {
        let model = &model.resample_onto(&truth.grid);
        // In a volume a disc is a cylinder.
        let disc = disc.filter(|_| truth.grid.dims() == 2);
        self.velocity_relative_l2 = velocity_relative_l2(model, truth);
        self.velocity_mae = velocity_mae(model, truth);
        self.ssim = ssim(model, truth);
        self.psnr_db = psnr_db(model, truth);
        let edges = edges::edges(model, truth);
        (self.edge_sharpness, self.false_steps) = (edges.sharpness, edges.false_steps);
        self.radius_half_contrast_m = disc.map(|d| radius_half_contrast(model, d)).filter(|v| v.is_finite());
        self.median_velocity_in_disc = disc.and_then(|d| median_velocity_in_disc(model, d));
        self
    }
}

/// `||d_syn - d_obs|| / ||d_obs||`, for data and wavefields; `None` if the reference is zero.
#[must_use]
pub fn relative_l2(found: &[Complex64], reference: &[Complex64]) -> Option<f64> {
    let difference: f64 = found.iter().zip(reference).map(|(a, b)| (a - b).norm_sqr()).sum();
    let norm: f64 = reference.iter().map(Complex64::norm_sqr).sum();
    finite((difference / norm).sqrt())
}

/// `||v - v_true|| / ||v_true||`, both on the same grid.
#[must_use]
pub fn velocity_relative_l2(model: &Model, truth: &Model) -> Option<f64> {
    let norm: f64 = truth.values.iter().map(|v| v * v).sum();
    finite((squared_error(model, truth) / norm).sqrt())
}

/// Mean of `|v - v_true|` in m/s, both on the same grid.
#[must_use]
pub fn velocity_mae(model: &Model, truth: &Model) -> Option<f64> {
    let sum: f64 = model.values.iter().zip(&truth.values).map(|(a, b)| (a - b).abs()).sum();
    finite(sum / truth.values.len() as f64)
}

/// Peak signal-to-noise ratio in dB, where the peak is the range of the true model; `None` for a uniform truth or a
/// perfect model.
#[must_use]
pub fn psnr_db(model: &Model, truth: &Model) -> Option<f64> {
    let [lo, hi] = truth.range();
    let mean_square = squared_error(model, truth) / truth.values.len() as f64;
    finite(10.0 * ((hi - lo).powi(2) / mean_square).log10())
}

/// Structural similarity with Gaussian windows, averaged over nodes where a whole window of 11 nodes a side fits.
///
/// The dynamic range is that of the true model; `None` for a uniform truth or fewer than 11 nodes along an axis.
///
/// # Source
/// Wang, Bovik, Sheikh & Simoncelli, IEEE Trans. Image Process. 13 (2004), eq. 13, sigma 1.5, K1 = 0.01, K2 = 0.03.
#[must_use]
pub fn ssim(model: &Model, truth: &Model) -> Option<f64> {
    const HALF: usize = 5;
    let counts: Vec<usize> = truth.grid.axes().iter().map(|axis| axis.nodes).collect();
    let [lo, hi] = truth.range();
    if counts.iter().any(|n| *n < 2 * HALF + 1) || hi <= lo {
        return None;
    }
    let c1 = (0.01 * (hi - lo)).powi(2);
    let c2 = (0.03 * (hi - lo)).powi(2);
    let bell: Vec<f64> =
        (0..=2 * HALF).map(|i| (-0.5 * ((i as f64 - HALF as f64) / 1.5).powi(2)).exp()).collect();
    let total: f64 = bell.iter().sum();
    let bell: Vec<f64> = bell.iter().map(|b| b / total).collect();
    // Separable: blur along one axis after another, keeping whole windows only.
    let blur = |value: &dyn Fn(usize) -> f64| -> Vec<f64> {
        let mut values: Vec<f64> = (0..truth.values.len()).map(value).collect();
        let mut stride = 1;
        for count in &counts {
            let kept = count - 2 * HALF;
            let lines = values.len() / (count * stride);
            let mean = |i: usize| {
                // Place within a line of nodes, along it, and the line.
                let (within, along, line) = (i % stride, i / stride % kept, i / (stride * kept));
                let first = (line * count + along) * stride + within;
                bell.iter().enumerate().map(|(k, b)| b * values[first + k * stride]).sum()
            };
            values = (0..lines * kept * stride).map(mean).collect();
            stride *= kept;
        }
        values
    };
    // Means are subtracted first, because velocities are large numbers with small differences.
    let (a, b) = (|i: usize| model.values[i] - lo, |i: usize| truth.values[i] - lo);
    let (mean_a, mean_b) = (blur(&a), blur(&b));
    let (aa, bb) = (blur(&|i| a(i) * a(i)), blur(&|i| b(i) * b(i)));
    let ab = blur(&|i| a(i) * b(i));
    let windows = mean_a.len();
    let sum: f64 = (0..windows)
        .map(|i| {
            // Luminance compares the velocities themselves, structure their local variation.
            let (va, vb) = (mean_a[i] + lo, mean_b[i] + lo);
            let luminance = (2.0 * va * vb + c1) / (va * va + vb * vb + c1);
            let (var_a, var_b) = (aa[i] - mean_a[i] * mean_a[i], bb[i] - mean_b[i] * mean_b[i]);
            let structure = (2.0 * (ab[i] - mean_a[i] * mean_b[i]) + c2) / (var_a + var_b + c2);
            luminance * structure
        })
        .sum();
    finite(sum / windows as f64)
}

/// Radius of a disc whose area is that of the model above half contrast, m.
///
/// Half contrast is half way between the background and the TRUE velocity of the disc. The model is interpolated
/// bilinearly between its nodes, 8 x 8 samples per cell.
#[must_use]
pub fn radius_half_contrast(model: &Model, disc: &Disc) -> f64 {
    const FINER: usize = 8;
    let grid = &model.grid;
    let part = |k: usize| (k as f64 + 0.5) / FINER as f64;
    let mut above = 0usize;
    for iz in 0..grid.nz() - 1 {
        for ix in 0..grid.nx() - 1 {
            let corners = [
                grid.index(iz, ix),
                grid.index(iz, ix + 1),
                grid.index(iz + 1, ix),
                grid.index(iz + 1, ix + 1),
            ];
            let contrast = |v: f64| (v - disc.background) / (disc.velocity - disc.background) - 0.5;
            let count = corners.iter().filter(|c| contrast(model.values[**c]) > 0.0).count();
            if count == 0 || count == 4 {
                above += count / 4 * FINER * FINER;
                continue;
            }
            for j in 0..FINER {
                for i in 0..FINER {
                    let point =
                        [grid.x(ix) + part(i) * grid.spacing[0], grid.z(iz) + part(j) * grid.spacing[1]];
                    above += usize::from(contrast(model::sample(grid, &model.values, point)) > 0.0);
                }
            }
        }
    }
    let area = above as f64 / (FINER * FINER) as f64 * grid.cell();
    (area / std::f64::consts::PI).sqrt()
}

/// Median of the velocities at the nodes inside the true disc, m/s; `None` if there are none.
#[must_use]
pub fn median_velocity_in_disc(model: &Model, disc: &Disc) -> Option<f64> {
    let inside = |p: &[f64; 2]| (p[0] - disc.centre[0]).hypot(p[1] - disc.centre[1]) < disc.radius;
    let points = model.grid.points().zip(&model.values);
    let mut values: Vec<f64> = points.filter(|(p, _)| inside(p)).map(|(_, v)| *v).collect();
    values.sort_by(f64::total_cmp);
    let n = values.len();
    if n == 0 {
        return None;
    }
    finite(0.5 * (values[(n - 1) / 2] + values[n / 2]))
}

fn squared_error(model: &Model, truth: &Model) -> f64 {
    model.values.iter().zip(&truth.values).map(|(a, b)| (a - b) * (a - b)).sum()
}

fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DISC: Disc = Disc { centre: [3.0, -2.0], radius: 100.0, velocity: 2000.0, background: 1000.0 };

    fn disc_model(spacing: f64, shape: usize, disc: &Disc) -> Model {
        let grid = fd::Grid::new([-200.0, -200.0], [spacing; 2], [shape; 2]).unwrap();
        let average = fd::average_on_grid(&grid, 8, |x, z| {
            let r = (x - disc.centre[0]).hypot(z - disc.centre[1]);
            if r < disc.radius { disc.velocity } else { disc.background }
        });
        Model { grid, values: average }
    }

    /// Cell averages of a disc cross half contrast on its rim to second order in the spacing: 2 m in 100 m is well
    /// within 0.5 %. A slow disc in a fast background is treated the same way.
    #[test]
    fn the_radius_of_a_disc_is_found() {
        for disc in [DISC, Disc { velocity: 800.0, background: 1500.0, ..DISC }] {
            let model = disc_model(2.0, 201, &disc);
            let radius = radius_half_contrast(&model, &disc);
            assert!((radius / 100.0 - 1.0).abs() < 5e-3, "radius {radius}");
            assert_eq!(median_velocity_in_disc(&model, &disc), Some(disc.velocity));
        }
    }

    /// A cone of the disc's height has half contrast at half its base radius.
    #[test]
    fn a_cone_is_cut_half_way_up() {
        let grid = fd::Grid::new([-200.0, -200.0], [2.0; 2], [201; 2]).unwrap();
        let cone =
            Model::from_fn(grid, |x, z| 1000.0 + 1000.0 * (1.0 - (x - 3.0).hypot(z + 2.0) / 100.0).max(0.0));
        let radius = radius_half_contrast(&cone, &DISC);
        assert!((radius / 50.0 - 1.0).abs() < 5e-3, "radius {radius}");
        // Inside the disc of radius R the value at the median radius R/sqrt 2 is the median.
        let median = median_velocity_in_disc(&cone, &DISC).unwrap();
        let exact = 2000.0 - 1000.0 / 2f64.sqrt();
        assert!((median - exact).abs() < 10.0, "median {median}");
    }

    /// A perfect model has no error, similarity 1, and no peak ratio, because that would be infinite.
    #[test]
    fn identical_models_agree() {
        let truth = disc_model(10.0, 41, &DISC);
        let m = Metrics::default().with_model(&truth, &truth, Some(&DISC));
        assert_eq!((m.velocity_relative_l2, m.velocity_mae, m.psnr_db), (Some(0.0), Some(0.0), None));
        assert!((m.ssim.unwrap() - 1.0).abs() < 1e-12);
        assert_eq!(m.data_misfit_relative, None);
    }

    /// A constant shift s of the model: error s, peak ratio 20 log10(range/s), and a similarity that only the
    /// luminance term lowers, to 2 v (v+s) / (v^2 + (v+s)^2) up to the small constant c1.
    #[test]
    fn a_shift_has_closed_forms() {
        let truth = disc_model(10.0, 41, &DISC);
        let shifted = Model { grid: truth.grid, values: truth.values.iter().map(|v| v + 100.0).collect() };
        assert!((velocity_mae(&shifted, &truth).unwrap() - 100.0).abs() < 1e-9);
        assert!((psnr_db(&shifted, &truth).unwrap() - 20.0).abs() < 1e-9);
        let of = |v: f64| (2.0 * v * (v + 100.0) + 100.0) / (v * v + (v + 100.0).powi(2) + 100.0);
        let s = ssim(&shifted, &truth).unwrap();
        assert!(of(1000.0) - 1e-9 < s && s < of(2000.0), "{s} between {} and {}", of(1000.0), of(2000.0));
    }

    /// Data that are twice the reference have an error of 100 %; a zero reference gives `None`.
    #[test]
    fn relative_misfit_of_a_factor() {
        let d = [Complex64::new(1.0, 2.0), Complex64::new(-3.0, 0.5)];
        let twice: Vec<Complex64> = d.iter().map(|v| 2.0 * v).collect();
        assert!((relative_l2(&twice, &d).unwrap() - 1.0).abs() < 1e-15);
        assert_eq!(relative_l2(&d, &[Complex64::ZERO; 2]), None);
    }

    /// A uniform truth has no range by which to measure structure.
    #[test]
    fn uniform_truth_has_no_structure() {
        let grid = fd::Grid::new([0.0; 2], [10.0; 2], [20; 2]).unwrap();
        let truth = Model::uniform(grid, 1500.0);
        assert_eq!((ssim(&truth, &truth), psnr_db(&truth, &truth)), (None, None));
    }
}
