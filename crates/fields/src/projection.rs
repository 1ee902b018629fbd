//! Variable projection: the output layer as the solution of linear least squares, for all sources at once.

use std::iter::Sum;
use std::ops::{Div, Mul, Range, Sub};

use faer::linalg::solvers::SolveLstsqCore;
use faer::traits::ComplexField;
use faer::{Conj, Mat, MatRef};
use num_complex::Complex64;

use crate::error::FieldsError;

/// Largest matrix to factorise, in bytes, if the system does not report its memory.
const MOST_BYTES: usize = 16_000_000_000;

/// The type of the equations' numbers: `f64` or `Complex64`.
pub trait Number:
    ComplexField<Real = f64>
    + Copy
    + From<f64>
    + Sum
    + Mul<Output = Self>
    + Sub<Output = Self>
    + Div<f64, Output = Self>
{
    /// The square of the modulus.
    fn squared(self) -> f64;
}

impl Number for f64 {
    fn squared(self) -> f64 {
        self * self
    }
}

impl Number for Complex64 {
    fn squared(self) -> f64 {
        self.norm_sqr()
    }
}

/// Equations `sum_j a_j w_j = b`, row by row, to be solved for the weights w of every source.
///
/// The columns are scaled to norm 1, and a small multiple of the identity is stacked below them, which bounds the
/// weights. QR solves the whole system; its error grows with the condition number, not with its square.
///
/// # Source
/// Golub and Pereyra, SIAM J. Numer. Anal. 10 (1973); the output layer of a network is the linear part.
pub struct LeastSquares<T> {
    columns: usize,
    sources: usize,
    rows: Vec<T>,
    right: Vec<T>,
}

