//! The Newtonian potential of a polygon in closed form.

use std::f64::consts::TAU;

use crate::basis::STREAMS;
use crate::collocation::Point;

/// P(x) = integral over a polygon of ln|x - y| / (2 pi) dy, whose Laplacian is 1 inside and 0 outside.
///
/// It behaves like a wavefield at the outline of a body with another velocity: it is smooth elsewhere, its Laplacian
/// jumps by 1 across every side, and at a corner it behaves like r^2 log r.
///
/// # Source
/// Gauss's theorem twice: ln r = div ((y - x) (ln r / 2 - 1/4)) turns P into a sum over the sides, and grad ln|x - y|
/// = -grad_y ln|x - y| does the same for its gradient.
#[derive(Debug, Clone, PartialEq)]
pub struct Polygon {
    corners: Vec<Point>,
}

impl Polygon {
    /// The corners follow the outline, in either direction.
    ///
    /// # Panics
    /// If there are fewer than three.
    #[must_use]
    pub fn new(mut corners: Vec<Point>) -> Self {
        assert!(corners.len() >= 3, "a polygon has at least three corners, not {}", corners.len());
        let twice_area: f64 = sides(&corners).map(|(a, b)| a[0] * b[1] - a[1] * b[0]).sum();
        if twice_area < 0.0 {
            corners.reverse();
        }
        Self { corners }
    }

    /// A rectangle along the axes between its lowest and its highest corner.
    #[must_use]
    pub fn rectangle(low: Point, high: Point) -> Self {
        Self::new(vec![low, [high[0], low[1]], high, [low[0], high[1]]])
    }

    /// P, its gradient and its second derivatives xx and zz at a point.
    ///
    /// With x to the right and z upwards the outline runs anticlockwise, and (t_z, -t_x) points outwards.
    #[must_use]
    pub fn potential(&self, at: Point) -> [f64; STREAMS] {
        let mut jet = [0.0; STREAMS];
        for (a, b) in sides(&self.corners) {
            let side = [b[0] - a[0], b[1] - a[1]];
            let length = side[0].hypot(side[1]);
            if length == 0.0 {
                continue;
            }
            let t = side.map(|v| v / length);
            let n = [t[1], -t[0]];
            let from = [a[0] - at[0], a[1] - at[1]];
            // Along the side from s to s + length, at distance d inside of it.
            let (s, d) = (from[0] * t[0] + from[1] * t[1], from[0] * n[0] + from[1] * n[1]);
            let e = s + length;
            let (log_s, log_e) = (log_of(s, d), log_of(e, d));
            // The angle that the side subtends.
            let angle = (length * d).atan2(s * e + d * d);
            // The integral of ln r along the side.
            let integral = e * log_e - s * log_s - length + d * angle;
            let ratio = log_e - log_s;
            jet[0] += d * (0.5 * integral - 0.25 * length);
            jet[1] -= n[0] * integral;
            jet[2] -= n[1] * integral;
            jet[3] += n[0] * (ratio * t[0] + angle * n[0]);
            jet[4] += n[1] * (ratio * t[1] + angle * n[1]);
        }
        jet.map(|value| value / TAU)
    }
}

/// ln of the distance, kept finite at a corner.
fn log_of(along: f64, across: f64) -> f64 {
    along.hypot(across).max(f64::MIN_POSITIVE).ln()
}

