//! Which frequencies of traces can be used: the spectrum after the first break against that before it.

use num_complex::Complex64;

use super::sums;
use crate::traces::Transform;

/// The smallest ratio of the powers of signal and noise at a usable frequency.
const LEAST_RATIO: f64 = 4.0;

/// The smallest amplitude of a usable frequency, as a share of the largest.
const LEAST_AMPLITUDE: f64 = 0.02;

/// The smallest ratio of the ends of a band of waves; a narrower one is a fluctuation of noise.
const NARROWEST: f64 = 1.2;

/// The shortest window of waves, in periods.
const LEAST_PERIODS: f64 = 5.0;

/// The usable frequencies of traces in Hz.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UsableBand {
    /// The lowest one.
    pub low: f64,
    /// That of the largest amplitude.
    pub peak: f64,
    /// The highest one.
    pub high: f64,
}

/// Sums of the power of signal and noise by frequency, over traces of one length.
#[derive(Debug, Clone)]
pub struct Spectra {
    transform: Transform,
    dt: f64,
    /// Power after the first break.
    signal: Vec<f64>,
    /// Power before it.
    noise: Vec<f64>,
    /// How many traces contributed to signal and noise.
    traces: [usize; 2],
    /// The samples of all their windows.
    lengths: [f64; 2],
    /// The longest window of noise in s: it says nothing of longer periods.
    longest: f64,
}

impl Spectra {
    /// No sums yet, for traces of so many samples with `dt` s between them.
    #[must_use]
    pub fn new(samples: usize, dt: f64) -> Self {
        let transform = Transform::new(samples);
        let half = transform.length() / 2 + 1;
        let (signal, noise) = (vec![0.0; half], vec![0.0; half]);
        Self { transform, dt, signal, noise, traces: [0; 2], lengths: [0.0; 2], longest: 0.0 }
    }

    /// Adds a trace. With a first break in s, what is before it is noise, but for the `period` in s before it, in which the pick may
    /// be wrong. Every trace has the same weight. A wave at the end of a record is cut off: its window does not count.
    pub fn add(&mut self, trace: &[f32], first_break: Option<f64>, period: f64) {
        let energy = sums::energy(trace);
        if !(energy > 0.0 && energy.is_finite()) {
            return;
        }
        let weight = trace.len() as f64 / energy;
        let place = |time: f64| ((time / self.dt).max(0.0) as usize).min(trace.len());
        let split = first_break.map_or(0, |time| place(time - period));
        let taper = (0.5 * period / self.dt) as usize;
        let signal = power(&self.transform, &trace[split..], taper);
        if (trace.len() - split) as f64 * self.dt >= LEAST_PERIODS * period {
            self.signal.iter_mut().zip(signal).for_each(|(sum, power)| *sum += weight * power);
            self.traces[0] += 1;
            self.lengths[0] += (trace.len() - split) as f64;
        }
        // Zeros before a late record are no quiet.
        let begin = trace.iter().position(|sample| *sample != 0.0).unwrap_or(0);
        let long = (split.saturating_sub(begin)) as f64 * self.dt;
        if long > 0.0 && long >= period {
            let noise = power(&self.transform, &trace[begin..split], taper);
            self.noise.iter_mut().zip(noise).for_each(|(sum, power)| *sum += weight * power);
            self.traces[1] += 1;
            self.lengths[1] += (split - begin) as f64;
            self.longest = self.longest.max(long);
        }
    }

    /// How many traces contributed to signal and to noise.
    #[must_use]
    pub fn traces(&self) -> [usize; 2] {
        self.traces
    }

    /// The mean frequency in Hz, weighted by power: one over the dominant period. `None` without traces.
    #[must_use]
    pub fn centroid(&self) -> Option<f64> {
        self.centroid_above(0.0)
    }

    /// The same of the frequencies above one in Hz.
    pub(super) fn centroid_above(&self, lowest: f64) -> Option<f64> {
        let frequency = |k: usize| self.transform.frequency(k, self.dt).abs();
        let above = || self.signal.iter().enumerate().filter(|(k, _)| frequency(*k) >= lowest);
        let sum: f64 = above().map(|(_, power)| power).sum();
        let weighted: f64 = above().map(|(k, power)| frequency(k) * power).sum();
        (sum > 0.0 && weighted > 0.0).then(|| weighted / sum)
    }

