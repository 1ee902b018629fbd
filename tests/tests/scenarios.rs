//! The scenarios that come with the program.

use std::path::PathBuf;

use scenario::job::Job;

use super::support::{root, run, succeed};

fn files() -> Vec<PathBuf> {
    let folder = root().join("scenarios");
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.is_file());
    files.sort();
    assert!(files.len() >= 4);
    files
}

/// Every scenario passes `fwi check` and `--explain`, but those that wait for data or a model to be imported, which say so.
#[test]
fn all_are_good() {
    for file in files() {
        let name = file.to_string_lossy();
        let output = run(&root(), &["check", &name]);
        let error = String::from_utf8_lossy(&output.stderr);
        if output.status.success() {
            assert!(succeed(&root(), &["check", &name, "--explain"]).contains("grid"));
        } else if !error.contains(" of memory, ") {
            // The largest need more memory than some machines have.
            let text = std::fs::read_to_string(&file).unwrap();
            assert!(text.contains("fwi import"), "{name}\n{error}");
            assert!(error.contains("no such file"), "{error}");
        }
    }
}

/// A scenario is named like its file, and its first lines say what it is about.
#[test]
fn all_say_what_they_are() {
    for file in files() {
        let text = std::fs::read_to_string(&file).unwrap();
        let stem = file.file_stem().unwrap().to_string_lossy();
        assert!(text.contains(&format!("\nname: {stem}\n")), "{}", file.display());
        if let Ok(job) = Job::from_text(&text, &file) {
            assert!(job.description().len() > 40, "{}", file.display());
        }
    }
}
