//! Representations of a velocity: what is added to the network. One file each in `representation/`.

use burn::tensor::{Device, Tensor, TensorData};
use document::CheckSettings;

pub mod siren;
pub mod siren_and_grids;

pub use siren::Siren;
pub use siren_and_grids::SirenAndGrids;

/// A way to represent the outputs that define a velocity.
pub trait Representation: CheckSettings + Sync {
    /// The grids of trainable values, in so many dimensions, whose interpolations are added to the outputs of the network,
    /// coarse to fine.
    fn grids(&self, dims: usize, channels: usize) -> Vec<FeatureGrid>;
}

document::choices! {
    /// How the outputs are represented.
    pub enum RepresentationChoice: dyn Representation {
        siren => Siren,
        siren_and_grids => SirenAndGrids,
    }
}

impl Default for RepresentationChoice {
    fn default() -> Self {
        Self::Siren(Default::default())
    }
}

/// Trainable values on a square or cubic grid over network coordinates from -1 to 1, interpolated linearly along all axes.
///
/// # Shapes
/// Values are `[channel, z, x]`, in a volume `[channel, z, y, x]`, each axis with `cells + 1` nodes.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureGrid {
    dims: usize,
    cells: usize,
    channels: usize,
    gain: f32,
    values: Vec<f32>,
}

impl FeatureGrid {
    /// A grid of zeros; `gain` multiplies its output.
    #[must_use]
    pub fn zeros(dims: usize, cells: usize, channels: usize, gain: f32) -> Self {
        let cells = cells.max(1);
        let values = vec![0.0; channels * (cells + 1).pow(dims as u32)];
        Self { dims, cells, channels, gain, values }
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
        [self.values.len() / (self.cells + 1), self.cells + 1]
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
        for (axis, c) in point.iter().enumerate() {
            let at = ((c + 1.0) * 0.5 * self.cells as f32).clamp(0.0, self.cells as f32);
            let cell = (at as usize).min(self.cells - 1);
            let share = at - cell as f32;
            for k in 0..1 << axis {
                let (node, weight) = all[k];
                all[k] = (node + cell * stride, weight * (1.0 - share));
                all[k + (1 << axis)] = (node + (cell + 1) * stride, weight * share);
            }
            stride *= self.cells + 1;
        }
        all
    }

    /// Adds the interpolated values to outputs.
    ///
    /// # Shapes
    /// `points` `[point, axis]` in network coordinates; `outputs` `[point, channel]`.
    pub fn add(&self, points: &[f32], outputs: &mut [f32]) {
        let per_channel = self.values.len() / self.channels;
        let nodes = 1 << self.dims;
        for (point, outputs) in points.chunks(self.dims).zip(outputs.chunks_mut(self.channels)) {
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
        let nodes = 1 << self.dims;
        for (point, upstream) in points.chunks(self.dims).zip(upstream.chunks(self.channels)) {
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
