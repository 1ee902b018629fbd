//! The conventional method: velocity on a grid, with the equation solved exactly.

use std::ops::ControlFlow;

use document::CheckSettings;
use optimise::{Bounds, Curvature, Ended, Evaluated, Minimised, State as OptimizerState, minimise};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::conditioning::needs_illumination;
use crate::forward::DataMisfit;
use crate::inversion::{
    GridState, InverseProblem, Inversion, InversionError, Observer, Progress, Run, SavedCheckpoint, Solution,
    State, StopReason, Wavefields,
};
use crate::inversion_settings::{InversionSettings, Stage};
use crate::optimizer::OptimizerChoice;
use crate::parameter_space::{Conditioners, ParameterSpace};
use crate::schedule::Schedule;

/// Velocity on the nodes of the finite-difference grid, adjoint-state gradient, and any optimiser of grids.
///
/// # Source
/// Virieux and Operto, Geophysics 74 (2009), WCC1-WCC26; Plessix, Geophys. J. Int. 167 (2006), 495-503.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Grid {}

impl CheckSettings for Grid {}

impl Inversion for Grid {
    fn fits(&self, optimizer: &OptimizerChoice) -> Result<(), &'static str> {
        optimizer.as_dyn().for_grid().map(drop).ok_or("lbfgs: {}")
    }

    fn has_networks(&self) -> bool {
        false
    }

    fn conditions(&self) -> bool {
        true
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
        let [mut lower, mut upper] = space.bounds();
        let resume = observer.resume().unwrap_or_default();
        let mut done = resume.iteration;
        let mut begun = begun(resume, settings.optimizer.name(), &space)?;
        let mut contrast = match &mut begun {
            Some(state) => std::mem::take(&mut state.contrast),
            None => vec![0.0; space.len()],
        };
        // The fixed nodes do not depend on wavefields and are the same in all stages.
        let conditioner = space.conditioners(None);
        if let Some(conditioner) = &conditioner {
            for (i, held) in conditioner.held().into_iter().enumerate() {
                if held {
                    (lower[i], upper[i]) = (contrast[i], contrast[i]);
                }
            }
        }
        let bounds = Bounds::new(lower, upper);
        let mut run = Run::new(settings, settings.noise_level, self.is_dealt());
        let (mut solves, mut stopped) = (0, StopReason::Iterations);
        for (stage, plan) in settings.stages.iter().enumerate() {
            let (from, state, illumination) = match begun.take() {
                Some(state) if stage < state.stage => {
                    begun = Some(state);
                    continue;
                }
                // The stage was already finished when the run was stopped.
                Some(state) if settings.noise_level.is_some_and(|level| state.data_misfit <= level) => {
                    stopped = StopReason::NoiseLevel;
                    continue;
                }
                Some(state) => (state.step, state.optimizer_state, state.illumination),
                None => (0, OptimizerState::new(), None),
            };
            let conditioner = match &illumination {
                Some(illumination) => space.conditioners(Some(illumination)),
                None => conditioner.clone(),
            };
            let mut objective = StageObjective {
                settings,
                stage: (stage, plan),
                began: done - from,
                space: &space,
                reduced: problem.waves.as_dyn().data_misfit(problem, settings, plan)?,
                observer: &mut *observer,
                run: &mut run,
                done,
                solved_before: solves,
                solves: 0,
                trials: Vec::new(),
                started: illumination.is_some(),
                reason: None,
                current: f64::NAN,
                conditioner,
                illumination,
            };
            let choice = settings.optimizer.as_dyn();
            let optimizer = choice.for_grid().expect("the plan has checked that it is one for grids");
            let (steps, all) = (from..plan.iterations, plan.iterations as f64);
            let rate = |step: usize| choice.learning_rate(&Schedule::OF_OPTIMIZER, step as f64 / all, step);
            let bounds = bounds.clone();
            let ended = minimise(optimizer, steps, &rate, state, &mut contrast, bounds, &mut objective)?;
            let (reason, impossible) = (objective.reason, objective.impossible());
            (done, solves) = (objective.done, solves + objective.solves);
            match (reason, ended) {
                // A later stage has other data, so reaching the noise level ends only this stage.
                (Some(StopReason::NoiseLevel), _) => stopped = StopReason::NoiseLevel,
                (Some(reason), _) => {
                    stopped = reason;
                    break;
                }
                (None, Ended::Converged) if impossible => stopped = StopReason::ImpossibleMedium,
                (None, Ended::Converged) if done == 0 => stopped = StopReason::NoDescent,
                (None, Ended::Converged) => stopped = StopReason::Converged,
                (None, _) => stopped = StopReason::Iterations,
            }
        }
        let noise = settings.noise_level;
        solution((problem, settings), &space, &contrast, (&run, stopped), (done, solves), noise)
    }
}

