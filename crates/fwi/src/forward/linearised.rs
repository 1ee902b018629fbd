//! The equation linearised at a model, for Gauss-Newton steps.

use fd::HelmholtzSolver;
use num_complex::Complex64;

use super::harmonic_misfit::{HarmonicMisfit, observed};
use crate::dealt;
use crate::inverse_problem::InverseProblem;
use crate::inversion_error::InversionError;
use crate::misfit::FrequencyMisfit;

/// Factorisations and wavefields of the frequencies of [`HarmonicMisfit`] that this rank computes, for one model. They are stored, so a product takes
/// two solutions for each shot and frequency.
#[derive(Debug)]
pub struct Linearised {
    m: Vec<f64>,
    /// How many frequencies there are, over all ranks.
    count: usize,
    /// The first frequency of this rank.
    first: usize,
    /// Those of this rank.
    parts: Vec<Part>,
}

#[derive(Debug)]
struct Part {
    frequency: usize,
    solver: HelmholtzSolver,
    fields: Vec<Vec<Complex64>>,
    synthetic: Vec<Complex64>,
}

/// Step of the difference of adjoint sources relative to the size of the data. For misfits that are not quadratic the
/// error is its square; for quadratic ones it is the rounding error divided by the step.
pub(super) const DIFFERENCE: f64 = 1e-5;

/// The change of the adjoint source for a change of the data, by a central difference; `None` for no change.
pub(super) fn change_of_adjoint(
    misfit: &dyn FrequencyMisfit,
    synthetic: &[Complex64],
    observed: &[Complex64],
    data: &[Complex64],
) -> Option<Vec<Complex64>> {
    let norm = |v: &[Complex64]| v.iter().map(Complex64::norm_sqr).sum::<f64>().sqrt();
    if norm(data) == 0.0 {
        return None;
    }
    let step = DIFFERENCE * norm(observed) / norm(data);
    let adjoint = |step: f64| {
        let moved: Vec<Complex64> = synthetic.iter().zip(data).map(|(s, d)| s + step * d).collect();
        misfit.evaluate(&moved, observed).1
    };
    Some(adjoint(step).iter().zip(adjoint(-step)).map(|(a, b)| (a - b) / (2.0 * step)).collect())
}

impl Linearised {
    /// Linearises at a model of squared slowness `[z, x]`.
    ///
    /// # Errors
    /// [`InversionError::Fd`].
    pub fn new(
        reduced: &HarmonicMisfit,
        problem: &InverseProblem,
        m: &[f64],
    ) -> Result<Self, InversionError> {
        let count = reduced.operators.len();
        let own = dealt::range(count);
        let first = own.start;
        let mut parts = Vec::with_capacity(own.len());
        for (frequency, operator) in &reduced.operators[own] {
            let solver = operator.prepare(m)?;
            let fields = solver.solve(&reduced.scaled_sources(problem, *frequency))?;
            let synthetic = reduced.sampled(&fields);
            parts.push(Part { frequency: *frequency, solver, fields, synthetic });
        }
        Ok(Self { m: m.to_vec(), count, first, parts })
    }

    /// Whether it belongs to a model.
    #[must_use]
    pub fn is_at(&self, m: &[f64]) -> bool {
        self.m == m
    }

    /// `Re[J^* H J dm]` with the linearised data J dm and the Hessian H of the misfit with respect to the data,
    /// computed by a central difference of adjoint sources; and the number of solutions.
    ///
    /// # Shapes
    /// `dm` and the product `[z, x]`.
    ///
    /// # Source
    /// Pratt, Shin and Hicks, Geophys. J. Int. 133 (1998), 341-362, section 4.
    ///
    /// # Errors
    /// [`InversionError::Fd`].
    pub fn gauss_newton(
        &self,
        reduced: &HarmonicMisfit,
        problem: &InverseProblem,
        misfit: &dyn FrequencyMisfit,
        dm: &[f64],
    ) -> Result<(Vec<f64>, usize), InversionError> {
        let places: Vec<usize> = (0..self.count).collect();
        let one = |place: &usize| -> Result<Vec<f64>, InversionError> {
            let part = &self.parts[place - self.first];
            let data = fd::born(&part.solver, &part.fields, |shot| reduced.receivers(shot), dm)?.concat();
            let observed = observed(problem, part.frequency);
            let Some(change) = change_of_adjoint(misfit, &part.synthetic, observed, &data) else {
                return Ok(vec![0.0; dm.len()]);
            };
            let change: Vec<Vec<Complex64>> =
                change.chunks(reduced.receivers(0).len()).map(<[_]>::to_vec).collect();
            Ok(fd::gradient(&part.solver, &part.fields, |shot| reduced.receivers(shot), &change)?)
        };
        let solves = 2 * self.count * problem.survey.sources.len();
        Ok((dealt::sum(reduced.named(), &places, 1, one)?, solves))
    }
}
