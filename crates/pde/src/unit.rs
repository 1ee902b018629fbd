//! Physical units: powers of kilogram, metre and second.

use std::fmt;

use crate::error::PdeError;

/// The names that a unit may be written with, and their powers of kg, m and s.
const NAMES: [(&str, [i32; 3]); 10] = [
    ("kg", [1, 0, 0]),
    ("m", [0, 1, 0]),
    ("s", [0, 0, 1]),
    ("rad", [0, 0, 0]),
    ("Hz", [0, 0, -1]),
    ("N", [1, 1, -2]),
    ("Pa", [1, -1, -2]),
    ("J", [1, 2, -2]),
    ("W", [1, 2, -3]),
    ("1", [0, 0, 0]),
];

/// The largest power of a name in a text.
const LARGEST_POWER: i32 = 100;

/// A unit as powers of kg, m and s. Powers may be halves, because square roots occur.
///
/// ```
/// use pde::Unit;
/// let (stiffness, density) = (Unit::parse("Pa")?, Unit::parse("kg/m^3")?);
/// assert_eq!(stiffness.over(density).root(), Some(Unit::parse("m/s")?));
/// assert_eq!(stiffness.to_string(), "kg/(m s^2)");
/// # Ok::<(), pde::PdeError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Unit {
    /// Twice the powers.
    halves: [i32; 3],
}

impl Unit {
    /// The unit of pure numbers.
    pub const NONE: Self = Self { halves: [0; 3] };
    /// Metre.
    pub const METRE: Self = Self { halves: [0, 2, 0] };
    /// Second.
    pub const SECOND: Self = Self { halves: [0, 0, 2] };

    /// Reads `kg/m^3`, `Pa`, `s^2/m^2`, `kg/(m s^2)`, `1/s`, `1`.
    ///
    /// # Errors
    /// [`PdeError::UnknownUnit`].
    pub fn parse(text: &str) -> Result<Self, PdeError> {
        let unknown = || PdeError::UnknownUnit {
            text: text.to_owned(),
            known: NAMES.iter().map(|(name, _)| *name).collect(),
        };
        let mut parts = text.split('/');
        let mut unit = product(parts.next().unwrap_or_default()).ok_or_else(unknown)?;
        for part in parts {
            unit = unit.over(product(part).ok_or_else(unknown)?);
        }
        Ok(unit)
    }

    /// The unit of a product.
    #[must_use]
    pub fn times(self, other: Self) -> Self {
        Self { halves: std::array::from_fn(|i| self.halves[i].saturating_add(other.halves[i])) }
    }

    /// The unit of a quotient.
    #[must_use]
    pub fn over(self, other: Self) -> Self {
        self.times(other.power(-1))
    }

    /// The unit of an integer power.
    #[must_use]
    pub fn power(self, power: i32) -> Self {
        Self { halves: self.halves.map(|half| half.saturating_mul(power)) }
    }

    /// The unit of a square root; `None` where a power would be a quarter, which no wave equation has.
    #[must_use]
    pub fn root(self) -> Option<Self> {
        self.halves
            .iter()
            .all(|half| half % 2 == 0)
            .then(|| Self { halves: self.halves.map(|half| half / 2) })
    }
}

/// Names with powers, side by side; `None` for a name that there is not.
fn product(text: &str) -> Option<Unit> {
    let text = text.trim();
    let text = text.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')).unwrap_or(text);
    let mut unit = Unit::NONE;
    let mut any = false;
    for word in text.split([' ', '*']).filter(|word| !word.is_empty()) {
        let (name, power) = word.split_once('^').unwrap_or((word, "1"));
        let (_, powers) = NAMES.iter().find(|(known, _)| *known == name)?;
        let power = power.parse().ok().filter(|power: &i32| power.abs() <= LARGEST_POWER)?;
        unit = unit.times(Unit { halves: powers.map(|p| 2 * p * power) });
        any = true;
    }
    any.then_some(unit)
}

impl fmt::Display for Unit {
    /// In kg, m and s.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = |sign: i32| {
            let powers = ["kg", "m", "s"].iter().zip(self.halves).filter(|(_, half)| half * sign > 0);
            let word = |(name, half): (&&str, i32)| match (half * sign, half % 2) {
                (2, _) => (*name).to_owned(),
                (half, 0) => format!("{name}^{}", half / 2),
                (half, _) => format!("{name}^{}", f64::from(half) / 2.0),
            };
            powers.map(word).collect::<Vec<_>>()
        };
        let (above, below) = (side(1), side(-1));
        let above = if above.is_empty() { "1".to_owned() } else { above.join(" ") };
        match below.len() {
            0 => out.write_str(&above),
            1 => write!(out, "{above}/{}", below[0]),
            _ => write!(out, "{above}/({})", below.join(" ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_read_and_written() {
        for (typed, printed) in [
            ("Pa", "kg/(m s^2)"),
            ("s^2/m^2", "s^2/m^2"),
            ("kg/(m s^2)", "kg/(m s^2)"),
            ("1", "1"),
            ("rad/s", "1/s"),
            ("Pa/m^2", "kg/(m^3 s^2)"),
            ("N", "kg m/s^2"),
            ("m/s/s", "m/s^2"),
        ] {
            let unit = Unit::parse(typed).unwrap();
            assert_eq!(unit.to_string(), printed, "{typed}");
            assert_eq!(Unit::parse(printed).unwrap(), unit);
        }
        for wrong in ["", "km/s", "m^x", "/s", "kg m^", "m^20000", "m^-99999999999"] {
            assert!(Unit::parse(wrong).is_err(), "{wrong}");
        }
        let root = Unit::METRE.root().unwrap();
        assert_eq!((root.to_string().as_str(), root.root()), ("m^0.5", None));
    }
}
