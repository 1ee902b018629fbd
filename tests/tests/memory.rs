//! The memory that a run needs is what `fwi check --explain` estimates.
#![cfg(target_os = "linux")]

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::support::{fwi, succeed};

/// Largest difference of an estimate from what is measured, relative to it.
const TOLERANCE: f64 = 0.2;

/// The estimate of a scenario, bytes.
fn estimated(folder: &Path) -> f64 {
    let page = succeed(folder, &["check", "--explain", "case.yaml"]);
    let line = page.lines().find(|line| line.starts_with("memory")).unwrap_or_else(|| panic!("{page}"));
    let mut words = line.split_whitespace().skip_while(|word| *word != "about").skip(1);
    let (number, unit) = (words.next().unwrap(), words.next().unwrap());
    let factor = ["kB", "MB", "GB"].iter().position(|name| *name == unit).unwrap_or_else(|| panic!("{line}"));
    number.parse::<f64>().unwrap() * 1000_f64.powi(1 + factor as i32)
}

/// The largest resident memory of a run, bytes, as the kernel counts it until the process ends.
fn measured(folder: &Path) -> f64 {
    let mut child = Command::new(fwi())
        .args(["run", "case.yaml", "--quiet"])
        .current_dir(folder)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0.0;
    loop {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        // A process that has ended has no such line.
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        if let Some(kilobytes) = line.and_then(|line| line.trim().strip_suffix("kB")) {
            peak = 1024.0 * kilobytes.trim().parse::<f64>().unwrap();
        }
        if let Some(ended) = child.try_wait().unwrap() {
            assert!(ended.success(), "{ended}");
            return peak;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn agree(scenario: &str) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("case.yaml"), scenario).unwrap();
    let (estimated, measured) = (estimated(folder.path()), measured(folder.path()));
    let ratio = estimated / measured;
    assert!(
        (ratio - 1.0).abs() < TOLERANCE,
        "estimated {estimated:.3e}, measured {measured:.3e}: {ratio:.2}"
    );
}

/// A fit whose network is evaluated at all samples in each step.
#[test]
fn fit() {
    agree(
        "schema: 1
name: case
target:
  velocity:
    model: {disc: {background: 1500, velocity: 3000, centre: [300, 300], radius: 120}}
    x: [0, 600]
    z: [0, 600]
    spacing: 5
fits:
  - name: one
    quantity: laplacian
    network: {width: 256, layers: 4}
    optimizer: {adam: {learning_rate: 1.0e-4}}
    steps: 2
",
    );
}

/// Plane waves whose weights are solved for.
#[test]
fn least_squares() {
    agree(
        "schema: 1
name: case
physics: {helmholtz: {frequencies: [2.0]}}
grid:
  x: [-800, 800]
  z: [-800, 800]
  spacing: 20
  order: 4
  boundary: {pml: {thickness: 400, strength: 6}}
model:
  truth: {disc: {background: 1000, velocity: 1500, centre: [0, 0], radius: 100}}
  initial: {uniform: {velocity: 1000}}
survey:
  sources: [[-250, -250]]
  source: {variance: 400}
reference: {spacing: 20}
wavefields:
  - name: waves
    method: {least_squares: {hidden: {plane_waves: {count: 600}}}}
",
    );
}

/// A grid that is inverted with the factors of its matrix.
#[test]
fn factors() {
    agree(
        "schema: 1
name: case
physics: {helmholtz: {frequencies: [2.0]}}
grid:
  x: [-800, 800]
  z: [-800, 800]
  spacing: 10
  order: 4
  boundary: {pml: {thickness: 400, strength: 6}}
model:
  truth: {disc: {background: 1000, velocity: 1300, centre: [0, 0], radius: 100}}
  initial: {uniform: {velocity: 1000}}
survey:
  sources: {line: {from: [-250, -250], to: [250, -250], count: 6}}
  receivers: {line: {from: [-250, 250], to: [250, 250], count: 21}}
  source: {variance: 100}
data:
  file: case.h5
  simulate: {engine: {finite_differences: {}}}
inversions:
  - name: grid
    method: {grid: {}}
    stages: [{iterations: 1}]
    misfit: {l2: {}}
    optimizer: {lbfgs: {}}
    bounds: [500, 3000]
",
    );
}

/// Elastic waves at frequencies, with the factors of their matrix and the wavefields of several shots.
#[test]
fn factors_of_a_system() {
    agree(
        "schema: 1
name: case
physics: {waves: {equation: elastic, frequencies: [8.0]}}
grid: {x: [0, 1000], z: [0, 800], spacing: 10, order: 4, boundary: {cpml: {cells: 20}}}
model:
  parameters:
    vp:
      truth: {disc: {background: 2000, value: 2200, centre: [500, 400], radius: 100}}
      initial: {uniform: {value: 2000}}
    vs: {truth: {uniform: {value: 1100}}, initial: {uniform: {value: 1100}}}
    rho: {truth: {uniform: {value: 2000}}, initial: {uniform: {value: 2000}}}
survey:
  sources: {line: {from: [100, 100], to: [900, 100], count: 6}}
  receivers: {line: {from: [100, 700], to: [900, 700], count: 20}}
  source: {field: f_z}
data: {file: case.h5, simulate: {engine: {finite_differences: {order: 2}}}}
inversions:
  - name: grid
    method: {grid: {}}
    stages: [{iterations: 2}]
    misfit: {l2: {}}
    optimizer: {lbfgs: {}}
    unknowns: {vp: {free: {bounds: [1500, 2600]}}}
",
    );
}

/// Elastic waves in time whose wavefields are stored for the gradient by two unknowns and by the density that follows one of them.
#[test]
fn wavefields_in_time() {
    agree(
        "schema: 1
name: case
physics: {waves: {equation: elastic, duration: 0.6, step: 0.002, interval: 0.004}}
grid: {x: [0, 800], z: [0, 300], spacing: 10, order: 4, boundary: {cpml: {cells: 15, free_surface: true}}}
model:
  parameters:
    vp: {truth: {layers: {tops: [145], values: [2000, 2600]}}, initial: {smooth: {sigma: 60}}}
    vs: {truth: {layers: {tops: [145], values: [1100, 1450]}}, initial: {smooth: {sigma: 60}}}
    rho: {truth: {layers: {tops: [145], values: [2000, 2250]}}, initial: {smooth: {sigma: 60}}}
survey:
  sources: {line: {from: [150, 20], to: [650, 20], count: 3}}
  receivers: {line: {from: [60, 10], to: [740, 10], count: 35}}
  source: {field: f_z, wavelet: {ricker: {frequency: 6}}}
  record: [v_x, v_z]
data: {file: case.h5, simulate: {engine: {finite_differences: {}}}}
inversions:
  - name: grid
    method: {grid: {}}
    stages: [{iterations: 1}]
    misfit: {l2: {}}
    optimizer: {lbfgs: {}}
    storage: {all: {}}
    unknowns:
      vp: {free: {bounds: [1700, 2900]}}
      vs: {free: {bounds: [900, 1600]}}
      rho: {power_law: {}}
",
    );
}
