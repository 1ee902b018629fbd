//! First derivatives and Laplacian of samples.

use fd::Grid;
use rayon::prelude::*;

/// Value, first derivatives and Laplacian on the nodes of a grid.
///
/// # Shapes
/// All `[z, x]`; `gradient` is `[d/dx, d/dz]`.
///
/// # Units
/// The unit of the value, per m, per m^2.
#[derive(Debug, Clone, PartialEq)]
pub struct Derivatives {
    /// The value.
    pub value: Vec<f64>,
    /// First derivatives along x and z.
    pub gradient: [Vec<f64>; 2],
    /// Sum of the second derivatives.
    pub laplacian: Vec<f64>,
}

/// Half width of the Gaussian kernel in standard deviations; the neglected part is 2e-9 of its sum.
const REACH: f64 = 6.0;

/// Derivatives of the samples by the stencils of image processing: the Sobel operator divided by eight spacings, and
/// the five-point Laplacian. Edge values continue beyond the edges, as in the reference code of the SIREN paper.
#[must_use]
pub fn of_samples(grid: &Grid, values: &[f64]) -> Derivatives {
    let [dx, dz] = grid.spacing;
    let slope = [(-1, -0.5), (1, 0.5)];
    let mean = [(-1, 0.25), (0, 0.5), (1, 0.25)];
    let bend = [(-1, 1.0), (0, -2.0), (1, 1.0)];
    let along = |axis: usize, stencil: &[(isize, f64)], values: &[f64]| convolve(grid, values, axis, stencil);
    let over = |values: Vec<f64>, by: f64| values.into_iter().map(|v| v / by).collect::<Vec<f64>>();
    let x = over(along(0, &slope, &along(1, &mean, values)), dx);
    let z = over(along(1, &slope, &along(0, &mean, values)), dz);
    let second = [over(along(0, &bend, values), dx * dx), over(along(1, &bend, values), dz * dz)];
    Derivatives { value: values.to_vec(), gradient: [x, z], laplacian: sum(&second) }
}

/// The samples as a smooth function, `f(x) = sum_k a_k g(x - x_k)`, where `g` is a normalised Gaussian of standard
/// deviation `sigma` (m), with exact derivatives. Beyond the edges the samples continue with the value at the edge.
#[must_use]
pub fn of_gaussians(grid: &Grid, values: &[f64], sigma: f64) -> Derivatives {
    let kernels = grid.spacing.map(|h| kernels(sigma / h, h));
    let apply =
        |[a, b]: [usize; 2]| convolve(grid, &convolve(grid, values, 0, &kernels[0][a]), 1, &kernels[1][b]);
    Derivatives {
        value: apply([0, 0]),
        gradient: [apply([1, 0]), apply([0, 1])],
        laplacian: sum(&[apply([2, 0]), apply([0, 2])]),
    }
}

/// The longest standard deviation in m that [`of_gaussians`] takes on a grid.
#[must_use]
pub fn longest_sigma(grid: &Grid) -> f64 {
    // Value, two first and two second derivatives, each along both axes.
    crate::smoothing_work::longest(grid, 10.0, REACH)
}

/// A stencil: offsets in nodes and weights.
type Kernel = Vec<(isize, f64)>;

/// The Gaussian, its first and its second derivative at the nodes, with `sigma` in nodes of `h` m; all divided by the
/// sum of the first.
fn kernels(sigma: f64, h: f64) -> [Kernel; 3] {
    let reach = (REACH * sigma).ceil() as isize;
    let bell = |k: isize| (-0.5 * (k as f64 / sigma).powi(2)).exp();
    let total: f64 = (-reach..=reach).map(bell).sum();
    let kernel = |factor: &dyn Fn(f64) -> f64| -> Kernel {
        (-reach..=reach).map(|k| (k, factor(k as f64) * bell(k) / total)).collect()
    };
    let s2 = sigma * sigma;
    // f at node n uses a_{n+k} with weight g(-k), so odd derivatives change sign.
    [kernel(&|_| 1.0), kernel(&|k| k / (s2 * h)), kernel(&|k| (k * k / s2 - 1.0) / (s2 * h * h))]
}

