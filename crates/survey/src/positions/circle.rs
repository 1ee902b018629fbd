//! Positions on a circle: the elements of a ring around a body.

use document::Unit;
use fd::Point;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::PositionRule;
use crate::ranges;

/// Equally spaced points on a circle or an arc. In a volume the circle is horizontal.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Circle {
    /// Centre [x, z], in a volume [x, y, z].
    #[schemars(transform = ranges::coordinate())]
    pub centre: Point,
    /// Radius.
    #[schemars(transform = ranges::length())]
    pub radius: f64,
    /// Number of points.
    #[schemars(transform = Unit::None.within(1.0, 1e6))]
    pub count: usize,
    /// Direction of the first point from the centre: 0 is along x, 90 along z (down), in a volume along y.
    #[serde(default)]
    #[schemars(transform = Unit::Degree.within(-720.0, 720.0))]
    pub from: f64,
    /// Direction of the last point, for an arc. When absent, the points go around the whole circle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = Unit::Degree.within(-720.0, 720.0))]
    pub to: Option<f64>,
}

impl PositionRule for Circle {
    fn points(&self) -> Option<Vec<Point>> {
        let step = match self.to {
            None => 360.0 / self.count as f64,
            Some(_) if self.count < 2 => 0.0,
            Some(to) => (to - self.from) / (self.count - 1) as f64,
        };
        let at = |i: usize| {
            let (sin, cos) = (self.from + step * i as f64).to_radians().sin_cos();
            let (along, across) = (self.radius * cos, self.radius * sin);
            match self.centre.coordinates() {
                [x] => Point::line(x + along),
                [x, z] => Point::from([x + along, z + across]),
                [x, y, z] => Point::from([x + along, y + across, *z]),
                _ => self.centre,
            }
        };
        Some((0..self.count).map(at).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn circle(text: &str) -> Vec<Point> {
        serde_json::from_str::<Circle>(text).unwrap().points().unwrap()
    }

    /// A whole circle does not repeat its first point; an arc has both ends.
    #[test]
    fn circles_and_arcs() {
        let near = |found: &[Point], expected: &[[f64; 2]]| {
            assert_eq!(found.len(), expected.len());
            for (found, expected) in found.iter().zip(expected) {
                assert!(found.distance(&Point::from(*expected)) < 1e-12, "{found:?} {expected:?}");
            }
        };
        let whole = circle(r#"{"centre": [1, 2], "radius": 3, "count": 4}"#);
        near(&whole, &[[4.0, 2.0], [1.0, 5.0], [-2.0, 2.0], [1.0, -1.0]]);
        let arc = circle(r#"{"centre": [0, 0], "radius": 1, "count": 3, "from": 90, "to": 270}"#);
        near(&arc, &[[0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]]);
        let one = circle(r#"{"centre": [0, 0], "radius": 1, "count": 1, "from": 180, "to": 200}"#);
        near(&one, &[[-1.0, 0.0]]);
        let level = circle(r#"{"centre": [0, 0, 7], "radius": 1, "count": 2, "from": 90}"#);
        assert!(level.iter().all(|point| point.z() == 7.0) && (level[0].y() - 1.0).abs() < 1e-12);
    }
}
