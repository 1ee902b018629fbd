//! Wavefield reconstruction: wavefields that fit the data and nearly satisfy the equation, and the model that fits them best.

use std::ops::ControlFlow;

use document::{CheckSettings, Unit};
use num_complex::Complex64;
use optimise::Bounds;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::grid::{begun, solution};
use crate::dealt;
use crate::forward::noise_of_data;
use crate::inversion::{
    GridState, InverseProblem, Inversion, InversionError, Observer, Progress, Run, Solution, State,
    StopReason,
};
use crate::inversion_settings::InversionSettings;
use crate::misfit::squares;
use crate::optimizer::OptimizerChoice;
use crate::parameter_space::ParameterSpace;

mod equation;
mod fields;
mod form;
mod model_step;
mod multipliers;
#[cfg(test)]
mod tests;

use equation::Equation;
pub use form::Form;
use model_step::ModelStep;
use multipliers::{Multipliers, NAME};

/// Wavefields and velocity in turn: the fields minimise the data residual plus the weighted residual of the equation, both
/// squared, and the velocity at the nodes of the region then minimises the residual of the equation. Only for
/// `physics.helmholtz` without density, attenuation or anisotropy.
///
/// # Source
/// Penalty: van Leeuwen and Herrmann, Geophys. J. Int. 195 (2013), 661-667. Multipliers (ADMM): Aghamiry, Gholami and Operto,
/// Geophysics 84 (2019), arXiv 1809.00891; with bounds and total variation: the same authors, Geophys. J. Int. 218 (2019), arXiv
/// 1902.02744. The fields follow from the space of the data, as in Rizzuti et al., SEG Expanded Abstracts (2019).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WavefieldReconstruction {
    /// Weight of the equation against the data, in units of the largest eigenvalue of the map from sources to data and back, at the
    /// start of each stage. Small: fields fit the data first. Large: as for `grid`. 1e-3 to 1e-2 are usual.
    #[serde(default = "weight")]
    #[schemars(transform = Unit::None.within(1e-8, 1e6))]
    pub weight: f64,
    /// How equation and data are imposed.
    #[serde(default)]
    pub form: Form,
    /// Most iterations of the optimiser on the velocity in each iteration of the method; one suffices without a regulariser.
    #[serde(default = "model_iterations")]
    #[schemars(transform = Unit::None.within(1.0, 10000.0))]
    pub model_iterations: usize,
}

fn weight() -> f64 {
    1e-3
}

fn model_iterations() -> usize {
    60
}

impl Default for WavefieldReconstruction {
    fn default() -> Self {
        Self { weight: weight(), form: Form::default(), model_iterations: model_iterations() }
    }
}

impl CheckSettings for WavefieldReconstruction {}

