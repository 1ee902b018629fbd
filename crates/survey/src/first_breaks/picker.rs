//! Picking of first breaks by the ratio of energies after and before a sample.

use super::onset;
use super::swell::Swell;

/// A first break.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Onset {
    /// Its time in s.
    pub time: f64,
    /// The energy in a period after it over that before it.
    pub ratio: f64,
}

/// Picks first breaks in traces of one sample interval.
///
/// At every sample the mean energy of the period after it is divided by the mean energy of five periods before it, to which
/// 1e-5 of the largest energy of the trace is added. Samples before the record count as those of its quiet periods, the lowest tenth.
/// The first break is where this ratio first reaches the cube root of its maximum,
/// and 6: the largest ratio within a period from there. A trace whose largest ratio is below 10 has no clear first break.
///
/// Noise of long periods is removed first. The ratio finds the wave, and noise moves its maximum by a tenth of a period and more. The time of the first break is the
/// `onset` near it.
///
/// # Source
/// Coppens, Geophysical Prospecting 33 (1985), 1212-1231; Wong, Han, Bancroft and Stewart, CREWES Research Report 21 (2009).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Picker {
    dt: f64,
    /// Samples of a period.
    window: usize,
    swell: Swell,
    /// For swell as strong as the waves: applied twice.
    steep: Option<Swell>,
}

/// Windows before a sample over the window after it.
const BEFORE: usize = 5;
/// The share of periods that are quieter than what stands for samples before the record.
const QUIET: f64 = 0.1;
/// What is added to the energy before a sample, as a share of the largest energy in a window.
const FLOOR: f64 = 1e-5;
/// The smallest ratio that begins a first break.
const REACHED: f64 = 6.0;
/// The smallest ratio of a clear first break.
const CLEAR: f64 = 10.0;

impl Picker {
    /// For traces with `dt` s between samples, whose dominant period is `period` s.
    #[must_use]
    pub fn new(dt: f64, period: f64) -> Self {
        Self::above(dt, period, None)
    }

    /// The same after strong noise below a frequency in Hz is removed, if there is one.
    #[must_use]
    pub fn above(dt: f64, period: f64, lowest: Option<f64>) -> Self {
        let swell = Swell::new(dt, period.max(2.0 * dt));
        let steep = lowest.map(|lowest| Swell::at(dt, lowest));
        Self { dt, window: ((period / dt).round() as usize).max(2), swell, steep }
    }

    /// The first break of a trace; `None` if none is clear.
    #[must_use]
    pub fn pick(&self, trace: &[f32]) -> Option<Onset> {
        // A record that begins later is zero before: its first sample is no arrival.
        let first = trace.iter().position(|sample| *sample != 0.0)?;
        let trace = &trace[first..];
        let removed = match &self.steep {
            Some(steep) => steep.removed(&steep.removed(trace)),
            None => self.swell.removed(trace),
        };
        let trace = &removed[..];
        let mut sums = Vec::with_capacity(trace.len() + 1);
        sums.push(0.0);
        let mut sum = 0.0;
        for sample in trace {
            sum += f64::from(*sample).powi(2);
            sums.push(sum);
        }
        let (samples, window) = (sums.len() - 1, self.window);
        if samples < 2 * window || !sum.is_finite() {
            return None;
        }
        let energy = |(end, begin): (&f64, &f64)| (end - begin) / window as f64;
        let after: Vec<f64> = sums[window..].iter().zip(&sums).map(energy).collect();
        let last = samples - window;
        let floor = FLOOR * largest(&after);
        let mut energies: Vec<f64> = after.iter().copied().step_by(window).collect();
        energies.sort_by(f64::total_cmp);
        let quiet = energies[(QUIET * energies.len() as f64) as usize];
        // At least a quarter of a period before a pick shows that there is less energy.
        let (first_ratio, long) = ((window / 4).max(1), BEFORE * window);
        let begun = (first_ratio..=last.min(long - 1)).map(|i| {
            let before = (sums[i] + (long - i) as f64 * quiet) / long as f64;
            after[i] / (before + floor)
        });
        let mut ratios: Vec<f64> = begun.collect();
        let whole = after.iter().zip(&sums).skip(long).zip(&sums);
        ratios.extend(whole.map(|((after, end), begin)| after / ((end - begin) / long as f64 + floor)));
        let largest = largest(&ratios);
        if largest < CLEAR {
            return None;
        }
        let start = ratios.iter().position(|ratio| *ratio >= largest.cbrt().max(REACHED))?;
        let near = &ratios[start..(start + window).min(ratios.len())];
        let best = near.iter().copied().zip(0..).max_by(|a, b| a.0.total_cmp(&b.0))?;
        let sample = first_ratio + start + best.1;
        let onset = first + onset::near(trace, sample, window);
        Some(Onset { time: onset as f64 * self.dt, ratio: best.0 })
    }
}

