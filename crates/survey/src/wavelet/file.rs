//! A wavelet from a file: npy, or a column of a text file.

use std::path::{Path, PathBuf};

use document::problems::BadName;
use document::{CheckSettings, Fault, KeyPath, Unit, positive, within};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Emitted, Wavelet, ricker};
use crate::data_error::DataError;
use crate::npy::{self, Values};
use crate::traces::Transform;

/// Samples from a file, the first at t = 0, brought to the step of the simulation.
///
/// Between the samples they are interpolated by their Fourier series with zeros after them; frequencies above the
/// Nyquist frequency of a coarser step are left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// The file, relative to the scenario: `.npy` with one axis, or with the axes shot and time where every shot has its own
    /// wavelet; or text with one sample a line.
    pub path: PathBuf,
    /// Time between the samples in s.
    pub dt: f64,
    /// Column of a text file, from 0; commas, semicolons or blanks separate them.
    #[serde(default)]
    pub column: usize,
    /// Factor on the samples.
    #[serde(default = "ricker::one")]
    pub amplitude: f64,
}

impl CheckSettings for File {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        positive(&at.key("dt"), self.dt, Unit::Second)?;
        if self.path.as_os_str().is_empty() {
            return Err(Fault::new(at.key("path"), BadName { found: String::new() }));
        }
        within(&at.key("amplitude"), self.amplitude, [-1e30, 1e30], Unit::None)
    }
}

impl File {
    /// The samples in the file, of one wavelet or one for every shot.
    ///
    /// # Errors
    /// [`DataError`] for a file that is missing, has other contents, or contains something else where a number is
    /// expected.
    pub fn read(&self, folder: &Path) -> Result<Emitted, DataError> {
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
                    let (found, expected) = (array.dtype, "f4 or f8 (NumPy float32 or float64)");
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
            let text = std::fs::read_to_string(&path).map_err(|e| DataError::reading(&path, e))?;
            column(&text, self.column).map_err(|problem| DataError::Text { path: path.clone(), problem })?
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
                Emitted::ByShot(values.chunks(values.len() / shots).map(<[f64]>::to_vec).collect())
            }
            None => Emitted::Shared(values),
        })
    }
}

/// The numbers of a column. Empty lines and those that begin with `#` do not count, nor does a first line of names.
fn column(text: &str, column: usize) -> Result<Vec<f64>, String> {
    let mut values = Vec::new();
    let lines = text.lines().enumerate().filter(|(_, line)| {
        let line = line.trim();
        !line.is_empty() && !line.starts_with('#')
    });
    for (rank, (number, line)) in lines.enumerate() {
        let separators = |c: char| c == ',' || c == ';' || c.is_whitespace();
        let mut words = line.split(separators).filter(|word| !word.is_empty());
        let count = words.clone().count();
        let number = number + 1;
        let Some(word) = words.nth(column) else {
            return Err(format!("line {number} has {count} columns and no column {column} (counted from 0)"));
        };
        match word.parse() {
            Ok(value) => values.push(value),
            Err(_) if rank == 0 => {}
            Err(_) => return Err(format!("line {number}: `{word}` is not a number")),
        }
    }
    Ok(values)
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
    let frequencies = 1..length / 2;
    let kept: Vec<usize> = frequencies.filter(|&k| transform.frequency(k, from) < nyquist).collect();
    let end = (2 * trace.len()) as f64 * from;
    (0..steps)
        .map(|n| {
            let t = n as f64 * to;
            if t >= end {
                return 0.0;
            }
            let angle = |k: usize| std::f64::consts::TAU * transform.frequency(k, from) * t;
            let term = |&k: &usize| {
                let (sin, cos) = angle(k).sin_cos();
                2.0 * (spectrum[k].re * cos - spectrum[k].im * sin)
            };
            (spectrum[0].re + kept.iter().map(term).sum::<f64>()) / length as f64
        })
        .collect()
}

impl Wavelet for File {
    fn samples(&self, folder: &Path, dt: f64, steps: usize) -> Result<Vec<f64>, DataError> {
        Ok(resample(self.read(folder)?.of(0), self.dt, dt, steps))
    }

    fn emitted(&self, folder: &Path, dt: f64, steps: usize) -> Result<Emitted, DataError> {
        Ok(self.read(folder)?.map(|wavelet| resample(wavelet, self.dt, dt, steps)))
    }

    fn extent(&self, folder: &Path) -> Result<[f64; 2], DataError> {
        Ok([self.dt, self.dt * self.read(folder)?.count() as f64])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Text with names, comments and other columns; and what is wrong with other text, by line.
    #[test]
    fn text_files() {
        let text = "# by hand\ntime, pressure\n0.0, 1.5\n0.1, -2e-3\n\n0.2;7\n";
        assert_eq!(column(text, 1), Ok(vec![1.5, -2e-3, 7.0]));
        assert_eq!(column("1\n2\nx\n", 0), Err("line 3: `x` is not a number".to_owned()));
        let missing = "line 1 has 2 columns, there is no column 4 (from 0)";
        assert_eq!(column("1 2\n", 4), Err(missing.to_owned()));
    }

    /// Two axes are shots and samples; the band is that of all shots.
    #[test]
    fn wavelets_by_shot() {
        let folder = tempfile::tempdir().unwrap();
        let sine = |f: f64| (0..200).map(move |n| (f * f64::from(n) * 1e-3 * std::f64::consts::TAU).sin());
        let values: Vec<f64> = sine(10.0).chain(sine(40.0)).collect();
        std::fs::write(folder.path().join("w.npy"), npy::encode(&[2, 200], &values)).unwrap();
        let file = File { path: "w.npy".into(), dt: 1e-3, column: 0, amplitude: 2.0 };
        let emitted = file.emitted(folder.path(), 1e-3, 150).unwrap();
        assert_eq!((emitted.all().len(), emitted.count()), (2, 150));
        assert_eq!(emitted.of(1)[3], 2.0 * values[203]);
        assert_eq!(file.samples(folder.path(), 1e-3, 150).unwrap(), emitted.of(0));
        let band = super::super::band(&file, folder.path()).unwrap().unwrap();
        assert!(band.low < 10.0 && band.high > 40.0, "{band:?}");
    }

    /// For a file with NaN the error names the sample, for one with three axes the shape.
    #[test]
    fn faults_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let read = |name: &str, bytes: &[u8]| {
            std::fs::write(folder.path().join(name), bytes).unwrap();
            let file = File { path: name.into(), dt: 0.001, column: 0, amplitude: 1.0 };
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
