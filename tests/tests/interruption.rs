//! Ctrl-C, and going on after it.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fwi::status::Status;
use studies::spine::Summary;
use survey::model::Model;
use survey::model_io::ComplexField;

use super::support::{PRECONDITIONED, STRONG, fail, fwi, small, succeed};

fn summary(run: &Path) -> Summary {
    Summary::read(&run.join("summary.json")).unwrap()
}

/// Starts the scenario's inversions and interrupts them `delay` after the first one begins; true when that was before the
/// end, and then the checks of an interrupted run hold.
fn interrupted(folder: &Path, delay: Duration) -> bool {
    interrupted_by(folder, "small.yaml", &[], delay.as_millis() as u64)
}

/// The same for a scenario and further arguments, `delay` in ms.
pub(crate) fn interrupted_by(folder: &Path, scenario: &str, more: &[&str], delay: u64) -> bool {
    let arguments = [&["invert", scenario, "-o", "stopped"], more].concat();
    let resume = format!("fwi invert {scenario} --resume -o stopped");
    stopped(folder, &arguments, "stopped/facts.json", Duration::from_millis(delay), &resume)
}

/// Interrupts a command `delay` after a file is there; true when that was before the end, and then it has said how to go on.
fn stopped(folder: &Path, arguments: &[&str], begun: &str, delay: Duration, resume: &str) -> bool {
    let Some((code, error)) = signalled(folder, arguments, begun, delay, "INT") else { return false };
    assert_eq!(code, Some(130), "{error}");
    assert!(error.contains(resume), "{error}");
    true
}

