//! Waves in time as the outputs of a network of (x, z, t).

use document::{CheckSettings, Fault, KeyPath, Unit, positive, within};
use fields::evolution::EvolutionTerms;
use fields::{Balance, Causal, InitialCondition, device};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{EvolutionMethod, EvolutionProblem, Evolved, Snapshots};
use crate::inversion::InversionError;
use crate::network_settings::NetworkSettings;
use crate::network_training::{self, Follow, Through, Training, TrainingValue};
use crate::optimizer::OptimizerChoice;
use crate::scenario::EvolutionBlock;
use crate::status::Status;

/// A network of (x, z, t) trained on the wave equation, one output per source.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Network {
    /// The network; x and z are in units of half the longer side of the box, t in the time a wave needs for that.
    pub network: NetworkSettings,
    /// What is minimised.
    #[serde(default)]
    pub loss: EvolutionLoss,
    /// Collocation points in each step.
    #[serde(default = "points")]
    pub points: usize,
    /// Sets of points that are reused in turn; 0 draws new ones in each step.
    #[serde(default = "pool")]
    pub pool: usize,
    /// What moves the parameters: `adam`, `soap`, `lbfgs`, or for small networks `gauss_newton`.
    pub optimizer: OptimizerChoice,
    /// Steps.
    pub steps: usize,
    /// Points at which the output layer is solved at the end by linear least squares, for all sources together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
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
    /// Half the mean square of the residual, in units of the pulse over its variance.
    LeastSquares {
        /// Whether the pulse at rest is built in: `u = g(t) u0 + (1 - g(t)) N` with g = exp(-(t/tau)^2) and tau 1.3 widths of
        /// the pulse over the fastest velocity. Otherwise it is asked for at points with t = 0.
        #[serde(default = "yes")]
        exact_start: bool,
        /// Weight of the pulse at points with t = 0, where it is not built in.
        #[serde(default = "start_weight")]
        start_weight: f64,
        /// Strictness of causal weights in 20 bins of time: a time counts once those before it are right; 0 without.
        #[serde(default)]
        causal: f64,
        /// Steps between two renewals of factors on the terms beside the equation that make the gradient of each as long as
        /// that of the equation (Wang, Teng & Perdikaris 2021); 0 without. They multiply the weights.
        #[serde(default)]
        balance: usize,
        /// Whether points are drawn only where waves can be, with this weight of the field being zero just outside; 0 draws
        /// them in the whole box.
        #[serde(default = "one")]
        cone: f64,
        /// Weight of an absorbing edge, `u_t / v + du/dn = 0` (Engquist & Majda 1977, first order); 0 leaves the edge free.
        #[serde(default)]
        absorbing: f64,
        /// Share of the steps over which times grow from 0 to the last one; 0 takes all times from the start.
        #[serde(default)]
        curriculum: f64,
    },
    /// The sums of absolute values of card W of the SIREN paper, in units of the frame: `N/10 sum |u - u0| + N/100 sum |u_t|`
    /// over points with t = 0 and `sum |u_tt - v^2 lap u|` over all N, with t below the last time times the part of the steps
    /// that is done. For one source.
    Sitzmann {
        /// Steps at the start on the pulse alone, at |t| < 1 ms.
        #[serde(default)]
        pretraining: usize,
        /// Points with t = 0, half of them in the disc.
        at_start: usize,
        /// Radius of the disc, m.
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

impl CheckSettings for EvolutionLoss {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        let whole = [0.0, f64::INFINITY];
        match self {
            Self::LeastSquares { start_weight, causal, cone, absorbing, curriculum, .. } => {
                let at = at.key("least_squares");
                positive(&at.key("start_weight"), *start_weight, Unit::None)?;
                for (key, value) in [("causal", causal), ("cone", cone), ("absorbing", absorbing)] {
                    within(&at.key(key), *value, whole, Unit::None)?;
                }
                within(&at.key("curriculum"), *curriculum, [0.0, 1.0], Unit::None)
            }
            Self::Sitzmann { at_start, disc, .. } => {
                let at = at.key("sitzmann");
                within(&at.key("at_start"), *at_start as f64, [1.0, 1e7], Unit::None)?;
                positive(&at.key("disc"), *disc, Unit::Metre)
            }
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
        self.loss.check(&at.key("loss"))?;
        within(&at.key("points"), self.points as f64, [20.0, 1e7], Unit::None)?;
        within(&at.key("steps"), self.steps as f64, [1.0, 1e9], Unit::None)?;
        if let Some(points) = self.projection {
            within(&at.key("projection"), points as f64, [20.0, 1e7], Unit::None)?;
        }
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
        settings: &EvolutionBlock,
        follow: &mut dyn Follow<Snapshots>,
    ) -> Result<Evolved, InversionError> {
        let device = device::parse(&settings.device)?;
        let velocity = problem.velocity.pointwise(&problem.shown)?;
        let slowness = |point: [f64; 2]| velocity(point).powi(-2);
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
        let mut objective = OverSteps { objective, steps: self.steps as f64 };
        let snapshots =
            |network: &fields::Network| Ok(problem.snapshots(|events| shape.field(network, &terms, events)));
        let (steps, time_limit) = (self.steps, settings.time_limit);
        let training = Training { optimizer: &self.optimizer, before: 0, steps, time_limit };
        let mut trained = training.run(network, &mut objective, &mut Through { follow, of: &snapshots })?;
        if let (Some(count), Status::Done) = (self.projection, trained.status) {
            trained.network = objective.objective.with_solved_output(&trained.network, count, 1e-6)?;
            trained.stopped_because += ", output layer solved";
        }
        Ok(Evolved {
            fields: snapshots(&trained.network)?,
            steps: trained.steps as u64,
            unknowns: architecture.parameter_count() as u64,
            residual: trained.residual,
            status: trained.status,
            stopped_because: trained.stopped_because,
            networks: None,
        })
    }
}

/// An objective that depends on the finished part of the run.
struct OverSteps<'a> {
    objective: fields::evolution::EvolutionObjective<'a>,
    steps: f64,
}

impl network_training::TrainingObjective for OverSteps<'_> {
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