    /// The share of the power that is below a frequency in Hz; 1 without traces.
    pub(super) fn share_below(&self, frequency: f64) -> f64 {
        let all: f64 = self.signal.iter().sum();
        if all > 0.0 { self.below(&self.signal, frequency) / all } else { 1.0 }
    }

    /// The power per sample before first breaks below a frequency in Hz: over that after them below it, over that after them at all
    /// frequencies, and over that before them at all frequencies. `None` where one of them was not measured.
    pub(super) fn noise_below(&self, frequency: f64) -> Option<[f64; 3]> {
        let [signals, noises] = self.lengths;
        let [noise, all] = [frequency, f64::INFINITY].map(|f| self.below(&self.noise, f) / noises);
        let [waves, every] = [frequency, f64::INFINITY].map(|f| self.below(&self.signal, f) / signals);
        let ratios = [noise / waves, noise / every, noise / all];
        Some(ratios).filter(|ratios| ratios.iter().all(|ratio| ratio.is_finite()))
    }

    /// The mean frequency in Hz above one, weighted by the power after first breaks less that before them, where it is at least
    /// twice that.
    pub(super) fn centroid_of_waves(&self, lowest: f64) -> Option<f64> {
        let [signals, noises] = self.lengths.map(|samples| samples.max(1.0));
        let (mut sum, mut weighted) = (0.0, 0.0);
        for (k, (signal, noise)) in self.signal.iter().zip(&self.noise).enumerate() {
            let (frequency, left) =
                (self.transform.frequency(k, self.dt).abs(), signal / signals - noise / noises);
            if frequency >= lowest && left >= noise / noises {
                sum += left;
                weighted += left * frequency;
            }
        }
        (sum > 0.0 && weighted > 0.0).then(|| weighted / sum)
    }

    fn below(&self, power: &[f64], frequency: f64) -> f64 {
        let inside = |k: usize| self.transform.frequency(k, self.dt).abs() < frequency;
        power.iter().enumerate().filter(|(k, _)| inside(*k)).map(|(_, power)| power).sum()
    }

    /// The power per sample of signal and of noise by frequency, `[Hz, signal, noise]`, averaged like those of [`Spectra::usable`].
    /// Noise is NaN where it was not measured: without windows before first breaks, and at periods longer than these. Empty
    /// without traces.
    #[must_use]
    pub fn curves(&self) -> Vec<[f64; 3]> {
        let Some(centroid) = self.centroid() else { return Vec::new() };
        let frequency = |k: usize| self.transform.frequency(k, self.dt).abs();
        let width = (0.01 * centroid / frequency(1)).round() as usize;
        let (signal, noise) = (smooth(&self.signal, width), smooth(&self.noise, width));
        let [signals, noises] = self.lengths.map(|samples| samples.max(1.0));
        let measured = |k: usize| self.longest > 0.0 && frequency(k) * self.longest >= 1.0;
        let noise_at = |k: usize| if measured(k) { noise[k] / noises } else { f64::NAN };
        (1..signal.len()).map(|k| [frequency(k), signal[k] / signals, noise_at(k)]).collect()
    }

    /// The usable frequencies: those around the peak at which the power of the signal is at least four times that of the noise, and
    /// its amplitude 2 % of the peak or more. `None` without traces, or if there are none.
    ///
    /// Spectra are averaged over a band of one fiftieth of their centroid. At periods longer than the windows of noise, the noise
    /// is that of the longest period that they have.
    #[must_use]
    pub fn usable(&self) -> Option<UsableBand> {
        let centroid = self.centroid()?;
        let frequency = |k: usize| self.transform.frequency(k, self.dt).abs();
        let bin = frequency(1);
        let width = (0.01 * centroid / bin).round() as usize;
        let (signal, noise) = (smooth(&self.signal, width), smooth(&self.noise, width));
        let known = if self.longest > 0.0 { (1.0 / (self.longest * bin)).ceil() as usize } else { 0 };
        let [signals, noises] = self.lengths.map(|samples| samples.max(1.0));
        let noise_at = |k: usize| noise[k.max(known).min(noise.len() - 1)] / noises;
        // What is left without the noise.
        let left = |k: usize| (signal[k] / signals - noise_at(k)).max(0.0);
        let clear = |k: &usize| left(*k) > 0.0 && left(*k) >= (LEAST_RATIO - 1.0) * noise_at(*k);
        let peak = (1..signal.len()).filter(clear).max_by(|a, b| left(*a).total_cmp(&left(*b)))?;
        let usable = |k: &usize| clear(k) && left(*k) >= LEAST_AMPLITUDE.powi(2) * left(peak);
        let low = (1..=peak).rev().take_while(usable).last()?;
        let high = (peak..signal.len()).take_while(usable).last()?;
        if frequency(high) < NARROWEST * frequency(low) {
            return None;
        }
        Some(UsableBand { low: frequency(low), peak: frequency(peak), high: frequency(high) })
    }
}

