//! Data at frequencies from the true model.

use fd::{HelmholtzOperator, PointSet};
use num_complex::Complex64;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::dataset::Dataset;
use crate::error::FwiError;
use crate::forward::omega;
use crate::plan::{DataSource, ModelSource, SimulatePlan};
use crate::survey::Survey;
use crate::waves_plan::HelmholtzPlan;

/// Data of a survey at the frequencies of a plan, with the noise it asks for; `scenario` is the text they come from.
///
/// # Errors
/// [`FwiError::Fd`].
pub(crate) fn simulate(
    (survey, scenario): (&Survey, &str),
    waves: &HelmholtzPlan,
    truth: &ModelSource,
    how: &SimulatePlan,
) -> Result<Dataset, FwiError> {
    let mut pressure = Vec::new();
    for frequency in &waves.frequencies {
        let clean = match how.engine {
            DataSource::Exact => exact(survey, truth, *frequency, |shot| survey.receivers.of(shot))?.concat(),
            DataSource::FiniteDifferences { grid, order, .. } => {
                let operator = HelmholtzOperator::new(grid, waves.pml, order, omega(*frequency))?;
                let solver = operator.prepare(&truth.sample(&grid)?.squared_slowness())?;
                let mut sources = PointSet::new(&grid, &survey.sources)?.sources(&grid, Complex64::ONE);
                for (source, at) in sources.iter_mut().zip(&survey.sources) {
                    let k = omega(*frequency) / truth.sample(&grid)?.sample(*at);
                    let strength = survey.effective_strength(k);
                    source.iter_mut().for_each(|value| *value *= strength);
                }
                let mut sampled = Vec::new();
                for (shot, u) in solver.solve(&sources)?.iter().enumerate() {
                    sampled.extend(PointSet::new(&grid, survey.receivers.of(shot))?.sample(u));
                }
                sampled
            }
        };
        pressure.extend(clean);
    }
    add_noise(&mut pressure, how);
    Ok(Dataset {
        survey: survey.clone(),
        frequencies: waves.frequencies.clone(),
        pressure,
        scenario: scenario.to_owned(),
    })
}

/// Circular Gaussian noise of a given root mean square relative to the data's.
fn add_noise(pressure: &mut [Complex64], how: &SimulatePlan) {
    if how.noise == 0.0 {
        return;
    }
    let energy: f64 = pressure.iter().map(Complex64::norm_sqr).sum();
    let deviation = how.noise * (energy / pressure.len() as f64).sqrt();
    let mut rng = StdRng::seed_from_u64(how.seed);
    for value in pressure {
        // Box-Muller: modulus of a circular Gaussian of unit variance, and a uniform phase.
        let modulus = (-(1.0 - rng.random::<f64>()).ln()).sqrt();
        *value += Complex64::from_polar(deviation * modulus, std::f64::consts::TAU * rng.random::<f64>());
    }
}

/// The exact wavefields of a uniform model or a disc at points of each shot, `[shot][point]`.
///
/// # Errors
/// [`FwiError::Fd`] when a source is inside the disc, [`FwiError::Absent`] for another model (which a plan rejects).
pub fn exact<'p>(
    survey: &Survey,
    truth: &ModelSource,
    frequency: f64,
    points: impl Fn(usize) -> &'p [[f64; 2]],
) -> Result<Vec<Vec<Complex64>>, FwiError> {
    let omega = omega(frequency);
    let field = |(shot, source): (usize, &[f64; 2])| -> Result<Vec<Complex64>, FwiError> {
        let points = points(shot);
        if let Some(disc) = truth.disc() {
            let strength = survey.effective_strength(omega / disc.background);
            let series = disc.series(omega, strength, *source)?;
            return Ok(points.iter().map(|p| series.at(*p)).collect());
        }
        let Some(v) = truth.uniform() else {
            return Err(FwiError::Absent { what: "an exact wavefield of this model" });
        };
        let strength = survey.effective_strength(omega / v);
        let distance = |p: &[f64; 2]| (p[0] - source[0]).hypot(p[1] - source[1]).max(1e-3 * v / omega);
        Ok(points.iter().map(|p| fd::analytic::uniform(omega / v, strength, distance(p))).collect())
    };
    survey.sources.iter().enumerate().map(field).collect()
}
