//! A known property of the medium besides its velocity, as a number at every point.

use document::problems::{EmptyRange, WrongLength};
use document::{Fault, KeyPath, Number, Unit, rising};
use fd::Point;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model_file::File;
use crate::ranges;

/// A number at every point of the medium.
pub trait Property {
    /// The number at a point `[x, z]` of a section in m.
    fn at(&self, point: [f64; 2]) -> f64;

    /// The number at a point of any dimension. In a volume it is the same along y, unless the property says otherwise.
    fn at_point(&self, point: &Point) -> f64 {
        self.at(point.section())
    }

    /// The axis that a grid must have for the property to mean something: y for bodies in a volume, z for layers.
    fn needs(&self) -> Option<&'static str> {
        None
    }

    /// The numbers as typed, with their keys, for the check of their range.
    fn numbers(&self, at: &KeyPath) -> Vec<(KeyPath, f64)>;

    /// Checks lengths and shapes.
    ///
    /// # Errors
    /// The key and its problem.
    fn check(&self, _at: &KeyPath) -> Result<(), Fault> {
        Ok(())
    }
}

/// Any number that a property may have; each property has a range of its own besides.
const fn number() -> Number {
    Unit::None.within(-1e12, 1e12)
}

/// One number everywhere.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Uniform {
    /// The number.
    #[schemars(transform = number())]
    pub value: f64,
}

impl Property for Uniform {
    fn at(&self, _point: [f64; 2]) -> f64 {
        self.value
    }

    fn numbers(&self, at: &KeyPath) -> Vec<(KeyPath, f64)> {
        vec![(at.key("value"), self.value)]
    }
}

/// One number in a disc, and another outside.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Disc {
    /// The number outside.
    #[schemars(transform = number())]
    pub background: f64,
    /// The number inside.
    #[schemars(transform = number())]
    pub value: f64,
    /// Centre [x, z].
    #[schemars(transform = ranges::coordinate())]
    pub centre: [f64; 2],
    /// Radius.
    #[schemars(transform = ranges::length())]
    pub radius: f64,
}

impl Property for Disc {
    fn at(&self, [x, z]: [f64; 2]) -> f64 {
        let inside = (x - self.centre[0]).hypot(z - self.centre[1]) < self.radius;
        if inside { self.value } else { self.background }
    }

    fn numbers(&self, at: &KeyPath) -> Vec<(KeyPath, f64)> {
        vec![(at.key("background"), self.background), (at.key("value"), self.value)]
    }
}

/// Whether a coordinate is between two sides.
pub(crate) fn between(v: f64, side: [f64; 2]) -> bool {
    side[0] < v && v < side[1]
}

/// One number in a ball in a volume, and another outside.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ball {
    /// The number outside.
    #[schemars(transform = number())]
    pub background: f64,
    /// The number inside.
    #[schemars(transform = number())]
    pub value: f64,
    /// Centre [x, y, z].
    #[schemars(transform = ranges::coordinate())]
    pub centre: [f64; 3],
    /// Radius.
    #[schemars(transform = ranges::length())]
    pub radius: f64,
}

impl Property for Ball {
    fn at(&self, [x, z]: [f64; 2]) -> f64 {
        self.at_point(&[x, 0.0, z].into())
    }

    fn at_point(&self, point: &Point) -> f64 {
        let inside = point.distance(&self.centre.into()) < self.radius;
        if inside { self.value } else { self.background }
    }

    fn needs(&self) -> Option<&'static str> {
        Some("y")
    }

    fn numbers(&self, at: &KeyPath) -> Vec<(KeyPath, f64)> {
        vec![(at.key("background"), self.background), (at.key("value"), self.value)]
    }
}

/// One number in a rectangle along the axes, and another outside.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rectangle {
    /// The number outside.
    #[schemars(transform = number())]
    pub background: f64,
    /// The number inside.
    #[schemars(transform = number())]
    pub value: f64,
    /// Left and right side.
    #[schemars(transform = ranges::coordinate())]
    pub x: [f64; 2],
    /// Sides along y, in a volume. When absent, the rectangle is as long as the volume.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = ranges::coordinate())]
    pub y: Option<[f64; 2]>,
    /// Top and bottom side.
    #[schemars(transform = ranges::coordinate())]
    pub z: [f64; 2],
}

impl Property for Rectangle {
    fn at(&self, [x, z]: [f64; 2]) -> f64 {
        if between(x, self.x) && between(z, self.z) { self.value } else { self.background }
    }

    fn at_point(&self, point: &Point) -> f64 {
        let across = self.y.is_none_or(|side| between(point.y(), side));
        if across { self.at(point.section()) } else { self.background }
    }

    fn needs(&self) -> Option<&'static str> {
        self.y.map(|_| "y")
    }

    fn numbers(&self, at: &KeyPath) -> Vec<(KeyPath, f64)> {
        vec![(at.key("background"), self.background), (at.key("value"), self.value)]
    }

    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        rising(&at.key("x"), self.x, Unit::Metre)?;
        self.y.map_or(Ok(()), |side| rising(&at.key("y"), side, Unit::Metre))?;
        rising(&at.key("z"), self.z, Unit::Metre)
    }
}

