//! What an inversion is given, what it answers, and the methods there are. One file each in `inversion/`.

use std::ops::ControlFlow;
use std::time::Instant;

use document::CheckSettings;
use fd::FdError;
use fields::checkpoint::Checkpoint;
use fields::{FieldsError, Network};
use num_complex::Complex64;

pub use crate::checkpoint::{GridState, Resume};
use crate::data_error::DataError;
use crate::forward::{Harmonic, Waves};
use crate::inversion_settings::InversionSettings;
use crate::model::Model;
use crate::optimizer::OptimizerChoice;

use crate::survey::Survey;

pub mod grid;
pub mod implicit;
pub mod joint;

pub use grid::Grid;
pub use implicit::Implicit;
pub use joint::Joint;

/// A way to invert.
pub trait Inversion: CheckSettings + Sync {
    /// Whether the optimiser can move this method's unknowns; `Err` holds an example of one that can.
    ///
    /// # Errors
    /// What to write instead.
    fn fits(&self, optimizer: &OptimizerChoice) -> Result<(), &'static str>;

    /// Whether the method has networks, which can be on any device.
    fn has_networks(&self) -> bool {
        true
    }

    /// Whether the method conditions gradients on a grid.
    fn conditions(&self) -> bool {
        false
    }

    /// Runs all stages.
    ///
    /// # Errors
    /// [`InversionError`]; a run that diverges has reported its last good state to the observer before.
    fn invert(
        &self,
        problem: &Problem,
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
    }
}

/// The physics and the data, the same for every method.
pub struct Problem<'a> {
    /// The grid of the finite-difference solver, PML included.
    pub grid: fd::Grid,
    /// The grid on which networks answer.
    pub output: fd::Grid,
    /// Sources and receivers.
    pub survey: Survey,
    /// The equation with its numerics and data.
    pub waves: Waves,
    /// The starting velocity, m/s, at a point `[x, z]` in m.
    pub background: &'a (dyn Fn([f64; 2]) -> f64 + Sync),
    /// The starting velocity where it is the same everywhere: its wavefields are then known exactly.
    pub uniform: Option<f64>,
}

impl Problem<'_> {
    /// Time-harmonic waves, for methods that are about them alone.
    ///
    /// # Panics
    /// For another equation, which a plan rejects.
    #[must_use]
    pub fn harmonic(&self) -> &Harmonic {
        match &self.waves {
            Waves::Helmholtz(harmonic) => harmonic,
            Waves::Acoustic(_) => panic!("the plan has checked that the method fits the equation"),
        }
    }
}

/// Where an inversion stands.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Progress {
    /// Stage, from 0.
    pub stage: usize,
    /// Iterations done, over all stages.
    pub iteration: usize,
    /// Iterations planned, over all stages.
    pub iterations: usize,
    /// Wall time since the start, s.
    pub wall_s: f64,
    /// Relative misfit of the total field.
    pub data_misfit: f64,
    /// Relative residual of the equation, for methods that do not solve it.
    pub pde_residual: Option<f64>,
    /// Sum of the weighted regularisers.
    pub regularization: f64,
    /// What is minimised.
    pub objective: f64,
}

/// A network's name, the network and its optimiser.
pub type Trained<'a> = (&'static str, &'a Network, &'a dyn fields::Optimizer);

/// Named rows of numbers.
pub type Rows = Vec<(String, Vec<f32>)>;

/// Hands the present state to whoever keeps it.
pub type Snapshot<'a> = dyn Fn(&mut dyn FnMut(State)) + 'a;

/// State that a run can be continued from.
pub enum State<'a> {
    /// Networks with their optimisers and further numbers.
    Networks {
        /// Each with its optimiser.
        networks: Vec<Trained<'a>>,
        /// Named rows of numbers beside them, such as the level parameters.
        extras: Vec<(&'static str, Vec<f32>)>,
    },
    /// A grid with its optimiser.
    Grid(GridState),
}

/// What watches an inversion: progress, history, checkpoints, interruption.
pub trait Observer {
    /// Called after each iteration; `state` and `model` are called only when they are wanted.
    fn after(
        &mut self,
        progress: &Progress,
        model: &dyn Fn() -> Vec<f64>,
        state: &Snapshot,
    ) -> ControlFlow<StopReason>;

    /// A state to continue from, when the run is resumed: the iteration it was saved at and what was saved.
    fn resume(&mut self) -> Option<Resume> {
        None
    }
}

/// Why an inversion stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopReason {
    /// All iterations are done.
    Iterations,
    /// No step lowers the objective further.
    Converged,
    /// The misfit reached the error of the data.
    NoiseLevel,
    /// The time limit.
    TimeLimit,
    /// Ctrl-C.
    Interrupted,
}

