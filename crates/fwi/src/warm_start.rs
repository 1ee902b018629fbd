//! Fits a velocity network to the starting model before the inversion.

use document::Unit;
use fields::FieldsError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::velocity_network::{VelocityNetwork, VelocityPoints};
use survey::ranges;

/// Fits the velocity network to the starting model before the inversion. The output `affine` needs it, because its
/// zero is the middle of the bounds. For the other outputs zero is the starting model, and the fit only removes the
/// initial noise of the network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WarmStart {
    /// Largest number of SOAP steps.
    #[serde(default = "steps")]
    #[schemars(transform = Unit::None.within(1.0, 1e7))]
    pub steps: usize,
    /// Initial learning rate. It falls by a cosine to a hundredth.
    #[serde(default = "rate")]
    #[schemars(transform = ranges::learning_rate())]
    pub learning_rate: f64,
    /// Relative root mean square error of the squared slowness at which the fit stops.
    #[serde(default = "tolerance")]
    #[schemars(transform = Unit::None.within(0.0, 1.0))]
    pub tolerance: f64,
}

fn steps() -> usize {
    1000
}
fn rate() -> f64 {
    5e-3
}
fn tolerance() -> f64 {
    5e-3
}

impl WarmStart {
    /// Fits the outputs to those of the starting model, and returns the root mean square of the remaining contrast.
    ///
    /// # Errors
    /// [`FieldsError::ParameterShape`].
    pub fn fit(
        &self,
        velocity: &mut VelocityNetwork,
        points: &VelocityPoints,
        sharpness: f64,
    ) -> Result<f64, FieldsError> {
        let mut optimizer: Box<dyn fields::Optimizer> = Box::<fields::optimizer::Soap>::default();
        let mut left = f64::INFINITY;
        for step in 0..self.steps {
            let sample = velocity.sample(points, sharpness);
            let count = sample.contrast.len() as f64;
            left = (sample.contrast.iter().map(|q| q * q).sum::<f64>() / count).sqrt();
            if left <= self.tolerance {
                break;
            }
            let gradient = velocity.towards_background(points);
            let fall = 0.5 * (1.0 + (std::f64::consts::PI * step as f64 / self.steps as f64).cos());
            let rate = self.learning_rate * (0.01 + 0.99 * fall);
            velocity.set_parameters(optimizer.step(
                fields::At::new(rate, left),
                velocity.parameters(),
                gradient,
            ))?;
        }
        Ok(left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network_settings::{NetworkSettings, OutputSettings, VelocitySettings};
    use crate::representation::{MultiResolution, RepresentationChoice, SirenAndGrids};
    use crate::velocity_network::Frame;

    /// Every output and representation fits a linear velocity to 1 % in squared slowness; before the fit the affine
    /// output has an error of a third.
    #[test]
    fn fits_the_starting_model() {
        let device = fields::device::parse("cpu").unwrap();
        let grid = fd::Grid::new([0.0, 0.0], [50.0, 50.0], [21, 31]).unwrap();
        let background = |at: fd::Point| 1500.0 + 0.8 * at.z();
        let points = VelocityPoints::cells(&grid, 1, &background, Frame::of(&grid), &device);
        let network =
            NetworkSettings { w0_first: Some(6.0), w0_hidden: 1.0, ..NetworkSettings::of_sines(24, 2) };
        let warm_start = WarmStart { steps: 1500, learning_rate: 5e-3, tolerance: 1e-2 };
        let grids = SirenAndGrids { coarsest: 4, levels: 2, gain: 1.0 };
        for representation in [
            RepresentationChoice::default(),
            RepresentationChoice::SirenAndGrids(grids),
            RepresentationChoice::MultiResolution(MultiResolution { spacings: vec![6, 2, 1], gain: 1.0 }),
        ] {
            for output in
                [OutputSettings::Affine {}, OutputSettings::Perturbation {}, OutputSettings::Bounded {}]
            {
                let affine = matches!(output, OutputSettings::Affine {});
                let settings = VelocitySettings { network: network.clone(), output };
                let mut velocity = VelocityNetwork::new(&settings, [1000.0, 5000.0], 1900.0, 4, &device)
                    .unwrap()
                    .with(representation.as_dyn(), &points);
                let before = velocity.sample(&points, 1.0).contrast;
                let worst = before.iter().fold(0.0_f64, |a, q| a.max(q.abs()));
                let left = warm_start.fit(&mut velocity, &points, 1.0).unwrap();
                assert!(left <= 1e-2, "{representation:?} {:?}: {worst} to {left}", settings.output);
                assert!(!affine || worst > 0.3);
            }
        }
    }
}
