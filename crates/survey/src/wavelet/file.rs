//! A wavelet from a file: npy, or a column of a text file.

use std::path::{Path, PathBuf};

use document::problems::BadName;
use document::{CheckSettings, Fault, KeyPath, Unit};
use num_complex::Complex64;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{SourceWavelets, Wavelet, ricker};
use crate::data_error::DataError;
use crate::npy::{self, Values};
use crate::ranges;
use crate::traces::{Transform, fourier_sum};
use crate::{input_file, text_column};

/// Samples from a file, the first at t = 0, resampled to the time step of the simulation.
///
/// The samples are interpolated by their Fourier series, padded with zeros. Frequencies above the Nyquist frequency
/// of a coarser step are left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// The file, relative to the scenario. A `.npy` file has one axis, or the axes shot and time when every shot
    /// has its own wavelet. A text file has one sample a line.
    pub path: PathBuf,
    /// Time between the samples.
    #[schemars(transform = ranges::duration())]
    pub dt: f64,
    /// Column of a text file that has several, from 0. Commas, semicolons or blanks separate the columns. If the first column
    /// contains times, they must begin at 0 and step by `dt`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = Unit::None.within(0.0, 10000.0))]
    pub column: Option<usize>,
    /// Factor on the samples.
    #[serde(default = "ricker::one")]
    #[schemars(transform = ranges::amplitude())]
    pub amplitude: f64,
}

impl CheckSettings for File {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        if self.path.as_os_str().is_empty() {
            return Err(Fault::new(at.key("path"), BadName { found: String::new() }));
        }
        ricker::audible(at, self.amplitude)
    }
}

impl File {
    /// The samples in the file, of one wavelet or one for every shot.
    ///
    /// # Errors
    /// [`DataError`] for a file that is missing, has other contents, or contains something else where a number is
    /// expected.
    pub fn read(&self, folder: &Path) -> Result<SourceWavelets, DataError> {
        let path = folder.join(&self.path);
        let mut shots = None;
        let values = if path.extension().is_some_and(|ending| ending == "npy") {
            let array = npy::read(&path)?;
            let length = array.shape.iter().product::<usize>();
            match array.values {
                Values::Real(values) if array.shape.iter().all(|n| *n == 1 || *n == length) => values,
                Values::Real(values) if array.shape.len() == 2 && length > 0 => {
                    shots = Some(array.shape[0]);
                    values
                }
                Values::Complex(_) => {
                    let (found, expected) = (array.dtype, "real numbers");
                    return Err(DataError::Type { path, dataset: "array".to_owned(), found, expected });
                }
                Values::Real(_) => {
                    return Err(DataError::Shape {
                        path,
                        dataset: "array".to_owned(),
                        axes: "[time] or [shot, time]",
                        found: array.shape,
                        expected: "one axis or two".to_owned(),
                    });
                }
            }
        } else {
            let text = input_file::text(&path)?;
            // Lines and numbers take many times the bytes of the text.
            input_file::require(&path, 30 * text.len() as u64, "the text of the file")?;
            let column = text_column::column(&text, self.column, self.dt);
            column.map_err(|problem| DataError::Text { path: path.clone(), problem })?
        };
        if let Some(i) = values.iter().position(|v| !v.is_finite()) {
            let (dataset, value) = ("wavelet".to_owned(), values[i].to_string());
            return Err(DataError::NotFinite { path, dataset, value, index: format!("sample {i}") });
        }
        if values.is_empty() {
            return Err(DataError::Text { path, problem: "no samples".to_owned() });
        }
        let values: Vec<f64> = values.iter().map(|v| v * self.amplitude).collect();
        Ok(match shots {
            Some(shots) => {
                SourceWavelets::ByShot(values.chunks(values.len() / shots).map(<[f64]>::to_vec).collect())
            }
            None => SourceWavelets::Shared(values),
        })
    }
}

/// Samples at another interval, by the Fourier series of the padded trace.
pub fn resample(trace: &[f64], from: f64, to: f64, steps: usize) -> Vec<f64> {
    if (from / to - 1.0).abs() < 1e-12 {
        let mut samples = trace.to_vec();
        samples.resize(steps, 0.0);
        return samples;
    }
    let transform = Transform::new(trace.len());
    let spectrum = transform.spectrum(trace);
    let length = transform.length();
    let nyquist = 0.5 / to;
    let kept = (1..=length / 2).take_while(|&k| transform.frequency(k, from) < nyquist).count();
    let end = (2 * trace.len()) as f64 * from;
    let within = (0..steps).take_while(|n| (*n as f64 * to) < end).count();
    // Positive and negative frequencies together; there is only one zero and one highest frequency.
    let weight = |k: usize| if k == 0 || 2 * k == length { 1.0 } else { 2.0 };
    let coefficients: Vec<Complex64> = (0..=kept).map(|k| weight(k) * spectrum[k]).collect();
    let sums = fourier_sum(&coefficients, to / (from * length as f64), within);
    let mut samples: Vec<f64> = sums.iter().map(|sum| sum.re / length as f64).collect();
    samples.resize(steps, 0.0);
    samples
}

