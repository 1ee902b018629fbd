//! The time between samples as it is typed, in s or with a unit.

use std::path::PathBuf;

use document::numbers::short;

/// The shortest and the longest record in s of a plausible interval without a unit.
const RECORD: [f64; 2] = [1e-3, 1e3];
/// The shortest time in s between samples that is none of recorded waves.
const LONGEST: f64 = 1.0;

/// Names of units and their length in s.
const UNITS: [(&str, f64); 5] = [("ms", 1e-3), ("us", 1e-6), ("µs", 1e-6), ("ns", 1e-9), ("s", 1.0)];

/// A time between samples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The time in s.
    pub seconds: f64,
    /// Whether its unit was said. A number alone is in s, and is refused where it looks like one of another unit.
    pub certain: bool,
}

impl From<f64> for Interval {
    /// A time in s for which that is certain.
    fn from(seconds: f64) -> Self {
        Self { seconds, certain: true }
    }
}

/// An interval that is probably in another unit than s.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error(
    "{}: `--interval {seconds}` is in s: a record of {samples} samples is then {} s long, expected samples less than {LONGEST} s apart and a \
     record of {} to {} s; write the unit if it is another, `--interval {seconds}ms` or `--interval {seconds}us`, and `--interval {seconds}s` if \
     it is right",
    path.display(), short(*seconds * (*samples as f64 - 1.0)), RECORD[0], RECORD[1]
)]
pub struct ImplausibleInterval {
    /// The file.
    pub path: PathBuf,
    /// The interval in s.
    pub seconds: f64,
    /// Samples of a trace.
    pub samples: usize,
}

impl Interval {
    /// Reads a number of s, or a number with a unit: `0.004`, `4ms`, `250us`.
    ///
    /// # Errors
    /// What is expected, in words.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let unit = UNITS.iter().find_map(|(name, seconds)| Some((text.strip_suffix(name)?, *seconds)));
        let (number, seconds) = unit.unwrap_or((text, 1.0));
        let found = number.trim().parse::<f64>().ok().map(|number| number * seconds);
        let plausible = found.filter(|found| *found > 0.0 && found.is_finite());
        let seconds = plausible.ok_or_else(|| {
            format!(
                "`{text}` is no time between samples; expected a number above 0 in s such as 0.004, or one with its unit such as 4ms or 250us"
            )
        })?;
        Ok(Self { seconds, certain: unit.is_some() })
    }

    /// The interval in s of traces of so many samples of a file.
    ///
    /// # Errors
    /// [`ImplausibleInterval`] if its unit was not said, and s are implausible.
    pub fn checked(self, path: &std::path::Path, samples: usize) -> Result<f64, ImplausibleInterval> {
        let Self { seconds, certain } = self;
        let record = seconds * (samples as f64 - 1.0);
        if certain || (seconds < LONGEST && (RECORD[0]..=RECORD[1]).contains(&record)) {
            return Ok(seconds);
        }
        Err(ImplausibleInterval { path: path.to_owned(), seconds, samples })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_units() {
        let of = |seconds: f64, certain: bool| Ok(Interval { seconds, certain });
        assert_eq!(Interval::parse("0.004"), of(0.004, false));
        for (text, seconds) in [("4ms", 0.004), ("250 us", 250.0 * 1e-6), ("2s", 2.0), ("5ns", 5.0 * 1e-9)] {
            assert_eq!(Interval::parse(text), of(seconds, true), "{text}");
        }
        for text in ["", "0", "-1", "nan", "inf", "4 m", "ms", "4hours"] {
            let error = Interval::parse(text).unwrap_err();
            assert!(error.contains("expected a number above 0 in s"), "{error}");
        }
    }

    /// Milliseconds and microseconds taken for s, and s taken for milliseconds, are refused at usual numbers of samples; a unit is believed.
    #[test]
    fn other_units_are_recognised() {
        let path = std::path::Path::new("line.sgy");
        for milliseconds in [0.25, 0.5, 1.0, 2.0, 4.0, 8.0] {
            for samples in [501, 1001, 5001] {
                let checked = |factor: f64| {
                    Interval { seconds: milliseconds * factor, certain: false }.checked(path, samples)
                };
                assert_eq!(checked(1e-3), Ok(milliseconds * 1e-3));
                let wrong = [(1.0, milliseconds >= 1.0 || samples > 4001), (1e3, true), (1e-9, true)];
                for (factor, refused) in wrong {
                    assert_eq!(checked(factor).is_err(), refused, "{milliseconds} {samples} {factor}");
                }
                assert!(Interval::from(milliseconds).checked(path, samples).is_ok());
            }
        }
        let error = Interval { seconds: 4.0, certain: false }.checked(path, 1001).unwrap_err().to_string();
        assert_eq!(
            error,
            "line.sgy: `--interval 4` is in s: a record of 1001 samples is then 4000 s long, expected samples less than 1 s apart and a record \
             of 0.001 to 1000 s; write the unit if it is another, `--interval 4ms` or `--interval 4us`, and `--interval 4s` if it is right"
        );
    }
}
