//! The quantity that a network learns (value, gradient or Laplacian): targets, scale and misfit.

use std::borrow::Cow;

use burn::tensor::Tensor;
use fields::{Evaluation, JetOrder, Residuals};
use nalgebra::DMatrix;

use super::block::{Quantity, Scaling};
use super::target::Target;
use fwi::field_network::FieldFrame;
use fwi::second_differences::{OfLaplacian, Waves};
use fwi::velocity_network::Frame;

/// The target values for the streams of a network's jet, in the network's own units.
pub struct LearningTarget {
    quantity: Quantity,
    /// One row per component of the quantity, `[point]`.
    rows: Vec<Vec<f64>>,
    /// Half the range of the target, its middle, and the scale of the quantity.
    half: f64,
    middle: f64,
    scale: f64,
    frame: Frame,
    /// The operator that smooths residuals at all nodes before they are squared, and the nodes `[z, x]`.
    smoother: Option<(OfLaplacian<f64>, [usize; 2])>,
}

impl LearningTarget {
    /// The target values of a quantity.
    ///
    /// The value runs from -1 to 1. A derivative is the derivative of this normalised value with respect to the
    /// network's coordinates, times a scale: as in the SIREN paper, 8 h 10 for the gradient (10 times a Sobel
    /// operator of samples h apart) and 10^4 h^2 for the Laplacian.
    #[must_use]
    pub fn new(target: &Target, quantity: Quantity, scaling: Scaling) -> LearningTarget {
        let frame = Frame::of(&target.grid);
        let [lo, hi] = target.range();
        let half = if hi > lo { 0.5 * (hi - lo) } else { 1.0 };
        let middle = 0.5 * (lo + hi);
        let unit = |values: &[f64], by: f64| values.iter().map(|v| v * by / half).collect::<Vec<f64>>();
        let mut rows = match quantity {
            Quantity::Value => vec![target.at.value.iter().map(|v| (v - middle) / half).collect()],
            Quantity::Gradient => target.at.gradient.iter().map(|g| unit(g, frame.length)).collect(),
            Quantity::Laplacian => vec![unit(&target.at.laplacian, frame.length * frame.length)],
        };
        let h = target.grid.spacing[0].max(target.grid.spacing[1]) / frame.length;
        let scale = match (quantity, scaling) {
            (Quantity::Value, _) => 1.0,
            (Quantity::Gradient, Scaling::Reference) => 10.0 * 8.0 * h,
            (Quantity::Laplacian, Scaling::Reference) => 1e4 * h * h,
            (_, Scaling::Deviation) => {
                let size = mean(rows.iter().flatten().map(|v| v * v)).sqrt();
                if size > 0.0 { size.recip() } else { 1.0 }
            }
        };
        rows.iter_mut().flatten().for_each(|v| *v *= scale);
        LearningTarget { quantity, rows, half, middle, scale, frame, smoother: None }
    }

    /// The same with residuals smoothed by (1 - l^2 lap)^-1/2 before they are squared, l in m. Waves with more than
    /// 1/l rad per metre count less and less, so a Laplacian weighs waves like a gradient does. The residuals of all
    /// samples are needed at once.
    #[must_use]
    pub fn smoothed(mut self, target: &Target, length: Option<f64>) -> LearningTarget {
        let grid = &target.grid;
        self.smoother = length.map(|length| {
            let waves = [grid.nx(), grid.nz()].map(Waves::cosines);
            let operator =
                OfLaplacian::new(waves, grid.spacing, |minus| 1.0 / (1.0 + length.powi(2) * minus));
            (operator, grid.shape)
        });
        self
    }

