//! A position in one, two or three dimensions.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A position: `[x]`, `[x, z]` or `[x, y, z]`, z down.
///
/// # Units
/// m.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// The coordinates that exist come first, the others are 0.
    at: [f64; 3],
    dims: usize,
}

impl Point {
    /// The point with these coordinates; `None` unless there are one to three.
    #[must_use]
    pub fn new(coordinates: &[f64]) -> Option<Point> {
        let dims = coordinates.len();
        let mut at = [0.0; 3];
        at.get_mut(..dims).filter(|at| !at.is_empty())?.copy_from_slice(coordinates);
        Some(Point { at, dims })
    }

    /// The point of a line at x.
    #[must_use]
    pub fn line(x: f64) -> Point {
        Point { at: [x, 0.0, 0.0], dims: 1 }
    }

    /// Number of coordinates.
    #[must_use]
    pub fn dims(&self) -> usize {
        self.dims
    }

    /// The coordinates that exist.
    #[must_use]
    pub fn coordinates(&self) -> &[f64] {
        &self.at[..self.dims]
    }

    /// x.
    #[must_use]
    pub fn x(&self) -> f64 {
        self.at[0]
    }

    /// y, 0 unless there are three dimensions.
    #[must_use]
    pub fn y(&self) -> f64 {
        if self.dims == 3 { self.at[1] } else { 0.0 }
    }

    /// z, 0 in one dimension.
    #[must_use]
    pub fn z(&self) -> f64 {
        if self.dims == 1 { 0.0 } else { self.at[self.dims - 1] }
    }

    /// The point in the section y = 0: `[x, z]`.
    #[must_use]
    pub fn section(&self) -> [f64; 2] {
        [self.x(), self.z()]
    }

    /// The point with another x, y and z, of the coordinates that exist.
    #[must_use]
    pub fn with(&self, [x, y, z]: [f64; 3]) -> Point {
        let at = match self.dims {
            1 => [x, 0.0, 0.0],
            2 => [x, z, 0.0],
            _ => [x, y, z],
        };
        Point { at, dims: self.dims }
    }

    /// Each coordinate changed by a function.
    #[must_use]
    pub fn map(&self, change: impl Fn(f64) -> f64) -> Point {
        let mut changed = *self;
        changed.at[..self.dims].iter_mut().for_each(|v| *v = change(*v));
        changed
    }

    /// The point at a share of the way to another one of the same dimension.
    #[must_use]
    pub fn towards(&self, other: &Point, share: f64) -> Point {
        let mut between = *self;
        between.at.iter_mut().zip(&other.at).for_each(|(a, b)| *a += share * (b - *a));
        between
    }

    /// The sum of two points of the same dimension.
    #[must_use]
    pub fn plus(&self, other: &Point) -> Point {
        let mut sum = *self;
        sum.at.iter_mut().zip(&other.at).for_each(|(a, b)| *a += b);
        sum
    }

    /// Distance to another point of the same dimension, m.
    #[must_use]
    pub fn distance(&self, other: &Point) -> f64 {
        let apart = self.at.iter().zip(&other.at).map(|(a, b)| a - b);
        apart.fold(0.0, f64::hypot)
    }

    /// Whether all coordinates are finite.
    #[must_use]
    pub fn is_finite(&self) -> bool {
        self.at.iter().all(|v| v.is_finite())
    }
}

impl From<[f64; 2]> for Point {
    fn from([x, z]: [f64; 2]) -> Point {
        Point { at: [x, z, 0.0], dims: 2 }
    }
}

impl From<[f64; 3]> for Point {
    fn from(at: [f64; 3]) -> Point {
        Point { at, dims: 3 }
    }
}

impl PartialEq<[f64; 2]> for Point {
    fn eq(&self, other: &[f64; 2]) -> bool {
        self.coordinates() == other
    }
}

impl AsRef<[f64]> for Point {
    fn as_ref(&self) -> &[f64] {
        self.coordinates()
    }
}

/// The names of the coordinates of a point with this number of them.
#[must_use]
pub fn coordinate_names(dims: usize) -> &'static [&'static str] {
    match dims {
        1 => &["x"],
        2 => &["x", "z"],
        _ => &["x", "y", "z"],
    }
}

impl Serialize for Point {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.coordinates().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Point {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Point, D::Error> {
        let coordinates = Vec::<f64>::deserialize(deserializer)?;
        let count = coordinates.len();
        let expected = "a point [x, z] of a section, [x, y, z] of a volume or [x] of a line";
        Point::new(&coordinates).ok_or_else(|| serde::de::Error::invalid_length(count, &expected))
    }
}

impl JsonSchema for Point {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        Cow::Borrowed("Point")
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let number = f64::json_schema(generator);
        json_schema!({"type": "array", "items": number, "minItems": 1, "maxItems": 3})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Coordinates stand where their names say, in every dimension.
    #[test]
    fn coordinates_have_names() {
        for (coordinates, x, y, z) in
            [(&[1.0][..], 1.0, 0.0, 0.0), (&[1.0, 2.0], 1.0, 0.0, 2.0), (&[1.0, 2.0, 3.0], 1.0, 2.0, 3.0)]
        {
            let point = Point::new(coordinates).unwrap();
            assert_eq!((point.x(), point.y(), point.z()), (x, y, z));
            assert_eq!(point.coordinates(), coordinates);
            assert_eq!(point.with([point.x(), point.y(), point.z()]), point);
            assert_eq!(coordinate_names(point.dims()).len(), coordinates.len());
        }
        assert_eq!(Point::from([3.0, 0.0]).distance(&[0.0, 4.0].into()), 5.0);
        assert!(Point::new(&[]).is_none() && Point::new(&[0.0; 4]).is_none());
    }
}
