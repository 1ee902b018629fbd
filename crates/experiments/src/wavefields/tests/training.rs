//! An interrupted and resumed training ends like an uninterrupted one, bit for bit.

use std::path::Path;

use fd::time::InitialPulse;

use crate::evolutions::{EvolutionBlock, EvolutionProblem, Snapshots};
use crate::wavefields::tests::problem;
use crate::wavefields::{Fields, WavefieldBlock};
use fwi::checkpoint::CheckpointFile;
use fwi::inversion::InversionError;
use fwi::network_settings::NetworkSettings;
use fwi::network_training::*;
use fwi::recorder::Rows;
use survey::model_source::ModelSource;

/// Interrupts after a step, with a checkpoint in a file.
struct StopAt {
    step: u64,
    record: Rows<u64>,
    /// Steps that were seen.
    seen: Vec<u64>,
}

impl StopAt {
    fn new(step: u64, file: CheckpointFile) -> StopAt {
        StopAt { step, record: Rows::new(file, |step| *step).unwrap(), seen: Vec::new() }
    }
}

impl<F> Follow<F> for StopAt {
    fn after(
        &mut self,
        [step, _]: [u64; 2],
        _residual: f64,
        _now: &dyn Fn() -> Result<F, InversionError>,
    ) -> Result<Option<Ending>, InversionError> {
        self.seen.push(step);
        Ok((step == self.step).then_some(Ending::Interrupted))
    }

    fn record(&mut self) -> &mut dyn Recorder {
        &mut self.record
    }
}

/// Runs without a stop, with a stop after a step and resumed, and once more from the finished state; all results are
/// the same. The resumed run starts where the optimiser last had another function.
fn same_when_resumed<F: PartialEq>(what: &str, stop: u64, from: u64, solve: &dyn Fn(&mut StopAt) -> F) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("u/checkpoint.safetensors");
    let open = |path: &Path, resume| CheckpointFile::new(path.to_owned(), "", resume).unwrap();
    let mut whole = StopAt::new(u64::MAX, open(&folder.path().join("never"), false));
    let found = solve(&mut whole);
    let mut stopped = StopAt::new(stop, open(&path, false));
    let early = solve(&mut stopped);
    assert!(early != found && stopped.seen.last() == Some(&stop), "{what} {:?}", stopped.seen);
    let mut resumed = StopAt::new(u64::MAX, open(&path, true));
    assert!(solve(&mut resumed) == found, "{what}");
    assert_eq!(resumed.seen.first(), Some(&(from + 1)), "{what}");
    assert_eq!(resumed.seen.last(), whole.seen.last(), "{what}");
    let mut again = StopAt::new(u64::MAX, open(&path, true));
    assert!(solve(&mut again) == found && again.seen.is_empty(), "{what}");
}

fn network() -> String {
    let settings = NetworkSettings { w0_first: Some(6.0), w0_hidden: 1.0, ..NetworkSettings::of_sines(8, 2) };
    serde_json::to_string(&settings).unwrap()
}

/// New points in each step, points where the residual is large, balanced terms, points that stay for some steps,
/// frequency continuation, and an output layer solved for at the end.
#[test]
fn wavefields_resume() {
    let problem = problem();
    let solve = |more: &str, follow: &mut StopAt| -> Fields {
        let text = format!(
            "{{\"name\": \"u\", \"device\": \"cpu\", \"seed\": 3, \"method\": {{\"network\": {{\"network\": {}, \
             \"points\": 120, \"steps\": 9, {more}}}}}}}",
            network()
        );
        let block: WavefieldBlock = serde_json::from_str(&text).unwrap();
        block.method.as_dyn().solve(&problem, &block.run_settings(), follow).unwrap().fields
    };
    let soap = "\"optimizer\": {\"soap\": {\"learning_rate\": 5e-3}}";
    let weighted = "\"pool\": 0, \"sampling\": {\"residual_weighted\": {}}";
    let balanced = "\"loss\": {\"least_squares\": {\"balance\": 3}}";
    let first = "\"continuation\": {\"fractions\": [0.5, 1.0], \"steps\": 4}";
    let held = "\"optimizer\": {\"lbfgs\": {\"hold\": 4}}";
    for (what, stop, from) in [
        (format!("{soap}, \"pool\": 3"), 5, 5),
        (format!("{soap}, {weighted}, {balanced}"), 5, 5),
        (format!("{held}, \"pool\": 0"), 6, 4),
        (format!("{held}, {weighted}, {balanced}, \"form\": \"scattered\""), 7, 4),
        (format!("{soap}, {first}, \"projection\": {{}}"), 4, 4),
        (format!("{soap}, {first}, {weighted}"), 7, 7),
        (format!("{soap}, {first}"), 12, 12),
    ] {
        same_when_resumed(&what, stop, from, &|follow| solve(&what, follow));
    }
}

/// Causal weights, growing times, balanced terms, a pool drawn from at random, and the terms of the SIREN paper.
#[test]
fn evolutions_resume() {
    let uniform = serde_json::json!({"uniform": {"velocity": 1000.0}});
    let problem = EvolutionProblem {
        shown: fd::Grid::new([-500.0, -500.0], [100.0, 100.0], [11, 11]).unwrap(),
        velocity: ModelSource { choice: serde_json::from_value(uniform).unwrap(), file: None, truth: None },
        fastest: 1000.0,
        slowest: 1000.0,
        pulses: vec![InitialPulse { centre: [0.0, 0.0], amplitude: 1.0, variance: 5000.0 }],
        times: vec![0.0, 0.1],
    };
    let solve = |more: &str, follow: &mut StopAt| -> Snapshots {
        let text = format!(
            "{{name: u, device: cpu, seed: 3, method: {{network: {{network: {}, points: 120, steps: 10, {more}}}}}}}",
            network()
        );
        let block: EvolutionBlock = serde_saphyr::from_str(&text).unwrap_or_else(|e| panic!("{e}"));
        block.method.as_dyn().solve(&problem, &block.run_settings(), follow).unwrap().fields
    };
    let soap = "optimizer: {soap: {learning_rate: 5e-3}}";
    let held = "optimizer: {lbfgs: {hold: 4}}";
    let terms = "exact_start: false, causal: 1, balance: 3, absorbing: 1";
    for (what, stop, from) in [
        (format!("{soap}, pool: 3"), 5, 5),
        (format!("{soap}, pool: 0, loss: {{least_squares: {{{terms}, curriculum: 0.5}}}}"), 7, 7),
        (format!("{held}, pool: 2, loss: {{least_squares: {{{terms}}}}}"), 6, 4),
        (format!("{soap}, loss: {{sitzmann: {{pretraining: 3, at_start: 20, disc: 100}}}}"), 5, 5),
    ] {
        same_when_resumed(&what, stop, from, &|follow| solve(&what, follow));
    }
}
