//! Inversions of any parameter of any equation at frequencies, through scenarios.

use std::f64::consts::TAU;

use fd::Complex64;
use fwi::forward::{Waves, at_frequencies};
use fwi::inversion::InverseProblem;
use fwi::inversion_settings::InversionSettings;
use fwi::waves_plan::WavesPlan;
use pde::System;
use scenario::plan::Plan;
use scenario::simulate::{simulate, simulate_to};
use survey::dataset::Dataset;
use survey::gathers::GatherFile;

use super::any_physics::{dot, errors_of, two_dimensional, with_plan};
use super::small_system::SmallSystem;

/// The case of a system at two frequencies.
fn at_two<'a>(system: &'a System, record: &'a str) -> SmallSystem<'a> {
    SmallSystem {
        when: "    frequencies: [3, 5]",
        source: ", strength: [2, 1]",
        storage: "",
        ..SmallSystem::in_time(system, &system.name, record, "spacing: 10, order: 2")
    }
}

/// Calls `then` with the inversion of a case, whose data are simulated.
fn with(case: &SmallSystem, then: impl FnOnce(&Plan, &InverseProblem, &InversionSettings)) {
    with_plan(&case.text(), |plan, problem| then(plan, problem, &plan.inversions[0].settings));
}

fn all_unknowns(system: &System) -> String {
    system.unknowns.iter().map(|unknown| unknown.name.as_str()).collect::<Vec<_>>().join(", ")
}

/// A change of the variables of one unknown: a bump beside the middle.
fn bump(problem: &InverseProblem, m: &[f64], unknown: usize) -> Vec<f64> {
    let nodes = problem.grid.len();
    let shape = |[x, z]: [f64; 2]| (-((x - 150.0).powi(2) + (z - 190.0).powi(2)) / 3e3).exp();
    let mut direction = vec![0.0; m.len()];
    for (node, point) in problem.grid.points().enumerate() {
        direction[unknown * nodes + node] = m[unknown * nodes + node] * shape(point);
    }
    direction
}

fn moved(m: &[f64], direction: &[f64], t: f64) -> Vec<f64> {
    m.iter().zip(direction).map(|(m, d)| m + t * d).collect()
}

/// For every equation of the catalogue and each of its parameters: the derivative of the misfit along a bump of the parameter is
/// that of central differences, of all unknowns recorded, whatever their units and places. Differences of fourth order with this
/// step have an error below 1e-6 of the slope.
#[test]
fn gradients_of_every_parameter() {
    for system in two_dimensional() {
        with(&at_two(&system, &all_unknowns(&system)), |_, problem, settings| {
            let misfit = problem.waves.as_dyn().data_misfit(problem, settings, &settings.stages[0]).unwrap();
            let m = settings.medium(&problem.start).starting_variables();
            let gradient = misfit.evaluate(&m, 0).unwrap().gradient;
            for (k, unknown) in settings.unknowns.iter().enumerate() {
                let direction = bump(problem, &m, k);
                let at = |t: f64| misfit.evaluate(&moved(&m, &direction, t), 0).unwrap().misfit;
                let t = 1e-3;
                let found = (8.0 * (at(t) - at(-t)) - (at(2.0 * t) - at(-2.0 * t))) / (12.0 * t);
                let slope = dot(&gradient, &direction);
                let (name, of) = (&system.name, &unknown.quantity.name);
                println!("{name} {of}: {found:e} {slope:e}, misfit {:e}", at(0.0));
                assert!(
                    (found / slope - 1.0).abs() < 1e-5,
                    "{name} {of}: {found:e}, by the gradient {slope:e}"
                );
            }
        });
    }
}

/// The strength of the sources that the misfit `free_source` is computed with changes neither misfit nor gradient, of any equation, and
/// the gradient is the derivative; least squares, for comparison, depends on the strength.
#[test]
fn the_strength_of_sources_is_free() {
    for system in two_dimensional() {
        let text = at_two(&system, &all_unknowns(&system)).text();
        let evaluated = |misfit: &str, factor: Complex64, differences: bool| {
            let mut found = None;
            with_plan(&text.replace("misfit: {l2: {}}", misfit), |plan, problem| {
                let settings = &plan.inversions[0].settings;
                let mut survey = problem.survey.clone();
                survey.strength *= factor;
                let problem = InverseProblem {
                    grid: problem.grid,
                    output: problem.output,
                    survey,
                    waves: problem.waves.clone(),
                    background: problem.background,
                    start: problem.start.clone(),
                    uniform: None,
                };
                let objective =
                    problem.waves.as_dyn().data_misfit(&problem, settings, &settings.stages[0]).unwrap();
                let m = settings.medium(&problem.start).starting_variables();
                let value = objective.evaluate(&m, 0).unwrap();
                let direction = bump(&problem, &m, 0);
                let at = |t: f64| objective.evaluate(&moved(&m, &direction, t), 0).unwrap().misfit;
                let t = 1e-3;
                let slope =
                    differences.then(|| (8.0 * (at(t) - at(-t)) - (at(2.0 * t) - at(-2.0 * t))) / (12.0 * t));
                found = Some(([value.misfit, value.relative, dot(&value.gradient, &direction)], slope));
            });
            found.unwrap()
        };
        let (name, factor) = (&system.name, Complex64::new(-0.3, 1.7));
        let free_source = "misfit: {free_source: {}}";
        let (free, slope) = evaluated(free_source, Complex64::ONE, true);
        let (other, _) = evaluated(free_source, factor, false);
        assert!(
            free.iter().zip(other).all(|(a, b)| (a / b - 1.0).abs() < 1e-9),
            "{name}: {free:?} {other:?}"
        );
        assert!((free[2] / slope.unwrap() - 1.0).abs() < 1e-5, "{name}: {free:?} {slope:?}");
        let [fixed, strong] =
            [Complex64::ONE, factor].map(|factor| evaluated("misfit: {l2: {}}", factor, false).0[0]);
        assert!(free[0] <= fixed && (strong / fixed - 1.0).abs() > 0.1, "{name}: {free:?} {fixed} {strong}");
    }
}

