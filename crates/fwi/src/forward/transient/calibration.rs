//! Calibration: the wavelet of each shot and the response of each receiver, from data and a model that is known.

use num_complex::Complex64;
use survey::median::median;
use survey::processing::ReceiverResponse;
use survey::traces::{Delay, Transform, WaveletEstimate};
use survey::wavelet::SourceWavelets;

use super::shots::{Prepared, at_a_time, shot_by_shot};
use crate::forward::starting_variables;
use crate::inverse_problem::InverseProblem;
use crate::inversion_error::InversionError;
use crate::inversion_settings::InversionSettings;
use crate::waves::Transient;

/// Times that wavelets and responses are estimated in turn.
const ROUNDS: usize = 4;

/// What is estimated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Calibrate {
    /// A wavelet for every shot rather than one for all.
    pub by_shot: bool,
    /// Gains and delays of the receivers.
    pub receivers: bool,
    /// Damping of the wavelet, relative to the largest power of the spectrum.
    pub damping: f64,
}

/// Wavelets and responses.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibration {
    /// Samples at the interval of the data.
    pub wavelets: SourceWavelets,
    /// By receiver: gains with a geometric mean of 1 and delays with a median of 0. Receivers without data have a gain of 1.
    pub response: ReceiverResponse,
    /// Receivers without data.
    pub silent: Vec<usize>,
    /// Relative misfit before and after.
    pub misfit: [f64; 2],
}

/// Synthetic and observed traces of a shot, muted alike, `[receiver, time]`.
struct Pair {
    synthetic: Vec<f64>,
    observed: Vec<f64>,
}

impl Transient {
    /// The wavelets and responses with which the traces of the starting model fit the data best.
    ///
    /// The wavelet of a shot is the filter of [`WaveletEstimate`]; the delay of a receiver is where the correlation of its traces with
    /// the synthetic ones is largest, over all shots, and its gain the factor that fits them best then. Receivers are those of the same
    /// place in every shot.
    ///
    /// # Errors
    /// [`InversionError`].
    pub fn calibrate(
        &self,
        problem: &InverseProblem,
        settings: &InversionSettings,
        what: Calibrate,
    ) -> Result<Calibration, InversionError> {
        let pairs = self.pairs(problem, settings)?;
        let (samples, dt) = (self.waves.samples, self.waves.interval());
        let (transform, receivers) = (Transform::new(samples), problem.survey.receivers.count());
        let used = self.waves.source.map(|source| {
            let every_sample = source.iter().copied().step_by(self.waves.steps_per_sample);
            every_sample.take(samples).collect()
        });
        let loud: Vec<bool> = (0..receivers)
            .map(|r| {
                pairs
                    .iter()
                    .any(|pair| pair.observed[r * samples..(r + 1) * samples].iter().any(|v| *v != 0.0))
            })
            .collect();
        let (mut gains, mut delays) = (vec![1.0; receivers], vec![0.0; receivers]);
        let mut filters = vec![WaveletEstimate::new(samples); pairs.len()];
        let rounds = if what.receivers { ROUNDS } else { 1 };
        for round in 0..rounds {
            // Wavelets from data that are corrected by the responses found so far.
            let corrected: Vec<Vec<f64>> = pairs
                .iter()
                .map(|pair| corrected(&transform, &pair.observed, (&gains, &delays), dt))
                .collect();
            filters.iter_mut().zip(&pairs).zip(&corrected).for_each(|((filter, pair), observed)| {
                *filter = WaveletEstimate::new(samples);
                filter.add(&pair.synthetic, observed);
            });
            if !what.by_shot {
                let mut all = WaveletEstimate::new(samples);
                filters.iter().for_each(|filter| all.merge(filter));
                filters = vec![all; pairs.len()];
            }
            if !what.receivers || round + 1 == rounds {
                break;
            }
            let with_wavelet: Vec<Vec<f64>> = pairs
                .iter()
                .zip(&filters)
                .map(|(pair, filter)| filter.filtered(&pair.synthetic, what.damping))
                .collect();
            for receiver in (0..receivers).filter(|receiver| loud[*receiver]) {
                let of = receiver * samples..(receiver + 1) * samples;
                let traces = with_wavelet
                    .iter()
                    .zip(&pairs)
                    .map(|(s, pair)| (&s[of.clone()], &pair.observed[of.clone()]));
                (gains[receiver], delays[receiver]) = response(&transform, traces, dt);
            }
            normalise(&mut gains, &mut delays, &loud);
        }
        let wavelets: Vec<Vec<f64>> = filters
            .iter()
            .enumerate()
            .map(|(shot, filter)| filter.wavelet(used.of(shot), what.damping))
            .collect();
        let wavelets = if what.by_shot {
            SourceWavelets::ByShot(wavelets)
        } else {
            SourceWavelets::Shared(wavelets.into_iter().next().unwrap_or_default())
        };
        let mut sums = [[0.0; 2]; 2];
        for (pair, filter) in pairs.iter().zip(&filters) {
            let observed = corrected(&transform, &pair.observed, (&gains, &delays), dt);
            let synthetic = filter.filtered(&pair.synthetic, what.damping);
            for (sum, [s, o]) in
                sums.iter_mut().zip([[&pair.synthetic, &pair.observed], [&synthetic, &observed]])
            {
                sum[0] += s.iter().zip(o).map(|(s, o)| (s - o).powi(2)).sum::<f64>();
                sum[1] += o.iter().map(|o| o * o).sum::<f64>();
            }
        }
        let silent = (0..receivers).filter(|receiver| !loud[*receiver]).collect();
        let response =
            if what.receivers { ReceiverResponse { gains, delays } } else { ReceiverResponse::default() };
        Ok(Calibration {
            wavelets,
            response,
            silent,
            misfit: sums.map(|[difference, energy]| (difference / energy).sqrt()),
        })
    }

