//! Regularisers: preferred properties of a velocity model where the data do not determine it. One file each in
//! `regularizer/`.
//!
//! Each is a function of the contrast q = m / m_b - 1 of squared slowness on a regular grid, zero outside it, so one
//! implementation serves grids and networks. Lengths are in units of the square root of the grid's area, so weights
//! keep their meaning when a case is scaled.

use document::CheckSettings;
use fd::Grid;

pub mod tikhonov;
pub mod total_variation;

pub use tikhonov::Tikhonov;
pub use total_variation::TotalVariation;

/// A penalty on the contrast.
pub trait Regularizer: CheckSettings + Sync {
    /// The weighted penalty and its derivative with respect to the contrast.
    ///
    /// # Shapes
    /// `contrast` is `[z, x]` on `grid`; so is the derivative.
    fn evaluate(&self, contrast: &[f64], grid: &Grid) -> (f64, Vec<f64>);
}

document::choices! {
    /// A regulariser.
    pub enum RegularizerChoice: dyn Regularizer {
        tikhonov => Tikhonov,
        total_variation => TotalVariation,
    }
}

/// Sum of several regularisers.
#[must_use]
pub fn evaluate_all(choices: &[RegularizerChoice], contrast: &[f64], grid: &Grid) -> (f64, Vec<f64>) {
    let mut sum = (0.0, vec![0.0; contrast.len()]);
    for choice in choices {
        let (value, derivative) = choice.as_dyn().evaluate(contrast, grid);
        sum.0 += value;
        sum.1.iter_mut().zip(derivative).for_each(|(s, d)| *s += d);
    }
    sum
}

/// Integral of `penalty(|grad q|^2)` over the grid with a rim of zeros, by forward differences in units of the square
/// root of the grid's area. `penalty` returns its value and its derivative.
fn gradient_penalty(contrast: &[f64], grid: &Grid, penalty: impl Fn(f64) -> (f64, f64)) -> (f64, Vec<f64>) {
    let [nz, nx] = grid.shape;
    let length = (nz as f64 * nx as f64 * grid.cell()).sqrt();
    let (hx, hz) = (grid.spacing[0] / length, grid.spacing[1] / length);
    let at = |iz: isize, ix: isize| {
        let inside = (0..nz as isize).contains(&iz) && (0..nx as isize).contains(&ix);
        if inside { contrast[iz as usize * nx + ix as usize] } else { 0.0 }
    };
    let (mut value, mut derivative) = (0.0, vec![0.0; contrast.len()]);
    for iz in -1..nz as isize {
        for ix in -1..nx as isize {
            let here = at(iz, ix);
            let (gx, gz) = ((at(iz, ix + 1) - here) / hx, (at(iz + 1, ix) - here) / hz);
            let (p, dp) = penalty(gx * gx + gz * gz);
            value += p * hx * hz;
            let mut add = |iz: isize, ix: isize, d: f64| {
                if (0..nz as isize).contains(&iz) && (0..nx as isize).contains(&ix) {
                    derivative[iz as usize * nx + ix as usize] += d * hx * hz;
                }
            };
            add(iz, ix + 1, 2.0 * dp * gx / hx);
            add(iz + 1, ix, 2.0 * dp * gz / hz);
            add(iz, ix, -2.0 * dp * (gx / hx + gz / hz));
        }
    }
    (value, derivative)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<RegularizerChoice> {
        vec![
            RegularizerChoice::Tikhonov(Tikhonov { weight: 0.3 }),
            RegularizerChoice::TotalVariation(TotalVariation { weight: 0.7, smoothing: 0.2 }),
        ]
    }

    fn grid(n: usize) -> Grid {
        let h = 600.0 / n as f64;
        Grid::new([-300.0 + h / 2.0, 100.0], [h, h], [n, n]).unwrap()
    }

    #[test]
    fn every_file_is_listed() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/regularizer");
        document::choices::assert_rows_have_files(folder, RegularizerChoice::NAMES.iter().copied());
        assert_eq!(all().len(), RegularizerChoice::NAMES.len());
    }

    /// The stated derivative is that of the value: central differences agree to second order.
    #[test]
    fn derivative_of_every_regularizer() {
        let grid = grid(9);
        let wave = |i: usize, f: f64| (f * i as f64).sin();
        let q: Vec<f64> = (0..grid.len()).map(|i| wave(i, 0.7)).collect();
        let step: Vec<f64> = (0..grid.len()).map(|i| wave(i, 1.9)).collect();
        for choice in all() {
            let value = |t: f64| {
                let q: Vec<f64> = q.iter().zip(&step).map(|(q, s)| q + t * s).collect();
                choice.as_dyn().evaluate(&q, &grid).0
            };
            let derivative = choice.as_dyn().evaluate(&q, &grid).1;
            let slope: f64 = derivative.iter().zip(&step).map(|(d, s)| d * s).sum();
            let found = (value(1e-5) - value(-1e-5)) / 2e-5;
            assert!((found - slope).abs() < 1e-7 * slope.abs().max(1.0), "{} {found} {slope}", choice.name());
        }
    }

    /// The total variation of a block of 20 x 19 cells of 10 m and height 1 is its perimeter, 780 m, minus (2 - sqrt
    /// 2) 10 m at the one corner where both forward differences meet in a cell; the smoothing of 1e-6 costs less than
    /// 1e-3.
    #[test]
    fn total_variation_is_the_perimeter() {
        let grid = grid(60);
        let q: Vec<f64> =
            grid.points().map(|[x, z]| f64::from((x.abs() < 100.0) && (z - 400.0).abs() < 100.0)).collect();
        let tv = TotalVariation { weight: 1.0, smoothing: 1e-6 };
        let found = tv.evaluate(&q, &grid).0 * 600.0;
        let exact = 780.0 - (2.0 - 2.0_f64.sqrt()) * 10.0;
        assert!((found - exact).abs() < 1e-3, "{found} {exact}");
    }
}