/// The data of variables, weighed as the misfit of the inversion weighs them and divided by the norm of those observed at their
/// frequency: `[frequency][shot, trace]`.
fn weighed(plan: &Plan, problem: &InverseProblem, settings: &InversionSettings, m: &[f64]) -> Vec<Complex64> {
    let (WavesPlan::AtFrequencies(waves), Waves::AtFrequencies(of)) = (&plan.waves, &problem.waves) else {
        panic!("at frequencies")
    };
    let medium = settings.medium(&problem.start).parameters(m);
    let receivers = problem.survey.receivers.count();
    let scaled = |data: &[Complex64]| -> Vec<Complex64> {
        let weights = of.field_weights.iter().cycle();
        data.chunks(receivers).zip(weights).flat_map(|(data, w)| data.iter().map(move |d| d * w)).collect()
    };
    let mut all = Vec::new();
    let count = of.observed.len() / waves.frequencies.len();
    for (frequency, observed) in waves.frequencies.iter().zip(of.observed.chunks(count)) {
        let norm = scaled(observed).iter().map(Complex64::norm_sqr).sum::<f64>().sqrt();
        let grid = (&plan.grid, plan.order);
        let data = at_frequencies::record(waves, grid, *frequency, &medium, &problem.survey).unwrap();
        all.extend(scaled(&data).into_iter().map(|d| d / norm));
    }
    all
}

/// Gauss-Newton products of every equation are symmetric, and those of least squares are `J^T J`, with the derivative J of the data
/// by central differences. These have an error of about 1e-6.
#[test]
fn gauss_newton_of_every_equation() {
    for system in two_dimensional() {
        with(&at_two(&system, &all_unknowns(&system)), |plan, problem, settings| {
            let misfit = problem.waves.as_dyn().data_misfit(problem, settings, &settings.stages[0]).unwrap();
            let m = settings.medium(&problem.start).starting_variables();
            let directions: Vec<Vec<f64>> =
                (0..settings.unknowns.len()).map(|k| bump(problem, &m, k)).collect();
            let products: Vec<Vec<f64>> =
                directions.iter().map(|direction| misfit.gauss_newton(&m, 0, direction).unwrap().0).collect();
            let t = 1e-4;
            let change = |direction: &Vec<f64>| -> Vec<Complex64> {
                let of = |t: f64| weighed(plan, problem, settings, &moved(&m, direction, t));
                of(t).iter().zip(of(-t)).map(|(up, down)| (up - down) / (2.0 * t)).collect()
            };
            let changes: Vec<Vec<Complex64>> = directions.iter().map(change).collect();
            for (a, product) in products.iter().enumerate() {
                for (b, direction) in directions.iter().enumerate() {
                    let found = dot(product, direction);
                    let expected: f64 =
                        changes[a].iter().zip(&changes[b]).map(|(a, b)| (a.conj() * b).re).sum();
                    let size = (dot(&products[a], &directions[a]) * dot(&products[b], direction)).sqrt();
                    let mirrored = dot(&products[b], &directions[a]);
                    let name = &system.name;
                    println!("{name} {a} {b}: {found:e} {expected:e} {mirrored:e}");
                    assert!((found - mirrored).abs() < 1e-8 * size, "{name} {a} {b}: {found:e} {mirrored:e}");
                    assert!((found - expected).abs() < 1e-5 * size, "{name} {a} {b}: {found:e} {expected:e}");
                }
            }
        });
    }
}

