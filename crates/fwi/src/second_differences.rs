//! Functions of the five-point Laplacian of a grid, computed with the waves that diagonalise second differences along
//! each axis.

use std::f64::consts::PI;

use nalgebra::{DMatrix, RealField, convert};

/// Orthonormal waves `[mode, node]` that diagonalise the second differences of nodes along an axis.
pub struct Waves<T> {
    waves: DMatrix<T>,
    /// The sine of half the phase of a wave between nodes. Minus four times its square is the second difference.
    half_sines: Vec<f64>,
}

impl<T: RealField> Waves<T> {
    /// Cosines: no flux through ends that are half a node away.
    pub fn cosines(nodes: usize) -> Self {
        let wave = |mode, node| {
            let share = if mode == 0 { 1.0 } else { 2.0 };
            let angle = PI * mode as f64 * (node as f64 + 0.5) / nodes as f64;
            convert((share / nodes as f64).sqrt() * angle.cos())
        };
        let half_sine = |mode| (PI * mode as f64 / (2 * nodes) as f64).sin();
        Self { waves: DMatrix::from_fn(nodes, nodes, wave), half_sines: (0..nodes).map(half_sine).collect() }
    }

    /// Sines: zero at ends that are one node away.
    pub fn sines(nodes: usize) -> Self {
        let step = PI / (nodes + 1) as f64;
        let scale = (2.0 / (nodes + 1) as f64).sqrt();
        let wave = |mode, node| convert(scale * (step * ((mode + 1) * (node + 1)) as f64).sin());
        let half_sine = |mode| (0.5 * step * (mode + 1) as f64).sin();
        Self { waves: DMatrix::from_fn(nodes, nodes, wave), half_sines: (0..nodes).map(half_sine).collect() }
    }
}

/// A function of the Laplacian, which is its own adjoint.
///
/// # Source
/// Buzbee, Golub and Nielson, SIAM J. Numer. Anal. 7 (1970), section 2.
pub struct OfLaplacian<T> {
    along_x: DMatrix<T>,
    along_z: DMatrix<T>,
    /// `[z mode, x mode]`.
    factors: DMatrix<T>,
}

impl<T: RealField> OfLaplacian<T> {
    /// `function` of minus the Laplacian, for waves along x and z and nodes `spacing` apart.
    pub fn new([x, z]: [Waves<T>; 2], spacing: [f64; 2], function: impl Fn(f64) -> f64) -> Self {
        let squared = |waves: &Waves<T>, axis: usize, mode: usize| {
            (2.0 / spacing[axis] * waves.half_sines[mode]).powi(2)
        };
        let factors = DMatrix::from_fn(z.half_sines.len(), x.half_sines.len(), |mz, mx| {
            convert(function(squared(&x, 0, mx) + squared(&z, 1, mz)))
        });
        Self { along_x: x.waves, along_z: z.waves, factors }
    }

    /// Applies the function to values `[z, x]`.
    pub fn of(&self, values: DMatrix<T>) -> DMatrix<T> {
        let modes = (&self.along_z * values * self.along_x.transpose()).component_mul(&self.factors);
        self.along_z.tr_mul(&(modes * &self.along_x))
    }
}
