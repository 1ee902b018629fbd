//! Waves in time through the command: data shot by shot, mutes and masks, shots fired together, and going on after Ctrl-C.

use std::path::Path;

use scenario::plan::Plan;
use studies::spine::Summary;
use survey::gathers::{GatherFile, GatherWriter};
use survey::model::Model;
use survey::observed::Observed;

use super::support::{fail, read, root, succeed};

/// quick-time.yaml with changes, in a folder of its own.
fn quick(changes: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut text = read("scenarios/quick-time.yaml").replace("../data/", "");
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    std::fs::write(folder.path().join("quick.yaml"), text).unwrap();
    folder
}

fn misfit(folder: &Path, inversion: usize) -> f64 {
    let summary = Summary::read(&folder.join("run/summary.json")).unwrap();
    summary.members[inversion].value("data_misfit_relative").unwrap()
}

fn shots(path: &Path) -> Vec<Vec<f32>> {
    let file = GatherFile::open(path).unwrap();
    (0..file.header.shape()[0]).map(|shot| file.read(shot).unwrap()).collect()
}

/// What is simulated with one thread, and so with one shot in memory, is what is simulated with several at a time, bit for
/// bit; `info` reads it, and the wavelet is in the file.
#[test]
fn shot_by_shot_equals_all_at_once() {
    let folder = quick(&[]);
    let here = folder.path();
    let simulate = |threads: &str, to: &str| {
        let mut command = std::process::Command::new(super::support::fwi());
        let command = command.args(["simulate", "quick.yaml", "-o", to]).current_dir(here);
        assert!(command.env("RAYON_NUM_THREADS", threads).output().unwrap().status.success());
        shots(&here.join(to))
    };
    let (one, several) = (simulate("1", "one.h5"), simulate("3", "several.h5"));
    assert_eq!((one.len(), one[0].len()), (4, 15 * 181));
    assert_eq!(one, several);
    assert!(succeed(here, &["info", "one.h5"]).contains("4 shots, 15 receivers, 181 samples"));
    let (wavelet, step) = GatherFile::open(&here.join("one.h5")).unwrap().wavelet().unwrap().unwrap();
    assert_eq!((wavelet.all().len(), wavelet.count(), step), (1, 181, 0.002));
}

/// Reciprocity of the whole chain: where source and receiver change places the trace stays. The scheme is symmetric and both
/// are placed by one interpolation, so only rounding is left: 360 steps of single precision, 360 x 6e-8 x a few.
#[test]
fn reciprocity_of_simulated_data() {
    let change = [("noise: {relative: 0.01, seed: 1}", "noise: {relative: 0}")];
    let swapped = quick(&[
        change[0],
        (
            "line: {from: [45, 25], to: [355, 25], count: 4}",
            "line: {from: [25, 375], to: [375, 375], count: 15}",
        ),
        (
            "\n    line: {from: [25, 375], to: [375, 375], count: 15}\n  source:",
            "\n    line: {from: [45, 25], to: [355, 25], count: 4}\n  source:",
        ),
    ]);
    let plain = quick(&change);
    let data = |folder: &Path| {
        succeed(folder, &["simulate", "quick.yaml", "-o", "data.h5"]);
        shots(&folder.join("data.h5"))
    };
    let (a, b) = (data(plain.path()), data(swapped.path()));
    for (shot, receiver) in [(0, 3), (2, 14), (3, 7)] {
        let one = &a[shot][receiver * 181..(receiver + 1) * 181];
        let other = &b[receiver][shot * 181..(shot + 1) * 181];
        let norm: f32 = one.iter().map(|v| v * v).sum();
        let difference: f32 = one.iter().zip(other).map(|(x, y)| (x - y).powi(2)).sum();
        assert!((difference / norm).sqrt() < 1e-4, "{shot} {receiver}: {}", (difference / norm).sqrt());
    }
}

