//! What is on the disk is neither taken for something else nor lost.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use fwi::status::Status;
use studies::spine::Summary;

use super::interruption::signalled;
use super::kinds::scenarios;
use super::support::{GRID, STRONG, fail, fwi, run, small, succeed};

/// Four shots in time.
const IN_TIME: &str = "\
schema: 1
name: small
physics: {acoustic: {duration: 0.36, step: 0.002}}
grid: {x: [0, 400], z: [0, 400], spacing: 10, order: 4, boundary: {cpml: {cells: 10}}}
model: {true: {disc: {background: 2000, velocity: 2300, centre: [200, 200], radius: 80}}, initial: {uniform: {velocity: 2000}}}
survey:
  sources: {line: {from: [45, 25], to: [355, 25], count: 4}}
  receivers: {line: {from: [25, 375], to: [375, 375], count: 15}}
  source: {wavelet: {ricker: {frequency: 15}}}
data: {file: small.h5, simulate: {engine: {finite_differences: {}}, noise: {relative: 0.01, seed: 1}}}
";

fn names(run: &Path) -> Vec<String> {
    Summary::of_run(run).unwrap().members.into_iter().map(|member| member.name).collect()
}

fn misfit(run: &Path) -> f64 {
    Summary::of_run(run).unwrap().members[0].value("data_misfit_relative").unwrap()
}

/// Data made with another truth, strength, noise or seed are refused by `check` and `run`, with the key, both values and what
/// to do; `--simulate` makes them anew.
#[test]
fn stale_data_are_refused() {
    let folder = small(GRID);
    let here = folder.path();
    let text = fs::read_to_string(here.join("small.yaml")).unwrap();
    succeed(here, &["run", "small.yaml", "-o", "run", "--quiet"]);
    for (found, instead, key) in [
        ("velocity: 1500", "velocity: 1700", "model.truth.disc.velocity"),
        ("radius: 100", "radius: 150", "model.truth.disc.radius"),
        ("{relative: 0.01}", "{relative: 0.2}", "data.simulate.noise.relative"),
        ("{relative: 0.01}", "{relative: 0.01, seed: 7}", "data.simulate.noise.seed"),
        ("exact: {}", "finite_differences: {}", "data.simulate.engine"),
    ] {
        assert!(text.contains(found), "{found}");
        fs::write(here.join("changed.yaml"), text.replace(found, instead)).unwrap();
        for command in [&["check", "changed.yaml"][..], &["run", "changed.yaml", "-o", "other"]] {
            let error = fail(here, command, 2);
            assert!(
                error.contains(key) && error.contains("small.h5") && error.contains("--simulate"),
                "{error}"
            );
        }
    }
    // A fifth of noise is what the truth leaves of the data.
    let noisy = text.replace("{relative: 0.01}", "{relative: 0.2}");
    fs::write(here.join("noisy.yaml"), noisy).unwrap();
    succeed(here, &["run", "noisy.yaml", "-o", "noisy", "--simulate", "--quiet"]);
    assert!(misfit(&here.join("noisy")) > 0.1 && misfit(&here.join("run")) < 0.1);
    // The same file for other inversions and another start is not stale.
    let other =
        fs::read_to_string(here.join("noisy.yaml")).unwrap().replace("iterations: 4", "iterations: 1");
    fs::write(here.join("other.yaml"), other).unwrap();
    succeed(here, &["run", "other.yaml", "-o", "other", "--quiet"]);
}

