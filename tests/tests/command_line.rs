//! The command as it is used: files in, files and exact text out.

use std::fs;

use fwi::status::Status;
use studies::spine::Summary;
use survey::dataset::Dataset;
use survey::model::Model;

use super::support::{GRID, IMPLICIT, PRECONDITIONED, STRONG, fail, read, root, run, small, succeed};

/// `run` does the whole job, and a second run with the same seeds gives the same numbers, bit by bit.
#[test]
fn two_runs_with_one_seed_are_equal() {
    let folder = small(&[STRONG, PRECONDITIONED, IMPLICIT, GRID].concat());
    let here = folder.path();
    let names = ["strong", "preconditioned", "implicit", "grid"];
    let table = succeed(here, &["run", "small.yaml", "-o", "one", "--quiet"]);
    assert!(here.join("small.h5").is_file(), "missing data are simulated");
    assert!(names.iter().all(|name| table.contains(name)) && table.contains("one/report.html"), "{table}");
    succeed(here, &["run", "small.yaml", "-o", "two", "--quiet"]);
    let [one, two] = ["one", "two"].map(|run| Summary::read(&here.join(run).join("summary.json")).unwrap());
    assert_eq!(one.members.iter().map(|i| i.name.as_str()).collect::<Vec<_>>(), names);
    for (a, b) in one.members.iter().zip(&two.members) {
        assert_eq!((a.status, a.iterations), (Status::Done, b.iterations));
        assert_eq!(a.metrics, b.metrics, "{}", a.name);
        let model = |run: &str| Model::read(&here.join(run).join(&a.name).join("model.h5")).unwrap();
        assert_eq!(model("one").values, model("two").values, "{}", a.name);
    }
    let report = fs::read_to_string(here.join("one/report.html")).unwrap();
    assert!(report.contains("<html") && !report.contains("src=\"http"), "the report is self-contained");
    for file in ["scenario.yaml", "true.h5", "initial.h5", "grid/history.csv", "grid/model.png"] {
        assert!(here.join("one").join(file).is_file(), "{file}");
    }

    // Other seeds give other networks.
    let text = fs::read_to_string(here.join("small.yaml")).unwrap();
    fs::write(here.join("seed.yaml"), text.replace("  - name: strong\n", "  - name: strong\n    seed: 9\n"))
        .unwrap();
    succeed(here, &["invert", "seed.yaml", "--only", "strong", "-o", "three", "--quiet"]);
    let three = Summary::read(&here.join("three/summary.json")).unwrap();
    assert_ne!(three.members[0].metrics, one.members[0].metrics);

    // From the files alone: the same table.
    let compared = succeed(here, &["compare", "one"]);
    assert!(table.starts_with(compared.trim_end()), "{table}\n{compared}");
    assert!(succeed(here, &["info", "one"]).contains("preconditioned"));
}

/// `check` looks at data that are there as `run` does: other positions, other frequencies, a folder and a text in the place
/// of a file are refused by both, with one text.
#[test]
fn check_and_run_agree_on_data() {
    let folder = small(GRID);
    let here = folder.path();
    let text = fs::read_to_string(here.join("small.yaml")).unwrap();
    succeed(here, &["check", "small.yaml"]);
    succeed(here, &["simulate", "small.yaml"]);
    succeed(here, &["check", "small.yaml"]);
    let refused = |name: &str, text: &str| {
        fs::write(here.join(name), text).unwrap();
        let checked = fail(here, &["check", name], 2);
        // A run also says that it moved an earlier run.
        let ran = fail(here, &["run", name, "-o", "run", "--quiet"], 2);
        assert!(ran.ends_with(&checked), "{ran}\n{checked}");
        checked
    };
    let other = text.replace("to: [250, 250], count: 5", "to: [200, 250], count: 5");
    assert!(refused("positions.yaml", &other).contains("small.h5"));
    assert!(refused("frequencies.yaml", &text.replace("3.183098861837907", "2.5")).contains("2.5"));
    fs::create_dir(here.join("folder.h5")).unwrap();
    assert!(refused("folder.yaml", &text.replace("small.h5", "folder.h5")).contains("folder.h5"));
    fs::write(here.join("text.h5"), "1.0, 2.0").unwrap();
    assert!(refused("text.yaml", &text.replace("small.h5", "text.h5")).contains("text.h5"));
}

