//! `fwi run` on a folder of scenarios.

use std::fs;
use std::path::Path;
use std::time::Duration;

use super::interruption::signalled;
use super::support::{GRID, fail, scenario, succeed};

/// Three scenarios with the grids `short` and `long`, whose discs differ.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let cases = folder.path().join("cases");
    fs::create_dir(&cases).unwrap();
    let grids = GRID.replace("name: grid", "name: short")
        + &GRID.replace("name: grid", "name: long").replace("iterations: 4", "iterations: 6");
    let text = scenario(&grids);
    assert!(text.contains("name: short") && text.contains("name: long") && text.contains("radius: 100"));
    for (name, radius) in [("a", 90), ("b", 100), ("c", 110)] {
        let text = text.replace("name: small", &format!("name: {name}"));
        let text = text.replace("radius: 100", &format!("radius: {radius}"));
        fs::write(cases.join(format!("{name}.yaml")), text.replace("small.h5", &format!("{name}.h5")))
            .unwrap();
    }
    folder
}

/// The rows of `campaign.csv` without times: scenario, member, error.
fn rows(run: &Path) -> Vec<(String, String, Option<f64>)> {
    let rows: Vec<studies::campaign::Row> = survey::atomic::read_csv(&run.join("campaign.csv")).unwrap();
    rows.into_iter().map(|row| (row.scenario, row.member, row.error)).collect()
}

/// A folder runs as one: a broken scenario is a row with its error and makes the command fail after all others have run. Stopped and
/// resumed, it has the same errors, and finished members are not computed again.
#[test]
fn folder_of_scenarios() {
    let folder = folder();
    let here = folder.path();
    let said = succeed(here, &["run", "cases", "--quiet", "-o", "whole"]);
    for words in ["a, short: error ", "c, long: error ", "long against short", "report: whole/report.html"] {
        assert!(said.contains(words), "no `{words}` in\n{said}");
    }
    assert!(!said.contains("start - %"), "{said}");
    assert!(succeed(here, &["check", "cases"]).matches("valid, 2 inversions").count() == 3);
    let whole = rows(&here.join("whole"));
    assert_eq!(whole.len(), 6);
    assert!(whole.iter().all(|(.., error)| error.is_some_and(|error| error > 0.0)), "{whole:?}");
    let page = fs::read_to_string(here.join("whole/report.html")).unwrap();
    assert!(page.contains("href=\"b/report.html\"") && here.join("whole/b/report.html").is_file());

    // Interrupted while the second scenario runs.
    let arguments = ["run", "cases", "--quiet", "-o", "stopped"];
    if let Some((code, error)) =
        signalled(here, &arguments, "stopped/b/facts.json", Duration::from_millis(20), "INT")
    {
        assert_eq!(code, Some(130), "{error}");
        assert!(error.contains("fwi run cases --resume -o stopped"), "{error}");
    }
    let kept = fs::metadata(here.join("stopped/a/short/model.h5")).unwrap().modified().unwrap();
    succeed(here, &["run", "cases", "--quiet", "-o", "stopped", "--resume"]);
    assert_eq!(rows(&here.join("stopped")), whole);
    assert_eq!(fs::metadata(here.join("stopped/a/short/model.h5")).unwrap().modified().unwrap(), kept);

    fs::write(here.join("cases/b.yaml"), "schema: 1\nname: b\nphysic: {}\n").unwrap();
    let error = fail(here, &["run", "cases", "--quiet", "-o", "whole"], 1);
    assert!(error.contains("b.yaml:") && error.contains("scenario `b` failed"), "{error}");
    let error = fail(here, &["check", "cases"], 2);
    assert!(error.contains("b.yaml:"), "{error}");
    let broken = rows(&here.join("whole"));
    assert_eq!(broken.len(), 5);
    assert_eq!(broken[2], ("b".to_owned(), String::new(), None));
}

/// Options and folders that do not go with a campaign.
#[test]
fn what_is_no_campaign() {
    let folder = folder();
    let here = folder.path();
    assert!(fail(here, &["run", "cases", "--only", "grid"], 2).contains("as a whole"));
    fs::create_dir(here.join("empty")).unwrap();
    let error = fail(here, &["run", "empty"], 2);
    assert!(error.contains("no scenarios") && error.contains(".yaml"), "{error}");
}
