//! Attenuation as a change of a factorised medium without it.

use fd::{FdError, HelmholtzSolver};
use num_complex::Complex64;

/// Relative residual at which a field is found, and the one above which it is refused.
const SUFFICIENT: f64 = 1e-10;
const REFUSE_ABOVE: f64 = 1e-8;

/// Most vectors of the Krylov space; a few dozen are enough for quality factors of more than 5.
const MOST: usize = 150;

/// The imaginary part of the squared slowness, which makes the matrix A + D of a lossy medium from the matrix A of one without
/// losses: D is diagonal.
///
/// With the factors of A, `(1 + A^-1 D) u = A^-1 f` is solved by generalised minimal residuals.
///
/// # Source
/// Saad & Schultz, SIAM J. Sci. Stat. Comput. 7 (1986), 856-869.
pub(super) struct Loss {
    diagonal: Vec<Complex64>,
}

impl Loss {
    /// The diagonal from dA/dm and the imaginary part of m, `[z, x]`.
    pub(super) fn new(kernel: &[Complex64], imaginary: impl Iterator<Item = f64>) -> Self {
        let diagonal = kernel.iter().zip(imaginary).map(|(kernel, m)| kernel * Complex64::I * m).collect();
        Self { diagonal }
    }

    /// The fields of right-hand sides.
    ///
    /// # Errors
    /// Those of the solver; [`FdError::Inaccurate`] if the attenuation is too strong.
    pub(super) fn solve(
        &self,
        solver: &HelmholtzSolver,
        right: &[Vec<Complex64>],
    ) -> Result<Vec<Vec<Complex64>>, FdError> {
        solver.solve(right)?.into_iter().map(|start| self.solve_one(solver, start)).collect()
    }

    /// The field whose field without losses is `start`.
    fn solve_one(&self, solver: &HelmholtzSolver, start: Vec<Complex64>) -> Result<Vec<Complex64>, FdError> {
        let size = norm(&start);
        if size == 0.0 {
            return Ok(start);
        }
        let mut basis = vec![scaled(&start, size.recip())];
        // The columns of the triangle, the rotations that made it, and the rotated right-hand side.
        let mut columns: Vec<Vec<Complex64>> = Vec::new();
        let mut rotations: Vec<(f64, Complex64)> = Vec::new();
        let mut rotated = vec![Complex64::from(size)];
        let mut residual = 1.0;
        while residual > SUFFICIENT && columns.len() < MOST {
            let last = basis.last().expect("the basis has the start");
            let scattered: Vec<Complex64> = last.iter().zip(&self.diagonal).map(|(u, d)| u * d).collect();
            let mut next = solver.solve(&[scattered])?.swap_remove(0);
            next.iter_mut().zip(last).for_each(|(next, last)| *next += last);
            let mut column = Vec::with_capacity(basis.len() + 1);
            for known in &basis {
                let along = dot(known, &next);
                next.iter_mut().zip(known).for_each(|(next, known)| *next -= along * known);
                column.push(along);
            }
            let length = norm(&next);
            for (k, (cosine, sine)) in rotations.iter().enumerate() {
                let [a, b] = [column[k], column[k + 1]];
                column[k] = a * cosine + sine * b;
                column[k + 1] = b * cosine - sine.conj() * a;
            }
            let diagonal = *column.last().expect("the basis has the start");
            let hypotenuse = diagonal.norm().hypot(length);
            let cosine = diagonal.norm() / hypotenuse;
            let phase = if diagonal.norm() > 0.0 { diagonal / diagonal.norm() } else { Complex64::ONE };
            let sine = phase * length / hypotenuse;
            *column.last_mut().expect("the basis has the start") = phase * hypotenuse;
            let before = *rotated.last().expect("the right-hand side has the start");
            *rotated.last_mut().expect("the right-hand side has the start") = before * cosine;
            rotated.push(-sine.conj() * before);
            rotations.push((cosine, sine));
            columns.push(column);
            residual = rotated[columns.len()].norm() / size;
            basis.push(scaled(&next, length.max(f64::MIN_POSITIVE).recip()));
        }
        if residual > REFUSE_ABOVE {
            return Err(FdError::Inaccurate { residual, limit: REFUSE_ABOVE });
        }
        let count = columns.len();
        let mut weights = vec![Complex64::ZERO; count];
        for k in (0..count).rev() {
            let above: Complex64 = (k + 1..count).map(|j| columns[j][k] * weights[j]).sum();
            weights[k] = (rotated[k] - above) / columns[k][k];
        }
        let mut field = vec![Complex64::ZERO; start.len()];
        for (weight, known) in weights.iter().zip(&basis) {
            field.iter_mut().zip(known).for_each(|(u, known)| *u += weight * known);
        }
        Ok(field)
    }
}

fn norm(values: &[Complex64]) -> f64 {
    values.iter().map(Complex64::norm_sqr).sum::<f64>().sqrt()
}

fn dot(a: &[Complex64], b: &[Complex64]) -> Complex64 {
    a.iter().zip(b).map(|(a, b)| a.conj() * b).sum()
}

fn scaled(values: &[Complex64], factor: f64) -> Vec<Complex64> {
    values.iter().map(|value| value * factor).collect()
}
