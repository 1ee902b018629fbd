//! Wavefields as the outputs of a network that is trained on the residual of the equation.

mod objective;

use document::{CheckSettings, Fault, KeyPath, Unit};
use fields::basis::HiddenLayer;
use fields::checkpoint::Checkpoint;
use fields::{Architecture, JetOrder, Wavefield, device};
use num_complex::Complex64;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::equations::Equations;
use super::least_squares::total;
use super::problem::{Fields, MethodResult, WavefieldProblem};
use super::solver::WavefieldMethod;
use crate::run_settings::RunSettings;
use fwi::inversion::InversionError;
use fwi::inversion::joint::strong::{Sampling, StrongForm, StrongLoss};
use fwi::network_settings::NetworkSettings;
use fwi::network_training::{FieldFollower, Follow, Training};
use fwi::optimizer::OptimizerChoice;
use fwi::status::Status;
use objective::WavefieldObjective;
use survey::ranges;

/// A network with two outputs for each source, trained on the residual of the equation at random points.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Network {
    /// The network.
    pub network: NetworkSettings,
    /// Whether the unknown is the scattered wavefield, relative to the uniform background, or the total wavefield.
    #[serde(default)]
    pub form: StrongForm,
    /// Number of collocation points in each step.
    #[serde(default = "points")]
    #[schemars(transform = ranges::points())]
    pub points: usize,
    /// Where the collocation points are.
    #[serde(default)]
    pub sampling: Sampling,
    /// Number of sets of points that are reused in turn. 0 draws new points in each step.
    #[serde(default = "pool")]
    #[schemars(transform = Unit::None.within(0.0, 1e5))]
    pub pool: usize,
    /// The loss function.
    #[serde(default)]
    pub loss: StrongLoss,
    /// The optimiser: `adam`, `soap`, `lbfgs`, or for small networks `gauss_newton`.
    pub optimizer: OptimizerChoice,
    /// Number of optimiser steps.
    #[schemars(transform = ranges::steps())]
    pub steps: usize,
    /// Sets `w0_first` of the network to this factor times the radians of the background in a unit of the network's
    /// coordinates, which is half the longer side of the grid. 1.25 is a good choice for `sine`: the waves of the
    /// first layer then have wavenumbers along each axis up to 5/8 of that of the background, and the next layer
    /// reaches those that are needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = Unit::None.within(1e-3, 1e3))]
    pub w0_over_k: Option<f64>,
    /// Trains the network at lower frequencies first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub continuation: Option<Continuation>,
    /// Solves the output layer at the end for all sources, by these equations (variable projection).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub projection: Option<Equations>,
}

/// Lower frequencies at which a network is trained first. Each starts from the result of the one before.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Continuation {
    /// The lower frequencies, relative to that of the scenario, in order.
    #[schemars(transform = Unit::None.within(1e-3, 1.0))]
    pub fractions: Vec<f64>,
    /// Number of optimiser steps at each of them.
    #[schemars(transform = ranges::steps())]
    pub steps: usize,
}

fn points() -> usize {
    2048
}
fn pool() -> usize {
    32
}

impl CheckSettings for Network {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        self.network.check(&at.key("network"))?;
        self.network.require(&at.key("network"), 2)?;
        self.sampling.check(&at.key("sampling"), self.points)?;
        self.optimizer.check_for_network(at, "network", "soap: {learning_rate: 5e-3}")?;
        self.optimizer.check_squares(at, matches!(self.loss, StrongLoss::LeastSquares { .. }))?;
        // A source has two outputs; more outputs need slightly more.
        let architecture = self.network.architecture(2).expect("checked above");
        self.optimizer.check_size(at, &architecture)
    }
}

impl WavefieldMethod for Network {
    fn equations(&self) -> Option<(&'static str, &Equations)> {
        self.projection.as_ref().map(|equations| ("projection", equations))
    }

    fn form(&self) -> StrongForm {
        self.form
    }