/// The whole run: both inversions lower the misfit, gathers and report are there, and a second run has the same numbers.
#[test]
fn run_and_run_again() {
    let folder = quick(&[]);
    let here = folder.path();
    succeed(here, &["run", "quick.yaml", "-o", "run", "--quiet"]);
    let first = [misfit(here, 0), misfit(here, 1)];
    assert!(first[0] < 0.05 && first[1] < 0.5, "{first:?}");
    for file in ["observed-gather.h5", "grid/gather.h5", "implicit/model.h5", "grid/history.csv"] {
        assert!(here.join("run").join(file).is_file(), "{file}");
    }
    let report = std::fs::read_to_string(here.join("run/report.html")).unwrap();
    assert!(report.contains("<h2>Gathers</h2>") && report.contains("Wavelet"));
    let model = || Model::read(&here.join("run/grid/model.h5")).unwrap().values;
    let before = model();
    succeed(here, &["invert", "quick.yaml", "-o", "run", "--quiet"]);
    assert_eq!(before, model());
    assert_eq!(first, [misfit(here, 0), misfit(here, 1)]);
}

/// Receivers that move with the source, and lists of them by shot, record what receivers that stay record at these places,
/// bit for bit. What was written is inverted with the positions in the file, and the misfit falls as for others.
#[test]
fn receivers_that_move() {
    let receivers = "\n    line: {from: [25, 375], to: [375, 375], count: 15}\n  source:";
    let with = |rule: &str| {
        let folder = quick(&[
            ("noise: {relative: 0.01, seed: 1}", "noise: {relative: 0}"),
            (
                "\n    line: {from: [45, 25], to: [355, 25], count: 4} # [x, z] in m",
                " [[100, 25], [200, 25], [300, 25]]",
            ),
            (receivers, &format!("\n    {rule}\n  source:")),
        ]);
        // All but the joint inversion, which takes receivers that stay.
        let text = std::fs::read_to_string(folder.path().join("quick.yaml")).unwrap();
        let (text, _) = text.split_once("  # Wavefield and velocity").unwrap();
        std::fs::write(folder.path().join("quick.yaml"), text).unwrap();
        succeed(folder.path(), &["simulate", "quick.yaml", "--quiet"]);
        let traces = shots(&folder.path().join("quick-time.h5"));
        (folder, traces)
    };
    let (_kept, all) = with("line: {from: [25, 375], to: [375, 375], count: 15}");
    let (folder, moving) = with("offsets: {from: [-50, 350], to: [50, 350], count: 5}");
    let lists = "by_shot: [[[300, 375], [75, 375]], [[25, 375], [375, 375]], [[200, 375], [225, 375]]]";
    let (_kept, listed) = with(lists);
    let trace = |shot: usize, receiver: usize| &all[shot][receiver * 181..(receiver + 1) * 181];
    for shot in 0..3 {
        let first = 1 + 4 * shot;
        let expected: Vec<f32> = (first..first + 5).flat_map(|r| trace(shot, r)).copied().collect();
        assert_eq!(moving[shot], expected, "shot {shot}");
        let [a, b] = [[11, 2], [0, 14], [7, 8]][shot];
        assert_eq!(listed[shot], [trace(shot, a), trace(shot, b)].concat(), "shot {shot}");
    }
    let here = folder.path();
    let info = succeed(here, &["info", "quick-time.h5"]);
    assert!(info.contains("3 shots, 5 receivers, 181 samples") && info.contains("each shot's own"), "{info}");
    let text = std::fs::read_to_string(here.join("quick.yaml")).unwrap();
    let (before, after) = text.split_once("data:\n").unwrap();
    let (_, after) = after.split_once("inversions:\n").unwrap();
    let before = before.replace("offsets: {from: [-50, 350], to: [50, 350], count: 5}", "from_data: {}");
    let text = format!("{before}data:\n  file: quick-time.h5\ninversions:\n{after}");
    std::fs::write(here.join("quick.yaml"), text).unwrap();
    succeed(here, &["run", "quick.yaml", "-o", "run", "--quiet"]);
    let found = [misfit(here, 0), misfit(here, 1)];
    assert!(found[0] < 0.05 && found[1] < 0.5, "{found:?}");
    assert!(
        std::fs::read_to_string(here.join("run/report.html")).unwrap().contains("that move with the shots")
    );
}

/// The bytes of an npy array of two axes.
fn npy([rows, columns]: [usize; 2], values: &[f64]) -> Vec<u8> {
    let entries = format!("{{'descr': '<f8', 'fortran_order': False, 'shape': ({rows}, {columns}), }}");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend(118_u16.to_le_bytes());
    bytes.extend(format!("{entries:<117}\n").as_bytes());
    bytes.extend(values.iter().flat_map(|v| v.to_le_bytes()));
    bytes
}

