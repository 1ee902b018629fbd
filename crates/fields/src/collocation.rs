//! Collocation points: the points at which the residual of the equation is minimised. One file each in
//! `collocation/`.

use burn::tensor::{Device, Tensor, TensorData};

pub mod residual_weighted;
pub mod source_weighted;
pub mod uniform;

pub use crate::region::{Point, Region};
pub use crate::sampler::Collocation;
pub use residual_weighted::ResidualWeighted;
pub use source_weighted::SourceWeighted;
pub use uniform::Uniform;

/// Points as the networks take them.
///
/// # Shapes
/// `[N, coordinates]`.
#[must_use]
pub fn to_tensor<const D: usize>(points: &[[f64; D]], device: &Device) -> Tensor<2> {
    let values: Vec<f32> = points.iter().flatten().map(|c| *c as f32).collect();
    Tensor::from_data(TensorData::new(values, [points.len(), D]), device)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(seed: u64) -> Vec<Box<dyn Collocation>> {
        let region = Region::new([-2.0, 1.0], [3.0, 2.0]).unwrap();
        let near = SourceWeighted::new(region, vec![[0.0, 1.5]], vec![[1.0, 1.5]], 0.1, 20, seed).unwrap();
        vec![
            Box::new(Uniform::new(region, seed)),
            Box::new(near),
            Box::new(ResidualWeighted::new(region, 0.5, 1.0, seed).unwrap()),
        ]
    }

    #[test]
    fn every_file_is_listed() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/collocation");
        document::choices::assert_rows_have_files(folder, all(0).iter().map(|sampler| sampler.name()));
    }

    /// Every sampler returns the requested number of points, all in the box, determined by the seed, and continued by
    /// a memory.
    #[test]
    fn every_sampler_keeps_to_box_count_and_seed() {
        let region = Region::new([-2.0, 1.0], [3.0, 2.0]).unwrap();
        for ((a, b), c) in all(1).iter_mut().zip(&mut all(1)).zip(&mut all(2)) {
            let points = a.sample(500);
            assert_eq!(points.len(), 500);
            assert!(points.iter().all(|p| region.contains(*p)), "{}", a.name());
            assert_eq!(points, b.sample(500), "{}", a.name());
            assert_ne!(points, c.sample(500), "{}", a.name());
        }
        for (index, sampler) in all(1).iter_mut().enumerate() {
            let mut again = all(1).swap_remove(index);
            for _ in 0..3 {
                let points = sampler.sample(100);
                sampler.observe(&points, &points.iter().map(|p| p[0] * p[0]).collect::<Vec<_>>());
                again.sample(100);
            }
            again.remember(&sampler.memory());
            assert_eq!(sampler.sample(100), again.sample(100), "{}", sampler.name());
        }
    }

    #[test]
    fn boxes_need_an_area() {
        assert!(Region::new([0.0, 0.0], [1.0, 0.0]).is_err());
        assert!(Region::new([0.0, f64::NAN], [1.0, 1.0]).is_err());
    }
}
