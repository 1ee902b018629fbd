//! Velocities measured in a well.
//!
//! A log is text with a line of column names and one sample a line:
//!
//! ```text
//! depth,velocity
//! 100,1850
//! 110,1872.5
//! ```
//!
//! The columns `depth` in m and `velocity` in m/s may stand anywhere; other columns are ignored. Commas, semicolons, tabs or blanks
//! separate columns, lines that begin with `#` are comments.

use std::path::{Path, PathBuf};

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
    /// [`DataError::Text`] with the line, [`DataError::Range`] for velocities outside; errors of the file.
    pub fn read(path: &Path, plausible: [f64; 2]) -> Result<Log, DataError> {
        let ending = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
        if ending == "las" {
            return Err(DataError::UnknownFormat {
                what: "format of logs",
                found: "LAS".to_owned(),
                known: vec!["text with the columns depth and velocity"],
            });
        }
        let log = parse(&input_file::text(path)?)
            .map_err(|problem| DataError::Text { path: path.to_owned(), problem })?;
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

/// The log in a text.
fn parse(text: &str) -> Result<Log, String> {
    let separators = |c: char| matches!(c, ',' | ';' | '\t' | ' ');
    let words = |line: &str| -> Vec<String> {
        let all = line.split(separators).map(|word| word.trim().trim_matches('"').to_owned());
        all.filter(|word| !word.is_empty()).collect()
    };
    let lines = text.lines().enumerate().map(|(k, line)| (k + 1, line.trim()));
    let mut lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    let Some((number, heading)) = lines.next() else {
        return Err("no line of column names: expected `depth,velocity`".to_owned());
    };
    let names: Vec<String> = words(heading).iter().map(|name| name.to_lowercase()).collect();
    let place = |wanted: &str| {
        names.iter().position(|name| name == wanted).ok_or_else(|| {
            format!("line {number}: no column `{wanted}` in `{heading}`: expected the names depth (m) and velocity (m/s)")
        })
    };
    let columns = [place("depth")?, place("velocity")?];
    let mut log = Log::default();
    for (number, line) in lines {
        let words = words(line);
        if words.len() != names.len() {
            return Err(format!("line {number} has {} columns, line 1 has {}", words.len(), names.len()));
        }
        let value = |column: usize| {
            let word = &words[column];
            let value = word.parse::<f64>().ok().filter(|value| value.is_finite());
            value.ok_or_else(|| format!("line {number}: `{word}` is not a number"))
        };
        let [depth, velocity] = [value(columns[0])?, value(columns[1])?];
        if let Some(last) = log.depth.last().filter(|last| depth <= **last) {
            return Err(format!(
                "line {number}: the depth {depth} m is not below {last} m: sort the samples by depth"
            ));
        }
        if velocity <= 0.0 {
            return Err(format!(
                "line {number}: the velocity is {velocity} m/s: leave out lines without a measurement"
            ));
        }
        log.depth.push(depth);
        log.velocity.push(velocity);
    }
    if log.depth.len() < 2 {
        return Err(format!("{} samples, expected two or more", log.depth.len()));
    }
    Ok(log)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_with_names() {
        let text = "# by hand\nVelocity; Depth; gamma\n1800;100;7\n2000; 110 ;8\n\n2200;130;9\n";
        let expected = Log { depth: vec![100.0, 110.0, 130.0], velocity: vec![1800.0, 2000.0, 2200.0] };
        assert_eq!(parse(text), Ok(expected));
        for (text, says) in [
            ("", "no line of column names"),
            ("depth,vp\n1,2\n", "no column `velocity`"),
            ("depth,velocity\n1,x\n", "line 2: `x` is not a number"),
            ("depth,velocity\n1,nan\n", "line 2: `nan`"),
            ("depth,velocity\n1,2\n3\n", "line 3 has 1 columns"),
            ("depth,velocity\n10,1500\n10,1600\n", "line 3: the depth 10 m is not below 10 m"),
            ("depth,velocity\n10,1500\n20,-999.25\n", "line 3: the velocity is -999.25"),
            ("depth,velocity\n10,1500\n", "1 samples"),
        ] {
            assert!(parse(text).unwrap_err().contains(says), "{text}");
        }
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
        let error = Log::read(&folder.path().join("log.las"), [100.0, 12000.0]).unwrap_err().to_string();
        assert!(error.contains("LAS"), "{error}");
    }
}
