//! Value, gradient or Laplacian as what a network learns: targets, scale and misfit.

use burn::tensor::Tensor;
use fields::{Evaluation, JetOrder, Residuals};

use super::target::Target;
use crate::field_network::FieldFrame;
use crate::scenario::fits::{Quantity, Scaling};
use crate::velocity_network::Frame;

/// What the streams of a network's jet should be, in the network's own units.
#[derive(Debug, Clone)]
pub struct Lesson {
    quantity: Quantity,
    /// One row a component of the quantity, `[point]`.
    rows: Vec<Vec<f64>>,
    /// Half the range of the target, its middle, and the scale that the quantity is learnt with.
    half: f64,
    middle: f64,
    scale: f64,
    frame: Frame,
}

impl Lesson {
    /// What is to be learnt of a target.
    ///
    /// The value runs from -1 to 1. A derivative is that of this normalised value by the network's coordinates, times a
    /// scale: by the card 8 h 10 for the gradient (10 times a Sobel operator of samples h apart) and 10^4 h^2 for the
    /// Laplacian.
    #[must_use]
    pub fn new(target: &Target, quantity: Quantity, scaling: Scaling) -> Lesson {
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
            (Quantity::Gradient, Scaling::Card) => 10.0 * 8.0 * h,
            (Quantity::Laplacian, Scaling::Card) => 1e4 * h * h,
            (_, Scaling::Deviation) => {
                let size = mean(rows.iter().flatten().map(|v| v * v)).sqrt();
                if size > 0.0 { size.recip() } else { 1.0 }
            }
        };
        rows.iter_mut().flatten().for_each(|v| *v *= scale);
        Lesson { quantity, rows, half, middle, scale, frame }
    }

    /// Of what it is.
    #[must_use]
    pub fn quantity(&self) -> Quantity {
        self.quantity
    }

    /// The partials that it needs.
    #[must_use]
    pub fn order(&self) -> JetOrder {
        self.quantity.order()
    }

    /// Mean over the points of the squared distance, and its derivative with respect to the jet.
    ///
    /// # Shapes
    /// `points` are indices into the target, one for each point of the jet.
    #[must_use]
    pub fn misfit(&self, jet: &Evaluation, points: &[usize]) -> (f64, Vec<f32>) {
        let first = self.first_stream();
        let share = 1.0 / points.len() as f64;
        let mut upstream = vec![0.0; jet.values().len()];
        let mut sum = 0.0;
        for (s, row) in self.rows.iter().enumerate() {
            for (p, index) in points.iter().enumerate() {
                let off = f64::from(jet.at(first + s, p, 0)) - row[*index];
                sum += off * off;
                upstream[(first + s) * points.len() + p] = (2.0 * share * off) as f32;
            }
        }
        (sum * share, upstream)
    }

    /// The distances one by one, at the points of a batch.
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

    /// The stream of a jet that its first row is of.
    fn first_stream(&self) -> usize {
        match self.quantity {
            Quantity::Value => 0,
            Quantity::Gradient => 1,
            Quantity::Laplacian => 3,
        }
    }

    /// The same for an output that is zero: what a network that learnt nothing has.
    #[must_use]
    pub fn zero(&self) -> f64 {
        self.rows.iter().map(|row| mean(row.iter().map(|v| v * v))).sum()
    }

    /// What the network's output means; a constant that derivatives do not fix is chosen so that the means agree.
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

    use crate::fit::array::Meaning;
    use crate::fit::derivatives::of_samples;

    /// A jet that is the lesson itself has no misfit, one that is zero the misfit of `zero`, and the derivative is the
    /// slope: the misfit is quadratic, so central differences are exact to rounding.
    #[test]
    fn misfits() {
        let grid = fd::Grid::new([0.0; 2], [10.0; 2], [9, 12]).unwrap();
        let values: Vec<f64> = grid.points().map(|[x, z]| 2000.0 + x * z / 50.0 + 9.0 * x).collect();
        let target = Target::new(grid, &values, Meaning::Velocity, None);
        assert_eq!(target.at, of_samples(&grid, &values));
        let all: Vec<usize> = (0..grid.len()).collect();
        for quantity in Quantity::ALL {
            for scaling in [Scaling::Card, Scaling::Deviation] {
                let lesson = Lesson::new(&target, quantity, scaling);
                let streams = lesson.order().streams(2);
                let zero = Evaluation::of_values(vec![0.0; streams * all.len()], all.len(), 1);
                let (misfit, upstream) = lesson.misfit(&zero, &all);
                assert!((misfit - lesson.zero()).abs() < 1e-9 * misfit.max(1e-9));
                let batch = lesson.coordinates().tensor(&grid.points().collect::<Vec<_>>(), &Device::flex());
                let squares = lesson.residuals(&zero, &all, batch).objective();
                assert!((squares - misfit).abs() < 1e-12 * misfit.max(1e-9), "{quantity:?}");
                let at = |step: f32| {
                    let jet: Vec<f32> = upstream.iter().map(|u| u * step).collect();
                    lesson.misfit(&Evaluation::of_values(jet, all.len(), 1), &all).0
                };
                let norm: f64 = upstream.iter().map(|u| f64::from(*u).powi(2)).sum();
                let slope = (at(1.0) - at(-1.0)) / 2.0;
                assert!((slope - norm).abs() <= 1e-5 * norm, "{quantity:?} {slope} {norm}");
                // The minimum is half the number of points away.
                assert!(at(-0.5 * all.len() as f32) < 1e-9 * misfit.max(1e-9), "{quantity:?}");
            }
        }
    }
}
