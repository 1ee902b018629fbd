//! The interface of inversions: input, result, and the table of methods. One file each in `inversion/`.

use std::ops::ControlFlow;

use document::CheckSettings;
use fields::checkpoint::Checkpoint;

pub use crate::checkpoint::{GridState, SavedCheckpoint, State, Trained};
use crate::forward::Wavefields;
pub use crate::inverse_problem::InverseProblem;
pub use crate::inversion_error::InversionError;
use crate::inversion_settings::InversionSettings;
use crate::optimizer::OptimizerChoice;
use survey::parameter::Parameter;

pub mod grid;
pub mod implicit;
pub mod joint;
pub mod wavefield_reconstruction;

pub use grid::Grid;
pub use implicit::Implicit;
pub use joint::Joint;
pub use wavefield_reconstruction::WavefieldReconstruction;

/// A way to invert.
pub trait Inversion: CheckSettings + Sync {
    /// Whether the optimiser can update this method's unknowns; `Err` contains an example of one that can.
    ///
    /// # Errors
    /// What to write instead.
    fn fits(&self, optimizer: &OptimizerChoice) -> Result<(), &'static str>;

    /// Whether the method has networks, which can run on any device.
    fn has_networks(&self) -> bool {
        true
    }

    /// Whether the method conditions gradients on a grid.
    fn conditions(&self) -> bool {
        false
    }

    /// Whether ranks share the work: then all of them call [`Inversion::invert`], else rank 0 alone.
    fn is_dealt(&self) -> bool {
        false
    }

    /// Runs all stages.
    ///
    /// # Errors
    /// [`InversionError`]. A run that diverges has reported its last good state to the observer before.
    fn invert(
        &self,
        problem: &InverseProblem,
        settings: &InversionSettings,
        observer: &mut dyn Observer,
    ) -> Result<Solution, InversionError>;
}

document::choices! {
    /// A method.
    pub enum MethodChoice: dyn Inversion {
        joint => Joint,
        implicit => Implicit,
        grid => Grid,
        wavefield_reconstruction => WavefieldReconstruction,
    }
}

/// The progress of an inversion.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Progress {
    /// Stage, from 0.
    pub stage: usize,
    /// Finished iterations, over all stages.
    pub iteration: usize,
    /// Planned iterations, over all stages.
    pub iterations: usize,
    /// Wall time since the start, s.
    pub wall_s: f64,
    /// Relative misfit of the total field.
    pub data_misfit: f64,
    /// Relative residual of the equation, for methods that do not solve it.
    pub pde_residual: Option<f64>,
    /// Sum of the weighted regularisers.
    pub regularization: f64,
    /// The objective.
    pub objective: f64,
    /// Solutions of the equation with one right-hand side each, since the start or the interruption.
    pub solves: usize,
    /// On several ranks: the most bytes that a rank has sent and received in an iteration, on average over those after the first.
    pub exchanged: Option<f64>,
}

/// Hands the present state to whoever keeps it.
pub type Snapshot<'a> = dyn Fn(&mut dyn FnMut(State)) + 'a;

/// What watches an inversion: progress, history, checkpoints, interruption.
pub trait Observer {
    /// Called after each iteration. `state` and `model` are called only if they are needed.
    fn after(
        &mut self,
        progress: &Progress,
        model: &dyn Fn() -> Vec<f64>,
        state: &Snapshot,
    ) -> ControlFlow<StopReason>;

    /// The state to continue from, when the run is resumed.
    fn resume(&mut self) -> Option<SavedCheckpoint> {
        None
    }

    /// Wall time of the inversion so far, s, with that of before an interruption; 0 for one that keeps no time.
    fn wall_s(&self) -> f64 {
        0.0
    }
}

/// The reason why an inversion stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopReason {
    /// All iterations are finished.
    Iterations,
    /// No step lowers the objective further.
    Converged,
    /// No step from the starting model lowers the objective.
    NoDescent,
    /// No step lowers the objective but those to a medium that the equation cannot take.
    ImpossibleMedium,
    /// The misfit reached the error of the data.
    NoiseLevel,
    /// The time limit was reached.
    TimeLimit,
    /// Ctrl-C or another signal.
    Interrupted,
}

impl StopReason {
    /// All of them.
    const ALL: [StopReason; 7] = [
        Self::Iterations,
        Self::Converged,
        Self::NoDescent,
        Self::ImpossibleMedium,
        Self::NoiseLevel,
        Self::TimeLimit,
        Self::Interrupted,
    ];
}

impl std::fmt::Display for StopReason {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(match self {
            Self::Iterations => "iterations done",
            Self::Converged => "converged",
            Self::NoDescent => "no step from the starting model lowers the objective",
            Self::ImpossibleMedium => {
                "every step leads to a medium that the equation cannot take; narrow the bounds of the unknowns"
            }
            Self::NoiseLevel => "data misfit at the noise level",
            Self::TimeLimit => "time limit",
            Self::Interrupted => return write!(out, "by {}", crate::interruption::name()),
        })
    }
}

