//! What a velocity network is given before the first iteration: the frequency factor of its first layer.

use crate::checkpoint::SavedCheckpoint;
use crate::first_layer::FirstLayer;
use crate::forward::DataMisfitValue;
use crate::inverse_problem::InverseProblem;
use crate::inversion_error::InversionError;
use crate::inversion_settings::InversionSettings;
use crate::network_settings::VelocitySettings;
use crate::parameter_space::ParameterSpace;
use crate::waves::Waves;

/// The velocity with the frequency factor that it begins with, and what was computed to choose it.
pub(super) struct FirstStage {
    /// The velocity.
    pub(super) velocity: VelocitySettings,
    /// The misfit of the starting model, over all shots, in the first stage.
    pub(super) value: Option<DataMisfitValue>,
    /// Solutions of the equation.
    pub(super) solves: usize,
}

impl FirstStage {
    /// Where the network chooses its first layer, chooses the frequency factor by the misfit of the starting model, unless it is given, or was chosen before an interruption.
    pub(super) fn new(
        (velocity, chooses): (VelocitySettings, bool),
        problem: &InverseProblem,
        settings: &InversionSettings,
        space: &ParameterSpace,
        resume: &SavedCheckpoint,
    ) -> Result<Self, InversionError> {
        let mut found = Self { velocity, value: None, solves: 0 };
        let (Waves::Transient(waves), Some(speed), Some(stage)) =
            (&problem.waves, space.mean_speed(), settings.stages.first())
        else {
            return Ok(found);
        };
        if !chooses {
            return Ok(found);
        }
        if let Some(saved) = resume.architecture("velocity") {
            found.velocity.network.w0_first = Some(saved.w0_first);
            return Ok(found);
        }
        let value =
            problem.waves.as_dyn().data_misfit(problem, settings, stage)?.evaluate_all(&space.start)?;
        // A start whose waves cannot be computed is refused by the first iteration.
        if value.relative.is_finite() {
            let lowest = waves.waves.lowest_strong_frequency(stage.band.as_ref());
            let layer = FirstLayer::new(lowest, speed, &problem.grid);
            found.velocity.network.w0_first = Some(layer.factor(value.relative) as f32);
            found.solves = value.solves;
            found.value = Some(value);
        }
        Ok(found)
    }
}
