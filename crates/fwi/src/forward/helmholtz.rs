//! The Helmholtz equation: data at frequencies, their gradient, and background wavefields.

use std::cell::RefCell;

use fd::{HelmholtzOperator, Pml, PointSet};
use num_complex::Complex64;

use super::{DataMisfit, DataMisfitValue, ForwardModel, Linearised, background_slowness};
use crate::inversion::{InverseProblem, InversionError, Wavefields};
use crate::inversion_settings::{InversionSettings, Stage};
use crate::misfit::{FrequencyMisfit, relative};

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
    /// Observed pressure.
    pub observed: Vec<Complex64>,
}

/// Angular frequency, rad/s.
pub fn omega(frequency: f64) -> f64 {
    std::f64::consts::TAU * frequency
}

/// The observed data of one frequency, `[shot, receiver]`.
pub fn observed<'a>(problem: &'a InverseProblem, frequency: usize) -> &'a [Complex64] {
    let block = problem.survey.sources.len() * problem.survey.receivers.count();
    &problem.harmonic().observed[frequency * block..(frequency + 1) * block]
}

/// The misfit of a model with the equation solved exactly, for a set of frequencies.
///
/// # Source
/// Adjoint-state gradient: Plessix, Geophys. J. Int. 167 (2006), 495-503.
#[derive(Debug)]
pub struct HarmonicMisfit {
    pub(super) operators: Vec<(usize, HelmholtzOperator)>,
    sources: Vec<Vec<Complex64>>,
    /// One for all shots, or one for each.
    receivers: Vec<PointSet>,
}

impl HarmonicMisfit {
    /// Prepares everything that does not depend on the model.
    ///
    /// # Errors
    /// [`InversionError::Fd`].
    pub fn new(problem: &InverseProblem, frequencies: &[usize]) -> Result<Self, InversionError> {
        let waves = problem.harmonic();
        let mut operators: Vec<(usize, HelmholtzOperator)> = Vec::new();
        for &f in frequencies {
            let omega = omega(problem.harmonic().frequencies[f]);
            let operator = match operators.first() {
                None => HelmholtzOperator::new(problem.grid, waves.pml, waves.order, omega)?,
                Some((_, first)) => first.at_frequency(omega)?,
            };
            operators.push((f, operator));
        }
        let points = PointSet::new(&problem.grid, &problem.survey.sources)?;
        let sources = points.sources(&problem.grid, Complex64::ONE);
        let of_shot = |points: &Vec<[f64; 2]>| PointSet::new(&problem.grid, points);
        let receivers = problem.survey.receivers.all().iter().map(of_shot).collect::<Result<_, _>>()?;
        Ok(Self { operators, sources, receivers })
    }

    /// The receivers of a shot.
    pub(super) fn receivers(&self, shot: usize) -> &PointSet {
        &self.receivers[shot.min(self.receivers.len() - 1)]
    }

    /// Fields `[shot][z, x]` at the receivers, `[shot, receiver]`.
    pub(super) fn sampled(&self, fields: &[Vec<Complex64>]) -> Vec<Complex64> {
        fields.iter().enumerate().flat_map(|(shot, u)| self.receivers(shot).sample(u)).collect()
    }

    /// Wavefields `[frequency, shot][z, x]` of a model of squared slowness.
    ///
    /// # Errors
    /// [`InversionError::Fd`].
    pub fn fields(&self, problem: &InverseProblem, m: &[f64]) -> Result<Vec<Vec<Complex64>>, InversionError> {
        let mut all = Vec::new();
        for (f, operator) in &self.operators {
            all.extend(operator.prepare(m)?.solve(&self.scaled_sources(problem, *f))?);
        }
        Ok(all)
    }

