//! Any number of ranks and threads finds the same models to the bit.

use std::collections::BTreeMap;
use std::path::Path;

use studies::spine::Summary;
use survey::dataset::Dataset;
use survey::model::Model;

use super::{mpirun, ranks, said};
use crate::support::{read, succeed};

/// `quick-time.yaml`, shorter, with inversions that use shots in turn, encoded, and all at once.
pub(super) fn scenario() -> String {
    let text = read("scenarios/quick-time.yaml");
    let (start, inversions) = text.split_once("inversions:\n").unwrap();
    let start = start.replace("../data/quick-time.h5", "data.h5").replace("../docs", "docs");
    let (grid, rest) = inversions.split_once("  - name: implicit\n").unwrap();
    let (implicit, _) = rest.split_once("  # Wavefield and velocity as networks.").unwrap();
    let grid = grid.replace("iterations: 4", "iterations: 2").replace("iterations: 6", "iterations: 3");
    let implicit = implicit.replace("iterations: 60", "iterations: 8");
    let other = |name: &str, more: &str| {
        format!(
            "  - name: {name}\n    method: {{grid: {{}}}}\n    stages: [{{iterations: 4}}]\n    misfit: {{l2: {{}}}}\n    \
             bounds: [1700, 2700]\n    region: *region\n{more}"
        )
    };
    let turns = other("turns", "    optimizer: {adam: {learning_rate: 0.01}}\n    batch: {shots: 3}\n");
    let newton = other("newton", "    optimizer: {gauss_newton: {}}\n");
    format!("{start}inversions:\n{grid}{turns}{newton}  - name: implicit\n{implicit}")
}

/// Eight shots in time: all of them, encoded, in minibatches, with a network, and with the wavefield as a network in several forms.
fn eight_shots() -> String {
    let text = read("scenarios/quick-time.yaml");
    let (start, _) = text.split_once("inversions:\n").unwrap();
    let start = start
        .replace("../data/quick-time.h5", "data.h5")
        .replace("../docs", "docs")
        .replace("to: [355, 25], count: 4", "to: [355, 25], count: 8");
    let region = "{x: [120, 280], z: [120, 280]}";
    let of = |name: &str, method: &str, iterations: usize, optimizer: &str, more: &str| {
        format!(
            "  - name: {name}\n    method: {method}\n    stages: [{{iterations: {iterations}}}]\n    misfit: {{l2: {{}}}}\n    \
             optimizer: {optimizer}\n    bounds: [1700, 2700]\n    region: {region}\n{more}"
        )
    };
    let network = "{width: 16, layers: 2, w0_first: 12, w0_hidden: 1, output_scale: 0.1}";
    let velocity = format!("velocity: {{network: {network}}}");
    let joint =
        |residual: &str| format!("{{joint: {{residual: {residual}, wavefield: {network}, {velocity}}}}}");
    let adam = "{adam: {learning_rate: 0.01}}";
    let soap = "{soap: {learning_rate: 0.003}}";
    let strong = |from: &str| {
        format!(
            "{{strong: {{points: 800, pool: 2, regularizer_spacing: 10, data_from: {from}, \
                 loss: {{least_squares: {{weight: 1, edge_weight: 1}}}}}}}}"
        )
    };
    let inversions = [
        of("grid", "{grid: {}}", 5, "{lbfgs: {}}", ""),
        of("encoded", "{grid: {}}", 4, adam, "    source_encoding: {supershots: 3, redraw: 2}\n"),
        of("turns", "{grid: {}}", 4, adam, "    batch: {shots: 5}\n"),
        of("implicit", &format!("{{implicit: {{{velocity}}}}}"), 4, soap, ""),
        of("preconditioned", &joint("{preconditioned: {spacing: 10}}"), 4, soap, ""),
        of("strong", &joint(&strong("network")), 4, soap, ""),
        of("integral", &joint(&strong("integral")), 4, soap, ""),
    ];
    format!("{start}inversions:\n{}", inversions.concat())
}

/// Three frequencies of 18 shots, which are two groups: all methods of `helmholtz`. The data are simulated by finite differences.
const FREQUENCIES: &str = "\
schema: 1
name: frequencies
physics:
  helmholtz: {frequencies: [2, 2.5, 3.2]}
grid:
  x: [-800, 800]
  z: [-800, 800]
  spacing: 25
  boundary:
    pml: {thickness: 400}
model:
  truth:
    disc: {background: 1000, velocity: 1500, centre: [0, 0], radius: 100}
  initial:
    uniform: {velocity: 1000}
survey:
  sources:
    line: {from: [-250, -250], to: [250, -250], count: 18}
  receivers:
    lines:
      - {from: [-250, 250], to: [250, 250], count: 5}
data:
  file: data.h5
  simulate: {engine: {finite_differences: {spacing: 25, order: 4}}, noise: {relative: 0.01, seed: 1}}
