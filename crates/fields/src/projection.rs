//! Variable projection: the output layer as the solution of linear least squares, for all sources at once.

use faer::linalg::solvers::SolveLstsqCore;
use faer::{Conj, Mat, MatRef};
use num_complex::Complex64;

use crate::error::FieldsError;
use crate::memory;

/// Largest matrix that is factorised where the system does not say how much memory it has, bytes.
const MOST_BYTES: usize = 16_000_000_000;

/// Equations `sum_j a_j w_j = b`, one row after the other, to be solved for the weights w of every source.
///
/// The columns are scaled to norm 1 and a small multiple of the identity is stacked below, which bounds the weights; the
/// whole is solved by QR, whose error grows with the condition number and not with its square.
///
/// # Source
/// Golub and Pereyra, SIAM J. Numer. Anal. 10 (1973); the output layer of a network is the linear part.
pub struct LeastSquares {
    columns: usize,
    sources: usize,
    rows: Vec<Complex64>,
    right: Vec<Complex64>,
}

/// What [`LeastSquares::solve`] finds.
#[derive(Debug, Clone)]
pub struct Solved {
    /// The weights, `[source][column]`.
    pub weights: Vec<Vec<Complex64>>,
    /// Norm of what is left over the norm of the right-hand sides.
    pub residual: f64,
}

impl LeastSquares {
    /// No equations yet, for so many unknowns and right-hand sides.
    ///
    /// # Errors
    /// [`FieldsError::LeastSquares`] when `rows` equations are more than can be factorised.
    pub fn new(columns: usize, sources: usize, rows: usize) -> Result<Self, FieldsError> {
        // The rows, the copy that is factorised, and the regularisation below it.
        let needed = 16 * (2 * rows + 2 * columns) * columns;
        let available = memory::available().unwrap_or(MOST_BYTES);
        if needed > available {
            return Err(FieldsError::LeastSquares { rows, columns, needed, available });
        }
        Ok(Self { columns, sources, rows: Vec::with_capacity(rows * columns), right: Vec::new() })
    }

    /// Adds equations.
    ///
    /// # Shapes
    /// `rows` is `[equation][column]`, `right` `[equation][source]`.
    ///
    /// # Panics
    /// If the two have not the same number of equations.
    pub fn add(&mut self, rows: &[Complex64], right: &[Complex64]) {
        assert_eq!(rows.len() * self.sources, right.len() * self.columns, "a right-hand side for each row");
        self.rows.extend_from_slice(rows);
        self.right.extend_from_slice(right);
    }

    /// The weights that minimise `|A w - b|^2 + (damping |w|)^2`, columns of A being scaled to norm 1.
    #[must_use]
    pub fn solve(&self, damping: f64) -> Solved {
        let (m, count) = (self.columns, self.rows.len() / self.columns);
        let a = MatRef::from_row_major_slice(&self.rows, count, m);
        let norms: Vec<f64> =
            (0..m).map(|j| a.col(j).norm_l2()).map(|norm| if norm > 0.0 { norm } else { 1.0 }).collect();
        let below = |i: usize, j: usize| if i - count == j { damping.into() } else { Complex64::ZERO };
        let matrix =
            Mat::from_fn(count + m, m, |i, j| if i < count { a[(i, j)] / norms[j] } else { below(i, j) });
        let b =
            |i: usize, s: usize| if i < count { self.right[i * self.sources + s] } else { Complex64::ZERO };
        let mut x = Mat::from_fn(count + m, self.sources, b);
        matrix.qr().solve_lstsq_in_place_with_conj(Conj::No, x.as_mut());
        let weights: Vec<Vec<Complex64>> =
            (0..self.sources).map(|s| (0..m).map(|j| x[(j, s)] / norms[j]).collect()).collect();
        let (mut left, mut energy) = (0.0, 0.0);
        for (row, right) in self.rows.chunks_exact(m).zip(self.right.chunks_exact(self.sources)) {
            for (w, b) in weights.iter().zip(right) {
                let sum: Complex64 = row.iter().zip(w).map(|(a, w)| a * w).sum();
                left += (sum - b).norm_sqr();
                energy += b.norm_sqr();
            }
        }
        let residual = if energy > 0.0 { (left / energy).sqrt() } else { left.sqrt() };
        Solved { weights, residual }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Consistent equations give their weights back, to the condition number (about 1e4 here) times 1e-16; with noise the
    /// remainder is orthogonal to the columns.
    #[test]
    fn recovers_weights() {
        let (m, n) = (6, 40);
        let entry =
            |i: usize, j: usize| Complex64::from_polar(1.0, 0.37 * (i * (j + 1)) as f64 + 0.1 * j as f64);
        let weights: Vec<Vec<Complex64>> = (0..2)
            .map(|s| (0..m).map(|j| Complex64::new(j as f64 - 2.0, s as f64 + 0.5)).collect())
            .collect();
        let mut system = LeastSquares::new(m, 2, n).unwrap();
        for i in 0..n {
            let row: Vec<Complex64> = (0..m).map(|j| entry(i, j)).collect();
            let right: Vec<Complex64> =
                weights.iter().map(|w| row.iter().zip(w).map(|(a, w)| a * w).sum()).collect();
            system.add(&row, &right);
        }
        let solved = system.solve(1e-14);
        assert!(solved.residual < 1e-12, "{}", solved.residual);
        for (found, expected) in solved.weights.iter().flatten().zip(weights.iter().flatten()) {
            assert!((found - expected).norm() < 1e-9, "{found} {expected}");
        }
        system.right.iter_mut().enumerate().for_each(|(i, b)| *b += 0.01 * ((7 * i) as f64).sin());
        let solved = system.solve(0.0);
        for j in 0..m {
            let product: Complex64 = (0..n)
                .map(|i| {
                    let row = &system.rows[i * m..(i + 1) * m];
                    let left: Complex64 =
                        row.iter().zip(&solved.weights[0]).map(|(a, w)| a * w).sum::<Complex64>()
                            - system.right[2 * i];
                    row[j].conj() * left
                })
                .sum();
            assert!(product.norm() < 1e-10, "{product}");
        }
    }

    #[test]
    fn too_many_equations_are_refused_before_they_are_made() {
        let error = LeastSquares::new(1_000_000, 1, 4_000_000).err().unwrap().to_string();
        assert!(error.contains("4000000 equations for 1000000 unknowns"), "{error}");
    }
}