    /// A smoothed row, if smoothing is on. Its product with the row itself is the squared norm.
    fn smooth<'a>(&self, row: &'a [f64]) -> Cow<'a, [f64]> {
        match &self.smoother {
            Some((operator, [nz, nx])) => {
                let smooth = operator.of(DMatrix::from_row_slice(*nz, *nx, row));
                Cow::Owned(smooth.transpose().as_slice().to_vec())
            }
            None => Cow::Borrowed(row),
        }
    }

    /// The quantity.
    #[must_use]
    pub fn quantity(&self) -> Quantity {
        self.quantity
    }

    /// The partial derivatives that it needs.
    #[must_use]
    pub fn order(&self) -> JetOrder {
        self.quantity.order()
    }

    /// Mean over the points of the squared residual, and its derivative with respect to the jet.
    ///
    /// # Shapes
    /// `points` are indices into the target, one for each point of the jet; with smoothing, all of them in order.
    #[must_use]
    pub fn misfit(&self, jet: &Evaluation, points: &[usize]) -> (f64, Vec<f32>) {
        let first = self.first_stream();
        let share = 1.0 / points.len() as f64;
        let mut upstream = vec![0.0; jet.values().len()];
        let mut sum = 0.0;
        for (s, row) in self.rows.iter().enumerate() {
            let off: Vec<f64> = (points.iter().enumerate())
                .map(|(p, index)| f64::from(jet.at(first + s, p, 0)) - row[*index])
                .collect();
            let smooth = self.smooth(&off);
            sum += off.iter().zip(&*smooth).map(|(off, smooth)| off * smooth).sum::<f64>();
            let to = &mut upstream[(first + s) * points.len()..];
            to.iter_mut().zip(&*smooth).for_each(|(to, smooth)| *to = (2.0 * share * smooth) as f32);
        }
        (sum * share, upstream)
    }

    /// The individual residuals at the points of a batch.
    #[must_use]
    pub fn residuals(&self, jet: &Evaluation, points: &[usize], batch: Tensor<2>) -> Residuals {
        let mut residuals = Residuals::new(batch, self.order());
        // Half the sum of squares is the mean.
        let factor = (2.0 / points.len() as f64).sqrt();
        for (s, row) in self.rows.iter().enumerate() {
            let stream = self.first_stream() + s;
            let mut upstream = vec![0.0; jet.values().len()];
            upstream[stream * points.len()..(stream + 1) * points.len()].fill(1.0);
            let off = |(p, i): (usize, &usize)| (f64::from(jet.at(stream, p, 0)) - row[*i], factor);
            residuals.add(0, points.iter().enumerate().map(off), &upstream, [points.len(), 1]);
        }
        residuals
    }

    /// The stream of the first row.
    fn first_stream(&self) -> usize {
        match self.quantity {
            Quantity::Value => 0,
            Quantity::Gradient => 1,
            Quantity::Laplacian => 3,
        }
    }

    /// The misfit of an output that is zero, as for a network that has learnt nothing.
    #[must_use]
    pub fn zero(&self) -> f64 {
        let of_row = |row: &Vec<f64>| {
            let smooth = self.smooth(row);
            mean(row.iter().zip(&*smooth).map(|(v, smooth)| v * smooth))
        };
        self.rows.iter().map(of_row).sum()
    }

    /// The meaning of the network's output. A constant that derivatives do not determine is chosen so that the means
    /// agree.
    #[must_use]
    pub fn frame(&self, target: &Target, outputs: impl Iterator<Item = f64>) -> FieldFrame {
        let factor = self.half / self.scale;
        let offset = match self.quantity {
            Quantity::Value => self.middle,
            _ => mean(target.at.value.iter().copied()) - factor * mean(outputs),
        };
        let grid = &target.grid;
        FieldFrame {
            meaning: target.meaning,
            frame: self.frame,
            offset,
            factor,
            origin: grid.origin,
            spacing: grid.spacing,
            shape: grid.shape,
            relative_l2: f64::NAN,
            largest: f64::NAN,
        }
    }

    /// Network coordinates.
    #[must_use]
    pub fn coordinates(&self) -> Frame {
        self.frame
    }
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0usize), |(sum, count), v| (sum + v, count + 1));
    sum / count.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Device;

    use survey::array::Meaning;
    use survey::derivatives::of_samples;

    /// A jet equal to the target values has no misfit, a zero jet has the misfit of `zero`, and the derivative is the slope.
    /// The misfit is quadratic, so central differences are exact to rounding.
    #[test]
    fn misfits() {
        let grid = fd::Grid::new([0.0; 2], [10.0; 2], [9, 12]).unwrap();
        let values: Vec<f64> = grid.points().map(|[x, z]| 2000.0 + x * z / 50.0 + 9.0 * x).collect();
        let target = Target::new(grid, &values, Meaning::Velocity, None);
        assert_eq!(target.at, of_samples(&grid, &values));
        let all: Vec<usize> = (0..grid.len()).collect();
        for quantity in Quantity::ALL {
            for (scaling, smoothing) in
                [(Scaling::Reference, None), (Scaling::Deviation, None), (Scaling::Deviation, Some(15.0))]
            {
                let target_values =
                    LearningTarget::new(&target, quantity, scaling).smoothed(&target, smoothing);
                let streams = target_values.order().streams(2);
                let zero = Evaluation::of_values(vec![0.0; streams * all.len()], all.len(), 1);
                let (misfit, upstream) = target_values.misfit(&zero, &all);
                assert!((misfit - target_values.zero()).abs() < 1e-9 * misfit.max(1e-9));
                if smoothing.is_some() {
                    assert!(misfit < LearningTarget::new(&target, quantity, scaling).zero());
                }
                let batch =
                    target_values.coordinates().tensor(&grid.points().collect::<Vec<_>>(), &Device::flex());
                let squares = target_values.residuals(&zero, &all, batch).objective();
                let same = (squares - misfit).abs() < 1e-12 * misfit.max(1e-9);
                assert!(same || smoothing.is_some(), "{quantity:?}");
                let at = |step: f32| {
                    let jet: Vec<f32> = upstream.iter().map(|u| u * step).collect();
                    target_values.misfit(&Evaluation::of_values(jet, all.len(), 1), &all).0
                };
                let norm: f64 = upstream.iter().map(|u| f64::from(*u).powi(2)).sum();
                let slope = (at(1.0) - at(-1.0)) / 2.0;
                assert!((slope - norm).abs() <= 1e-5 * norm, "{quantity:?} {slope} {norm}");
                // The minimum is half the number of points away.
                assert!(
                    smoothing.is_some() || at(-0.5 * all.len() as f32) < 1e-9 * misfit.max(1e-9),
                    "{quantity:?}"
                );
            }
        }
    }

    /// A wave without flux through the edge is multiplied by 1 / (1 + l^2 k^2) in its square, where k^2 is that of
    /// second differences: exact to rounding for every wave of the grid.
    #[test]
    fn waves_are_weighed_by_their_wavenumber() {
        let grid = fd::Grid::new([0.0; 2], [10.0, 20.0], [7, 9]).unwrap();
        for (mx, mz) in [(0, 1), (3, 0), (8, 6)] {
            let wave = |a: usize, m: i32, p: f64| {
                let n = [grid.nx(), grid.nz()][a] as f64;
                (std::f64::consts::PI * f64::from(m) * (p / grid.spacing[a] + 0.5) / n).cos()
            };
            let laplacian: Vec<f64> = grid.points().map(|[x, z]| wave(0, mx, x) * wave(1, mz, z)).collect();
            let values: Vec<f64> = grid.points().map(|[x, z]| x + z).collect();
            let mut target = Target::new(grid, &values, Meaning::Velocity, None);
            target.at.laplacian = laplacian;
            let plain = || LearningTarget::new(&target, Quantity::Laplacian, Scaling::Deviation);
            let squared = |a: usize, m: i32| {
                let n = [grid.nx(), grid.nz()][a] as f64;
                (2.0 / grid.spacing[a] * (std::f64::consts::FRAC_PI_2 * f64::from(m) / n).sin()).powi(2)
            };
            let weight = 1.0 / (1.0 + 35.0_f64.powi(2) * (squared(0, mx) + squared(1, mz)));
            let smoothed = plain().smoothed(&target, Some(35.0)).zero() / plain().zero();
            assert!((smoothed / weight - 1.0).abs() < 1e-12, "{mx} {mz} {smoothed} {weight}");
        }
    }
}
