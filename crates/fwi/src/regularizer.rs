//! Regularisers: preferred properties of a velocity model where the data do not determine it. One file each in
//! `regularizer/`.
//!
//! Each is a function of the contrast q = m / m_b - 1 of squared slowness on a regular grid, zero outside it, so one
//! implementation serves grids and networks. Lengths are in units of the root of the grid's area or volume, so weights
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
    /// `contrast` is an array of `grid`; so is the derivative.
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

/// Integral of `penalty(|grad q|^2)` over the grid with a rim of zeros, by forward differences in units of the side of a square
/// or cube of the grid's size. `penalty` returns its value and its derivative.
fn gradient_penalty(contrast: &[f64], grid: &Grid, penalty: impl Fn(f64) -> (f64, f64)) -> (f64, Vec<f64>) {
    let axes = grid.axes();
    let counts: Vec<usize> = axes.iter().map(|axis| axis.nodes).collect();
    let size = counts.iter().map(|n| *n as f64).product::<f64>() * grid.cell();
    let length = match axes.len() {
        2 => size.sqrt(),
        dims => size.powf(1.0 / dims as f64),
    };
    let h: Vec<f64> = axes.iter().map(|axis| axis.spacing / length).collect();
    let cell = |value: f64| h.iter().fold(value, |value, h| value * h);
    // Places along x first. Those that do not exist are in the rim.
    let index = |place: &[isize]| -> Option<usize> {
        let mut index = 0;
        for (i, n) in place.iter().zip(&counts).rev() {
            index = index * n + usize::try_from(*i).ok().filter(|i| i < n)?;
        }
        Some(index)
    };
    let at = |place: &[isize]| index(place).map_or(0.0, |index| contrast[index]);
    let (mut value, mut derivative) = (0.0, vec![0.0; contrast.len()]);
    let mut place = vec![-1; axes.len()];
    let mut slopes = vec![0.0; axes.len()];
    loop {
        let here = at(&place);
        for a in 0..axes.len() {
            place[a] += 1;
            slopes[a] = (at(&place) - here) / h[a];
            place[a] -= 1;
        }
        let (p, dp) = penalty(slopes.iter().map(|g| g * g).sum());
        value += cell(p);
        let mut add = |place: &[isize], d: f64| {
            if let Some(index) = index(place) {
                derivative[index] += cell(d);
            }
        };
        for a in 0..axes.len() {
            place[a] += 1;
            add(&place, 2.0 * dp * slopes[a] / h[a]);
            place[a] -= 1;
        }
        add(&place, -2.0 * dp * slopes.iter().zip(&h).map(|(g, h)| g / h).sum::<f64>());
        // The next place, x fastest.
        let Some(a) = (0..axes.len()).find(|&a| place[a] + 1 < counts[a] as isize) else { break };
        place[..a].fill(-1);
        place[a] += 1;
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
