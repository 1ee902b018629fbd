//! Inversions of any parameter of any equation, through scenarios.

use std::path::Path;

use fwi::forward::Waves;
use fwi::inversion::{InverseProblem, StopReason};
use fwi::inversion_settings::InversionSettings;
use pde::{Dimension, System, systems};
use scenario::plan::Plan;
use scenario::simulate::simulate_to;
use survey::gathers::GatherFile;
use survey::parameter::Parameter;

use super::small_system::SmallSystem;
use super::support::{Deaf, root, succeed};

/// A start, a truth and bounds for every parameter of the catalogue.
pub(crate) fn values(name: &str) -> [f64; 4] {
    match name {
        "vp" => [2000.0, 2200.0, 1500.0, 2600.0],
        "vs" => [1000.0, 1100.0, 800.0, 1300.0],
        "rho" => [2000.0, 2200.0, 1500.0, 2600.0],
        "epsilon" => [0.2, 0.25, 0.15, 0.4],
        "delta" => [0.1, 0.05, 0.0, 0.15],
        "gamma" => [0.1, 0.2, 0.0, 0.4],
        "Q" => [40.0, 25.0, 10.0, 200.0],
        other => panic!("no values for {other}"),
    }
}

/// A small scenario of a system: a disc, sources on the left and receivers on the right.
pub(crate) fn scenario(system: &System, equation: &str, record: &str, engine: &str) -> String {
    SmallSystem::in_time(system, equation, record, engine).text()
}

/// Calls `then` with the inversion of a scenario, whose data are simulated.
pub(crate) fn with(text: &str, then: impl FnOnce(&InverseProblem, &InversionSettings)) {
    with_plan(text, |plan, problem| then(problem, &plan.inversions[0].settings));
}

/// The same with the plan.
pub(crate) fn with_plan(text: &str, then: impl FnOnce(&Plan, &InverseProblem)) {
    let folder = tempfile::tempdir().unwrap();
    let plan =
        Plan::from_text(text, &folder.path().join("small.yaml")).unwrap_or_else(|e| panic!("{e}\n{text}"));
    simulate_to(&plan, Path::new(&plan.data.path), &mut |_, _| ()).unwrap();
    let data = plan.observed().unwrap().unwrap();
    let waves = Waves::new(&plan.waves, plan.order, &data).unwrap();
    let start = plan.system().unwrap().start(&plan.grid).unwrap();
    let problem = InverseProblem {
        grid: plan.grid,
        output: plan.grid,
        survey: data.survey().clone(),
        waves,
        background: &|_| f64::NAN,
        start,
        uniform: None,
    };
    then(&plan, &problem);
}

pub(crate) fn two_dimensional() -> Vec<System> {
    systems().iter().filter_map(|row| (row.declare)(Dimension::Two)).collect()
}

pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// For every equation of the catalogue and each of its parameters: the derivative of the misfit along a bump of the parameter is
/// that of central differences, of all unknowns recorded, whatever their units and places. Traces are in single precision.
#[test]
fn gradients_of_every_parameter() {
    for system in two_dimensional() {
        let record: Vec<&str> = system.unknowns.iter().map(|unknown| unknown.name.as_str()).collect();
        let text = scenario(&system, &system.name, &record.join(", "), "spacing: 10, refine: 2");
        with(&text, |problem, settings| {
            let misfit = problem.waves.as_dyn().data_misfit(problem, settings, &settings.stages[0]).unwrap();
            let m = settings.medium(&problem.start).starting_variables();
            let gradient = misfit.evaluate(&m, 0).unwrap().gradient;
            let nodes = problem.grid.len();
            for (k, unknown) in settings.unknowns.iter().enumerate() {
                let shape = |[x, z]: [f64; 2]| (-((x - 150.0).powi(2) + (z - 190.0).powi(2)) / 3e3).exp();
                let mut direction = vec![0.0; m.len()];
                for (node, point) in problem.grid.points().enumerate() {
                    direction[k * nodes + node] = m[k * nodes + node] * shape(point);
                }
                let at = |t: f64| {
                    let moved: Vec<f64> = m.iter().zip(&direction).map(|(m, d)| m + t * d).collect();
                    misfit.evaluate(&moved, 0).unwrap().misfit
                };
                let t = 1e-2;
                let found = (8.0 * (at(t) - at(-t)) - (at(2.0 * t) - at(-2.0 * t))) / (12.0 * t);
                let slope = dot(&gradient, &direction);
                let (name, of) = (&system.name, &unknown.quantity.name);
                println!("{name} {of}: {found:e} {slope:e}, misfit {:e}", at(0.0));
                assert!(
                    (found / slope - 1.0).abs() < 1e-2,
                    "{name} {of}: {found:e}, by the gradient {slope:e}"
                );
            }
        });
    }
}

/// Gauss-Newton products of every equation are symmetric and not negative, over all parameters together.
#[test]
fn gauss_newton_of_every_equation() {
    for system in two_dimensional() {
        let record = &system.unknowns[0].name;
        let text = scenario(&system, &system.name, record, "refine: 2");
        with(&text, |problem, settings| {
            let misfit = problem.waves.as_dyn().data_misfit(problem, settings, &settings.stages[0]).unwrap();
            let m = settings.medium(&problem.start).starting_variables();
            let wave = |f: f64| -> Vec<f64> {
                m.iter().enumerate().map(|(i, m)| m * (f * (i * i % 977) as f64).sin()).collect()
            };
            let (a, b) = (wave(0.37), wave(0.11));
            let of = |v: &[f64]| misfit.gauss_newton(&m, 0, v).unwrap().0;
            let (pa, pb) = (of(&a), of(&b));
            let size = (dot(&pa, &a) * dot(&pb, &b)).sqrt();
            assert!(dot(&pa, &a) > 0.0 && dot(&pb, &b) > 0.0, "{}", system.name);
            let apart = (dot(&pa, &b) - dot(&pb, &a)).abs() / size;
            assert!(apart < 1e-3, "{}: {apart:e}", system.name);
        });
    }
}

