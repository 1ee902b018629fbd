//! The residual of the equation at sets of points as an objective of a network.

use std::sync::Arc;

use burn::tensor::{Device, Tensor};
use fields::{Balance, PointResidual, Residuals, Wavefield, gradient_norms};

use super::settings::Network;
use crate::wavefields::problem::WavefieldProblem;
use fwi::harmonic_equation::HarmonicEquation;
use fwi::inversion::InversionError;
use fwi::inversion::joint::strong::{Sampler, StrongLoss, edge, learnt, memory, remember};
use fwi::network_training::{self, TrainingValue};
use fwi::point_equation::EquationInMedium;
use fwi::point_sets::PointSets;

/// One set of points with everything that depends only on the points.
struct Batch {
    points: Vec<[f64; 2]>,
    /// The points, then the outer edge.
    tensor: Tensor<2>,
    equation: EquationInMedium,
}

/// The objective and the samplers of its points.
pub(super) struct WavefieldObjective<'a> {
    settings: &'a Network,
    problem: &'a WavefieldProblem,
    equation: HarmonicEquation,
    /// All fields of all sources.
    wavefield: Wavefield,
    samplers: Vec<Sampler>,
    edge: Vec<[f64; 2]>,
    balance: Option<Balance>,
    device: Device,
    sets: PointSets<Batch>,
}

impl<'a> WavefieldObjective<'a> {
    pub(super) fn new(
        settings: &'a Network,
        problem: &'a WavefieldProblem,
        seed: u64,
        device: &Device,
    ) -> Result<Self, InversionError> {
        let sitzmann = matches!(settings.loss, StrongLoss::Sitzmann { .. });
        let boxes = [problem.grid.domain(), problem.interior()];
        let mut objective = Self {
            settings,
            problem,
            equation: settings.equation(problem)?,
            wavefield: settings.outputs(problem).fields,
            samplers: settings.sampling.samplers(settings.points, boxes, &problem.survey, seed)?,
            edge: if sitzmann { Vec::new() } else { edge(&problem.grid.domain(), 50) },
            balance: settings.loss.balance(),
            device: device.clone(),
            sets: PointSets::new(settings.optimizer.hold()),
        };
        for _ in 0..settings.pool.min(settings.steps) {
            let batch = objective.draw()?;
            objective.sets.add(batch);
        }
        Ok(objective)
    }

    fn draw(&mut self) -> Result<Batch, InversionError> {
        let problem = self.problem;
        let points: Vec<[f64; 2]> = self.samplers.iter_mut().flat_map(|(n, s)| s.sample(*n)).collect();
        let equation = Network::in_medium(&self.equation, problem, &points)?;
        let mut all = points.clone();
        all.extend_from_slice(&self.edge);
        Ok(Batch { tensor: problem.frame().tensor(&all, &self.device), points, equation })
    }

    /// The set of a step, drawn if it is new.
    fn batch(&mut self, step: usize) -> Result<Arc<Batch>, InversionError> {
        match self.sets.at(step) {
            Some(batch) => Ok(batch),
            None => self.draw().map(|batch| self.sets.keep(batch)),
        }
    }

    /// The value with factors on the equation and on the edge, and the size of the residual at each point.
    fn value(
        &self,
        factors: [f64; 2],
        network: &fields::Network,
        batch: &Batch,
    ) -> (TrainingValue, Vec<f64>) {
        let (loss, wavefield) = (self.settings.loss.weighted(factors), self.wavefield);
        let u = network.evaluate(batch.tensor.clone(), self.equation.order());
        let residual = batch.equation.residual(&u, wavefield);
        let (cost, mean) = loss.cost(&|p| batch.equation.driven(p), &residual, wavefield.scale);
        let mut upstream = vec![0.0; u.values().len()];
        batch.equation.pull_back(&u, wavefield, &cost.by_residual, &mut upstream);
        let objective = cost.value + loss.edge_term(wavefield, &u, self.edge.len(), &mut upstream);
        let magnitudes: Vec<f64> =
            (0..batch.points.len()).map(|p| residual.iter().map(|r| f64::from(r[p].norm())).sum()).collect();
        let residuals = self.settings.optimizer.as_dyn().needs_squares().then(|| {
            let mut residuals = Residuals::new(batch.tensor.clone(), self.equation.order());
            loss.equation_residuals(&batch.equation, (&u, wavefield), &mut residuals);
            loss.edge_residuals((&u, wavefield), self.edge.len(), &mut residuals);
            residuals
        });
        let gradient = u.pull_back(upstream);
        (TrainingValue { objective, residual: mean.sqrt(), gradient, residuals }, magnitudes)
    }
}

