//! Which frequencies are inverted, from low to high.

use survey::import::segy::SegyImport;

/// Octaves from the lowest usable frequency to the highest one that is suggested, at least and at most, as factors.
const WIDTH: [f64; 2] = [4.0, 8.0];
/// The largest factor from one stage to the next.
const FACTOR: f64 = 2.0;
/// The most that the highest frequency may be over the sampling frequency, so that the wavelet around it is sampled.
const SAMPLED: f64 = 0.2;
/// The peak of a Ricker wavelet over the highest frequency: at that one it still has half of its largest amplitude.
const RICKER: f64 = 1.0 / 1.6;

/// Frequencies in Hz.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Bands {
    /// The lowest frequency.
    pub low: f64,
    /// The highest frequency of each stage, rising.
    pub stages: Vec<f64>,
    /// The usable frequencies of the data: lowest, peak, highest.
    pub usable: Option<[f64; 3]>,
    /// How many traces had a window before their first break in which noise was measured.
    pub noise_windows: usize,
}

impl Bands {
    /// From the spectra of the data, for records of a length in s.
    pub(super) fn of(import: &SegyImport, duration: f64) -> Self {
        let usable = import.quality.spectra.usable().map(|band| [band.low, band.peak, band.high]);
        let guess = 1.0 / import.quality.subject.period;
        let [lowest, peak, highest] = usable.unwrap_or([guess / 3.0, guess, 2.0 * guess]);
        // Records do not resolve waves that fill half of them.
        let low = round(lowest.max(2.0 / duration));
        let high = highest.min(SAMPLED / import.dt);
        let last = peak.clamp(WIDTH[0] * low, WIDTH[1] * low).min(high).max(1.5 * low);
        Self { low, stages: stages(low, last), usable, noise_windows: import.quality.spectra.traces()[1] }
    }

    /// A frequency below which noise is removed, not above the lowest one of the stages.
    pub(super) fn below_waves(&self, corner: f64) -> f64 {
        round(corner.min(self.low))
    }

    /// The highest frequency of the last stage.
    pub(super) fn last(&self) -> f64 {
        self.stages[self.stages.len() - 1]
    }

    /// The frequency of the Ricker wavelet that has all of these frequencies.
    pub(super) fn ricker(&self) -> f64 {
        round(RICKER * self.last())
    }

    /// Lowers the highest frequency; false if it is near the lowest one.
    pub(super) fn lower(&mut self) -> bool {
        let last = 0.8 * self.last();
        if last < 1.5 * self.low {
            return false;
        }
        self.stages = stages(self.low, last);
        true
    }
}

/// Up to three stages, in equal factors, from twice the lowest frequency.
fn stages(low: f64, last: f64) -> Vec<f64> {
    let first = (2.0 * low).min(last);
    let more = ((last / first).log2() / FACTOR.log2()).ceil().clamp(0.0, 2.0);
    let step = |k: i32| first * (last / first).powf(f64::from(k) / more.max(1.0));
    let mut stages: Vec<f64> = (0..=more as i32).map(step).map(round).collect();
    stages.dedup();
    stages
}

/// Two digits.
fn round(frequency: f64) -> f64 {
    let unit = 10_f64.powf(frequency.log10().floor() - 1.0);
    document::numbers::precise((frequency / unit).round() * unit).parse().unwrap_or(frequency)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_rise_to_the_last() {
        assert_eq!(stages(3.0, 24.0), [6.0, 12.0, 24.0]);
        assert_eq!(stages(3.0, 10.0), [6.0, 10.0]);
        assert_eq!(stages(3.0, 4.5), [4.5]);
        assert_eq!(stages(2.0, 30.0), [4.0, 11.0, 30.0]);
    }
}
