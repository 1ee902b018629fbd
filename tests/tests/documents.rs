//! Every command, scenario and tree in the documents.

mod architecture;

use std::fs;
use std::path::Path;

use clap::Parser;
use cli::cli::Cli;
use scenario::job::Job;

use crate::support::{read, root, run};

/// A fenced block: the page, the fence's words, its text.
type Block = (String, Vec<String>, String);

/// README.md, CONTRIBUTING.md and every page of the book.
fn pages() -> Vec<String> {
    let mut pages = vec!["README.md".to_owned(), "CONTRIBUTING.md".to_owned()];
    for folder in ["docs/src", "docs/src/notebook"] {
        for entry in fs::read_dir(root().join(folder)).unwrap() {
            let name = entry.unwrap().file_name().to_string_lossy().into_owned();
            if name.ends_with(".md") {
                pages.push(format!("{folder}/{name}"));
            }
        }
    }
    pages
}

/// The anchor that mdBook and GitHub give a heading.
fn anchor(heading: &str) -> String {
    let kept = heading.trim_start_matches('#').trim().to_lowercase();
    kept.chars()
        .filter(|c| c.is_alphanumeric() || " -_".contains(*c))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}

/// Every relative link leads to a file of the repository and, where it names one, to a heading of that page.
#[test]
fn links_lead_somewhere() {
    let mut count = 0;
    for page in pages() {
        let text = read(&page);
        let folder = Path::new(&page).parent().unwrap().to_path_buf();
        for (_, rest) in text.match_indices("](").map(|(at, _)| text.split_at(at + 2)) {
            let target = rest.split(')').next().unwrap();
            if target.contains("://") || target.contains(' ') {
                continue;
            }
            let (file, heading) = target.split_once('#').unwrap_or((target, ""));
            let file =
                if file.is_empty() { page.clone() } else { folder.join(file).to_string_lossy().into_owned() };
            assert!(root().join(&file).exists(), "{page}: no file {target}");
            if !heading.is_empty() {
                let headings = read(&file);
                let mut anchors = headings.lines().filter(|line| line.starts_with('#')).map(anchor);
                assert!(anchors.any(|known| known == heading), "{page}: no heading {target}");
            }
            count += 1;
        }
    }
    assert!(count > 40, "{count} links found");
}

/// A source file that a recipe names is there, or is to be written beside others of its kind.
#[test]
fn recipes_name_files_that_exist() {
    let text = read("docs/src/extending.md");
    let named: Vec<&str> = text.split('`').filter(|word| word.starts_with("crates/")).collect();
    assert!(named.len() > 15, "{named:?}");
    for name in named {
        let path = root().join(name);
        let copied = text.contains(&format!("Copy `{name}`"));
        assert!(path.exists() || (!copied && path.parent().unwrap().is_dir()), "{name}");
    }
}

/// The table of contents lists every page of the book.
#[test]
fn every_page_is_in_the_summary() {
    let summary = read("docs/src/SUMMARY.md");
    for page in pages() {
        let Some(name) = page.strip_prefix("docs/src/") else { continue };
        assert!(
            name == "SUMMARY.md" || summary.contains(&format!("]({name})")),
            "{name} is not in SUMMARY.md"
        );
    }
}

fn blocks() -> Vec<Block> {
    let mut all = Vec::new();
    for page in pages() {
        let text = read(&page);
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            let Some(info) = line.trim_start().strip_prefix("```") else { continue };
            let words = info.split_whitespace().map(str::to_owned).collect();
            let body: Vec<&str> = lines.by_ref().take_while(|l| !l.trim_start().starts_with("```")).collect();
            all.push((page.clone(), words, body.join("\n")));
        }
    }
    all
}

/// The arguments of `fwi` in a line of a shell block, by whichever of its two names it goes.
fn arguments(line: &str) -> Option<Vec<String>> {
    let line = line.split(" #").next().unwrap_or_default().trim();
    let rest = line.strip_prefix("cargo run --release -- ").or_else(|| line.strip_prefix("fwi "))?;
    Some(rest.split_whitespace().map(str::to_owned).collect())
}

