//! Waves in time as the outputs of a network of (x, z, t).

use document::{CheckSettings, Fault, KeyPath, Unit};
use fields::checkpoint::Checkpoint;
use fields::evolution::EvolutionTerms;
use fields::{Balance, Causal, InitialCondition, device};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::problem::{EvolutionMethod, EvolutionProblem, EvolutionResult, Snapshots};
use crate::run_settings::RunSettings;
use fwi::inversion::InversionError;
use fwi::network_settings::NetworkSettings;
use fwi::network_training::{self, FieldFollower, Follow, Training, TrainingValue};
use fwi::optimizer::OptimizerChoice;
use fwi::status::Status;
use survey::ranges;

/// A network of (x, z, t) trained on the wave equation, one output per source.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Network {
    /// The network. x and z are in units of half the longer side of the box, t in units of the time a wave needs
    /// for that length.
    pub network: NetworkSettings,
    /// The loss function.
    #[serde(default)]
    pub loss: EvolutionLoss,
    /// Number of collocation points in each step.
    #[serde(default = "points")]
    #[schemars(transform = Unit::None.within(20.0, 1e7))]
    pub points: usize,
    /// Number of sets of points that are reused in turn. 0 draws new points in each step.
    #[serde(default = "pool")]
    #[schemars(transform = Unit::None.within(0.0, 1e5))]
    pub pool: usize,
    /// The optimiser: `adam`, `soap`, `lbfgs`, or for small networks `gauss_newton`.
    pub optimizer: OptimizerChoice,
    /// Number of optimiser steps.
    #[schemars(transform = ranges::steps())]
    pub steps: usize,
    /// Number of points at which the output layer is solved at the end by linear least squares, for all sources
    /// together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = Unit::None.within(20.0, 1e7))]
    pub projection: Option<usize>,
}

fn points() -> usize {
    2048
}
fn pool() -> usize {
    64
}

/// How residuals become one number.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum EvolutionLoss {
    /// Half the mean square of the residual, in units of the pulse divided by its variance.
    LeastSquares {
        /// Whether the pulse at rest is built into the network: `u = g(t) u0 + (1 - g(t)) N` with g =
        /// exp(-(t/tau)^2), where tau is 1.3 widths of the pulse divided by the fastest velocity. Otherwise the
        /// loss asks for it at points with t = 0.
        #[serde(default = "yes")]
        exact_start: bool,
        /// Weight of the pulse at points with t = 0, when it is not built in.
        #[serde(default = "start_weight")]
        #[schemars(transform = ranges::weight())]
        start_weight: f64,
        /// Strictness of causal weights in 20 bins of time, in which a time counts once those before it are right.
        /// 0 weighs all times alike.
        #[serde(default)]
        #[schemars(transform = Unit::None.within(0.0, 1e6))]
        causal: f64,
        /// Steps between two updates of factors that make the gradient of each term as long as that of the equation
        /// (Wang, Teng and Perdikaris 2021). They multiply the weights. 0 does not balance.
        #[serde(default)]
        #[schemars(transform = Unit::None.within(0.0, 1e9))]
        balance: usize,
        /// Weight of a zero wavefield just outside the region that waves can have reached; points are then drawn
        /// inside it. 0 draws them in the whole box.
        #[serde(default = "one")]
        #[schemars(transform = ranges::weight_or_zero())]
        cone: f64,
        /// Weight of an absorbing edge, `u_t / v + du/dn = 0` (Engquist and Majda 1977, first order). 0 leaves the
        /// edge free.
        #[serde(default)]
        #[schemars(transform = ranges::weight_or_zero())]
        absorbing: f64,
        /// Share of the steps over which the time range grows from 0 to the last time. 0 takes all times from the
        /// start.
        #[serde(default)]
        #[schemars(transform = Unit::None.within(0.0, 1.0))]
        curriculum: f64,
    },
    /// The sums of absolute values of the SIREN paper, in units of the frame: `N/10 sum |u - u0| + N/100 sum |u_t|`
    /// over points with t = 0 and `sum |u_tt - v^2 lap u|` over all N points. The time range grows with the steps.
    /// For one source.
    Sitzmann {
        /// Steps at the start on the pulse alone, at |t| < 1 ms.
        #[serde(default)]
        #[schemars(transform = Unit::None.within(0.0, 1e9))]
        pretraining: usize,
        /// Number of points with t = 0, half of them in the disc.
        #[schemars(transform = ranges::points())]
        at_start: usize,
        /// Radius of the disc.
        #[schemars(transform = ranges::length())]
        disc: f64,
    },
}

fn yes() -> bool {
    true
}
fn one() -> f64 {
    1.0
}
fn start_weight() -> f64 {
    10.0
}

impl Default for EvolutionLoss {
    fn default() -> Self {
        Self::LeastSquares {
            exact_start: true,
            start_weight: start_weight(),
            causal: 0.0,
            balance: 0,
            cone: one(),
            absorbing: 0.0,
            curriculum: 0.0,
        }
    }
}

impl EvolutionLoss {
    fn balance(&self) -> Option<Balance> {
        match *self {
            Self::LeastSquares { balance, .. } => Balance::renewed_every(balance),
            Self::Sitzmann { .. } => None,
        }
    }

