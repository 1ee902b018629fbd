//! Water, whose velocity is known.

use document::{CheckSettings, Fault, KeyPath, Message, Problem, Subject};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Conditioning, Medium};
use survey::ranges;

/// Holds the velocity in the water: above a given depth, or from the top of each column down to the first node of
/// the starting model that is faster than a given velocity.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Water {
    /// Depth z of a flat sea floor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = ranges::coordinate())]
    pub depth: Option<f64>,
    /// A velocity that the starting model has in water only, for example 1510 m/s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = ranges::velocity())]
    pub velocity: Option<f64>,
    /// Distance below the sea floor over which the weights rise to 1.
    #[serde(default)]
    #[schemars(transform = ranges::distance())]
    pub taper: f64,
}

/// Water that is given by both its depth and its velocity, or by neither.
#[derive(Debug)]
struct DepthOrVelocity {
    /// Whether it is both.
    both: bool,
}

impl Problem for DepthOrVelocity {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{subject} needs `depth` or `velocity`"))
            .found(if self.both { "both" } else { "neither" })
            .expected("one of them")
            .help("write `water: {depth: 200}` or `water: {velocity: 1510}`")
    }
}

impl CheckSettings for Water {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        if self.depth.is_some() == self.velocity.is_some() {
            return Err(Fault::new(at, DepthOrVelocity { both: self.depth.is_some() }));
        }
        Ok(())
    }
}

impl Conditioning for Water {
    fn weights(&self, medium: &Medium) -> Option<Vec<f64>> {
        let nz = medium.grid.nz();
        // Nodes of a level; a column has one in each level.
        let level = medium.grid.len() / nz;
        let mut weights = vec![1.0; medium.grid.len()];
        for column in 0..level {
            let wet = |iz: &usize| match (self.depth, self.velocity) {
                (Some(depth), _) => medium.grid.z(*iz) <= depth,
                (None, Some(velocity)) => medium.velocity[iz * level + column] <= velocity,
                (None, None) => false,
            };
            let floor = (0..nz).take_while(wet).count();
            for iz in 0..nz {
                let below = if iz < floor { 0.0 } else { (iz + 1 - floor) as f64 * medium.grid.spacing[1] };
                weights[iz * level + column] = if below == 0.0 {
                    0.0
                } else if floor == 0 || below > self.taper {
                    1.0
                } else {
                    (0.5 * std::f64::consts::PI * below / self.taper).sin().powi(2)
                };
            }
        }
        Some(weights)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fd::Grid;

    /// A dipping sea floor is found by its velocity; a slow pocket in the rock is not water.
    #[test]
    fn follows_the_sea_floor() {
        let grid = Grid::new([0.0, 0.0], [10.0, 10.0], [6, 2]).unwrap();
        let left = [1500.0, 1500.0, 2000.0, 1500.0, 2500.0, 2500.0];
        let right = [1500.0, 1500.0, 1500.0, 2000.0, 2500.0, 2500.0];
        let velocity: Vec<f64> = left.into_iter().zip(right).flat_map(|(l, r)| [l, r]).collect();
        let medium = Medium { grid: &grid, velocity: &velocity, illumination: None };
        let water = Water { depth: None, velocity: Some(1510.0), taper: 0.0 };
        let column = |weights: &[f64], ix: usize| (0..6).map(|iz| weights[2 * iz + ix]).collect::<Vec<_>>();
        let weights = water.weights(&medium).unwrap();
        assert_eq!(column(&weights, 0), [0.0, 0.0, 1.0, 1.0, 1.0, 1.0]);
        assert_eq!(column(&weights, 1), [0.0, 0.0, 0.0, 1.0, 1.0, 1.0]);
        let flat = Water { depth: Some(10.0), velocity: None, taper: 20.0 }.weights(&medium).unwrap();
        let expected = [0.0, 0.0, 0.5, 1.0, 1.0, 1.0];
        assert!(column(&flat, 0).iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12));
    }

    #[test]
    fn one_of_two_keys() {
        for (depth, velocity) in [(None, None), (Some(1.0), Some(1500.0))] {
            assert!(Water { depth, velocity, taper: 0.0 }.check(&KeyPath::of("water")).is_err());
        }
    }
}