/// Wavelets of each shot's own, here one times factors: so are the traces, to the rounding of 360 steps in single precision,
/// which begins where the front of a wave is too small for it: 360 x 6e-8 of the peak. They are kept with the data, and an
/// inversion takes them; as many as there are shots are needed.
#[test]
fn wavelets_by_shot() {
    let ricker = |n: usize| {
        let a = (std::f64::consts::PI * (15.0 * 0.002 * n as f64 - 1.5)).powi(2);
        (1.0 - 2.0 * a) * (-a).exp()
    };
    let wavelet: Vec<f64> = (0..100).map(ricker).collect();
    let factors = [1.0, 2.0, -1.0, 0.5];
    let simulated = |file: &str| {
        let folder = quick(&[
            ("noise: {relative: 0.01, seed: 1}", "noise: {relative: 0}"),
            ("ricker: {frequency: 15}", &format!("file: {{path: {file}, dt: 0.002}}")),
        ]);
        let text: String = wavelet.iter().map(|v| format!("{v}\n")).collect();
        std::fs::write(folder.path().join("w.txt"), text).unwrap();
        let all: Vec<f64> = factors.iter().flat_map(|f| wavelet.iter().map(move |v| f * v)).collect();
        std::fs::write(folder.path().join("w.npy"), npy([4, 100], &all)).unwrap();
        std::fs::write(folder.path().join("three.npy"), npy([3, 100], &all[..300])).unwrap();
        succeed(folder.path(), &["simulate", "quick.yaml", "--quiet"]);
        let traces = shots(&folder.path().join("quick-time.h5"));
        (folder, traces)
    };
    let (_kept, one) = simulated("w.txt");
    let (folder, each) = simulated("w.npy");
    for (shot, factor) in factors.iter().enumerate() {
        let apart = one[shot].iter().zip(&each[shot]).map(|(a, b)| (*factor as f32 * a - b).abs());
        let (apart, peak) =
            (apart.fold(0.0, f32::max), each[shot].iter().fold(0.0_f32, |a, v| a.max(v.abs())));
        assert!(apart < 2e-5 * peak, "shot {shot}: {apart:e} of {peak:e}");
    }
    let here = folder.path();
    let (emitted, _) = GatherFile::open(&here.join("quick-time.h5")).unwrap().wavelet().unwrap().unwrap();
    assert_eq!((emitted.all().len(), emitted.of(1)[50]), (4, 2.0 * emitted.of(0)[50]));
    succeed(here, &["invert", "quick.yaml", "-o", "run", "--only", "grid", "--quiet"]);
    assert!(misfit(here, 0) < 0.05, "{}", misfit(here, 0));
    let text = std::fs::read_to_string(here.join("quick.yaml")).unwrap().replace("w.npy", "three.npy");
    std::fs::write(here.join("quick.yaml"), text).unwrap();
    let error = fail(here, &["check", "quick.yaml"], 2);
    assert!(error.contains("does not have one wavelet per shot") && error.contains("3 wavelets"), "{error}");
}

/// Dead and broken traces are rejected by name; masked, the rest is inverted as if they were not there.
#[test]
fn masked_traces() {
    let folder = quick(&[("iterations: 4", "iterations: 2"), ("iterations: 6", "iterations: 2")]);
    let here = folder.path();
    succeed(here, &["simulate", "quick.yaml", "--quiet"]);
    let good = GatherFile::open(&here.join("quick-time.h5")).unwrap();
    // The format allows it, our writer does not: a NaN goes in by the HDF5 library.
    GatherWriter::create(&here.join("bad.h5"), &good.header, None, |out| {
        for shot in 0..4 {
            let mut traces = good.read(shot)?;
            if shot == 1 {
                traces[3 * 181..4 * 181].fill(0.0);
            }
            out.put(shot, &traces)?;
        }
        Ok::<(), survey::data_error::DataError>(())
    })
    .unwrap();
    let text = std::fs::read_to_string(here.join("quick.yaml")).unwrap().replace("quick-time.h5", "bad.h5");
    std::fs::write(here.join("quick.yaml"), &text).unwrap();
    let error = fail(here, &["invert", "quick.yaml", "-o", "run"], 2);
    assert!(error.contains("shot 1, receiver 3 is all zero"), "{error}");
    let text = text.replace("  file: bad.h5", "  file: bad.h5\n  mask_dead_traces: true");
    std::fs::write(here.join("quick.yaml"), text).unwrap();
    succeed(here, &["invert", "quick.yaml", "-o", "run", "--only", "grid", "--quiet"]);
    assert!(misfit(here, 0) < 0.5, "{}", misfit(here, 0));
}