fn sides(corners: &[Point]) -> impl Iterator<Item = (Point, Point)> + '_ {
    corners.iter().copied().zip(corners.iter().copied().cycle().skip(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    type Inside = fn(Point) -> bool;

    fn polygons() -> [(Polygon, Inside); 3] {
        let triangle = Polygon::new(vec![[-0.5, -0.3], [0.1, 0.7], [0.6, -0.2]]);
        let hooked =
            Polygon::new(vec![[0.0, 0.0], [0.8, 0.0], [0.8, 0.4], [0.4, 0.4], [0.4, 0.9], [0.0, 0.9]]);
        [
            (Polygon::rectangle([-0.3, -0.4], [0.5, 0.3]), |p| {
                p[0] > -0.3 && p[0] < 0.5 && p[1] > -0.4 && p[1] < 0.3
            }),
            (triangle, |p| {
                let left_of =
                    |a: Point, b: Point| (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]) > 0.0;
                left_of([-0.5, -0.3], [0.6, -0.2])
                    && left_of([0.6, -0.2], [0.1, 0.7])
                    && left_of([0.1, 0.7], [-0.5, -0.3])
            }),
            (hooked, |p| {
                let within = |x: f64, z: f64| p[0] > 0.0 && p[0] < x && p[1] > 0.0 && p[1] < z;
                within(0.8, 0.4) || within(0.4, 0.9)
            }),
        ]
    }

    fn points() -> impl Iterator<Item = Point> {
        (0..19).flat_map(|i| {
            (0..19).map(move |j| [-0.987 + 0.1103 * f64::from(i), -0.931 + 0.1079 * f64::from(j)])
        })
    }

    /// The Laplacian is 1 inside and 0 outside, to rounding.
    #[test]
    fn laplacian_is_the_indicator() {
        for (polygon, inside) in polygons() {
            let mut found = [0, 0];
            for p in points() {
                let jet = polygon.potential(p);
                let expected = if inside(p) { 1.0 } else { 0.0 };
                found[usize::from(inside(p))] += 1;
                assert!((jet[3] + jet[4] - expected).abs() < 1e-12, "{p:?} {jet:?}");
            }
            assert!(found.iter().all(|count| *count > 20), "{found:?}");
        }
    }

    /// The value is the integral. The midpoint rule on n^2 cells of the rectangle has an error of h^2 / 24 times the
    /// integral of the Laplacian of ln r, which is zero outside.
    #[test]
    fn value_is_the_integral() {
        let (low, high, n) = ([-0.3, -0.4], [0.5, 0.3], 400);
        let step = [0, 1].map(|a: usize| (high[a] - low[a]) / f64::from(n));
        for p in [[0.9, 0.1], [-0.6, -0.7], [0.1, 0.55]] {
            let term = |i: i32, j: i32| {
                let y = [low[0] + (f64::from(i) + 0.5) * step[0], low[1] + (f64::from(j) + 0.5) * step[1]];
                (p[0] - y[0]).hypot(p[1] - y[1]).ln() / TAU
            };
            let sum: f64 = (0..n).map(|i| (0..n).map(|j| term(i, j)).sum::<f64>()).sum();
            let found = Polygon::rectangle(low, high).potential(p)[0];
            assert!((found - sum * step[0] * step[1]).abs() < 1e-6, "{found}");
        }
    }

    /// At a corner of a square the mixed derivative, and so the slope of the gradient along the diagonal, behaves
    /// like ln r / (2 pi): it changes by ln 10 / (2 pi) from one radius to a tenth of it, up to the ratio of the
    /// radius and the side.
    #[test]
    fn corners_go_like_r2_log_r() {
        let square = Polygon::rectangle([0.0, 0.0], [1.0, 1.0]);
        let mixed = |r: f64| {
            let [x, h] = [r / 2f64.sqrt(), 1e-3 * r];
            (square.potential([x, x + h])[1] - square.potential([x, x - h])[1]) / (2.0 * h)
        };
        let found = mixed(1e-3) - mixed(1e-4);
        assert!((found.abs() - 10f64.ln() / TAU).abs() < 2e-3, "{found}");
    }

    /// Neither the direction of the outline nor a repeated corner matters, and the potential is finite at a corner.
    #[test]
    fn outlines_are_forgiving() {
        let corners = vec![[-0.5, -0.3], [0.1, 0.7], [0.6, -0.2]];
        let there = Polygon::new(corners.clone());
        let back = Polygon::new(vec![corners[0], corners[2], corners[2], corners[1]]);
        for p in points().chain(corners) {
            for (one, other) in there.potential(p).into_iter().zip(back.potential(p)) {
                assert!((one - other).abs() < 1e-12 && one.is_finite(), "{p:?} {one} {other}");
            }
        }
    }
}