fn commands(text: &str) -> Vec<Vec<String>> {
    text.replace("\\\n", " ").lines().filter_map(arguments).collect()
}

/// Every `fwi` command that a document shows is one the command line accepts.
#[test]
fn commands_are_commands() {
    let mut count = 0;
    for (page, words, text) in blocks() {
        if words.first().is_none_or(|word| word != "sh") {
            continue;
        }
        for command in commands(&text) {
            let line = command.join(" ");
            // Redirections are the shell's.
            let own = command.iter().take_while(|word| !matches!(word.as_str(), ">" | "|" | "2>"));
            let typed = std::iter::once("fwi".to_owned()).chain(own.cloned());
            Cli::try_parse_from(typed).unwrap_or_else(|error| panic!("{page}: {line}: {error}"));
            count += 1;
        }
    }
    assert!(count > 10, "{count} commands found");
}

/// The five minutes of the README, run.
#[test]
fn tour_of_the_readme() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("scenarios")).unwrap();
    let quick = read("scenarios/quick.yaml");
    // A look at the path, not at the result: as few iterations as there can be.
    let few = quick.replace("iterations: 150", "iterations: 3").replace("iterations: 20", "iterations: 2");
    assert_ne!(few, quick);
    fs::write(folder.path().join("scenarios/quick.yaml"), few).unwrap();
    for name in ["scenarios/quick-time.yaml", "scenarios/quick-fit.yaml"] {
        fs::write(folder.path().join(name), read(name)).unwrap();
    }
    let mut ran = 0;
    for (page, words, text) in blocks() {
        if page != "README.md" || words != ["sh"] {
            continue;
        }
        for command in commands(&text) {
            let typed: Vec<&str> = command.iter().map(String::as_str).collect();
            let output = run(folder.path(), &typed);
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{}: {said}", command.join(" "));
            ran += 1;
        }
    }
    assert!(ran >= 4, "{ran} commands run");
    assert!(
        folder.path().join("runs/quick.npy").is_file() || folder.path().join("runs/quick/grid.npy").is_file()
    );
}

/// Whole scenarios are good scenarios; fragments are YAML whose top-level keys the scenario or one of its blocks has.
#[test]
fn yaml_blocks() {
    for (page, words, text) in blocks() {
        if words.first().is_none_or(|word| word != "yaml") {
            continue;
        }
        if words.iter().any(|word| word == "fragment") {
            let schema = scenario::reference::markdown();
            for line in text.lines().filter(|l| !l.starts_with([' ', '#', '-', '.']) && !l.is_empty()) {
                let key = line.split(':').next().unwrap_or_default();
                assert!(schema.contains(key), "{page}: `{key}` is not in the scenario reference");
            }
        } else {
            Job::from_text(&text, Path::new("scenarios/document.yaml"))
                .unwrap_or_else(|error| panic!("{page}: {error}"));
        }
    }
}

/// The page of decisions lists every dependency of the workspace.
#[test]
fn every_dependency_is_a_decision() {
    let (manifest, decisions) = (read("Cargo.toml"), read("docs/src/decisions.md"));
    let dependencies =
        manifest.split("[workspace.dependencies]").nth(1).unwrap().split("\n[").next().unwrap();
    let mut count = 0;
    for line in dependencies.lines().filter(|line| line.contains('=') && !line.contains("path = ")) {
        let name = match line.split_once("package = \"") {
            Some((_, rest)) => rest.split('"').next().unwrap(),
            None => line.split('=').next().unwrap().trim(),
        };
        let row = decisions.lines().find(|row| row.starts_with("| `") && row.contains(&format!("`{name}`")));
        assert!(row.is_some(), "{name} is missing from the table in docs/src/decisions.md");
        count += 1;
    }
    assert!(count > 30, "only {count} dependencies were found");
}
