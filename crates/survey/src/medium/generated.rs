//! Models that are drawn at random from a seed: folded layers, a fault through them, a salt body in them.

use document::{Fault as Wrong, KeyPath, Unit};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::on_grid::on_grid;
use super::velocity_model::VelocityModel;
use crate::ranges;

/// Layers with undulating boundaries. The velocity grows with depth, except in some layers that are slower than
/// their neighbours.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Strata {
    /// Number of layers.
    #[schemars(transform = Unit::None.within(2.0, 1000.0))]
    pub count: usize,
    /// Velocity of the first layer.
    #[schemars(transform = ranges::velocity())]
    pub top: f64,
    /// Velocity of the last layer.
    #[schemars(transform = ranges::velocity())]
    pub bottom: f64,
    /// Depth z of the first boundary, which is flat: the base of a layer of water or mud.
    #[schemars(transform = ranges::coordinate())]
    pub first: f64,
    /// Greatest departure of a boundary from its mean depth.
    #[serde(default)]
    #[schemars(transform = ranges::distance())]
    pub relief: f64,
    /// Seed of the random numbers.
    #[serde(default = "one")]
    #[schemars(transform = ranges::seed())]
    pub seed: u64,
    #[serde(skip)]
    #[schemars(skip)]
    drawn: RandomValues,
}

fn one() -> u64 {
    1
}

/// What the seed decides.
#[derive(Debug, Clone, Default, PartialEq)]
struct RandomValues {
    /// Mean depth of each boundary, m.
    depths: Vec<f64>,
    /// Waves of the relief: wavenumber in 1/m and phase, the amplitudes being 1/2, 1/3 and 1/6.
    waves: [[f64; 2]; 3],
    /// Velocity of each layer, m/s.
    velocities: Vec<f64>,
    /// Top and bottom edge of the grid, m.
    edges: [f64; 2],
}

impl Strata {
    /// Draws the layers within a box, `x` and `z` from and to in m.
    pub(super) fn place(&mut self, x: [f64; 2], z: [f64; 2]) {
        let mut rng = StdRng::seed_from_u64(self.seed);
        let mut between = |lo: f64, hi: f64| lo + (hi - lo) * rng.random::<f64>();
        let boundaries = self.count.max(2) - 1;
        let thickness: Vec<f64> = (0..boundaries).map(|_| between(0.6, 1.4)).collect();
        let total: f64 = thickness.iter().sum();
        let mut depth = self.first;
        let mut depths = Vec::with_capacity(boundaries);
        for t in &thickness {
            depths.push(depth);
            depth += (z[1] - self.first) * t / total;
        }
        let waves = [1.0, 2.0, 3.5].map(|n| {
            let k = std::f64::consts::TAU * n * between(0.7, 1.1) / (x[1] - x[0]);
            [k, between(0.0, std::f64::consts::TAU)]
        });
        let step = (self.bottom - self.top) / boundaries as f64;
        let velocities = (0..=boundaries).map(|k| {
            let ends = k == 0 || k == boundaries;
            let off = between(-0.9, 0.6);
            self.top + step * (k as f64 + if ends { 0.0 } else { off })
        });
        let velocities = velocities.collect();
        self.drawn = RandomValues { depths, waves, velocities, edges: z };
    }

    /// Velocity at a point whose layers have been moved down by `throw`, m/s.
    fn velocity(&self, x: f64, z: f64, throw: f64) -> f64 {
        let drawn = &self.drawn;
        let parts = drawn.waves.iter().zip([0.5, 1.0 / 3.0, 1.0 / 6.0]);
        let relief: f64 = self.relief * parts.map(|([k, phase], a)| a * (k * x + phase).sin()).sum::<f64>();
        let boundaries = drawn.depths.len() as f64;
        // The first boundary is flat, and folds grow with depth.
        let above = |(k, depth): (usize, &f64)| {
            let moved = if k == 0 { 0.0 } else { throw + relief * (0.5 + 0.5 * k as f64 / boundaries) };
            z >= depth + moved
        };
        let layer = drawn.depths.iter().enumerate().rev().find(|d| above(*d)).map_or(0, |(k, _)| k + 1);
        drawn.velocities.get(layer).copied().unwrap_or(self.top)
    }

    fn check(&self, at: &KeyPath) -> Result<(), Wrong> {
        on_grid(&at.key("strata").key("first"), self.first, self.drawn.edges)
    }

    fn velocities(&self, at: &KeyPath) -> Vec<(KeyPath, f64)> {
        let mut all = vec![(at.key("top"), self.top), (at.key("bottom"), self.bottom)];
        all.extend(self.drawn.velocities.iter().map(|v| (at.clone(), *v)));
        all
    }
}

/// Folded layers, drawn at random.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Folds {
    /// The layers.
    pub strata: Strata,
}

impl VelocityModel for Folds {
    fn needs(&self) -> Option<&'static str> {
        Some("z")
    }

    fn velocity(&self, x: f64, z: f64) -> Option<f64> {
        Some(self.strata.velocity(x, z, 0.0))
    }

    fn velocities(&self, at: &KeyPath) -> Vec<(KeyPath, f64)> {
        self.strata.velocities(&at.key("strata"))
    }

    fn check(&self, at: &KeyPath) -> Result<(), Wrong> {
        self.strata.check(at)
    }
}