/// The power of a window at positive frequencies, with ends that rise and fall like a cosine over so many samples.
fn power(transform: &Transform, window: &[f32], taper: usize) -> Vec<f64> {
    let samples = window.len();
    let taper = taper.clamp(1, (samples / 4).max(1));
    let rise =
        |i: usize| (0.5 - 0.5 * (std::f64::consts::PI * (i as f64 + 0.5) / taper as f64).cos()).max(0.0);
    let weight = |i: usize| {
        if i < taper {
            rise(i)
        } else if samples - 1 - i < taper {
            rise(samples - 1 - i)
        } else {
            1.0
        }
    };
    let tapered: Vec<f64> =
        window.iter().enumerate().map(|(i, sample)| weight(i) * f64::from(*sample)).collect();
    let half = transform.length() / 2 + 1;
    transform.spectrum(&tapered).iter().take(half).map(Complex64::norm_sqr).collect()
}

/// Means over so many neighbours on either side.
fn smooth(values: &[f64], width: usize) -> Vec<f64> {
    let mean = |k: usize| {
        let near = &values[k.saturating_sub(width)..(k + width + 1).min(values.len())];
        near.iter().sum::<f64>() / near.len() as f64
    };
    (0..values.len()).map(mean).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ricker wavelets of 12 Hz after 1.5 s, and noise that is strong below 3 Hz.
    fn spectra(noise: f64) -> Spectra {
        let (dt, samples) = (0.004, 1000);
        let mut spectra = Spectra::new(samples, dt);
        for shift in 0..20 {
            let trace: Vec<f32> = (0..samples)
                .map(|i| {
                    let t = i as f64 * dt;
                    let a = (std::f64::consts::PI * 12.0 * (t - 2.0)).powi(2);
                    let swell = [0.7, 1.3, 1.9, 2.4]
                        .map(|f: f64| (std::f64::consts::TAU * f * t + f64::from(shift) * 13.0 * f).sin());
                    ((1.0 - 2.0 * a) * (-a).exp() + noise * swell.iter().sum::<f64>()) as f32
                })
                .collect();
            spectra.add(&trace, Some(1.9), 0.1);
        }
        spectra
    }

    #[test]
    fn without_noise_the_amplitude_decides() {
        let band = spectra(0.0).usable().unwrap();
        // The spectrum f^2 exp(-f^2/fp^2) is 2 % of its peak at 1.05 and at 31 Hz.
        assert!((band.low - 1.05).abs() < 0.6, "{band:?}");
        assert!((band.peak - 12.0).abs() < 0.6, "{band:?}");
        assert!((band.high - 31.0).abs() < 1.5, "{band:?}");
    }

    #[test]
    fn noise_raises_the_lowest_frequency() {
        let band = spectra(0.1).usable().unwrap();
        assert!(band.low > 2.4 && band.low < 6.0, "{band:?}");
        assert!((band.peak - 12.0).abs() < 0.6 && band.high > 27.0, "{band:?}");
    }

    #[test]
    fn noise_alone_is_not_usable() {
        let mut spectra = Spectra::new(400, 0.004);
        assert_eq!((spectra.usable(), spectra.centroid()), (None, None));
        let mut random = 1_u32;
        for _ in 0..30 {
            let noise: Vec<f32> = (0..400)
                .map(|_| {
                    random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    (f64::from(random) / f64::from(u32::MAX) - 0.5) as f32
                })
                .collect();
            spectra.add(&noise, Some(0.8), 0.05);
        }
        assert_eq!(spectra.usable(), None);
        spectra.add(&[0.0; 400], None, 0.05);
        assert_eq!(spectra.traces(), [30, 30]);
    }
}
