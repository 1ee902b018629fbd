//! Reverse-time migration: the sum over shots of the product of source waves and residuals propagated back.
//!
//! It is the gradient of the least-squares misfit with another adjoint source: the residual `observed - synthetic`, integrated
//! three times over time. With it the Laplacian of the sum is in phase with the reflectors, see [`crate::image`].

use std::borrow::Cow;

use num_complex::Complex64;
use survey::traces::Transform;
use survey::wavelet::SourceWavelets;

use super::data_operator::DataOperator;
use super::propagation::Sensitivity;
use super::shots::{Prepared, Supershot, at_a_time, in_rounds};
use crate::inverse_problem::InverseProblem;
use crate::inversion_error::InversionError;
use crate::inversion_settings::InversionSettings;
use crate::waves::Transient;

/// The corner of the integration over time relative to the peak of the wavelet's spectrum. Far above it the integral is exact, and
/// below it noise does not grow.
const CORNER: f64 = 0.1;

/// What the shots of a migration add up to.
#[derive(Debug, Clone, Default)]
pub struct MigratedShots {
    /// The derivative by the first unknown `[z, x]`, of acoustic waves the squared slowness.
    pub by_m: Vec<f64>,
    /// The energy of the source waves, `[z, x]`.
    pub illumination: Vec<f64>,
    /// Traces that are not zero after filter and mutes.
    pub traces: usize,
    /// Sum of the squares of the residuals after filter and mutes.
    pub residual: f64,
    /// Sum of the squares of the observed data after filter and mutes.
    pub observed: f64,
}

impl MigratedShots {
    /// Adds the sums of other shots.
    pub fn add(&mut self, other: &MigratedShots) {
        let onto = |sum: &mut Vec<f64>, more: &[f64]| {
            sum.resize(more.len(), 0.0);
            sum.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
        };
        onto(&mut self.by_m, &other.by_m);
        onto(&mut self.illumination, &other.illumination);
        self.traces += other.traces;
        self.residual += other.residual;
        self.observed += other.observed;
    }
}

/// A migration in a medium: waves, data, filter and mutes.
pub struct Migration<'a> {
    problem: &'a InverseProblem<'a>,
    waves: &'a Transient,
    settings: &'a InversionSettings,
    data: DataOperator<'a>,
    wavelet: Cow<'a, SourceWavelets>,
}

impl<'a> Migration<'a> {
    /// Reads the data. The band is that of the last stage; mutes, storage and the estimate of the wavelet are those of the settings. The
    /// medium is the start of the problem.
    ///
    /// # Errors
    /// [`InversionError`].
    pub fn new(
        waves: &'a Transient,
        problem: &'a InverseProblem<'a>,
        settings: &'a InversionSettings,
    ) -> Result<Self, InversionError> {
        let stage = settings.stages.last().expect("an inversion has stages: the plan has checked it");
        let data = DataOperator::new(waves, problem, settings, stage)?;
        Ok(Self { problem, waves, settings, data, wavelet: waves.wavelet(problem, settings)? })
    }

    /// Migrates some shots in a medium of variables `[unknown, node]`. Of each gather only the traces are used whose distance from source
    /// to receiver in m is at least the first and less than the second number of `offsets`.
    ///
    /// # Errors
    /// [`InversionError`].
    pub fn shots(
        &self,
        m: &[f64],
        shots: &[usize],
        offsets: [f64; 2],
    ) -> Result<MigratedShots, InversionError> {
        let at_a_time = at_a_time(shots.len());
        let of = (self.problem, self.settings);
        let prepared = Prepared::new(of, self.waves, &self.wavelet, m, at_a_time)?;
        let mut sum = MigratedShots::default();
        let one = |shot: &usize| self.one(&prepared, *shot, at_a_time, offsets);
        let storage = self.settings.storage.as_dyn().storage(at_a_time);
        in_rounds(shots, prepared.at_a_time(at_a_time, (&storage, true))?, one, |of| sum.add(&of))?;
        Ok(sum)
    }