/// A number that changes linearly between two depths, and is constant above and below.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Gradient {
    /// The two depths z.
    #[schemars(transform = ranges::coordinate())]
    pub z: [f64; 2],
    /// The number at and above the first depth.
    #[schemars(transform = number())]
    pub top: f64,
    /// The number at and below the second depth.
    #[schemars(transform = number())]
    pub bottom: f64,
}

impl Property for Gradient {
    fn needs(&self) -> Option<&'static str> {
        Some("z")
    }

    fn at(&self, [_, z]: [f64; 2]) -> f64 {
        let share = ((z - self.z[0]) / (self.z[1] - self.z[0])).clamp(0.0, 1.0);
        self.top + share * (self.bottom - self.top)
    }

    fn numbers(&self, at: &KeyPath) -> Vec<(KeyPath, f64)> {
        vec![(at.key("top"), self.top), (at.key("bottom"), self.bottom)]
    }

    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        rising(&at.key("z"), self.z, Unit::Metre)
    }
}

/// A number for each flat layer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Layers {
    /// Depth z of each boundary between two layers, from top to bottom.
    #[schemars(transform = ranges::coordinate())]
    pub tops: Vec<f64>,
    /// The number of each layer, from top to bottom: one more than there are boundaries in `tops`.
    #[schemars(transform = number())]
    pub values: Vec<f64>,
}

impl Property for Layers {
    fn needs(&self) -> Option<&'static str> {
        Some("z")
    }

    fn at(&self, [_, z]: [f64; 2]) -> f64 {
        let layer = self.tops.partition_point(|top| *top <= z);
        self.values[layer.min(self.values.len() - 1)]
    }

    fn numbers(&self, at: &KeyPath) -> Vec<(KeyPath, f64)> {
        let at = at.key("values");
        self.values.iter().enumerate().map(|(i, value)| (at.index(i), *value)).collect()
    }

    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        let (found, expected) = (self.values.len(), self.tops.len() + 1);
        if found != expected {
            let rule = "expected one number above each top and one below the last";
            return Err(Fault::new(at.key("values"), WrongLength { found, expected, rule }));
        }
        match self.tops.windows(2).position(|pair| pair[0] >= pair[1]) {
            Some(i) => {
                let range = [self.tops[i], self.tops[i + 1]];
                Err(Fault::new(at.key("tops"), EmptyRange { range, unit: Unit::Metre }))
            }
            None => Ok(()),
        }
    }
}

/// A number that is known on a grid only: that of the file after [`File::load`].
impl Property for File {
    fn at(&self, point: [f64; 2]) -> f64 {
        self.loaded().map_or(f64::NAN, |read| read.model.sample(point))
    }

    fn numbers(&self, _: &KeyPath) -> Vec<(KeyPath, f64)> {
        Vec::new()
    }

    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        self.check_lengths(at)
    }
}

document::choices! {
    /// A number at every point of the medium.
    #[derive(PartialEq)]
    pub enum PropertyChoice: dyn Property {
        uniform => Uniform,
        disc => Disc,
        rectangle => Rectangle,
        layers => Layers,
        gradient => Gradient,
        file => File,
    }
}

impl PropertyChoice {
    /// The number at a point `[x, z]` in m.
    #[must_use]
    pub fn at(&self, point: [f64; 2]) -> f64 {
        self.as_dyn().at(point)
    }

    /// Checks shapes, and that every number is in a range; `at` is the key of the property.
    ///
    /// # Errors
    /// The key and its problem.
    pub fn check(&self, at: &KeyPath, range: [f64; 2]) -> Result<(), Fault> {
        let at = at.key(self.name());
        self.as_dyn().check(&at)?;
        let numbers = self.as_dyn().numbers(&at);
        numbers.iter().try_for_each(|(key, value)| document::within(key, *value, range, Unit::None))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_at_points() {
        let read = |text: &str| -> PropertyChoice { serde_json::from_str(text).unwrap() };
        let layers = read(r#"{"layers": {"tops": [0, 100], "values": [1, 2, 3]}}"#);
        assert_eq!([-1.0, 0.0, 99.0, 100.0].map(|z| layers.at([0.0, z])), [1.0, 2.0, 2.0, 3.0]);
        let disc = read(r#"{"disc": {"background": 1, "value": 2, "centre": [10, 20], "radius": 5}}"#);
        assert_eq!([[10.0, 24.0], [10.0, 26.0]].map(|p| disc.at(p)), [2.0, 1.0]);
        assert!(disc.check(&KeyPath::of("epsilon"), [0.0, 2.0]).is_ok());
        assert!(disc.check(&KeyPath::of("epsilon"), [0.0, 1.5]).is_err());
    }
}