/// Simulated data are what `info` and the library read, and noise is decided by its seed.
#[test]
fn simulate_and_info() {
    let folder = small(GRID);
    let here = folder.path();
    let said = succeed(here, &["simulate", "small.yaml"]);
    assert_eq!(said, "small.h5: 1 frequencies, 2 shots, 9 receivers\n");
    succeed(here, &["simulate", "small.yaml", "-o", "again.h5", "--quiet"]);
    let [one, two] = ["small.h5", "again.h5"].map(|file| Dataset::read(&here.join(file)).unwrap());
    assert_eq!((one.shape(), &one.values), ([1, 2, 9], &two.values));
    assert!(one.scenario.contains("name: small"));
    let info = succeed(here, &["info", "small.h5"]);
    assert!(info.contains("3.18") && info.contains('9'), "{info}");
}

/// Finite differences at a fifth of the grid's spacing and the exact series make the same data within 1 %.
#[test]
fn both_engines_agree() {
    let folder = small("");
    let here = folder.path();
    let text = fs::read_to_string(here.join("small.yaml")).unwrap().replace("relative: 0.01", "relative: 0");
    let fine = text.replace("exact: {}", "finite_differences: {spacing: 10}").replace("inversions:\n", "");
    fs::write(here.join("exact.yaml"), text.replace("inversions:\n", "")).unwrap();
    fs::write(here.join("fine.yaml"), fine).unwrap();
    let data = ["exact", "fine"].map(|name| {
        succeed(here, &["simulate", &format!("{name}.yaml"), "-o", &format!("{name}.h5"), "--quiet"]);
        Dataset::read(&here.join(format!("{name}.h5"))).unwrap().values
    });
    let difference = fwi::metrics::relative_l2(&data[1], &data[0]).unwrap();
    assert!(difference < 1e-2, "{difference}");
}

/// Wrong scenarios and arguments: exit code 2, the place, and nothing written.
#[test]
fn mistakes_exit_with_2() {
    let folder = small(GRID);
    let here = folder.path();
    let text = fs::read_to_string(here.join("small.yaml")).unwrap();
    for (found, instead, says) in [
        ("spacing: 25", "spacing: 25 m", "small.yaml:8:12"),
        ("spacing: 25", "spacin: 25", "did you mean `spacing`"),
        ("[1000, 3000]", "[1, 3]", "km/s"),
        ("{from: [-250, 250], to", "{from: [-2500, 250], to", "outside the grid"),
        ("thickness: 400", "thickness: 40", "is too thin for a PML"),
        ("3.183098861837907", "31.83098861837907", "too high for the grid"),
        ("lbfgs: {}", "soap: {learning_rate: 1e-3}", "does not fit method `grid`"),
        ("misfit: {l2: {}}", "misfit: {l2: {}}\n    device: tpu", "is not a device"),
    ] {
        let text = text.replace("[500, 3000]", "[1000, 3000]");
        assert!(text.contains(found), "{found}");
        fs::write(here.join("wrong.yaml"), text.replace(found, instead)).unwrap();
        for command in [&["check", "wrong.yaml"][..], &["run", "wrong.yaml", "-o", "out"]] {
            let error = fail(here, command, 2);
            let says = says.replace("small.yaml", "wrong.yaml");
            assert!(error.starts_with("error: ") && error.contains(&says), "{error}");
        }
        assert!(!here.join("out").exists() && !here.join("small.h5").exists(), "nothing half-written");
    }
    for (arguments, says) in [
        (&["check", "nowhere.yaml"][..], "nowhere.yaml: cannot be read"),
        (&["fly"], "fly"),
        (&["run"], "SCENARIO"),
        (&["invert", "small.yaml", "--only", "nobody"], "grid"),
        (&["invert", "small.yaml"], "small.h5"),
        (&["run", "small.yaml", "-o", "small.yaml/run"], "-o"),
        (&["info", "nothing.h5"], "nothing.h5: no such file"),
        (&["compare", "."], "not a run directory"),
        (&["export", "small.h5", "--to", "pdf"], "npy"),
        (&["completions", "basic"], "bash"),
    ] {
        let error = fail(here, arguments, 2);
        assert!(error.contains(says), "{arguments:?}: {error}");
    }
}

