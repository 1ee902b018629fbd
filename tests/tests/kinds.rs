//! Every command on every kind of study, and a saved scenario that means the same in any folder.

use std::fs;
use std::path::Path;

use fwi::status::Status;
use scenario::Kind;
use studies::spine::Summary;

use super::support::{GRID, scenario, succeed};

/// A quick scenario of each kind with the members `one` and `two`.
pub(crate) fn scenarios() -> Vec<(Kind, String)> {
    let two = |member: &str| ["one", "two"].map(|name| member.replace("NAME", name)).concat();
    let head = "schema: 1\nname: small\n";
    let grids = two(&GRID.replace("name: grid", "name: NAME"));
    let fits = format!(
        "{head}target:\n  velocity:\n    model: {{layers: {{tops: [300], velocities: [1500, 3000]}}}}\n    x: [0, 600]\n    \
         z: [0, 600]\n    spacing: 30\n    smoothing: 60\nfits:\n{}",
        two(
            "  - {name: NAME, network: {width: 12, layers: 2}, optimizer: {soap: {learning_rate: 1e-3}}, steps: 12, device: cpu}\n"
        )
    );
    let wavefields = format!(
        "{head}physics: {{helmholtz: {{frequencies: [0.8]}}}}\n\
         grid: {{x: [-1000, 1000], z: [-1000, 1000], spacing: 50, order: 4, boundary: {{pml: {{thickness: 500, strength: 5}}}}}}\n\
         model: {{true: {{uniform: {{velocity: 1000}}}}, initial: {{uniform: {{velocity: 1000}}}}}}\n\
         survey: {{sources: [[0, 0]], source: {{strength: [1, 1], variance: 10000}}}}\nwavefields:\n{}",
        two(
            "  - name: NAME\n    device: cpu\n    method: {network: {network: {width: 8, layers: 2, w0_first: 6, w0_hidden: 1}, \
             points: 100, optimizer: {soap: {learning_rate: 5e-3}}, steps: 12}}\n"
        )
    );
    let evolutions = format!(
        "{head}region: {{x: [-500, 500], z: [-500, 500]}}\nvelocity: {{uniform: {{velocity: 1000}}}}\n\
         pulses: {{centres: [[0, 0]], amplitude: 1, variance: 5000}}\ntimes: [0, 0.1]\nspacing: 100\nevolutions:\n{}",
        two(
            "  - name: NAME\n    device: cpu\n    method: {network: {network: {width: 8, layers: 2, w0_first: 6, w0_hidden: 1}, \
             points: 100, optimizer: {soap: {learning_rate: 5e-3}}, steps: 12}}\n"
        )
    );
    let activations = format!(
        "{head}activations:\n{}",
        two("  - {name: NAME, network: {width: 32, layers: 3}, samples: 256}\n")
    );
    vec![
        (Kind::Inversions, scenario(&grids)),
        (Kind::Fits, fits),
        (Kind::Wavefields, wavefields),
        (Kind::Evolutions, evolutions),
        (Kind::Statistics, activations),
    ]
}

/// The metrics of all members, without time.
fn metrics(run: &Path) -> Vec<(String, Vec<(String, f64)>)> {
    let summary = Summary::of_run(run).unwrap();
    let of = |member: studies::spine::Member| (member.name, member.metrics.into_iter().collect());
    summary.members.into_iter().map(of).collect()
}

/// run, check, info, compare, export, --resume, --only, and the saved scenario run from another folder.
#[test]
fn every_command_on_every_kind() {
    assert_eq!(scenarios().len(), Kind::ALL.len());
    for (kind, text) in scenarios() {
        let folder = tempfile::tempdir().unwrap();
        let here = folder.path();
        fs::write(here.join("small.yaml"), &text).unwrap();
        let what = kind.key();
        assert!(succeed(here, &["check", "small.yaml"]).contains("valid, 2 "), "{what}");
        assert!(succeed(here, &["check", "small.yaml", "--explain"]).contains("results"), "{what}");

        let said = succeed(here, &["run", "small.yaml", "-o", "run", "--quiet"]);
        let (table, rest) = said.split_once("\nreport: ").unwrap();
        assert_eq!(rest, "run/report.html\n", "{what}");
        let summary = Summary::of_run(&here.join("run")).unwrap();
        assert_eq!((summary.kind, summary.scenario.as_str()), (kind, "small"));
        let members: Vec<_> = summary.members.iter().map(|m| (m.name.as_str(), m.status)).collect();
        assert_eq!(members, [("one", Status::Done), ("two", Status::Done)], "{what}");
        assert!(summary.members.iter().all(|m| !m.metrics.is_empty() && m.digest.len() == 16), "{what}");
        for file in ["report.html", "scenario.yaml", "as-typed.yaml", "run.json"] {
            assert!(here.join("run").join(file).is_file(), "{what}: {file}");
        }
        let leftovers = ["run", "run/one"].map(|f| fs::read_dir(here.join(f)).unwrap());
        let hidden =
            leftovers.into_iter().flatten().filter_map(|e| e.unwrap().file_name().into_string().ok());
        assert_eq!(hidden.filter(|name| name.starts_with('.')).count(), 0, "{what}");

        assert_eq!(succeed(here, &["compare", "run"]), table, "{what}");
        let info = succeed(here, &["info", "run"]);
        assert_eq!(info, format!("{what} of scenario small\n{table}"));
        assert!(!succeed(here, &["info", "run/one"]).is_empty(), "{what}");
        for format in ["hdf5", "npy", "csv", "png"] {
            let written = succeed(here, &["export", "run", "--to", format, "--force"]);
            assert_eq!(written.lines().count(), 2, "{what}: {format}: {written}");
            assert!(written.lines().all(|file| here.join(file).is_file()), "{what}: {format}");
        }

        // What is done is kept, and found again for the report.
        let before = fs::read(here.join("run/one/history.csv")).ok();
        let again = succeed(here, &["run", "small.yaml", "-o", "run", "--resume", "--quiet"]);
        assert_eq!(again, said, "{what}");
        assert_eq!(fs::read(here.join("run/one/history.csv")).ok(), before, "{what}");
        succeed(here, &["run", "small.yaml", "-o", "alone", "--only", "two", "--quiet"]);
        assert_eq!(metrics(&here.join("alone")), metrics(&here.join("run"))[1..], "{what}");
        let both = succeed(here, &["run", "small.yaml", "-o", "alone", "--only", "one", "--quiet"]);
        assert!(both.contains("one") && both.contains("two"), "{what}: {both}");
        assert_eq!(metrics(&here.join("alone")), metrics(&here.join("run")), "{what}");

        // The saved scenario in another folder: the same settings, the same numbers.
        let elsewhere = tempfile::tempdir().unwrap();
        fs::copy(here.join("run/scenario.yaml"), elsewhere.path().join("saved.yaml")).unwrap();
        succeed(elsewhere.path(), &["run", "saved.yaml", "-o", "out", "--quiet"]);
        let there = elsewhere.path().join("out");
        assert_eq!(metrics(&there), metrics(&here.join("run")), "{what}");
        assert_eq!(Summary::of_run(&there).unwrap().digest, summary.digest, "{what}");
        let saved = |run: &Path| fs::read_to_string(run.join("scenario.yaml")).unwrap();
        assert_eq!(saved(&there), saved(&here.join("run")), "{what}");
    }
}