/// The largest of numbers from 0 on, in several parts at a time; 0 without any.
fn largest(values: &[f64]) -> f64 {
    let larger = |a: f64, b: f64| if b > a { b } else { a };
    let (parts, rest) = values.as_chunks::<8>();
    let mut found = [0.0; 8];
    for part in parts {
        found.iter_mut().zip(part).for_each(|(most, value)| *most = larger(*most, *value));
    }
    found.into_iter().chain(rest.iter().copied()).fold(0.0, larger)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A Ricker wavelet of 10 Hz at a time, a stronger one later, and noise before and after.
    fn trace(onset: f64, noise: f64) -> Vec<f32> {
        let ricker = |t: f64| {
            let a = (std::f64::consts::PI * 10.0 * t).powi(2);
            (1.0 - 2.0 * a) * (-a).exp()
        };
        let mut random = 12_345_u32;
        (0..1000)
            .map(|i| {
                let t = 0.004 * f64::from(i);
                random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let uniform = f64::from(random) / f64::from(u32::MAX) - 0.5;
                (ricker(t - onset - 0.1) + 4.0 * ricker(t - onset - 1.5) + noise * uniform) as f32
            })
            .collect()
    }

    #[test]
    fn the_first_wave_is_picked() {
        let picker = Picker::new(0.004, 0.1);
        for onset in [0.3, 0.8, 1.6] {
            for noise in [0.0, 0.02, 0.2] {
                let found = picker.pick(&trace(onset, noise)).unwrap();
                // The wavelet rises over its first period.
                assert!((found.time - onset - 0.03).abs() < 0.06, "{onset} {noise}: {found:?}");
            }
        }
    }

    #[test]
    fn noise_and_silence_have_no_first_break() {
        let picker = Picker::new(0.004, 0.1);
        let noise: Vec<f32> = trace(100.0, 1.0);
        assert_eq!(picker.pick(&noise), None);
        assert_eq!(picker.pick(&[0.0; 500]), None);
        assert_eq!(picker.pick(&[f32::NAN; 500]), None);
        assert_eq!(picker.pick(&[1.0; 3]), None);
    }

    /// Noise of periods eight times as long, seven times as strong as other noise, does not matter.
    #[test]
    fn swell_does_not_matter() {
        let picker = Picker::new(0.004, 0.1);
        for onset in [0.5, 0.8, 1.6] {
            for phase in 0..12 {
                let mut trace = trace(onset, 0.02);
                let swell = |i: usize| {
                    (std::f64::consts::TAU * (0.004 * i as f64 / 0.8 + f64::from(phase) / 12.0)).sin()
                };
                trace.iter_mut().enumerate().for_each(|(i, sample)| *sample += 0.15 * swell(i) as f32);
                let found = picker.pick(&trace).unwrap();
                assert!((found.time - onset - 0.03).abs() < 0.06, "{onset} {phase}: {found:?}");
            }
        }
    }

    #[test]
    fn the_beginning_of_a_late_record_is_no_first_break() {
        let mut late = trace(1.6, 0.2);
        late[..150].fill(0.0);
        let found = Picker::new(0.004, 0.1).pick(&late).unwrap();
        assert!((found.time - 1.63).abs() < 0.06, "{found:?}");
    }
}
