//! Volumes and lines through scenarios: every equation that exists there, inverted for each of its parameters.

use std::path::Path;

use fd::Point;
use pde::{Dimension, System, systems};
use scenario::plan::Plan;
use scenario::simulate::simulate_to;
use survey::observed::Observed;

use super::any_physics::with;
use super::small_system::SmallSystem;

/// A grid with its survey: sources on the left, receivers on the right; the body is in the middle.
fn places(dimension: Dimension) -> [&'static str; 4] {
    match dimension {
        Dimension::One => [
            "x: [0, 400]",
            "[[60], [100]]",
            "[[300], [340]]",
            "disc: {background: START, value: TRUTH, centre: [200, 0], radius: 70}",
        ],
        Dimension::Two => unreachable!("sections have tests of their own"),
        Dimension::Three => [
            "x: [0, 240], y: [0, 200], z: [0, 220]",
            "[[40, 100, 120]]",
            "{area: {x: [200, 200], y: [60, 160], z: 140, counts: [1, 4]}}",
            "ball: {background: START, value: TRUTH, centre: [120, 90, 110], radius: 60}",
        ],
    }
}

/// A scenario of a system in a dimension.
fn scenario(system: &System, dimension: Dimension) -> String {
    let [grid, sources, receivers, body] = places(dimension);
    let record: Vec<&str> = system.unknowns.iter().map(|unknown| unknown.name.as_str()).collect();
    let (record, grid) =
        (record.join(", "), format!("{grid}, spacing: 20, order: 4, boundary: {{cpml: {{cells: 6}}}}"));
    SmallSystem {
        when: "    duration: 0.56\n    step: 0.002\n    interval: 0.004",
        grid: &grid,
        sources,
        receivers,
        body,
        source: ", wavelet: {ricker: {frequency: 5}}",
        storage: "    storage: {checkpoints: {megabytes: 40}}\n",
        ..SmallSystem::in_time(system, &system.name, &record, "refine: 2")
    }
    .text()
}

/// For every equation of the catalogue in one and three dimensions and each of its parameters: the derivative of the misfit along
/// a bump is that of differences. Traces are in single precision, and wavefields are computed again from checkpoints.
#[test]
fn gradients_on_lines_and_in_volumes() {
    let mut counts = [0; 2];
    for (k, dimension) in [Dimension::One, Dimension::Three].into_iter().enumerate() {
        for system in systems().iter().filter_map(|row| (row.declare)(dimension)) {
            counts[k] += 1;
            with(&scenario(&system, dimension), |problem, settings| {
                let misfit =
                    problem.waves.as_dyn().data_misfit(problem, settings, &settings.stages[0]).unwrap();
                let m = settings.medium(&problem.start).starting_variables();
                let start = misfit.evaluate(&m, 0).unwrap();
                let (misfit_of_start, gradient) = (start.misfit, start.gradient);
                let nodes = problem.grid.len();
                for (k, unknown) in settings.unknowns.iter().enumerate() {
                    // Off the middle, so that no part of it vanishes by symmetry.
                    let centre = problem.grid.node(nodes / 2).map(|v| 0.9 * v);
                    let shape = |at: Point| (-at.distance(&centre).powi(2) / 3e3).exp();
                    let mut direction = vec![0.0; m.len()];
                    for (node, at) in problem.grid.nodes().enumerate() {
                        direction[k * nodes + node] = m[k * nodes + node] * shape(at);
                    }
                    let at = |t: f64| {
                        let moved: Vec<f64> = m.iter().zip(&direction).map(|(m, d)| m + t * d).collect();
                        misfit.evaluate(&moved, 0).unwrap().misfit
                    };
                    let t = 5e-3;
                    let found = (at(t) - at(-t)) / (2.0 * t);
                    let slope: f64 = gradient.iter().zip(&direction).map(|(g, d)| g * d).sum();
                    let (name, of) = (&system.name, &unknown.quantity.name);
                    let case = format!("{name} {dimension:?} {of}: {found:e}, by the gradient {slope:e}");
                    println!("{case}, misfit {misfit_of_start:e}");
                    // The slow waves of the VTI system have large data of their own, whose rounding is left; so it is of a
                    // parameter that waves along the only axis do not see.
                    let rounding = if name == "acoustic_vti" { 2e-3 } else { 1e-4 };
                    let allowed = 1e-2 * slope.abs() + rounding * misfit_of_start;
                    assert!((found - slope).abs() < allowed, "{case}");
                }
            });
        }
    }
    println!("{counts:?} equations");
    assert!(counts.iter().all(|count| *count >= 2), "{counts:?}");
}

/// In a volume that is the same along y, the sum of the traces of receivers along y, times their distance, is the trace of a
/// section, whose source is a line: within 0.2 % of the largest sample.
#[test]
fn a_line_of_receivers_in_a_volume_is_a_receiver_of_a_section() {
    let physics = "schema: 1\nname: small\nphysics: {acoustic: {duration: 0.36, step: 0.002}}\n";
    let rest = "\n  source: {wavelet: {ricker: {frequency: 8}}}\ndata:\n  file: small.h5\n  simulate: {engine: {finite_differences: \
                {}}}\ninversions:\n  - name: grid\n    method: {grid: {}}\n    stages: [{iterations: 1}]\n    misfit: {l2: {}}\n    \
                optimizer: {lbfgs: {}}\n    storage: {all: {}}\n    bounds: [1500, 2400]\n";
    let model = "model:\n  truth: {disc: {background: 2000, velocity: 2300, centre: [150, 160], radius: 60}}\n  initial: {uniform: \
                 {velocity: 2000}}\n";
    // The traces of two places, each the sum over its receivers.
    let traces = |grid: &str, survey: &str| -> Vec<f64> {
        let folder = tempfile::tempdir().unwrap();
        let text = format!(
            "{physics}grid: {{{grid}, spacing: 10, order: 4, boundary: {{cpml: {{cells: 10}}}}}}\n{model}survey:\n{survey}{rest}"
        );
        let plan = Plan::from_text(&text, &folder.path().join("small.yaml"))
            .unwrap_or_else(|e| panic!("{e}\n{text}"));
        simulate_to(&plan, Path::new(&plan.data.path), &mut |_, _| ()).unwrap();
        let Some(Observed::Times(file)) = plan.observed().unwrap() else { panic!("times") };
        let (samples, all) = (file.header.samples, file.read(0).unwrap());
        let sum = |half: &[f32]| -> Vec<f64> {
            (0..samples).map(|n| half.chunks(samples).map(|trace| f64::from(trace[n])).sum()).collect()
        };
        all.chunks(all.len() / 2).flat_map(sum).collect()
    };
    let section =
        traces("x: [0, 300], z: [0, 300]", "  sources: [[60, 60]]\n  receivers: [[240, 220], [60, 240]]");
    let volume = traces(
        "x: [0, 300], y: [-700, 700], z: [0, 300]",
        "  sources: [[60, 0, 60]]\n  receivers:\n    lines:\n      - {from: [240, -690, 220], to: [240, 690, 220], count: 139}\n      \
         - {from: [60, -690, 240], to: [60, 690, 240], count: 139}",
    );
    let largest = section.iter().fold(0.0_f64, |a, v| a.max(v.abs()));
    let apart = section.iter().zip(&volume).map(|(s, v)| (s - 10.0 * v).abs()).fold(0.0, f64::max);
    println!("{} of {largest:e}", apart / largest);
    assert!(apart < 0.002 * largest, "{} of {largest:e}", apart / largest);
}
