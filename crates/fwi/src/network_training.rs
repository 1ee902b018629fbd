//! The steps of an optimiser on one network whose objective is a residual of an equation.

use std::time::Instant;

use burn::tensor::Tensor;
use fields::{At, Network, NormalEquations, Residuals};

use crate::inversion::InversionError;
use crate::optimizer::OptimizerChoice;
use crate::summary::Status;

/// Steps from one network that is kept, in case the next ones diverge, to the following.
const KEPT: usize = 100;

/// How a network is trained.
pub(crate) struct Training<'a> {
    /// What moves the parameters: an optimiser for networks.
    pub(crate) optimizer: &'a OptimizerChoice,
    /// Steps.
    pub(crate) steps: usize,
    /// Longest wall time, s.
    pub(crate) time_limit: Option<f64>,
}

/// What an objective says of a network.
pub(crate) struct Value {
    pub(crate) objective: f64,
    /// The residual of the equation, to be shown.
    pub(crate) residual: f64,
    /// The gradient of the objective, in the order of the parameters.
    pub(crate) gradient: Vec<Tensor<2>>,
    /// The objective as half a sum of squares, where the optimiser needs that.
    pub(crate) residuals: Option<Residuals>,
}

/// A trained network.
pub(crate) struct Trained {
    pub(crate) network: Network,
    /// Steps done.
    pub(crate) steps: u64,
    /// Residual before the last step.
    pub(crate) residual: Option<f64>,
    pub(crate) status: Status,
    /// Why it ended, in words.
    pub(crate) stopped_because: String,
}

impl Training<'_> {
    /// Trains a network: `evaluate` is given the network and the steps done and answers the same function for as many steps
    /// as the optimiser holds it, `watch` what [`super::wavefields::WatchField`] is, with the network in place of the fields.
    ///
    /// # Errors
    /// What the two return; [`InversionError::Fields`].
    ///
    /// # Panics
    /// For an optimiser that is not one for networks, which a plan refuses.
    pub(crate) fn run(
        &self,
        mut network: Network,
        mut evaluate: impl FnMut(&Network, usize) -> Result<Value, InversionError>,
        mut watch: impl FnMut(u64, f64, &Network) -> Result<bool, InversionError>,
    ) -> Result<Trained, InversionError> {
        let settings = self.optimizer.as_dyn();
        let mut optimizer =
            settings.for_network().expect("the plan has checked that the optimiser is one for networks");
        optimizer.check(network.architecture())?;
        let started = Instant::now();
        let mut kept = (0, network.clone());
        let (mut steps, mut residual) = (0, None);
        let (mut status, mut stopped_because) = (Status::Done, "all steps done".to_owned());
        for step in 0..self.steps {
            let value = evaluate(&network, step)?;
            // Where there is an accepted place to go back to, a trial may be too far.
            if !value.objective.is_finite() && optimizer.accepted().is_none() {
                status = Status::Diverged;
                stopped_because = format!(
                    "the objective was {} at step {}; the network of step {} is kept: lower the learning rate",
                    value.objective,
                    step + 1,
                    kept.0
                );
                network = kept.1;
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
            (steps, residual) = (step as u64 + 1, Some(value.residual));
            let settled = network.with_parameters(optimizer.settled(network.parameters()))?;
            let asked = watch(steps, value.residual, &settled)?;
            if asked || self.time_limit.is_some_and(|limit| started.elapsed().as_secs_f64() > limit) {
                stopped_because = if asked { "interrupted" } else { "time limit" }.to_owned();
                status = if asked { Status::Interrupted } else { Status::Done };
                break;
            }
        }
        if status != Status::Diverged {
            network = network.with_parameters(optimizer.settled(network.parameters()))?;
        }
        Ok(Trained { network, steps, residual, status, stopped_because })
    }
}