    /// Migrates one shot.
    fn one(
        &self,
        prepared: &Prepared,
        shot: usize,
        at_a_time: usize,
        offsets: [f64; 2],
    ) -> Result<MigratedShots, InversionError> {
        let supershot = Supershot::single(shot);
        let samples = self.waves.waves.samples;
        let mut observed = self.data.observed(&supershot);
        let used = self.used(shot, offsets);
        only(&mut observed, samples, &used);
        let live = |trace: &&[f64]| trace.iter().any(|v| *v != 0.0);
        let mut migrated = MigratedShots {
            observed: observed.iter().map(|o| o * o).sum(),
            traces: observed.chunks(samples).filter(live).count(),
            ..MigratedShots::default()
        };
        let nodes = self.problem.grid.len();
        if migrated.traces == 0 {
            (migrated.by_m, migrated.illumination) = (vec![0.0; nodes], vec![0.0; nodes]);
            return Ok(migrated);
        }
        let input = prepared.shot(&supershot)?;
        let storage = self.settings.storage.as_dyn().storage(at_a_time);
        let mut peak = 1.0;
        let adjoint = &mut |synthetic: &[f32]| {
            let mut residual = self.data.apply(&supershot, synthetic);
            residual.iter_mut().zip(&observed).for_each(|(s, o)| *s = o - *s);
            only(&mut residual, samples, &used);
            migrated.residual = residual.iter().map(|r| r * r).sum();
            let (adjoint, scale) = self.data.adjoint_source(&supershot, self.integrated(&residual));
            peak = scale;
            Ok(adjoint)
        };
        let Sensitivity { by_m, illumination } = prepared.waves.gradient(&input, &storage, true, adjoint)?;
        migrated.by_m = by_m[..nodes].iter().map(|g| peak * g).collect();
        migrated.illumination = illumination.unwrap_or_default().into_iter().map(f64::from).collect();
        Ok(migrated)
    }

    /// By trace of a shot: whether its offset is asked for.
    fn used(&self, shot: usize, [from, to]: [f64; 2]) -> Vec<bool> {
        let source = self.problem.survey.sources[shot];
        let inside = |receiver: &fd::Point| (from..to).contains(&receiver.distance(&source));
        let of_field: Vec<bool> = self.problem.survey.receivers.of(shot).iter().map(inside).collect();
        self.waves.observed.header.fields.iter().flat_map(|_| of_field.clone()).collect()
    }

    /// Traces integrated three times over time, times the interval of the samples, so that sums over samples are integrals.
    ///
    /// With the corner `c` the factor is `i w / (w^2 + c^2)^2`, which is `1/(i w)^3` far above it and zero at frequency zero.
    fn integrated(&self, traces: &[f64]) -> Vec<f64> {
        let (samples, dt) = (self.waves.waves.samples, self.waves.waves.interval());
        let corner = std::f64::consts::TAU * CORNER * self.waves.waves.band.peak;
        integrated(traces, samples, dt, corner)
    }
}

/// Sets traces that are not used to zero.
fn only(traces: &mut [f64], samples: usize, used: &[bool]) {
    for (trace, _) in traces.chunks_mut(samples).zip(used).filter(|(_, used)| !**used) {
        trace.fill(0.0);
    }
}

fn integrated(traces: &[f64], samples: usize, dt: f64, corner: f64) -> Vec<f64> {
    let transform = Transform::new(samples);
    let middle = transform.length() / 2;
    let one = |trace: &[f64]| {
        let mut spectrum = transform.spectrum(trace);
        for (k, value) in spectrum.iter_mut().enumerate() {
            let omega = std::f64::consts::TAU * transform.frequency(k, dt);
            let gain = if k == middle { 0.0 } else { dt * omega / (omega * omega + corner * corner).powi(2) };
            *value *= Complex64::new(0.0, gain);
        }
        transform.trace(spectrum)
    };
    traces.chunks(samples.max(1)).flat_map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The third derivative of an integrated wave packet is the packet, to the share of the corner: `1 - (1 + c^2/w^2)^-2`, at most
    /// 2 (c/w)^2 for each of its frequencies. The packet has 12 periods under its envelope, so its frequencies differ by less than a
    /// tenth, and derivatives by central differences err by `(w dt)^2 / 4`.
    #[test]
    fn integrals_are_the_inverse_of_derivatives() {
        let (n, dt, f) = (4000, 1e-3, 10.0);
        let omega = std::f64::consts::TAU * f;
        let packet: Vec<f64> = (0..n)
            .map(|i| {
                let t = (i as f64 - 2000.0) * dt;
                (-(t / 0.4).powi(2)).exp() * (omega * t).cos()
            })
            .collect();
        let corner = 0.05 * omega;
        let found = integrated(&packet, n, dt, corner);
        let d = |v: &[f64], i: usize| {
            (v[i + 2] - 2.0 * v[i + 1] + 2.0 * v[i - 1] - v[i - 2]) / (2.0 * dt.powi(3))
        };
        let tolerance = 2.0 * 0.05_f64.powi(2) * 1.25 + 0.25 * (omega * dt).powi(2) * 1.25;
        for i in 1000..3000 {
            let third = d(&found, i) / dt;
            assert!((third - packet[i]).abs() < tolerance, "{i}: {third} {}", packet[i]);
        }
    }
}