/// Sends a signal to a command `delay` after a file is there; its exit code and standard error when that was before the end.
pub(crate) fn signalled(
    folder: &Path,
    arguments: &[&str],
    begun: &str,
    delay: Duration,
    signal: &str,
) -> Option<(Option<i32>, String)> {
    let mut child: Child = Command::new(fwi())
        .args(arguments)
        .current_dir(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let begun = folder.join(begun);
    let started = Instant::now();
    while !begun.exists() && child.try_wait().unwrap().is_none() {
        assert!(started.elapsed() < Duration::from_secs(120), "the run does not begin");
        std::thread::sleep(Duration::from_millis(5));
    }
    std::thread::sleep(delay);
    // The shell's own `kill`: a bare system has no other.
    let kill = format!("kill -{signal} {} 2>/dev/null", child.id());
    Command::new("sh").args(["-c", &kill]).status().unwrap();
    let output = child.wait_with_output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    (!output.status.success()).then_some((output.status.code(), error))
}

/// An interrupted network inversion exits with 130, leaves a checkpoint and a summary that says so, and goes on with
/// `--resume` as if nothing had happened: the same model, bit by bit, and the same history.
#[test]
fn resumed_run_equals_uninterrupted() {
    // New points in each step, half of them where the residual was large.
    let weighted = STRONG.replace("pool: 3", "sampling: {residual_weighted: {}}, pool: 0");
    for (name, inversion) in [("strong", STRONG), ("strong", &weighted), ("preconditioned", PRECONDITIONED)] {
        let folder = small(&inversion.replace("iterations: 20", "iterations: 600"));
        let here = folder.path();
        succeed(here, &["simulate", "small.yaml", "--quiet"]);
        succeed(here, &["invert", "small.yaml", "-o", "whole", "--quiet"]);
        // A fast machine may be done before the signal comes: then sooner.
        let stopped = [400, 100, 20, 0].into_iter().any(|delay| {
            let _ = std::fs::remove_dir_all(here.join("stopped"));
            interrupted(here, Duration::from_millis(delay))
        });
        assert!(stopped, "{name}: no run could be interrupted");
        let run = here.join("stopped");
        let half = summary(&run).members.remove(0);
        assert_eq!((half.status, half.stopped_because.as_str()), (Status::Interrupted, "by Ctrl-C"));
        assert!(half.iterations < 600 && run.join(name).join("checkpoint.safetensors").is_file());

        succeed(here, &["invert", "small.yaml", "--resume", "-o", "stopped", "--quiet"]);
        let model = |run: &str| Model::read(&here.join(run).join(name).join("model.h5")).unwrap();
        assert_eq!(
            model("whole").values,
            model("stopped").values,
            "{name}, interrupted at {}",
            half.iterations
        );
        let (whole, resumed) = (summary(&here.join("whole")), summary(&run));
        assert_eq!(whole.members[0].metrics, resumed.members[0].metrics);
        assert_eq!(resumed.members[0].iterations, 600);
        let misfits = |run: &str| {
            let rows =
                studies::inversions::history::read(&here.join(run).join(name).join("history.csv")).unwrap();
            let misfit = |row: &studies::inversions::history::HistoryRow| row.data_misfit_relative.unwrap();
            rows.iter().map(|row| (row.iteration, misfit(row))).collect::<BTreeMap<_, _>>()
        };
        let (whole, resumed) = (misfits("whole"), misfits("stopped"));
        for (iteration, misfit) in whole {
            let other = resumed.get(&iteration).copied();
            assert_eq!(Some(misfit), other, "{name}, {iteration}, interrupted at {}", half.iterations);
        }

        // What is done is not done again.
        let before = std::fs::metadata(run.join(name).join("model.h5")).unwrap().modified().unwrap();
        succeed(here, &["invert", "small.yaml", "--resume", "-o", "stopped", "--quiet"]);
        let after = std::fs::metadata(run.join(name).join("model.h5")).unwrap().modified().unwrap();
        assert_eq!(before, after, "{name}");
    }
}

const FITS: &str = "
schema: 1
name: f
target:
  velocity:
    model: {layers: {tops: [300], velocities: [1500, 3000]}}
    x: [0, 600]
    z: [0, 600]
    spacing: 20
    smoothing: 40
fits:
  - {name: u, network: {width: 16, layers: 2}, optimizer: {soap: {learning_rate: 1e-3}}, steps: 1500, batch: 200, device: cpu}
";
const WAVEFIELDS: &str = "
schema: 1
name: h
physics: {helmholtz: {frequencies: [0.8]}}
grid: {x: [-1000, 1000], z: [-1000, 1000], spacing: 50, order: 4, boundary: {pml: {thickness: 500, strength: 5}}}
model: {truth: {uniform: {velocity: 1000}}, initial: {uniform: {velocity: 1000}}}
survey: {sources: [[0, 0]], source: {strength: [1, 1], variance: 10000}}
wavefields:
  - name: u
    device: cpu
    method:
      network:
        network: {width: 16, layers: 2, w0_first: 6, w0_hidden: 1}
        points: 200
        pool: 0
        sampling: {residual_weighted: {}}
        optimizer: {soap: {learning_rate: 5e-3}}
        steps: 1500
";
const EVOLUTIONS: &str = "
schema: 1
name: w
region: {x: [-500, 500], z: [-500, 500]}
velocity: {uniform: {velocity: 1000}}
pulses: {centres: [[0, 0]], amplitude: 1, variance: 5000}
times: [0, 0.1]
spacing: 100
evolutions:
  - name: u
    device: cpu
    method:
      network:
        network: {width: 16, layers: 2, w0_first: 6, w0_hidden: 1}
        points: 200
        optimizer: {soap: {learning_rate: 5e-3}}
        steps: 1500
";

/// Fits, wavefields and waves in time that are interrupted go on with `fwi run --resume` to the same files, with a history that
/// goes on; `fwi fit` to the same network, and it leaves no checkpoint.
#[test]
fn trainings_resume() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let bytes = |path: &str| std::fs::read(here.join(path)).unwrap_or_else(|e| panic!("{path}: {e}"));
    let steps = |run: &str| {
        let text = String::from_utf8(bytes(&format!("{run}/u/history.csv"))).unwrap();
        text.lines().map(|line| line.split(',').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    for (scenario, text, left) in [
        ("fits.yaml", FITS, "u/network.safetensors"),
        ("wavefields.yaml", WAVEFIELDS, "u/wavefield.h5"),
        ("evolutions.yaml", EVOLUTIONS, "u/times.csv"),
    ] {
        std::fs::write(here.join(scenario), text).unwrap();
        succeed(here, &["run", scenario, "-o", "whole", "--quiet"]);
        let resume = format!("fwi run {scenario} --resume -o stopped");
        // Late enough to have begun the training, and before its end, on a machine of any speed.
        let early = [400, 1200, 3600, 100, 20, 0].into_iter().any(|delay| {
            let _ = std::fs::remove_dir_all(here.join("stopped"));
            let delay = Duration::from_millis(delay);
            stopped(here, &["run", scenario, "-o", "stopped"], "stopped/scenario.yaml", delay, &resume)
                && here.join("stopped/u/checkpoint.safetensors").is_file()
        });
        assert!(early, "{scenario}: no training could be interrupted");
        succeed(here, &["run", scenario, "--resume", "-o", "stopped", "--quiet"]);
        let values = |run: &str| {
            let path = format!("{run}/{left}");
            match left.ends_with("h5") {
                true => format!("{:?}", ComplexField::read(&here.join(path)).unwrap().values).into_bytes(),
                false => bytes(&path),
            }
        };
        assert!(values("whole") == values("stopped"), "{scenario}");
        assert_eq!(steps("whole"), steps("stopped"), "{scenario}");
        std::fs::remove_dir_all(here.join("whole")).unwrap();
    }
    let fit = ["fit", "stopped-model.h5", "--steps", "3000", "--width", "16", "--to"];
    succeed(here, &["run", "fits.yaml", "-o", "model", "--quiet"]);
    std::fs::copy(here.join("model/u/model.h5"), here.join("stopped-model.h5")).unwrap();
    succeed(here, &[&fit[..], &["whole.safetensors", "--quiet"]].concat());
    let early = [300, 100, 20].into_iter().any(|delay| {
        let arguments = [&fit[..], &["stopped.safetensors"]].concat();
        stopped(here, &arguments, "stopped-model.h5", Duration::from_millis(delay), "--resume")
    });
    assert!(early, "no fit could be interrupted");
    assert!(here.join("stopped.checkpoint.safetensors").is_file());
    succeed(here, &[&fit[..], &["stopped.safetensors", "--resume", "--quiet"]].concat());
    assert!(bytes("whole.safetensors") == bytes("stopped.safetensors"));
    assert!(!here.join("stopped.checkpoint.safetensors").exists());
}

/// A damaged checkpoint is rejected with the file's name, and what was there stays.
#[test]
fn damaged_checkpoint() {
    let folder = small(STRONG);
    let here = folder.path();
    succeed(here, &["simulate", "small.yaml", "--quiet"]);
    let checkpoint = here.join("stopped/strong/checkpoint.safetensors");
    std::fs::create_dir_all(checkpoint.parent().unwrap()).unwrap();
    std::fs::write(&checkpoint, "{\"iteration\": 4").unwrap();
    let error = fail(here, &["invert", "small.yaml", "--resume", "-o", "stopped"], 1);
    assert!(error.contains("checkpoint.safetensors"), "{error}");
    assert!(checkpoint.is_file());
}