/// An equation that is typed has the traces of the catalogue's, bit for bit.
#[test]
fn typed_equations_are_those_of_the_catalogue() {
    for system in two_dimensional() {
        let record: Vec<&str> = system.unknowns.iter().map(|unknown| unknown.name.as_str()).collect();
        let traces = |equation: &str| {
            let folder = tempfile::tempdir().unwrap();
            let text = scenario(&system, equation, &record.join(", "), "refine: 2");
            let plan = Plan::from_text(&text, &folder.path().join("small.yaml")).unwrap();
            simulate_to(&plan, &plan.data.path, &mut |_, _| ()).unwrap();
            let file = GatherFile::open(&plan.data.path).unwrap();
            let fields: Vec<String> = file.header.fields.iter().map(|field| field.name.clone()).collect();
            let shots: Vec<Vec<f32>> = (0..2).map(|shot| file.read(shot).unwrap()).collect();
            (fields, shots)
        };
        let (typed, row) = (traces(&system.to_string()), traces(&system.name));
        assert_eq!(typed, row, "{}", system.name);
        assert!(row.1[0].iter().any(|v| *v != 0.0));
    }
}

/// The errors of the parameters of an inversion over those of the start, from the files of a run of a scenario in `scenarios/`.
pub(super) fn errors_of(scenario: &str, inversion: &str) -> Vec<(String, f64)> {
    let here = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(root().join(format!("scenarios/{scenario}.yaml"))).unwrap();
    let file = here.path().join(format!("{scenario}.yaml"));
    std::fs::write(&file, text.replace("../data/", "")).unwrap();
    succeed(here.path(), &["run", &file.to_string_lossy(), "-o", "run", "--only", inversion, "-q"]);
    let read = |name: &str| Parameter::read_all(&here.path().join("run").join(name)).unwrap();
    let (truth, start, found) = (read("true.h5"), read("initial.h5"), read(&format!("{inversion}/model.h5")));
    let mut errors = Vec::new();
    for truth in &truth {
        let of = |all: &[Parameter]| {
            let model = &all.iter().find(|of| of.quantity == truth.quantity).unwrap().model;
            fwi::metrics::velocity_relative_l2(model, &truth.model)
        };
        let (Some(start), Some(found)) = (of(&start), of(&found)) else { continue };
        if start > 0.0 {
            errors.push((truth.quantity.name.clone(), found / start));
        }
    }
    println!("{scenario}, {inversion}: {errors:?}");
    errors
}

/// An inversion that cannot take a step says why: there is nothing to improve, or every step leads to a medium that the equation does
/// not take. Data of the same grid and step as the inversion leave no misfit.
#[test]
fn inversions_say_why_they_stop() {
    let system = two_dimensional().into_iter().find(|system| system.name == "acoustic_vti").unwrap();
    let text = scenario(&system, &system.name, "p", "spacing: 20, order: 4");
    let stopped = |text: &str| {
        let mut found = None;
        with_plan(text, |plan, problem| {
            let inversion = &plan.inversions[0];
            let solution = inversion.method.as_dyn().invert(problem, &inversion.settings, &mut Deaf).unwrap();
            found = Some((solution.stopped, solution.iterations));
        });
        found.unwrap()
    };
    let mut perfect = text.clone();
    for (start, truth) in [("2000", "2200"), ("0.2", "0.25"), ("0.1", "0.05")] {
        perfect = perfect.replace(
            &format!("background: {start}, value: {truth}"),
            &format!("background: {start}, value: {start}"),
        );
    }
    assert_eq!(stopped(&perfect), (StopReason::NoDescent, 0));
    // Epsilon may not be less than delta. They begin equal, only delta is free, and the data ask for more of it.
    let edge: String = text
        .replace("initial: {uniform: {value: 0.2}}", "initial: {uniform: {value: 0.1}}")
        .replace("background: 0.1, value: 0.05", "background: 0.1, value: 0.14")
        .lines()
        .filter(|line| !line.starts_with("      vp: {free") && !line.starts_with("      epsilon: {free"))
        .map(|line| format!("{line}\n"))
        .collect();
    assert_eq!(stopped(&edge), (StopReason::ImpossibleMedium, 0));
}

/// Velocity and quality factor: each error at most half of the start's; without the quality factor the velocity gets worse.
#[test]
fn attenuation_is_found() {
    let both = errors_of("viscoacoustic", "grid");
    assert!(both.iter().all(|(_, error)| *error < 0.5) && both.len() == 2, "{both:?}");
    let alone = errors_of("viscoacoustic", "velocity-alone");
    assert!(alone[0].1 > 2.0 * both[0].1, "{alone:?}");
}

/// The damping of a typed equation is found, and the velocity with it.
#[test]
fn damping_is_found() {
    let errors = errors_of("damped", "grid");
    let of = |name: &str| errors.iter().find(|(other, _)| other == name).unwrap().1;
    assert!(of("damping") < 0.5 && of("c") < 0.9, "{errors:?}");
}

/// Velocity and anisotropy of a body.
#[test]
fn anisotropy_is_found() {
    let errors = errors_of("vti", "grid");
    assert!(errors.iter().all(|(_, error)| *error < 0.7) && errors.len() == 2, "{errors:?}");
}
