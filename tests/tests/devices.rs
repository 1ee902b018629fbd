//! Devices: the same inversion on each, and what is said of one that is not there.

use std::path::Path;

use fields::device;
use studies::spine::Summary;
use survey::model::Model;

use super::support::{IMPLICIT, PRECONDITIONED, STRONG, fail, read, small, succeed};

/// The small inversions give the same velocity on every device, and the summary says which it was.
///
/// Optimisers divide by the size of the gradient, so that a parameter whose gradient is rounding (1e-7 of the others)
/// moves as far as any other, in any direction: the parameters of two devices drift apart by up to the learning rate a
/// step where that is so, which is 6 % of the change of the model in 20 steps if it is so for one in twenty.
#[test]
fn every_device_inverts_alike() {
    for (name, inversion) in [("strong", STRONG), ("preconditioned", PRECONDITIONED), ("implicit", IMPLICIT)]
    {
        let models: Vec<(String, Vec<f64>)> = device::available()
            .into_iter()
            .map(|device| {
                let folder =
                    small(&inversion.replace("    bounds:", &format!("    device: {device}\n    bounds:")));
                let here = folder.path();
                succeed(here, &["simulate", "small.yaml", "--quiet"]);
                succeed(here, &["invert", "small.yaml", "-o", "run", "--quiet"]);
                let summary = Summary::read(&here.join("run/summary.json")).unwrap();
                assert_eq!(summary.members[0].device, device);
                let model = Model::read(&here.join("run").join(name).join("model.h5")).unwrap();
                (device, model.values)
            })
            .collect();
        let size =
            |of: &dyn Fn(usize) -> f64| (0..models[0].1.len()).map(|i| of(i).powi(2)).sum::<f64>().sqrt();
        let change = size(&|i| models[0].1[i] - 1000.0);
        assert!(change > 0.0, "{name}");
        for (device, vp) in &models {
            let apart = size(&|i| vp[i] - models[0].1[i]) / change;
            println!("{name} on {device}: {apart:e} of the change of the model");
            assert!(apart < 0.06, "{name} on {device}: {apart}");
        }
    }
}

/// `auto` is resolved, and a run on a grid says where it was.
#[test]
fn the_summary_names_the_device() {
    let folder = small(super::support::GRID);
    succeed(folder.path(), &["simulate", "small.yaml", "--quiet"]);
    succeed(folder.path(), &["invert", "small.yaml", "-o", "run", "--quiet"]);
    let summary = Summary::read(&folder.path().join("run/summary.json")).unwrap();
    assert_eq!(summary.members[0].device, "cpu");
}

/// quick-time.yaml with two inversions only, each on the processor and with the kernels of GPUs compiled for the processor.
fn on_both(folder: &Path) -> Vec<(String, Model)> {
    let text = read("scenarios/quick-time.yaml").replace("../data/", "");
    let (before, inversions) = text.split_once("inversions:\n").unwrap();
    let (grid, rest) = inversions.split_once("  - name: implicit").unwrap();
    let (implicit, _) = rest.split_once("  # Wavefield and velocity").unwrap();
    let grid = grid.replace("&region {x", "{x");
    let implicit = format!("  - name: implicit{implicit}").replace("*region", "{x: [40, 360], z: [60, 340]}");
    let implicit = implicit.replace("iterations: 60", "iterations: 12");
    let mut text = format!("{before}inversions:\n");
    for device in ["cpu", "cuda-cpu"] {
        for (name, block) in [("grid", &grid), ("implicit", &implicit)] {
            let block = block.replace(&format!("- name: {name}"), &format!("- name: {name}-{device}"));
            let storage = "    storage: {all: {}}\n";
            text += &block.replace(storage, &format!("{storage}    device: {device}\n"));
        }
    }
    std::fs::write(folder.join("both.yaml"), text).unwrap();
    succeed(folder, &["run", "both.yaml", "-o", "run", "--quiet"]);
    let summary = Summary::read(&folder.join("run/summary.json")).unwrap();
    let model = |name: &str| Model::read(&folder.join("run").join(name).join("model.h5")).unwrap();
    summary.members.iter().map(|member| (member.device.clone(), model(&member.name))).collect()
}

