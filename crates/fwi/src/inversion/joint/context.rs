//! What the terms of a joint inversion are prepared from.

use burn::tensor::Device;
use fields::evolution::SpaceTimeFrame;

use crate::forward::Waves;
use crate::harmonic_equation::Outputs;
use crate::harmonic_medium::HarmonicMedium;
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
    /// The relative noise of the data, within which they exert no pull; for least squares.
    pub noise: Option<f64>,
}

impl Context<'_> {
    /// The outputs of a wavefield network at one of the frequencies of a stage; a pressure of `scale` in Pa is an output of 1.
    #[must_use]
    pub fn outputs(&self, medium: &HarmonicMedium, position: usize, scale: f32) -> Outputs {
        let shots = self.problem.survey.sources.len();
        let of_frequency = 2 * medium.unknowns().names.len() * shots;
        Outputs::new(medium, of_frequency * position, shots, scale)
    }

    /// Coordinates of a wavefield in time. A unit of t is the time that a wave in the middle takes for a unit of x.
    #[must_use]
    pub fn space_time(&self) -> SpaceTimeFrame {
        let Frame { centre, length, .. } = self.frame;
        SpaceTimeFrame { middle: centre, length, time: length / self.velocity() }
    }

    /// The velocity of the fastest wave of the starting model in the middle, m/s.
    ///
    /// # Panics
    /// For a medium that the equation cannot take, which a plan refuses.
    #[must_use]
    pub fn velocity(&self) -> f64 {
        let centre = self.frame.centre;
        match &self.problem.waves {
            Waves::Transient(waves) => match &waves.waves.system {
                Some(system) => system
                    .fastest(&self.problem.start, centre)
                    .expect("the plan has checked the starting medium"),
                None => (self.problem.background)(centre.into()),
            },
            Waves::Helmholtz(_) | Waves::AtFrequencies(_) => (self.problem.background)(centre.into()),
        }
    }
}
