//! Images of reflectors: from the sums of a migration to the reflectivity.
//!
//! In a medium of velocity v a plane wave of amplitude U reflects from a reflector at depth z0 with the coefficient R. Source waves
//! times back-propagated reflections give `w^2 |U|^2 R / (2 k) sin(2 k (z - z0))` in the derivative of the misfit by the squared
//! slowness, with k = w/v: a step. Three integrals over time and the Laplacian, which is `-4 k^2`, make of it
//! `(2/v) |U|^2 R cos(2 k (z - z0))`. Times v/2 and divided by the energy of the source waves this is R, in phase with the
//! reflector. Waves that travel the same way as the source waves have a Laplacian of zero, so that their product, which covers the
//! image with long waves, is removed.
//!
//! # Source
//! Zhang and Sun, First Break 26 (2009), 29-35, with the Laplacian and its scaling by frequency and velocity; Claerbout,
//! Geophysics 36 (1971), 467-481, for the division by the energy of the source waves.

use fd::{Domain, Grid};
use pde::centred;
use survey::gaussian;
use survey::model::Model;

use crate::conditioning::{ConditioningChoice, Medium};
use crate::forward::transient::MigratedShots;
use crate::inversion_error::InversionError;
use crate::region::SubGrid;

/// The damping of the division by the energy of the source waves, relative to its median where the image is.
const DAMPING: f64 = 1e-2;

/// How sums of migrated shots become an image.
#[derive(Debug, Clone)]
pub struct Imaging {
    grid: Grid,
    order: usize,
    /// v/2 over the damped energy of the source waves and the cell, 0 outside the image, `[z, x]`.
    weights: Vec<f64>,
}

impl Imaging {
    /// Prepares the weights: the image is in the region of the inversion, below its water. `velocity` on the grid in m/s, `illumination` the
    /// energy of the source waves, `order` that of the Laplacian.
    ///
    /// # Errors
    /// [`InversionError::Region`]; [`InversionError::NoData`] where the waves in the region are zero or not finite.
    pub fn new(
        (region, conditioning): (&Domain, &[ConditioningChoice]),
        velocity: &Model,
        illumination: &[f64],
        order: usize,
    ) -> Result<Self, InversionError> {
        let grid = velocity.grid;
        let region = SubGrid::new(&grid, region)?;
        let inside = |values: &[f64]| -> Vec<f64> { region.nodes.iter().map(|&node| values[node]).collect() };
        let (speeds, energy) = (inside(&velocity.values), inside(illumination));
        let medium = Medium { grid: &region.grid, velocity: &speeds, illumination: None };
        let mut shown = vec![1.0; region.nodes.len()];
        for weights in water(conditioning, &medium) {
            shown.iter_mut().zip(weights).for_each(|(shown, weight)| *shown *= weight);
        }
        let mut sorted = energy.clone();
        sorted.sort_by(f64::total_cmp);
        let largest = sorted.last().copied().unwrap_or(0.0);
        if !(largest.is_finite() && largest > 0.0) {
            return Err(InversionError::NoData { cause: "the waves in the region are zero, or not finite" });
        }
        let median = sorted[sorted.len() / 2];
        let damping = DAMPING * if median > 0.0 { median } else { largest };
        let mut weights = vec![0.0; grid.len()];
        for (k, &node) in region.nodes.iter().enumerate() {
            // A derivative by the value at a node is the density times the cell.
            weights[node] = shown[k] * 0.5 * speeds[k] / (energy[k] + damping) / grid.cell();
        }
        Ok(Self { grid, order, weights })
    }

    /// The image of migrated shots on the grid: on a line the reflection coefficient, in more dimensions proportional to it, because
    /// the sum over receivers stands for an integral.
    #[must_use]
    pub fn image(&self, shots: &MigratedShots) -> Model {
        let laplacian = laplacian(&self.grid, &without_layers(&self.grid, &shots.by_m), self.order);
        let values = laplacian.iter().zip(&self.weights).map(|(l, w)| w * l).collect();
        Model { grid: self.grid, values }
    }
}

/// By entry of the conditioning that is water: the weights of the nodes, 0 in the water.
pub fn water(conditioning: &[ConditioningChoice], medium: &Medium) -> Vec<Vec<f64>> {
    let is_water = |choice: &&ConditioningChoice| matches!(choice, ConditioningChoice::Water(_));
    conditioning.iter().filter(is_water).filter_map(|choice| choice.as_dyn().weights(medium)).collect()
}

/// Values whose outermost nodes are those beside them: the derivatives of the absorbing layers are added to the nodes of the edges.
fn without_layers(grid: &Grid, values: &[f64]) -> Vec<f64> {
    let mut values = values.to_vec();
    let mut stride = 1;
    for axis in grid.axes() {
        for node in 0..values.len() {
            match node / stride % axis.nodes {
                0 => values[node] = values[node + stride],
                along if along + 1 == axis.nodes => values[node] = values[node - stride],
                _ => {}
            }
        }
        stride *= axis.nodes;
    }
    values
}