/// A run into the folder of another one moves that aside and says so; inversions that the scenario no longer has are not
/// compared, and nothing of before is gone on from.
#[test]
fn a_used_folder_is_put_in_order() {
    let two = [GRID, &GRID.replace("name: grid", "name: second")].concat();
    let folder = small(&two);
    let here = folder.path();
    let text = fs::read_to_string(here.join("small.yaml")).unwrap();
    succeed(here, &["run", "small.yaml", "-o", "run", "--quiet"]);
    assert_eq!(names(&here.join("run")), ["grid", "second"]);

    // The same again replaces it.
    let output = run(here, &["run", "small.yaml", "-o", "run", "--quiet"]);
    assert!(output.status.success() && !here.join("run/earlier-1").exists());

    // Another truth: its own folder from the start.
    let other = text.replace("velocity: 1500", "velocity: 1700").replace("small.h5", "other.h5");
    let (before, _) = other.split_once("\n  - name: second").unwrap();
    fs::write(here.join("other.yaml"), before).unwrap();
    let output = run(here, &["run", "other.yaml", "-o", "run", "--quiet"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    assert!(said.contains("moved the run that was here to run/earlier-1") && said.contains("1500"), "{said}");
    assert_eq!(names(&here.join("run")), ["grid"]);
    assert!(!here.join("run/second").exists() && here.join("run/earlier-1/second/model.h5").is_file());
    assert_eq!(names(&here.join("run/earlier-1")), ["grid", "second"]);

    // A run that was killed before it had written its summary goes on.
    fs::remove_file(here.join("run/summary.json")).unwrap();
    succeed(here, &["run", "other.yaml", "-o", "run", "--quiet", "--resume"]);
    assert_eq!(names(&here.join("run")), ["grid"]);

    // A summary that cannot be read does not stop a run, and is kept; going on from it is refused.
    fs::write(here.join("run/summary.json"), "{\"format\": 1,").unwrap();
    assert!(fail(here, &["run", "other.yaml", "-o", "run", "--resume"], 2).contains("summary.json"));
    succeed(here, &["run", "other.yaml", "-o", "run", "--quiet"]);
    assert!(here.join("run/earlier-2/summary.json").is_file());

    // A folder of something else is left alone.
    fs::create_dir_all(here.join("mine/grid")).unwrap();
    fs::write(here.join("mine/grid/thesis.tex"), "").unwrap();
    let error = fail(here, &["run", "other.yaml", "-o", "mine"], 2);
    assert!(error.contains("mine/grid"), "{error}");
    fs::write(here.join("report.html"), "").unwrap();
    assert!(fail(here, &["run", "other.yaml", "-o", "."], 2).contains("report.html"));
}

/// `--resume` after an edit: a setting that all members have in common is refused, one of a member is told and that member
/// runs again; `--only` leaves out what was made with other settings.
#[test]
fn resume_after_an_edit() {
    let two = [GRID, &GRID.replace("name: grid", "name: second")].concat();
    let folder = small(&two);
    let here = folder.path();
    let text = fs::read_to_string(here.join("small.yaml")).unwrap();
    succeed(here, &["run", "small.yaml", "-o", "run", "--quiet"]);
    let write = |text: &str| fs::write(here.join("edited.yaml"), text).unwrap();
    write(&text.replace("spacing: 25", "spacing: 20"));
    let error = fail(here, &["run", "edited.yaml", "-o", "run", "--resume"], 2);
    assert!(error.contains("`grid.spacing` was 25") && error.contains("20"), "{error}");
    assert_eq!(names(&here.join("run")), ["grid", "second"]);

    let (first, second) = text.split_at(text.find("  - name: second").unwrap());
    let edited = [first, &second.replace("iterations: 4", "iterations: 6")].concat();
    write(&edited);
    let modified =
        |name: &str| fs::metadata(here.join("run").join(name).join("model.h5")).unwrap().modified().unwrap();
    let before = modified("grid");
    let output = run(here, &["run", "edited.yaml", "-o", "run", "--resume", "--quiet"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("`stages.0.iterations` was 4 and is 6"), "{said}");
    assert_eq!(modified("grid"), before);
    let members = Summary::of_run(&here.join("run")).unwrap().members;
    assert_eq!(members.iter().map(|m| m.iterations).collect::<Vec<_>>(), [4, 6]);

    // Without --resume and for one member only, the other is left out once it is of other settings.
    write(&edited.replacen("iterations: 4", "iterations: 5", 1));
    let output = run(here, &["run", "edited.yaml", "-o", "run", "--only", "second", "--quiet"]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("no longer compared"));
    assert_eq!(names(&here.join("run")), ["second"]);
    // A device is no setting of a result.
    write(&edited.replace("    optimizer:", "    device: cpu\n    optimizer:"));
    assert!(succeed(here, &["run", "edited.yaml", "-o", "run", "--resume", "--quiet"]).contains("second"));
}

/// Output that nobody reads does not end a run: standard error and output into a reader that has gone away, for text and JSON.
#[cfg(unix)]
#[test]
fn a_closed_pipe_does_not_end_a_run() {
    let folder = small(&[STRONG, GRID].concat());
    let here = folder.path();
    for more in ["", "--log json"] {
        for into in ["2>&1 | head -n 1", "2>&1 >/dev/null | true", "2>&-", ">&-"] {
            let _ = fs::remove_dir_all(here.join("run"));
            let line = format!("{} run small.yaml -o run {more} {into}", fwi().display());
            Command::new("sh")
                .args(["-c", &line])
                .current_dir(here)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .unwrap();
            let summary = Summary::of_run(&here.join("run")).unwrap_or_else(|e| panic!("{line}: {e}"));
            assert_eq!(summary.members.iter().filter(|m| m.status == Status::Done).count(), 2, "{line}");
        }
    }
    // A table that is lost fails the command; the run is whole.
    let line = format!("{} run small.yaml -o full --quiet > /dev/full", fwi().display());
    let status =
        Command::new("sh").args(["-c", &line]).current_dir(here).stderr(Stdio::null()).status().unwrap();
    assert_eq!(status.code(), Some(1));
    assert_eq!(names(&here.join("full")).len(), 2);
}

/// Simulated data that do not fit on the disk are an error with exit code 1 wherever the space ends, also in the last numbers
/// that the HDF5 library writes; there is no file then, and never one with zeros for traces.
#[cfg(unix)]
#[test]
fn data_on_a_full_disk_are_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    fs::write(here.join("small.yaml"), IN_TIME).unwrap();
    succeed(here, &["simulate", "small.yaml", "-o", "whole.h5", "--quiet"]);
    // In blocks of 512 bytes, as POSIX has it.
    let blocks = fs::metadata(here.join("whole.h5")).unwrap().len() / 512;
    let mut refused = 0;
    for limit in (1..=blocks).step_by(8) {
        let line =
            format!("trap '' XFSZ; ulimit -f {limit}; {} simulate small.yaml --quiet", fwi().display());
        let output = Command::new("bash").args(["--posix", "-c", &line]).current_dir(here).output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{limit} of {blocks} blocks: {error}");
        assert!(error.contains("small.h5: cannot be written: File too large (os error"), "{error}");
        assert_eq!(fs::read_dir(here).unwrap().count(), 2, "{limit}");
        refused += 1;
    }
    assert!(refused > 5, "{refused}");
}

/// Data that cannot be written where the scenario says are told with that key, not with an option that leads elsewhere.
#[test]
fn a_data_folder_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    fs::write(here.join("blocked"), "a file in place of a folder").unwrap();
    fs::write(here.join("small.yaml"), IN_TIME.replace("small.h5", "blocked/small.h5")).unwrap();
    for command in [&["simulate", "small.yaml"][..], &["run", "small.yaml", "-o", "run"]] {
        let error = fail(here, command, 2);
        assert!(error.contains("data.file = blocked/small.h5: its folder cannot be written"), "{error}");
        assert!(!error.contains("-o"), "{error}");
    }
}

/// SIGTERM and SIGHUP end a run as Ctrl-C does, with a checkpoint, the command that goes on and the exit code of the signal;
/// the run goes on to the numbers of one that was not stopped, also after SIGKILL, with one history and one count of solves.
#[cfg(unix)]
#[test]
fn every_signal_leaves_a_checkpoint() {
    let folder = small(&STRONG.replace("iterations: 20", "iterations: 600"));
    let here = folder.path();
    succeed(here, &["run", "small.yaml", "-o", "whole", "--quiet"]);
    let rows = |run: &str| -> Vec<u64> {
        let path = here.join(run).join("strong/history.csv");
        studies::inversions::history::read(&path).unwrap().into_iter().map(|row| row.iteration).collect()
    };
    for (signal, code) in [("TERM", 143), ("HUP", 129)] {
        let stopped = [400, 100, 20].into_iter().find_map(|delay| {
            let _ = fs::remove_dir_all(here.join("run"));
            let arguments = ["run", "small.yaml", "-o", "run"];
            signalled(here, &arguments, "run/facts.json", Duration::from_millis(delay), signal)
        });
        let (found, error) = stopped.unwrap_or_else(|| panic!("{signal}: no run could be stopped"));
        assert_eq!(found, Some(code), "{error}");
        assert!(error.contains(&format!("interrupted by SIG{signal}")), "{error}");
        assert!(error.contains("fwi run small.yaml --resume -o run"), "{error}");
        assert!(error.contains("strong: stopped after") && !error.contains("finished"), "{error}");
        assert!(here.join("run/strong/checkpoint.safetensors").is_file());
        succeed(here, &["run", "small.yaml", "-o", "run", "--resume", "--quiet"]);
        assert_eq!(rows("run"), rows("whole"), "{signal}");
    }
}

/// Two runs in one folder: the second is refused, with the process that holds it.
#[cfg(unix)]
#[test]
fn two_runs_in_one_folder_are_refused() {
    let folder = small(&STRONG.replace("iterations: 20", "iterations: 100000"));
    let here = folder.path();
    let mut first = Command::new(fwi())
        .args(["run", "small.yaml", "-o", "run", "--quiet"])
        .current_dir(here)
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while !here.join("run/facts.json").exists() {
        std::thread::sleep(Duration::from_millis(5));
    }
    let error = fail(here, &["run", "small.yaml", "-o", "run"], 1);
    assert!(error.contains(&format!("process {}", first.id())) && error.contains("-o"), "{error}");
    first.kill().unwrap();
    first.wait().unwrap();
    // A lock that a killed run has left is none.
    fs::remove_file(here.join("run/facts.json")).unwrap();
    let again = signalled(here, &["run", "small.yaml", "-o", "run"], "run/facts.json", Duration::ZERO, "INT");
    assert_eq!(again.unwrap().0, Some(130));
}

/// A checkpoint of each kind that cannot be read is an error of `--resume`, before anything is computed.
#[test]
fn unreadable_checkpoints_are_errors() {
    for (kind, text) in scenarios() {
        let folder = tempfile::tempdir().unwrap();
        let here = folder.path();
        fs::write(here.join("small.yaml"), text).unwrap();
        succeed(here, &["run", "small.yaml", "-o", "run", "--only", "one", "--quiet"]);
        fs::create_dir_all(here.join("run/two")).unwrap();
        fs::write(here.join("run/two/checkpoint.safetensors"), "half").unwrap();
        let error = fail(here, &["run", "small.yaml", "-o", "run", "--resume"], 1);
        assert!(error.contains("two/checkpoint.safetensors"), "{}: {error}", kind.key());
        // A fresh run begins without it.
        succeed(here, &["run", "small.yaml", "-o", "run", "--quiet"]);
    }
}
