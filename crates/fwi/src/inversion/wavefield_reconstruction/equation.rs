//! The equation and the data of a stage.

use fd::HelmholtzSolver;
use num_complex::Complex64;

use super::fields::{DataMap, Reconstructed};
use super::multipliers::{Counts, Multipliers};
use crate::forward::harmonic_misfit::{HarmonicMisfit, observed};
use crate::inverse_problem::InverseProblem;
use crate::inversion_error::InversionError;

/// The matrices, sources, receivers and data of the frequencies of a stage.
pub(super) struct Equation<'a> {
    problem: &'a InverseProblem<'a>,
    reduced: HarmonicMisfit,
}

/// The equation of one frequency, solved for a model.
pub(super) struct Solved {
    /// Index of the frequency.
    pub(super) frequency: usize,
    /// The factorised matrix A(m).
    pub(super) solver: HelmholtzSolver,
    /// The sources b, `[shot][z, x]`.
    pub(super) sources: Vec<Vec<Complex64>>,
    /// A(m)^-1 b, `[shot][z, x]`.
    pub(super) fields: Vec<Vec<Complex64>>,
}

impl<'a> Equation<'a> {
    /// Prepares everything that does not depend on the model.
    ///
    /// # Errors
    /// [`InversionError::Fd`].
    pub(super) fn new(
        problem: &'a InverseProblem<'a>,
        frequencies: &[usize],
    ) -> Result<Self, InversionError> {
        Ok(Self { problem, reduced: HarmonicMisfit::new(problem, frequencies)? })
    }

    /// Number of shots.
    pub(super) fn shots(&self) -> usize {
        self.problem.survey.sources.len()
    }

    /// Number of receivers of a shot.
    pub(super) fn receivers(&self) -> usize {
        self.problem.survey.receivers.count()
    }

    /// The sizes of the stage.
    pub(super) fn counts(&self) -> Counts {
        Counts {
            frequencies: self.reduced.operators().len(),
            shots: self.shots(),
            nodes: self.problem.grid.len(),
            receivers: self.receivers(),
        }
    }

    /// Factorises and solves the equation of each frequency for a model of squared slowness `[z, x]`.
    ///
    /// # Errors
    /// [`InversionError::Fd`].
    pub(super) fn at(&self, m: &[f64]) -> Result<Vec<Solved>, InversionError> {
        let of = |(frequency, operator): &(usize, fd::HelmholtzOperator)| {
            let solver = operator.prepare(m)?;
            let sources = self.reduced.scaled_sources(self.problem, *frequency);
            let fields = solver.solve(&sources)?;
            Ok(Solved { frequency: *frequency, solver, sources, fields })
        };
        self.reduced.operators().iter().map(of).collect()
    }

    /// Solutions of the equation in an iteration, each with one right-hand side.
    pub(super) fn solves(&self) -> usize {
        let maps = if self.receivers_are_shared() { 1 } else { self.shots() };
        self.reduced.operators().len() * (2 * self.shots() + maps * self.receivers())
    }

    fn receivers_are_shared(&self) -> bool {
        self.problem.survey.receivers.all().len() == 1
    }

    /// Fields at the receivers, `[shot][receiver]`.
    pub(super) fn sampled(&self, fields: &[Vec<Complex64>]) -> Vec<Vec<Complex64>> {
        fields.iter().enumerate().map(|(shot, u)| self.reduced.receivers(shot).sample(u)).collect()
    }

    /// The transpose of sampling at the receivers of a shot, `[z, x]`.
    #[cfg(test)]
    pub(super) fn spread(&self, shot: usize, data: &[Complex64]) -> Vec<Complex64> {
        self.reduced.receivers(shot).spread(data)
    }

    /// The data, `[shot][receiver]`.
    pub(super) fn observed(&self, solved: &Solved) -> Vec<Vec<Complex64>> {
        observed(self.problem, solved.frequency).chunks(self.receivers()).map(<[_]>::to_vec).collect()
    }

