//! Training of one network by an optimiser.

use burn::tensor::Tensor;
use fields::{At, Network, Residuals};
use optimise::NormalEquations;

use crate::checkpoint::{CheckpointState, SavedCheckpoint, State};
use crate::inversion_error::InversionError;
use crate::optimizer::OptimizerChoice;
use crate::schedule::Schedule;
use crate::status::Status;

/// Steps between copies of the network that are kept in case the following steps diverge.
const KEPT: usize = 100;

/// Names of the network and of the rows of numbers in a checkpoint.
const NETWORK: &str = "network";
const RESIDUAL: &str = "residual";
const MEMORY: &str = "memory";

/// The settings of a training.
pub struct Training<'a> {
    /// An optimiser for networks.
    pub optimizer: &'a OptimizerChoice,
    /// Finished steps of an earlier training; counting continues from there.
    pub before: usize,
    /// Steps.
    pub steps: usize,
    /// Longest wall time, s.
    pub time_limit: Option<f64>,
}

/// The objective of a network.
pub trait TrainingObjective {
    /// The value in a step. The function stays the same for as many steps as the optimiser holds it.
    ///
    /// # Errors
    /// [`InversionError`].
    fn evaluate(&mut self, network: &Network, step: usize) -> Result<TrainingValue, InversionError>;

    /// Skips a step that was finished before an interruption, so that the sequence of random points continues.
    ///
    /// # Errors
    /// [`InversionError`].
    fn skip(&mut self, step: usize) -> Result<(), InversionError>;

    /// The data that a checkpoint needs besides the number of finished steps.
    fn memory(&self) -> Vec<f32> {
        Vec::new()
    }

    /// Restores what [`TrainingObjective::memory`] returned.
    fn remember(&mut self, _memory: &[f32]) {}
}

/// The value of an objective for a network.
pub struct TrainingValue {
    /// The value of the objective.
    pub objective: f64,
    /// The residual of the equation, or the remaining error, for display.
    pub residual: f64,
    /// The gradient of the objective, in the order of the parameters.
    pub gradient: Vec<Tensor<2>>,
    /// The objective as half a sum of squares, if the optimiser needs that.
    pub residuals: Option<Residuals>,
}

/// The time, the history and the checkpoints of a training.
pub trait Recorder {
    /// Wall time so far, s, without that of measuring.
    fn wall_s(&self) -> f64;

    /// Keeps where the training stands, at the end of a run (`last`) and from time to time.
    fn keep(&mut self, last: bool, state: &dyn Fn() -> CheckpointState);

    /// What an earlier run has kept.
    fn saved(&self) -> Option<&SavedCheckpoint>;
}

/// Nothing is recorded.
impl Recorder for () {
    fn wall_s(&self) -> f64 {
        0.0
    }

    fn keep(&mut self, _last: bool, _state: &dyn Fn() -> CheckpointState) {}

    fn saved(&self) -> Option<&SavedCheckpoint> {
        None
    }
}

/// Why a follower ends a method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Ctrl-C or another signal.
    Interrupted,
    /// The requested accuracy is reached.
    Tolerance,
}

/// Follows a method that computes an `F` step by step.
pub trait Follow<F> {
    /// After a step: steps done and planned, the residual before it, and what would be left now. Says whether to end.
    ///
    /// # Errors
    /// The error of `now`.
    fn after(
        &mut self,
        step: [u64; 2],
        residual: f64,
        now: &dyn Fn() -> Result<F, InversionError>,
    ) -> Result<Option<Ending>, InversionError>;

    /// Called when a direct solution has finished so many of its parts, for example `[2, 5]` of the unit `"source"`.
    fn finished_parts(&mut self, _unit: &'static str, _finished: [u64; 2]) {}

    /// Its time, history and checkpoints.
    fn record(&mut self) -> &mut dyn Recorder;
}

/// No follower.
impl<F> Follow<F> for () {
    fn after(
        &mut self,
        _step: [u64; 2],
        _residual: f64,
        _now: &dyn Fn() -> Result<F, InversionError>,
    ) -> Result<Option<Ending>, InversionError> {
        Ok(None)
    }

    fn record(&mut self) -> &mut dyn Recorder {
        self
    }
}

/// Follows a network through its fields.
pub struct FieldFollower<'a, F> {
    /// The follower.
    pub follow: &'a mut dyn Follow<F>,
    /// Computes the fields of a network.
    pub of: &'a dyn Fn(&Network) -> Result<F, InversionError>,
}

impl<F> Follow<Network> for FieldFollower<'_, F> {
    fn after(
        &mut self,
        step: [u64; 2],
        residual: f64,
        now: &dyn Fn() -> Result<Network, InversionError>,
    ) -> Result<Option<Ending>, InversionError> {
        self.follow.after(step, residual, &|| (self.of)(&now()?))
    }

    fn record(&mut self) -> &mut dyn Recorder {
        self.follow.record()
    }
}

/// A trained network.
pub struct Trained {
    /// The network.
    pub network: Network,
    /// Finished steps, including earlier ones.
    pub steps: usize,
    /// Residual before the last step.
    pub residual: Option<f64>,
    /// How the training ended.
    pub status: Status,
    /// The reason why it ended, in words.
    pub stopped_because: String,
}

