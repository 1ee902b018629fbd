//! Data at frequencies from the true model.

use std::path::Path;

use fd::PointSet;
use fields::checkpoint::Checkpoint;
use num_complex::Complex64;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use super::progress::{ProgressCallback, interrupted};
use crate::error::FwiError;
use crate::plan::{DataSource, SimulatePlan};
use crate::settings;
use fwi::forward::medium_solver::{Discretisation, MediumSolver};
use fwi::forward::omega;
use fwi::interruption;
use fwi::waves_plan::HelmholtzPlan;
use survey::atomic;
use survey::dataset::Dataset;
use survey::model_source::ModelSource;
use survey::survey::Survey;

/// A row of a partial file, and the text that identifies its survey and settings.
const PRESSURE: &str = "pressure";
const OF: &str = "of";

/// Writes data of a survey at the frequencies of a plan, with the noise it asks for; `record` is the text they are kept with.
///
/// Finished frequencies are stored in a file beside `path`. An interrupted simulation continues from this file.
///
/// # Errors
/// [`FwiError::Fd`]; [`FwiError::Data`]; [`FwiError::Interrupted`].
pub fn simulate_to(
    (survey, record): (&Survey, String),
    waves: &HelmholtzPlan,
    truth: &ModelSource,
    how: &SimulatePlan,
    path: &Path,
    tell: &mut ProgressCallback,
) -> Result<Dataset, FwiError> {
    let partial = path.with_added_extension("partial");
    let of = serde_json::json!([record, waves.frequencies, survey.sources, survey.receivers.all()]);
    let of = serde_json::Value::from(settings::digest(&of));
    // One that cannot be read, or is of other data, is computed anew.
    let kept = Checkpoint::read(&partial).ok().filter(|kept| kept.fact(OF).as_ref() == Some(&of));
    let row = |k: usize| {
        let row = kept.as_ref()?.row(&format!("{PRESSURE} {k}"))?;
        Some(row.chunks_exact(2).map(|v| Complex64::new(v[0], v[1])).collect::<Vec<_>>())
    };
    let mut done: Vec<Vec<Complex64>> = (0..waves.frequencies.len()).map_while(row).collect();
    let planned = waves.frequencies.len();
    let mut keep = |done: &[Vec<Complex64>], waiting: bool| -> Result<(), FwiError> {
        tell(done.len(), planned);
        if !waiting {
            return Ok(());
        }
        let notes = format!("{} of {planned} frequencies of simulated data", done.len());
        let rows = done.iter().enumerate().fold(Checkpoint::new(&notes), |file, (k, row)| {
            let numbers = row.iter().flat_map(|v| [v.re, v.im]).collect();
            file.with_numbers(&format!("{PRESSURE} {k}"), numbers)
        });
        atomic::write_bytes(&partial, &rows.with_fact(OF, &of).to_bytes())?;
        if interruption::interrupted() {
            let kept = format!("{} of {planned} frequencies are kept in {}", done.len(), partial.display());
            return Err(interrupted(&kept));
        }
        Ok(())
    };
    let data = simulate((survey, record), waves, truth, how, &mut done, &mut keep)?;
    data.write(path)?;
    // One that is not there is as good.
    let _ = std::fs::remove_file(&partial);
    Ok(data)
}

/// Stores the data of the finished frequencies; `true` means that more follow.
pub(super) type Keep<'a> = dyn FnMut(&[Vec<Complex64>], bool) -> Result<(), FwiError> + 'a;

/// Data of a survey at the frequencies of a plan, with the noise it asks for. `done` holds the frequencies there are already,
/// without noise; `keep` is called after each further one, and told whether more are to come.
///
/// # Errors
/// [`FwiError::Fd`], and those of `keep`.
pub(super) fn simulate(
    (survey, record): (&Survey, String),
    waves: &HelmholtzPlan,
    truth: &ModelSource,
    how: &SimulatePlan,
    done: &mut Vec<Vec<Complex64>>,
    keep: &mut Keep,
) -> Result<Dataset, FwiError> {
    for frequency in &waves.frequencies[done.len()..] {
        let clean = match how.engine {
            DataSource::Exact => exact(survey, truth, *frequency, |shot| survey.receivers.of(shot))?.concat(),
            DataSource::FiniteDifferences { grid, order, .. } => {
                let how = Discretisation { grid, pml: waves.pml, order, omega: omega(*frequency) };
                let solver = MediumSolver::new(&waves.medium, how, &truth.sample(&grid)?, survey)?;
                let mut sampled = Vec::new();
                for (shot, u) in solver.pressure(solver.sources())?.iter().enumerate() {
                    sampled.extend(PointSet::new(&grid, survey.receivers.of(shot))?.sample(u));
                }
                sampled
            }
        };
        done.push(clean);
        keep(done, done.len() < waves.frequencies.len())?;
    }
    let mut pressure = done.concat();
    add_noise(&mut pressure, how);
    Ok(Dataset::of_pressure(survey.clone(), waves.frequencies.clone(), pressure, record))
}

/// Circular Gaussian noise with a given root mean square relative to that of the data.
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
/// [`FwiError::Fd`] if a source is inside the disc, [`FwiError::Absent`] for another model (which a plan rejects).
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