impl Wavelet for File {
    fn samples(&self, folder: &Path, dt: f64, steps: usize) -> Result<Vec<f64>, DataError> {
        Ok(resample(self.read(folder)?.of(0), self.dt, dt, steps))
    }

    fn emitted(&self, folder: &Path, dt: f64, steps: usize) -> Result<SourceWavelets, DataError> {
        Ok(self.read(folder)?.map(|wavelet| resample(wavelet, self.dt, dt, steps)))
    }

    fn extent(&self, folder: &Path) -> Result<[f64; 2], DataError> {
        Ok([self.dt, self.dt * self.read(folder)?.count() as f64])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two axes are shots and their samples; the band is that of all.
    #[test]
    fn wavelets_by_shot() {
        let folder = tempfile::tempdir().unwrap();
        let sine = |f: f64| (0..200).map(move |n| (f * f64::from(n) * 1e-3 * std::f64::consts::TAU).sin());
        let values: Vec<f64> = sine(10.0).chain(sine(40.0)).collect();
        std::fs::write(folder.path().join("w.npy"), npy::encode(&[2, 200], &values)).unwrap();
        let file = File { path: "w.npy".into(), dt: 1e-3, column: None, amplitude: 2.0 };
        let emitted = file.emitted(folder.path(), 1e-3, 150).unwrap();
        assert_eq!((emitted.all().len(), emitted.count()), (2, 150));
        assert_eq!(emitted.of(1)[3], 2.0 * values[203]);
        assert_eq!(file.samples(folder.path(), 1e-3, 150).unwrap(), emitted.of(0));
        let band = super::super::band(&file, folder.path()).unwrap().unwrap();
        assert!(band.low < 10.0 && band.high > 40.0, "{band:?}");
    }

    /// One wavelet as the texts of several programs: a byte-order mark, UTF-16, other ends of lines, exponents of Fortran, decimal
    /// commas behind a heading. Each gives all its samples, the first at t = 0, also at a shorter time step.
    #[test]
    fn texts_of_other_programs() {
        let folder = tempfile::tempdir().unwrap();
        let trace: Vec<f64> =
            (0..120).map(|n| -174.8 * (0.05 * f64::from(n)).cos() * (-0.04 * f64::from(n)).exp()).collect();
        let lines = |end: &str, write: &dyn Fn(f64) -> String| {
            trace.iter().map(|v| write(*v) + end).collect::<String>()
        };
        let plain = |v: f64| format!("{v:.9}");
        let fortran = |v: f64| format!("{v:.12E}").replace('E', "D");
        let marked = format!("\u{feff}{}", lines("\r\n", &plain));
        let wide: Vec<u8> = marked.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let first_only = lines("\n", &plain).replacen(&plain(trace[0]), &fortran(trace[0]), 1);
        let german =
            format!("Zeit;Druck\n{}", lines("\n", &|v| format!("0,5;{}", plain(v).replace('.', ","))));
        for (name, bytes, column) in [
            ("plain.txt", lines("\n", &plain).into_bytes(), None),
            ("marked.txt", marked.clone().into_bytes(), None),
            ("wide.txt", wide, None),
            ("cr.txt", lines("\r", &plain).into_bytes(), None),
            ("fortran.txt", lines("\n", &fortran).into_bytes(), None),
            ("first.txt", first_only.into_bytes(), None),
            ("german.csv", german.into_bytes(), Some(1)),
        ] {
            std::fs::write(folder.path().join(name), bytes).unwrap();
            let file = File { path: name.into(), dt: 2e-3, column, amplitude: 1.0 };
            let fine = file.samples(folder.path(), 5e-4, 480).unwrap();
            for (n, value) in trace.iter().enumerate() {
                assert!((fine[4 * n] - value).abs() < 1e-8, "{name}, {n}: {} {value}", fine[4 * n]);
            }
        }
    }

    /// At a finer interval the samples of the file come back at their times, also those of a wavelet that is not small at its
    /// beginning.
    #[test]
    fn resampling_keeps_the_samples() {
        let trace: Vec<f64> =
            (0..60).map(|n| (0.3 * f64::from(n)).cos() / (1.0 + 0.1 * f64::from(n))).collect();
        let fine = resample(&trace, 2e-3, 5e-4, 240);
        for (n, value) in trace.iter().enumerate() {
            assert!((fine[4 * n] - value).abs() < 1e-12, "{n}: {} {value}", fine[4 * n]);
        }
    }

    /// A file with NaN names the sample, one of three axes its shape.
    #[test]
    fn faults_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let read = |name: &str, bytes: &[u8]| {
            std::fs::write(folder.path().join(name), bytes).unwrap();
            let file = File { path: name.into(), dt: 0.001, column: None, amplitude: 1.0 };
            file.read(folder.path()).unwrap_err().to_string()
        };
        assert!(read("a.txt", b"1\n2\nNaN\n").ends_with("a.txt: wavelet is NaN at sample 2"));
        let deep = npy::encode(&[2, 3, 2], &[0.0; 12]);
        assert!(
            read("a.npy", &deep)
                .contains("shape [2, 3, 2], expected [time] or [shot, time] = one axis or two")
        );
        assert!(read("b.csv", b"# nothing\n").ends_with("b.csv: no samples"));
    }
}
