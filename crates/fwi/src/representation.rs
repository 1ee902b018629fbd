//! Representations of a velocity: what is added to the network. One file each in `representation/`.

use burn::tensor::{Device, Tensor, TensorData};
use document::CheckSettings;

pub mod multi_resolution;
pub mod siren;
pub mod siren_and_grids;

pub use multi_resolution::MultiResolution;
pub use siren::Siren;
pub use siren_and_grids::SirenAndGrids;

/// A way to represent the outputs that define a velocity.
pub trait Representation: CheckSettings + Sync {
    /// The grids of trainable values whose interpolations are added to the outputs of the network, coarse to fine, for cells at
    /// these places.
    fn grids(&self, cells: &Lattice, channels: usize) -> Vec<FeatureGrid>;

    /// Whether there is a network.
    fn has_network(&self) -> bool {
        true
    }
}

document::choices! {
    /// How the outputs are represented.
    pub enum RepresentationChoice: dyn Representation {
        siren => Siren,
        siren_and_grids => SirenAndGrids,
        multi_resolution => MultiResolution,
    }
}

impl Default for RepresentationChoice {
    fn default() -> Self {
        Self::Siren(Default::default())
    }
}

/// The nodes of one axis in network coordinates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Places {
    /// The first node.
    pub first: f32,
    /// From one node to the next.
    pub spacing: f32,
    /// Number of nodes, at least two.
    pub nodes: usize,
}

/// Nodes in network coordinates, axis by axis from x to z.
pub type Lattice = Vec<Places>;

/// Trainable values on a regular grid over network coordinates, interpolated linearly along all axes. Beyond its edges the values
/// at the edges are used.
///
/// # Shapes
/// Values are `[channel, z, x]`, in a volume `[channel, z, y, x]`.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureGrid {
    lattice: Lattice,
    channels: usize,
    gain: f32,
    values: Vec<f32>,
}

impl FeatureGrid {
    /// A grid of zeros over -1 to 1 along each axis; `gain` multiplies its output.
    #[must_use]
    pub fn zeros(dims: usize, cells: usize, channels: usize, gain: f32) -> Self {
        let cells = cells.max(1);
        let axis = Places { first: -1.0, spacing: 2.0 / cells as f32, nodes: cells + 1 };
        Self::over(vec![axis; dims], channels, gain)
    }

    /// A grid of zeros with nodes at these places; `gain` multiplies its output.
    #[must_use]
    pub fn over(lattice: Lattice, channels: usize, gain: f32) -> Self {
        let values = vec![0.0; channels * lattice.iter().map(|axis| axis.nodes).product::<usize>()];
        Self { lattice, channels, gain, values }
    }

    /// The values.
    #[must_use]
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// Replaces the values; a list of another length changes nothing.
    pub fn set_values(&mut self, values: Vec<f32>) {
        if values.len() == self.values.len() {
            self.values = values;
        }
    }

    fn shape(&self) -> [usize; 2] {
        let columns = self.lattice.first().map_or(1, |axis| axis.nodes);
        [self.values.len() / columns, columns]
    }

    /// The values as a parameter of an optimiser, `[channel z, x]`.
    #[must_use]
    pub fn parameter(&self, device: &Device) -> Tensor<2> {
        self.tensor(self.values.clone(), device)
    }

    /// Numbers in the layout of the values as a tensor with the shape of [`FeatureGrid::parameter`].
    #[must_use]
    pub fn tensor(&self, values: Vec<f32>, device: &Device) -> Tensor<2> {
        Tensor::from_data(TensorData::new(values, self.shape()), device)
    }

    /// Indices and weights of the nodes around a point, in one channel: two along each axis. Those after the first
    /// `2^dims` are empty.
    fn around(&self, point: &[f32]) -> [(usize, f32); 8] {
        let mut all = [(0, 0.0); 8];
        all[0] = (0, 1.0);
        let mut stride = 1;
        for (axis, (c, places)) in point.iter().zip(&self.lattice).enumerate() {
            let cells = places.nodes - 1;
            let at = ((c - places.first) / places.spacing).clamp(0.0, cells as f32);
            let cell = (at as usize).min(cells - 1);
            let share = at - cell as f32;
            for k in 0..1 << axis {
                let (node, weight) = all[k];
                all[k] = (node + cell * stride, weight * (1.0 - share));
                all[k + (1 << axis)] = (node + (cell + 1) * stride, weight * share);
            }
            stride *= places.nodes;
        }
        all
    }