impl network_training::TrainingObjective for WavefieldObjective<'_> {
    /// Objective, residual and gradient in a step; samplers observe the size of the residual.
    fn evaluate(&mut self, network: &fields::Network, step: usize) -> Result<TrainingValue, InversionError> {
        let batch = self.batch(step)?;
        if self.sets.is_fresh(step) && self.balance.as_ref().is_some_and(|balance| balance.due(step)) {
            let alone = |factors| gradient_norms::norm(self.value(factors, network, &batch).0.gradient);
            let norms = [[1.0, 0.0], [0.0, 1.0]].map(alone);
            self.balance.iter_mut().for_each(|balance| balance.tell(step, &norms));
        }
        let on_edge = self.balance.as_ref().map_or(1.0, |balance| balance.factor(1));
        let (value, magnitudes) = self.value([1.0, on_edge], network, &batch);
        for (_, sampler) in &mut self.samplers {
            sampler.observe(&batch.points, &magnitudes);
        }
        Ok(value)
    }

    fn skip(&mut self, step: usize) -> Result<(), InversionError> {
        if self.sets.is_for_one(step) {
            self.samplers.iter_mut().for_each(|(n, s)| drop(s.sample(*n)));
            return Ok(());
        }
        self.batch(step).map(drop)
    }

    fn memory(&self) -> Vec<f32> {
        memory(self.balance.as_ref(), learnt(&self.samplers))
    }

    fn remember(&mut self, memory: &[f32]) {
        remember(memory, self.balance.as_mut(), &mut self.samplers);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wavefields::tests::problem;
    use fwi::harmonic_medium::HarmonicMedium;
    use fwi::network_settings::NetworkSettings;
    use fwi::network_training::TrainingObjective as _;
    use survey::density::DensityChoice;

    fn settings(optimizer: &str, more: &str) -> Network {
        let network =
            NetworkSettings { w0_first: Some(6.0), w0_hidden: 1.0, ..NetworkSettings::of_sines(12, 2) };
        let text = format!(
            "{{\"network\": {}, \"points\": 200, \"steps\": 10, \"pool\": 3, \"optimizer\": {optimizer}, {more}}}",
            serde_json::to_string(&network).unwrap()
        );
        serde_json::from_str(&text).unwrap()
    }

    fn start(settings: &Network, problem: &WavefieldProblem) -> fields::Network {
        let device = fields::device::parse("cpu").unwrap();
        fields::Network::init(&settings.architecture(problem).unwrap(), 2, &device).unwrap()
    }

    /// Half the sum of squares of the individual residuals is the objective, and linearised they have its gradient,
    /// for several sources, with the edge, with balanced terms and with variable density; both in single precision.
    #[test]
    fn residuals_are_those_of_the_objective() {
        let density: DensityChoice = serde_json::from_str("{\"gardner\": {}}").unwrap();
        let medium = HarmonicMedium { density: Some(density), ..HarmonicMedium::default() };
        let variable = WavefieldProblem { medium, ..problem() };
        for (problem, more) in [
            (problem(), "\"form\": \"scattered\""),
            (problem(), "\"form\": \"total\", \"loss\": {\"least_squares\": {\"balance\": 5}}"),
            (variable, "\"form\": \"total\""),
        ] {
            let settings = settings("{\"gauss_newton\": {}}", more);
            let network = start(&settings, &problem);
            let device = network.device();
            let mut objective = WavefieldObjective::new(&settings, &problem, 1, &device).unwrap();
            let value = objective.evaluate(&network, 0).unwrap();
            let residuals = value.residuals.unwrap();
            assert!((residuals.objective() / value.objective - 1.0).abs() < 1e-5);
            let linearised = residuals.linearise(&network);
            let gradient =
                value.gradient.into_iter().flat_map(|g| g.into_data().try_into_vec::<f32>().unwrap());
            let gradient: Vec<f64> = gradient.map(f64::from).collect();
            let size = gradient.iter().fold(0.0_f64, |a, g| a.max(g.abs()));
            assert_eq!(gradient.len(), linearised.gradient.len());
            for (single, double) in gradient.iter().zip(&linearised.gradient) {
                assert!((single - double).abs() < 1e-4 * size, "{single} {double}");
            }
        }
    }

    /// The points do not change while the optimiser holds them, whether they come from a pool or are newly drawn, and
    /// change afterwards.
    #[test]
    fn points_are_held() {
        let problem = problem();
        for pool in [3, 0] {
            let mut settings = settings("{\"lbfgs\": {\"hold\": 4}}", "\"form\": \"total\"");
            settings.pool = pool;
            let network = start(&settings, &problem);
            let mut objective = WavefieldObjective::new(&settings, &problem, 1, &network.device()).unwrap();
            let values: Vec<f64> =
                (0..9).map(|step| objective.evaluate(&network, step).unwrap().objective).collect();
            assert!(values[..4].iter().all(|v| *v == values[0]), "{values:?}");
            assert!(values[4..8].iter().all(|v| *v == values[4]) && values[4] != values[0], "{values:?}");
            assert!(values[8] != values[4]);
        }
    }

    /// w0 from the wavenumber: 5 rad in half the box times the factor, whatever the network's own setting.
    #[test]
    fn frequency_factor_follows_the_wavelength() {
        let problem = problem();
        let settings = settings("{\"lbfgs\": {}}", "\"w0_over_k\": 1.25");
        assert!((settings.architecture(&problem).unwrap().w0_first - 6.25).abs() < 1e-5);
    }
}
