//! Scalars that keep the digits of positions.
//!
//! # Source
//! SEG-Y revision 1, bytes 69-72 of the trace header: the scalar divides if it is negative.

use super::error::WriteError;

/// Positions nearer than this to the stored number count as stored, in m.
const EXACT: f64 = 1e-6;
/// The largest error of a stored position in m.
const LARGEST_ERROR: f64 = 0.005;

/// What coordinates and depths are multiplied by before they are stored as whole numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scalars {
    coordinates: u16,
    elevations: u16,
}

impl Scalars {
    /// The smallest of 1, 10, 100, 1000 and 10 000 that keep all positions `[x, y, z]` in m exactly (to a micrometre). If none does,
    /// the largest for which they fit 32 bits.
    ///
    /// # Errors
    /// [`WriteError::Position`] for a position that would be stored with an error of more than 0.005 m.
    pub fn of(positions: impl IntoIterator<Item = [f64; 3]>) -> Result<Self, WriteError> {
        let (mut coordinates, mut elevations) = (Choice::default(), Choice::default());
        for [x, y, z] in positions {
            coordinates.add(x);
            coordinates.add(y);
            elevations.add(z);
        }
        Ok(Self { coordinates: coordinates.best()?, elevations: elevations.best()? })
    }

    /// The number stored for a coordinate in m.
    pub(super) fn coordinate(self, value: f64) -> Result<i64, WriteError> {
        stored(value, self.coordinates)
    }

    /// The number stored for an elevation or depth in m.
    pub(super) fn elevation(self, value: f64) -> Result<i64, WriteError> {
        stored(value, self.elevations)
    }

    /// The header numbers `scalel` and `scalco`: the negative factors; 1 if they are 1.
    pub(super) fn header(self) -> [i64; 2] {
        [self.elevations, self.coordinates].map(|factor| if factor == 1 { 1 } else { -i64::from(factor) })
    }
}

/// The factors, and what keeps each from being used.
#[derive(Default)]
struct Choice {
    /// Whether each factor changes some number.
    inexact: [bool; 5],
    /// The number of the largest magnitude.
    largest: f64,
}

const FACTORS: [u16; 5] = [1, 10, 100, 1000, 10_000];

impl Choice {
    fn add(&mut self, value: f64) {
        for (factor, inexact) in FACTORS.into_iter().zip(&mut self.inexact) {
            let scaled = value * f64::from(factor);
            let error = (scaled - scaled.round()).abs() / f64::from(factor);
            *inexact |= error.is_nan() || error > EXACT;
        }
        if value.abs() > self.largest.abs() || value.is_nan() {
            self.largest = value;
        }
    }

    fn best(&self) -> Result<u16, WriteError> {
        let fits = |factor: &u16| self.largest.abs() * f64::from(*factor) <= f64::from(i32::MAX);
        let exact = FACTORS.into_iter().zip(self.inexact).find(|(factor, inexact)| !inexact && fits(factor));
        let finest =
            || FACTORS.into_iter().rfind(fits).filter(|factor| 0.5 / f64::from(*factor) <= LARGEST_ERROR);
        let best = exact.map(|(factor, _)| factor).or_else(finest);
        best.ok_or(WriteError::Position { found: self.largest })
    }
}

fn stored(value: f64, factor: u16) -> Result<i64, WriteError> {
    let scaled = (value * f64::from(factor)).round();
    let error = (scaled / f64::from(factor) - value).abs();
    if scaled.abs() > f64::from(i32::MAX) || error.is_nan() || error > LARGEST_ERROR + EXACT {
        return Err(WriteError::Position { found: value });
    }
    Ok(scaled as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_exact_scalar_is_chosen() {
        for (position, header) in [
            ([100.0, 200.0, 5.0], [1, 1]),
            ([12.5, 0.0, 5.0], [1, -10]),
            ([0.1, 12.34, 0.125], [-1000, -100]),
            ([500_000.25, 6_000_000.5, -12.0], [1, -100]),
            ([1.0 / 3.0, 0.0, 0.0], [1, -10_000]),
            ([1.0 / 3.0, 6e6, 0.0], [1, -100]),
            ([2_000_000_000.0, 0.0, 0.0], [1, 1]),
        ] {
            assert_eq!(Scalars::of([position]).unwrap().header(), header, "{position:?}");
        }
    }

    #[test]
    fn positions_without_enough_digits_are_refused() {
        for position in [
            [30_000_000.0 + 1.0 / 3.0, 0.0, 0.0],
            [3e9, 0.0, 0.0],
            [f64::NAN, 0.0, 0.0],
            [0.0, 0.0, f64::INFINITY],
        ] {
            assert!(matches!(Scalars::of([position]), Err(WriteError::Position { .. })), "{position:?}");
        }
        let metres = Scalars::of([[1.0; 3]]).unwrap();
        assert!(metres.coordinate(12.25).is_err() && metres.elevation(f64::NAN).is_err());
        assert_eq!(metres.coordinate(-12.0).unwrap(), -12);
    }
}
