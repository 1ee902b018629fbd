//! Wavefields as the outputs of a network that is trained on the residual of the equation.

use fields::basis::HiddenLayer;
use fields::{JetOrder, Scaling, StrongResidual, Wavefield, device};
use num_complex::Complex64;
use pde::Dimension;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::least_squares::{Equations, total};
use super::{Fields, Found, WatchField, WavefieldMethod, WavefieldProblem};
use crate::inversion::InversionError;
use crate::inversion::joint::strong::{Sampler, Sampling, StrongForm, StrongLoss, edge};
use crate::key_path::KeyPath;
use crate::network_settings::NetworkSettings;
use crate::network_training::{Training, Value};
use crate::optimizer::OptimizerChoice;
use crate::problem::Unit;
use crate::scenario::WavefieldBlock;
use crate::scenario::check::{CheckSettings, Fault, within};
use crate::summary::Status;

/// A network trained on the residual at random points, two outputs a source.
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
    /// What moves the parameters: `adam` or `soap`.
    pub optimizer: OptimizerChoice,
    /// Steps.
    pub steps: usize,
    /// Solves the output layer for all sources at the end, on these equations (variable projection).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub projection: Option<Equations>,
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
        if let Some(equations) = &self.projection {
            equations.check(&at.key("projection"))?;
        }
        self.optimizer.check_for_network(at, "network", "soap: {learning_rate: 5e-3}")
    }
}

/// One set of points with everything that depends on them alone.
struct Batch {
    points: Vec<[f64; 2]>,
    /// The points, then the outer edge.
    tensor: burn::tensor::Tensor<2>,
    coefficients: fields::Coefficients,
    contrast: Vec<f64>,
}

/// What batches are drawn from.
struct Source<'a> {
    problem: &'a WavefieldProblem,
    residual: StrongResidual,
    scaling: Scaling,
    samplers: Vec<Sampler>,
    edge: Vec<[f64; 2]>,
    device: burn::tensor::Device,
}

impl Source<'_> {
    fn draw(&mut self) -> Result<Batch, InversionError> {
        let problem = self.problem;
        let points: Vec<[f64; 2]> = self.samplers.iter_mut().flat_map(|(n, s)| s.sample(*n)).collect();
        let background = |_: [f64; 2]| problem.background;
        let environment = problem.environment(&background);
        let known = |source: usize, symbol: &str, derivative: &pde::MultiIndex, at: &[f64]| {
            environment.value(problem.omega, source, symbol, derivative, at)
        };
        let coefficients = self.residual.at(&points, problem.survey.sources.len(), self.scaling, known)?;
        let contrast = problem.contrast(&points)?;
        let mut all = points.clone();
        all.extend_from_slice(&self.edge);
        Ok(Batch { tensor: problem.frame().tensor(&all, &self.device), points, coefficients, contrast })
    }
}

impl WavefieldMethod for Network {
    fn form(&self) -> StrongForm {
        self.form
    }

    fn solve(
        &self,
        problem: &WavefieldProblem,
        settings: &WavefieldBlock,
        watch: &mut WatchField,
    ) -> Result<Found, InversionError> {
        let device = device::parse(&settings.device)?;
        let sources = problem.survey.sources.len();
        let architecture = self.network.architecture(2 * sources)?;
        let network = fields::Network::init(&architecture, settings.seed, &device)?;
        let sitzmann = matches!(self.loss, StrongLoss::Sitzmann { .. });
        let frame = problem.frame();
        let residual = if sitzmann { frame.length.powi(2) } else { problem.wavenumber().powi(-2) };
        let scale = if sitzmann { 1.0 } else { problem.scale() as f32 };
        let interior = problem.interior();
        let mut source = Source {
            problem,
            residual: StrongResidual::new(&pde::helmholtz(Dimension::Two, self.form.of_equation()))?,
            scaling: Scaling { length: frame.length, time: 1.0, residual },
            samplers: self.sampling.samplers(
                self.points,
                [problem.grid.domain(), interior],
                &problem.survey,
                settings.seed,
            )?,
            edge: if sitzmann { Vec::new() } else { edge(&problem.grid, 50) },
            device: device.clone(),
        };
        let mut batches = Vec::new();
        for _ in 0..self.pool.min(self.steps) {
            batches.push(source.draw()?);
        }
        let wavefield = Wavefield { first: 0, sources, scale };
        let training =
            Training { optimizer: &self.optimizer, steps: self.steps, time_limit: settings.time_limit };
        let trained = training.run(
            network,
            |network, step| {
                let drawn;
                let batch = if batches.is_empty() {
                    drawn = source.draw()?;
                    &drawn
                } else {
                    &batches[step % batches.len()]
                };
                self.evaluate(network, batch, wavefield, &mut source)
            },
            |step, residual, network| watch(step, residual, &|| self.fields(problem, network, scale)),
        )?;
        let mut found = Found {
            fields: self.fields(problem, &trained.network, scale)?,
            steps: trained.steps,
            unknowns: architecture.parameter_count() as u64,
            residual: trained.residual,
            status: trained.status,
            stopped_because: trained.stopped_because,
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
    /// Objective, residual and gradient at a set of points; samplers learn where the residual is large.
    fn evaluate(
        &self,
        network: &fields::Network,
        batch: &Batch,
        wavefield: Wavefield,
        source: &mut Source,
    ) -> Result<Value, InversionError> {
        let u = network.evaluate(batch.tensor.clone(), JetOrder::Second);
        let residual = batch.coefficients.residual(&u, wavefield, &batch.contrast);
        let (cost, mean) = self.loss.cost(&batch.coefficients, &residual, wavefield.scale);
        let mut upstream = vec![0.0; u.values().len()];
        let mut unused = vec![0.0; batch.points.len()];
        batch.coefficients.pull_back(
            &u,
            wavefield,
            &batch.contrast,
            &cost.by_residual,
            &mut upstream,
            &mut unused,
        );
        let objective = cost.value + self.loss.edge_term(wavefield, &u, source.edge.len(), &mut upstream);
        let magnitudes: Vec<f64> =
            (0..batch.points.len()).map(|p| residual.iter().map(|r| f64::from(r[p].norm())).sum()).collect();
        for (_, sampler) in &mut source.samplers {
            sampler.observe(&batch.points, &magnitudes);
        }
        Ok(Value { objective, residual: mean.sqrt(), gradient: u.pull_back(upstream) })
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
