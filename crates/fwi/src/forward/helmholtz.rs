//! The Helmholtz equation: the misfit of a stage, and background wavefields.

use std::cell::RefCell;

use fd::PointSet;
use num_complex::Complex64;
use pde::MultiIndex;
use survey::model::Model;

use super::harmonic_misfit::{HarmonicMisfit, omega};
use super::linearised::Linearised;
use super::medium_solver::{Discretisation, MediumSolver, order_in};
use super::{DataMisfit, DataMisfitValue, ForwardModel, Wavefields, background_slowness};
use crate::dealt;
use crate::inverse_problem::InverseProblem;
use crate::inversion_error::InversionError;
use crate::inversion_settings::{InversionSettings, Stage};
use crate::misfit::{FrequencyMisfit, relative};
use crate::uniform_background::UniformBackground;
use crate::waves::Harmonic;

/// The background wavefields of one frequency at points, `[shot][point]`.
///
/// Exact if the starting model is uniform, otherwise by finite differences and interpolation.
///
/// # Errors
/// [`InversionError::Fd`].
pub fn background_fields(
    problem: &InverseProblem,
    frequency: usize,
    points: &[[f64; 2]],
) -> Result<Vec<Vec<Complex64>>, InversionError> {
    if !problem.harmonic().medium.is_plain() {
        return medium_background_fields(problem, frequency, points);
    }
    if let Some(v) = problem.uniform {
        let k = omega(problem.harmonic().frequencies[frequency]) / v;
        let strength = problem.survey.effective_strength(k);
        // The field is singular at the source; half a cell is the smallest distance on any grid.
        let nearest = 0.5 * problem.grid.spacing[0].min(problem.grid.spacing[1]).min(4.0 / (100.0 * k));
        let field = |source: [f64; 2]| {
            let at = |p: &[f64; 2]| {
                fd::analytic::uniform(k, strength, (p[0] - source[0]).hypot(p[1] - source[1]).max(nearest))
            };
            points.iter().map(at).collect()
        };
        return Ok(problem.survey.sources_in_section().into_iter().map(field).collect());
    }
    let reduced = HarmonicMisfit::new(problem, &[frequency])?;
    let fields = reduced.fields(problem, &background_slowness(problem, &problem.grid))?;
    let set = PointSet::new(&problem.grid, points)?;
    Ok(fields.iter().map(|u| set.sample(u)).collect())
}

/// The same in a uniform starting model with a density, attenuation or anisotropy.
fn medium_background_fields(
    problem: &InverseProblem,
    frequency: usize,
    points: &[[f64; 2]],
) -> Result<Vec<Vec<Complex64>>, InversionError> {
    let background = uniform_background(problem, frequency)?;
    let field = |source: [f64; 2]| {
        let at = |p: &[f64; 2]| background.pressure(&MultiIndex::ZERO, [p[0] - source[0], p[1] - source[1]]);
        points.iter().filter_map(at).collect()
    };
    Ok(problem.survey.sources_in_section().into_iter().map(field).collect())
}

/// The medium around the sources of a frequency, in a uniform starting model.
///
/// # Errors
/// [`InversionError::NeedsUniform`] if the medium is not uniform there.
pub fn uniform_background(
    problem: &InverseProblem,
    frequency: usize,
) -> Result<UniformBackground, InversionError> {
    let Harmonic { medium, frequencies, .. } = problem.harmonic();
    let background = |v| UniformBackground::new(medium, &problem.survey, omega(frequencies[frequency]), v);
    problem.uniform.and_then(background).ok_or(InversionError::NeedsUniform {
        what: "the scattered form of the strong residual",
        use_instead: "residual: {strong: {form: total}}",
    })
}

/// The data of a model with a density or attenuation relative to the observed ones; `None` for a medium that finite
/// differences cannot solve.
fn relative_misfit_in(
    problem: &InverseProblem,
    harmonic: &Harmonic,
    m: &[f64],
) -> Result<Option<f64>, InversionError> {
    let medium = &harmonic.medium;
    if !medium.has_matrix() {
        return Ok(None);
    }
    let model = Model { grid: problem.grid, values: m.iter().map(|m| m.sqrt().recip()).collect() };
    let mut all = Vec::new();
    for frequency in &harmonic.frequencies {
        let order = order_in(medium, harmonic.order);
        let (grid, pml, omega) = (problem.grid, harmonic.pml, omega(*frequency));
        let how = Discretisation { grid, pml, order, omega };
        let solver = MediumSolver::new(medium, how, &model, &problem.survey)?;
        for (shot, u) in solver.pressure(solver.sources())?.iter().enumerate() {
            all.extend(PointSet::new(&problem.grid, problem.survey.receivers.of(shot))?.sample(u));
        }
    }
    Ok(Some(relative(&all, &harmonic.observed)))
}

/// A stage of an inversion.
struct StageMisfit<'a> {
    reduced: HarmonicMisfit,
    problem: &'a InverseProblem<'a>,
    misfit: &'a dyn FrequencyMisfit,
    linearised: RefCell<Option<Linearised>>,
}

impl DataMisfit for StageMisfit<'_> {
    fn evaluate(&self, m: &[f64], _iteration: usize) -> Result<DataMisfitValue, InversionError> {
        let value = self.reduced.evaluate_over(ranks::world(), self.problem, self.misfit, m);
        DataMisfitValue::or_diverged(value, m.len())
    }

    fn gauss_newton(
        &self,
        m: &[f64],
        _iteration: usize,
        dm: &[f64],
    ) -> Result<(Vec<f64>, usize), InversionError> {
        let mut kept = self.linearised.borrow_mut();
        let linearised = match kept.take() {
            Some(linearised) if linearised.is_at(m) => linearised,
            _ => dealt::agreed(Linearised::new(&self.reduced, self.problem, m))?,
        };
        kept.insert(linearised).gauss_newton(&self.reduced, self.problem, self.misfit, dm)
    }
}

impl ForwardModel for Harmonic {
    fn data_misfit<'a>(
        &'a self,
        problem: &'a InverseProblem<'a>,
        settings: &'a InversionSettings,
        stage: &Stage,
    ) -> Result<Box<dyn DataMisfit + 'a>, InversionError> {
        let reduced = dealt::agreed(HarmonicMisfit::new(problem, &stage.frequencies))?;
        Ok(Box::new(StageMisfit {
            reduced,
            problem,
            misfit: settings.misfit.in_frequency(),
            linearised: RefCell::default(),
        }))
    }

    fn relative_misfit(
        &self,
        problem: &InverseProblem,
        settings: &InversionSettings,
        m: &[f64],
    ) -> Result<Option<f64>, InversionError> {
        if !self.medium.is_plain() {
            return relative_misfit_in(problem, self, m);
        }
        let all: Vec<usize> = (0..self.frequencies.len()).collect();
        let misfit = settings.misfit.in_frequency();
        Ok(Some(HarmonicMisfit::new(problem, &all)?.evaluate(problem, misfit, m)?.relative))
    }

    fn wavefields(
        &self,
        problem: &InverseProblem,
        stage: &Stage,
        m: &[f64],
    ) -> Result<Option<Wavefields>, InversionError> {
        let pressure = HarmonicMisfit::new(problem, &stage.frequencies)?.fields(problem, m)?;
        let frequencies = stage.frequencies.iter().map(|&f| self.frequencies[f]).collect();
        Ok(Some(Wavefields { grid: problem.grid, frequencies, pressure }))
    }
}
