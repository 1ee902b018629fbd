//! Which crate may know which, and how long a file may be.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::modules::Modules;
use super::support::root;

/// Direct dependencies (not those of tests) of every package of the workspace.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(root())
        .output()
        .unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let list = |value: &serde_json::Value| value.as_array().unwrap().clone();
    list(&metadata["packages"])
        .iter()
        .map(|package| {
            let of_tests = |d: &serde_json::Value| d["kind"].as_str() == Some("dev");
            let all = list(&package["dependencies"]).into_iter().filter(|d| !of_tests(d));
            (text(&package["name"]), all.map(|d| text(&d["name"])).collect())
        })
        .collect()
}

/// The packages of the workspace, each after those it may depend on.
const PACKAGES: [&str; 16] = [
    "lanes",
    "machine",
    "segy",
    "gridfiles",
    "document",
    "pde",
    "fd",
    "optimise",
    "fields",
    "survey",
    "fwi",
    "figures",
    "experiments",
    "scenario",
    "studies",
    "cli",
];

/// Dependencies point one way; `fd` and `fields` never see each other.
#[test]
fn dependencies_point_one_way() {
    let all = dependencies();
    let of = |name: &str| {
        let ours = PACKAGES.iter().copied().filter(|package| all[name].contains(*package));
        ours.collect::<Vec<_>>()
    };
    assert_eq!(of("lanes"), [""; 0]);
    assert_eq!(of("machine"), [""; 0]);
    assert_eq!(of("segy"), [""; 0]);
    assert_eq!(of("gridfiles"), [""; 0]);
    assert_eq!(of("document"), [""; 0]);
    assert_eq!(of("pde"), [""; 0]);
    assert_eq!(of("fd"), ["lanes", "pde"]);
    assert_eq!(of("optimise"), [""; 0]);
    assert_eq!(of("fields"), ["lanes", "machine", "pde", "optimise"]);
    assert_eq!(of("survey"), ["machine", "segy", "gridfiles", "document", "fd"]);
    for (index, package) in PACKAGES.iter().enumerate() {
        for other in of(package) {
            assert!(PACKAGES[..index].contains(&other), "{package} depends on {other}");
        }
    }
}

/// The problem knows no network, no file format and no array; documents no array; the solver no network; the networks no file
/// format.
#[test]
fn crates_keep_to_their_subject() {
    let all = dependencies();
    assert_eq!(all["pde"].iter().map(String::as_str).collect::<Vec<_>>(), ["num-complex", "thiserror"]);
    for (package, foreign) in [
        ("document", &["burn", "hdf5-metno", "faer", "clap", "ndarray"][..]),
        // Positions are written in scenarios and files, so the solver knows serde.
        ("fd", &["burn", "hdf5-metno", "serde-saphyr", "serde_json", "clap"]),
        ("optimise", &["burn", "hdf5-metno", "serde", "clap"]),
        ("fields", &["hdf5-metno", "clap", "serde-saphyr"]),
        ("survey", &["burn", "maud", "fields"]),
        ("fwi", &["hdf5-metno", "clap", "maud"]),
    ] {
        for name in foreign {
            assert!(!all[package].contains(*name), "{package} depends on {name}");
        }
    }
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

/// No file over 600 lines, its unit tests counted apart.
#[test]
fn files_are_short() {
    const MOST: usize = 600;
    let mut files = Vec::new();
    for folder in ["crates", "tests/src", "tests/tests"] {
        rust_files(&root().join(folder), &mut files);
    }
    assert!(files.len() > 100);
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let tests = text.find("#[cfg(test)]\nmod tests {").unwrap_or(text.len());
        for part in [&text[..tests], &text[tests..]] {
            let lines = part.lines().count();
            assert!(lines <= MOST, "{}: {lines} lines, at most {MOST}", file.display());
        }
    }
}

/// No file is left out of the modules, and each lies where its module says: no attribute moves it.
#[test]
fn every_source_file_is_a_module() {
    for package in PACKAGES {
        let source = root().join("crates").join(package).join("src");
        let mut files = Vec::new();
        rust_files(&source, &mut files);
        let texts: Vec<String> = files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect();
        for file in &files {
            let name = file.file_stem().unwrap().to_string_lossy();
            let declared = texts.iter().any(|text| text.contains(&format!("mod {name};")));
            let top = ["lib", "main", "libtorch_main"].contains(&&*name);
            assert!(top || declared, "{} is no module", file.display());
        }
        for (file, text) in files.iter().zip(&texts) {
            assert!(!text.contains("#[path"), "{}: a module has an attribute `path`", file.display());
        }
    }
}

/// No module of these crates imports in a circle: what needs one another is one module, or has something in common to move
/// below both.
#[test]
fn modules_import_no_circles() {
    let found = PACKAGES.iter().map(|package| {
        let circles = Modules::of(&root().join("crates").join(package).join("src/lib.rs")).circles();
        circles.iter().map(|circle| format!("{package}:\n{circle}\n")).collect::<String>()
    });
    let found: String = found.collect();
    assert!(found.is_empty(), "{found}");
}