    /// Synthetic and observed traces of the first field of every shot in the starting model, muted.
    fn pairs(
        &self,
        problem: &InverseProblem,
        settings: &InversionSettings,
    ) -> Result<Vec<Pair>, InversionError> {
        let m = starting_variables(problem, settings);
        let shots: Vec<usize> = (0..problem.survey.sources.len()).collect();
        let prepared =
            Prepared::new((problem, settings), self, &self.waves.source, &m, at_a_time(shots.len()))?;
        let length = problem.survey.receivers.count() * self.waves.samples;
        let one = |shot: &usize| -> Result<Pair, InversionError> {
            let mut synthetic = self.resampling.apply(&prepared.forward(*shot)?);
            let mut observed = self.observed(*shot)?;
            if let Some(weights) = self.weights(&problem.survey, &settings.mutes, *shot) {
                for traces in [&mut synthetic, &mut observed] {
                    traces.iter_mut().zip(&weights).for_each(|(d, w)| *d *= w);
                }
            }
            synthetic.truncate(length);
            observed.truncate(length);
            Ok(Pair { synthetic, observed })
        };
        let mut pairs = Vec::new();
        shot_by_shot(&shots, one, |pair| pairs.push(pair))?;
        Ok(pairs)
    }
}

/// Traces `[receiver, time]` without the gain and the delay of their receivers.
fn corrected(
    transform: &Transform,
    observed: &[f64],
    (gains, delays): (&[f64], &[f64]),
    dt: f64,
) -> Vec<f64> {
    let traces = observed.chunks(transform.samples()).zip(gains.iter().zip(delays));
    let one = |(trace, (gain, delay)): (&[f64], (&f64, &f64))| -> Vec<f64> {
        let trace = if *delay == 0.0 { trace.to_vec() } else { transform.advanced(trace, *delay, dt) };
        trace.into_iter().map(|v| v / gain).collect()
    };
    traces.flat_map(one).collect()
}

/// The gain and the delay in s that take synthetic traces closest to observed ones.
fn response<'t>(
    transform: &Transform,
    traces: impl Iterator<Item = (&'t [f64], &'t [f64])>,
    dt: f64,
) -> (f64, f64) {
    let mut cross = vec![Complex64::ZERO; transform.length()];
    let mut power = 0.0;
    for (synthetic, observed) in traces {
        let (s, o) = (transform.spectrum(synthetic), transform.spectrum(observed));
        cross.iter_mut().zip(s.iter().zip(&o)).for_each(|(sum, (s, o))| *sum += s.conj() * o);
        power += s.iter().map(Complex64::norm_sqr).sum::<f64>();
    }
    let correlation = transform.periodic(cross.clone());
    let Some((lag, between)) = Delay::of_peak(&correlation) else { return (1.0, 0.0) };
    let delay = (lag + between) * dt;
    // The gain at that delay: sum conj(s) o exp(i omega delay) over sum |s|^2.
    let turned = |(k, value): (usize, &Complex64)| {
        (value * Complex64::cis(std::f64::consts::TAU * transform.frequency(k, dt) * delay)).re
    };
    let product: f64 = cross.iter().enumerate().map(turned).sum();
    if power > 0.0 && product != 0.0 { (product / power, delay) } else { (1.0, 0.0) }
}

/// Gives gains a geometric mean of 1 and mostly positive signs, and delays a median of 0; what they lose is part of the wavelet.
fn normalise(gains: &mut [f64], delays: &mut [f64], loud: &[bool]) {
    let of = |values: &[f64]| -> Vec<f64> {
        values.iter().zip(loud).filter(|(_, loud)| **loud).map(|(value, _)| *value).collect()
    };
    let heard = of(gains);
    if heard.is_empty() {
        return;
    }
    let mean = (heard.iter().map(|gain| gain.abs().ln()).sum::<f64>() / heard.len() as f64).exp();
    let sign = if heard.iter().map(|gain| gain.signum()).sum::<f64>() < 0.0 { -1.0 } else { 1.0 };
    let middle = median(of(delays));
    for ((gain, delay), _) in gains.iter_mut().zip(delays).zip(loud).filter(|(_, loud)| **loud) {
        *gain *= sign / mean;
        *delay -= middle;
    }
}