/// The Laplacian of values on a grid; beyond the edges the values at the edge continue.
#[must_use]
pub fn laplacian(grid: &Grid, values: &[f64], order: usize) -> Vec<f64> {
    let mut sum = vec![0.0; values.len()];
    let second = centred(2, order);
    let mut stride = 1;
    for axis in grid.axes() {
        let weights: Vec<(isize, f64)> =
            second.scaled(axis.spacing).map(|(offset, weight)| (offset.round() as isize, weight)).collect();
        let last = axis.nodes as isize - 1;
        for (node, sum) in sum.iter_mut().enumerate() {
            let along = (node / stride % axis.nodes) as isize;
            let line = node - along as usize * stride;
            let at = |i: isize| values[line + i.clamp(0, last) as usize * stride];
            *sum += weights.iter().map(|(offset, weight)| weight * at(along + offset)).sum::<f64>();
        }
        stride *= axis.nodes;
    }
    sum
}

/// A velocity model with smoothed slowness, so that it reflects nothing. Water, whose velocity is known, keeps its velocity and does not
/// blur into the rock.
///
/// # Units
/// `sigma`, the standard deviation of the Gaussian, in m; 0 leaves the model as it is.
#[must_use]
pub fn smooth(conditioning: &[ConditioningChoice], model: &Model, sigma: f64) -> Model {
    if sigma <= 0.0 {
        return model.clone();
    }
    let medium = Medium { grid: &model.grid, velocity: &model.values, illumination: None };
    let mut rock = vec![1.0; model.values.len()];
    for weights in water(conditioning, &medium) {
        rock.iter_mut().zip(weights).filter(|(_, weight)| *weight == 0.0).for_each(|(rock, _)| *rock = 0.0);
    }
    let slowness: Vec<f64> = model.values.iter().zip(&rock).map(|(v, rock)| rock / v).collect();
    let sums = gaussian::smoothed(&model.grid, &slowness, sigma, 0);
    let shares = gaussian::smoothed(&model.grid, &rock, sigma, 0);
    let values = model.values.iter().zip(&rock).zip(sums.iter().zip(&shares));
    let values = values.map(|((v, rock), (sum, share))| if *rock > 0.0 { share / sum } else { *v });
    Model { grid: model.grid, values: values.collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conditioning::Water;
    use fd::Axis;

    /// The Laplacian of a wave is `-k^2` times the wave, to the declared order, along every axis; inside, where no edge is near.
    #[test]
    fn laplacian_of_waves() {
        let axis = |nodes: usize, spacing: f64| Axis { origin: 0.0, spacing, nodes };
        let axes = [axis(24, 1.0), axis(20, 1.5), axis(22, 2.0)];
        let grid = Grid::of_axes(&axes).unwrap();
        let k = [0.31, 0.2, 0.17];
        let wave: Vec<f64> =
            grid.nodes().map(|at| (k[0] * at.x() + k[1] * at.y() + k[2] * at.z()).sin()).collect();
        let square: f64 = k.iter().map(|k| k * k).sum();
        for order in [2, 4, 8] {
            let found = laplacian(&grid, &wave, order);
            // The error of a stencil of order 2 is (k h)^2/12 of its term, and that of higher orders is smaller.
            let tolerance = 0.4_f64.powi(order as i32) / 12.0 * square;
            for (i, at) in grid.nodes().enumerate() {
                let inner = (0..3).all(|a| {
                    let along = [at.x(), at.y(), at.z()][a] / axes[a].spacing;
                    (4.0..axes[a].nodes as f64 - 5.0).contains(&along)
                });
                assert!(!inner || (found[i] + square * wave[i]).abs() < tolerance, "{order} {at:?}");
            }
        }
    }

    /// What is added to the edges does not reach the inside.
    #[test]
    fn edges_are_left_out() {
        let axis = |nodes: usize| Axis { origin: 0.0, spacing: 1.0, nodes };
        let grid = Grid::of_axes(&[axis(7), axis(5), axis(6)]).unwrap();
        let inside = |at: &fd::Point| {
            let within = |v: f64, nodes: f64| v > 0.5 && v < nodes - 1.5;
            within(at.x(), 7.0) && within(at.y(), 5.0) && within(at.z(), 6.0)
        };
        let values: Vec<f64> = grid.nodes().map(|at| if inside(&at) { 3.0 } else { 1e6 }).collect();
        assert!(without_layers(&grid, &values).iter().all(|v| *v == 3.0));
    }

    /// Smoothing keeps water to the last bit and a uniform rock to rounding, whatever the velocity of the water; without water a step
    /// becomes the mean slowness.
    #[test]
    fn water_does_not_blur() {
        let grid = Grid::new([0.0, 5.0], [10.0, 10.0], [40, 7]).unwrap();
        let model = Model::from_fn(grid, |_, z| if z < 100.0 { 1500.0 } else { 3000.0 });
        let step = smooth(&[], &model, 30.0);
        let (above, below) = (step.values[grid.index(9, 3)], step.values[grid.index(10, 3)]);
        assert!((0.5 * (1.0 / above + 1.0 / below) - 0.5 * (1.0 / 1500.0 + 1.0 / 3000.0)).abs() < 1e-12);
        let water = Water { depth: None, velocity: Some(1510.0), taper: 0.0 };
        let smooth = smooth(&[ConditioningChoice::Water(water)], &model, 30.0);
        for (found, before) in smooth.values.iter().zip(&model.values) {
            assert!(if *before == 1500.0 { found == before } else { (found / before - 1.0).abs() < 1e-12 });
        }
    }
}
