//! Wavefields as the outputs of a network that is trained on the residual of the equation.

mod objective;

use document::{CheckSettings, Fault, KeyPath, Unit, positive, within};
use fields::basis::HiddenLayer;
use fields::{Architecture, JetOrder, Wavefield, device};
use num_complex::Complex64;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::equations::Equations;
use super::least_squares::total;
use super::{Fields, Found, WavefieldMethod, WavefieldProblem};
use crate::inversion::InversionError;
use crate::inversion::joint::strong::{Sampling, StrongForm, StrongLoss};
use crate::network_settings::NetworkSettings;
use crate::network_training::{Follow, Through, Training};
use crate::optimizer::OptimizerChoice;
use crate::scenario::WavefieldBlock;
use crate::status::Status;
use objective::WavefieldObjective;

/// A network trained on the residual at random points, two outputs per source.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Network {
    /// The network.
    pub network: NetworkSettings,
    /// Whether the unknown is the field that the velocity scatters from the uniform background, or the total field.
    #[serde(default)]
    pub form: StrongForm,
    /// Collocation points in each step.
    #[serde(default = "points")]
    pub points: usize,
    /// Where they are.
    #[serde(default)]
    pub sampling: Sampling,
    /// Sets of points that are reused in turn; 0 draws new ones in each step.
    #[serde(default = "pool")]
    pub pool: usize,
    /// How residuals become one number.
    #[serde(default)]
    pub loss: StrongLoss,
    /// What moves the parameters: `adam`, `soap`, `lbfgs`, or for small networks `gauss_newton`.
    pub optimizer: OptimizerChoice,
    /// Steps.
    pub steps: usize,
    /// Sets `w0_first` of the network to so many times the background's radians in a unit of the network's coordinates, half
    /// the longer side of the grid: 1.25 is a good choice for `sine`. The waves of the first layer then have wavenumbers along
    /// each axis up to 5/8 of that of the background, and the next layer those that are wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub w0_over_k: Option<f64>,
    /// Trains the network at lower frequencies first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub continuation: Option<Continuation>,
    /// Solves the output layer for all sources at the end, on these equations (variable projection).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub projection: Option<Equations>,
}

/// Lower frequencies at which a network is trained first, each time from where the one before has led.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Continuation {
    /// The frequencies over that of the scenario, in order.
    pub fractions: Vec<f64>,
    /// Steps at each of them.
    pub steps: usize,
}

impl CheckSettings for Continuation {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        within(&at.key("steps"), self.steps as f64, [1.0, 1e9], Unit::None)?;
        for (i, fraction) in self.fractions.iter().enumerate() {
            within(&at.key("fractions").index(i), *fraction, [1e-3, 1.0], Unit::None)?;
        }
        Ok(())
    }
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
        within(&at.key("points"), self.points as f64, [1.0, 1e7], Unit::None)?;
        within(&at.key("steps"), self.steps as f64, [1.0, 1e9], Unit::None)?;
        self.sampling.check(&at.key("sampling"), self.points)?;
        self.loss.check(&at.key("loss"))?;
        if let Some(factor) = self.w0_over_k {
            positive(&at.key("w0_over_k"), factor, Unit::None)?;
        }
        if let Some(continuation) = &self.continuation {
            continuation.check(&at.key("continuation"))?;
        }
        if let Some(equations) = &self.projection {
            equations.check(&at.key("projection"))?;
        }
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
        settings: &WavefieldBlock,
        follow: &mut dyn Follow<Fields>,
    ) -> Result<Found, InversionError> {
        let device = device::parse(&settings.device)?;
        let architecture = self.architecture(problem)?;
        let mut network = fields::Network::init(&architecture, settings.seed, &device)?;
        let scale = self.scale(problem);
        let of = |network: &fields::Network| self.fields(problem, network, scale);
        let follow = &mut Through { follow, of: &of };
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
        let mut found = Found {
            fields: self.fields(problem, &trained.network, scale)?,
            steps: trained.steps as u64,
            unknowns: architecture.parameter_count() as u64,
            residual: trained.residual,
            status: trained.status,
            stopped_because: trained.stopped_because,
            networks: None,
        };
        if let (Some(equations), Status::Done) = (&self.projection, found.status) {
            let basis = HiddenLayer::of(&trained.network)?;
            // Every unit may be needed in the body, where alone a scattered field has its sources.
            let body = problem.body().map(|body| (body, architecture.width));
            let solved = equations.solve(problem, self.form, (&basis, body), settings.seed ^ 1)?;
            found.residual = Some(solved.residual);
            found.fields = total(problem, self.form, &basis, solved.weights)?;
            found.stopped_because += ", output layer solved";
        }
        Ok(found)
    }
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