/// Inversions whose waves are stepped by the kernels of GPUs, compiled for the processor, find the model that the processor finds: an
/// inversion on a grid and one by a network, from the command to the model.
///
/// The gradients agree to some 1e-5 of their largest value, which is rounding. Ten steps of L-BFGS divide by changes of the gradient, which
/// are a tenth of it towards the end, so the models may differ by 1e-3 of their change; SOAP divides by the size of each number of the
/// gradient, and small ones of them are rounding only: twelve of its steps may differ by some percent.
#[test]
fn kernels_of_gpus_find_the_same_model() {
    if std::process::Command::new("c++").arg("--version").output().is_err() {
        println!("skipped: no C++ compiler");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let found = on_both(folder.path());
    let devices: Vec<&str> = found.iter().map(|(device, _)| device.as_str()).collect();
    assert_eq!(devices, ["cpu", "cpu", "cuda-cpu", "cuda-cpu, networks on cpu"]);
    for (of, other, most) in [(0, 2, 1e-3), (1, 3, 0.05)] {
        let (one, other) = (&found[of].1.values, &found[other].1.values);
        let size = |of: &dyn Fn(usize) -> f64| (0..one.len()).map(|i| of(i).powi(2)).sum::<f64>().sqrt();
        let change = size(&|i| one[i] - 2000.0);
        let apart = size(&|i| one[i] - other[i]) / change;
        println!("{}: {apart:e} of the change of the model", found[of].0);
        assert!(change > 0.0 && apart < most, "{apart} of the change of the model, {change} m/s");
        // They have been stepped by something else.
        assert_ne!(one, other);
    }
    let explained = succeed(folder.path(), &["check", "both.yaml", "--explain"]);
    assert!(explained.contains("waves on cuda-cpu"), "{explained}");
}

/// A device of waves that is not there is rejected by `check` and `run` with the same words; a name that is none, too.
#[test]
fn absent_devices_of_waves() {
    let folder = tempfile::tempdir().unwrap();
    let text = read("scenarios/quick-time.yaml").replace("../data/", "");
    let why = if cfg!(feature = "cuda") { "there is no GPU cuda:77" } else { "--features cuda" };
    let driver = if cfg!(feature = "cuda") { "NVIDIA driver" } else { why };
    let text = text.replacen("    storage: {all: {}}\n", "    storage: {all: {}}\n    device: cuda:77\n", 1);
    std::fs::write(folder.path().join("quick.yaml"), text).unwrap();
    let [checked, run] = [&["check", "quick.yaml"][..], &["run", "quick.yaml", "-o", "run"]]
        .map(|command| fail(folder.path(), command, 2));
    assert!(checked.contains("device = cuda:77"), "{checked}");
    assert!(checked.contains(why) || checked.contains(driver), "{checked}");
    assert!(run.contains(checked.trim()), "{checked}\n{run}");
    assert!(!folder.path().join("run").exists());
    let error = fail(folder.path(), &["bench", "propagator_512_4", "--device", "cuda:77"], 1);
    assert!(error.contains("cuda:77") || error.contains(driver), "{error}");
}

/// A device that is not there is rejected by `check`, `invert` and `bench` before anything runs.
#[test]
fn absent_devices() {
    if device::available().contains(&"cuda:0".to_owned()) {
        return;
    }
    let folder = small(&IMPLICIT.replace("    bounds:", "    device: cuda:0\n    bounds:"));
    let why = if cfg!(feature = "libtorch") { "not on this machine" } else { "not supported by this build" };
    for command in [&["check", "small.yaml"][..], &["invert", "small.yaml", "-o", "run"]] {
        let error = fail(folder.path(), command, 2);
        assert!(error.contains("device = cuda:0") && error.contains(why), "{error}");
    }
    assert!(!folder.path().join("run").exists());
    let error = fail(folder.path(), &["bench", "siren_step", "--device", "cuda:0"], 1);
    assert!(error.contains("`cuda:0`"), "{error}");
}

/// Without its LibTorch the command says which file is missing, where it looked and what to do.
#[cfg(all(feature = "libtorch", target_os = "linux"))]
#[test]
fn missing_libtorch() {
    let folder = tempfile::tempdir().unwrap();
    let here = super::support::fwi().parent().unwrap().to_owned();
    std::fs::copy(here.join("fwi"), folder.path().join("fwi")).unwrap();
    // The folder of LibTorch stands in the program as text; another of the same length is not there.
    let mut program = std::fs::read(here.join("fwi-libtorch")).unwrap();
    let built_with = option_env!("FWI_LIBTORCH_LIB").expect("the build script says where it is").as_bytes();
    let mut found = 0;
    for at in 0..program.len() - built_with.len() {
        if program[at..].starts_with(built_with) {
            program[at + 1..at + built_with.len()].fill(b'x');
            found += 1;
        }
    }
    assert!(found > 0);
    let copy = folder.path().join("fwi-libtorch");
    std::fs::copy(here.join("fwi-libtorch"), &copy).unwrap();
    std::fs::write(&copy, program).unwrap();
    let run = |path: &std::path::Path| {
        std::process::Command::new(path).arg("--version").env_remove("LD_LIBRARY_PATH").output().unwrap()
    };
    let output = run(&folder.path().join("fwi"));
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{error}");
    for part in ["libtorch_cpu.so", "not found", "searched: /", ".cargo/libtorch", "LD_LIBRARY_PATH"] {
        assert!(error.contains(part), "{part}: {error}");
    }
    std::fs::remove_file(&copy).unwrap();
    let output = run(&folder.path().join("fwi"));
    assert!(String::from_utf8_lossy(&output.stderr).contains("in the same folder as `fwi`"));
}
