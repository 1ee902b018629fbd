//! Gaussians of many widths around one point, which represent a field near a source.

use crate::basis::{Basis, STREAMS};
use crate::collocation::Point;

/// exp(-r^2 / (2 w^2)) around one point, for several widths w.
///
/// Near a small source a wavefield behaves like log r. Gaussians whose widths form a geometric progression sum to
/// that over as many decades as the widths span, which plane waves cannot.
pub struct Gaussians {
    centre: Point,
    widths: Vec<f64>,
}

impl Gaussians {
    /// `count` widths in geometric progression over a range.
    ///
    /// # Units
    /// Units of the networks' coordinates.
    #[must_use]
    pub fn geometric(centre: Point, [least, most]: [f64; 2], count: usize) -> Self {
        let step = (most / least).powf(1.0 / (count.max(2) - 1) as f64);
        Self { centre, widths: (0..count).map(|i| least * step.powi(i as i32)).collect() }
    }
}

impl Basis for Gaussians {
    fn len(&self) -> usize {
        self.widths.len()
    }

    fn jets(&self, point: Point, jets: &mut [Vec<f64>; STREAMS]) {
        jets.iter_mut().for_each(Vec::clear);
        let [x, z] = [point[0] - self.centre[0], point[1] - self.centre[1]];
        for w in &self.widths {
            let c = 1.0 / (w * w);
            let g = (-0.5 * c * (x * x + z * z)).exp();
            let jet = [g, -c * x * g, -c * z * g, c * (c * x * x - 1.0) * g, c * (c * z * z - 1.0) * g];
            jets.iter_mut().zip(jet).for_each(|(stream, value)| stream.push(value));
        }
    }
}
