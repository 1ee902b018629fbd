//! Velocity as the output of a network: bounded, starting at a background.

use serde::{Deserialize, Serialize};

/// How the outputs of a network determine the squared slowness m = 1/v^2.
///
/// Outputs near zero give the background (except with [`VelocityOutput::Affine`]), so a network with small outputs
/// starts there.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum VelocityOutput {
    /// `m / m_b = max(y, -0.999) + 1`, as the reference code of Sitzmann et al. (2020). The bounds are not used.
    Paper,
    /// `v = lower + (upper - lower) sigmoid(y + y_b)`, with `y_b` such that y = 0 is the background.
    Bounded,
    /// `v = background + (upper - lower) / 2 y`, clipped to the bounds.
    Perturbation,
    /// `v = (lower + upper) / 2 + (upper - lower) / 2 y`, clipped to the bounds: y = 0 is the middle of the bounds,
    /// not the background.
    Affine,
    /// Piecewise constant: at each point the background, or one of two velocities that are themselves unknown, one
    /// above and one below the background. `m = sum_j p_j / v_j^2`, with `p = softmax(sharpness [1, y_1, y_2])`: a small
    /// sharpness mixes the three like the materials of a topology optimisation, a large one makes interfaces. With the
    /// sharpness raised during the inversion the gradient first finds the place and then the outline.
    ///
    /// # Source
    /// Our own method. Unknown levels follow Chan and Tai (J. Comput. Phys. 193, 2004); the continuation in the
    /// sharpness follows SIMP in Bendsoe and Sigmund, Topology Optimization (2003), section 1.1.
    Levels,
}

/// Sensitivity of the velocities of [`VelocityOutput::Levels`] to their parameters. They share one learning rate with
/// the weights, whose effects on the field add up over many.
const LEVEL_GAIN: f64 = 10.0;

/// The map of a network's outputs to squared slowness at points.
///
/// # Units
/// `bounds` in m/s.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Velocity {
    /// The kind of map.
    pub output: VelocityOutput,
    /// Lowest and highest velocity, m/s.
    pub bounds: [f64; 2],
    /// The velocity that separates the slow from the fast level, m/s.
    pub reference: f64,
}

/// The result of [`Velocity::at`] for one point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Slowness {
    /// Squared slowness relative to the background, m / m_b.
    pub ratio: f64,
    /// Derivative with respect to the outputs.
    pub by_output: [f64; 2],
    /// Derivative with respect to the level parameters.
    pub by_level: [f64; 2],
}

impl Velocity {
    /// Number of network outputs that the map reads.
    #[must_use]
    pub fn channels(&self) -> usize {
        match self.output {
            VelocityOutput::Levels => 2,
            _ => 1,
        }
    }

    /// Number of level parameters, all of which start at 0.
    #[must_use]
    pub fn level_parameters(&self) -> usize {
        match self.output {
            VelocityOutput::Levels => 2,
            _ => 0,
        }
    }

    /// The velocities of the two levels, m/s: above and below the reference.
    #[must_use]
    pub fn levels(&self, parameters: [f64; 2]) -> [f64; 2] {
        let [lower, upper] = self.bounds;
        [
            self.reference + (upper - self.reference) * sigmoid(LEVEL_GAIN * parameters[0]),
            self.reference + (lower - self.reference) * sigmoid(LEVEL_GAIN * parameters[1]),
        ]
    }

    /// The outputs that give the background; for [`VelocityOutput::Levels`] the middle of the softmax, as close as
    /// its sharpness allows.
    #[must_use]
    pub fn outputs_of(&self, background: f64) -> [f64; 2] {
        let [lower, upper] = self.bounds;
        match self.output {
            VelocityOutput::Affine => [(2.0 * background - lower - upper) / (upper - lower), 0.0],
            _ => [0.0; 2],
        }
    }

    /// m / m_b at a point, and its derivatives.
    ///
    /// `y` are the outputs (only [`VelocityOutput::Levels`] reads the second), `levels` the level parameters, and
    /// `background` the background velocity at the point, m/s.
    #[must_use]
    pub fn at(&self, y: [f64; 2], levels: [f64; 2], background: f64, sharpness: f64) -> Slowness {
        match self.output {
            VelocityOutput::Paper => {
                let by = if y[0] > -0.999 { 1.0 } else { 0.0 };
                Slowness { ratio: y[0].max(-0.999) + 1.0, by_output: [by, 0.0], by_level: [0.0; 2] }
            }
            VelocityOutput::Bounded => {
                let [lower, upper] = self.bounds;
                let share = ((background - lower) / (upper - lower)).clamp(1e-3, 1.0 - 1e-3);
                let s = sigmoid(y[0] + (share / (1.0 - share)).ln());
                let v = lower + (upper - lower) * s;
                let ratio = (background / v).powi(2);
                let by = -2.0 * ratio / v * (upper - lower) * s * (1.0 - s);
                Slowness { ratio, by_output: [by, 0.0], by_level: [0.0; 2] }
            }
            VelocityOutput::Perturbation => self.straight(y[0], background, background),
            VelocityOutput::Affine => {
                self.straight(y[0], 0.5 * (self.bounds[0] + self.bounds[1]), background)
            }
            VelocityOutput::Levels => self.mixture(y, levels, background, sharpness),
        }
    }