    fn solve(
        &self,
        problem: &WavefieldProblem,
        settings: &RunSettings,
        follow: &mut dyn Follow<Fields>,
    ) -> Result<MethodResult, InversionError> {
        let device = device::parse(&settings.device)?;
        let architecture = self.architecture(problem)?;
        let mut network = fields::Network::init(&architecture, settings.seed, &device)?;
        let scale = self.scale(problem);
        let of = |network: &fields::Network| self.fields(problem, network, scale);
        let follow = &mut FieldFollower { follow, of: &of };
        let done = follow.record().saved().map_or(0, |saved| saved.iteration);
        let (mut before, mut trained) = (0, None);
        let stages = self.stages();
        for (stage, &(fraction, steps)) in stages.iter().enumerate() {
            // A stage that an earlier run has finished.
            if done > before + steps && stage + 1 < stages.len() {
                before += steps;
                continue;
            }
            let at_frequency = WavefieldProblem { omega: fraction * problem.omega, ..problem.clone() };
            let mut objective = WavefieldObjective::new(self, &at_frequency, settings.seed, &device)?;
            let time_limit = settings.time_limit;
            let training = Training { optimizer: &self.optimizer, before, steps, time_limit };
            let found = training.run(network, &mut objective, follow)?;
            let ended = found.status != Status::Done || found.steps < before + steps;
            before += steps;
            network = found.network.clone();
            trained = Some(found);
            if ended {
                break;
            }
        }
        let trained = trained.expect("the scenario's own frequency is a stage");
        let mut found = MethodResult {
            fields: self.fields(problem, &trained.network, scale)?,
            steps: trained.steps as u64,
            unknowns: architecture.parameter_count() as u64,
            residual: trained.residual,
            status: trained.status,
            stopped_because: trained.stopped_because,
            networks: Some(self.saved(problem, &trained.network, scale)),
        };
        if let (Some(equations), Status::Done) = (&self.projection, found.status) {
            let basis = HiddenLayer::of(&trained.network)?;
            // Every unit may be needed in the body, where alone a scattered field has its sources.
            let body = problem.body().map(|body| (body, architecture.width));
            let solved = equations.solve(problem, self.form, (&basis, body), settings.seed ^ 1)?;
            found.residual = Some(solved.residual);
            let network = with_output(&trained.network, &solved.weights, scale)?;
            found.networks = Some(self.saved(problem, &network, scale));
            found.fields = total(problem, self.form, &basis, solved.weights)?;
            found.stopped_because += ", output layer solved";
        }
        Ok(found)
    }
}

/// A network with the output layer of given weights `[source][unit]`, without a bias; an output of 1 stands for `scale`.
fn with_output(
    network: &fields::Network,
    weights: &Fields,
    scale: f32,
) -> Result<fields::Network, InversionError> {
    let architecture = network.architecture();
    let mut values = network.parameter_values();
    let [weight, bias] = [2 * architecture.layers, 2 * architecture.layers + 1];
    let outputs = architecture.outputs;
    values[bias].fill(0.0);
    for (source, row) in weights.iter().enumerate() {
        for (unit, w) in row.iter().enumerate() {
            values[weight][unit * outputs + 2 * source] = w.re as f32 / scale;
            values[weight][unit * outputs + 2 * source + 1] = w.im as f32 / scale;
        }
    }
    Ok(fields::Network::from_values(architecture, values, &network.device())?)
}

impl Network {
    fn architecture(&self, problem: &WavefieldProblem) -> Result<Architecture, InversionError> {
        let mut architecture = self.network.architecture(2 * problem.survey.sources.len())?;
        if let Some(factor) = self.w0_over_k {
            architecture.w0_first = (factor * problem.wavenumber() * problem.frame().length) as f32;
        }
        Ok(architecture)
    }

    /// The value of an output of 1.
    fn scale(&self, problem: &WavefieldProblem) -> f32 {
        if matches!(self.loss, StrongLoss::Sitzmann { .. }) { 1.0 } else { problem.scale() as f32 }
    }

    /// Frequencies relative to that of the scenario, with their steps.
    fn stages(&self) -> Vec<(f64, usize)> {
        let lower = self.continuation.iter().flat_map(|c| c.fractions.iter().map(|f| (*f, c.steps)));
        lower.chain([(1.0, self.steps)]).collect()
    }

    /// The network with what its coordinates and outputs mean, as a file.
    fn saved(&self, problem: &WavefieldProblem, network: &fields::Network, scale: f32) -> Checkpoint {
        let form = if self.form == StrongForm::Scattered { "scattered" } else { "total" };
        let units = serde_json::json!({ "pressure": scale, "form": form });
        problem.frame().saved([("wavefield", network)]).with_fact("wavefield", &units)
    }

    /// The total fields of a network at the points of the problem.
    fn fields(
        &self,
        problem: &WavefieldProblem,
        network: &fields::Network,
        scale: f32,
    ) -> Result<Fields, InversionError> {
        let device = network.parameters()[0].device();
        let tensor = problem.frame().tensor(&problem.points, &device);
        let evaluation = network.frozen().evaluate(tensor, JetOrder::Value);
        let sources = problem.survey.sources.len();
        let wavefield = Wavefield { first: 0, sources, scale };
        let mut fields = if self.form == StrongForm::Scattered {
            problem.incident(&problem.points)
        } else {
            vec![vec![Complex64::ZERO; problem.points.len()]; sources]
        };
        for (source, u) in fields.iter_mut().enumerate() {
            for (p, u) in u.iter_mut().enumerate() {
                let value = wavefield.at(&evaluation, 0, p, source);
                *u += Complex64::new(f64::from(value.re), f64::from(value.im));
            }
        }
        Ok(fields)
    }
}