/// Minibatches, supershots, mutes, an estimated wavelet and density each run, and the misfit falls.
#[test]
fn settings_of_waves_in_time() {
    let storage = "    storage: {all: {}}\n    bounds: [1700, 2700]\n";
    let adam =
        ("optimizer: {soap: {learning_rate: 1e-2, warm_up: 3}}", "optimizer: {adam: {learning_rate: 1e-2}}");
    let with = |more: &str| format!("    {more}\n{storage}");
    for (name, more) in [
        ("batch", "batch: {shots: 2}"),
        ("encoding", "source_encoding: {supershots: 2}"),
        ("mutes", "mutes: [{offset: [0, 450], offset_taper: 50}]"),
        ("wavelet", "estimate_wavelet: {}"),
    ] {
        let folder = quick(&[(storage, &with(more)), adam]);
        let here = folder.path();
        succeed(here, &["simulate", "quick.yaml", "--quiet"]);
        succeed(here, &["invert", "quick.yaml", "-o", "run", "--only", "implicit", "--quiet"]);
        let start = studies::inversions::history::read(&here.join("run/implicit/history.csv")).unwrap()[0];
        let (first, last) = (start.data_misfit_relative.unwrap(), misfit(here, 0));
        assert!(last < first, "{name}: {last} from {first}");
    }
    let folder = quick(&[("step: 0.002 # s", "step: 0.002\n    density: {gardner: {}}")]);
    let here = folder.path();
    // The joint method is for a constant density.
    let text = std::fs::read_to_string(here.join("quick.yaml")).unwrap();
    let (others, _) = text.split_once("\n  # Wavefield and velocity as networks.").unwrap();
    std::fs::write(here.join("quick.yaml"), others).unwrap();
    succeed(here, &["run", "quick.yaml", "-o", "run", "--quiet"]);
    assert!(misfit(here, 0) < 0.1, "{}", misfit(here, 0));
}

/// A network inversion that continues from a checkpoint ends where an uninterrupted one does, bit for bit.
#[test]
fn resumed_run_equals_uninterrupted() {
    let folder = quick(&[
        ("[{iterations: 60}]", "[{iterations: 400}]"),
        ("1e-2}}\n    storage", "1e-2}}\n    batch: {shots: 3}\n    storage"),
    ]);
    let here = folder.path();
    succeed(here, &["simulate", "quick.yaml", "--quiet"]);
    let invert = ["invert", "quick.yaml", "--only", "implicit", "--quiet", "-o"];
    succeed(here, &[&invert[..], &["whole"]].concat());
    let stopped = [300, 100, 30, 0].into_iter().any(|delay| {
        let _ = std::fs::remove_dir_all(here.join("stopped"));
        super::interruption::interrupted_by(here, "quick.yaml", &["--only", "implicit"], delay)
    });
    assert!(stopped, "no run could be interrupted");
    succeed(here, &[&invert[..], &["stopped", "--resume"]].concat());
    let model = |run: &str| Model::read(&here.join(run).join("implicit/model.h5")).unwrap().values;
    assert_eq!(model("whole"), model("stopped"));
}

/// The data of the plan are those of the file, and the overthrust scenario says what it needs.
#[test]
fn observed_gathers() {
    let folder = quick(&[]);
    let here = folder.path();
    succeed(here, &["simulate", "quick.yaml", "--quiet"]);
    let plan = Plan::from_file(&here.join("quick.yaml")).unwrap();
    let Some(Observed::Times(file)) = plan.observed().unwrap() else { panic!("gathers") };
    assert_eq!(file.header.shape(), [4, 15, 181]);
    let overthrust = root().join("scenarios/overthrust.yaml");
    let text = std::fs::read_to_string(overthrust).unwrap();
    assert!(text.contains("fwi import overthrust_model.h5"));
}

/// Mutes that leave no sample end the inversion with an error that names them, and not with a perfect fit.
#[test]
fn mutes_of_everything_are_an_error() {
    let folder =
        quick(&[("    misfit: {l2: {}}", "    mutes: [{offset: [5000, 6000]}]\n    misfit: {l2: {}}")]);
    let error = fail(folder.path(), &["run", "quick.yaml", "--only", "grid", "-o", "run"], 1);
    assert!(error.contains("the mutes leave no sample"), "{error}");
}

