//! Grids of trainable values from coarse to fine, without a network.

use document::{CheckSettings, Fault, KeyPath, Message, Problem, Subject, Unit};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{FeatureGrid, Lattice, Places, Representation};

/// A sum of grids of learnable values from coarse to fine, interpolated linearly, and no network. With `adam` all
/// resolutions move at once, at the same rate: the coarse ones carry the long wavelengths that a single grid finds late.
///
/// # Source
/// Multigrid thinking for gradient descent; grids of several resolutions as a representation: Muller, Evans, Schied and
/// Keller, ACM Trans. Graph. 41 (2022), 102, without their hashing and their network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MultiResolution {
    /// Nodes of the computational grid from one node of each grid to the next, falling. 1 is the computational grid.
    #[serde(default = "spacings")]
    #[schemars(transform = Unit::None.within(1.0, 4096.0))]
    pub spacings: Vec<usize>,
    /// Factor on the values of the grids. It multiplies the learning rate.
    #[serde(default = "one")]
    #[schemars(transform = Unit::None.within(1e-6, 1e6))]
    pub gain: f32,
}

fn spacings() -> Vec<usize> {
    vec![24, 12, 6, 3, 1]
}
fn one() -> f32 {
    1.0
}

/// Spacings that do not fall.
#[derive(Debug)]
struct NotFalling {
    /// What they are.
    found: Vec<usize>,
}

impl Problem for NotFalling {
    fn message(&self, subject: &Subject) -> Message {
        let found: Vec<String> = self.found.iter().map(ToString::to_string).collect();
        let found = if found.is_empty() { "no spacings".to_owned() } else { found.join(", ") };
        Message::new(format!("{subject} have to fall from one grid to the next"))
            .found(found)
            .expected("at least one spacing, the largest first")
            .help("write `spacings: [24, 12, 6, 3, 1]`")
    }
}

impl CheckSettings for MultiResolution {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        let falls = self.spacings.windows(2).all(|pair| pair[0] > pair[1]);
        if self.spacings.is_empty() || !falls {
            return Err(Fault::new(at.key("spacings"), NotFalling { found: self.spacings.clone() }));
        }
        Ok(())
    }
}

impl Representation for MultiResolution {
    fn grids(&self, cells: &Lattice, channels: usize) -> Vec<FeatureGrid> {
        let coarse = |places: &Places, spacing: usize| Places {
            spacing: places.spacing * spacing as f32,
            // The last cell may reach beyond the last node.
            nodes: (places.nodes - 1).div_ceil(spacing) + 1,
            ..*places
        };
        let grid = |spacing: &usize| {
            let lattice = cells.iter().map(|places| coarse(places, *spacing)).collect();
            FeatureGrid::over(lattice, channels, self.gain)
        };
        self.spacings.iter().map(grid).collect()
    }

    fn has_network(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every spacing covers the cells; the finest grid has the values of the cells themselves, and any coarse one interpolates a
    /// linear function exactly, to the rounding of f32.
    #[test]
    fn covers_the_cells() {
        let cells = vec![
            Places { first: -1.0, spacing: 0.05, nodes: 41 },
            Places { first: -0.4, spacing: 0.05, nodes: 18 },
        ];
        let points: Vec<f32> = (0..18)
            .flat_map(|iz| (0..41).flat_map(move |ix| [-1.0 + 0.05 * ix as f32, -0.4 + 0.05 * iz as f32]))
            .collect();
        let representation = MultiResolution { spacings: vec![24, 12, 6, 3, 1], gain: 1.0 };
        for (grid, spacing) in representation.grids(&cells, 1).iter_mut().zip(&representation.spacings) {
            let nodes = [40_usize.div_ceil(*spacing) + 1, 17_usize.div_ceil(*spacing) + 1];
            assert_eq!(grid.values().len(), nodes[0] * nodes[1]);
            let value = |x: f32, z: f32| 0.3 + 2.0 * x - z;
            let step = 0.05 * *spacing as f32;
            let values = (0..nodes[1]).flat_map(|iz| {
                (0..nodes[0]).map(move |ix| value(-1.0 + step * ix as f32, -0.4 + step * iz as f32))
            });
            grid.set_values(values.collect());
            let mut outputs = vec![0.0; 41 * 18];
            grid.add(&points, &mut outputs);
            for (point, output) in points.chunks(2).zip(outputs) {
                assert!((output - value(point[0], point[1])).abs() < 1e-5, "{spacing}");
            }
        }
    }

    #[test]
    fn spacings_fall() {
        for spacings in [vec![], vec![3, 3], vec![1, 2]] {
            let representation = MultiResolution { spacings, gain: 1.0 };
            assert!(representation.check(&KeyPath::of("multi_resolution")).is_err());
        }
    }
}
