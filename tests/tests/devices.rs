//! Devices: the same inversion on each, and what is said of one that is not there.

use fields::device;
use studies::spine::Summary;
use survey::model::Model;

use super::support::{IMPLICIT, PRECONDITIONED, STRONG, fail, small, succeed};

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
