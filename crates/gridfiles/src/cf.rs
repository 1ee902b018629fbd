//! What attributes and names mean, as the CF conventions say: axes, units of length, packed and missing values.
//!
//! netCDF classic uses this here, and the reader of HDF5 and netCDF-4 elsewhere, so that the same attribute has the same meaning.
//!
//! # Source
//! NetCDF Climate and Forecast (CF) Metadata Conventions 1.11: sections 2.5.1 (missing data, valid range), 3.1 (units), 4
//! (coordinate types, attributes `axis` and `positive`) and 8.1 (packed data).

/// The direction of space that an axis has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Across: along the line, or east.
    X,
    /// Across: the second horizontal direction, or north.
    Y,
    /// Vertical.
    Z,
}

impl Role {
    /// The direction that the name of an axis tells.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name.to_lowercase().as_str() {
            "z" | "depth" | "vertical" | "iz" | "elevation" | "height" | "altitude" => Some(Self::Z),
            "x" | "distance" | "offset" | "easting" | "horizontal" | "lateral" | "cmp" | "cdp" | "ix"
            | "inline" | "position" => Some(Self::X),
            "y" | "northing" | "crossline" | "iy" | "distance across" => Some(Self::Y),
            _ => None,
        }
    }

    /// The direction of the attribute `axis`.
    #[must_use]
    pub fn of_attribute(axis: &str) -> Option<Self> {
        match axis {
            "X" | "x" => Some(Self::X),
            "Y" | "y" => Some(Self::Y),
            "Z" | "z" => Some(Self::Z),
            _ => None,
        }
    }
}

/// The direction in which the coordinates of a vertical axis grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Positive {
    /// Depth.
    Down,
    /// Elevation.
    Up,
}

impl Positive {
    /// The direction that the name of an axis tells.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name.to_lowercase().as_str() {
            "depth" => Some(Self::Down),
            "elevation" | "height" | "altitude" => Some(Self::Up),
            _ => None,
        }
    }

    /// The direction of the attribute `positive`.
    #[must_use]
    pub fn of_attribute(word: &str) -> Option<Self> {
        match word.to_lowercase().as_str() {
            "down" => Some(Self::Down),
            "up" => Some(Self::Up),
            _ => None,
        }
    }
}

/// Metres in a unit of length.
#[must_use]
pub fn metres_in(unit: &str) -> Option<f64> {
    match unit.trim().to_lowercase().as_str() {
        "m" | "meter" | "meters" | "metre" | "metres" => Some(1.0),
        "km" | "kilometer" | "kilometers" | "kilometre" | "kilometres" => Some(1e3),
        "cm" | "centimeter" | "centimeters" | "centimetre" | "centimetres" => Some(1e-2),
        "mm" | "millimeter" | "millimeters" | "millimetre" | "millimetres" => Some(1e-3),
        _ => None,
    }
}

/// A coordinate that is off an even axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Uneven {
    /// Its index, counted from 0.
    pub index: usize,
    /// The coordinate.
    pub found: f64,
    /// The coordinate of an even axis between the first and the last one.
    pub expected: f64,
}

/// First coordinate and spacing of coordinates that are even to a thousandth of the spacing. The spacing is negative if they
/// decrease. One coordinate has the spacing 0, which says nothing.
///
/// # Errors
/// The first coordinate off the axis; every coordinate is where all are the same or one is not finite.
pub fn even(coordinates: &[f64]) -> Result<(f64, f64), Uneven> {
    let (Some(first), Some(last)) = (coordinates.first(), coordinates.last()) else { return Ok((0.0, 0.0)) };
    if coordinates.len() == 1 && first.is_finite() {
        return Ok((*first, 0.0));
    }
    let step = (last - first) / (coordinates.len() - 1) as f64;
    for (index, found) in coordinates.iter().enumerate() {
        let expected = first + index as f64 * step;
        let near = (found - expected).abs() <= 1e-3 * step.abs();
        if step == 0.0 || !near {
            return Err(Uneven { index, found: *found, expected });
        }
    }
    Ok((*first, step))
}

