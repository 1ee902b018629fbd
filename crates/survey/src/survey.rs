//! Positions of sources and receivers.

use std::fmt;
use std::path::Path;

use fd::Point;
use num_complex::Complex64;
use serde::{Deserialize, Serialize};

use crate::data_error::DataError;
use crate::per_shot::PerShot;
use document::numbers::short;

/// Sources and the receivers that record them.
///
/// # Shapes
/// `sources` `[shot]`.
///
/// # Units
/// Positions `[x, z]`, in a volume `[x, y, z]`, in m (z down); `variance` in m^2.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Survey {
    /// Source positions in m.
    pub sources: Vec<Point>,
    /// Receiver positions in m.
    pub receivers: Receivers,
    /// Complex strength of every source: the wavefield of a uniform medium is `strength * (i/4) H0^(2)(k r)`.
    pub strength: Complex64,
    /// Variance of the Gaussian of each source; 0 means a point source.
    pub variance: f64,
}

/// Slowest velocity that any model may have, m/s.
pub const SLOWEST: f64 = 100.0;

/// Where receivers are: points in m, by shot those of a streamer, or of a spread that is moved on.
pub type Receivers = PerShot<Point>;

/// For receivers in a section.
impl From<Vec<[f64; 2]>> for PerShot<Point> {
    fn from(points: Vec<[f64; 2]>) -> Self {
        Self::Shared(points.into_iter().map(Point::from).collect())
    }
}

/// For receivers.
impl fmt::Display for PerShot<Point> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let moving = if self.move_on() { " that move with the shots" } else { "" };
        write!(f, "{} receivers{moving}", self.count())
    }
}

impl Survey {
    /// The sources of a section, `[x, z]` in m.
    #[must_use]
    pub fn sources_in_section(&self) -> Vec<[f64; 2]> {
        self.sources.iter().map(Point::section).collect()
    }

    /// The receivers of a section that all shots share, `[x, z]` in m.
    #[must_use]
    pub fn receivers_in_section(&self) -> Vec<[f64; 2]> {
        self.receivers.common().iter().map(Point::section).collect()
    }

    /// Number of coordinates of the positions.
    #[must_use]
    pub fn dims(&self) -> usize {
        self.sources.first().map_or(2, Point::dims)
    }

    /// Far-field strength at wavenumber `k` (1/m): a Gaussian source of variance s radiates like a point source
    /// multiplied by `exp(-k^2 s / 2)`.
    #[must_use]
    pub fn effective_strength(&self, k: f64) -> Complex64 {
        self.strength * fd::analytic::gaussian_factor(k, self.variance)
    }

    /// Length of the diagonal of the box around all sources and receivers, m.
    #[must_use]
    pub fn extent(&self) -> f64 {
        let points = || self.sources.iter().chain(self.receivers.all().iter().flatten());
        let side = |of: fn(&Point) -> f64| {
            let lo = points().map(of).fold(f64::INFINITY, f64::min);
            let hi = points().map(of).fold(f64::NEG_INFINITY, f64::max);
            (hi - lo).max(0.0)
        };
        side(Point::x).hypot(side(Point::y)).hypot(side(Point::z))
    }

    /// Checks that the numbers can be a survey; `path` is named in the error.
    ///
    /// # Errors
    /// [`DataError::NotFinite`], [`DataError::Shape`] or [`DataError::Range`].
    pub fn check(&self, path: &Path) -> Result<(), DataError> {
        let sources = std::slice::from_ref(&self.sources);
        for (name, sets) in [("source", sources), ("receiver", self.receivers.all())] {
            for (k, i, p) in sets
                .iter()
                .enumerate()
                .flat_map(|(k, set)| set.iter().enumerate().map(move |(i, p)| (k, i, p)))
            {
                let of_shot = if sets.len() > 1 { format!("shot {k}, ") } else { String::new() };
                for (value, axis) in p.coordinates().iter().zip(fd::coordinate_names(p.dims())) {
                    check_finite(path, name, *value, || format!("{of_shot}{name} {i}, {axis}"))?;
                }
            }
        }
        let dims = self.dims();
        let of_all = || self.sources.iter().chain(self.receivers.all().iter().flatten());
        if let Some(odd) = of_all().find(|point| point.dims() != dims) {
            return Err(DataError::Contradiction {
                path: path.to_owned(),
                what: "the number of coordinates of a position".to_owned(),
                found: format!("{:?}", odd.coordinates()),
                other: format!("the first source has {dims} coordinates; give all positions the same axes"),
            });
        }
        let odd = self.receivers.all().iter().any(|shot| shot.len() != self.receivers.count());
        if self.receivers.move_on() && (odd || self.receivers.all().len() != self.sources.len()) {
            return Err(DataError::Shape {
                path: path.to_owned(),
                dataset: "receivers".to_owned(),
                axes: "shot, receiver",
                found: self.receivers.all().iter().map(Vec::len).collect(),
                expected: format!("{} shots with as many receivers each", self.sources.len()),
            });
        }
        check_finite(path, "source strength", self.strength.re + self.strength.im, || "strength".to_owned())?;
        let not_negative = self.variance.is_finite() && self.variance >= 0.0;
        if !not_negative {
            return Err(DataError::Range {
                path: path.to_owned(),
                what: "the variance of the sources".to_owned(),
                found: self.variance,
                unit: "m^2",
                expected: "0 (a point source) or more".to_owned(),
                advice: "give the square of the width in m".to_owned(),
            });
        }
        Ok(())
    }

