//! Every number of a scenario, replaced by absurd and by random values: `check` answers.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use scenario::error::FwiError;
use scenario::job::Job;
use serde_json::{Map, Value};

use super::support::{read, root};

/// Seed of the random values: one seed, one set of cases.
const SEED: u64 = 7;
/// Longest time of a check, s. Most take milliseconds; models on a grid of ten million nodes take longest, where crates
/// are not optimised.
const LONGEST: u64 = 60;
/// Stands for a value in a scenario until it is written as text.
const HERE: &str = "@value@";

/// A number of a scenario: where it is, its limits and whether it is whole.
struct Place {
    path: Vec<String>,
    range: [f64; 2],
    whole: bool,
    value: Option<f64>,
}

fn files() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join("tests/numbers")).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "yaml"));
    files.sort();
    files
}

/// The scenario as a tree, with its defaults written out.
fn resolved(file: &Path) -> (Value, String) {
    let text = std::fs::read_to_string(file).unwrap();
    let job = Job::from_text(&text, file).unwrap_or_else(|error| panic!("{error}"));
    let root = match job {
        Job::Inversions(_) => "Scenario",
        Job::Fits(_) => "FitScenario",
        Job::Evolutions(_) => "EvolutionScenario",
        Job::Wavefields(_) => "WavefieldScenario",
        Job::Statistics(_) => "StatisticsScenario",
    };
    (serde_saphyr::from_str(&job.resolved()).unwrap(), root.to_owned())
}

fn follow<'a>(schema: &'a Value, mut node: &'a Value) -> &'a Value {
    while let Some(reference) = node.get("$ref").and_then(Value::as_str) {
        node = schema.pointer(&reference[1..]).unwrap();
    }
    node
}

/// The alternative of a choice that a value is, or the node itself.
fn chosen<'a>(schema: &'a Value, node: &'a Value, value: Option<&Value>) -> &'a Value {
    let node = follow(schema, node);
    let Some(all) = node.get("oneOf").or_else(|| node.get("anyOf")).and_then(Value::as_array) else {
        return node;
    };
    let has = |one: &&Value| {
        let one = chosen(schema, one, value);
        match value {
            Some(Value::Object(map)) => {
                let properties = one.get("properties").and_then(Value::as_object);
                properties.is_some_and(|p| map.keys().all(|key| p.contains_key(key)))
            }
            Some(Value::Array(_)) => one.get("items").is_some(),
            _ => false,
        }
    };
    all.iter().find(has).map_or(node, |one| chosen(schema, one, value))
}

fn kinds(node: &Value) -> Vec<&str> {
    match node.get("type") {
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
        Some(one) => one.as_str().into_iter().collect(),
        None => Vec::new(),
    }
}

/// The numbers of a scenario, those included that could be there.
fn places(schema: &Value, node: &Value, value: Option<&Value>, path: &[String], found: &mut Vec<Place>) {
    let node = chosen(schema, node, value);
    let step = |key: &str| [path, &[key.to_owned()]].concat();
    let whole = kinds(node).contains(&"integer");
    if whole || kinds(node).contains(&"number") {
        let limit = |key: &str| node.get(key).and_then(Value::as_f64);
        if let (Some(least), Some(most)) = (limit("minimum"), limit("maximum")) {
            let value = value.and_then(Value::as_f64);
            found.push(Place { path: path.to_vec(), range: [least, most], whole, value });
        }
        return;
    }
    match value {
        Some(Value::Object(map)) => {
            for (key, inner) in node.get("properties").and_then(Value::as_object).into_iter().flatten() {
                match map.get(key) {
                    Some(Value::Null) | None => {
                        let number = ["number", "integer"].iter().any(|kind| kinds(inner).contains(kind));
                        if number {
                            places(schema, inner, None, &step(key), found);
                        }
                    }
                    value => places(schema, inner, value, &step(key), found),
                }
            }
            // Keys that a user chooses, such as the names of parameters.
            if let Some(inner) = node.get("additionalProperties").filter(|inner| inner.is_object()) {
                for (key, value) in map {
                    places(schema, inner, Some(value), &step(key), found);
                }
            }
        }
        Some(Value::Array(all)) => {
            let Some(inner) = node.get("items") else { return };
            for (i, value) in all.iter().enumerate() {
                places(schema, inner, Some(value), &step(&i.to_string()), found);
            }
        }
        _ => {}
    }
}

/// The scenario with a text in place of the number at a path; JSON is YAML.
fn with(scenario: &Value, path: &[String], written: &str) -> String {
    let mut tree = scenario.clone();
    let mut node = &mut tree;
    for key in path {
        node = match node {
            Value::Array(all) => &mut all[key.parse::<usize>().unwrap()],
            node => {
                if node.is_null() {
                    *node = Value::Object(Map::new());
                }
                node.as_object_mut().unwrap().entry(key).or_insert(Value::Null)
            }
        };
    }
    *node = Value::String(HERE.to_owned());
    serde_json::to_string_pretty(&tree).unwrap().replace(&format!("\"{HERE}\""), written)
}

fn written(value: f64, whole: bool) -> String {
    if whole { format!("{:.0}", value.round()) } else { format!("{value:e}") }
}

