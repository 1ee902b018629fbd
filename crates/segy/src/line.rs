//! A straight line through sources and receivers, and positions along it.

/// A straight line in the plane.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    /// The point with distance 0, `[x, y]` in m.
    pub origin: [f64; 2],
    /// The direction of growing distance, of length 1.
    pub direction: [f64; 2],
}

/// No line goes through the points.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum LineError {
    /// There are no points.
    #[error("no positions to fit a line to")]
    NoPoints,
    /// All points are the same.
    #[error(
        "all sources and receivers are at x {x:.3} m, y {y:.3} m, which define no line, expected at least two different positions"
    )]
    OnePoint {
        /// Their x in m.
        x: f64,
        /// Their y in m.
        y: f64,
    },
    /// A number is NaN or infinite.
    #[error("no line is defined: a position is at x {x}, y {y}, expected finite numbers")]
    NotFinite {
        /// Its x.
        x: f64,
        /// Its y.
        y: f64,
    },
}

impl Line {
    /// The line from one point to another; distance 0 is at the first.
    ///
    /// # Errors
    /// [`LineError`] if the points are the same or not finite.
    pub fn between(from: [f64; 2], to: [f64; 2]) -> Result<Self, LineError> {
        check(&[from, to])?;
        let difference = [to[0] - from[0], to[1] - from[1]];
        let length = difference[0].hypot(difference[1]);
        if length == 0.0 {
            return Err(LineError::OnePoint { x: from[0], y: from[1] });
        }
        Ok(Self { origin: from, direction: difference.map(|part| part / length) })
    }

    /// The line for which the sum of squared distances of the points is smallest, along their principal axis.
    ///
    /// It points to growing x, or to growing y if it is along y. Distance 0 is at the first point along the line, except for points
    /// of one y: there distances are the x, so that such lines stay as they are.
    ///
    /// # Errors
    /// [`LineError`] if all points are the same or one is not finite.
    pub fn fit(points: &[[f64; 2]]) -> Result<Self, LineError> {
        check(points)?;
        let first = points[0];
        if points.iter().all(|point| *point == first) {
            return Err(LineError::OnePoint { x: first[0], y: first[1] });
        }
        if points.iter().all(|point| point[1] == first[1]) {
            return Ok(Self { origin: [0.0, first[1]], direction: [1.0, 0.0] });
        }
        let count = points.len() as f64;
        // Relative to the first point: coordinates of maps are large, and lines short.
        let sum =
            points.iter().fold([0.0; 2], |[x, y], point| [x + point[0] - first[0], y + point[1] - first[1]]);
        let mean = [first[0] + sum[0] / count, first[1] + sum[1] / count];
        let [mut xx, mut xy, mut yy] = [0.0; 3];
        for [x, y] in points.iter().map(|point| [point[0] - mean[0], point[1] - mean[1]]) {
            xx += x * x;
            xy += x * y;
            yy += y * y;
        }
        let angle = 0.5 * (2.0 * xy).atan2(xx - yy);
        let (mut y, mut x) = angle.sin_cos();
        if xx == 0.0 {
            [x, y] = [0.0, 1.0];
        } else if x < 0.0 {
            [x, y] = [-x, -y];
        }
        let through_mean = Self { origin: mean, direction: [x, y] };
        let start = points.iter().map(|point| through_mean.along(*point)).fold(f64::INFINITY, f64::min);
        Ok(Self { origin: [mean[0] + start * x, mean[1] + start * y], direction: [x, y] })
    }

    /// The distance along the line of the foot of a point, in m.
    #[must_use]
    pub fn along(&self, point: [f64; 2]) -> f64 {
        (point[0] - self.origin[0]) * self.direction[0] + (point[1] - self.origin[1]) * self.direction[1]
    }

    /// The distance of a point from the line in m, positive to the left of its direction.
    #[must_use]
    pub fn off(&self, point: [f64; 2]) -> f64 {
        (point[1] - self.origin[1]) * self.direction[0] - (point[0] - self.origin[0]) * self.direction[1]
    }

    /// The largest distance of a point from the line in m, and the place of that point; `None` without points.
    #[must_use]
    pub fn largest_off(&self, points: &[[f64; 2]]) -> Option<(f64, usize)> {
        let distances = points.iter().map(|point| self.off(*point).abs()).zip(0..);
        distances.max_by(|a, b| a.0.total_cmp(&b.0))
    }
}

fn check(points: &[[f64; 2]]) -> Result<(), LineError> {
    if points.is_empty() {
        return Err(LineError::NoPoints);
    }
    match points.iter().find(|point| !point.iter().all(|part| part.is_finite())) {
        Some([x, y]) => Err(LineError::NotFinite { x: *x, y: *y }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_along_x_keeps_its_x() {
        let points = [[500.0, 20.0], [100.0, 20.0], [300.0, 20.0]];
        let line = Line::fit(&points).unwrap();
        assert_eq!(points.map(|point| line.along(point)), [500.0, 100.0, 300.0]);
        assert_eq!(line.largest_off(&points).unwrap().0, 0.0);
    }

    #[test]
    fn lines_in_any_direction_are_fitted() {
        for degrees in [-80.0_f64, -30.0, 10.0, 45.0, 89.0, 90.0] {
            let (sin, cos) = degrees.to_radians().sin_cos();
            // Far from the origin, as coordinates of maps are, with 3 m to both sides.
            let points: Vec<[f64; 2]> = (0..101)
                .map(|i| {
                    let (along, off) = (25.0 * f64::from(i), if i % 2 == 0 { 3.0 } else { -3.0 });
                    [5e5 + along * cos - off * sin, 6e6 + along * sin + off * cos]
                })
                .collect();
            let line = Line::fit(&points).unwrap();
            let sign =
                if degrees == 90.0 || line.direction[1].signum() == degrees.signum() { 1.0 } else { -1.0 };
            for (i, point) in points.iter().enumerate() {
                assert!(
                    (line.along(*point) - 25.0 * i as f64).abs() < 0.3,
                    "{degrees} {i} {}",
                    line.along(*point)
                );
                let off = if i % 2 == 0 { 3.0 } else { -3.0 };
                assert!((sign * line.off(*point) - off).abs() < 0.1, "{degrees} {i}");
            }
        }
    }

    #[test]
    fn a_line_between_two_points() {
        let line = Line::between([0.0, 0.0], [3.0, 4.0]).unwrap();
        assert!((line.along([3.0, 4.0]) - 5.0).abs() < 1e-12);
        assert!((line.off([-4.0, 3.0]) - 5.0).abs() < 1e-12);
        assert_eq!(line.largest_off(&[[3.0, 4.0], [-4.0, 3.0]]).unwrap().1, 1);
    }

    #[test]
    fn points_without_a_line_are_refused() {
        assert_eq!(Line::fit(&[]), Err(LineError::NoPoints));
        assert_eq!(Line::fit(&[[1.0, 2.0]; 3]), Err(LineError::OnePoint { x: 1.0, y: 2.0 }));
        assert!(matches!(Line::between([0.0, f64::NAN], [1.0, 1.0]), Err(LineError::NotFinite { .. })));
        assert!(Line::between([1.0, 1.0], [1.0, 1.0]).is_err());
    }
}
