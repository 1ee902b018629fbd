//! A run directory contains a complete comparison.

use super::*;
use crate::spine::table;
use crate::test_support::sample::{comparison, summary};

/// The report made from the files alone equals the report that was written.
#[test]
fn files_alone_give_the_same_report() {
    let folder = tempfile::tempdir().unwrap();
    // To look at the figures and the report, set a folder for them.
    let shown = std::env::var_os("FWI_SAMPLE_RUN").map(PathBuf::from);
    let root = shown.clone().unwrap_or(folder.path().join("runs/cylinder"));
    let run = comparison(if shown.is_some() { 151 } else { 31 });
    let directory = RunDirectory::create(&root).unwrap();
    directory.write_setting(&run).unwrap();
    for outcome in &run.outcomes {
        let folder = member_folder(&root, &outcome.name);
        RunDirectory::write_results(&folder, outcome).unwrap();
        RunDirectory::draw(&folder, outcome, &run).unwrap();
    }
    summary(&run).write(&directory.summary()).unwrap();
    let results = table::tables(&summary(&run));
    atomic::write_bytes(&directory.report(), report::html(&run, &results).as_bytes()).unwrap();
    atomic::write_bytes(&root.join("as-typed.yaml"), run.scenario_text.as_bytes()).unwrap();

    let written = std::fs::read_to_string(directory.report()).unwrap();
    std::fs::remove_file(directory.report()).unwrap();
    let read = crate::compare::compare(&root).unwrap();
    assert_eq!(read.outcomes[1].model, run.outcomes[1].model);
    assert_eq!(read.outcomes[1].history, run.outcomes[1].history);
    assert_eq!(read.outcomes[1].wavefield, run.outcomes[1].wavefield);
    assert_eq!(read.outcomes[1].gathers, run.outcomes[1].gathers);
    assert_eq!(read.observed, run.observed);
    // Numbers in JSON come back to the last digit but one.
    assert_eq!(read.outcomes[1].stopped_because, run.outcomes[1].stopped_because);
    let (a, b) = (read.outcomes[2].metrics.clone(), run.outcomes[2].metrics.clone());
    assert!((a.psnr_db.unwrap() - b.psnr_db.unwrap()).abs() < 1e-12);
    assert_eq!(read.information, run.information);
    assert!(std::fs::read_to_string(directory.report()).unwrap() == written, "the reports differ");

    let mut names: Vec<String> = std::fs::read_dir(member_folder(&root, "joint"))
        .unwrap()
        .map(|e| e.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    assert_eq!(
        names,
        ["gather.h5", "history.csv", "misfit.png", "model.h5", "model.png", "wavefield.h5", "wavefield.png"]
    );
}

#[test]
fn other_folders_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let error = RunDirectory::open(folder.path()).unwrap_err().to_string();
    assert!(
        error.ends_with(
            "not a run directory (it contains no summary.json); `fwi run SCENARIO -o DIR` creates one"
        ),
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
    assert_eq!(member_folder(Path::new("run"), "../../etc"), PathBuf::from("run/..-..-etc"));
}
