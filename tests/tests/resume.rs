//! Stopped after any iteration and gone on from its checkpoint, every method ends at the numbers of a run that was not.

use std::ops::ControlFlow;
use std::path::Path;

use fields::checkpoint::Checkpoint;
use fields::device;
use fwi::checkpoint::{CHECKPOINT, CheckpointFile, CheckpointState, Record, SavedCheckpoint};
use fwi::inversion::{InverseProblem, InversionError, Observer, Progress, Snapshot, Solution, StopReason};
use scenario::plan::Plan;

use super::gradients::{plan, problem};
use super::gradients_in_time::{with_objective_of, with_problem};
use super::support::{GRID, IMPLICIT, PRECONDITIONED, STRONG, smoothed};

/// Stops a run after an iteration and writes its checkpoint.
struct Stopper<'a> {
    after: usize,
    folder: &'a Path,
    resume: Option<SavedCheckpoint>,
}

impl Observer for Stopper<'_> {
    fn after(
        &mut self,
        progress: &Progress,
        _: &dyn Fn() -> Vec<f64>,
        state: &Snapshot,
    ) -> ControlFlow<StopReason> {
        if progress.iteration != self.after {
            return ControlFlow::Continue(());
        }
        let mut file = CheckpointFile::new(self.folder.join(CHECKPOINT), "", false).unwrap();
        state(&mut |state| {
            file.write(CheckpointState::new(progress.iteration, &state), &Record::<u64>::default());
        });
        ControlFlow::Break(StopReason::Interrupted)
    }

    fn resume(&mut self) -> Option<SavedCheckpoint> {
        self.resume.take()
    }
}

fn run(
    plan: &Plan,
    problem: &InverseProblem,
    folder: &Path,
    after: usize,
    resume: bool,
) -> Result<Solution, InversionError> {
    let settings = &plan.inversions[0];
    let resume = resume.then(|| SavedCheckpoint::read(&folder.join(CHECKPOINT))).transpose()?;
    let mut observer = Stopper { after, folder, resume };
    settings.method.as_dyn().invert(problem, &settings.settings, &mut observer)
}

/// The parameters of all networks.
fn parameters(networks: Option<&Checkpoint>) -> Vec<Vec<Vec<f32>>> {
    let cpu = device::parse("cpu").unwrap();
    let of = |saved: &Checkpoint| {
        saved
            .architectures()
            .iter()
            .map(|(name, of)| saved.network(name, of, &cpu, Path::new("")).unwrap().parameter_values())
            .collect()
    };
    networks.map(of).unwrap_or_default()
}

/// The identity: stopped after `stops`, resumed, equal bit by bit.
pub(crate) fn resumes(name: &str, plan: &Plan, problem: &InverseProblem, stops: &[usize]) {
    let folder = tempfile::tempdir().unwrap();
    let whole = run(plan, problem, folder.path(), usize::MAX, false).unwrap();
    for &stop in stops {
        let half = run(plan, problem, folder.path(), stop, false).unwrap();
        assert_eq!((half.stopped, half.iterations), (StopReason::Interrupted, stop), "{name}");
        let rest = run(plan, problem, folder.path(), usize::MAX, true).unwrap();
        assert_eq!(rest.iterations, whole.iterations, "{name} stopped after {stop}");
        assert_eq!(rest.models, whole.models, "{name} stopped after {stop}");
        assert_eq!(parameters(rest.networks.as_ref()), parameters(whole.networks.as_ref()), "{name} {stop}");
    }
}

const TWO_STAGES: &str = "stages: [{iterations: 4}, {iterations: 4}]";

/// Every method of networks with every optimiser of networks, in both of two stages.
#[test]
fn methods_of_networks() {
    let smoothed = smoothed();
    let methods = [
        ("strong", STRONG),
        ("smoothed", &smoothed),
        ("preconditioned", PRECONDITIONED),
        ("implicit", IMPLICIT),
    ];
    for (name, inversion) in methods {
        for optimizer in [
            "soap: {decay: true, warm_up: 3, learning_rate: 3e-3}",
            "adam: {decay: true, warm_up: 3, learning_rate: 3e-3}",
            "lbfgs: {hold: 3}",
        ] {
            let inversion = inversion
                .replace("stages: [{iterations: 20}]", TWO_STAGES)
                .replace("stages: [{iterations: 5}]", TWO_STAGES);
            let lines = inversion.lines().map(|line| match line.split_once("optimizer: {") {
                Some((before, _)) => format!("{before}optimizer: {{{optimizer}}}\n"),
                None => format!("{line}\n"),
            });
            let inversion: String = lines.collect();
            let (plan, data) = plan(&inversion);
            let background = |_: fd::Point| 1000.0;
            let problem = problem(&plan, &data, &background);
            resumes(&format!("{name} by {optimizer}"), &plan, &problem, &[1, 3, 5, 8]);
        }
    }
}

const OPTIMIZERS_OF_GRIDS: [&str; 6] = [
    "lbfgs: {}",
    "lbfgs: {memory: 2}",
    "nlcg: {}",
    "nlcg: {formula: hager_zhang}",
    "gauss_newton: {inner: 3}",
    "adam: {learning_rate: 0.02, decay: true, warm_up: 3}",
];

