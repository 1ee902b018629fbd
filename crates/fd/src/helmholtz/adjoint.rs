//! Linearised data and the adjoint-state gradient.
//!
//! A(m) u = f and d = P u give A du = -(dA/dm) dm u, where dA/dm is the diagonal kernel of [`pde::linearise`].
//!
//! # Source
//! Plessix 2006, Geophys. J. Int. 167, "A review of the adjoint-state method", section 3; Pratt, Shin & Hicks 1998,
//! Geophys. J. Int. 133, equation 14.

use num_complex::Complex64;

use super::factorise::HelmholtzSolver;
use crate::{FdError, PointSet};

/// The first-order change of the data for a change `dm` of the model: d = -P A^-1 (dA/dm) dm u.
///
/// # Shapes
/// `fields` `[shot][z, x]` are the total wavefields, `receivers(shot)` those of a shot, `dm` `[z, x]`; returns
/// `[shot][receiver]`.
///
/// # Units
/// `dm` in s^2/m^2.
///
/// # Errors
/// As [`HelmholtzSolver::solve`].
pub fn born<'r>(
    solver: &HelmholtzSolver,
    fields: &[Vec<Complex64>],
    receivers: impl Fn(usize) -> &'r PointSet,
    dm: &[f64],
) -> Result<Vec<Vec<Complex64>>, FdError> {
    solver.grid().expect_len("model change dm", dm.len())?;
    let source = |u: &Vec<Complex64>| {
        solver.grid().expect_len("wavefield", u.len())?;
        Ok(solver.kernel().iter().zip(dm).zip(u).map(|((kernel, dm), u)| -kernel * dm * u).collect())
    };
    let sources = fields.iter().map(source).collect::<Result<Vec<_>, FdError>>()?;
    Ok(solver.solve(&sources)?.iter().enumerate().map(|(shot, du)| receivers(shot).sample(du)).collect())
}

/// The (not conjugated) transpose of [`born`]: sum over shots of -u (dA/dm) A^-T P^T d.
///
/// # Shapes
/// `data` `[shot][receiver]`; returns `[z, x]`.
///
/// # Errors
/// As [`HelmholtzSolver::solve`]; [`FdError::Length`] if the numbers of shots or receivers do not match.
pub fn born_transposed<'r>(
    solver: &HelmholtzSolver,
    fields: &[Vec<Complex64>],
    receivers: impl Fn(usize) -> &'r PointSet,
    data: &[Vec<Complex64>],
) -> Result<Vec<Complex64>, FdError> {
    if data.len() != fields.len() {
        return Err(FdError::Length { what: "data (shots)", found: data.len(), expected: fields.len() });
    }
    let spread = |(shot, d): (usize, &Vec<Complex64>)| {
        let receivers = receivers(shot);
        if d.len() == receivers.len() {
            Ok(receivers.spread(d))
        } else {
            Err(FdError::Length { what: "data of a shot", found: d.len(), expected: receivers.len() })
        }
    };
    let sources = data.iter().enumerate().map(spread).collect::<Result<Vec<_>, FdError>>()?;
    let mut sum = vec![Complex64::ZERO; solver.grid().len()];
    for (lambda, u) in solver.solve_transposed(&sources)?.iter().zip(fields) {
        solver.grid().expect_len("wavefield", u.len())?;
        for (((sum, kernel), lambda), u) in sum.iter_mut().zip(solver.kernel()).zip(lambda).zip(u) {
            *sum -= kernel * lambda * u;
        }
    }
    Ok(sum)
}

/// dJ/dm of a real misfit J(d): A^T lambda = P^T conj(g), dJ/dm = -Re[lambda (dA/dm) u], summed over shots.
///
/// # Shapes
/// `fields` `[shot][z, x]`; `adjoint_sources` `[shot][receiver]`, g = dJ/dRe(d) + i dJ/dIm(d); returns `[z, x]`.
///
/// # Units
/// Unit of J times m^2/s^2.
///
/// # Errors
/// As [`born_transposed`].
pub fn gradient<'r>(
    solver: &HelmholtzSolver,
    fields: &[Vec<Complex64>],
    receivers: impl Fn(usize) -> &'r PointSet,
    adjoint_sources: &[Vec<Complex64>],
) -> Result<Vec<f64>, FdError> {
    let conjugated: Vec<Vec<Complex64>> =
        adjoint_sources.iter().map(|g| g.iter().map(Complex64::conj).collect()).collect();
    Ok(born_transposed(solver, fields, receivers, &conjugated)?.iter().map(|value| value.re).collect())
}
