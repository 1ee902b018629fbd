//! A uniform background without boundaries: convolution with the Hankel function.

use std::f64::consts::PI;
use std::sync::Arc;

use num_complex::Complex64;
use rayon::prelude::*;
use rustfft::{Fft, FftPlanner};

use super::{GreensOperator, expect_fields};
use crate::analytic::uniform;
use crate::{FdError, Grid};

/// G0 of a uniform medium on the cells of a grid, by zero-padded FFT: u_i = sum_j K(|x_i - x_j|) w_j.
///
/// K is the cell's area times (i/4) H0^(2)(k r), or its integral over the cell for r = 0. The sum converges to the
/// integral with second order in the cell size, and with first order where w jumps (with the jump averaged over
/// cells).
///
/// # Source
/// Richmond 1965, IEEE Trans. Antennas Propag. 13(3), "Scattering by a dielectric cylinder of arbitrary cross section
/// shape", equations 7-9, with the own cell's logarithm integrated over the rectangle instead of a disc.
#[derive(Clone)]
pub struct UniformGreens {
    grid: Grid,
    k: f64,
    /// Size of the padded transforms, `[z, x]`.
    padded: [usize; 2],
    /// Transformed kernel, divided by the number of samples.
    kernel: Arc<Vec<Complex64>>,
    plans: Arc<Plans>,
}

struct Plans {
    forward: [Arc<dyn Fft<f64>>; 2],
    inverse: [Arc<dyn Fft<f64>>; 2],
}

impl std::fmt::Debug for UniformGreens {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { grid, k, padded, .. } = self;
        formatter
            .debug_struct("UniformGreens")
            .field("grid", grid)
            .field("k", k)
            .field("padded", padded)
            .finish()
    }
}

impl UniformGreens {
    /// Transforms the kernel for a grid and the background's wavenumber k0 in 1/m.
    ///
    /// # Errors
    /// [`FdError::NotPositive`] for the wavenumber.
    pub fn new(grid: Grid, k0: f64) -> Result<UniformGreens, FdError> {
        if !(k0.is_finite() && k0 > 0.0) {
            return Err(FdError::NotPositive { what: "background wavenumber (1/m)", value: k0 });
        }
        let padded = [fast_length(2 * grid.nz() - 1), fast_length(2 * grid.nx() - 1)];
        let mut planner = FftPlanner::new();
        let plans = Plans {
            forward: padded.map(|n| planner.plan_fft_forward(n)),
            inverse: padded.map(|n| planner.plan_fft_inverse(n)),
        };
        let mut green = UniformGreens { grid, k: k0, padded, kernel: Arc::default(), plans: Arc::new(plans) };
        let scale = 1.0 / (padded[0] * padded[1]) as f64;
        let mut kernel = vec![Complex64::ZERO; padded[0] * padded[1]];
        for iz in 0..grid.nz() {
            for ix in 0..grid.nx() {
                let value = scale * green.cell(ix as f64 * grid.spacing[0], iz as f64 * grid.spacing[1]);
                // Distances are even in both axes; periodic images of the padding contain the negative ones.
                for z in [iz, (padded[0] - iz) % padded[0]] {
                    for x in [ix, (padded[1] - ix) % padded[1]] {
                        kernel[z * padded[1] + x] = value;
                    }
                }
            }
        }
        green.transform(&mut kernel, padded[0], &green.plans.forward);
        green.kernel = Arc::new(kernel);
        Ok(green)
    }

    /// The background's wavenumber, 1/m.
    #[must_use]
    pub fn wavenumber(&self) -> f64 {
        self.k
    }

    /// Integral of G = (i/4) H0^(2)(k r) over a cell whose centre is at a distance (x, z): by its value at the centre
    /// or, for a point in the cell, the logarithm ln(r) / (2 pi) in closed form plus the bounded remainder by
    /// midpoints.
    fn cell(&self, x: f64, z: f64) -> Complex64 {
        const MIDPOINTS: usize = 8;
        let ([dx, dz], area) = (self.grid.spacing, self.grid.cell());
        if x.abs() > 0.5 * dx || z.abs() > 0.5 * dz {
            return area * uniform(self.k, Complex64::ONE, x.hypot(z));
        }
        let mut rest = Complex64::ZERO;
        let offset = |i: usize| (i as f64 + 0.5) / MIDPOINTS as f64 - 0.5;
        for i in 0..MIDPOINTS {
            for j in 0..MIDPOINTS {
                // The remainder is continuous at r = 0, so evaluating it a millionth of a cell away is accurate
                // enough.
                let r = (x + dx * offset(j)).hypot(z + dz * offset(i)).max(1e-6 * dx);
                rest += uniform(self.k, Complex64::ONE, r) - r.ln() / (2.0 * PI);
            }
        }
        let mut logarithm = 0.0;
        for p in [0.5 * dx - x, 0.5 * dx + x] {
            for q in [0.5 * dz - z, 0.5 * dz + z] {
                logarithm += corner_logarithm(p, q);
            }
        }
        rest * area / (MIDPOINTS * MIDPOINTS) as f64 + logarithm / (2.0 * PI)
    }