/// An equation that is typed has the data of the catalogue's, bit for bit, also when they are read back from their file.
#[test]
fn typed_equations_are_those_of_the_catalogue() {
    for system in two_dimensional() {
        let record = all_unknowns(&system);
        let data = |equation: &str| {
            let folder = tempfile::tempdir().unwrap();
            let plan = SmallSystem { equation, ..at_two(&system, &record) }.plan(folder.path());
            simulate_to(&plan, &plan.data.path, &mut |_, _| ()).unwrap();
            let names: Vec<String> = system.unknowns.iter().map(|unknown| unknown.name.clone()).collect();
            let data = Dataset::read_fields(&plan.data.path, &names).unwrap();
            assert!(data.values == simulate(&plan).unwrap().values);
            data.values
        };
        let (typed, row) = (data(&system.to_string()), data(&system.name));
        assert!(typed == row, "{}", system.name);
        assert!(row.iter().any(|v| *v != Complex64::ZERO));
    }
}

/// For every equation: the spectra of the traces of a scenario in time over the spectrum of its wavelet are the data of the same
/// scenario at frequencies for a strength of 1, within 1e-3 of the largest of a field, with no factor removed. Layers are thick, as
/// those in time are tuned to another frequency; the error of a step of 0.5 ms is `(omega dt)^2 / 24` of the phase, below 1e-4.
#[test]
fn traces_have_the_spectra_of_the_data() {
    const STEP: f64 = 5e-4;
    const FREQUENCIES: [f64; 2] = [4.0, 6.0];
    for system in two_dimensional() {
        let record = all_unknowns(&system);
        let grid = "x: [0, 400], z: [0, 400], spacing: 20, order: 4, boundary: {cpml: {cells: 30}}";
        // Shear waves of the acoustic VTI equations are slow.
        let duration = if system.name == "acoustic_vti" { 8.0 } else { 2.5 };
        let when = format!("    duration: {duration}\n    step: {STEP}");
        let in_time = SmallSystem {
            when: &when,
            grid,
            source: ", wavelet: {ricker: {frequency: 5}}",
            engine: "",
            ..at_two(&system, &record)
        };
        let folder = tempfile::tempdir().unwrap();
        let plan = in_time.plan(folder.path());
        simulate_to(&plan, &plan.data.path, &mut |_, _| ()).unwrap();
        let file = GatherFile::open(&plan.data.path).unwrap();
        let names: Vec<&str> = system.unknowns.iter().map(|unknown| unknown.name.as_str()).collect();
        let file = file.with_fields(&names).unwrap();
        let WavesPlan::Transient(waves) = &plan.waves else { panic!("in time") };
        let spectrum = |samples: &mut dyn Iterator<Item = f64>, frequency: f64| -> Complex64 {
            let at = |(n, s): (usize, f64)| s * Complex64::cis(-TAU * frequency * n as f64 * STEP);
            samples.enumerate().map(at).sum::<Complex64>() * STEP
        };
        let at_frequencies = SmallSystem {
            when: "    frequencies: [4, 6]",
            grid,
            source: "",
            engine: "",
            ..at_two(&system, &record)
        };
        let data = simulate(&at_frequencies.plan(folder.path())).unwrap();
        let receivers = data.survey.receivers.count();
        for (k, frequency) in FREQUENCIES.into_iter().enumerate() {
            let wavelet = spectrum(&mut waves.source.of(0).iter().copied(), frequency);
            for (field, unknown) in system.unknowns.iter().enumerate() {
                let (mut apart, mut size) = (0.0_f64, 0.0_f64);
                for shot in 0..2 {
                    let traces = file.read(shot).unwrap();
                    for receiver in 0..receivers {
                        let trace = field * receivers + receiver;
                        let samples = &traces[trace * waves.samples..(trace + 1) * waves.samples];
                        let expected =
                            spectrum(&mut samples.iter().map(|v| f64::from(*v)), frequency) / wavelet;
                        let found = data.at(k, shot, trace);
                        apart = apart.max((found - expected).norm());
                        size = size.max(expected.norm());
                    }
                }
                let name = format!("{} {} {frequency} Hz", system.name, unknown.name);
                println!("{name}: {:.1e}", apart / size);
                assert!(size > 0.0 && apart < 1e-3 * size, "{name}: {:e}", apart / size);
            }
        }
    }
}

/// Velocity and quality factor from waves at frequencies: the error of Q at most half of the start's; without the quality factor
/// the velocity gets worse.
#[test]
fn attenuation_is_found() {
    let both = errors_of("viscoacoustic-frequencies", "grid");
    let of = |name: &str| both.iter().find(|(other, _)| other == name).unwrap().1;
    assert!(of("Q") < 0.5 && of("vp") < 0.25 && both.len() == 2, "{both:?}");
    let alone = errors_of("viscoacoustic-frequencies", "velocity-alone");
    assert!(alone[0].1 > 2.0 * of("vp"), "{alone:?}");
}

/// Both velocities of a body from elastic waves at frequencies, and the density that follows one of them: each error less than half
/// of the start's.
#[test]
fn elastic_parameters_are_found() {
    let errors = errors_of("elastic-frequencies", "grid");
    assert!(errors.iter().all(|(_, error)| *error < 0.5) && errors.len() == 3, "{errors:?}");
}
