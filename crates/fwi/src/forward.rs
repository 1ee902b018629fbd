//! Synthetic data and their gradient by finite differences, and background wavefields.

#[path = "forward/linearised.rs"]
mod linearised;

use fd::{Grid, HelmholtzOperator, PointSet};
use num_complex::Complex64;

use crate::inversion::{InversionError, Problem};
use crate::misfit::{FrequencyMisfit, relative};

pub use linearised::Linearised;

/// Angular frequency, rad/s.
pub(crate) fn omega(frequency: f64) -> f64 {
    std::f64::consts::TAU * frequency
}

/// The observed data of one frequency, `[shot, receiver]`.
pub(crate) fn observed<'a>(problem: &'a Problem, frequency: usize) -> &'a [Complex64] {
    let block = problem.survey.sources.len() * problem.survey.receivers.len();
    &problem.observed[frequency * block..(frequency + 1) * block]
}

/// The misfit of a model with the equation solved exactly, for a set of frequencies.
///
/// # Source
/// Adjoint-state gradient: Plessix, Geophys. J. Int. 167 (2006), 495-503.
#[derive(Debug)]
pub struct Reduced {
    operators: Vec<(usize, HelmholtzOperator)>,
    sources: Vec<Vec<Complex64>>,
    receivers: PointSet,
}

/// What [`Reduced::evaluate`] answers.
#[derive(Debug, Clone)]
pub struct ReducedValue {
    /// The misfit, summed over frequencies.
    pub misfit: f64,
    /// Relative misfit of the total field over all frequencies.
    pub relative: f64,
    /// dJ/dm on the grid, `[z, x]`, m^2/s^2.
    pub gradient: Vec<f64>,
    /// Energy of the source wavefields on the grid, `[z, x]`: `|(dA/dm) u|^2` summed over shots and frequencies, the
    /// diagonal of an approximate Hessian.
    pub illumination: Vec<f64>,
    /// Right-hand sides solved.
    pub solves: usize,
}

impl Reduced {
    /// Prepares what does not depend on the model.
    ///
    /// # Errors
    /// [`InversionError::Fd`].
    pub fn new(problem: &Problem, frequencies: &[usize]) -> Result<Self, InversionError> {
        let mut operators: Vec<(usize, HelmholtzOperator)> = Vec::new();
        for &f in frequencies {
            let omega = omega(problem.frequencies[f]);
            let operator = match operators.first() {
                None => HelmholtzOperator::new(problem.grid, problem.pml, problem.order, omega)?,
                Some((_, first)) => first.at_frequency(omega)?,
            };
            operators.push((f, operator));
        }
        let points = PointSet::new(&problem.grid, &problem.survey.sources)?;
        let sources = points.sources(&problem.grid, Complex64::ONE);
        let receivers = PointSet::new(&problem.grid, &problem.survey.receivers)?;
        Ok(Self { operators, sources, receivers })
    }

    /// Wavefields `[frequency, shot][z, x]` of a model of squared slowness.
    ///
    /// # Errors
    /// [`InversionError::Fd`].
    pub fn fields(&self, problem: &Problem, m: &[f64]) -> Result<Vec<Vec<Complex64>>, InversionError> {
        let mut all = Vec::new();
        for (f, operator) in &self.operators {
            all.extend(operator.prepare(m)?.solve(&self.scaled_sources(problem, *f))?);
        }
        Ok(all)
    }

    /// A source of variance s radiates like a point source weakened by exp(-k^2 s / 2) with the wavenumber at the source.
    fn scaled_sources(&self, problem: &Problem, f: usize) -> Vec<Vec<Complex64>> {
        let strength = |source: &[f64; 2]| {
            problem.survey.effective_strength(omega(problem.frequencies[f]) / (problem.background)(*source))
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
        problem: &Problem,
        misfit: &dyn FrequencyMisfit,
        m: &[f64],
    ) -> Result<ReducedValue, InversionError> {
        let zeros = vec![0.0; problem.grid.len()];
        let mut value = ReducedValue {
            misfit: 0.0,
            relative: 0.0,
            gradient: zeros.clone(),
            illumination: zeros,
            solves: 0,
        };
        let (mut all, mut all_observed) = (Vec::new(), Vec::new());
        for (f, operator) in &self.operators {
            let solver = operator.prepare(m)?;
            let fields = solver.solve(&self.scaled_sources(problem, *f))?;
            let synthetic: Vec<Complex64> = fields.iter().flat_map(|u| self.receivers.sample(u)).collect();
            let observed = observed(problem, *f);
            let (j, adjoint) = misfit.evaluate(&synthetic, observed);
            let adjoint: Vec<Vec<Complex64>> =
                adjoint.chunks(self.receivers.len()).map(<[_]>::to_vec).collect();
            let gradient = fd::gradient(&solver, &fields, &self.receivers, &adjoint)?;
            value.gradient.iter_mut().zip(gradient).for_each(|(sum, g)| *sum += g);
            for u in &fields {
                for ((sum, kernel), u) in value.illumination.iter_mut().zip(solver.kernel()).zip(u) {
                    *sum += (kernel * u).norm_sqr();
                }
            }
            value.misfit += j;
            value.solves += 2 * fields.len();
            all.extend(synthetic);
            all_observed.extend_from_slice(observed);
        }
        value.relative = relative(&all, &all_observed);
        Ok(value)
    }
}

/// The background wavefields of one frequency at points, `[shot][point]`.
///
/// Exact where the starting model is uniform, else by finite differences and interpolation.
///
/// # Errors
/// [`InversionError::Fd`].
pub fn background_fields(
    problem: &Problem,
    frequency: usize,
    points: &[[f64; 2]],
) -> Result<Vec<Vec<Complex64>>, InversionError> {
    if let Some(v) = problem.uniform {
        let k = omega(problem.frequencies[frequency]) / v;
        let strength = problem.survey.effective_strength(k);
        // The field is singular at the source; half a cell is as near as any grid comes.
        let nearest = 0.5 * problem.grid.spacing[0].min(problem.grid.spacing[1]).min(4.0 / (100.0 * k));
        let field = |source: &[f64; 2]| {
            let at = |p: &[f64; 2]| {
                fd::analytic::uniform(k, strength, (p[0] - source[0]).hypot(p[1] - source[1]).max(nearest))
            };
            points.iter().map(at).collect()
        };
        return Ok(problem.survey.sources.iter().map(field).collect());
    }
    let reduced = Reduced::new(problem, &[frequency])?;
    let fields = reduced.fields(problem, &background_slowness(problem, &problem.grid))?;
    let set = PointSet::new(&problem.grid, points)?;
    Ok(fields.iter().map(|u| set.sample(u)).collect())
}

/// Squared slowness of the starting model on a grid, `[z, x]`.
#[must_use]
pub fn background_slowness(problem: &Problem, grid: &Grid) -> Vec<f64> {
    grid.points().map(|p| (problem.background)(p).powi(-2)).collect()
}