/// The two inversions of a chain, and an inversion from the model file of the first.
const CHAIN: &str = "
  - name: first
    method: {implicit: {velocity: {network: {width: 16, layers: 2, w0_hidden: 1, output_scale: 0.1}}}}
    stages: [{iterations: 6}]
    misfit: {l2: {}}
    optimizer: {soap: {learning_rate: 1e-2}}
    storage: {all: {}}
    bounds: [1700, 2700] # m/s
    region: {x: [40, 360], z: [60, 340]} # m
  - name: then
    initial: START
    method: {grid: {}}
    stages: [{iterations: 3}]
    misfit: {l2: {}}
    optimizer: {lbfgs: {}}
    storage: {all: {}}
    bounds: [1700, 2700]
    region: {x: [40, 360], z: [60, 340]}
";

/// A folder with quick-time.yaml whose inversions are those of a chain.
fn chain(start: &str) -> tempfile::TempDir {
    let folder = quick(&[]);
    let text = std::fs::read_to_string(folder.path().join("quick.yaml")).unwrap();
    let (text, _) = text.split_once("inversions:\n").unwrap();
    let chain = CHAIN.replace("START", start);
    std::fs::write(folder.path().join("quick.yaml"), format!("{text}inversions:{chain}")).unwrap();
    folder
}

/// The second inversion of a chain is that from the model file of the first, bit for bit. Another first one makes it run again, and
/// without a result of the first one it is refused.
#[test]
fn chains_start_from_what_was_found() {
    let folder = chain("{inversion: first}");
    let here = folder.path();
    let page = succeed(here, &["check", "quick.yaml", "--explain"]);
    assert!(page.contains("w0_first auto") && page.contains("1 of 4 shots"), "{page}");
    succeed(here, &["simulate", "quick.yaml", "--quiet"]);
    let alone = fail(here, &["invert", "quick.yaml", "-o", "alone", "--only", "then", "--quiet"], 1);
    assert!(alone.contains("has no result to start from"), "{alone}");
    succeed(here, &["run", "quick.yaml", "-o", "run", "--quiet"]);
    let model =
        |folder: &Path, run: &str| Model::read(&folder.join(run).join("then/model.h5")).unwrap().values;
    let found = model(here, "run");
    let from_file = chain("{file: {path: first.h5}}");
    let there = from_file.path();
    std::fs::copy(here.join("run/first/model.h5"), there.join("first.h5")).unwrap();
    succeed(there, &["run", "quick.yaml", "-o", "run", "--quiet"]);
    assert_eq!(model(there, "run"), found);
    // The first is kept, the second runs again to the same numbers.
    succeed(here, &["invert", "quick.yaml", "-o", "run", "--only", "then", "--quiet"]);
    assert_eq!(model(here, "run"), found);
    let text = std::fs::read_to_string(here.join("quick.yaml")).unwrap();
    std::fs::write(here.join("quick.yaml"), text.replace("iterations: 6", "iterations: 4")).unwrap();
    let stale = fail(here, &["invert", "quick.yaml", "-o", "run", "--only", "then", "--quiet"], 1);
    assert!(stale.contains("has no result to start from"), "{stale}");
}

/// Water that a network holds keeps its starting velocity to the last bit, and the rock changes.
#[test]
fn networks_hold_the_water() {
    let held = "    conditioning: [{water: {depth: 120}}]\n    bounds: [1700, 2700] # m/s";
    let folder = chain("{uniform: {velocity: 2000}}");
    let text = std::fs::read_to_string(folder.path().join("quick.yaml")).unwrap();
    let text = text.replacen("    bounds: [1700, 2700] # m/s", held, 1);
    std::fs::write(folder.path().join("quick.yaml"), text).unwrap();
    succeed(folder.path(), &["run", "quick.yaml", "-o", "run", "--only", "first", "--quiet"]);
    let model = Model::read(&folder.path().join("run/first/model.h5")).unwrap();
    let (mut above, mut below) = (0.0_f64, 0.0_f64);
    for (at, v) in model.grid.nodes().zip(&model.values) {
        let change = (v - 2000.0).abs();
        if at.z() <= 120.0 { above = above.max(change) } else { below = below.max(change) }
    }
    assert!(above < 1e-9 && below > 1.0, "{above} {below}");
}