/// The objective of a stage as a function of the contrast.
struct StageObjective<'a, 'r, 'o> {
    settings: &'a InversionSettings,
    stage: (usize, &'a Stage),
    /// Finished iterations before the stage.
    began: usize,
    space: &'a ParameterSpace<'a>,
    reduced: Box<dyn DataMisfit + 'a>,
    observer: &'r mut (dyn Observer + 'o),
    run: &'r mut Run<'a>,
    done: usize,
    /// Solutions of the stages before.
    solved_before: usize,
    solves: usize,
    /// Objective, relative misfit and penalty of the evaluations since the last accepted step.
    trials: Vec<[f64; 3]>,
    started: bool,
    reason: Option<StopReason>,
    /// The objective of the last accepted step, or of the start.
    current: f64,
    conditioner: Option<Conditioners>,
    /// The energy of the wavefields used by the conditioner.
    illumination: Option<Vec<f64>>,
}

impl StageObjective<'_, '_, '_> {
    /// Whether each step since the last accepted one that changes the objective leads to a medium that the equation does not take.
    fn impossible(&self) -> bool {
        let values = || self.trials.iter().map(|trial| trial[0]);
        values().any(f64::is_nan) && values().all(|value| value.is_nan() || value == self.current)
    }
}

/// The state to continue from, if it belongs to this inversion, whose optimiser has that name.
pub(super) fn begun(
    resume: SavedCheckpoint,
    optimizer: &'static str,
    space: &ParameterSpace,
) -> Result<Option<GridState>, InversionError> {
    let another = |what, found: String, expected: String| {
        Err(InversionError::CheckpointOfAnother { what, found, expected })
    };
    if resume.has_networks() {
        return another("the method", "one of networks".to_owned(), "one of a grid".to_owned());
    }
    let Some(state) = resume.grid else { return Ok(None) };
    let nodes = space.len();
    if state.contrast.len() != nodes {
        let (found, expected) = (format!("of {} nodes", state.contrast.len()), format!("{nodes} nodes"));
        return another("the grid", found, expected);
    }
    if state.optimizer != optimizer {
        return another("the optimizer", state.optimizer, optimizer.to_owned());
    }
    Ok(Some(state))
}

