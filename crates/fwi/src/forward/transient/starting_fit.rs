//! How far the traces of the starting model are from the observed ones: cycles that would be skipped, and whether there is a gradient.

use survey::median::median;
use survey::traces::{Delay, Transform};

use super::shots::{Prepared, Supershot, at_a_time};
use super::stage::StageMisfit;
use crate::forward::{DataMisfit, starting_variables};
use crate::inverse_problem::InverseProblem;
use crate::inversion_error::InversionError;
use crate::inversion_settings::{InversionSettings, Stage};
use crate::region::SubGrid;
use crate::waves::Transient;

/// Most shots whose delays are measured.
const MOST_SHOTS: usize = 24;

/// The smallest correlation of two traces whose delay means something.
const LEAST_CORRELATION: f64 = 0.3;

/// Relative misfit below which traces are the same: they are stored in single precision.
const SAME: f64 = 1e-6;

/// The starting model and the data of a stage.
#[derive(Debug, Clone, PartialEq)]
pub struct StartingFit {
    /// Shots that were looked at, evenly spread over all.
    pub shots: usize,
    /// Their traces that are not silent.
    pub traces: usize,
    /// Traces that resemble their observed ones at no delay, so that they have none.
    pub unlike: usize,
    /// Traces that are late by more than half a period.
    pub late: usize,
    /// Traces that are early by more than half a period.
    pub early: usize,
    /// The mean period of the observed traces in the stage, s.
    pub period: f64,
    /// The median delay of the synthetic traces, s.
    pub delay: f64,
    /// The median delay over the time since the shot of the observed waves: how much too slow the starting model is.
    pub relative_delay: f64,
    /// Relative misfit of the data of the stage.
    pub relative_misfit: f64,
    /// The derivative of the misfit by the logarithm of the first unknown where it is free, for a change that is the same everywhere:
    /// negative if larger values fit better. Why it is zero, if all derivatives are.
    pub slope: Result<f64, NoGradient>,
}

/// Why no model close to the starting model fits better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoGradient {
    /// The synthetic traces are zero.
    SilentStart,
    /// The synthetic traces are the observed ones.
    Equal,
    /// The misfit depends on the model only outside the region that may change.
    OutsideRegion,
    /// The adjoint waves do not meet the waves of the sources.
    NoOverlap,
}

impl StartingFit {
    /// The share of the traces that are off by more than half a period, among those that have a delay.
    #[must_use]
    pub fn skipped(&self) -> f64 {
        (self.late + self.early) as f64 / (self.traces - self.unlike).max(1) as f64
    }
}

impl Transient {
    /// How the traces of the starting model fit those of a stage.
    ///
    /// # Errors
    /// [`InversionError`].
    pub fn starting_fit(
        &self,
        problem: &InverseProblem,
        settings: &InversionSettings,
        stage: &Stage,
    ) -> Result<StartingFit, InversionError> {
        let (samples, dt) = (self.waves.samples, self.waves.interval());
        let m = starting_variables(problem, settings);
        let objective = StageMisfit::new(self, problem, settings, stage)?;
        let (data, wavelet) = (&objective.data, &objective.wavelet);
        let all = problem.survey.sources.len();
        let shots: Vec<usize> = (0..all).step_by(all.div_ceil(MOST_SHOTS)).collect();
        let prepared = Prepared::new((problem, settings), self, wavelet, &m, at_a_time(shots.len()))?;
        let mut gathers = Vec::new();
        let one = |shot: &usize| -> Result<[Vec<f64>; 2], InversionError> {
            let single = Supershot::single(*shot);
            Ok([data.apply(&single, &prepared.forward(*shot)?), data.observed(&single)])
        };
        prepared.each(&shots, one, |gather| gathers.push(gather))?;
        let transform = Transform::new(samples);
        let pairs = || {
            let traces = gathers.iter().flat_map(|[s, o]| s.chunks(samples).zip(o.chunks(samples)));
            traces.filter(|(_, observed)| observed.iter().any(|v| *v != 0.0))
        };
        let period = mean_period(&transform, pairs().map(|(_, observed)| observed), dt);
        let wavelet_centre = centre(wavelet.of(0)) * self.waves.step;
        let mut fit = StartingFit {
            shots: shots.len(),
            traces: 0,
            unlike: 0,
            late: 0,
            early: 0,
            period,
            delay: 0.0,
            relative_delay: 0.0,
            relative_misfit: 0.0,
            slope: Err(NoGradient::SilentStart),
        };
        let (mut delays, mut relative, mut loud) = (Vec::new(), Vec::new(), false);
        for (synthetic, observed) in pairs() {
            fit.traces += 1;
            let delay = Delay::of(&transform, [synthetic, observed], dt, period);
            loud |= delay.is_some();
            let Some(delay) = delay.filter(|delay| delay.correlation >= LEAST_CORRELATION) else {
                fit.unlike += 1;
                continue;
            };
            fit.late += usize::from(delay.time > 0.5 * period);
            fit.early += usize::from(delay.time < -0.5 * period);
            delays.push(delay.time);
            let travelled = delay.centre - wavelet_centre;
            if travelled > period {
                relative.push(delay.time / travelled);
            }
        }
        let or_zero = |values: Vec<f64>| if values.is_empty() { 0.0 } else { median(values) };
        (fit.delay, fit.relative_delay) = (or_zero(delays), or_zero(relative));
        let value = objective.evaluate_all(&m)?;
        fit.relative_misfit = value.relative;
        fit.slope = slope(problem, settings, &m, &value.gradient, (loud, value.relative));
        Ok(fit)
    }
}

/// The derivative of the misfit by the logarithm of the first unknown in the region.
fn slope(
    problem: &InverseProblem,
    settings: &InversionSettings,
    m: &[f64],
    gradient: &[f64],
    (loud, relative): (bool, f64),
) -> Result<f64, NoGradient> {
    if !loud {
        return Err(NoGradient::SilentStart);
    }
    if relative < SAME {
        return Err(NoGradient::Equal);
    }
    if gradient.iter().all(|g| *g == 0.0) {
        return Err(NoGradient::NoOverlap);
    }
    let nodes = SubGrid::new(&problem.grid, &settings.region).map(|inside| inside.nodes).unwrap_or_default();
    let free = gradient.chunks(problem.grid.len()).flat_map(|of| nodes.iter().map(|node| of[*node]));
    if free.into_iter().all(|g| g == 0.0) {
        return Err(NoGradient::OutsideRegion);
    }
    // The variable is m = 1/p^2 of a parameter p, with d m / d ln p = -2 m.
    Ok(-2.0 * nodes.iter().map(|node| gradient[*node] * m[*node]).sum::<f64>())
}

/// The centre of the energy of samples.
fn centre(samples: &[f64]) -> f64 {
    let energy: f64 = samples.iter().map(|v| v * v).sum();
    let moment: f64 = samples.iter().enumerate().map(|(n, v)| n as f64 * v * v).sum();
    if energy > 0.0 { moment / energy } else { 0.0 }
}

/// One over the mean frequency of traces, weighted by power, s.
fn mean_period<'t>(transform: &Transform, traces: impl Iterator<Item = &'t [f64]>, dt: f64) -> f64 {
    let (mut power, mut moment) = (0.0, 0.0);
    for trace in traces {
        for (k, value) in transform.spectrum(trace).iter().enumerate().take(transform.length() / 2) {
            power += value.norm_sqr();
            moment += value.norm_sqr() * transform.frequency(k, dt);
        }
    }
    if moment > 0.0 { power / moment } else { 2.0 * dt }
}