    /// A source of variance s radiates like a point source multiplied by exp(-k^2 s / 2), where k is the wavenumber
    /// at the source.
    pub(super) fn scaled_sources(&self, problem: &InverseProblem, f: usize) -> Vec<Vec<Complex64>> {
        let strength = |source: &[f64; 2]| {
            problem
                .survey
                .effective_strength(omega(problem.harmonic().frequencies[f]) / (problem.background)(*source))
        };
        let scale = |(field, source): (&Vec<Complex64>, &[f64; 2])| {
            let strength = strength(source);
            field.iter().map(|v| v * strength).collect()
        };
        self.sources.iter().zip(&problem.survey.sources).map(scale).collect()
    }

    /// Misfit and gradient at a model of squared slowness `[z, x]`.
    ///
    /// # Errors
    /// [`InversionError::Fd`].
    pub fn evaluate(
        &self,
        problem: &InverseProblem,
        misfit: &dyn FrequencyMisfit,
        m: &[f64],
    ) -> Result<DataMisfitValue, InversionError> {
        let mut value =
            DataMisfitValue { gradient: vec![0.0; problem.grid.len()], ..DataMisfitValue::default() };
        let mut illumination = vec![0.0; problem.grid.len()];
        let (mut all, mut all_observed) = (Vec::new(), Vec::new());
        for (f, operator) in &self.operators {
            let solver = operator.prepare(m)?;
            let fields = solver.solve(&self.scaled_sources(problem, *f))?;
            let synthetic = self.sampled(&fields);
            let observed = observed(problem, *f);
            let (j, adjoint) = misfit.evaluate(&synthetic, observed);
            let adjoint: Vec<Vec<Complex64>> =
                adjoint.chunks(self.receivers(0).len()).map(<[_]>::to_vec).collect();
            let gradient = fd::gradient(&solver, &fields, |shot| self.receivers(shot), &adjoint)?;
            value.gradient.iter_mut().zip(gradient).for_each(|(sum, g)| *sum += g);
            // |(dA/dm) u|^2: Shin, Jang and Min, Geophys. Prospect. 49 (2001), 592-606.
            for u in &fields {
                for ((sum, kernel), u) in illumination.iter_mut().zip(solver.kernel()).zip(u) {
                    *sum += (kernel * u).norm_sqr();
                }
            }
            value.misfit += j;
            value.solves += 2 * fields.len();
            all.extend(synthetic);
            all_observed.extend_from_slice(observed);
        }
        value.relative = relative(&all, &all_observed);
        value.illumination = Some(illumination);
        Ok(value)
    }
}

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
    if let Some(v) = problem.uniform {
        let k = omega(problem.harmonic().frequencies[frequency]) / v;
        let strength = problem.survey.effective_strength(k);
        // The field is singular at the source; half a cell is the smallest distance on any grid.
        let nearest = 0.5 * problem.grid.spacing[0].min(problem.grid.spacing[1]).min(4.0 / (100.0 * k));
        let field = |source: &[f64; 2]| {
            let at = |p: &[f64; 2]| {
                fd::analytic::uniform(k, strength, (p[0] - source[0]).hypot(p[1] - source[1]).max(nearest))
            };
            points.iter().map(at).collect()
        };
        return Ok(problem.survey.sources.iter().map(field).collect());
    }
    let reduced = HarmonicMisfit::new(problem, &[frequency])?;
    let fields = reduced.fields(problem, &background_slowness(problem, &problem.grid))?;
    let set = PointSet::new(&problem.grid, points)?;
    Ok(fields.iter().map(|u| set.sample(u)).collect())
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
        DataMisfitValue::or_diverged(self.reduced.evaluate(self.problem, self.misfit, m), m.len())
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
            _ => Linearised::new(&self.reduced, self.problem, m)?,
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
        let reduced = HarmonicMisfit::new(problem, &stage.frequencies)?;
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
        _: &InversionSettings,
        m: &[f64],
    ) -> Result<f64, InversionError> {
        let all: Vec<usize> = (0..self.frequencies.len()).collect();
        Ok(HarmonicMisfit::new(problem, &all)?.evaluate(problem, &crate::misfit::L2 {}, m)?.relative)
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
