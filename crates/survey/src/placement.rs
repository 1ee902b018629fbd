//! Where the coordinates of a file are on the map, so that results can be placed back.

use serde::{Deserialize, Serialize};

/// The place of x = 0 on the map, and the direction of x there.
///
/// In a section x is the distance along a line. In a volume x and y are those of the map, less the origin.
///
/// # Units
/// Map coordinates, easting and northing, in m.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Placement {
    /// The point of the map with x = 0, in a volume with y = 0.
    pub origin: [f64; 2],
    /// The direction of growing x on the map, of length 1.
    pub direction: [f64; 2],
    /// Longitude and latitude in degrees of the point with map coordinates 0, if these were projected from longitudes and latitudes
    /// (transverse Mercator, WGS 84).
    pub centre: Option<[f64; 2]>,
}

impl Placement {
    /// The attribute of the sources with the origin.
    pub(crate) const ORIGIN: &str = "map_origin";
    /// The attribute with the direction.
    pub(crate) const DIRECTION: &str = "map_direction";
    /// The attribute with longitude and latitude of the centre.
    pub(crate) const CENTRE: &str = "map_centre";

    /// The point of the map at x and y.
    #[must_use]
    pub fn to_map(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        let ([e, n], [de, dn]) = (self.origin, self.direction);
        [e + x * de - y * dn, n + x * dn + y * de]
    }

    /// The azimuth of x in degrees, clockwise from north.
    #[must_use]
    pub fn azimuth(&self) -> f64 {
        let [east, north] = self.direction;
        east.atan2(north).to_degrees().rem_euclid(360.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn along_a_line_to_the_north_east() {
        let share = 0.5_f64.sqrt();
        let place = Placement { origin: [1000.0, 2000.0], direction: [share, share], centre: None };
        let [e, n] = place.to_map([100.0, 0.0]);
        assert!((e - 1000.0 - 100.0 * share).abs() < 1e-9 && (n - 2000.0 - 100.0 * share).abs() < 1e-9);
        assert!((place.azimuth() - 45.0).abs() < 1e-9);
    }
}
