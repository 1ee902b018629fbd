//! Calibration: the wavelet of each shot and the response of each receiver, from data and a model that is known.

use num_complex::Complex64;
use survey::median::median;
use survey::processing::{ProcessingStep, ReceiverResponse};
use survey::traces::{Delay, Transform, WaveletEstimate};
use survey::wavelet::SourceWavelets;

use super::starting_model::Muted;
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
        let length = problem.survey.receivers.count() * self.waves.samples;
        let first_field = |mut muted: Muted| {
            muted.synthetic.truncate(length);
            muted.observed.truncate(length);
            muted
        };
        let mut pairs = Vec::new();
        self.muted_shots(problem, settings, first_field, |muted| pairs.push(muted))?;
        let (samples, dt) = (self.waves.samples, self.waves.interval());
        let (transform, receivers) = (Transform::new(samples), problem.survey.receivers.count());
        let trace = |receiver: usize| receiver * samples..(receiver + 1) * samples;
        let heard = |pair: &Muted, receiver: usize| pair.observed[trace(receiver)].iter().any(|v| *v != 0.0);
        let loud: Vec<bool> =
            (0..receivers).map(|receiver| pairs.iter().any(|pair| heard(pair, receiver))).collect();
        let mut response = ReceiverResponse { gains: vec![1.0; receivers], delays: vec![0.0; receivers] };
        let corrected = |response: &ReceiverResponse| -> Vec<Vec<f64>> {
            let one = |pair: &Muted| {
                let mut observed = pair.observed.clone();
                response.correct(&self.traces_of(&problem.survey, pair.shot), &mut observed);
                observed
            };
            pairs.iter().map(one).collect()
        };
        let with_wavelet = |filters: &[WaveletEstimate]| -> Vec<Vec<f64>> {
            let of = pairs.iter().zip(filters);
            of.map(|(pair, filter)| filter.filtered(&pair.synthetic, what.damping)).collect()
        };
        let mut filters = wavelet_filters(&pairs, &corrected(&response), samples, what.by_shot);
        let updates = if what.receivers { ROUNDS - 1 } else { 0 };
        for _ in 0..updates {
            let synthetic = with_wavelet(&filters);
            for receiver in (0..receivers).filter(|receiver| loud[*receiver]) {
                let traces = synthetic
                    .iter()
                    .zip(&pairs)
                    .map(|(s, pair)| (&s[trace(receiver)], &pair.observed[trace(receiver)]));
                (response.gains[receiver], response.delays[receiver]) = fitted(&transform, traces, dt);
            }
            normalise(&mut response, &loud);
            filters = wavelet_filters(&pairs, &corrected(&response), samples, what.by_shot);
        }
        let used = self.sampled_source();
        let wavelet = |(shot, filter): (usize, &WaveletEstimate)| filter.wavelet(used.of(shot), what.damping);
        let wavelets = filters.iter().enumerate().map(wavelet);
        let wavelets = if what.by_shot {
            SourceWavelets::ByShot(wavelets.collect())
        } else {
            SourceWavelets::Shared(wavelets.take(1).flatten().collect())
        };
        let before = pairs.iter().map(|pair| [&pair.synthetic[..], &pair.observed[..]]);
        let (synthetic, observed) = (with_wavelet(&filters), corrected(&response));
        let after = synthetic.iter().zip(&observed).map(|(s, o)| [&s[..], &o[..]]);
        Ok(Calibration {
            wavelets,
            misfit: [relative_misfit(before), relative_misfit(after)],
            response: if what.receivers { response } else { ReceiverResponse::default() },
            silent: (0..receivers).filter(|receiver| !loud[*receiver]).collect(),
        })
    }
}

/// By shot, the filter to the corrected traces: one of its own, or that of all shots.
fn wavelet_filters(
    pairs: &[Muted],
    corrected: &[Vec<f64>],
    samples: usize,
    by_shot: bool,
) -> Vec<WaveletEstimate> {
    let one = |(pair, observed): (&Muted, &Vec<f64>)| {
        let mut filter = WaveletEstimate::new(samples);
        filter.add(&pair.synthetic, observed);
        filter
    };
    let own: Vec<WaveletEstimate> = pairs.iter().zip(corrected).map(one).collect();
    if by_shot {
        return own;
    }
    let mut all = WaveletEstimate::new(samples);
    own.iter().for_each(|filter| all.merge(filter));
    vec![all; pairs.len()]
}

/// `||s - o|| / ||o||` of synthetic and observed traces, over all shots.
fn relative_misfit<'t>(shots: impl Iterator<Item = [&'t [f64]; 2]>) -> f64 {
    let mut sums = [0.0; 2];
    for [s, o] in shots {
        sums[0] += s.iter().zip(o).map(|(s, o)| (s - o).powi(2)).sum::<f64>();
        sums[1] += o.iter().map(|o| o * o).sum::<f64>();
    }
    (sums[0] / sums[1]).sqrt()
}

/// The gain and the delay in s that take synthetic traces closest to observed ones.
fn fitted<'t>(
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
fn normalise(response: &mut ReceiverResponse, loud: &[bool]) {
    let of = |values: &[f64]| -> Vec<f64> {
        values.iter().zip(loud).filter(|(_, loud)| **loud).map(|(value, _)| *value).collect()
    };
    let heard = of(&response.gains);
    if heard.is_empty() {
        return;
    }
    let mean = (heard.iter().map(|gain| gain.abs().ln()).sum::<f64>() / heard.len() as f64).exp();
    let sign = if heard.iter().map(|gain| gain.signum()).sum::<f64>() < 0.0 { -1.0 } else { 1.0 };
    let middle = median(of(&response.delays));
    let all = response.gains.iter_mut().zip(&mut response.delays).zip(loud);
    for ((gain, delay), _) in all.filter(|(_, loud)| **loud) {
        *gain *= sign / mean;
        *delay -= middle;
    }
}