impl Training<'_> {
    /// Trains a network, continuing from the state that an earlier run saved, if there is one.
    ///
    /// # Errors
    /// Errors of the objective and the follower; [`InversionError::Fields`].
    ///
    /// # Panics
    /// For an optimiser that is not for networks, which a plan rejects.
    pub fn run(
        &self,
        mut network: Network,
        objective: &mut dyn TrainingObjective,
        follow: &mut dyn Follow<Network>,
    ) -> Result<Trained, InversionError> {
        let settings = self.optimizer.as_dyn();
        let mut optimizer =
            settings.for_network().expect("the plan has checked that the optimiser is one for networks");
        optimizer.check(network.architecture())?;
        let hold = optimizer.hold();
        let (mut first, mut residual) = (0, None);
        if let Some(saved) = follow.record().saved().filter(|saved| saved.iteration > self.before) {
            first = (saved.iteration - self.before).min(self.steps);
            (0..first).try_for_each(|step| objective.skip(step))?;
            objective.remember(&saved.singles(MEMORY));
            let restored =
                saved.network(NETWORK, network.architecture(), &network.device(), &mut *optimizer)?;
            network = restored.unwrap_or(network);
            residual = saved.extra(RESIDUAL).and_then(|row| row.first().copied());
        }
        let mut kept = (first, network.clone());
        let mut steps = first;
        // The last state at which the objective changed.
        let mut between = None;
        let (mut status, mut stopped_because) = (Status::Done, "all steps done".to_owned());
        for step in first..self.steps {
            if step > 0 && self.time_limit.is_some_and(|limit| follow.record().wall_s() >= limit) {
                stopped_because = "the time limit is reached".to_owned();
                break;
            }
            if hold > 1 && step.is_multiple_of(hold) {
                between = Some(self.state(step, residual, &network, &*optimizer, objective));
            }
            let value = objective.evaluate(&network, step)?;
            // If there is an accepted point to return to, a trial may be too far away.
            if !value.objective.is_finite() && optimizer.accepted().is_none() {
                (status, stopped_because) = self.diverged(value.objective, step, &network, kept.0);
                network = kept.1.clone();
                break;
            }
            if step % KEPT == 0 {
                kept = (step, network.clone());
            }
            let rate = settings.learning_rate(&Schedule::OF_OPTIMIZER, step as f64 / self.steps as f64, step);
            let linearised = value.residuals.as_ref().map(|residuals| || residuals.linearise(&network));
            let at = At {
                learning_rate: rate,
                objective: value.objective,
                linearised: linearised.as_ref().map(|linearise| linearise as &dyn Fn() -> NormalEquations),
            };
            let parameters = optimizer.step(at, network.parameters(), value.gradient);
            network = network.with_parameters(parameters)?;
            (steps, residual) = (step + 1, Some(value.residual));
            let settled = || Ok(network.with_parameters(optimizer.settled(network.parameters()))?);
            let ending = follow.after(
                [steps, self.steps].map(|n| (self.before + n) as u64),
                value.residual,
                &settled,
            )?;
            let now = || self.state(steps, residual, &network, &*optimizer, objective);
            follow
                .record()
                .keep(ending == Some(Ending::Interrupted), &|| between.clone().unwrap_or_else(now));
            if let Some(ending) = ending {
                (status, stopped_because) = match ending {
                    Ending::Interrupted => {
                        (Status::Interrupted, format!("by {}", crate::interruption::name()))
                    }
                    Ending::Tolerance => (Status::Done, "the tolerance is reached".to_owned()),
                };
                break;
            }
        }
        if status != Status::Diverged {
            let settled = network.with_parameters(optimizer.settled(network.parameters()))?;
            if status == Status::Done {
                let state = || self.state(steps, residual, &network, &*optimizer, objective);
                follow.record().keep(true, &state);
            }
            network = settled;
            if network.first_non_finite().is_some() {
                (status, stopped_because) = self.diverged(f64::NAN, steps, &network, kept.0);
                network = kept.1;
            }
        }
        Ok(Trained { network, steps: self.before + steps, residual, status, stopped_because })
    }

    /// The state after a number of its steps.
    fn state(
        &self,
        steps: usize,
        residual: Option<f64>,
        network: &Network,
        optimizer: &dyn fields::Optimizer,
        objective: &dyn TrainingObjective,
    ) -> CheckpointState {
        let extras = vec![
            (RESIDUAL, residual.into_iter().collect()),
            (MEMORY, crate::checkpoint::doubles(&objective.memory())),
        ];
        let networks = vec![(NETWORK, network, optimizer)];
        CheckpointState::new(self.before + steps, &State::Networks { networks, extras })
    }

    /// The message for an objective that is not finite, with the first parameter that causes it.
    fn diverged(&self, objective: f64, step: usize, network: &Network, kept: usize) -> (Status, String) {
        let parameter = network.first_non_finite().map_or_else(String::new, |bad| format!(" ({bad})"));
        let (step, kept) = (self.before + step + 1, self.before + kept);
        let said = format!(
            "the objective was {objective} at step {step}{parameter}; the network of step {kept} is kept: lower the \
             learning rate"
        );
        (Status::Diverged, said)
    }
}
