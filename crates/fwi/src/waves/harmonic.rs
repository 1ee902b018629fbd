//! Time-harmonic waves.

use fd::Pml;
use num_complex::Complex64;

use crate::harmonic_medium::HarmonicMedium;

/// Time-harmonic waves: numerics and data.
///
/// # Shapes
/// `observed` `[frequency, shot, receiver]`.
#[derive(Debug, Clone)]
pub struct Harmonic {
    /// The absorbing layer, inside the grid.
    pub pml: Pml,
    /// Order of accuracy of the finite differences.
    pub order: usize,
    /// Frequencies of the data, Hz.
    pub frequencies: Vec<f64>,
    /// What the medium has besides its velocity.
    pub medium: HarmonicMedium,
    /// Observed pressure.
    pub observed: Vec<Complex64>,
}
