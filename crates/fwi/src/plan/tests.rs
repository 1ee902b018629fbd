//! Error messages of files, and the contents of plans of valid scenarios.

use std::path::{Path, PathBuf};

use document::ScenarioFile;
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
        sources: vec![[-300.0, -300.0], [300.0, -300.0]],
        receivers: (0..9).map(|i| [-400.0 + 100.0 * f64::from(i), 400.0]).collect::<Vec<_>>().into(),
        strength: Complex64::new(1.0, 1.0),
        variance: 100.0,
    };
    let good = Dataset {
        pressure: vec![Complex64::ONE; 36],
        frequencies: vec![3.0, 4.0],
        survey,
        scenario: String::new(),
    };
    let write = |name: &str, data: &Dataset| data.write(&folder.join(name)).unwrap();
    write("good.h5", &good);
    let mut other = good.clone();
    other.survey.sources[1] = [310.0, -300.0];
    write("moved-source.h5", &other);
    let mut other = good.clone();
    other.survey.receivers.all_mut()[0].pop();
    other.pressure.truncate(32);
    write("fewer-receivers.h5", &other);
    let one = Dataset { frequencies: vec![3.0], pressure: vec![Complex64::ONE; 18], ..good.clone() };
    write("one-frequency.h5", &one);

    write("nan.h5", &good);
    let file = hdf5::File::open_rw(folder.join("nan.h5")).unwrap();
    let mut values = good.pressure.clone();
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
            vec![[100.0, 50.0], [500.0, 50.0]],
            (0..6).map(|i| [50.0 + 100.0 * f64::from(i), 550.0]).collect::<Vec<_>>().into(),
        ),
        dt: 0.002,
        samples: 201,
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
        if cfg!(feature = "libtorch") && file.ends_with("device-not-built.yaml") {
            continue;
        }
        let place = folder.path().join(file.file_name().unwrap());
        let text = document::parse::decode(std::fs::read(&file).unwrap(), &place);
        let found = match text.map_err(FwiError::from).and_then(|text| Job::from_text(&text, &place)) {
            Ok(_) => "no error\n".to_owned(),
            Err(error) => {
                assert_eq!(error.exit_code(), 2);
                error.to_string().replace(&here, "")
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
    assert_eq!(observed.pressure.len(), 18);
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
