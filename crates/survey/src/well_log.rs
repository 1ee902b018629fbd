//! Velocities measured in a well.
//!
//! A log is a LAS file (1.2 or 2.0), whose curve of P-wave velocity or sonic slowness is taken, or text with a line of column names and
//! one sample a line:
//!
//! ```text
//! depth,velocity
//! 100,1850
//! 110,1872.5
//! ```
//!
//! Commas, semicolons or tabs separate columns, and lines that begin with `#` are comments. Depths are in m and velocities in m/s unless
//! the names say otherwise, as in `depth_ft` or `dt (us/ft)`. Samples without a value are left out.

use std::path::{Path, PathBuf};

use gridfiles::log::{Quantity, columns, las};

use crate::data_error::DataError;
use crate::input_file;

/// A velocity log.
///
/// # Units
/// Depths z in m, rising; velocities in m/s.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Log {
    /// The depths.
    pub depth: Vec<f64>,
    /// The velocities there.
    pub velocity: Vec<f64>,
}

impl Log {
    /// Reads a log; its velocities have to be in a range in m/s.
    ///
    /// # Errors
    /// [`DataError::GridFile`] with the line, [`DataError::Text`] for another quantity or a single sample, [`DataError::Range`] for velocities
    /// outside; errors of the file.
    pub fn read(path: &Path, plausible: [f64; 2]) -> Result<Log, DataError> {
        let ending = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
        // Pipes and devices are no files.
        let bytes = input_file::text(path)?.into_bytes();
        let read = if ending == "las" {
            las::File::from_bytes(path, bytes).and_then(|file| file.log(None))
        } else {
            let options = columns::ReadOptions { si_units: true, ..columns::ReadOptions::default() };
            columns::from_bytes(path, bytes, &options)
        };
        let found = read.map_err(|error| DataError::of_grid_file(path, error))?;
        let wrong = |problem: String| DataError::Text { path: path.to_owned(), problem };
        if found.quantity != Quantity::PVelocity {
            return Err(wrong(format!(
                "a log in {}, expected velocities of P waves or their slowness",
                found.unit
            )));
        }
        if found.depth_m.len() < 2 {
            return Err(wrong(format!("{} samples, expected two or more", found.depth_m.len())));
        }
        let log = Self { depth: found.depth_m, velocity: found.values };
        log.check(plausible, path)?;
        Ok(log)
    }

    /// Checks that velocities are in a range.
    fn check(&self, [slowest, fastest]: [f64; 2], path: &Path) -> Result<(), DataError> {
        let outside = |v: &&f64| !(slowest..=fastest).contains(*v);
        let Some(found) = self.velocity.iter().find(outside) else { return Ok(()) };
        let km = self.velocity.iter().all(|v| (slowest..=fastest).contains(&(1000.0 * v)));
        Err(DataError::Range {
            path: PathBuf::from(path),
            what: "a velocity of the log".to_owned(),
            found: *found,
            unit: "m/s",
            expected: format!("{slowest} to {fastest} m/s"),
            advice: if km { "it looks like km/s: multiply by 1000" } else { "check the unit" }.to_owned(),
        })
    }

