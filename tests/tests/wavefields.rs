//! Wavefields of a given velocity by sums of functions whose weights are solved for, by the command.

use std::fs;

use studies::spine::Summary;

use super::support::{fail, succeed};

/// The error of the only method of a scenario.
fn error(velocity: &str, source: &str, method: &str) -> f64 {
    let text = format!(
        "schema: 1\nname: case\nphysics:\n  helmholtz: {{frequencies: [3.1831]}}\n\
         grid:\n  x: [-800, 800]\n  z: [-800, 800]\n  spacing: 25\n  order: 4\n  boundary:\n    pml: {{thickness: 400, strength: 6}}\n\
         model:\n  truth: {{{velocity}}}\n  initial: {{uniform: {{velocity: 1000}}}}\n\
         survey:\n  sources: [[{source}, 0]]\n  source: {{strength: [1, 1], variance: 100}}\n\
         wavefields:\n  - name: found\n    method:\n      least_squares: {{{method}}}\n"
    );
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    fs::write(here.join("case.yaml"), text).unwrap();
    succeed(here, &["run", "case.yaml", "-o", "run", "--quiet"]);
    let summary = Summary::of_run(&here.join("run")).unwrap();
    summary.members[0].value("wavefield_relative_l2").unwrap()
}

/// A square whose field has corners: sums with its Newtonian potential within 1 % of finite differences, and smooth functions
/// alone ten times as far away.
#[test]
fn scattered_field_of_a_square() {
    let square = "rectangle: {background: 1000, velocity: 1600, x: [-150, 100], z: [-100, 150]}";
    let waves = "form: scattered, hidden: {plane_waves: {count: 1000, wavenumber: 4}}, layer_kinks: 100";
    let found = error(square, "-350", &format!("kinks: 150, {waves}"));
    assert!(found < 0.01, "{found}");
    let smooth = error(square, "-350", waves);
    assert!(smooth > 10.0 * found, "{smooth} {found}");
}

/// Receivers' data, simulated once and read again: fields are compared with them, and a weight brings them nearer.
#[test]
fn data_of_receivers_are_fitted() {
    let scenario = |weight: f64| {
        format!(
            "schema: 1\nname: case\nphysics:\n  helmholtz: {{frequencies: [1.5, 2]}}\n\
             grid:\n  x: [-800, 800]\n  z: [-800, 800]\n  spacing: 25\n  boundary:\n    pml: {{thickness: 400, strength: 6}}\n\
             model:\n  truth: {{disc: {{background: 1000, velocity: 2000, centre: [0, 0], radius: 100}}}}\n  initial: {{uniform: {{velocity: 1000}}}}\n\
             survey:\n  sources: [[-300, 0], [0, -300]]\n  receivers: {{line: {{from: [-300, 300], to: [300, 300], count: 7}}}}\n\
             data: {{file: data.h5, simulate: {{engine: {{exact: {{}}}}}}}}\n\
             wavefields:\n  - name: found\n    method:\n      least_squares: {{form: scattered, hidden: {{plane_waves: {{count: 300}}}}, layer_kinks: 40, equations: {{data_weight: {weight}}}}}\n"
        )
    };
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let misfit = |weight: f64| {
        fs::write(here.join("case.yaml"), scenario(weight)).unwrap();
        succeed(here, &["run", "case.yaml", "-o", "run", "--quiet"]);
        let summary = Summary::of_run(&here.join("run")).unwrap();
        summary.members[0].value("data_misfit_relative").unwrap()
    };
    let without = misfit(0.0);
    assert!(here.join("data.h5").exists());
    let with = misfit(10.0);
    assert!(without > 0.01 && with < 0.1 * without, "{without} {with}");
    // A file of another frequency is not this one's.
    fs::write(here.join("case.yaml"), scenario(1.0).replace("[1.5, 2]", "[1.5, 2.5]")).unwrap();
    let error = fail(here, &["run", "case.yaml", "-o", "run", "--quiet"], 2);
    assert!(error.contains("physics.helmholtz.frequencies[1]"), "{error}");
}

/// A Gaussian source in a uniform medium, the total field against the Hankel function: 700 waves reach 1 %, and without the
/// Gaussians around the source, which plane waves cannot make up for, the field is wrong by more than a tenth.
#[test]
fn total_field_of_a_source() {
    let (uniform, waves) =
        ("uniform: {velocity: 1000}", "hidden: {plane_waves: {count: 700}}, layer_kinks: 80");
    let found = error(uniform, "0", &format!("form: total, {waves}"));
    assert!(found < 0.01, "{found}");
    let without = error(uniform, "0", &format!("form: total, gaussians: 0, {waves}"));
    assert!(without > 0.1, "{without}");
}