/// A grid with every optimiser of grids, regularised and conditioned.
#[test]
fn grids() {
    for optimizer in OPTIMIZERS_OF_GRIDS {
        let inversion = GRID
            .replace("stages: [{iterations: 4}]", TWO_STAGES)
            .replace("lbfgs: {}", optimizer)
            .replace("    bounds:", "    regularizers: [{tikhonov: {weight: 1e-4}}]\n    bounds:");
        let (plan, data) = plan(&inversion);
        let background = |_: fd::Point| 1000.0;
        let problem = problem(&plan, &data, &background);
        resumes(optimizer, &plan, &problem, &[1, 3, 4, 6]);
    }
}

/// Waves in time, where gradients are weighted by the wavefields of the starting model, shots change from one iteration
/// to the next, or are fired together with other signs each time.
#[test]
fn grids_in_time() {
    let settings = [
        ("lbfgs: {}", "conditioning: [{illumination: {}}]"),
        ("nlcg: {}", "conditioning: [{illumination: {}}]"),
        ("adam: {learning_rate: 0.02}", "batch: {shots: 1}"),
        ("lbfgs: {}", "source_encoding: {}"),
    ];
    for (optimizer, more) in settings {
        let name = format!("{optimizer}, {more}");
        with_objective_of(["2200", "l2: {}", optimizer], more, |plan, problem, _, _| {
            resumes(&name, plan, problem, &[1, 2, 3]);
        });
    }
}

/// A velocity network in time with all that it takes from the data: minibatches, illumination by stage, a first layer chosen by the
/// misfit of the start, and a bound on the step; grids alone; and water that is held.
#[test]
fn networks_in_time() {
    const STAGES: &str = "stages: [{band: {high: 20}, iterations: 3}, {iterations: 3}]";
    let network = "velocity: {network: {width: 12, layers: 2, w0_hidden: 1}}";
    for (method, optimizer, more) in [
        (network, "soap: {learning_rate: 3e-2}", "largest_change: 20"),
        (
            "representation: {multi_resolution: {spacings: [6, 1]}}",
            "adam: {learning_rate: 1e-2}",
            "points_per_cell: 1",
        ),
        (network, "lbfgs: {hold: 3}", "largest_change: 20"),
    ] {
        let inversion = format!(
            "
  - name: implicit
    method: {{implicit: {{{method}, {more}}}}}
    {STAGES}
    misfit: {{l2: {{}}}}
    optimizer: {{{optimizer}}}
    storage: {{all: {{}}}}
    bounds: [1700, 2700]
    region: {{x: [40, 360], z: [60, 340]}}
"
        );
        with_problem("2200", &inversion, |plan, problem| {
            let settings = &plan.inversions[0].settings;
            let stochastic = !optimizer.starts_with("lbfgs");
            assert_eq!(settings.batch.as_ref().map(|batch| batch.shots), stochastic.then_some(1));
            assert_eq!(settings.conditioning.len(), usize::from(stochastic));
            resumes(&inversion, plan, problem, &[1, 2, 3, 4, 6]);
        });
    }
}

/// A checkpoint of another method, optimiser, architecture or grid is rejected, by what differs.
#[test]
fn checkpoints_of_others() {
    let folder = tempfile::tempdir().unwrap();
    let background = |_: fd::Point| 1000.0;
    let attempt = |inversion: &str, resume: bool| {
        let (plan, data) = plan(inversion);
        let problem = problem(&plan, &data, &background);
        run(&plan, &problem, folder.path(), 2, resume).err().map(|error| error.to_string())
    };
    assert_eq!(attempt(GRID, false), None);
    for (inversion, expected) in [
        (IMPLICIT.to_owned(), "the method is `grid`, expected one of networks"),
        (GRID.replace("lbfgs", "nlcg"), "the optimizer is lbfgs, expected nlcg"),
        (GRID.replace("region: {x: [-200, 200]", "region: {x: [-200, 100]"), "the grid is of "),
    ] {
        let error = attempt(&inversion, true).unwrap_or_default();
        assert!(error.contains(expected) && error.contains("--resume"), "{error}");
    }
    assert_eq!(attempt(IMPLICIT, false), None);
    for (inversion, expected, advice) in [
        (GRID.to_owned(), "the method is one of networks, expected one of a grid", "start the run again"),
        (
            IMPLICIT.replace("adam:", "soap:"),
            "saved with the optimizer adam, but this run uses soap",
            "start a new run",
        ),
        (IMPLICIT.replace("width: 12", "width: 13"), "\"width\":12", "start a new run"),
        // The same shapes, another function.
        (IMPLICIT.replace("w0_first: 8", "w0_first: 9"), "\"w0_first\":8.0", "start a new run"),
    ] {
        let error = attempt(&inversion, true).unwrap_or_default();
        assert!(error.contains(expected) && error.contains(advice), "{error}");
    }
}

/// A checkpoint that is cut short is refused with the name of the file.
#[test]
fn damaged_checkpoints() {
    let folder = tempfile::tempdir().unwrap();
    let background = |_: fd::Point| 1000.0;
    for inversion in [GRID, IMPLICIT] {
        let (plan, data) = plan(inversion);
        let problem = problem(&plan, &data, &background);
        run(&plan, &problem, folder.path(), 2, false).unwrap();
        let path = folder.path().join(CHECKPOINT);
        let whole = std::fs::read(&path).unwrap();
        for length in [0, 40, whole.len() / 2, whole.len() - 1] {
            std::fs::write(&path, &whole[..length]).unwrap();
            let error = run(&plan, &problem, folder.path(), 9, true).unwrap_err().to_string();
            assert!(error.contains(CHECKPOINT) && error.contains("not a readable checkpoint"), "{error}");
        }
    }
}
