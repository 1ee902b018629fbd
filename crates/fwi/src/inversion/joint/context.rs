//! What the terms of a joint inversion are prepared from.

use burn::tensor::Device;
use fields::evolution::SpaceTimeFrame;

use crate::inverse_problem::InverseProblem;
use crate::inversion_settings::InversionSettings;
use crate::velocity_network::Frame;

/// The input for preparing the terms.
pub struct Context<'a> {
    /// Physics and data.
    pub problem: &'a InverseProblem<'a>,
    /// Settings of the inversion.
    pub settings: &'a InversionSettings,
    /// Coordinates of the networks.
    pub frame: Frame,
    /// The device of the networks.
    pub device: Device,
}

impl Context<'_> {
    /// Coordinates of a wavefield in time. A unit of t is the time that a wave in the middle takes for a unit of x.
    #[must_use]
    pub fn space_time(&self) -> SpaceTimeFrame {
        let Frame { centre, length } = self.frame;
        SpaceTimeFrame { middle: centre, length, time: length / (self.problem.background)(centre) }
    }
}