/// The field that a disc scatters, against the series: with kinks at its outline within 2 %; smooth functions alone, whose
/// Laplacian cannot jump, are five times as far away.
#[test]
fn scattered_field_of_a_disc() {
    let disc = "disc: {background: 1000, velocity: 2000, centre: [0, 0], radius: 100}";
    let waves = "form: scattered, hidden: {plane_waves: {count: 1000, wavenumber: 4}}, layer_kinks: 100";
    let found = error(disc, "-350", &format!("kinks: 150, {waves}"));
    assert!(found < 0.02, "{found}");
    let smooth = error(disc, "-350", waves);
    assert!(smooth > 5.0 * found, "{smooth} {found}");
}

/// A medium whose density grows by 2.6 from top to bottom: a network of pressure and particle velocity is within 10 % of finite
/// differences on a finer grid, and coarser ones within 2 %.
#[test]
fn variable_density() {
    let scenario = "schema: 1\nname: case\nphysics:\n  helmholtz: {frequencies: [1.5], density: {gardner: {factor: 1.0e-3, exponent: 2}}}\n\
             grid:\n  x: [-1000, 1000]\n  z: [-1000, 1000]\n  spacing: 25\n  order: 4\n  boundary:\n    pml: {thickness: 500, strength: 5}\n\
             model:\n  truth: {gradient: {top: 800, bottom: 1300}}\n  initial: {uniform: {velocity: 1000}}\n\
             survey:\n  sources: [[-100, -150]]\n  source: {variance: 3600}\n\
             wavefields:\n  - name: differences\n    method: {finite_differences: {order: 2}}\n  \
             - name: network\n    method:\n      network:\n        form: total\n        \
             network: {width: 64, layers: 2, w0_first: 12, w0_hidden: 1, output_scale: 0.1}\n        \
             loss: {least_squares: {weight: 1}}\n        optimizer: {soap: {learning_rate: 5.0e-3}}\n        steps: 1500\n";
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    fs::write(here.join("case.yaml"), scenario).unwrap();
    succeed(here, &["run", "case.yaml", "-o", "run", "--quiet"]);
    let summary = Summary::of_run(&here.join("run")).unwrap();
    let [differences, network] =
        [0, 1].map(|member| summary.members[member].value("wavefield_relative_l2").unwrap());
    assert!(differences < 0.02 && network < 0.1, "{differences} {network}");
}

/// Attenuation that differs above and below, in a velocity that grows with depth: networks of the scattered field, alone and with a
/// density, are within 10 % of finite differences.
#[test]
fn attenuation() {
    let scenario = |medium: &str, truth: &str| {
        format!(
            "schema: 1\nname: case\nphysics:\n  helmholtz: {{frequencies: [1.5], {medium}}}\n\
             grid:\n  x: [-1000, 1000]\n  z: [-1000, 1000]\n  spacing: 25\n  order: 4\n  boundary:\n    pml: {{thickness: 500, strength: 5}}\n\
             model:\n  truth: {{{truth}}}\n  initial: {{uniform: {{velocity: 1000}}}}\n\
             survey:\n  sources: [[-100, -150]]\n  source: {{variance: 3600}}\nreference: {{spacing: 12.5}}\n\
             wavefields:\n  - name: network\n    method:\n      network:\n        form: scattered\n        \
             network: {{width: 64, layers: 2, w0_first: 12, w0_hidden: 1, output_scale: 0.1}}\n        \
             loss: {{least_squares: {{weight: 1}}}}\n        optimizer: {{soap: {{learning_rate: 5.0e-3}}}}\n        steps: 1000\n"
        )
    };
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let error = |medium: &str, truth: &str| {
        fs::write(here.join("case.yaml"), scenario(medium, truth)).unwrap();
        succeed(here, &["run", "case.yaml", "-o", "run", "--quiet"]);
        Summary::of_run(&here.join("run")).unwrap().members[0].value("wavefield_relative_l2").unwrap()
    };
    let quality = "attenuation: {quality: {layers: {tops: [200], values: [15, 30]}}}";
    let density = "density: {gardner: {factor: 1.0e-3, exponent: 1}}";
    let gradient = "gradient: {top: 850, bottom: 1150}";
    let alone = error(quality, gradient);
    let with_density = error(&format!("{quality}, {density}"), gradient);
    println!("attenuation {alone:.4}, with a density {with_density:.4}");
    assert!(alone < 0.1 && with_density < 0.1, "{alone} {with_density}");
}
