//! A residual in a negative norm: smoothed on a lattice before it is squared.

use document::Unit;
use fd::{Domain, Grid};
use fields::FieldsError;
use fields::collocation::{Point, Region, Uniform};
use nalgebra::DMatrix;
use num_complex::Complex32;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Sampler;
use crate::inversion::InversionError;
use crate::region::cells;
use crate::second_differences::{OfLaplacian, Waves};
use survey::ranges;

/// Replaces the residual R in the region by `(1 - l^2 lap)^-1 R`, on a lattice that has a random offset in each set
/// of points. The velocity is averaged over each cell.
///
/// At an interface the Laplacian of the wavefield jumps, which a smooth network cannot do. The residual squared as
/// it is therefore asks for a velocity without jumps. The smoothed residual is the square of a negative norm
/// instead, in which the error of the Laplacian weighs as much as that of the wavefield.
///
/// # Source
/// Taylor, Pardo and Muga, Comput. Methods Appl. Mech. Eng. 405 (2023), 115850: residuals of networks in dual
/// norms, by cosine transforms.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Smoothing {
    /// The length l, about a wavelength over 2 pi.
    #[schemars(transform = ranges::length())]
    pub length: f64,
    /// Size of the cells of the lattice.
    #[schemars(transform = ranges::length())]
    pub spacing: f64,
    /// Number of points along each axis of a cell over which the velocity is averaged, also for the cells of
    /// `regularizer_spacing`.
    #[serde(default = "one")]
    #[schemars(transform = Unit::None.within(1.0, 8.0))]
    pub points_per_cell: usize,
}

fn one() -> usize {
    1
}

/// `(1 - l^2 lap)^-1` with the five-point Laplacian of a lattice and no flux through its edge; it is diagonal in
/// cosines.
pub(super) struct Smoother {
    /// Without offset.
    grid: Grid,
    operator: OfLaplacian<f32>,
}

impl Smoother {
    /// # Errors
    /// [`InversionError::Fd`] for a region without area.
    pub(super) fn new(region: &Domain, settings: &Smoothing) -> Result<Self, InversionError> {
        let grid = cells(region, settings.spacing)?;
        let l2 = settings.length.powi(2);
        let waves = [grid.nx(), grid.nz()].map(Waves::cosines);
        let operator = OfLaplacian::new(waves, grid.spacing, |minus| 1.0 / (1.0 + l2 * minus));
        Ok(Self { grid, operator })
    }

    /// One point, the offset of the lattice, and `outside` points of the whole box without the region.
    ///
    /// # Errors
    /// [`FieldsError::Collocation`] for a box without area.
    pub(super) fn samplers(
        &self,
        outside: usize,
        [whole, region]: [Domain; 2],
        seed: u64,
    ) -> Result<Vec<Sampler>, FieldsError> {
        let half = self.grid.spacing.map(|h| 0.5 * h);
        let first = Region::new(
            [0, 1].map(|a| self.grid.origin[a] - half[a]),
            [0, 1].map(|a| self.grid.origin[a] + half[a]),
        )?;
        let mut samplers: Vec<Sampler> = vec![(1, Box::new(Uniform::new(first, seed)))];
        if outside > 0 {
            let around = Uniform::new(Region::new(whole.lo, whole.hi)?, seed.wrapping_add(1))
                .without(Region::new(region.lo, region.hi)?);
            samplers.push((outside, Box::new(around)));
        }
        Ok(samplers)
    }

    /// Replaces the first of the points by the lattice whose first node it is.
    pub(super) fn place(&self, points: &mut Vec<Point>) -> Grid {
        let lattice = Grid { origin: points[0], ..self.grid };
        points.splice(..1, lattice.points());
        lattice
    }

    /// Smooths the values `[node]` and leaves those after them unchanged. It is self-adjoint.
    pub(super) fn apply(&self, values: &mut [Complex32]) {
        let nx = self.grid.nx();
        let mut part = |get: fn(&mut Complex32) -> &mut f32| {
            let field = DMatrix::from_fn(self.grid.nz(), nx, |z, x| *get(&mut values[z * nx + x]));
            let smooth = self.operator.of(field);
            for x in 0..nx {
                for z in 0..self.grid.nz() {
                    *get(&mut values[z * nx + x]) = smooth[(z, x)];
                }
            }
        };
        part(|value| &mut value.re);
        part(|value| &mut value.im);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn smoother() -> Smoother {
        let region = Domain::section([-30.0, 10.0], [50.0, 70.0]);
        Smoother::new(&region, &Smoothing { length: 25.0, spacing: 5.0, points_per_cell: 1 }).unwrap()
    }

    /// `1 - l^2 lap` of the smoothed values, without flux through the edge, gives the original values: to single
    /// precision times the largest factor of the operator, 1 + 8 l^2 / h^2.
    #[test]
    fn it_solves_the_screened_equation() {
        let smoother = smoother();
        let (nx, nz) = (smoother.grid.nx(), smoother.grid.nz());
        assert_eq!([nx, nz], [16, 12]);
        let value = |i: usize| Complex32::new((0.7 * i as f32).sin(), (0.3 * (i * i % 17) as f32).cos());
        let before: Vec<Complex32> = (0..nx * nz + 3).map(value).collect();
        let mut after = before.clone();
        smoother.apply(&mut after);
        assert_eq!(after[nx * nz..], before[nx * nz..]);
        let ratio = 25.0_f32.powi(2) / 5.0_f32.powi(2);
        for z in 0..nz {
            for x in 0..nx {
                let at = |x: usize, z: usize| after[z * nx + x];
                let neighbours = at(x.saturating_sub(1), z)
                    + at((x + 1).min(nx - 1), z)
                    + at(x, z.saturating_sub(1))
                    + at(x, (z + 1).min(nz - 1));
                let solved = at(x, z) - (neighbours - at(x, z) * 4.0) * ratio;
                let tolerance = 1e-6 * (1.0 + 8.0 * ratio);
                assert!((solved - before[z * nx + x]).norm() < tolerance, "{x} {z}");
            }
        }
    }

    /// Each node of a lattice lies in its cell, and other points lie outside the region.
    #[test]
    fn lattices_fill_the_region() {
        let smoother = smoother();
        let (lo, hi) = ([-30.0, 10.0], [50.0, 70.0]);
        let boxes = [Domain::section([-100.0; 2], [100.0; 2]), Domain::section(lo, hi)];
        let mut samplers = smoother.samplers(40, boxes, 3).unwrap();
        let mut offsets = Vec::new();
        for _ in 0..5 {
            let mut points: Vec<Point> = samplers.iter_mut().flat_map(|(n, s)| s.sample(*n)).collect();
            let lattice = smoother.place(&mut points);
            assert_eq!(points.len(), lattice.len() + 40);
            for (p, at) in points.iter().enumerate() {
                let inside = (0..2).all(|a| at[a] >= lo[a] && at[a] <= hi[a]);
                assert_eq!(inside, p < lattice.len(), "{at:?}");
            }
            assert!((0..2).all(|a| lattice.origin[a] < lo[a] + 5.0));
            offsets.push(lattice.origin);
        }
        assert!(offsets.windows(2).all(|pair| pair[0] != pair[1]));
    }
}