impl Inversion for WavefieldReconstruction {
    fn fits(&self, optimizer: &OptimizerChoice) -> Result<(), &'static str> {
        match optimizer {
            OptimizerChoice::Lbfgs(_) => Ok(()),
            _ => Err("lbfgs: {}"),
        }
    }

    fn has_networks(&self) -> bool {
        false
    }

    fn is_dealt(&self) -> bool {
        true
    }

    fn invert(
        &self,
        problem: &InverseProblem,
        settings: &InversionSettings,
        observer: &mut dyn Observer,
    ) -> Result<Solution, InversionError> {
        let space = ParameterSpace::new(problem, settings)?;
        let [lower, upper] = space.bounds();
        let bounds = Bounds::new(lower, upper);
        let resume = observer.resume().unwrap_or_default();
        let mut done = resume.iteration;
        let mut begun = begun(resume, NAME, &space)?;
        let mut contrast = match &mut begun {
            Some(state) => std::mem::take(&mut state.contrast),
            None => vec![0.0; space.len()],
        };
        bounds.project(&mut contrast);
        let noise = dealt::agreed(noise_of_data(problem, settings))?;
        let mut run = Run::new(settings, noise, self.is_dealt());
        let (mut solves, mut stopped) = (0, StopReason::Iterations);
        for (stage, plan) in settings.stages.iter().enumerate() {
            let (from, saved) = match begun.take() {
                Some(state) if stage < state.stage => {
                    begun = Some(state);
                    continue;
                }
                // The stage was already finished when the run was stopped.
                Some(state) if noise.is_some_and(|level| state.data_misfit <= level) => {
                    stopped = StopReason::NoiseLevel;
                    continue;
                }
                Some(state) => (state.step, Some(state.optimizer_state)),
                None => (0, None),
            };
            if from == plan.iterations {
                continue;
            }
            let equation = dealt::agreed(Equation::new(problem, &plan.frequencies))?;
            let mut at = equation.at(&space.variables(&contrast))?;
            let mut multipliers = match saved {
                Some(saved) => Multipliers::restore(saved, equation.counts())?,
                None => Multipliers::zero(self.form, equation.weights(&at, self.weight)?, equation.counts()),
            };
            for step in from..plan.iterations {
                let reconstructed = equation.reconstruct(&at, &multipliers)?;
                let m = space.variables(&contrast);
                let mut model_step = ModelStep::new(&space, &equation, &at, &reconstructed, &multipliers, m)?;
                let next =
                    model_step.minimum(&settings.optimizer, self.model_iterations, &contrast, &bounds)?;
                let change = model_step.change(&next);
                let kernels: Vec<&[Complex64]> = at.iter().map(|solved| solved.solver.kernel()).collect();
                let radius = |frequency| noise.map(|noise| noise * equation.energy(frequency).sqrt());
                multipliers.update(&kernels, &reconstructed, &change, &radius);
                let regularization = space.penalty(&next).0;
                contrast = next;
                done += 1;
                // The factors of one model at a time.
                drop(kernels);
                drop(at);
                at = equation.at(&space.variables(&contrast))?;
                solves += equation.solves();
                let fit = Fit::new(&equation, &reconstructed, &at)?;
                let progress = Progress {
                    stage,
                    iteration: done,
                    data_misfit: fit.data_misfit,
                    pde_residual: Some(fit.residual),
                    regularization,
                    objective: model_step.value(&contrast).0 + fit.reconstructed,
                    solves,
                    ..Progress::default()
                };
                let state = |keep: &mut dyn FnMut(State)| {
                    keep(State::Grid(GridState {
                        stage,
                        step: step + 1,
                        data_misfit: progress.data_misfit,
                        contrast: contrast.clone(),
                        optimizer: NAME.to_owned(),
                        optimizer_state: multipliers.state(),
                        illumination: None,
                    }));
                };
                let model = || space.first(&space.variables(&contrast));
                match run.record(progress, true, observer, &model, &state)? {
                    ControlFlow::Continue(()) => stopped = StopReason::Iterations,
                    ControlFlow::Break(reason) => {
                        stopped = reason;
                        break;
                    }
                }
            }
            // A later stage has other data, so reaching the noise level ends only this stage.
            if !matches!(stopped, StopReason::Iterations | StopReason::NoiseLevel) {
                break;
            }
        }
        solution((problem, settings), &space, &contrast, (&run, stopped), (done, solves), noise)
    }
}

/// How well fields fit, over all frequencies.
struct Fit {
    /// Relative misfit of the data that the equation gives for the model, not of those that the reconstructed fields have.
    data_misfit: f64,
    /// Half the square of the relative data residual of the reconstructed fields, summed over frequencies.
    reconstructed: f64,
    /// `||A(m) u - b|| / ||b||` of the reconstructed fields u.
    residual: f64,
}

impl Fit {
    fn new(
        equation: &Equation,
        reconstructed: &[fields::Reconstructed],
        at: &[equation::Solved],
    ) -> Result<Self, InversionError> {
        let square =
            |values: &[Vec<Complex64>]| values.iter().flatten().map(Complex64::norm_sqr).sum::<f64>();
        let own: Vec<_> = reconstructed.iter().zip(at).collect();
        let all = equation.sum(&own, |(one, solved)| {
            let [difference, energy] =
                squares(&equation.sampled(&solved.fields).concat(), &equation.observed(solved).concat());
            let of_data = 0.5 * square(&one.data_residual) / equation.energy(one.frequency);
            let [residual, sources] = equation.residual(one, solved);
            Ok(vec![difference, energy, of_data, residual, sources])
        })?;
        Ok(Self {
            data_misfit: (all[0] / all[1]).sqrt(),
            reconstructed: all[2],
            residual: (all[3] / all[4]).sqrt(),
        })
    }
}