impl std::fmt::Display for StopReason {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(match self {
            Self::Iterations => "iterations done",
            Self::Converged => "converged",
            Self::NoiseLevel => "data misfit at the noise level",
            Self::TimeLimit => "time limit",
            Self::Interrupted => "by Ctrl-C",
        })
    }
}

/// The wavefields of the last stage on a grid.
#[derive(Debug, Clone)]
pub struct Wavefields {
    /// Where they are sampled.
    pub grid: fd::Grid,
    /// Frequencies, Hz.
    pub frequencies: Vec<f64>,
    /// Total pressure `[frequency, shot][z, x]`.
    pub pressure: Vec<Vec<Complex64>>,
}

/// What an inversion found.
#[derive(Debug, Clone)]
pub struct Solution {
    /// Velocity on a grid that covers the region.
    pub model: Model,
    /// Why it stopped.
    pub stopped: StopReason,
    /// Iterations done.
    pub iterations: usize,
    /// Solutions of the equation with one right-hand side each.
    pub pde_solves: usize,
    /// The last progress.
    pub progress: Progress,
    /// The wavefields that belong to the model.
    pub wavefields: Option<Wavefields>,
    /// The networks, for methods that have some.
    pub networks: Option<Checkpoint>,
}

/// Errors of an inversion.
#[derive(Debug, thiserror::Error)]
pub enum InversionError {
    /// From the finite differences.
    #[error(transparent)]
    Fd(#[from] FdError),
    /// From the networks.
    #[error(transparent)]
    Fields(#[from] FieldsError),
    /// From the data, which are read as they are needed.
    #[error(transparent)]
    Data(#[from] DataError),
    /// A run that left all bounds.
    #[error(
        "diverged at iteration {iteration}: {what} is {value}{culprit}; the last good state is kept; lower the learning \
         rate or raise the weight of the regulariser, then run again"
    )]
    Diverged {
        /// Iteration.
        iteration: usize,
        /// The quantity.
        what: &'static str,
        /// Its value.
        value: f64,
        /// The first parameter of a network that is not finite, in brackets; empty if there is none.
        culprit: String,
    },
    /// A checkpoint of something else than the inversion that is to continue from it.
    #[error(
        "the checkpoint belongs to another inversion: {what} is {found}, expected {expected}; use the scenario of the \
         checkpoint or start the run again without --resume"
    )]
    CheckpointOfAnother {
        /// What does not fit.
        what: &'static str,
        /// In the checkpoint.
        found: String,
        /// In the scenario.
        expected: String,
    },
    /// A part of a model that has too few nodes.
    #[error(
        "the region contains {found} nodes of the grid along {axis} and needs at least 2: enlarge `region` or refine the grid"
    )]
    Region {
        /// The axis.
        axis: &'static str,
        /// Nodes in the region.
        found: usize,
    },
    /// A method that needs a uniform starting model.
    #[error("{what} needs a uniform starting model; use {use_instead}")]
    NeedsUniform {
        /// What needs it.
        what: &'static str,
        /// What to do.
        use_instead: &'static str,
    },
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

/// Wall clock and stop rules shared by the methods.
pub(crate) struct Run<'a> {
    started: Instant,
    settings: &'a InversionSettings,
    total: usize,
    /// The last progress.
    pub(crate) progress: Progress,
}

impl<'a> Run<'a> {
    pub(crate) fn new(settings: &'a InversionSettings) -> Self {
        let total = settings.stages.iter().map(|s| s.iterations).sum();
        Self { started: Instant::now(), settings, total, progress: Progress::default() }
    }

    /// Records one iteration; breaks with the reason to stop.
    ///
    /// # Errors
    /// [`InversionError::Diverged`].
    pub(crate) fn record(
        &mut self,
        mut progress: Progress,
        may_stop: bool,
        observer: &mut dyn Observer,
        model: &dyn Fn() -> Vec<f64>,
        state: &Snapshot,
    ) -> Result<ControlFlow<StopReason>, InversionError> {
        progress.wall_s = self.started.elapsed().as_secs_f64();
        progress.iterations = self.total;
        for (what, value) in
            [("the objective", progress.objective), ("the data misfit", progress.data_misfit)]
        {
            if !value.is_finite() || value > 1e12 {
                let (iteration, culprit) = (progress.iteration, non_finite(state));
                return Err(InversionError::Diverged { iteration, what, value, culprit });
            }
        }
        self.progress = progress;
        if let ControlFlow::Break(reason) = observer.after(&progress, model, state) {
            return Ok(ControlFlow::Break(reason));
        }
        if self.settings.time_limit.is_some_and(|limit| progress.wall_s >= limit) {
            return Ok(ControlFlow::Break(StopReason::TimeLimit));
        }
        if may_stop && self.settings.noise_level.is_some_and(|level| progress.data_misfit <= level) {
            return Ok(ControlFlow::Break(StopReason::NoiseLevel));
        }
        Ok(ControlFlow::Continue(()))
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