/// Exactly the texts that are kept beside the faulty scenarios.
#[test]
fn error_texts() {
    let folder = tempfile::tempdir().unwrap();
    for case in ["bounds-in-km-per-s", "pml-thin", "receiver-outside", "spacing-with-a-unit", "yaml-tab"] {
        let file = format!("{case}.yaml");
        fs::copy(root().join("tests/errors").join(&file), folder.path().join(&file)).unwrap();
        let expected = read(&format!("tests/errors/{case}.txt"));
        assert_eq!(fail(folder.path(), &["check", &file], 2), format!("error: {expected}"), "{case}");
    }
}

/// A run that diverges stops, says so, and fails with 1; the inversions beside it are finished and kept.
#[test]
fn divergence_exits_with_1() {
    let wild = STRONG.replace("soap: {learning_rate: 3e-3}", "adam: {learning_rate: 100}");
    let folder = small(&[wild.as_str(), GRID].concat());
    let here = folder.path();
    let error = fail(here, &["run", "small.yaml", "-o", "out", "--quiet"], 1);
    assert!(error.contains("strong") && error.contains("diverged at iteration"), "{error}");
    let summary = Summary::read(&here.join("out/summary.json")).unwrap();
    let states: Vec<Status> = summary.members.iter().map(|i| i.status).collect();
    assert_eq!(states, [Status::Diverged, Status::Done]);
}

/// What the program prints about itself.
#[test]
fn schema_reference_completions_and_help() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let schema: serde_json::Value = serde_json::from_str(&succeed(here, &["schema"])).unwrap();
    assert!(schema["$defs"]["Scenario"]["properties"]["inversions"].is_object());
    let reference = succeed(here, &["schema", "--markdown"]);
    assert_eq!(
        reference,
        read("docs/src/scenario-reference.md"),
        "fwi schema --markdown > docs/src/scenario-reference.md"
    );
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        assert!(succeed(here, &["completions", shell]).contains("simulate"), "{shell}");
    }
    assert!(succeed(here, &["--version"]).starts_with("fwi "));
    assert!(succeed(here, &["--help"]).contains("Exit codes: 0 done, 1 failed while running, 2 wrong"));
    assert_eq!(run(here, &[]).status.code(), Some(2));
}

/// Every kind of scenario that `init` writes is one that `check` accepts, in any folder; nothing is replaced by accident.
#[test]
fn starters_are_valid() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let listed = succeed(here, &["init"]);
    let kinds: Vec<&str> = listed.lines().skip(1).filter_map(|line| line.split_whitespace().next()).collect();
    assert!(kinds.len() > 8, "{listed}");
    for kind in &kinds {
        succeed(here, &["init", kind]);
        let file = format!("{kind}.yaml");
        let text = fs::read_to_string(here.join(&file)).unwrap();
        assert!(text.starts_with("# ") && !text.contains("../"), "{kind}: {text}");
        succeed(here, &["check", &file]);
    }
    let again = fail(here, &["init", kinds[0]], 2);
    assert!(again.contains("--force"), "{again}");
    succeed(here, &["init", kinds[0], "--force"]);
    let unknown = fail(here, &["init", "seismic"], 2);
    assert!(unknown.contains(kinds[1]), "{unknown}");
}