/// The result of an inversion.
#[derive(Debug, Clone)]
pub struct Solution {
    /// The parameters of the medium on a grid that covers the region: the velocity, or all that the equation has.
    pub models: Vec<Parameter>,
    /// The reason why it stopped.
    pub stopped: StopReason,
    /// Finished iterations.
    pub iterations: usize,
    /// Number of solutions of the equation, each with one right-hand side.
    pub pde_solves: usize,
    /// The last progress.
    pub progress: Progress,
    /// The wavefields of the model.
    pub wavefields: Option<Wavefields>,
    /// The networks, if the method has any.
    pub networks: Option<Checkpoint>,
    /// The relative noise of the data that the method was told or has estimated.
    pub noise: Option<f64>,
}

/// The first parameter that is not finite, in brackets; empty if there is none.
fn non_finite(state: &Snapshot) -> String {
    let mut found = String::new();
    state(&mut |state| {
        if let State::Networks { networks, .. } = state {
            let first =
                networks.iter().find_map(|(name, network, _)| Some((name, network.first_non_finite()?)));
            found = first.map_or(String::new(), |(name, bad)| format!(" (network `{name}`: {bad})"));
        }
    });
    found
}

/// What rank 0 has decided, on every rank: clocks differ from one rank to the next.
fn decided(own: ControlFlow<StopReason>) -> ControlFlow<StopReason> {
    let code = match own {
        ControlFlow::Continue(()) => 0,
        ControlFlow::Break(reason) => {
            1 + StopReason::ALL.iter().position(|other| *other == reason).unwrap_or(0)
        }
    };
    let mut message = vec![code as f64];
    ranks::world().broadcast(&mut message);
    match message.first() {
        Some(code) if *code > 0.0 => ControlFlow::Break(StopReason::ALL[*code as usize - 1]),
        _ => ControlFlow::Continue(()),
    }
}

/// Wall clock and stopping rules shared by the methods.
pub struct Run<'a> {
    settings: &'a InversionSettings,
    /// The relative misfit at which to stop.
    noise: Option<f64>,
    total: usize,
    /// Whether other ranks go along.
    dealt: bool,
    /// The first iteration, and the most bytes that a rank had exchanged after it.
    first: Option<[usize; 2]>,
    /// The last progress.
    pub progress: Progress,
}

impl<'a> Run<'a> {
    /// The start of an inversion with these settings that stops at the noise of the data, on one rank or, if it is dealt, on all of
    /// them.
    #[must_use]
    pub fn new(settings: &'a InversionSettings, noise: Option<f64>, dealt: bool) -> Self {
        let total = settings.stages.iter().map(|s| s.iterations).sum();
        Self { settings, noise, total, dealt, first: None, progress: Progress::default() }
    }

    /// Records one iteration; breaks with the reason to stop.
    ///
    /// # Errors
    /// [`InversionError::Diverged`].
    pub fn record(
        &mut self,
        mut progress: Progress,
        may_stop: bool,
        observer: &mut dyn Observer,
        model: &dyn Fn() -> Vec<f64>,
        state: &Snapshot,
    ) -> Result<ControlFlow<StopReason>, InversionError> {
        progress.wall_s = observer.wall_s();
        progress.iterations = self.total;
        for (what, value) in
            [("the objective", progress.objective), ("the data misfit", progress.data_misfit)]
        {
            if !value.is_finite() || value > 1e12 {
                let (iteration, culprit) = (progress.iteration, non_finite(state));
                return Err(InversionError::Diverged { iteration, what, value, culprit });
            }
        }
        if self.dealt {
            crate::interruption::share();
            progress.exchanged = self.exchanged(progress.iteration);
        }
        self.progress = progress;
        let flow = self.flow(&progress, may_stop, observer, model, state);
        Ok(if self.dealt { decided(flow) } else { flow })
    }

    /// The bytes of an iteration after the first, on average, of the rank that has the most.
    fn exchanged(&mut self, iteration: usize) -> Option<f64> {
        if ranks::count() == 1 {
            return None;
        }
        let now = ranks::world().largest(ranks::exchanged() as usize);
        let [first, before] = *self.first.get_or_insert([iteration, now]);
        (iteration > first).then(|| (now - before) as f64 / (iteration - first) as f64)
    }

    /// Whether to go on, as this rank sees it.
    fn flow(
        &self,
        progress: &Progress,
        may_stop: bool,
        observer: &mut dyn Observer,
        model: &dyn Fn() -> Vec<f64>,
        state: &Snapshot,
    ) -> ControlFlow<StopReason> {
        observer.after(progress, model, state)?;
        if self.settings.time_limit.is_some_and(|limit| progress.wall_s >= limit) {
            return ControlFlow::Break(StopReason::TimeLimit);
        }
        if may_stop && self.noise.is_some_and(|level| progress.data_misfit <= level) {
            return ControlFlow::Break(StopReason::NoiseLevel);
        }
        ControlFlow::Continue(())
    }

    /// Refuses a final velocity that is not finite: the last step of an optimiser comes after the last value of the
    /// objective.
    ///
    /// # Errors
    /// [`InversionError::Diverged`].
    pub(crate) fn check_velocity(&self, vp: &[f64]) -> Result<(), InversionError> {
        match vp.iter().find(|v| !(v.is_finite() && **v > 0.0)) {
            Some(&value) => {
                let (iteration, what, culprit) = (self.progress.iteration, "the velocity", String::new());
                Err(InversionError::Diverged { iteration, what, value, culprit })
            }
            None => Ok(()),
        }
    }
}
