//! The limit on the change of the model in a step.

use burn::tensor::Tensor;
use fields::FieldsError;
use fields::optimizer::between;

use crate::velocity_network::VelocityNetwork;

/// How often a step is shortened, at most. The change is nearly proportional to the step once that is short, so two or three
/// times are enough.
const ATTEMPTS: usize = 40;
/// How far beyond the limit a change may be, as a share.
const BEYOND: f64 = 1e-3;

/// Shortens the step from parameters to those of a network until it changes the model by no more than a limit. `change` is the
/// change of the model by a network.
///
/// # Errors
/// [`FieldsError::ParameterShape`].
pub(super) fn shorten(
    velocity: &mut VelocityNetwork,
    from: &[Tensor<2>],
    largest: f64,
    change: &dyn Fn(&VelocityNetwork) -> f64,
) -> Result<(), FieldsError> {
    let (to, mut share) = (velocity.parameters(), 1.0);
    for _ in 0..ATTEMPTS {
        let found = change(velocity);
        // A change that is not finite is left to the next evaluation, which reports it.
        if !found.is_finite() || found <= (1.0 + BEYOND) * largest {
            break;
        }
        share *= largest / found;
        velocity.set_parameters(between(from, &to, share))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use fd::Grid;
    use fields::device;

    use super::*;
    use crate::network_settings::{NetworkSettings, OutputSettings, VelocitySettings};
    use crate::velocity_network::{Frame, VelocityPoints};

    /// Whatever the step, the change is at the limit to a thousandth, and along the step; a short step is left as it is.
    #[test]
    fn the_change_is_bounded() {
        let device = device::parse("cpu").unwrap();
        let grid = Grid::new([0.0, 0.0], [25.0, 25.0], [13, 31]).unwrap();
        let points = VelocityPoints::cells(&grid, 1, &|_| 2000.0, Frame::of(&grid), &device);
        let network = NetworkSettings { w0_first: Some(8.0), ..NetworkSettings::of_a_velocity() };
        let network = NetworkSettings { width: 16, layers: 2, ..network };
        let settings = VelocitySettings { network, output: OutputSettings::Perturbation {} };
        let begin = VelocityNetwork::new(&settings, [1500.0, 4500.0], 2000.0, 3, &device).unwrap();
        let speeds = |velocity: &VelocityNetwork| -> Vec<f64> {
            let contrast = velocity.sample(&points, 1.0).contrast;
            contrast.iter().map(|q| 2000.0 / (1.0 + q).sqrt()).collect()
        };
        let start = speeds(&begin);
        let change = |velocity: &VelocityNetwork| {
            speeds(velocity).iter().zip(&start).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
        };
        let from = begin.parameters();
        let moved = |step: f32| {
            let mut velocity = begin.clone();
            let by = |(k, of): (usize, &Tensor<2>)| of.clone() + step * (1.0 + k as f32).sin();
            velocity.set_parameters(from.iter().enumerate().map(by).collect()).unwrap();
            velocity
        };
        for step in [0.02, 0.1, 1.0, 30.0] {
            let mut velocity = moved(step);
            let before = change(&velocity);
            assert!(before > 80.0, "{step}: {before}");
            shorten(&mut velocity, &from, 80.0, &change).unwrap();
            let after = change(&velocity);
            assert!(after <= 80.08 && after > 1.0, "{step}: {before} to {after}");
        }
        let (mut short, expected) = (moved(1e-4), change(&moved(1e-4)));
        shorten(&mut short, &from, 80.0, &change).unwrap();
        assert_eq!(change(&short), expected);
    }
}
