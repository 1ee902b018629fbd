//! Ctrl-C, and going on after it.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fwi::model::Model;
use fwi::summary::{Status, Summary};

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
    let delay = Duration::from_millis(delay);
    let mut child: Child = Command::new(fwi())
        .args(["invert", scenario, "-o", "stopped"])
        .args(more)
        .current_dir(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let begun = folder.join("stopped/run.json");
    let started = Instant::now();
    while !begun.exists() && child.try_wait().unwrap().is_none() {
        assert!(started.elapsed() < Duration::from_secs(120), "the run does not begin");
        std::thread::sleep(Duration::from_millis(5));
    }
    std::thread::sleep(delay);
    // The shell's own `kill`: a bare system has no other.
    let kill = format!("kill -INT {} 2>/dev/null", child.id());
    Command::new("sh").args(["-c", &kill]).status().unwrap();
    let output = child.wait_with_output().unwrap();
    if output.status.success() {
        return false;
    }
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(130), "{error}");
    assert!(error.contains(&format!("fwi invert {scenario} --resume -o stopped")), "{error}");
    true
}

/// An interrupted network inversion exits with 130, leaves a checkpoint and a summary that says so, and goes on with
/// `--resume` as if nothing had happened: the same model, bit by bit, and the same history.
#[test]
fn resumed_run_equals_uninterrupted() {
    for (name, inversion) in [("strong", STRONG), ("preconditioned", PRECONDITIONED)] {
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
        let half = summary(&run).inversions.remove(0);
        assert_eq!((half.status, half.stopped_because.as_str()), (Status::Interrupted, "interrupted"));
        assert!(half.iterations < 600 && run.join(name).join("checkpoint/state.json").is_file());

        succeed(here, &["invert", "small.yaml", "--resume", "-o", "stopped", "--quiet"]);
        let model = |run: &str| Model::read(&here.join(run).join(name).join("model.h5")).unwrap();
        assert_eq!(model("whole").vp, model("stopped").vp, "{name}, interrupted at {}", half.iterations);
        let (whole, resumed) = (summary(&here.join("whole")), summary(&run));
        assert_eq!(whole.inversions[0].metrics, resumed.inversions[0].metrics);
        assert_eq!(resumed.inversions[0].iterations, 600);
        let misfits = |run: &str| {
            let rows = fwi::history::read(&here.join(run).join(name).join("history.csv")).unwrap();
            rows.into_iter().map(|row| (row.iteration, row.data_misfit_relative)).collect::<Vec<_>>()
        };
        let (whole, resumed) = (misfits("whole"), misfits("stopped"));
        assert!(whole.iter().all(|row| resumed.contains(row)), "{name}: {whole:?} {resumed:?}");

        // What is done is not done again.
        let before = std::fs::metadata(run.join(name).join("model.h5")).unwrap().modified().unwrap();
        succeed(here, &["invert", "small.yaml", "--resume", "-o", "stopped", "--quiet"]);
        let after = std::fs::metadata(run.join(name).join("model.h5")).unwrap().modified().unwrap();
        assert_eq!(before, after, "{name}");
    }
}

/// A damaged checkpoint is refused with the file's name, and what was there stays.
#[test]
fn damaged_checkpoint() {
    let folder = small(STRONG);
    let here = folder.path();
    succeed(here, &["simulate", "small.yaml", "--quiet"]);
    let checkpoint = here.join("stopped/strong/checkpoint");
    std::fs::create_dir_all(&checkpoint).unwrap();
    std::fs::write(checkpoint.join("state.json"), "{\"iteration\": 4").unwrap();
    let error = fail(here, &["invert", "small.yaml", "--resume", "-o", "stopped"], 1);
    assert!(error.contains("state.json"), "{error}");
    assert!(checkpoint.join("state.json").is_file());
}
