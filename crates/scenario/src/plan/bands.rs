//! How much of the data is in the bands that stages filter them to.

use document::{Fault, KeyPath};

use super::InversionPlan;
use super::data::problems::BandWithoutData;
use fwi::waves_plan::{TransientPlan, WavesPlan};
use survey::data_error::DataError;
use survey::gathers::GatherFile;
use survey::observed::Observed;
use survey::processing::ProcessingChoice;
use survey::traces::{BandFilter, Transform};

/// Smallest share of the data's energy in a band over the share of the wavelet's energy there, for bands above the peak of
/// the wavelet. The earth changes the ratio by a few times; a hundred times less means that the data have been filtered.
const LEAST_ABOVE_PEAK: f64 = 1e-2;

/// The same for other bands. A free surface takes a thousand times as much energy from low frequencies as from the peak, so
/// that only much less than that means a filter.
const LEAST_BELOW_PEAK: f64 = 1e-5;

/// Smallest share of the data's energy in a band where the wavelet is estimated from the data.
const LEAST: f64 = 1e-6;

/// Most traces that are looked at.
const MOST_TRACES: usize = 2000;

/// Energy by frequency.
struct Energies {
    /// Frequency in Hz and energy.
    bins: Vec<(f64, f64)>,
    /// All energy, before any processing.
    whole: f64,
}

impl Energies {
    /// Of traces of so many samples at an interval in s.
    fn of<'t>(traces: impl Iterator<Item = &'t [f64]>, samples: usize, dt: f64) -> Self {
        let transform = Transform::new(samples);
        let half = transform.length() / 2 + 1;
        let mut bins: Vec<(f64, f64)> = (0..half).map(|k| (transform.frequency(k, dt).abs(), 0.0)).collect();
        for trace in traces {
            bins.iter_mut().zip(transform.spectrum(trace)).for_each(|((_, sum), v)| *sum += v.norm_sqr());
        }
        let whole = bins.iter().map(|(_, energy)| energy).sum();
        Self { bins, whole }
    }

    /// What the steps of a processing leave of it.
    fn processed(mut self, steps: &[ProcessingChoice]) -> Self {
        for (frequency, energy) in &mut self.bins {
            let gain: f64 = steps.iter().map(|step| step.as_dyn().gain(*frequency)).product();
            *energy *= gain * gain;
        }
        self
    }

    /// The share of all energy in a band: where the gain of its filter is at least half of the largest.
    fn share(&self, band: &BandFilter) -> f64 {
        let gains: Vec<f64> = self.bins.iter().map(|(frequency, _)| band.gain(*frequency)).collect();
        let largest = gains.iter().copied().fold(0.0, f64::max);
        let inside = self.bins.iter().zip(&gains).filter(|(_, gain)| **gain >= 0.499 * largest);
        inside.map(|((_, energy), _)| energy).sum::<f64>() / self.whole.max(f64::MIN_POSITIVE)
    }
}

/// Of the data: of all their traces, or of evenly spaced shots if there are many.
fn of_data(file: &GatherFile) -> Result<Energies, DataError> {
    let [shots, receivers, samples] = file.header.shape();
    let every = (shots * receivers).div_ceil(MOST_TRACES).clamp(1, shots);
    let mut traces = Vec::new();
    for shot in (0..shots).step_by(every) {
        let gather = file.read(shot)?;
        let finite = gather.chunks(samples).filter(|trace| trace.iter().all(|v| v.is_finite()));
        traces.extend(
            finite.take(MOST_TRACES).map(|trace| trace.iter().map(|v| f64::from(*v)).collect::<Vec<_>>()),
        );
    }
    Ok(Energies::of(traces.iter().map(Vec::as_slice), samples, file.header.dt))
}

/// Of the wavelets of all shots.
fn of_wavelet(waves: &TransientPlan) -> Energies {
    Energies::of(waves.source.all().iter().map(Vec::as_slice), waves.source.count(), waves.step)
}

