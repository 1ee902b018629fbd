//! The steps of an optimiser on one network.

use burn::tensor::Tensor;
use fields::{At, Network, NormalEquations, Residuals};

use crate::inversion::InversionError;
use crate::optimizer::OptimizerChoice;
use crate::summary::Status;
use crate::training_checkpoint::{Record, State};

#[cfg(test)]
mod tests;

/// Steps from one network that is kept, in case the next ones diverge, to the following.
const KEPT: usize = 100;

/// How a network is trained.
pub(crate) struct Training<'a> {
    /// What moves the parameters: an optimiser for networks.
    pub(crate) optimizer: &'a OptimizerChoice,
    /// Steps of a training before this one, which are counted on from.
    pub(crate) before: usize,
    /// Steps.
    pub(crate) steps: usize,
    /// Longest wall time, s.
    pub(crate) time_limit: Option<f64>,
}

/// What a network is trained on.
pub(crate) trait Objective {
    /// The value in a step, the same function for as many steps as the optimiser holds it.
    ///
    /// # Errors
    /// [`InversionError`].
    fn evaluate(&mut self, network: &Network, step: usize) -> Result<Value, InversionError>;

    /// Passes over a step that was done before an interruption, so that random points go on where they were.
    ///
    /// # Errors
    /// [`InversionError`].
    fn skip(&mut self, step: usize) -> Result<(), InversionError>;

    /// What a checkpoint needs to know beside the steps done.
    fn memory(&self) -> Vec<f32> {
        Vec::new()
    }

    /// Takes up what [`Objective::memory`] was.
    fn remember(&mut self, _memory: &[f32]) {}
}

/// What an objective says of a network.
pub(crate) struct Value {
    pub(crate) objective: f64,
    /// The residual of the equation, or what is left to learn, to be shown.
    pub(crate) residual: f64,
    /// The gradient of the objective, in the order of the parameters.
    pub(crate) gradient: Vec<Tensor<2>>,
    /// The objective as half a sum of squares, where the optimiser needs that.
    pub(crate) residuals: Option<Residuals>,
}

/// Why a method is ended by whoever follows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Ctrl-C.
    Interrupted,
    /// It is as good as was asked.
    Tolerance,
}

/// Follows a method that finds an `F` step by step.
pub trait Follow<F> {
    /// After a step: steps done, the residual before it, and what would be left now. Says whether to end.
    ///
    /// # Errors
    /// What `now` returns.
    fn after(
        &mut self,
        step: u64,
        residual: f64,
        now: &dyn Fn() -> Result<F, InversionError>,
    ) -> Result<Option<Ending>, InversionError>;

    /// Its time, history and checkpoints.
    fn record(&mut self) -> &mut dyn Record;
}

/// Nobody follows.
impl<F> Follow<F> for () {
    fn after(
        &mut self,
        _step: u64,
        _residual: f64,
        _now: &dyn Fn() -> Result<F, InversionError>,
    ) -> Result<Option<Ending>, InversionError> {
        Ok(None)
    }

    fn record(&mut self) -> &mut dyn Record {
        self
    }
}

/// Follows a network by what its fields are.
pub(crate) struct Through<'a, F> {
    pub(crate) follow: &'a mut dyn Follow<F>,
    pub(crate) of: &'a dyn Fn(&Network) -> Result<F, InversionError>,
}

impl<F> Follow<Network> for Through<'_, F> {
    fn after(
        &mut self,
        step: u64,
        residual: f64,
        now: &dyn Fn() -> Result<Network, InversionError>,
    ) -> Result<Option<Ending>, InversionError> {
        self.follow.after(step, residual, &|| (self.of)(&now()?))
    }

    fn record(&mut self) -> &mut dyn Record {
        self.follow.record()
    }
}

/// A trained network.
pub(crate) struct Trained {
    pub(crate) network: Network,
    /// Steps done, with those before.
    pub(crate) steps: usize,
    /// Residual before the last step.
    pub(crate) residual: Option<f64>,
    pub(crate) status: Status,
    /// Why it ended, in words.
    pub(crate) stopped_because: String,
}

impl Training<'_> {
    /// Trains a network, from where an earlier run has kept it if there is one.
    ///
    /// # Errors
    /// What the objective and the follower return; [`InversionError::Fields`].
    ///
    /// # Panics
    /// For an optimiser that is not one for networks, which a plan rejects.
    pub(crate) fn run(
        &self,
        mut network: Network,
        objective: &mut dyn Objective,
        follow: &mut dyn Follow<Network>,
    ) -> Result<Trained, InversionError> {
        let settings = self.optimizer.as_dyn();
        let mut optimizer =
            settings.for_network().expect("the plan has checked that the optimiser is one for networks");
        optimizer.check(network.architecture())?;
        let hold = optimizer.hold();
        let (mut first, mut residual) = (0, None);
        if let Some(saved) = follow.record().saved().filter(|saved| saved.steps > self.before) {
            first = (saved.steps - self.before).min(self.steps);
            (0..first).try_for_each(|step| objective.skip(step))?;
            objective.remember(&saved.memory());
            network = saved.restore(network.architecture(), &network.device(), &mut *optimizer)?;
            residual = saved.residual();
        }
        let mut kept = (first, network.clone());
        let mut steps = first;
        // The last state in which the objective was another function before and after.
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
            // Where there is an accepted place to go back to, a trial may be too far.
            if !value.objective.is_finite() && optimizer.accepted().is_none() {
                (status, stopped_because) = self.diverged(value.objective, step, &network, kept.0);
                network = kept.1.clone();
                break;
            }
            if step % KEPT == 0 {
                kept = (step, network.clone());
            }
            let rate = settings.learning_rate(step as f64 / self.steps as f64, step);
            let linearised = value.residuals.as_ref().map(|r| || NormalEquations::new(&network, r));
            let at = At {
                learning_rate: rate,
                objective: value.objective,
                linearised: linearised.as_ref().map(|linearise| linearise as &dyn Fn() -> NormalEquations),
            };
            let parameters = optimizer.step(at, network.parameters(), value.gradient);
            network = network.with_parameters(parameters)?;
            (steps, residual) = (step + 1, Some(value.residual));
            let settled = || Ok(network.with_parameters(optimizer.settled(network.parameters()))?);
            let ending = follow.after((self.before + steps) as u64, value.residual, &settled)?;
            let now = || self.state(steps, residual, &network, &*optimizer, objective);
            follow
                .record()
                .keep(ending == Some(Ending::Interrupted), &|| between.clone().unwrap_or_else(now));
            if let Some(ending) = ending {
                (status, stopped_because) = match ending {
                    Ending::Interrupted => (Status::Interrupted, "by Ctrl-C".to_owned()),
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

    /// Where it stands after so many of its steps.
    fn state(
        &self,
        steps: usize,
        residual: Option<f64>,
        network: &Network,
        optimizer: &dyn fields::Optimizer,
        objective: &dyn Objective,
    ) -> State {
        State::new(self.before + steps, residual, network, optimizer, &objective.memory())
    }

    /// What is said of an objective that is not finite, with the first parameter to blame.
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