    /// The velocity that a wave has on average between two depths: the mean is that of slowness, linear between samples. `None` where
    /// the log does not reach.
    #[must_use]
    pub fn mean(&self, from: f64, to: f64) -> Option<f64> {
        let [first, last] = [*self.depth.first()?, *self.depth.last()?];
        if from < first - 1e-9 || to > last + 1e-9 {
            return None;
        }
        let slowness = |z: f64| {
            let k = self.depth.partition_point(|depth| *depth <= z).clamp(1, self.depth.len() - 1);
            let [z0, z1] = [self.depth[k - 1], self.depth[k]];
            let t = ((z - z0) / (z1 - z0)).clamp(0.0, 1.0);
            (1.0 - t) / self.velocity[k - 1] + t / self.velocity[k]
        };
        if to <= from {
            return Some(slowness(from).recip());
        }
        let inner = self.depth.iter().copied().filter(|z| *z > from && *z < to);
        let places: Vec<f64> = [from].into_iter().chain(inner).chain([to]).collect();
        let piece = |pair: &[f64]| 0.5 * (pair[1] - pair[0]) * (slowness(pair[0]) + slowness(pair[1]));
        let time: f64 = places.windows(2).map(piece).sum();
        Some((to - from) / time)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, text: &str) -> Result<Log, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        Log::read(&path, [100.0, 12000.0]).map_err(|error| error.to_string())
    }

    #[test]
    fn text_with_names() {
        let text = "# by hand\nVelocity; Depth; gamma\n1800;100;7\n2000; 110 ;8\n\n2200;130;9\n";
        let expected = Log { depth: vec![100.0, 110.0, 130.0], velocity: vec![1800.0, 2000.0, 2200.0] };
        assert_eq!(read("log.csv", text), Ok(expected));
        let feet = read("log.csv", "depth_ft,dt (us/ft)\n1000,152.4\n2000,76.2\n").unwrap();
        let near = |a: f64, b: f64| (a - b).abs() < 1e-9 * b;
        assert!(
            near(feet.depth[0], 304.8) && near(feet.velocity[0], 2000.0) && near(feet.velocity[1], 4000.0)
        );
        for (text, says) in [
            ("", "the file is empty"),
            ("depth,porosity\n1,2\n", "porosity"),
            ("depth,velocity\n1,x\n", "line 2"),
            ("depth,velocity\n1,2\n3\n", "line 3"),
            ("depth,velocity\n10,1500\n10,1600\n", "line 3"),
            ("depth,velocity\n10,1500\n20,-999.25\n", "line 3"),
            ("depth,velocity\n10,1500\n", "1 samples"),
            ("depth,rhob\n10,2.1\n20,2.2\n", "kg/m3"),
        ] {
            let error = read("log.csv", text).unwrap_err();
            assert!(error.contains(says), "{text}: {error}");
        }
    }

    /// The sonic log of a LAS file, in feet and microseconds per foot, without the missing sample.
    #[test]
    fn las_files() {
        let text = "~VERSION\n VERS. 2.0 : CWLS\n WRAP. NO : one line\n~WELL\n STRT.FT 1000 : start\n STOP.FT 1002 : stop\n \
                    STEP.FT 1 : step\n NULL. -999.25 : null\n~CURVE\n DEPT.FT : depth\n GR.GAPI : gamma\n DT.US/FT : sonic\n~ASCII\n \
                    1000 50 152.4\n 1001 51 -999.25\n 1002 52 76.2\n";
        let log = read("well.las", text).unwrap();
        let near = |a: f64, b: f64| (a - b).abs() < 1e-9 * b;
        assert!(log.depth.len() == 2 && near(log.depth[1], 1002.0 * 0.3048), "{log:?}");
        assert!(near(log.velocity[0], 2000.0) && near(log.velocity[1], 4000.0), "{log:?}");
        let error = read("well.las", &text.replace(" DT.US/FT", " SP.MV")).unwrap_err();
        assert!(error.contains("well.las"), "{error}");
    }

    /// Two halves of a path take the time of both: the mean slowness of parts is that of the whole; between the samples of a linear
    /// slowness it is that in the middle.
    #[test]
    fn means_keep_travel_times() {
        let log = Log { depth: vec![0.0, 10.0, 40.0], velocity: vec![1000.0, 2000.0, 4000.0] };
        let time = |from: f64, to: f64| (to - from) / log.mean(from, to).unwrap();
        assert!((time(3.0, 17.0) + time(17.0, 38.0) - time(3.0, 38.0)).abs() < 1e-15);
        assert!((time(2.0, 8.0) - 6.0 * (0.5 / 1000.0 + 0.5 / 2000.0)).abs() < 1e-15);
        assert_eq!(
            (log.mean(10.0, 10.0), log.mean(-1.0, 5.0), log.mean(30.0, 41.0)),
            (Some(2000.0), None, None)
        );
    }

    #[test]
    fn velocities_in_other_units() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log.csv");
        std::fs::write(&path, "depth,velocity\n0,1.5\n10,1.6\n").unwrap();
        let error = Log::read(&path, [100.0, 12000.0]).unwrap_err().to_string();
        assert!(error.contains("1.5") && error.contains("looks like km/s"), "{error}");
    }
}