/// Folded layers, drawn at random, with a normal fault through all but the first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The layers.
    pub strata: Strata,
    /// x of the point where the fault meets the first boundary.
    #[schemars(transform = ranges::coordinate())]
    pub at: f64,
    /// Angle of the fault from the horizontal. Below 90 degrees the fault dips towards larger x.
    #[serde(default = "dip")]
    #[schemars(transform = Unit::Degree.within(10.0, 170.0))]
    pub dip: f64,
    /// How far the side of larger x has moved down.
    #[schemars(transform = Unit::Metre.within(-1e6, 1e6))]
    pub throw: f64,
}

fn dip() -> f64 {
    65.0
}

impl VelocityModel for Fault {
    fn needs(&self) -> Option<&'static str> {
        Some("z")
    }

    fn velocity(&self, x: f64, z: f64) -> Option<f64> {
        let plane = self.at + (z - self.strata.first) / self.dip.to_radians().tan();
        Some(self.strata.velocity(x, z, if x > plane { self.throw } else { 0.0 }))
    }

    fn velocities(&self, at: &KeyPath) -> Vec<(KeyPath, f64)> {
        self.strata.velocities(&at.key("strata"))
    }

    fn check(&self, at: &KeyPath) -> Result<(), Wrong> {
        self.strata.check(at)
    }
}

/// Folded layers, drawn at random, with a salt body that has a bumpy rim.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Salt {
    /// The layers.
    pub strata: Strata,
    /// Velocity of the salt.
    #[schemars(transform = ranges::velocity())]
    pub velocity: f64,
    /// Centre of the salt body [x, z].
    #[schemars(transform = ranges::coordinate())]
    pub centre: [f64; 2],
    /// Half the extent of the salt body in x and z.
    #[schemars(transform = ranges::length())]
    pub size: [f64; 2],
}

impl VelocityModel for Salt {
    fn needs(&self) -> Option<&'static str> {
        Some("z")
    }

    fn velocity(&self, x: f64, z: f64) -> Option<f64> {
        let unit = [0, 1].map(|a| ([x, z][a] - self.centre[a]) / self.size[a]);
        let angle = unit[1].atan2(unit[0]);
        let [first, second, _] = self.strata.drawn.waves.map(|[_, phase]| phase);
        let rim = 1.0 + 0.12 * (3.0 * angle + first).sin() + 0.06 * (7.0 * angle + second).sin();
        let inside = unit[0].hypot(unit[1]) < rim;
        Some(if inside { self.velocity } else { self.strata.velocity(x, z, 0.0) })
    }

    fn velocities(&self, at: &KeyPath) -> Vec<(KeyPath, f64)> {
        let mut all = vec![(at.key("velocity"), self.velocity)];
        all.extend(self.strata.velocities(&at.key("strata")));
        all
    }

    fn check(&self, at: &KeyPath) -> Result<(), Wrong> {
        self.strata.check(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strata(seed: u64) -> Strata {
        let yaml = format!("{{count: 6, top: 1500, bottom: 3500, first: 200, relief: 60, seed: {seed}}}");
        let mut strata: Strata = serde_saphyr::from_str(&yaml).unwrap();
        strata.place([0.0, 4000.0], [0.0, 1500.0]);
        strata
    }

    /// A seed is a model: the same one twice, another one for another seed, ends as typed, all within reach.
    #[test]
    fn one_seed_one_model() {
        let column = |s: &Strata, x: f64| -> Vec<f64> {
            (0..150).map(|i| s.velocity(x, 10.0 * f64::from(i), 0.0)).collect()
        };
        let (a, b, c) = (strata(3), strata(3), strata(4));
        assert_eq!(column(&a, 700.0), column(&b, 700.0));
        assert_ne!(column(&a, 700.0), column(&c, 700.0));
        assert_ne!(column(&a, 700.0), column(&a, 2500.0));
        for s in [a, c] {
            let column = column(&s, 700.0);
            assert_eq!((column[0], column[149]), (1500.0, 3500.0));
            assert!(column.iter().all(|v| (1400.0..3600.0).contains(v)), "{column:?}");
        }
    }

    /// Across a fault of throw h the layers stand h deeper, but for the flat first boundary; far from it nothing changes.
    #[test]
    fn throw_of_a_fault() {
        let mut flat = strata(5);
        flat.relief = 0.0;
        let fault = Fault { strata: flat.clone(), at: 2000.0, dip: 60.0, throw: 100.0 };
        for i in 0..1400 {
            let z = f64::from(i);
            assert_eq!(fault.velocity(100.0, z), Some(flat.velocity(100.0, z, 0.0)));
            if z > flat.drawn.depths[1] + 100.0 {
                assert_eq!(fault.velocity(3900.0, z), Some(flat.velocity(100.0, z - 100.0, 0.0)));
            }
        }
    }

    /// Salt at its centre, none beyond 1.18 times its half extents.
    #[test]
    fn extent_of_salt() {
        let salt =
            Salt { strata: strata(2), velocity: 4500.0, centre: [2000.0, 800.0], size: [600.0, 300.0] };
        assert_eq!(salt.velocity(2000.0, 800.0), Some(4500.0));
        for i in 0..100 {
            let (sin, cos) = (0.0628 * f64::from(i)).sin_cos();
            let at = |r: f64| salt.velocity(2000.0 + r * 600.0 * cos, 800.0 + r * 300.0 * sin);
            assert_eq!(at(0.8), Some(4500.0));
            assert_ne!(at(1.19), Some(4500.0));
        }
    }
}
