//! The wavefields that minimise a data residual and a residual of the equation.
//!
//! `||P u - d||^2 + w ||A u - f||^2` has its minimum at `A u = f + y` with `y = S^H (S S^H + w)^-1 (d - S f)` and `S = P A^-1`. `S`
//! has a row for each receiver, so the matrix that is inverted is small and A is factorised as it is.
//!
//! # Source
//! The matrix inversion lemma; Rizzuti et al., SEG Expanded Abstracts (2019), "A dual formulation for time-domain wavefield
//! reconstruction inversion".

use fd::{HelmholtzSolver, PointSet};
use nalgebra::{Cholesky, DMatrix, DVector};
use num_complex::Complex64;
use rayon::prelude::*;

use crate::inversion_error::InversionError;

/// The reconstructed fields of one frequency.
pub(super) struct Reconstructed {
    /// Index of the frequency.
    pub(super) frequency: usize,
    /// The fields u, `[shot][z, x]`.
    pub(super) fields: Vec<Vec<Complex64>>,
    /// `y = A u - b - multiplier`, `[shot][z, x]`.
    pub(super) sources: Vec<Vec<Complex64>>,
    /// What is left of the data residual that was fitted, `[shot][receiver]`.
    pub(super) left: Vec<Vec<Complex64>>,
    /// P u - d, `[shot][receiver]`.
    pub(super) data_residual: Vec<Vec<Complex64>>,
}

/// The map `S = P A^-1` from a source to data, and `S S^H`.
pub(super) struct DataMap {
    /// `[receiver][z, x]`.
    rows: Vec<Vec<Complex64>>,
    gram: DMatrix<Complex64>,
}

impl DataMap {
    /// The map of some receivers.
    ///
    /// # Errors
    /// [`InversionError::Fd`].
    pub(super) fn new(solver: &HelmholtzSolver, receivers: &PointSet) -> Result<Self, InversionError> {
        let count = receivers.len();
        let unit = |receiver| {
            let mut data = vec![Complex64::ZERO; count];
            data[receiver] = Complex64::ONE;
            receivers.spread(&data)
        };
        let rows = solver.solve_transposed(&(0..count).map(unit).collect::<Vec<_>>())?;
        let product = |a: &[Complex64], b: &[Complex64]| a.iter().zip(b).map(|(a, b)| a * b.conj()).sum();
        let lower: Vec<Vec<Complex64>> = (0..count)
            .into_par_iter()
            .map(|i| (0..=i).map(|j| product(&rows[i], &rows[j])).collect())
            .collect();
        let gram =
            DMatrix::from_fn(
                count,
                count,
                |i, j| {
                    if j <= i { lower[i][j] } else { Complex64::conj(&lower[j][i]) }
                },
            );
        Ok(Self { rows, gram })
    }

    /// The largest eigenvalue of `S S^H`.
    pub(super) fn largest_eigenvalue(&self) -> f64 {
        self.gram.symmetric_eigenvalues().max()
    }

    /// `S f`.
    pub(super) fn data(&self, source: &[Complex64]) -> Vec<Complex64> {
        self.rows.iter().map(|row| row.iter().zip(source).map(|(row, f)| row * f).sum()).collect()
    }

    /// `y = S^H (S S^H + w)^-1 r`, and `r - S y`.
    ///
    /// # Errors
    /// [`InversionError::Diverged`] if the matrix is not positive definite to rounding.
    pub(super) fn source(
        &self,
        weight: f64,
        residual: &[Complex64],
    ) -> Result<(Vec<Complex64>, Vec<Complex64>), InversionError> {
        let mut matrix = self.gram.clone();
        for i in 0..residual.len() {
            matrix[(i, i)] += weight;
        }
        let factors = Cholesky::new(matrix).ok_or(InversionError::Diverged {
            iteration: 0,
            what: "the determinant of the data-space matrix",
            value: 0.0,
            culprit: " (raise `weight` of `wavefield_reconstruction`)".to_owned(),
        })?;
        let solution = factors.solve(&DVector::from_column_slice(residual));
        let mut source = vec![Complex64::ZERO; self.rows.first().map_or(0, Vec::len)];
        for (row, share) in self.rows.iter().zip(solution.iter()) {
            source.iter_mut().zip(row).for_each(|(y, row)| *y += row.conj() * share);
        }
        Ok((source, solution.iter().map(|share| share * weight).collect()))
    }
}
