//! Training of the network, its wavefields, and its file.

use document::{Fault, KeyPath};
use fields::basis::HiddenLayer;
use fields::checkpoint::Checkpoint;
use fields::{JetOrder, device};
use num_complex::Complex64;

use super::objective::WavefieldObjective;
use super::settings::Network;
use crate::run_settings::RunSettings;
use crate::wavefields::equations::Equations;
use crate::wavefields::least_squares::total;
use crate::wavefields::problem::{Fields, MethodResult, WavefieldProblem};
use crate::wavefields::solver::{InMedium, WavefieldMethod};
use fwi::harmonic_equation::Outputs;
use fwi::harmonic_medium::HarmonicMedium;
use fwi::inversion::InversionError;
use fwi::inversion::joint::strong::{StrongForm, StrongLoss};
use fwi::network_training::{FieldFollower, Follow, Training};
use fwi::status::Status;

impl WavefieldMethod for Network {
    fn equations(&self) -> Option<(&'static str, &Equations)> {
        self.projection.as_ref().map(|equations| ("projection", equations))
    }

    fn form(&self) -> StrongForm {
        self.form
    }

    fn check_medium(&self, medium: &HarmonicMedium, at: &KeyPath) -> Result<(), Fault> {
        let Some(of) = medium.first_property() else { return Ok(()) };
        let refused = |key: &str, found: &str, expected: &str| {
            let (found, expected) = (found.to_owned(), expected.to_owned());
            Err(Fault::new(at.key(key), InMedium { of, found, expected }))
        };
        if matches!(self.loss, StrongLoss::Sitzmann { .. }) {
            return refused("loss", "loss: {sitzmann: {}}", "loss: {least_squares: {}}");
        }
        if self.projection.is_some() {
            return refused("projection", "projection", "no projection");
        }
        Ok(())
    }

    fn solve(
        &self,
        problem: &WavefieldProblem,
        settings: &RunSettings,
        follow: &mut dyn Follow<Fields>,
    ) -> Result<MethodResult, InversionError> {
        let device = device::parse(settings.device)?;
        let architecture = self.architecture(problem)?;
        let mut network = fields::Network::init(&architecture, settings.seed, &device)?;
        let scale = self.scale(problem);
        let outputs = self.outputs(problem);
        let of = |network: &fields::Network| self.fields(problem, network, &outputs);
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
            fields: self.fields(problem, &trained.network, &outputs)?,
            steps: trained.steps as u64,
            unknowns: architecture.parameter_count() as u64,
            residual: trained.residual,
            status: trained.status,
            stopped_because: trained.stopped_because,
            networks: Some(self.saved(problem, &trained.network, scale, &outputs)),
        };
        if let (Some(equations), Status::Done) = (&self.projection, found.status) {
            let basis = HiddenLayer::of(&trained.network)?;
            // Every unit may be needed in the body, where alone a scattered field has its sources.
            let body = problem.body().map(|body| (body, architecture.width));
            let solved = equations.solve(problem, self.form, (&basis, body), settings.seed ^ 1)?;
            found.residual = Some(solved.residual);
            let network = with_output(&trained.network, &solved.weights, scale)?;
            found.networks = Some(self.saved(problem, &network, scale, &outputs));
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
    /// The network with what its coordinates and outputs mean, as a file.
    fn saved(
        &self,
        problem: &WavefieldProblem,
        network: &fields::Network,
        scale: f32,
        outputs: &Outputs,
    ) -> Checkpoint {
        let form = if self.form == StrongForm::Scattered { "scattered" } else { "total" };
        let units = serde_json::json!({ "pressure": scale, "form": form, "fields": outputs.unknowns.names });
        problem.frame().saved([("wavefield", network)]).with_fact("wavefield", &units)
    }

    /// The total fields of a network at the points of the problem.
    fn fields(
        &self,
        problem: &WavefieldProblem,
        network: &fields::Network,
        outputs: &Outputs,
    ) -> Result<Fields, InversionError> {
        let device = network.parameters()[0].device();
        let tensor = problem.frame().tensor(&problem.points, &device);
        let evaluation = network.frozen().evaluate(tensor, JetOrder::Value);
        let sources = problem.survey.sources.len();
        let mut fields = if self.form == StrongForm::Scattered {
            problem.incident(&problem.points)
        } else {
            vec![vec![Complex64::ZERO; problem.points.len()]; sources]
        };
        for (source, u) in fields.iter_mut().enumerate() {
            for (p, u) in u.iter_mut().enumerate() {
                *u += outputs.pressure(&evaluation, p, source);
            }
        }
        Ok(fields)
    }
}