    /// Adds the interpolated values to outputs.
    ///
    /// # Shapes
    /// `points` `[point, axis]` in network coordinates; `outputs` `[point, channel]`.
    pub fn add(&self, points: &[f32], outputs: &mut [f32]) {
        let per_channel = self.values.len() / self.channels;
        let dims = self.lattice.len();
        let nodes = 1 << dims;
        for (point, outputs) in points.chunks(dims).zip(outputs.chunks_mut(self.channels)) {
            let around = &self.around(point)[..nodes];
            for (values, output) in self.values.chunks(per_channel).zip(outputs) {
                *output += self.gain * around.iter().map(|(node, w)| w * values[*node]).sum::<f32>();
            }
        }
    }

    /// The transpose of [`FeatureGrid::add`]: the derivative with respect to the values from that with respect to the
    /// outputs.
    #[must_use]
    pub fn gathered(&self, points: &[f32], upstream: &[f32]) -> Vec<f32> {
        let per_channel = self.values.len() / self.channels;
        let mut sums = vec![0.0; self.values.len()];
        let dims = self.lattice.len();
        let nodes = 1 << dims;
        for (point, upstream) in points.chunks(dims).zip(upstream.chunks(self.channels)) {
            let around = &self.around(point)[..nodes];
            for (sums, g) in sums.chunks_mut(per_channel).zip(upstream) {
                around.iter().for_each(|(node, w)| sums[*node] += self.gain * w * g);
            }
        }
        sums
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_listed() {
        document::choices::assert_rows_have_files(
            concat!(env!("CARGO_MANIFEST_DIR"), "/src/representation"),
            RepresentationChoice::NAMES.iter().copied(),
        );
    }

    /// `[point, axis]`.
    fn points(dims: usize) -> Vec<f32> {
        let at = |i: usize| [(i as f32 * 1.7).sin(), (i as f32 * 0.9).cos(), (i as f32 * 2.3).sin()];
        (0..60).flat_map(|i| at(i)[..dims].to_vec()).collect()
    }

    /// Values that are linear in the coordinates are interpolated without error, to the rounding of f32.
    #[test]
    fn linear_functions_are_exact() {
        for dims in 1..=3 {
            let mut grid = FeatureGrid::zeros(dims, 5, 2, 3.0);
            let at = |k: usize| [k % 6, k / 6 % 6, k / 36 % 6].map(|i| i as f32 / 2.5 - 1.0);
            let value = |at: &[f32], channel: usize| {
                0.3 + 2.0 * at[0] - at.iter().skip(1).sum::<f32>() * (1 + channel) as f32
            };
            let nodes = 6_usize.pow(dims as u32);
            grid.set_values((0..2 * nodes).map(|k| value(&at(k % nodes)[..dims], k / nodes)).collect());
            let mut outputs = vec![1.0; 120];
            grid.add(&points(dims), &mut outputs);
            for (point, outputs) in points(dims).chunks(dims).zip(outputs.chunks(2)) {
                for (channel, output) in outputs.iter().enumerate() {
                    assert!((output - 1.0 - 3.0 * value(point, channel)).abs() < 2e-5);
                }
            }
        }
    }

    /// `<A v, w> = <v, A^T w>` to the rounding of f32.
    #[test]
    fn pull_back_is_the_transpose() {
        for dims in 1..=3 {
            let mut grid = FeatureGrid::zeros(dims, 7, 2, 0.5);
            grid.set_values((0..2 * 8_usize.pow(dims as u32)).map(|k| (k as f32 * 0.37).sin()).collect());
            let upstream: Vec<f32> = (0..120).map(|k| (k as f32 * 0.61).cos()).collect();
            let mut outputs = vec![0.0; 120];
            grid.add(&points(dims), &mut outputs);
            let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(a * b)).sum::<f64>();
            let back = grid.gathered(&points(dims), &upstream);
            let (left, right) = (dot(&outputs, &upstream), dot(grid.values(), &back));
            assert!((left - right).abs() < 1e-5 * dot(&outputs, &outputs), "{left} {right}");
        }
    }
}
