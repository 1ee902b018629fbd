//! Any system of equations at frequencies: the data of a medium, and the misfit of a stage.

mod solved;
mod stage;

use std::sync::Arc;

use fd::Grid;
use num_complex::Complex64;
use survey::parameter::Parameter;
use survey::survey::Survey;

use super::{DataMisfit, ForwardModel, Wavefields};
use crate::inverse_problem::InverseProblem;
use crate::inversion_error::InversionError;
use crate::inversion_settings::{InversionSettings, Stage};
use crate::misfit::relative;
use crate::waves::SystemAtFrequencies;
use crate::waves_plan::FrequencyPlan;

use solved::{Acquisition, Solved};
use stage::StageMisfit;

pub use solved::TOGETHER;

/// What the receivers of a survey record of a frequency in Hz in a medium that is known, `[shot, trace]`.
///
/// # Errors
/// [`InversionError::Fd`].
pub fn record(
    plan: &FrequencyPlan,
    (grid, order): (&Grid, usize),
    frequency: f64,
    medium: &[Parameter],
    survey: &Survey,
) -> Result<Vec<Complex64>, InversionError> {
    let acquisition = Arc::new(Acquisition::new(&plan.system, grid, survey)?);
    let operator = plan.operator(grid, order, frequency, medium)?;
    Ok(Solved::new(operator, acquisition, false)?.synthetic)
}

/// The first recorded field of one shot at points.
///
/// # Errors
/// [`InversionError::Fd`].
pub fn wavefield(
    plan: &FrequencyPlan,
    (grid, order): (&Grid, usize),
    frequency: f64,
    medium: &[Parameter],
    (survey, shot, points): (&Survey, usize, Vec<[f64; 2]>),
) -> Result<Vec<Complex64>, InversionError> {
    let count = points.len();
    let survey = Survey { sources: vec![survey.sources[shot]], receivers: points.into(), ..survey.clone() };
    let mut values = record(plan, (grid, order), frequency, medium, &survey)?;
    values.truncate(count);
    Ok(values)
}

impl SystemAtFrequencies {
    /// The observed data of a frequency, `[shot, trace]`.
    fn observed(&self, frequency: usize) -> &[Complex64] {
        let block = self.observed.len() / self.plan.frequencies.len();
        &self.observed[frequency * block..(frequency + 1) * block]
    }

    /// Multiplies data `[shot, trace]` of so many receivers by the weights of their fields.
    fn weigh(&self, data: &mut [Complex64], receivers: usize) {
        for (values, weight) in data.chunks_mut(receivers).zip(self.field_weights.iter().cycle()) {
            values.iter_mut().for_each(|value| *value *= weight);
        }
    }

    /// The parameters of the medium of variables.
    fn medium(&self, problem: &InverseProblem, settings: &InversionSettings, m: &[f64]) -> Vec<Parameter> {
        settings.medium(&problem.start).parameters(m)
    }
}

impl ForwardModel for SystemAtFrequencies {
    fn data_misfit<'a>(
        &'a self,
        problem: &'a InverseProblem<'a>,
        settings: &'a InversionSettings,
        stage: &Stage,
    ) -> Result<Box<dyn DataMisfit + 'a>, InversionError> {
        Ok(Box::new(StageMisfit::new(self, problem, settings, stage)?))
    }

    fn relative_misfit(
        &self,
        problem: &InverseProblem,
        settings: &InversionSettings,
        m: &[f64],
    ) -> Result<Option<f64>, InversionError> {
        let medium = self.medium(problem, settings, m);
        let mut synthetic = Vec::with_capacity(self.observed.len());
        for (place, frequency) in self.plan.frequencies.iter().enumerate() {
            let grid = (&problem.grid, self.order);
            let data = record(&self.plan, grid, *frequency, &medium, &problem.survey)?;
            synthetic.extend(settings.misfit.in_frequency().with_strength(&data, self.observed(place)));
        }
        Ok(Some(relative(&synthetic, &self.observed)))
    }

    fn wavefields(
        &self,
        _: &InverseProblem,
        _: &Stage,
        _: &[f64],
    ) -> Result<Option<Wavefields>, InversionError> {
        Ok(None)
    }
}