/// Weighted sums along an axis (0 is x, 1 is z). Beyond the edges the value at the edge is used.
fn convolve(grid: &Grid, values: &[f64], axis: usize, stencil: &[(isize, f64)]) -> Vec<f64> {
    let [nz, nx] = grid.shape;
    let (n, stride) = if axis == 0 { (nx, 1) } else { (nz, nx) };
    let at = |index: usize| {
        let i = if axis == 0 { index % nx } else { index / nx };
        let first = index - i * stride;
        let term = |(k, weight): &(isize, f64)| {
            let j = (i as isize + k).clamp(0, n as isize - 1) as usize;
            weight * values[first + j * stride]
        };
        stencil.iter().map(term).sum()
    };
    (0..grid.len()).into_par_iter().map(at).collect()
}

fn sum([a, b]: &[Vec<f64>; 2]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a + b).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid() -> Grid {
        Grid::new([-50.0, 20.0], [5.0, 4.0], [41, 31]).unwrap()
    }

    /// Largest error on nodes away from the edges.
    fn apart(grid: &Grid, found: &[f64], exact: impl Fn(f64, f64) -> f64, margin: usize) -> f64 {
        let inside = |i: usize, n: usize| i >= margin && i + margin < n;
        let all = grid
            .points()
            .enumerate()
            .filter(|(i, _)| inside(i % grid.nx(), grid.nx()) && inside(i / grid.nx(), grid.nz()));
        all.map(|(i, [x, z])| (found[i] - exact(x, z)).abs()).fold(0.0, f64::max)
    }

    /// Both are exact for quadratics in each axis (a Gaussian adds sigma^2 times half the second derivative), up to
    /// rounding and the 2e-9 that the kernel lacks.
    #[test]
    fn quadratics_are_exact() {
        let grid = grid();
        let f = |x: f64, z: f64| 3.0 + 0.5 * x - 0.25 * z + 0.01 * x * x - 0.02 * z * z;
        let values: Vec<f64> = grid.points().map(|[x, z]| f(x, z)).collect();
        let sigma = 6.0;
        for (d, margin, lift) in [
            (of_samples(&grid, &values), 1, 0.0),
            (of_gaussians(&grid, &values, sigma), 10, -0.01 * sigma * sigma),
        ] {
            assert!(apart(&grid, &d.value, |x, z| f(x, z) + lift, margin) < 1e-6);
            assert!(apart(&grid, &d.gradient[0], |x, _| 0.5 + 0.02 * x, margin) < 1e-6);
            assert!(apart(&grid, &d.gradient[1], |_, z| -0.25 - 0.04 * z, margin) < 1e-6);
            assert!(apart(&grid, &d.laplacian, |_, _| -0.02, margin) < 1e-7);
        }
    }

    /// The smooth function is smooth between nodes too: a wave of 12 nodes is multiplied by exp(-(k sigma)^2 / 2),
    /// and so are its derivatives.
    #[test]
    fn waves_are_damped() {
        let grid = grid();
        let (k, sigma) = (std::f64::consts::TAU / 60.0, 7.0);
        let values: Vec<f64> = grid.points().map(|[x, _]| (k * x).sin()).collect();
        let d = of_gaussians(&grid, &values, sigma);
        let damped = (-0.5 * (k * sigma).powi(2)).exp();
        assert!(apart(&grid, &d.value, |x, _| damped * (k * x).sin(), 11) < 1e-8);
        assert!(apart(&grid, &d.gradient[0], |x, _| damped * k * (k * x).cos(), 11) < 1e-8);
        assert!(apart(&grid, &d.laplacian, |x, _| -damped * k * k * (k * x).sin(), 11) < 1e-8);
    }
}
