//! Longitude and latitude, and their projection to metres.
//!
//! # Source
//! C. F. F. Karney, "Transverse Mercator with an accuracy of a few nanometers", Journal of Geodesy 85 (2011), equations 7-12 and
//! 35, up to the fourth power of the third flattening. Ellipsoid: WGS 84.

/// Semi-major axis in m.
const A: f64 = 6_378_137.0;
/// Flattening.
const F: f64 = 1.0 / 298.257_223_563;

/// A transverse Mercator projection with scale 1 on its central meridian.
///
/// The series is exact to less than a millimetre up to 1000 km from the meridian. Lengths are too long by a part of d^2/(2 R^2) at
/// a distance d from the meridian: 1.2e-6 at 10 km, 1.2e-4 at 100 km.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Projection {
    /// Longitude of the central meridian, in degrees: x is 0 there.
    pub longitude: f64,
    /// Latitude in degrees at which y is 0 on the central meridian.
    pub latitude: f64,
}

impl Projection {
    /// The projection around the mean of points `[longitude, latitude]` in degrees.
    #[must_use]
    pub fn around(points: &[[f64; 2]]) -> Self {
        let Some(first) = points.first() else { return Self { longitude: 0.0, latitude: 0.0 } };
        let count = points.len() as f64;
        // Differences, so that points on both sides of the date line have a mean among them.
        let longitude = first[0] + points.iter().map(|point| turn(point[0] - first[0])).sum::<f64>() / count;
        let latitude = points.iter().map(|point| point[1]).sum::<f64>() / count;
        Self { longitude: turn(longitude), latitude }
    }

    /// Easting and northing in m of a point `[longitude, latitude]` in degrees, relative to the origin of the projection.
    #[must_use]
    pub fn project(&self, point: [f64; 2]) -> [f64; 2] {
        let [x, y] = mercator(turn(point[0] - self.longitude), point[1]);
        let [_, origin] = mercator(0.0, self.latitude);
        [x, y - origin]
    }
}

/// An angle between -180 and 180 degrees.
fn turn(degrees: f64) -> f64 {
    let turned = degrees.rem_euclid(360.0);
    if turned > 180.0 { turned - 360.0 } else { turned }
}

/// Easting from the central meridian and northing from the equator, in m, of angles in degrees.
fn mercator(longitude: f64, latitude: f64) -> [f64; 2] {
    let n = F / (2.0 - F);
    let (n2, n3, n4) = (n * n, n.powi(3), n.powi(4));
    let radius = A / (1.0 + n) * (1.0 + n2 / 4.0 + n4 / 64.0);
    let alpha = [
        n / 2.0 - 2.0 * n2 / 3.0 + 5.0 * n3 / 16.0 + 41.0 * n4 / 180.0,
        13.0 * n2 / 48.0 - 3.0 * n3 / 5.0 + 557.0 * n4 / 1440.0,
        61.0 * n3 / 240.0 - 103.0 * n4 / 140.0,
        49_561.0 * n4 / 161_280.0,
    ];
    let e = (F * (2.0 - F)).sqrt();
    let tau = latitude.to_radians().tan();
    let sigma = (e * (e * tau / tau.hypot(1.0)).atanh()).sinh();
    let conformal = tau * sigma.hypot(1.0) - sigma * tau.hypot(1.0);
    let lambda = longitude.to_radians();
    let xi = conformal.atan2(lambda.cos());
    let eta = (lambda.sin() / conformal.hypot(lambda.cos())).asinh();
    let mut ends = [eta, xi];
    for (index, alpha) in alpha.into_iter().enumerate() {
        let order = 2.0 * (index + 1) as f64;
        ends[0] += alpha * (order * xi).cos() * (order * eta).sinh();
        ends[1] += alpha * (order * xi).sin() * (order * eta).cosh();
    }
    ends.map(|end| radius * end)
}

/// Degrees of a number of degrees, minutes and seconds, written `DDDMMSS.ss`.
pub(crate) fn from_dms(value: f64) -> f64 {
    let magnitude = value.abs();
    let (degrees, rest) = ((magnitude / 1e4).floor(), magnitude % 1e4);
    let (minutes, seconds) = ((rest / 100.0).floor(), rest % 100.0);
    (degrees + minutes / 60.0 + seconds / 3600.0).copysign(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The length of the meridian from the equator to the pole is 10 001 965.7293 m (WGS 84).
    #[test]
    fn lengths_along_meridian_and_parallel() {
        let [x, y] = mercator(0.0, 90.0);
        assert!(x.abs() < 1e-6 && (y - 10_001_965.729_3).abs() < 1e-3, "{x} {y}");
        // UTM zone 32, point at 10 degrees east, 60 degrees north, without the scale 0.9996 and the false easting.
        let [x, y] = mercator(1.0, 60.0);
        let utm = [555_776.266_8 - 500_000.0, 6_651_832.735_4];
        assert!((x * 0.9996 - utm[0]).abs() < 1e-3 && (y * 0.9996 - utm[1]).abs() < 1e-3, "{x} {y}");
    }

    #[test]
    fn the_date_line_is_crossed() {
        let points = [[179.9, 10.0], [-179.9, 10.0]];
        let projection = Projection::around(&points);
        assert!((projection.longitude.abs() - 180.0).abs() < 1e-9, "{projection:?}");
        let [west, east] = points.map(|point| projection.project(point)[0]);
        assert!((west + east).abs() < 1e-6 && (east - west - 21_927.8).abs() < 10.0, "{west} {east}");
    }

    #[test]
    fn degrees_minutes_and_seconds() {
        assert!((from_dms(-1_234_530.0) + 123.758_333_333).abs() < 1e-8);
        assert_eq!(from_dms(103_000.0), 10.5);
    }
}