/// The conversion from stored numbers to values: `value = stored * factor + offset` unless the value is missing.
#[derive(Debug, Clone, PartialEq)]
pub struct Packing {
    /// The attribute `scale_factor`, or 1.
    pub factor: f64,
    /// The attribute `add_offset`, or 0.
    pub offset: f64,
    /// Stored numbers that mark a missing value: `missing_value` and `_FillValue`.
    pub missing: Vec<f64>,
    /// Stored numbers outside this range mark a missing value: `valid_range`, or `valid_min` and `valid_max`.
    pub valid: [f64; 2],
    /// Added to negative stored numbers if the attribute `_Unsigned` says that they are unsigned; otherwise 0.
    pub wrap: f64,
    /// Whether the stored numbers have single precision; then `missing` is compared in single precision.
    pub single: bool,
}

impl Default for Packing {
    fn default() -> Self {
        Self {
            factor: 1.0,
            offset: 0.0,
            missing: Vec::new(),
            valid: [f64::NEG_INFINITY, f64::INFINITY],
            wrap: 0.0,
            single: false,
        }
    }
}

impl Packing {
    /// The same conversion for numbers that are stored as signed integers of so many bytes and are unsigned.
    #[must_use]
    pub fn unsigned(mut self, bytes: usize) -> Self {
        self.wrap = 2.0_f64.powi(8 * bytes as i32);
        let wrap = self.wrap;
        let unsigned = |v: f64| if v < 0.0 { v + wrap } else { v };
        self.missing = self.missing.into_iter().map(unsigned).collect();
        // An absent bound stays so.
        self.valid = self.valid.map(|v| if v.is_finite() { unsigned(v) } else { v });
        self
    }

    /// Whether the stored numbers are the values.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        [self.factor, self.offset, self.wrap] == [1.0, 0.0, 0.0]
            && self.missing.iter().all(|v| v.is_nan())
            && self.valid == [f64::NEG_INFINITY, f64::INFINITY]
    }

    /// The value of a stored number; NaN if it is missing.
    #[must_use]
    pub fn value(&self, stored: f64) -> f64 {
        let stored = if stored < 0.0 { stored + self.wrap } else { stored };
        let same = |v: &f64| *v == stored || (self.single && *v as f32 == stored as f32);
        if self.missing.iter().any(same) || !(self.valid[0]..=self.valid[1]).contains(&stored) {
            return f64::NAN;
        }
        stored * self.factor + self.offset
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scale and offset apply to valid numbers; numbers outside the valid range and missing values give NaN.
    #[test]
    fn values() {
        let plain = Packing::default();
        assert!(plain.is_plain());
        assert_eq!(plain.value(7.5), 7.5);
        let packed = Packing {
            factor: 0.5,
            offset: 1000.0,
            missing: vec![-32768.0],
            valid: [-100.0, 1e4],
            ..plain.clone()
        };
        assert!(!packed.is_plain());
        assert_eq!(packed.value(3000.0), 2500.0);
        assert!(packed.value(-32768.0).is_nan() && packed.value(1e5).is_nan());
        let single = Packing { missing: vec![1e20], single: true, ..plain.clone() };
        assert!(single.value(f64::from(1e20_f32)).is_nan());
        let unsigned = Packing { missing: vec![-2.0], ..plain }.unsigned(1);
        assert_eq!(unsigned.value(-1.0), 255.0);
        assert!(unsigned.value(-2.0).is_nan());
    }

    /// Rounded coordinates are even in both directions; one that is off is named.
    #[test]
    fn coordinates() {
        assert_eq!(even(&[5.0]), Ok((5.0, 0.0)));
        assert_eq!(
            even(&[0.0, 33.33, 66.66, 100.0]).map(|(first, step)| (first, step.round())),
            Ok((0.0, 33.0))
        );
        assert_eq!(even(&[10.0, 5.0, 0.0]), Ok((10.0, -5.0)));
        assert_eq!(even(&[0.0, 1.0, 3.0, 3.0]), Err(Uneven { index: 2, found: 3.0, expected: 2.0 }));
        assert_eq!(even(&[2.0, 2.0]), Err(Uneven { index: 0, found: 2.0, expected: 2.0 }));
        assert!(
            even(&[0.0, f64::NAN, 2.0]).is_err()
                && even(&[f64::NAN; 2]).is_err()
                && even(&[f64::NAN]).is_err()
        );
    }
}
