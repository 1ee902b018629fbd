//! A streamer line simulated by deepwave and written by segyio: the true model explains it, and it is inverted as well as our own data.

use std::path::Path;
use std::sync::OnceLock;

use super::support::succeed;

/// Makes `line.sgy`, `truth.npy` and `wavelet.npy` in a folder. Its documentation describes the line.
const STREAMER: &str = include_str!("../python/streamer_of_deepwave.py");

/// The x of the model where the first receiver is: the import begins there.
const FIRST_RECEIVER: f64 = 200.0;

/// A scenario about the line. The model of the Python program has 5400 m by 1200 m.
fn scenario(step: f64, spacing: f64, model: &str, survey: &str, data: &str, stage: &str) -> String {
    let (left, right) = (-FIRST_RECEIVER, 5400.0 - FIRST_RECEIVER);
    format!(
        "\
schema: 1
name: line
physics:
  acoustic: {{duration: 2.8, step: {step}, interval: 0.004}}
grid:
  x: [{left}, {right}]
  z: [0, 1200]
  spacing: {spacing}
  order: 8
  boundary:
    cpml: {{cells: 40, free_surface: true}}
model:
{model}
survey:
{survey}
data:
{data}
inversions:
  - name: grid
    method: {{grid: {{}}}}
    stages: [{stage}]
    misfit: {{l2: {{}}}}
    conditioning: [{{illumination: {{}}}}]
    optimizer: {{lbfgs: {{}}}}
    bounds: [1450, 4000]
    region: {{x: [{left}, {right}], z: [200, 1200]}}
"
    )
}

/// The true model, from the file of the Python program.
fn truth() -> String {
    format!(
        "{{file: {{path: truth.npy, spacing: [12.5, 12.5], origin: [{}, 0], axes: zx}}}}",
        -FIRST_RECEIVER
    )
}

/// Positions of the data, and a wavelet.
fn recorded(wavelet: &str) -> String {
    format!(
        "  sources: {{from_data: {{}}}}\n  receivers: {{from_data: {{}}}}\n  source: {{wavelet: {wavelet}}}"
    )
}

const IMPORTED: &str = "  file: line.h5\n  mask_dead_traces: true";
const KNOWN_WAVELET: &str = "{file: {path: wavelet.npy, dt: 0.001}}";

/// The folder of the line without noise, imported, once for all tests; `None`, which is printed, without the programs in Python.
fn imported() -> Option<&'static Path> {
    static FOLDER: OnceLock<Option<tempfile::TempDir>> = OnceLock::new();
    let make = || {
        let folder = tempfile::tempdir().unwrap();
        let arguments = [folder.path().as_os_str(), "0".as_ref()];
        let made = peers::python("torch, deepwave, segyio", STREAMER, &arguments)?;
        made.unwrap_or_else(|error| panic!("{error}"));
        let import = ["import", "line.sgy", "--scenario", "suggested.yaml", "--no-qc"];
        let said = succeed(folder.path(), &import);
        for words in
            ["20 with 60 traces each", "azimuth 60.0", "1 trace is marked as dead", "1 other trace is zero"]
        {
            assert!(said.contains(words), "no `{words}` in\n{said}");
        }
        assert!(succeed(folder.path(), &["check", "suggested.yaml"]).contains("valid"));
        Some(folder)
    };
    FOLDER.get_or_init(make).as_ref().map(tempfile::TempDir::path)
}

/// `||d_syn - d_obs|| / ||d_obs||` of the starting model over all traces, times and frequencies, as `fwi check --data` states it.
fn misfit(folder: &Path, name: &str) -> f64 {
    let said = succeed(folder, &["check", name, "--data"]);
    let number = said.split("relative misfit ").nth(1).and_then(|rest| rest.split_whitespace().next());
    number.unwrap_or_else(|| panic!("{said}")).parse().unwrap()
}

/// On the nodes and at the steps of deepwave, the true model explains its traces to 1 %: with the wavelet that was emitted, and with the
/// wavelet that `fwi calibrate` estimates from another one. Both schemes are of order 8 in space and 2 in time, with one step and one
/// spacing, so that discretisation is no part of the difference.
#[test]
fn the_true_model_explains_the_traces() {
    let Some(here) = imported() else { return };
    let write = |name: &str, wavelet: &str| {
        let model = format!("  initial: {}", truth());
        let text = scenario(0.001, 12.5, &model, &recorded(wavelet), IMPORTED, "{iterations: 1}");
        std::fs::write(here.join(name), text).unwrap();
    };
    write("known.yaml", KNOWN_WAVELET);
    let known = misfit(here, "known.yaml");
    assert!(known <= 0.01, "{known}");

    write("guess.yaml", "{ricker: {frequency: 5}}");
    succeed(here, &["calibrate", "guess.yaml"]);
    write("estimated.yaml", "{file: {path: calibration/wavelet.npy, dt: 0.004}}");
    let estimated = misfit(here, "estimated.yaml");
    assert!(estimated <= 0.01, "{estimated}");

    // A source that is 2 % stronger is seen.
    write("stronger.yaml", "{ricker: {frequency: 5, delay: 0.24, amplitude: 1.02}}");
    let stronger = misfit(here, "stronger.yaml");
    assert!(stronger > 0.015, "{stronger}");
}

/// The same inversion of deepwave's traces and of our own, simulated in the same model at order 12 in half the steps, finds models whose
/// errors agree to 5 %.
#[test]
fn models_are_as_good_as_from_our_own_traces() {
    let Some(here) = imported() else { return };
    let model = format!(
        "  truth: {}\n  initial: {{gradient: {{top: 1660, bottom: 2970, water: {{depth: 200, velocity: 1500}}}}}}",
        truth()
    );
    let own = "  sources: {line: {from: [3050, 12.5], to: [4950, 12.5], count: 20}}
  receivers: {offsets: {from: [-100, 12.5], to: [-3050, 12.5], count: 60}}
  source: {wavelet: {file: {path: wavelet.npy, dt: 0.001}}}";
    let simulated = "  file: own.h5
  simulate:
    engine: {finite_differences: {spacing: 12.5, order: 12, refine: 2}}";
    let stage = "{band: {high: 5}, iterations: 6}";
    let error = |name: &str, survey: &str, data: &str| -> [f64; 2] {
        let text = scenario(0.002, 40.0, &model, survey, data, stage);
        let file = format!("{name}.yaml");
        std::fs::write(here.join(&file), text).unwrap();
        succeed(here, &["run", &file, "-o", name, "--quiet"]);
        let read = |path: &str| survey::model::Model::read(&here.join(name).join(path)).unwrap();
        let truth = read("true.h5");
        let of =
            |path: &str| fwi::metrics::velocity_relative_l2(&read(path).resample_onto(&truth.grid), &truth);
        ["initial.h5", "grid/model.h5"].map(|path| of(path).unwrap())
    };
    let theirs = error("theirs", &recorded(KNOWN_WAVELET), IMPORTED);
    let ours = error("ours", own, simulated);
    println!("errors of the starting model and of the result: deepwave {theirs:?}, our own {ours:?}");
    assert!(theirs[1] < 0.9 * theirs[0], "{theirs:?}");
    assert!((theirs[1] / ours[1] - 1.0).abs() <= 0.05, "{theirs:?} {ours:?}");
}