impl Minimised<f64, InversionError> for StageObjective<'_, '_, '_> {
    fn evaluate(&mut self, q: &[f64]) -> Result<Evaluated<f64>, InversionError> {
        let m = self.space.variables(q);
        let value = self.reduced.evaluate(&m, self.done)?;
        self.solves += value.solves;
        let (penalty, by_penalty) = self.space.penalty(q);
        let mut gradient = self.space.by_contrast(&value.gradient);
        gradient.iter_mut().zip(by_penalty).for_each(|(g, p)| *g += p);
        let objective = value.misfit + penalty;
        // A later trial may fail and then counts as too long a step; the first value is the start of the stage.
        if !self.started && !objective.is_finite() {
            let what = "the objective of the starting model";
            let (iteration, culprit) = (self.done, String::new());
            return Err(InversionError::Diverged { iteration, what, value: objective, culprit });
        }
        if !self.started && needs_illumination(&self.settings.conditioning) {
            self.illumination = match self.settings.batch {
                // Some of the shots do not illuminate all of the medium.
                Some(_) => {
                    let all = self.reduced.evaluate_all(&m)?;
                    self.solves += all.solves;
                    all.illumination
                }
                None => value.illumination,
            };
            self.conditioner = self.space.conditioners(self.illumination.as_deref());
        }
        if !self.started {
            self.current = objective;
        }
        self.started = true;
        self.trials.push([objective, value.relative, penalty]);
        Ok((objective, gradient))
    }

    fn changes(&mut self, iteration: usize) -> bool {
        iteration > 0 && self.reduced.changes(self.done)
    }

    fn after(
        &mut self,
        _iteration: usize,
        objective: f64,
        q: &[f64],
        optimizer_state: &dyn Fn() -> OptimizerState<f64>,
    ) -> Result<bool, InversionError> {
        self.done += 1;
        self.current = objective;
        let accepted = self.trials.iter().rev().find(|trial| trial[0] == objective);
        let [_, data_misfit, regularization] = accepted.copied().unwrap_or([f64::NAN; 3]);
        self.trials.clear();
        let progress = Progress {
            stage: self.stage.0,
            iteration: self.done,
            data_misfit,
            regularization,
            objective,
            solves: self.solved_before + self.solves,
            ..Progress::default()
        };
        let state = |keep: &mut dyn FnMut(State)| {
            keep(State::Grid(GridState {
                stage: self.stage.0,
                step: self.done - self.began,
                data_misfit,
                contrast: q.to_vec(),
                optimizer: self.settings.optimizer.name().to_owned(),
                optimizer_state: optimizer_state(),
                illumination: self.illumination.clone(),
            }));
        };
        let model = || self.space.first(&self.space.variables(q));
        let flow = self.run.record(progress, true, self.observer, &model, &state)?;
        if let ControlFlow::Break(why) = flow {
            self.reason = Some(why);
        }
        Ok(self.reason.is_some())
    }
}

impl Curvature<f64, InversionError> for StageObjective<'_, '_, '_> {
    fn precondition(&mut self, gradient: &[f64]) -> Option<Vec<f64>> {
        self.conditioner.as_ref().map(|conditioner| conditioner.apply(gradient, self.done))
    }

    fn gauss_newton_product(
        &mut self,
        q: &[f64],
        direction: &[f64],
    ) -> Result<Option<Vec<f64>>, InversionError> {
        let m = self.space.variables(q);
        let dm = self.space.change(direction);
        let (product, solves) = self.reduced.gauss_newton(&m, self.done, &dm)?;
        self.solves += solves;
        let mut product = self.space.by_contrast(&product);
        self.space.add_penalty_curvature(&mut product, q, direction);
        Ok(Some(product))
    }
}

/// The solution of a method on a grid that ends with these contrasts, after so many iterations and solutions of the equation.
pub(super) fn solution(
    (problem, settings): (&InverseProblem, &InversionSettings),
    space: &ParameterSpace,
    contrast: &[f64],
    (run, stopped): (&Run, StopReason),
    (iterations, pde_solves): (usize, usize),
    noise: Option<f64>,
) -> Result<Solution, InversionError> {
    let m = space.variables(contrast);
    run.check_velocity(&space.shifted(&m))?;
    let wavefields = last_wavefields(problem, settings, &m)?;
    Ok(Solution {
        models: space.parameters(&m),
        stopped,
        iterations,
        pde_solves,
        progress: run.progress,
        wavefields,
        networks: None,
        noise,
    })
}

/// Wavefields of a model for the data of the last stage.
pub(crate) fn last_wavefields(
    problem: &InverseProblem,
    settings: &InversionSettings,
    m: &[f64],
) -> Result<Option<Wavefields>, InversionError> {
    let Some(stage) = settings.stages.last() else { return Ok(None) };
    problem.waves.as_dyn().wavefields(problem, stage, m)
}
