//! Error messages against files, and what plans of good scenarios hold.

use std::path::{Path, PathBuf};

use super::Plan;
use crate::error::FwiError;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn yaml_files(folder: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(repository().join(folder)).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|e| e == "yaml"));
    files.sort();
    files
}

/// Every scenario in tests/errors is refused with exactly the text beside it, exit code 2.
#[test]
fn error_texts() {
    let bless = std::env::var_os("BLESS").is_some();
    let mut wrong = Vec::new();
    let files = yaml_files("tests/errors");
    assert!(files.len() > 80, "found {} cases", files.len());
    for file in files {
        let name = Path::new(file.file_name().unwrap());
        let found = match Plan::from_text(&std::fs::read_to_string(&file).unwrap(), name) {
            Ok(_) => "no error\n".to_owned(),
            Err(error) => {
                assert_eq!(error.exit_code(), 2);
                error.to_string()
            }
        };
        let snapshot = file.with_extension("txt");
        if bless {
            std::fs::write(&snapshot, &found).unwrap();
        } else if std::fs::read_to_string(&snapshot).unwrap_or_default() != found {
            wrong.push(format!("{}\n{found}", snapshot.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A run directory below a file cannot be made: exit code 2 before any work.
#[test]
fn unwritable_directory() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("taken");
    std::fs::write(&file, "").unwrap();
    let text = std::fs::read_to_string(repository().join("scenarios/cylinder.yaml")).unwrap();
    let mut plan = Plan::from_text(&text, Path::new("cylinder.yaml")).unwrap();
    assert_eq!(plan.directory, Path::new("runs/cylinder"));
    plan.directory = file.join("runs");
    let error = plan.prepare_directory().unwrap_err();
    assert!(matches!(error, FwiError::Unwritable { .. }) && error.exit_code() == 2);
    assert!(error.to_string().contains("taken") && error.to_string().contains("-o"), "{error}");
}

/// A file that does not exist names the path and what to give.
#[test]
fn no_scenario() {
    let error = Plan::from_file(Path::new("nowhere.yaml")).unwrap_err();
    assert_eq!(error.exit_code(), 2);
    assert!(error.to_string().starts_with("nowhere.yaml: cannot be read: "), "{error}");
}

/// A plan's scenario, written out with its defaults and read again, gives the same plan.
#[test]
fn resolved_scenario_means_the_same() {
    for file in yaml_files("scenarios") {
        let text = std::fs::read_to_string(&file).unwrap();
        let plan = match Plan::from_text(&text, &file) {
            Ok(plan) => plan,
            // Scenarios on data that the user imports first.
            Err(error) if error.to_string().contains("no such file") => continue,
            Err(error) => panic!("{error}"),
        };
        let resolved = plan.scenario.to_yaml();
        let again = Plan::from_text(&resolved, &file).unwrap_or_else(|error| panic!("{error}\n{resolved}"));
        assert_eq!(again.scenario.to_yaml(), resolved);
        assert_eq!((again.survey, again.grid), (plan.survey, plan.grid));
    }
}

/// Aliases that multiply a short text are cut off, whatever they stand for.
#[test]
fn alias_bomb() {
    let good = std::fs::read_to_string(repository().join("scenarios/cylinder.yaml")).unwrap();
    let (before, after) = good.split_once("  sources:\n").unwrap();
    let (_, after) = after.split_once("  receivers:\n").unwrap();
    let many = "*p, ".repeat(10_000);
    let text = format!("{before}  sources: [&p [-300, -300], {many}]\n  receivers:\n{after}");
    let error = Plan::from_text(&text, Path::new("bomb.yaml")).unwrap_err();
    assert_eq!(error.exit_code(), 2);
    assert!(error.to_string().contains("too large for a scenario"), "{error}");
}
