//! Source wavelets: the signal of a source over time. One file each in `wavelet/`.

use std::path::Path;

use document::CheckSettings;

use crate::data_error::DataError;
use crate::per_shot::PerShot;
use crate::traces::Band;

pub mod file;
pub mod gaussian;
pub mod ormsby;
pub mod ricker;

pub use file::File;
pub use gaussian::Gaussian;
pub use ormsby::Ormsby;
pub use ricker::Ricker;

/// A source wavelet.
pub trait Wavelet: CheckSettings + Sync {
    /// Samples at `t = n dt`.
    ///
    /// # Shapes
    /// `[time]`, `steps` of them.
    ///
    /// # Units
    /// `dt` in s. Files are relative to `folder`.
    ///
    /// # Errors
    /// [`DataError`] of a wavelet file.
    fn samples(&self, folder: &Path, dt: f64, steps: usize) -> Result<Vec<f64>, DataError>;

    /// The same samples for every shot, or separate samples for each.
    ///
    /// # Errors
    /// As [`Wavelet::samples`].
    fn emitted(&self, folder: &Path, dt: f64, steps: usize) -> Result<SourceWavelets, DataError> {
        self.samples(folder, dt, steps).map(SourceWavelets::Shared)
    }

    /// A time step in s that resolves all its frequencies, and the time in s at which it ends.
    ///
    /// # Errors
    /// [`DataError`] of a wavelet file.
    fn extent(&self, folder: &Path) -> Result<[f64; 2], DataError>;
}

/// The source wavelets of shots: samples over time.
pub type SourceWavelets = PerShot<f64>;

document::choices! {
    /// A source wavelet.
    #[derive(PartialEq)]
    pub enum WaveletChoice: dyn Wavelet {
        ricker => Ricker,
        ormsby => Ormsby,
        gaussian => Gaussian,
        file => File,
    }
}

/// The frequency band of a wavelet, of all shots together, which a grid must carry; `None` if the wavelet of any shot
/// is silent.
///
/// # Errors
/// [`DataError`] of a wavelet file.
pub fn band(wavelet: &dyn Wavelet, folder: &Path) -> Result<Option<Band>, DataError> {
    let [dt, end] = wavelet.extent(folder)?;
    let steps = (end / dt).ceil() as usize + 1;
    let emitted = wavelet.emitted(folder, dt, steps)?;
    let bands: Option<Vec<Band>> = emitted.all().iter().map(|shot| Band::of(shot, dt)).collect();
    Ok(bands.and_then(|bands| bands.into_iter().reduce(Band::and)))
}

/// The time in s at which each wavelet, one for all shots or that of each, has emitted a share of its energy.
///
/// # Errors
/// [`DataError`] of a wavelet from a file.
pub fn onsets(wavelet: &dyn Wavelet, folder: &Path, share: f64) -> Result<Vec<f64>, DataError> {
    let [dt, end] = wavelet.extent(folder)?;
    let steps = (end / dt).ceil() as usize + 1;
    let onset = |samples: &Vec<f64>| {
        let all: f64 = samples.iter().map(|s| s * s).sum();
        let mut emitted = 0.0;
        let first = samples.iter().position(|s| {
            emitted += s * s;
            emitted >= share * all
        });
        dt * first.unwrap_or(0) as f64
    };
    Ok(wavelet.emitted(folder, dt, steps)?.all().iter().map(onset).collect())
}

/// Samples of a function of time.
fn sampled(dt: f64, steps: usize, value: impl Fn(f64) -> f64) -> Vec<f64> {
    (0..steps).map(|n| value(n as f64 * dt)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(folder: &Path) -> Vec<WaveletChoice> {
        let ricker = Ricker { frequency: 10.0, delay: None, amplitude: 1.0 };
        let samples = ricker.samples(folder, 1e-3, 300).unwrap();
        std::fs::write(folder.join("w.npy"), crate::npy::encode(&[300], &samples)).unwrap();
        vec![
            WaveletChoice::Ricker(ricker),
            WaveletChoice::Ormsby(Ormsby { corners: [2.0, 5.0, 20.0, 30.0], delay: None, amplitude: 1.0 }),
            WaveletChoice::Gaussian(Gaussian { frequency: 10.0, derivative: 1, delay: None, amplitude: 1.0 }),
            WaveletChoice::File(File { path: "w.npy".into(), dt: 1e-3, column: None, amplitude: 1.0 }),
        ]
    }

    #[test]
    fn every_file_is_listed() {
        let folder = tempfile::tempdir().unwrap();
        document::choices::assert_rows_have_files(
            concat!(env!("CARGO_MANIFEST_DIR"), "/src/wavelet"),
            WaveletChoice::NAMES.iter().copied(),
        );
        assert_eq!(all(folder.path()).len(), WaveletChoice::NAMES.len());
    }

    /// Every wavelet starts and ends near zero, has a peak of 1, and has the same values for any time step.
    #[test]
    fn every_wavelet() {
        let folder = tempfile::tempdir().unwrap();
        for choice in all(folder.path()) {
            let wavelet = choice.as_dyn();
            let samples = |dt: f64, steps: usize| wavelet.samples(folder.path(), dt, steps).unwrap();
            let [dt, end] = wavelet.extent(folder.path()).unwrap();
            let fine = samples(1e-4, (end / 1e-4) as usize);
            let peak = fine.iter().fold(0.0_f64, |a, v| a.max(v.abs()));
            assert!((peak - 1.0).abs() < 1e-3, "{} {peak}", choice.name());
            assert!(fine[0].abs() < 1e-6 && fine[fine.len() - 1].abs() < 1e-6, "{}", choice.name());
            let coarse = samples(1e-3, (end / 1e-3) as usize);
            // The file contains every tenth sample of a wavelet cut off at 1e-7.
            assert!(coarse.iter().zip(fine.iter().step_by(10)).all(|(a, b)| (a - b).abs() < 1e-5));
            let band = band(wavelet, folder.path()).unwrap().unwrap();
            assert!(band.high > 15.0 && band.high < 0.5 / dt, "{} {band:?}", choice.name());
        }
    }
}
