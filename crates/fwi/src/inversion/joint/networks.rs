//! The networks of a joint inversion.

use burn::tensor::Tensor;
use fields::{Network, Velocity};

use super::Context;
use super::equation_in_time::unknowns_in_time;
use crate::forward::Waves;
use crate::inversion::implicit::{bounds_and_means, restore_velocity};
use crate::inversion::{InversionError, SavedCheckpoint};
use crate::inversion_settings::Stage;
use crate::network_settings::{NetworkSettings, OutputSettings, VelocitySettings};
use crate::region::SubGrid;
use crate::velocity_network::{VelocityNetwork, VelocityPoints, slowness_of};

/// The velocity network uses a separate random stream of the seed.
const VELOCITY_STREAM: u64 = 0x9E37_79B9_7F4A_7C15;

/// The networks of a joint inversion.
#[derive(Debug, Clone)]
pub struct Networks {
    /// Wavefields, and also the velocity if it has no separate network.
    pub wavefield: Network,
    /// The velocity network.
    pub velocity: Option<VelocityNetwork>,
    /// The map of the last output to velocity, used if there is no velocity network.
    pub shared: Velocity,
}

impl Networks {
    /// The networks of a stage before its first iteration: the wavefields at its frequencies, or in time.
    ///
    /// # Errors
    /// [`InversionError`].
    pub fn new(
        wavefield: &NetworkSettings,
        velocity: Option<&VelocitySettings>,
        context: &Context,
        stage: &Stage,
    ) -> Result<Self, InversionError> {
        let (settings, device) = (context.settings, &context.device);
        let region = SubGrid::new(&context.problem.output, &settings.region)?;
        let unknowns = bounds_and_means(context.problem, settings, &region.grid);
        let seed = settings.seed ^ VELOCITY_STREAM;
        let velocity = velocity
            .map(|velocity| VelocityNetwork::of_several((velocity, 2), &unknowns, seed, device))
            .transpose()?;
        let (bounds, reference) = unknowns[0];
        let shared = Velocity { output: OutputSettings::Paper {}.output(), bounds, reference };
        let shots = context.problem.survey.sources.len();
        let architecture = match &context.problem.waves {
            Waves::Helmholtz(harmonic) => {
                let unknowns = harmonic.medium.unknowns().names.len();
                let channels = 2 * unknowns * shots * stage.frequencies.len();
                wavefield.architecture(channels + usize::from(velocity.is_none()))?
            }
            Waves::Transient(waves) => {
                let unknowns = unknowns_in_time(&waves.waves);
                wavefield.architecture_in_time(unknowns * shots)?
            }
            Waves::AtFrequencies(_) => {
                unreachable!("the plan refuses joint inversions of systems at frequencies")
            }
        };
        let wavefield = Network::init(&architecture, settings.seed, device)?;
        Ok(Self { wavefield, velocity, shared })
    }

    /// Takes over the networks of the previous stage. At other frequencies the wavefields are new; in time they are
    /// the same.
    pub(super) fn go_on_from(&mut self, before: Self) {
        self.velocity = before.velocity;
        if self.wavefield.architecture().inputs == 3 {
            self.wavefield = before.wavefield;
        }
    }

    /// The contrasts m / m_b - 1 at points, for figures and models.
    ///
    /// # Shapes
    /// `background` and the result are `[unknown, point]`.
    #[must_use]
    pub fn contrast(
        &self,
        points: &[[f64; 2]],
        background: &[f64],
        context: &Context,
        sharpness: f64,
    ) -> Vec<f64> {
        let points = VelocityPoints::new(points, background.to_vec(), context.frame, &context.device);
        match &self.velocity {
            Some(velocity) => velocity.sample(&points, sharpness).contrast,
            None => {
                let evaluation = points.evaluate(&self.wavefield.frozen());
                let first = self.wavefield.architecture().outputs - 1;
                let slowness = slowness_of(&self.shared, &[], &evaluation, first, background, sharpness);
                slowness.iter().map(|s| s.ratio - 1.0).collect()
            }
        }
    }

    /// The parameters of both networks.
    pub(super) fn parameters(&self) -> Vec<Tensor<2>> {
        let mut parameters = self.wavefield.parameters();
        parameters.extend(self.velocity.iter().flat_map(VelocityNetwork::parameters));
        parameters
    }

    /// Sets the parameters, in the order of [`Networks::parameters`].
    ///
    /// # Errors
    /// [`InversionError::Fields`].
    pub(super) fn set_parameters(&mut self, mut parameters: Vec<Tensor<2>>) -> Result<(), InversionError> {
        let of_velocity = parameters.split_off(self.wavefield.parameters().len());
        self.wavefield = self.wavefield.with_parameters(parameters)?;
        match &mut self.velocity {
            Some(velocity) => Ok(velocity.set_parameters(of_velocity)?),
            None => Ok(()),
        }
    }

    /// Each network with its name.
    pub(super) fn all(&self) -> impl Iterator<Item = (&'static str, &Network)> {
        let velocity = self.velocity.as_ref().map(|velocity| ("velocity", velocity.network()));
        std::iter::once(("wavefield", &self.wavefield)).chain(velocity)
    }

    /// Restores saved networks and their optimisers.
    ///
    /// # Errors
    /// [`InversionError::CheckpointOfAnother`].
    pub(super) fn restore(
        &mut self,
        resume: &SavedCheckpoint,
        wavefield_optimizer: &mut dyn fields::Optimizer,
        velocity_optimizer: &mut dyn fields::Optimizer,
    ) -> Result<(), InversionError> {
        let (architecture, device) = (*self.wavefield.architecture(), self.wavefield.device());
        if let Some(network) = resume.network("wavefield", &architecture, &device, wavefield_optimizer)? {
            self.wavefield = network;
        }
        match &mut self.velocity {
            Some(velocity) => restore_velocity(resume, velocity, velocity_optimizer),
            None => Ok(()),
        }
    }
}