    /// Two-dimensional transform in place; only the first `rows` rows are transformed along x.
    fn transform(&self, data: &mut [Complex64], rows: usize, plans: &[Arc<dyn Fft<f64>>; 2]) {
        let [nz, nx] = self.padded;
        let inverse = Arc::ptr_eq(&plans[0], &self.plans.inverse[0]);
        if !inverse {
            plans[1].process(&mut data[..rows * nx]);
        }
        let mut columns = vec![Complex64::ZERO; nz * nx];
        transpose(data, &mut columns, nz, nx);
        plans[0].process(&mut columns);
        transpose(&columns, data, nx, nz);
        if inverse {
            plans[1].process(&mut data[..rows * nx]);
        }
    }

    fn convolve(&self, w: &[Complex64]) -> Vec<Complex64> {
        let (nz, nx, padded_nx) = (self.grid.nz(), self.grid.nx(), self.padded[1]);
        let mut data = vec![Complex64::ZERO; self.padded[0] * padded_nx];
        for (from, to) in w.chunks(nx).zip(data.chunks_mut(padded_nx)) {
            to[..nx].copy_from_slice(from);
        }
        self.transform(&mut data, nz, &self.plans.forward);
        data.iter_mut().zip(self.kernel.iter()).for_each(|(value, kernel)| *value *= kernel);
        self.transform(&mut data, nz, &self.plans.inverse);
        data.chunks(padded_nx).take(nz).flat_map(|row| row[..nx].iter().copied()).collect()
    }
}

impl GreensOperator for UniformGreens {
    fn grid(&self) -> &Grid {
        &self.grid
    }

    fn apply_many(&self, w: &[Complex64], sources: usize) -> Result<Vec<Complex64>, FdError> {
        expect_fields(&self.grid, w, sources)?;
        let fields: Vec<_> = w.par_chunks(self.grid.len()).map(|w| self.convolve(w)).collect();
        Ok(fields.concat())
    }

    /// The kernel depends only on the distance, so the operator is its own transpose.
    fn apply_transposed_many(&self, w: &[Complex64], sources: usize) -> Result<Vec<Complex64>, FdError> {
        self.apply_many(w, sources)
    }

    /// Receivers may lie anywhere, also outside the grid.
    fn receiver_rows(&self, receivers: &[[f64; 2]]) -> Result<Vec<Complex64>, FdError> {
        let row = |receiver: &[f64; 2]| {
            let [rx, rz] = *receiver;
            self.grid.points().map(move |[x, z]| self.cell(x - rx, z - rz)).collect::<Vec<_>>()
        };
        Ok(receivers.par_iter().map(row).collect::<Vec<_>>().concat())
    }
}

/// Integral of ln(r) over the rectangle of sides p and q, r the distance from one of its corners.
fn corner_logarithm(p: f64, q: f64) -> f64 {
    if p <= 0.0 || q <= 0.0 {
        return 0.0;
    }
    p * q * (p.hypot(q).ln() - 1.5) + 0.5 * (p * p * (q / p).atan() + q * q * (p / q).atan())
}

fn transpose(from: &[Complex64], to: &mut [Complex64], rows: usize, columns: usize) {
    const TILE: usize = 16;
    for tile_row in (0..rows).step_by(TILE) {
        for tile_column in (0..columns).step_by(TILE) {
            for i in tile_row..rows.min(tile_row + TILE) {
                for j in tile_column..columns.min(tile_column + TILE) {
                    to[j * rows + i] = from[i * columns + j];
                }
            }
        }
    }
}

/// The next length without prime factors above 5.
fn fast_length(at_least: usize) -> usize {
    let smooth = |mut n: usize| {
        for prime in [2, 3, 5] {
            while n.is_multiple_of(prime) {
                n /= prime;
            }
        }
        n == 1
    };
    (at_least..).find(|&n| smooth(n)).expect("there is a power of two")
}