/// Checks a scenario, and reports a panic or a check that takes for ever.
fn check(text: &str, file: &Path) -> Result<bool, String> {
    let started = Instant::now();
    let answer = catch_unwind(AssertUnwindSafe(|| match Job::from_text(text, file) {
        Ok(mut job) => {
            *job.directory() = PathBuf::from("runs/numbers");
            job.explain().map(|_| ())
        }
        Err(error) => Err(error),
    }));
    if started.elapsed() > Duration::from_secs(LONGEST) {
        return Err(format!("took {} s", started.elapsed().as_secs()));
    }
    match answer {
        Ok(Ok(())) => Ok(true),
        Ok(Err(FwiError::Scenario(_))) => Ok(false),
        Ok(Err(other)) => Err(format!("no error of the scenario: {other}")),
        Err(panic) => {
            let text = panic.downcast_ref::<String>().cloned();
            Err(text.or_else(|| panic.downcast_ref::<&str>().map(|s| (*s).to_owned())).unwrap_or_default())
        }
    }
}

/// The values that a number is tried with: the limits of its range, absurd ones, one anywhere in its range, and one near
/// that of the scenario.
fn values(place: &Place, rng: &mut StdRng) -> Vec<String> {
    let [least, most] = place.range;
    let absurd = ["0", "-1", "1e-308", "1e308", ".nan", ".inf", "-.inf", "99999999999999999999"];
    let mut values = absurd.map(str::to_owned).to_vec();
    values.extend([least, most].map(|limit| written(limit, place.whole)));
    // By order of magnitude, where the range has many.
    let share: f64 = rng.random();
    let anywhere = match least > 0.0 && most / least > 100.0 {
        true => least * (most / least).powf(share),
        false => least + share * (most - least),
    };
    values.push(written(anywhere.clamp(least, most), place.whole));
    if let Some(value) = place.value.filter(|value| *value != 0.0) {
        let near = (rng.random_range(0.5..2.0) * value).clamp(least, most);
        values.push(written(near, place.whole));
    }
    values
}

/// One number of one scenario with another value.
struct Case {
    file: PathBuf,
    what: String,
    text: String,
}

fn cases() -> Vec<Case> {
    let schema: Value = serde_json::from_str(&scenario::reference::json_schema()).unwrap();
    let mut rng = StdRng::seed_from_u64(SEED);
    let mut cases = Vec::new();
    for file in files() {
        let (scenario, kind) = resolved(&file);
        let mut found = Vec::new();
        places(&schema, &schema["$defs"][&kind], Some(&scenario), &[], &mut found);
        assert!(found.len() > 4, "{}", file.display());
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        for place in &found {
            for value in values(place, &mut rng) {
                let what = format!("{name}: {} = {value}", place.path.join("."));
                cases.push(Case { file: file.clone(), what, text: with(&scenario, &place.path, &value) });
            }
        }
    }
    cases
}

/// The limits of every number, absurd values and random ones are accepted or rejected soon, and nothing else happens.
#[test]
fn every_number_is_accepted_or_rejected() {
    let (cases, next) = (cases(), AtomicUsize::new(0));
    let (wrong, answers) = (Mutex::new(Vec::new()), [const { AtomicUsize::new(0) }; 2]);
    let one_by_one = || {
        while let Some(case) = cases.get(next.fetch_add(1, Relaxed)) {
            match check(&case.text, &case.file) {
                Ok(accepted) => drop(answers[usize::from(accepted)].fetch_add(1, Relaxed)),
                Err(problem) => wrong.lock().unwrap().push(format!("{}: {problem}", case.what)),
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(one_by_one);
        }
    });
    let (wrong, answers) = (wrong.into_inner().unwrap(), answers.map(AtomicUsize::into_inner));
    assert!(wrong.is_empty(), "{} of {answers:?}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(answers.iter().all(|n| *n > 500), "{answers:?} rejected and accepted");
}

/// The shipped scenarios have every key of the schema that a number belongs to, or the files of this test do.
#[test]
fn every_key_is_tried() {
    let schema: Value = serde_json::from_str(&scenario::reference::json_schema()).unwrap();
    let mut seen = BTreeMap::new();
    for file in files() {
        let (scenario, kind) = resolved(&file);
        let mut found = Vec::new();
        places(&schema, &schema["$defs"][&kind], Some(&scenario), &[], &mut found);
        for place in found {
            // Its own key, and the key of the block whose keys a user chooses.
            let keys = place.path.iter().rev().filter(|key| key.parse::<usize>().is_err());
            keys.take(2).for_each(|key| *seen.entry(key.clone()).or_insert(0) += 1);
        }
    }
    let reference = read("docs/src/scenario-reference.md");
    let numbers = reference.lines().filter_map(|line| {
        let mut cells = line.strip_prefix("| `")?.split(" | ");
        let (key, kind) = (cells.next()?.trim_end_matches('`'), cells.next()?);
        (kind.contains("number") && kind.contains(" to ")).then(|| key.to_owned())
    });
    // Numbers of files, which the tests of readers try, settings that stand in one cell with their choice, and numbers of
    // families, which their own tests try.
    let elsewhere = ["pixel", "derivative", "dt", "column", "plane_waves", "first_seed", "seeds"];
    let missing: Vec<String> =
        numbers.filter(|key| !seen.contains_key(key) && !elsewhere.contains(&key.as_str())).collect();
    assert!(missing.is_empty(), "no file of tests/numbers has {missing:?}");
}