    /// A velocity that is linear in the output, clipped to the bounds.
    fn straight(&self, y: f64, middle: f64, background: f64) -> Slowness {
        let [lower, upper] = self.bounds;
        let half = 0.5 * (upper - lower);
        let v = (middle + half * y).clamp(lower, upper);
        let ratio = (background / v).powi(2);
        let inside = lower < v && v < upper;
        let by = if inside { -2.0 * ratio / v * half } else { 0.0 };
        Slowness { ratio, by_output: [by, 0.0], by_level: [0.0; 2] }
    }

    fn mixture(&self, y: [f64; 2], levels: [f64; 2], background: f64, sharpness: f64) -> Slowness {
        let [lower, upper] = self.bounds;
        let logits = [sharpness, sharpness * y[0], sharpness * y[1]];
        let top = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let exponentials = logits.map(|l| (l - top).exp());
        let sum: f64 = exponentials.iter().sum();
        let [_, fast, slow] = exponentials.map(|e| e / sum);
        let v = self.levels(levels);
        let contrast = v.map(|v| (background / v).powi(2) - 1.0);
        let mean = fast * contrast[0] + slow * contrast[1];
        let spans = [upper - self.reference, lower - self.reference];
        let shares = [fast, slow];
        let by_level = std::array::from_fn(|j| {
            let s = sigmoid(LEVEL_GAIN * levels[j]);
            let dv = spans[j] * LEVEL_GAIN * s * (1.0 - s);
            -2.0 * shares[j] * background.powi(2) / v[j].powi(3) * dv
        });
        Slowness {
            ratio: 1.0 + mean,
            by_output: std::array::from_fn(|j| sharpness * shares[j] * (contrast[j] - mean)),
            by_level,
        }
    }
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [VelocityOutput; 5] = [
        VelocityOutput::Paper,
        VelocityOutput::Bounded,
        VelocityOutput::Perturbation,
        VelocityOutput::Affine,
        VelocityOutput::Levels,
    ];

    fn map(output: VelocityOutput) -> Velocity {
        Velocity { output, bounds: [500.0, 3000.0], reference: 1000.0 }
    }

    /// Central differences agree with the stated derivatives to their own second order, 1e-8.
    #[test]
    fn derivatives_of_every_output() {
        for output in ALL {
            let map = map(output);
            let (y, levels, step) = ([0.3, -0.4], [0.02, -0.05], 1e-5);
            let found = map.at(y, levels, 1100.0, 3.0);
            for j in 0..2 {
                let shift =
                    |v: [f64; 2], s: f64| std::array::from_fn(|i| v[i] + if i == j { s } else { 0.0 });
                let by = |s: f64| map.at(shift(y, s), levels, 1100.0, 3.0).ratio;
                let by_level = |s: f64| map.at(y, shift(levels, s), 1100.0, 3.0).ratio;
                let slope = (by(step) - by(-step)) / (2.0 * step);
                assert!((slope - found.by_output[j]).abs() < 1e-8, "{output:?} {slope} {found:?}");
                let slope = (by_level(step) - by_level(-step)) / (2.0 * step);
                assert!((slope - found.by_level[j]).abs() < 1e-7, "{output:?} {slope} {found:?}");
            }
        }
    }

    /// Zero outputs give the background (exactly, or up to the mixing of the softmax for levels), and the middle of
    /// the bounds for the affine output.
    #[test]
    fn starts_from_the_background() {
        let middle = map(VelocityOutput::Affine).at([0.0; 2], [0.0; 2], 1200.0, 1.0).ratio;
        assert!((middle - (1200.0_f64 / 1750.0).powi(2)).abs() < 1e-12);
        let affine = map(VelocityOutput::Affine);
        assert!((affine.at(affine.outputs_of(1200.0), [0.0; 2], 1200.0, 1.0).ratio - 1.0).abs() < 1e-12);
        for output in ALL.into_iter().filter(|output| *output != VelocityOutput::Affine) {
            let sharpness = 40.0;
            let map = map(output);
            assert_eq!(map.outputs_of(1200.0), [0.0; 2]);
            let ratio = map.at([0.0; 2], [0.0; 2], 1200.0, sharpness).ratio;
            assert!((ratio - 1.0).abs() < 1e-12, "{output:?} {ratio}");
        }
    }

    /// No output exceeds the bounds.
    #[test]
    fn stays_in_the_bounds() {
        for output in ALL.into_iter().filter(|output| *output != VelocityOutput::Paper) {
            let map = map(output);
            for y in [-50.0, -1.0, 0.0, 2.0, 80.0] {
                for other in [-50.0, 0.0, 80.0] {
                    for level in [-9.0, 0.0, 9.0] {
                        let ratio = map.at([y, other], [level, -level], 1000.0, 5.0).ratio;
                        let v = 1000.0 / ratio.sqrt();
                        assert!((500.0 - 1e-6..=3000.0 + 1e-6).contains(&v), "{output:?} {v}");
                    }
                }
            }
        }
    }
}