inversions:
  - name: grid
    method: {grid: {}}
    stages: [{iterations: 4}]
    misfit: {l2: {}}
    optimizer: {lbfgs: {}}
    bounds: [500, 3000]
    region: &region {x: [-200, 200], z: [-200, 200]}
  - name: newton
    method: {grid: {}}
    stages: [{iterations: 2}]
    misfit: {l2: {}}
    optimizer: {gauss_newton: {}}
    bounds: [500, 3000]
    region: *region
  - name: reconstruction
    method: {wavefield_reconstruction: {}}
    stages: [{frequencies: [2, 2.5], iterations: 2}, {iterations: 3}]
    misfit: {l2: {}}
    optimizer: {lbfgs: {}}
    bounds: [500, 3000]
    region: *region
  - name: implicit
    method:
      implicit:
        velocity: &velocity
          network: {width: 12, layers: 2, w0_first: 8, w0_hidden: 1, output_scale: 0.1}
          output: {levels: {sharpness: [1, 10]}}
    stages: [{iterations: 3}]
    misfit: {l2: {}}
    optimizer: &soap {soap: {learning_rate: 3e-3}}
    bounds: [500, 3000]
    region: *region
  - name: strong
    method:
      joint:
        residual: {strong: {points: 512, pool: 3, regularizer_spacing: 20}}
        wavefield: &wavefield {width: 16, layers: 2, w0_first: 8, w0_hidden: 1, output_scale: 0.1}
        velocity: *velocity
    stages: [{iterations: 15}]
    misfit: {l2: {}}
    regularizers: [{total_variation: {weight: 1e-4}}]
    optimizer: *soap
    bounds: [500, 3000]
    region: *region
  - name: preconditioned
    method:
      joint:
        residual: {preconditioned: {spacing: 25}}
        wavefield: *wavefield
        velocity: *velocity
    stages: [{iterations: 15}]
    misfit: {l2: {}}
    regularizers: [{total_variation: {weight: 1e-4}}]
    optimizer: *soap
    bounds: [500, 3000]
    region: *region
";

pub(super) fn models(run: &Path) -> BTreeMap<String, Model> {
    let summary = Summary::read(&run.join("summary.json")).unwrap();
    let model = |name: &str| Model::read(&run.join(name).join("model.h5")).unwrap();
    summary.members.iter().map(|member| (member.name.clone(), model(&member.name))).collect()
}

/// 1 to 4 ranks with one or two threads find the same models to the bit; each writes one folder and says one table.
#[test]
fn any_number_of_ranks_finds_the_same_models() {
    if !mpirun() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    std::fs::write(here.join("quick.yaml"), scenario()).unwrap();
    succeed(here, &["run", "quick.yaml", "-o", "alone", "--quiet"]);
    let expected = models(&here.join("alone"));
    assert_eq!(expected.len(), 4);
    for (count, threads) in [(2, 1), (3, 2), (4, 1)] {
        let name = format!("of-{count}");
        let output = ranks(here, count, threads, &["run", "quick.yaml", "-o", &name, "--quiet"]);
        assert!(output.status.success(), "{count} ranks: {}", said(&output));
        let table = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(table.matches("report: ").count(), 1, "{table}");
        assert_eq!(models(&here.join(&name)), expected, "{count} ranks with {threads} threads");
    }
}

/// Eight ranks and three, with every method in time, find the models of one process. In an iteration of `grid` a rank sends and
/// receives less than four models in double precision.
#[test]
fn eight_ranks_in_time() {
    if !mpirun() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    std::fs::write(here.join("eight.yaml"), eight_shots()).unwrap();
    succeed(here, &["run", "eight.yaml", "-o", "alone", "--quiet"]);
    let expected = models(&here.join("alone"));
    assert_eq!(expected.len(), 7);
    let exchanged = |run: &str, member: &str| {
        let summary = Summary::read(&here.join(run).join("summary.json")).unwrap();
        summary.member(member).unwrap().value("exchanged_bytes")
    };
    assert_eq!(exchanged("alone", "grid"), None, "one process sends nothing");
    for (count, threads) in [(8, 1), (3, 2)] {
        let name = format!("of-{count}");
        let output = ranks(here, count, threads, &["run", "eight.yaml", "-o", &name, "--quiet"]);
        assert!(output.status.success(), "{count} ranks: {}", said(&output));
        for (member, model) in models(&here.join(&name)) {
            assert_eq!(model, expected[&member], "{member} on {count} ranks with {threads} threads");
        }
    }
    // 41 x 41 nodes in double precision.
    let models = exchanged("of-8", "grid").unwrap() / (8.0 * 41.0 * 41.0);
    assert!((1.0..4.0).contains(&models), "{models} models of bytes in an iteration");
    assert!(exchanged("of-8", "preconditioned").unwrap() > 0.0);
}

/// Two ranks and three share frequencies: of the simulation, and of every method. Five share the shots of a frequency too. Data and models
/// are those of one process.
#[test]
fn frequencies_over_ranks() {
    if !mpirun() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    std::fs::write(here.join("frequencies.yaml"), FREQUENCIES).unwrap();
    succeed(here, &["run", "frequencies.yaml", "-o", "alone", "--quiet"]);
    let expected = models(&here.join("alone"));
    assert_eq!(expected.len(), 6);
    let data = || Dataset::read(&here.join("data.h5")).unwrap().values;
    let simulated = data();
    for (count, threads) in [(2, 2), (3, 1), (5, 1)] {
        std::fs::remove_file(here.join("data.h5")).unwrap();
        let name = format!("of-{count}");
        let output = ranks(here, count, threads, &["run", "frequencies.yaml", "-o", &name, "--quiet"]);
        assert!(output.status.success(), "{count} ranks: {}", said(&output));
        assert_eq!(data(), simulated, "data of {count} ranks");
        for (member, model) in models(&here.join(&name)) {
            assert_eq!(model, expected[&member], "{member} on {count} ranks with {threads} threads");
        }
    }
}
