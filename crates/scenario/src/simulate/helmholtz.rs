//! Pressure at frequencies from the true model.

use std::path::Path;

use fd::{Point, PointSet};
use num_complex::Complex64;
use ranks::Alone;

use super::frequency_by_frequency::Job;
use super::progress::ProgressCallback;
use crate::error::FwiError;
use crate::plan::{DataSource, SimulatePlan};
use fwi::forward::medium_solver::{Discretisation, MediumSolver};
use fwi::forward::omega;
use fwi::waves_plan::HelmholtzPlan;
use survey::dataset::Dataset;
use survey::model_source::ModelSource;
use survey::recorded::RecordedField;
use survey::survey::Survey;

/// Writes data of a survey at the frequencies of a plan, with the noise it asks for; `record` is the text they are kept with. This rank
/// computes all of them.
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
    job((survey, record), waves, truth, how).write(&Alone, path, tell)
}

/// The simulation of the pressure at the frequencies of a plan.
pub(super) fn job<'a>(
    (survey, record): (&'a Survey, String),
    waves: &'a HelmholtzPlan,
    truth: &'a ModelSource,
    how: &'a SimulatePlan,
) -> Job<'a> {
    let one = move |frequency: f64| match how.engine {
        DataSource::Exact => Ok(exact(survey, truth, frequency, |shot| survey.receivers.of(shot))?.concat()),
        DataSource::FiniteDifferences { grid, order, .. } => {
            let how = Discretisation { grid, pml: waves.pml, order, omega: omega(frequency) };
            let solver = MediumSolver::new(&waves.medium, how, &truth.sample(&grid)?, survey)?;
            let mut sampled = Vec::new();
            for (shot, u) in solver.pressure(solver.sources())?.iter().enumerate() {
                sampled.extend(PointSet::new(&grid, survey.receivers.of(shot))?.sample(u));
            }
            Ok(sampled)
        }
    };
    let (frequencies, fields) = (&waves.frequencies, vec![RecordedField::pressure()]);
    Job { survey, record, frequencies, fields, how, one: Box::new(one) }
}

/// The exact wavefields of a uniform model or a disc at points of each shot, `[shot][point]`.
///
/// # Errors
/// [`FwiError::Fd`] if a source is inside the disc, [`FwiError::Absent`] for another model (which a plan rejects).
pub fn exact<'p>(
    survey: &Survey,
    truth: &ModelSource,
    frequency: f64,
    points: impl Fn(usize) -> &'p [Point],
) -> Result<Vec<Vec<Complex64>>, FwiError> {
    let omega = omega(frequency);
    let field = |(shot, source): (usize, &Point)| -> Result<Vec<Complex64>, FwiError> {
        let points = points(shot);
        if let Some(disc) = truth.disc() {
            let strength = survey.effective_strength(omega / disc.background);
            let series = disc.series(omega, strength, source.section())?;
            return Ok(points.iter().map(|p| series.at(p.section())).collect());
        }
        let Some(v) = truth.uniform() else {
            return Err(FwiError::Absent { what: "an exact wavefield of this model" });
        };
        let strength = survey.effective_strength(omega / v);
        let distance = |p: &Point| p.distance(source).max(1e-3 * v / omega);
        Ok(points.iter().map(|p| fd::analytic::uniform(omega / v, strength, distance(p))).collect())
    };
    survey.sources.iter().enumerate().map(field).collect()
}
