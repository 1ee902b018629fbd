//! Scalars and units of header numbers.
//!
//! # Source
//! SEG-Y revision 2.1, bytes 69-72 and 215-216 of the trace header, 3255-3256 of the binary header.

/// Metres of an international foot.
const FOOT: f64 = 0.3048;

/// The unit of lengths in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LengthUnit {
    /// Metres.
    Metre,
    /// International feet of 0.3048 m.
    Foot,
}

impl LengthUnit {
    /// Metres of one unit.
    #[must_use]
    pub const fn metres(self) -> f64 {
        match self {
            Self::Metre => 1.0,
            Self::Foot => FOOT,
        }
    }
}

/// A number with its scalar: a positive scalar multiplies, a negative one divides, and 0 is 1.
#[must_use]
pub fn scaled(value: f64, scalar: f64) -> f64 {
    match scalar {
        scalar if scalar > 0.0 => value * scalar,
        scalar if scalar < 0.0 => value / -scalar,
        _ => value,
    }
}

/// Whether the standard allows a scalar: 0, or plus or minus 1, 10, 100, 1000, 10 000.
pub(crate) fn is_usual(scalar: f64) -> bool {
    scalar == 0.0 || [1.0, 10.0, 100.0, 1e3, 1e4].contains(&scalar.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_multiply_and_divide() {
        for (value, scalar, expected) in [
            (1234.0, -100.0, 12.34),
            (1234.0, 10.0, 12340.0),
            (5.0, 0.0, 5.0),
            (-7.0, 1.0, -7.0),
            (3.0, -1.0, 3.0),
        ] {
            assert_eq!(scaled(value, scalar), expected);
        }
        assert!(is_usual(-1000.0) && is_usual(0.0) && !is_usual(-3.0));
        assert_eq!(1000.0 * LengthUnit::Foot.metres(), 304.8);
    }
}
