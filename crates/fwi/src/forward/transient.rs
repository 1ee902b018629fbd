//! Waves in time: gathers and the gradient of their misfit, shot by shot.

use super::{DataMisfit, ForwardModel, Wavefields};
use crate::dealt;
use crate::inverse_problem::InverseProblem;
use crate::inversion_error::InversionError;
use crate::inversion_settings::{InversionSettings, Stage};
use crate::waves::Transient;
use survey::gathers::ShotGather;
use survey::wavelet::SourceWavelets;

mod calibration;
mod data_operator;
mod migration;
mod propagation;
mod shots;
mod simulation;
mod stage;
mod starting_fit;
mod starting_model;

pub use calibration::{Calibrate, Calibration};
pub(crate) use data_operator::DataOperator;
pub use migration::{MigratedShots, Migration};
pub(crate) use shots::Supershot;
pub use shots::at_a_time;
pub use simulation::{KnownMedium, Simulation};
pub use starting_fit::{NoGradient, StartingFit};

use shots::Prepared;
use stage::StageMisfit;

impl ForwardModel for Transient {
    fn data_misfit<'a>(
        &'a self,
        problem: &'a InverseProblem<'a>,
        settings: &'a InversionSettings,
        stage: &Stage,
    ) -> Result<Box<dyn DataMisfit + 'a>, InversionError> {
        Ok(Box::new(dealt::agreed(StageMisfit::new(self, problem, settings, stage))?))
    }

    fn relative_misfit(
        &self,
        problem: &InverseProblem,
        settings: &InversionSettings,
        m: &[f64],
    ) -> Result<Option<f64>, InversionError> {
        let shots: Vec<usize> = (0..problem.survey.sources.len()).collect();
        let wavelet = self.wavelet(problem, settings)?;
        let prepared = Prepared::new((problem, settings), self, &wavelet, m, at_a_time(shots.len()))?;
        let one = |shot: &usize| -> Result<[f64; 2], InversionError> {
            let observed = self.observed(*shot)?;
            let mut synthetic = self.resampling.apply(&prepared.forward(*shot)?);
            self.mask(*shot, &mut synthetic);
            let difference = synthetic.iter().zip(&observed).map(|(s, o)| (s - o).powi(2)).sum();
            Ok([difference, observed.iter().map(|o| o * o).sum()])
        };
        let mut sums = [0.0; 2];
        prepared.each(&shots, one, |[difference, energy]| {
            sums[0] += difference;
            sums[1] += energy;
        })?;
        Ok(Some((sums[0] / sums[1]).sqrt()))
    }

    fn wavefields(
        &self,
        _: &InverseProblem,
        _: &Stage,
        _: &[f64],
    ) -> Result<Option<Wavefields>, InversionError> {
        Ok(None)
    }

    fn gathers(
        &self,
        problem: &InverseProblem,
        shots: &[usize],
        of: Option<(&InversionSettings, &[f64])>,
    ) -> Result<Vec<ShotGather>, InversionError> {
        let gather = |shot: usize, traces: Vec<f32>, wavelet: &SourceWavelets| {
            let mut header = self.observed.header.clone();
            header.survey.receivers = header.survey.receivers.only(shot);
            header.survey.sources = vec![problem.survey.sources[shot]];
            header.scenario = String::new();
            (header.dt, header.samples) = (self.waves.interval(), self.waves.samples);
            ShotGather { header, traces, wavelet: wavelet.of(shot).to_vec(), step: self.waves.step }
        };
        let Some((settings, m)) = of else {
            let finite = |v: f64| if v.is_finite() { v as f32 } else { 0.0 };
            let observed = |shot: &usize| {
                let traces = self.recorded(*shot)?.into_iter().map(finite).collect();
                Ok(gather(*shot, traces, &self.waves.source))
            };
            return shots.iter().map(observed).collect();
        };
        let wavelet = self.wavelet(problem, settings)?;
        let prepared = Prepared::new((problem, settings), self, &wavelet, m, 1)?;
        let synthetic = |shot: &usize| {
            let traces =
                self.resampling.apply(&prepared.forward(*shot)?).into_iter().map(|v| v as f32).collect();
            Ok(gather(*shot, traces, &wavelet))
        };
        shots.iter().map(synthetic).collect()
    }
}