    fn terms(&self, problem: &EvolutionProblem, unit_of_time: f64) -> EvolutionTerms {
        match *self {
            Self::LeastSquares { exact_start, start_weight, causal, cone, absorbing, curriculum, .. } => {
                let tau = 1.3 * problem.radius() / 4.5 / problem.fastest / unit_of_time;
                EvolutionTerms::LeastSquares {
                    exact_start: exact_start.then_some(InitialCondition { tau }),
                    start_weight,
                    causal: (causal > 0.0).then_some(Causal { bins: 20, epsilon: causal }),
                    cone_weight: (cone > 0.0).then_some(cone),
                    absorbing_weight: absorbing,
                    curriculum,
                }
            }
            Self::Sitzmann { pretraining, at_start, disc } => {
                EvolutionTerms::Sitzmann { pretraining, pretraining_times: 1e-3, at_start, disc }
            }
        }
    }
}

impl CheckSettings for Network {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        self.network.check(&at.key("network"))?;
        self.network.require(&at.key("network"), 2)?;
        self.optimizer.check_for_network(at, "network", "soap: {learning_rate: 3e-3}")?;
        self.optimizer.check_squares(at, matches!(self.loss, EvolutionLoss::LeastSquares { .. }))?;
        let mut architecture = self.network.architecture(1).expect("checked above");
        architecture.inputs = 3;
        self.optimizer.check_size(at, &architecture)
    }
}

impl EvolutionMethod for Network {
    fn solve(
        &self,
        problem: &EvolutionProblem,
        settings: &RunSettings,
        follow: &mut dyn Follow<Snapshots>,
    ) -> Result<EvolutionResult, InversionError> {
        let device = device::parse(settings.device)?;
        let velocity = problem.velocity.pointwise(&problem.shown)?;
        let slowness = |point: [f64; 2]| velocity(point.into()).powi(-2);
        let start = |source: usize, point: [f64; 2]| problem.pulses[source].jet(point);
        let shape = problem.evolution(&slowness, &start)?;
        let terms = self.loss.terms(problem, shape.frame().time);
        let architecture = self.network.architecture_in_time(problem.pulses.len())?;
        let network = fields::Network::init(&architecture, settings.seed, &device)?;
        let objective = problem
            .evolution(&slowness, &start)?
            .objective(terms.clone(), self.points, self.pool, settings.seed, &device)?
            .held_for(self.optimizer.hold())
            .balanced(self.loss.balance())
            .with_residuals(self.optimizer.as_dyn().needs_squares());
        let mut objective = EvolutionTraining { objective, steps: self.steps as f64 };
        let snapshots =
            |network: &fields::Network| Ok(problem.snapshots(|events| shape.field(network, &terms, events)));
        let (steps, time_limit) = (self.steps, settings.time_limit);
        let training = Training { optimizer: &self.optimizer, before: 0, steps, time_limit };
        let mut trained =
            training.run(network, &mut objective, &mut FieldFollower { follow, of: &snapshots })?;
        if let (Some(count), Status::Done) = (self.projection, trained.status) {
            trained.network = objective.objective.with_solved_output(&trained.network, count, 1e-6)?;
            trained.stopped_because += ", output layer solved";
        }
        let pulse = problem.pulses[0];
        let mut facts = serde_json::json!({
            "time_s": shape.frame().time,
            "pressure": if matches!(terms, EvolutionTerms::LeastSquares { .. }) { pulse.amplitude } else { 1.0 },
        });
        if let EvolutionTerms::LeastSquares { exact_start, cone_weight, .. } = &terms {
            if let Some(start) = exact_start {
                facts["start_s"] = (start.tau * shape.frame().time).into();
            }
            if cone_weight.is_some() {
                let cone = shape.cone();
                facts["cone"] = serde_json::json!({ "radius_m": cone.radius, "speed": cone.speed });
            }
        }
        facts["pulses"] = serde_json::json!({
            "centres_m": problem.pulses.iter().map(|pulse| pulse.centre).collect::<Vec<_>>(),
            "amplitude": pulse.amplitude,
            "variance_m2": pulse.variance,
        });
        let frame = shape.frame();
        let in_metres = serde_json::json!({ "centre_m": frame.middle, "length_m": frame.length });
        let saved = Checkpoint::default()
            .with_network("wavefield", &trained.network)
            .with_fact("frame", &in_metres)
            .with_fact("wavefield", &facts);
        Ok(EvolutionResult {
            networks: Some(saved),
            fields: snapshots(&trained.network)?,
            steps: trained.steps as u64,
            unknowns: architecture.parameter_count() as u64,
            residual: trained.residual,
            status: trained.status,
            stopped_because: trained.stopped_because,
        })
    }
}

/// An objective that depends on the finished part of the run.
struct EvolutionTraining<'a> {
    objective: fields::evolution::EvolutionObjective<'a>,
    steps: f64,
}

impl network_training::TrainingObjective for EvolutionTraining<'_> {
    fn evaluate(&mut self, network: &fields::Network, step: usize) -> Result<TrainingValue, InversionError> {
        let value = self.objective.evaluate(network, step as f64 / self.steps)?;
        let (objective, residual) = (value.objective, value.residual);
        Ok(TrainingValue { objective, residual, gradient: value.gradient, residuals: value.residuals })
    }

    fn skip(&mut self, step: usize) -> Result<(), InversionError> {
        Ok(self.objective.skip(step as f64 / self.steps)?)
    }

    fn memory(&self) -> Vec<f32> {
        self.objective.memory()
    }

    fn remember(&mut self, memory: &[f32]) {
        self.objective.remember(memory);
    }
}