impl<T: Number> LeastSquares<T> {
    /// An empty system for this number of unknowns and right-hand sides.
    ///
    /// # Errors
    /// [`FieldsError::LeastSquares`] if `rows` equations are more than can be factorised.
    pub fn new(columns: usize, sources: usize, rows: usize) -> Result<Self, FieldsError> {
        // The rows; with the regularisation below them the matrix that is factorised, and its reflectors; the triangle.
        let needed =
            (3 * size_of::<T>()).saturating_mul(rows.saturating_add(columns)).saturating_mul(columns);
        let available = machine::memory::available().unwrap_or(MOST_BYTES);
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
    /// If the two have different numbers of equations.
    pub fn add(&mut self, rows: &[T], right: &[T]) {
        assert_eq!(rows.len() * self.sources, right.len() * self.columns, "a right-hand side for each row");
        self.rows.extend_from_slice(rows);
        self.right.extend_from_slice(right);
    }

    /// Number of equations so far.
    #[must_use]
    pub fn equations(&self) -> usize {
        self.rows.len() / self.columns
    }

    /// The weights that minimise `|A w - b|^2 + (damping |w|)^2`, with the columns of A scaled to norm 1.
    ///
    /// # Shapes
    /// The result is `[source][column]`.
    #[must_use]
    pub fn solve(&self, damping: f64) -> Vec<Vec<T>> {
        let (m, count) = (self.columns, self.equations());
        let a = MatRef::from_row_major_slice(&self.rows, count, m);
        let norms: Vec<f64> =
            (0..m).map(|j| a.col(j).norm_l2()).map(|norm| if norm > 0.0 { norm } else { 1.0 }).collect();
        let below = |i: usize, j: usize| T::from(if i - count == j { damping } else { 0.0 });
        let matrix =
            Mat::from_fn(count + m, m, |i, j| if i < count { a[(i, j)] / norms[j] } else { below(i, j) });
        let b = |i: usize, s: usize| if i < count { self.right[i * self.sources + s] } else { T::from(0.0) };
        let mut x = Mat::from_fn(count + m, self.sources, b);
        matrix.qr().solve_lstsq_in_place_with_conj(Conj::No, x.as_mut());
        (0..self.sources).map(|s| (0..m).map(|j| x[(j, s)] / norms[j]).collect()).collect()
    }

    /// Norm of the residual of some of the equations divided by the norm of their right-hand sides.
    ///
    /// # Panics
    /// If the system has fewer equations.
    #[must_use]
    pub fn residual(&self, weights: &[Vec<T>], equations: Range<usize>) -> f64 {
        let (m, n) = (self.columns, self.sources);
        let rows = self.rows[equations.start * m..equations.end * m].chunks_exact(m);
        let right = self.right[equations.start * n..equations.end * n].chunks_exact(n);
        let (mut left, mut energy) = (0.0, 0.0);
        for (row, right) in rows.zip(right) {
            for (w, b) in weights.iter().zip(right) {
                let sum: T = row.iter().zip(w).map(|(a, w)| *a * *w).sum();
                left += (sum - *b).squared();
                energy += b.squared();
            }
        }
        if energy > 0.0 { (left / energy).sqrt() } else { left.sqrt() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Consistent equations return their weights, to the condition number (about 1e4 here) times 1e-16; with noise
    /// the residual is orthogonal to the columns.
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
        assert!(system.residual(&solved, 0..n) < 1e-12);
        for (found, expected) in solved.iter().flatten().zip(weights.iter().flatten()) {
            assert!((found - expected).norm() < 1e-9, "{found} {expected}");
        }
        system.right.iter_mut().enumerate().for_each(|(i, b)| *b += 0.01 * ((7 * i) as f64).sin());
        let solved = system.solve(0.0);
        for j in 0..m {
            let product: Complex64 = (0..n)
                .map(|i| {
                    let row = &system.rows[i * m..(i + 1) * m];
                    let left: Complex64 = row.iter().zip(&solved[0]).map(|(a, w)| a * w).sum::<Complex64>()
                        - system.right[2 * i];
                    row[j].conj() * left
                })
                .sum();
            assert!(product.norm() < 1e-10, "{product}");
        }
        // Parts of the equations have the corresponding parts of the residual.
        let right = |range: Range<usize>| {
            system.right[2 * range.start..2 * range.end].iter().map(Complex64::norm_sqr).sum::<f64>()
        };
        let parts =
            [0..15, 15..n].map(|range| system.residual(&solved, range.clone()).powi(2) * right(range));
        let all = system.residual(&solved, 0..n).powi(2) * right(0..n);
        assert!((parts[0] + parts[1] - all).abs() < 1e-12 * all && parts[0] > 0.1 * all);
    }

    /// Real equations are complex equations without imaginary parts: the weights agree to rounding times the
    /// condition number.
    #[test]
    fn real_equations_are_complex_ones() {
        let (m, n) = (4, 9);
        let row = |i: usize| (0..m).map(move |j| (0.7 * (i * (j + 2)) as f64 + j as f64).cos());
        let right = |i: usize| [(0.3 * i as f64).sin(), i as f64];
        let (mut real, mut complex) =
            (LeastSquares::<f64>::new(m, 2, n).unwrap(), LeastSquares::<Complex64>::new(m, 2, n).unwrap());
        for i in 0..n {
            real.add(&row(i).collect::<Vec<_>>(), &right(i));
            complex.add(&row(i).map(Complex64::from).collect::<Vec<_>>(), &right(i).map(Complex64::from));
        }
        let (a, b) = (real.solve(0.01), complex.solve(0.01));
        for (a, b) in a.iter().flatten().zip(b.iter().flatten()) {
            assert!((Complex64::from(*a) - b).norm() < 1e-11 * b.norm(), "{a} {b}");
        }
        assert!((real.residual(&a, 0..n) - complex.residual(&b, 0..n)).abs() < 1e-12);
    }

    #[test]
    fn too_many_equations_are_refused_before_they_are_made() {
        let error = LeastSquares::<Complex64>::new(1_000_000, 1, 4_000_000).err().unwrap().to_string();
        assert!(error.contains("4000000 equations for 1000000 unknowns"), "{error}");
    }
}