    /// A hint that the positions may be in km: the shortest wavelength, from the highest frequency (Hz) and the slowest velocity
    /// (m/s), is more than ten times the extent of the survey.
    ///
    /// This is not an error, because a single source beside a receiver is also a survey.
    #[must_use]
    pub fn hint(&self, highest: f64, slowest: f64) -> Option<String> {
        let (extent, wavelength) = (self.extent(), slowest / highest);
        // Sources and receivers at the same place have no extent in any unit.
        if !(extent > 0.0 && 10.0 * extent < wavelength) {
            return None;
        }
        Some(format!(
            "all sources and receivers lie within {} m, less than a tenth of the shortest wavelength ({} m at {} Hz): are their \
             positions in km? `fwi import --scale 1000` converts them",
            short(extent),
            short(wavelength),
            short(highest)
        ))
    }

    /// A note for shots that are recorded at their own source.
    ///
    /// The field of a point source is infinite there, and on a grid it is a property of the grid: such a trace is not data of the
    /// medium, and it is the largest of its shot.
    #[must_use]
    pub fn own_records(&self) -> Option<String> {
        let extent = self.extent();
        let own = |shot: &usize| {
            let source = &self.sources[*shot];
            self.receivers.of(*shot).iter().any(|receiver| source.distance(receiver) <= 1e-6 * extent)
        };
        let shots: Vec<usize> = (0..self.sources.len()).filter(own).collect();
        let first = *shots.first()?;
        let (all, count) = (self.sources.len(), shots.len());
        Some(format!(
            "survey.receivers: {count} of {all} shots (the first is shot {first}) are recorded at their own source too. The field there \
             depends on the grid and not on the medium, and its large values spoil the misfit. Record elsewhere, or give the \
             receivers `by_shot` without that place"
        ))
    }
}

fn check_finite(
    path: &Path,
    dataset: &str,
    value: f64,
    index: impl FnOnce() -> String,
) -> Result<(), DataError> {
    if value.is_finite() {
        return Ok(());
    }
    let (dataset, value) = (dataset.to_owned(), value.to_string());
    Err(DataError::NotFinite { path: path.to_owned(), dataset, value, index: index() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn survey(receivers: Receivers) -> Survey {
        let sources = vec![[0.0, 10.0].into(), [500.0, 10.0].into()];
        Survey { sources, receivers, strength: Complex64::ONE, variance: 0.0 }
    }

    /// A receiver at a source of its own shot is noted; one at the source of another shot is not.
    #[test]
    fn own_records_are_noted() {
        let at = |xs: [f64; 2]| xs.map(|x| [x, 10.0].into()).to_vec();
        let shared = survey(Receivers::Shared(at([500.0, 800.0]))).own_records().unwrap();
        assert!(shared.contains("1 of 2 shots (the first is shot 1)"), "{shared}");
        let moving =
            |first: [f64; 2]| survey(Receivers::ByShot(vec![at(first), at([0.0, 800.0])])).own_records();
        assert!(moving([0.0, 300.0]).unwrap().contains("the first is shot 0"));
        assert_eq!(moving([500.0, 300.0]), None);
        // A centimetre beside the source is another place.
        assert_eq!(moving([0.01, 300.0]), None);
    }
}
