//! Error messages of files, and the contents of plans of valid scenarios.

use std::path::{Path, PathBuf};

use document::{KeyPath, ScenarioError, ScenarioFile};
use num_complex::Complex64;

use super::Plan;
use crate::error::FwiError;
use crate::job::Job;
use survey::data_error::DataError;
use survey::dataset::Dataset;
use survey::gathers::{GatherHeader, GatherWriter};
use survey::model::Model;
use survey::observed::Observed;
use survey::survey::Survey;

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

/// Files with one error each, for the scenarios that refer to them.
fn broken_files(folder: &Path) {
    let survey = Survey {
        sources: vec![[-300.0, -300.0].into(), [300.0, -300.0].into()],
        receivers: (0..9).map(|i| [-400.0 + 100.0 * f64::from(i), 400.0]).collect::<Vec<_>>().into(),
        strength: Complex64::new(1.0, 1.0),
        variance: 100.0,
    };
    let good = Dataset::of_pressure(survey, vec![3.0, 4.0], vec![Complex64::ONE; 36], String::new());
    let write = |name: &str, data: &Dataset| data.write(&folder.join(name)).unwrap();
    write("good.h5", &good);
    let mut other = good.clone();
    other.survey.sources[1] = [310.0, -300.0].into();
    write("moved-source.h5", &other);
    let mut other = good.clone();
    other.survey.receivers = good.survey.receivers.map(|points| points[..points.len() - 1].to_vec());
    other.values.truncate(32);
    write("fewer-receivers.h5", &other);
    let one = Dataset { frequencies: vec![3.0], values: vec![Complex64::ONE; 18], ..good.clone() };
    write("one-frequency.h5", &one);

    write("nan.h5", &good);
    let file = hdf5::File::open_rw(folder.join("nan.h5")).unwrap();
    let mut values = good.values.clone();
    values[20] = Complex64::new(f64::NAN, 0.0);
    file.dataset("observed/pressure").unwrap().write_raw(&values).unwrap();
    file.close().unwrap();

    let whole = std::fs::read(folder.join("good.h5")).unwrap();
    std::fs::write(folder.join("truncated.h5"), &whole[..whole.len() / 2]).unwrap();
    std::fs::write(folder.join("text.h5"), "1.0, 2.0").unwrap();
    hdf5::File::create(folder.join("foreign.h5")).unwrap().close().unwrap();

    // Gathers for the scenarios of waves in time.
    let header = GatherHeader {
        survey: GatherHeader::survey(
            vec![[100.0, 50.0].into(), [500.0, 50.0].into()],
            (0..6).map(|i| [50.0 + 100.0 * f64::from(i), 550.0]).collect::<Vec<_>>().into(),
        ),
        dt: 0.002,
        samples: 201,
        fields: vec![survey::gathers::RecordedField::pressure()],
        scenario: String::new(),
    };
    let gathers = |name: &str, header: &GatherHeader, value: &dyn Fn(usize, usize) -> f32| {
        let path = folder.join(name);
        GatherWriter::create(&path, header, None, |out| {
            for shot in 0..2 {
                let n = header.samples;
                let traces: Vec<f32> = (0..6 * n).map(|i| value(shot, i / n)).collect();
                out.put_unchecked(shot, &traces)?;
            }
            Ok::<(), DataError>(())
        })
        .unwrap();
    };
    gathers("gathers.h5", &header, &|_, _| 1.0);
    gathers("dead.h5", &header, &|shot, receiver| if shot == 1 && receiver > 3 { 0.0 } else { 1.0 });
    gathers("nan-trace.h5", &header, &|_, receiver| if receiver == 2 { f32::NAN } else { 1.0 });
    gathers("other-times.h5", &GatherHeader { dt: 0.004, samples: 151, ..header.clone() }, &|_, _| 1.0);

    // Next to nothing above 14 Hz: the spectrum of this bell has fallen to 1e-4 there.
    let bell: Vec<f32> = (0..201).map(|n| (-((f64::from(n) - 100.0) / 36.0).powi(2)).exp() as f32).collect();
    GatherWriter::create(&folder.join("low.h5"), &header, None, |out| {
        (0..2).try_for_each(|shot| out.put(shot, &bell.repeat(6)))
    })
    .unwrap();

    let grid = fd::Grid::new([-1000.0; 2], [20.0; 2], [101, 101]).unwrap();
    Model::uniform(grid, 1.5).write(&folder.join("model-in-km-per-s.h5")).unwrap();

    let velocities = |name: &str, origin: [f64; 2], spacing: f64| {
        let grid = fd::Grid::new(origin, [spacing; 2], [101, 101]).unwrap();
        Model::uniform(grid, 1500.0).write(&folder.join(name)).unwrap();
    };
    velocities("model-far-away.h5", [431_250.0, 0.0], 20.0);
    velocities("model-in-mm.h5", [-1.0; 2], 0.02);
    velocities("model-moved.h5", [-1000.0; 2], 20.0);
    let file = hdf5::File::open_rw(folder.join("model-moved.h5")).unwrap();
    let origin = file.dataset("model/vp").unwrap().attr("origin").unwrap();
    origin.write_raw(&[0.0, 0.0]).unwrap();
    file.close().unwrap();
    std::fs::create_dir(folder.join("folder.h5")).unwrap();
    std::fs::write(folder.join("comma.txt"), "0,5\n1,5\n0,25\n").unwrap();
    std::fs::write(folder.join("columns.txt"), "0.000 0.5\n0.004 1.5\n0.008 0.25\n").unwrap();

    let array = |name: &str, shape: &[usize], value: &dyn Fn(usize) -> f64| {
        let values: Vec<f64> = (0..shape.iter().product()).map(value).collect();
        std::fs::write(folder.join(name), survey::npy::encode(shape, &values)).unwrap();
    };
    array("good.npy", &[12, 20], &|i| i as f64);
    array("nan-array.npy", &[12, 20], &|i| if i == 47 { f64::NAN } else { 1.0 });
    array("line.npy", &[240], &|i| i as f64);
    array("tiny.npy", &[3, 80], &|i| i as f64);
    std::fs::write(folder.join("text.png"), "this is no picture").unwrap();
    std::fs::write(folder.join("text.jpg"), "nor is this").unwrap();
}

