//! A run directory holds all of a comparison.

use super::*;
use crate::test_support::sample::comparison;

/// What is written is read back: the report made from the files alone is the report that was written.
#[test]
fn files_alone_give_the_same_report() {
    let folder = tempfile::tempdir().unwrap();
    // To look at the figures and the report, name a folder for them.
    let shown = std::env::var_os("FWI_SAMPLE_RUN").map(PathBuf::from);
    let root = shown.clone().unwrap_or(folder.path().join("runs/cylinder"));
    let run = comparison(if shown.is_some() { 151 } else { 31 });
    let directory = RunDirectory::create(&root).unwrap();
    directory.write_setting(&run).unwrap();
    for outcome in &run.outcomes {
        directory.write_outcome(outcome, &run).unwrap();
    }
    let survey = run.survey.clone().unwrap();
    let n = survey.sources.len() * survey.receivers.count();
    let pressure = vec![num_complex::Complex64::ONE; n];
    Dataset { survey, frequencies: vec![3.0], pressure, scenario: String::new() }
        .write(&directory.data())
        .unwrap();
    directory.write_results(&run).unwrap();

    let written = std::fs::read_to_string(directory.report()).unwrap();
    std::fs::remove_file(directory.report()).unwrap();
    let read = crate::compare::compare(&root).unwrap();
    assert_eq!(read.outcomes[1].model, run.outcomes[1].model);
    assert_eq!(read.outcomes[1].history, run.outcomes[1].history);
    assert_eq!(read.outcomes[1].wavefield, run.outcomes[1].wavefield);
    // Numbers in JSON come back to the last digit but one.
    let words = |r: &Comparison| {
        serde_json::to_value(r.summary()).unwrap()["inversions"][1]["stopped_because"].clone()
    };
    assert_eq!(words(&read), words(&run));
    let (a, b) = (read.outcomes[2].metrics, run.outcomes[2].metrics);
    assert!((a.psnr_db.unwrap() - b.psnr_db.unwrap()).abs() < 1e-12);
    assert_eq!(read.information, run.information);
    assert!(std::fs::read_to_string(directory.report()).unwrap() == written, "the reports differ");

    let mut names: Vec<String> = std::fs::read_dir(directory.inversion("joint"))
        .unwrap()
        .map(|e| e.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    assert_eq!(
        names,
        ["history.csv", "misfit.png", "model.h5", "model.png", "wavefield.h5", "wavefield.png"]
    );
}

#[test]
fn other_folders_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let error = RunDirectory::open(folder.path()).unwrap_err().to_string();
    assert!(
        error.ends_with("not a run directory (no summary.json); `fwi run SCENARIO -o DIR` makes one"),
        "{error}"
    );
    assert!(matches!(RunDirectory::open(&folder.path().join("x")), Err(DataError::Missing { .. })));
    let blocked = folder.path().join("file");
    std::fs::write(&blocked, "").unwrap();
    assert!(matches!(RunDirectory::create(&blocked.join("run")), Err(DataError::Unwritable { .. })));
}

/// A name with a slash stays inside the run directory.
#[test]
fn names_stay_inside() {
    let directory = RunDirectory { root: PathBuf::from("run") };
    assert_eq!(directory.inversion("../../etc"), PathBuf::from("run/..-..-etc"));
}
