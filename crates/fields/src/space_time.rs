//! Random points in space and time.

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::collocation::{Point, Region};

/// A point `[x, z, t]`.
pub type Event = [f64; 3];

/// The cone within which waves can be: within `radius + speed t` of one of the centres.
///
/// No wave is faster than the fastest velocity, so the field outside is zero and needs no points.
#[derive(Debug, Clone, PartialEq)]
pub struct Cone {
    /// Positions of the sources, `[x, z]`.
    pub centres: Vec<Point>,
    /// Radius at t = 0.
    pub radius: f64,
    /// The fastest velocity.
    pub speed: f64,
}

impl Cone {
    /// Radius at a time.
    #[must_use]
    pub fn reach(&self, t: f64) -> f64 {
        self.radius + self.speed * t
    }

    /// Whether a wave of one source can be at a point.
    #[must_use]
    pub fn contains(&self, source: usize, [x, z, t]: Event) -> bool {
        let [a, b] = self.centres[source];
        (x - a).hypot(z - b) <= self.reach(t)
    }
}

/// Draws points of a box in space and an interval in time; the same seed gives the same points.
#[derive(Debug, Clone)]
pub struct SpaceTime {
    region: Region,
    rng: StdRng,
}

impl SpaceTime {
    /// A sampler.
    #[must_use]
    pub fn new(region: Region, seed: u64) -> Self {
        Self { region, rng: StdRng::seed_from_u64(seed) }
    }

    /// Points uniform in the box, with t uniform in `from` to `until`.
    pub fn uniform(&mut self, count: usize, from: f64, until: f64) -> Vec<Event> {
        (0..count)
            .map(|_| {
                let [x, z] = self.region.draw(&mut self.rng);
                [x, z, from + (until - from) * self.rng.random::<f64>()]
            })
            .collect()
    }

    /// Points uniform on the edge of the box, with the sides in turn as in [`SpaceTime::outward`]; t is uniform up to
    /// `until`.
    pub fn on_edge(&mut self, count: usize, until: f64) -> Vec<Event> {
        let mut events = self.uniform(count, 0.0, until);
        for (k, event) in events.iter_mut().enumerate() {
            let (axis, sign) = Self::outward(k);
            event[axis] = if sign < 0.0 { self.region.low } else { self.region.high }[axis];
        }
        events
    }

    /// The outward normal at the k-th of the points on the edge: the axis, and 1 or -1 along it.
    #[must_use]
    pub const fn outward(k: usize) -> (usize, f64) {
        (k % 2, if k % 4 < 2 { -1.0 } else { 1.0 })
    }

    /// Points uniform in the volume of the cones inside the box, t up to `until`, with the centres in turn.
    pub fn in_cone(&mut self, count: usize, until: f64, cone: &Cone) -> Vec<Event> {
        (0..count)
            .map(|k| self.draw(&cone.centres[k % cone.centres.len()], until, cone, [0.0, 1.0]))
            .collect()
    }

    /// Points just outside the cones: from their surface to `margin` times their radius at that time.
    pub fn around_cone(&mut self, count: usize, until: f64, cone: &Cone, margin: f64) -> Vec<Event> {
        (0..count)
            .map(|k| self.draw(&cone.centres[k % cone.centres.len()], until, cone, [1.0, margin]))
            .collect()
    }

    /// Points in a disc around a centre, at t = 0.
    pub fn in_disc(&mut self, count: usize, centre: Point, radius: f64) -> Vec<Event> {
        (0..count)
            .map(|_| {
                let [a, b] = self.in_ring([0.0, radius]);
                [centre[0] + a, centre[1] + b, 0.0]
            })
            .collect()
    }

    fn in_ring(&mut self, [inner, outer]: [f64; 2]) -> [f64; 2] {
        let square = inner * inner + (outer * outer - inner * inner) * self.rng.random::<f64>();
        let (r, angle) = (square.sqrt(), std::f64::consts::TAU * self.rng.random::<f64>());
        [r * angle.cos(), r * angle.sin()]
    }

    fn draw(&mut self, centre: &Point, until: f64, cone: &Cone, ring: [f64; 2]) -> Event {
        // The volume up to t grows as the cube of the radius. Points outside the box are drawn again.
        let (first, last) = (cone.reach(0.0).powi(3), cone.reach(until).powi(3));
        loop {
            let radius = (first + (last - first) * self.rng.random::<f64>()).cbrt();
            let t = if cone.speed > 0.0 { (radius - cone.radius) / cone.speed } else { 0.0 };
            let [a, b] = self.in_ring(ring.map(|share| share * radius));
            let point = [centre[0] + a, centre[1] + b];
            if self.region.contains(point) {
                return [point[0], point[1], t.clamp(0.0, until)];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Points of a cone lie in it and in the box, equally dense early and late: half the volume contains half the
    /// points (five standard errors of 4000 draws).
    #[test]
    fn cones_are_filled_evenly() {
        let region = Region::new([-5.0, -5.0], [5.0, 5.0]).unwrap();
        let cone = Cone { centres: vec![[0.0, 0.0]], radius: 1.0, speed: 2.0 };
        let mut sampler = SpaceTime::new(region, 3);
        let points = sampler.in_cone(4000, 1.0, &cone);
        assert!(points.iter().all(|p| cone.contains(0, *p) && (0.0..=1.0).contains(&p[2])));
        // Radii 1 to 3: half the volume is below cbrt(14).
        let half = (14.0f64.cbrt() - 1.0) / 2.0;
        let early = points.iter().filter(|p| p[2] < half).count() as f64 / 4000.0;
        assert!((early - 0.5).abs() < 5.0 * 0.5 / 4000f64.sqrt(), "{early}");
        let around = sampler.around_cone(500, 1.0, &cone, 1.2);
        assert!(around.iter().all(|p| !cone.contains(0, [p[0] * 1.0001, p[1] * 1.0001, p[2]])));
        let again = SpaceTime::new(region, 3).in_cone(4000, 1.0, &cone);
        assert_eq!(points, again);
    }

    /// Every point on the edge lies on the side of its outward normal.
    #[test]
    fn edges_have_their_normals() {
        let region = Region::new([-1.0, 2.0], [3.0, 5.0]).unwrap();
        let mut sides = std::collections::HashSet::new();
        for (k, event) in SpaceTime::new(region, 5).on_edge(8, 0.7).into_iter().enumerate() {
            let (axis, sign) = SpaceTime::outward(k);
            let beyond: [f64; 2] =
                std::array::from_fn(|a| event[a] + if a == axis { 1e-9 * sign } else { 0.0 });
            assert!(region.contains([event[0], event[1]]) && !region.contains(beyond), "{k} {event:?}");
            assert!((0.0..=0.7).contains(&event[2]));
            sides.insert((axis, sign > 0.0));
        }
        assert_eq!(sides.len(), 4);
    }

    /// No point is drawn outside the box.
    #[test]
    fn points_stay_in_the_box() {
        let region = Region::new([0.0, 0.0], [1.0, 1.0]).unwrap();
        let cone = Cone { centres: vec![[0.1, 0.9]], radius: 0.5, speed: 1.0 };
        let mut sampler = SpaceTime::new(region, 4);
        let points = [sampler.in_cone(500, 0.5, &cone), sampler.uniform(500, 0.2, 0.5)].concat();
        assert!(points.iter().all(|p| region.contains([p[0], p[1]])));
    }
}