/// An error without the memory that this machine has.
fn without_memory(error: &str) -> String {
    let mut text = error.to_owned();
    for (before, after) in [(" of memory, ", " are available"), ("expected: at most ", "\n")] {
        let Some(start) = text.find(before).map(|at| at + before.len()) else { continue };
        let Some(length) = text[start..].find(after) else { continue };
        if text[start..start + length].ends_with('B') {
            text.replace_range(start..start + length, "...");
        }
    }
    text
}

/// Every scenario in tests/errors is rejected with exactly the text beside it, exit code 2.
#[test]
fn error_texts() {
    let bless = std::env::var_os("BLESS").is_some();
    let folder = tempfile::tempdir().unwrap();
    broken_files(folder.path());
    let here = format!("{}/", folder.path().display());
    let mut wrong = Vec::new();
    let files = yaml_files("tests/errors");
    assert!(files.len() > 100, "found {} cases", files.len());
    for file in files {
        if cfg!(feature = "libtorch") && file.ends_with("device-not-built.yaml")
            || cfg!(feature = "cuda") && file.ends_with("device-of-waves.yaml")
        {
            continue;
        }
        let place = folder.path().join(file.file_name().unwrap());
        let text = document::parse::decode(std::fs::read(&file).unwrap(), &place);
        let found = match text.map_err(FwiError::from).and_then(|text| Job::from_text(&text, &place)) {
            Ok(_) => "no error\n".to_owned(),
            Err(error) => {
                assert_eq!(error.exit_code(), 2);
                without_memory(&error.to_string().replace(&here, ""))
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

/// The values that the help of an error suggests, with the keys that they are for: what is written together belongs
/// together.
fn suggestions(error: &ScenarioError) -> Vec<Vec<(KeyPath, String)>> {
    let text = error.to_string();
    let Some((_, help)) = text.split_once(" help: ") else { return Vec::new() };
    let value = |rest: &str| -> Option<String> {
        let word = match rest.starts_with('[') {
            true => &rest[..=rest.find(']')?],
            false => rest.split([' ', '`']).next()?.trim_end_matches([',', '.', '\n']),
        };
        let numbers = word.trim_matches(['[', ']']).split(", ").all(|part| part.parse::<f64>().is_ok());
        numbers.then(|| word.to_owned())
    };
    let number = |after: &str| help.match_indices(after).find_map(|(i, _)| value(&help[i + after.len()..]));
    let acoustic = KeyPath::of("physics.acoustic");
    let sibling = |key: &str| error.key.parent().key(key);
    let mut all = Vec::new();
    for (after, key) in [
        ("write ", error.key.clone()),
        ("without a unit: ", error.key.clone()),
        ("write step ", acoustic.key("step")),
        ("use grid.spacing ", KeyPath::of("grid.spacing")),
        ("use spacing ", error.key.clone()),
        ("use regularizer_spacing ", error.key.clone()),
        ("thickness ", sibling("thickness")),
        ("or strength ", sibling("strength")),
    ] {
        all.extend(number(after).map(|value| vec![(key, value)]));
    }
    if let (Some(interval), Some(duration)) = (number("`interval: "), number("`duration: ")) {
        all.push(vec![(acoustic.key("interval"), interval), (acoustic.key("duration"), duration)]);
    }
    all
}

/// A scenario with another value at a key, which is on one line.
fn with(text: &str, key: &KeyPath, value: &str) -> String {
    let at = document::locate::Document::parse(text).unwrap().value(key);
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let line: Vec<char> = lines[at.line - 1].chars().collect();
    let part = |range: std::ops::Range<usize>| line[range].iter().collect::<String>();
    lines[at.line - 1] = part(0..at.column - 1) + value + &part(at.column - 1 + at.width..line.len());
    lines.join("\n") + "\n"
}

/// A value that an error suggests, typed in, is not an error any more.
#[test]
fn suggestions_are_accepted() {
    let folder = tempfile::tempdir().unwrap();
    broken_files(folder.path());
    let mut tried = 0;
    for file in yaml_files("tests/errors") {
        let place = folder.path().join(file.file_name().unwrap());
        // A case that is not text has no number to replace.
        let Ok(text) = std::fs::read_to_string(&file) else { continue };
        let Err(FwiError::Scenario(error)) = Job::from_text(&text, &place) else { continue };
        for values in suggestions(&error) {
            let typed = values.iter().fold(text.clone(), |text, (key, value)| with(&text, key, value));
            assert_ne!(typed, text, "{}", file.display());
            tried += 1;
            // A finer grid needs a smaller time step, which is another error with a suggestion of its own.
            if let Err(FwiError::Scenario(again)) = Job::from_text(&typed, &place)
                && (again.key == error.key || values.iter().any(|(key, _)| *key == again.key))
            {
                panic!("{error}followed by {values:?}: {again}");
            }
        }
    }
    assert!(tried >= 15, "{tried}");
}

/// Matching data are returned for the plan's frequencies, in their order.
#[test]
fn observed_data_of_some_frequencies() {
    let folder = tempfile::tempdir().unwrap();
    broken_files(folder.path());
    let text = std::fs::read_to_string(repository().join("tests/errors/data-nan.yaml")).unwrap();
    let text = text.replace("nan.h5", "good.h5").replace("[3.0, 4.0]", "[4.0]").replace("[3.0]", "[4.0]");
    let plan = Plan::from_text(&text, &folder.path().join("case.yaml")).unwrap();
    let Some(Observed::Frequencies(observed)) = plan.observed().unwrap() else {
        panic!("data of frequencies")
    };
    assert_eq!((observed.frequencies.as_slice(), observed.shape()), (&[4.0][..], [1, 2, 9]));
    assert_eq!(observed.values.len(), 18);
}

/// A run directory below a file cannot be created: exit code 2 before any work.
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

/// A model file that covers a part of the grid is a note with the share and both boxes; one that covers it is none.
#[test]
fn part_of_the_grid() {
    let folder = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(repository().join("tests/errors/model-in-mm.yaml")).unwrap();
    let notes = |nodes: usize| {
        let grid = fd::Grid::new([-1000.0; 2], [20.0; 2], [101, nodes]).unwrap();
        Model::uniform(grid, 1500.0).write(&folder.path().join("model-in-mm.h5")).unwrap();
        Plan::from_text(&text, &folder.path().join("case.yaml")).unwrap().notes
    };
    assert_eq!(notes(101), [""; 0]);
    let half = notes(51);
    assert_eq!(half.len(), 1);
    let expected = "covers 50.4 % of the grid (x -1000 to 0 m, z -1000 to 1000 m; the grid is x -1000 to 1000 m, z -1000 \
                    to 1000 m); outside it, the values at its edge continue";
    assert!(half[0].starts_with("model.initial.file: ") && half[0].ends_with(expected), "{}", half[0]);
}

/// A survey that is small for its waves is a hint, whatever the length of the record; the shortest wave counts.
#[test]
fn small_surveys_are_a_hint() {
    let text =
        std::fs::read_to_string(repository().join("tests/errors/wavelet-beyond-the-grid.yaml")).unwrap();
    let text = text.replace("frequency: 40", "frequency: 8").replace("duration: 0.4", "duration: 40");
    let notes = |text: &str| Plan::from_text(text, Path::new("case.yaml")).unwrap().notes;
    assert_eq!(notes(&text), [""; 0]);
    let near = text
        .replace("[[100, 50], [500, 50]]", "[[100, 50]]")
        .replace("from: [50, 550], to: [550, 550]", "from: [101, 50], to: [103, 50]");
    let hint = notes(&near);
    assert!(hint.len() == 1 && hint[0].contains("are their positions in km?"), "{hint:?}");
}

/// A disc of which the grid has no node, or has only nodes inside, is a note.
#[test]
fn a_disc_beside_the_grid_is_a_note() {
    let text =
        std::fs::read_to_string(repository().join("tests/errors/wavelet-beyond-the-grid.yaml")).unwrap();
    let text = text.replace("frequency: 40", "frequency: 8");
    let notes = |disc: &str| {
        let with_disc = text.replace("centre: [300, 300], radius: 100", disc);
        Plan::from_text(&with_disc, Path::new("case.yaml")).unwrap().notes
    };
    assert_eq!(notes("centre: [300, 300], radius: 50"), [""; 0]);
    let (beside, around) =
        (notes("centre: [9000, 300], radius: 50"), notes("centre: [300, 300], radius: 9000"));
    assert!(
        beside[0].starts_with("model.truth.disc: the velocity is 2000 m/s at every node of the grid (x 0 to")
    );
    assert!(around[0].starts_with("model.truth.disc: the velocity is 2300 m/s at every node"), "{around:?}");
}

/// Snapshots that are too few for an accurate gradient are a note with a number that is enough.
#[test]
fn few_snapshots_are_a_note() {
    let text = std::fs::read_to_string(repository().join("scenarios/quick-time.yaml")).unwrap();
    let notes = |every: usize| {
        let storage = format!("storage: {{snapshots: {{every: {every}}}}}");
        let text = text.replacen("storage: {all: {}}", &storage, 1);
        Plan::from_text(&text, Path::new("case.yaml")).unwrap().notes
    };
    assert_eq!(notes(3), [""; 0]);
    assert_eq!(
        notes(4),
        [
            "inversions[0].storage.snapshots: 3.048 snapshots in a period of 41.02 Hz; an accurate gradient needs 4: write \
             `every: 3`, or use `checkpoints`"
        ]
    );
}

/// For a file that does not exist, the error names the path and what to give.
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
        let plan = match Job::from_text(&text, &file) {
            Ok(Job::Inversions(plan)) => plan,
            Ok(other) => {
                let resolved = other.resolved();
                let again = Job::from_text(&resolved, &file).unwrap_or_else(|e| panic!("{e}\n{resolved}"));
                assert_eq!(again.resolved(), resolved);
                continue;
            }
            // Scenarios on data that the user imports first.
            Err(error) if error.to_string().contains("no such file") => continue,
            // The largest need more memory than some machines have.
            Err(error) if error.to_string().contains(" of memory, ") => continue,
            Err(error) => panic!("{error}"),
        };
        let resolved = plan.scenario.to_yaml();
        let again = Plan::from_text(&resolved, &file).unwrap_or_else(|error| panic!("{error}\n{resolved}"));
        assert_eq!(again.scenario.to_yaml(), resolved);
        assert_eq!((again.survey, again.grid), (plan.survey, plan.grid));
    }
}

/// Aliases that expand a short text are limited, whatever they stand for.
#[test]
fn alias_bomb() {
    let good = std::fs::read_to_string(repository().join("scenarios/cylinder.yaml")).unwrap();
    let (before, after) = good.split_once("  sources:\n").unwrap();
    let (_, after) = after.split_once("  receivers:\n").unwrap();
    let many = "*p, ".repeat(10_000);
    let text = format!("{before}  sources: [&p [-300, -300], {many}]\n  receivers:\n{after}");
    let error = Plan::from_text(&text, Path::new("bomb.yaml")).unwrap_err();
    assert_eq!(error.exit_code(), 2);
    assert!(error.to_string().contains("too many aliases for a scenario"), "{error}");
}