/// The share of the data's energy that the processing leaves in the band of each stage that has one, by inversion and stage; empty for
/// data at frequencies.
///
/// # Errors
/// [`DataError::Hdf5`].
pub(crate) fn shares(
    observed: &Observed,
    waves: &WavesPlan,
    inversions: &[InversionPlan],
) -> Result<Vec<Vec<Option<f64>>>, DataError> {
    let (Observed::Times(file), WavesPlan::Transient(waves)) = (observed, waves) else {
        return Ok(Vec::new());
    };
    let stages = || inversions.iter().map(|inversion| &inversion.settings.stages);
    if stages().flatten().all(|stage| stage.band.is_none()) {
        return Ok(stages().map(|stages| vec![None; stages.len()]).collect());
    }
    let data = of_data(file)?.processed(&waves.processing);
    let of = |band: &Option<BandFilter>| band.as_ref().map(|band| data.share(band));
    Ok(stages().map(|stages| stages.iter().map(|stage| of(&stage.band)).collect()).collect())
}

/// Refuses a stage whose band the data do not have.
pub(super) fn check(
    observed: &Observed,
    waves: &WavesPlan,
    inversions: &[InversionPlan],
) -> Result<(), Fault> {
    let shares =
        shares(observed, waves, inversions).map_err(|error| Fault::new(KeyPath::of("data.file"), error))?;
    let WavesPlan::Transient(waves) = waves else { return Ok(()) };
    let wavelet = of_wavelet(waves);
    for (i, (inversion, shares)) in inversions.iter().zip(shares).enumerate() {
        for (k, (stage, share)) in inversion.settings.stages.iter().zip(shares).enumerate() {
            let (Some(band), Some(share)) = (&stage.band, share) else { continue };
            let of_wavelet = wavelet.share(band);
            let estimated = inversion.settings.estimate_wavelet.is_some();
            let above = band.low.is_some_and(|low| low > waves.band.peak);
            let ratio = if above { LEAST_ABOVE_PEAK } else { LEAST_BELOW_PEAK };
            let least = if estimated { LEAST } else { ratio * of_wavelet };
            if share < least {
                let at = KeyPath::of("inversions").index(i).key("stages").index(k).key("band");
                let band = [band.low.unwrap_or(0.0), band.high.unwrap_or(f64::INFINITY)];
                return Err(Fault::new(at, BandWithoutData { band, share, of_wavelet, least }));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use survey::processing::BandPass;

    /// Two waves of equal energy, at 5 and at 20 Hz: half of it is in either band, and next to nothing between them.
    #[test]
    fn shares_of_two_waves() {
        let (n, dt) = (2000, 0.002);
        let wave = |f: f64| -> Vec<f64> {
            let window = |t: f64| (-(3.0 * (t - 2.0)).powi(2) / 8.0).exp();
            (0..n)
                .map(|i| f64::from(i) * dt)
                .map(|t| window(t) * (std::f64::consts::TAU * f * t).sin())
                .collect()
        };
        let traces = [wave(5.0), wave(20.0)];
        let energies = Energies::of(traces.iter().map(Vec::as_slice), n as usize, dt);
        let share = |low: Option<f64>, high: Option<f64>| energies.share(&BandFilter { low, high, order: 4 });
        assert!((share(None, Some(10.0)) - 0.5).abs() < 1e-6);
        assert!((share(Some(15.0), Some(30.0)) - 0.5).abs() < 1e-6);
        assert!(share(Some(9.0), Some(14.0)) < 1e-6);
        assert!((share(None, None) - 1.0).abs() < 1e-12);
        // A processing that passes the upper wave alone leaves next to nothing of the lower one.
        let upper = BandPass(BandFilter { low: Some(12.0), high: None, order: 8 });
        let left = energies.processed(&[ProcessingChoice::BandPass(upper)]);
        let share = |low: Option<f64>, high: Option<f64>| left.share(&BandFilter { low, high, order: 4 });
        assert!((share(Some(15.0), Some(30.0)) - 0.5).abs() < 1e-3 && share(None, Some(10.0)) < 1e-6);
    }
}
