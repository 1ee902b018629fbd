//! Representations of a velocity: what is added to the network. One file each in `representation/`.

use burn::tensor::{Device, Tensor, TensorData};
use document::CheckSettings;

pub mod siren;
pub mod siren_and_grids;

pub use siren::Siren;
pub use siren_and_grids::SirenAndGrids;

/// A way to represent the outputs that define a velocity.
pub trait Representation: CheckSettings + Sync {
    /// The grids of trainable values whose interpolations are added to the outputs of the network, coarse to fine.
    fn grids(&self, channels: usize) -> Vec<FeatureGrid>;
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

/// Trainable values on a square grid over network coordinates from -1 to 1, interpolated linearly along both axes.
///
/// # Shapes
/// Values are `[channel, z, x]`, each axis with `cells + 1` nodes.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureGrid {
    cells: usize,
    channels: usize,
    gain: f32,
    values: Vec<f32>,
}

impl FeatureGrid {
    /// A grid of zeros; `gain` multiplies its output.
    #[must_use]
    pub fn zeros(cells: usize, channels: usize, gain: f32) -> Self {
        let cells = cells.max(1);
        Self { cells, channels, gain, values: vec![0.0; channels * (cells + 1) * (cells + 1)] }
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
        [self.channels * (self.cells + 1), self.cells + 1]
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

    /// Indices and weights of the four nodes around a point, in one channel.
    fn around(&self, [x, z]: [f32; 2]) -> [(usize, f32); 4] {
        let place = |c: f32| {
            let at = ((c + 1.0) * 0.5 * self.cells as f32).clamp(0.0, self.cells as f32);
            let cell = (at as usize).min(self.cells - 1);
            (cell, at - cell as f32)
        };
        let ((ix, wx), (iz, wz)) = (place(x), place(z));
        let node = |iz: usize, ix: usize| iz * (self.cells + 1) + ix;
        [
            (node(iz, ix), (1.0 - wz) * (1.0 - wx)),
            (node(iz, ix + 1), (1.0 - wz) * wx),
            (node(iz + 1, ix), wz * (1.0 - wx)),
            (node(iz + 1, ix + 1), wz * wx),
        ]
    }

    /// Adds the interpolated values to outputs.
    ///
    /// # Shapes
    /// `points` `[point]` of network coordinates `[x, z]`; `outputs` `[point, channel]`.
    pub fn add(&self, points: &[[f32; 2]], outputs: &mut [f32]) {
        let per_channel = self.values.len() / self.channels;
        for (point, outputs) in points.iter().zip(outputs.chunks_mut(self.channels)) {
            let around = self.around(*point);
            for (values, output) in self.values.chunks(per_channel).zip(outputs) {
                *output += self.gain * around.iter().map(|(node, w)| w * values[*node]).sum::<f32>();
            }
        }
    }

    /// The transpose of [`FeatureGrid::add`]: the derivative with respect to the values from that with respect to the
    /// outputs.
    #[must_use]
    pub fn gathered(&self, points: &[[f32; 2]], upstream: &[f32]) -> Vec<f32> {
        let per_channel = self.values.len() / self.channels;
        let mut sums = vec![0.0; self.values.len()];
        for (point, upstream) in points.iter().zip(upstream.chunks(self.channels)) {
            let around = self.around(*point);
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

    fn points() -> Vec<[f32; 2]> {
        (0..60).map(|i| [(i as f32 * 1.7).sin(), (i as f32 * 0.9).cos()]).collect()
    }

    /// Values that are linear in the coordinates are interpolated without error, to the rounding of f32.
    #[test]
    fn linear_functions_are_exact() {
        let mut grid = FeatureGrid::zeros(5, 2, 3.0);
        let at = |k: usize| [(k % 6) as f32, (k / 6 % 6) as f32].map(|i| i / 2.5 - 1.0);
        let value = |[x, z]: [f32; 2], channel: usize| 0.3 + 2.0 * x - z * (1 + channel) as f32;
        grid.set_values((0..72).map(|k| value(at(k), k / 36)).collect());
        let mut outputs = vec![1.0; 120];
        grid.add(&points(), &mut outputs);
        for (point, outputs) in points().into_iter().zip(outputs.chunks(2)) {
            for (channel, output) in outputs.iter().enumerate() {
                assert!((output - 1.0 - 3.0 * value(point, channel)).abs() < 2e-5);
            }
        }
    }

    /// `<A v, w> = <v, A^T w>` to the rounding of f32.
    #[test]
    fn pull_back_is_the_transpose() {
        let mut grid = FeatureGrid::zeros(7, 2, 0.5);
        grid.set_values((0..128).map(|k| (k as f32 * 0.37).sin()).collect());
        let upstream: Vec<f32> = (0..120).map(|k| (k as f32 * 0.61).cos()).collect();
        let mut outputs = vec![0.0; 120];
        grid.add(&points(), &mut outputs);
        let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(a * b)).sum::<f64>();
        let back = grid.gathered(&points(), &upstream);
        let (left, right) = (dot(&outputs, &upstream), dot(grid.values(), &back));
        assert!((left - right).abs() < 1e-5 * dot(&outputs, &outputs), "{left} {right}");
    }
}