    /// The sum of the squares of the data of a frequency.
    pub(super) fn energy(&self, frequency: usize) -> f64 {
        observed(self.problem, frequency).iter().map(Complex64::norm_sqr).sum()
    }

    /// The maps from sources to data: one for all shots, or one for each.
    fn maps(&self, solved: &Solved) -> Result<Vec<DataMap>, InversionError> {
        let count = if self.receivers_are_shared() { 1 } else { self.shots() };
        (0..count).map(|shot| DataMap::new(&solved.solver, self.reduced.receivers(shot))).collect()
    }

    /// The weight of the equation at each frequency: `share` of the largest eigenvalue of P A^-1 A^-H P^T.
    ///
    /// # Errors
    /// [`InversionError::Fd`].
    pub(super) fn weights(&self, at: &[Solved], share: f64) -> Result<Vec<f64>, InversionError> {
        let largest = |solved: &Solved| {
            let maps = self.maps(solved)?;
            Ok(share * maps.iter().map(DataMap::largest_eigenvalue).fold(0.0, f64::max))
        };
        at.iter().map(largest).collect()
    }

    /// The wavefields that minimise data residual and weighted residual of the equation, for each frequency.
    ///
    /// # Errors
    /// [`InversionError::Fd`].
    pub(super) fn reconstruct(
        &self,
        at: &[Solved],
        multipliers: &Multipliers,
    ) -> Result<Vec<Reconstructed>, InversionError> {
        let of = |(k, solved): (usize, &Solved)| {
            let maps = self.maps(solved)?;
            let (synthetic, observed) = (self.sampled(&solved.fields), self.observed(solved));
            let (mut sources, mut residuals) = (Vec::new(), Vec::new());
            let mut right_hand_sides = Vec::new();
            for shot in 0..self.shots() {
                let map = &maps[shot.min(maps.len() - 1)];
                let (of_equation, of_data) = multipliers.of(k, shot);
                let mut residual: Vec<Complex64> =
                    observed[shot].iter().zip(&synthetic[shot]).map(|(o, s)| o - s).collect();
                if let Some(of_data) = of_data {
                    residual.iter_mut().zip(of_data).for_each(|(r, d)| *r += d);
                }
                if let Some(of_equation) = of_equation {
                    residual.iter_mut().zip(map.data(of_equation)).for_each(|(r, d)| *r -= d);
                }
                let (source, left) = map.source(multipliers.weight(k), &residual)?;
                right_hand_sides.push(match of_equation {
                    Some(of_equation) => source.iter().zip(of_equation).map(|(y, b)| y + b).collect(),
                    None => source.clone(),
                });
                sources.push(source);
                residuals.push(left);
            }
            let mut fields = solved.solver.solve(&right_hand_sides)?;
            for (field, exact) in fields.iter_mut().zip(&solved.fields) {
                field.iter_mut().zip(exact).for_each(|(u, v)| *u += v);
            }
            let data_residual = self
                .sampled(&fields)
                .iter()
                .zip(&observed)
                .map(|(s, o)| s.iter().zip(o).map(|(s, o)| s - o).collect())
                .collect();
            Ok(Reconstructed { frequency: solved.frequency, fields, sources, left: residuals, data_residual })
        };
        at.iter().enumerate().map(of).collect()
    }

    /// ||A(m) u - b|| / ||b|| of reconstructed fields, over all frequencies.
    pub(super) fn residual(&self, reconstructed: &[Reconstructed], at: &[Solved]) -> f64 {
        let (mut residual, mut sources) = (0.0, 0.0);
        for (one, solved) in reconstructed.iter().zip(at) {
            for (field, source) in one.fields.iter().zip(&solved.sources) {
                let product = solved.solver.multiply(field);
                residual += product.iter().zip(source).map(|(a, b)| (a - b).norm_sqr()).sum::<f64>();
                sources += source.iter().map(Complex64::norm_sqr).sum::<f64>();
            }
        }
        (residual / sources).sqrt()
    }
}
