//! How runs of several ranks end: by a signal, by the death of a rank, by a time limit, by faults. They go on to the same models.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use studies::spine::Summary;

use super::models::{models, scenario};
use super::{OPEN_MPI, mpirun, ranks, said};
use crate::support::{fwi, succeed};

/// A long inversion of four shots, in `long.yaml`, and its models of one process, in `alone`.
fn long() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let text =
        scenario().replace("iterations: 3}", "iterations: 60}").replace("iterations: 2}", "iterations: 30}");
    std::fs::write(here.join("long.yaml"), text).unwrap();
    succeed(here, &["run", "long.yaml", "-o", "alone", "--quiet", "--only", "grid"]);
    folder
}

const LONG: [&str; 6] = ["run", "long.yaml", "--quiet", "--only", "grid", "-o"];

/// Starts `long.yaml` on so many ranks, and returns so many milliseconds after it has begun.
fn begun(here: &Path, count: usize, name: &str, delay: u64) -> Child {
    let mut child = Command::new("mpirun")
        .args(["-n", &count.to_string()])
        .arg(fwi())
        .args(LONG)
        .arg(name)
        .envs(OPEN_MPI)
        .env("RAYON_NUM_THREADS", "1")
        .current_dir(here)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let started = Instant::now();
    while !here.join(name).join("facts.json").exists() && child.try_wait().unwrap().is_none() {
        assert!(started.elapsed() < Duration::from_secs(120), "the run does not begin");
        std::thread::sleep(Duration::from_millis(5));
    }
    std::thread::sleep(Duration::from_millis(delay));
    child
}

/// Sends a signal to a rank: the children of `mpirun` are its ranks, the oldest first.
fn signal(mpirun: &Child, signal: &str, rank: usize) {
    let line = format!("kill -{signal} $(pgrep -P {} fwi | sort -n | sed -n {}p)", mpirun.id(), rank + 1);
    // One that has ended meanwhile gets none.
    Command::new("sh").args(["-c", &line]).stderr(Stdio::null()).status().unwrap();
}

/// Goes on with so many ranks; the model has to be that of one process.
fn goes_on(here: &Path, count: usize, name: &str) {
    let output = ranks(here, count, 1, &[&LONG[..], &[name, "--resume"]].concat());
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(models(&here.join(name)), models(&here.join("alone")), "{name} with {count} ranks");
}

/// SIGTERM or Ctrl-C on one rank ends all of them with a checkpoint, and another number of ranks goes on to the same model.
#[test]
fn stopped_and_resumed_with_other_ranks() {
    if !mpirun() {
        return;
    }
    let folder = long();
    let here = folder.path();
    let mut stops = 0;
    for (count, delay, name) in [(2, 200, "TERM"), (3, 700, "INT"), (4, 400, "INT"), (2, 2500, "TERM")] {
        let run = format!("stopped-{delay}");
        let child = begun(here, count, &run, delay);
        signal(&child, name, count - 1);
        let output = child.wait_with_output().unwrap();
        if !output.status.success() {
            stops += 1;
            let by = if name == "TERM" { "SIGTERM" } else { "Ctrl-C" };
            let error = said(&output);
            assert!(error.contains(by) && error.contains("--resume"), "{error}");
            assert!(!error.contains("died"), "{error}");
        }
        goes_on(here, 5 - count.min(4), &run);
    }
    assert!(stops > 0, "no run was stopped before its end");
}

/// A rank that is killed ends all of them; it is named with its host and its shots, and the run goes on to the same model.
#[test]
fn a_rank_is_killed() {
    if !mpirun() {
        return;
    }
    let folder = long();
    let here = folder.path();
    let mut deaths = 0;
    for (rank, delay) in [(1, 300), (0, 500), (2, 900)] {
        let run = format!("killed-{rank}");
        let child = begun(here, 3, &run, delay);
        signal(&child, "KILL", rank);
        let output = child.wait_with_output().unwrap();
        if !output.status.success() {
            deaths += 1;
            let error = said(&output);
            let shots = ["shots 1 to 2", "shot 3", "shot 4"][rank];
            assert_eq!(error.matches(" died").count(), 1, "{error}");
            assert!(error.contains(&format!("rank {rank} on ")), "{error}");
            assert!(error.contains(&format!("of 3 died while it computed {shots}")), "{error}");
            assert!(error.contains("--resume"), "{error}");
        }
        goes_on(here, 1 + rank, &run);
    }
    assert!(deaths > 0, "no rank was killed before the end of its run");
}

/// The clock of rank 0 ends all ranks, in the same iteration.
#[test]
fn a_time_limit() {
    if !mpirun() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let text = scenario().replace("iterations: 3}", "iterations: 100000}").replace(
        "    misfit: {l2: {}}\n    optimizer: {lbfgs: {}}\n",
        "    misfit: {l2: {}}\n    optimizer: {adam: {learning_rate: 1e-4}}\n    time_limit: 1.5\n",
    );
    std::fs::write(here.join("limited.yaml"), text).unwrap();
    let output = ranks(here, 3, 1, &["run", "limited.yaml", "-o", "limited", "--quiet", "--only", "grid"]);
    assert!(output.status.success(), "{}", said(&output));
    let summary = Summary::read(&here.join("limited/summary.json")).unwrap();
    let member = summary.member("grid").unwrap();
    assert_eq!(member.stopped_because, "time limit");
    assert!(member.iterations > 1, "{} iterations", member.iterations);
}

/// Faults are said once and end all ranks.
#[test]
fn faults_end_all_ranks() {
    if !mpirun() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    std::fs::write(here.join("quick.yaml"), scenario()).unwrap();
    let error = said(&ranks(here, 5, 1, &["run", "quick.yaml", "--quiet"]));
    assert!(error.contains("5 ranks, but 4 shots"), "{error}");
    let error = said(&ranks(here, 2, 1, &["run", "none.yaml"]));
    assert_eq!(error.matches("none.yaml: cannot be read").count(), 1, "{error}");
    // One that lacks the file: the second program runs in another folder.
    let elsewhere = tempfile::tempdir().unwrap();
    let one = |at: &Path| format!("-n 1 -wdir {} {} run quick.yaml --quiet", at.display(), fwi().display());
    let line = format!("mpirun {} : {}", one(here), one(elsewhere.path()));
    let output = Command::new("sh").args(["-c", &line]).envs(OPEN_MPI).output().unwrap();
    let error = said(&output);
    assert!(
        !output.status.success() && error.contains("rank 1: error: quick.yaml: cannot be read"),
        "{error}"
    );
    // Another scenario of the same name.
    std::fs::write(elsewhere.path().join("quick.yaml"), scenario().replace("2300", "2310")).unwrap();
    let output = Command::new("sh").args(["-c", &line]).envs(OPEN_MPI).output().unwrap();
    let error = said(&output);
    assert!(
        error.contains("rank 1 runs another version of the program, or reads another scenario"),
        "{error}"
    );
    // Commands for one process are done by one.
    let output = ranks(here, 2, 1, &["check", "quick.yaml"]);
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success() && printed.matches("quick.yaml").count() == 1,
        "{printed}{}",
        said(&output)
    );
}
