//! The processing of traces, the fit of the starting model and the calibration, through scenarios.

use std::path::Path;

use fwi::forward::transient::{Calibrate, NoGradient, StartingFit};
use fwi::forward::{Waves, background_slowness};
use fwi::inversion::InverseProblem;
use scenario::plan::Plan;
use scenario::simulate::simulate_to;
use survey::gathers::{GatherFile, Gathers};
use survey::wavelet::file::resample;

use super::gradients_in_time::{scenario, with_observed, with_problem_of};
use super::support::{fail, succeed};

const INVERSION: &str = "
  - name: grid
    method: {grid: {}}
    stages: [{band: {high: 25}, iterations: 2}]
    misfit: {l2: {}}
    optimizer: {lbfgs: {}}
    storage: {all: {}}
    bounds: [1500, 3000]
    region: {x: [40, 360], z: [60, 340]}
";

/// The small case with settings of the processing.
fn with_processing(processing: &str) -> String {
    scenario("2200", INVERSION).replace("data:\n", &format!("data:\n  processing: {processing}\n"))
}

/// Calls `then` with the problem of a scenario whose data are those of a disc of 2200 m/s, changed by `change`.
fn with_data<T>(
    text: &str,
    change: impl FnOnce(&mut Gathers),
    then: impl FnOnce(&Plan, &InverseProblem) -> T,
) -> T {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("small-time.yaml");
    let plain = Plan::from_text(&scenario("2200", INVERSION), &path).unwrap();
    simulate_to(&plain, Path::new(&plain.data.path), &mut |_, _| ()).unwrap();
    let file = GatherFile::open(&plain.data.path).unwrap();
    let traces = (0..2).flat_map(|shot| file.read(shot).unwrap()).collect();
    let mut data = Gathers { header: file.header.clone(), traces };
    drop(file);
    std::fs::remove_file(&plain.data.path).unwrap();
    change(&mut data);
    data.write(&plain.data.path).unwrap();
    // Data that somebody recorded, not those of the scenario.
    let text = text.replace("  simulate:\n    engine:\n      finite_differences: {}\n", "");
    let plan = Plan::from_text(&text, &path).unwrap_or_else(|error| panic!("{error}"));
    with_observed(&plan, |problem| then(&plan, problem))
}

/// Misfit and gradient of the stage in the starting model.
fn evaluated(plan: &Plan, problem: &InverseProblem) -> (f64, Vec<f64>) {
    let settings = &plan.inversions[0].settings;
    let objective = problem.waves.as_dyn().data_misfit(problem, settings, &settings.stages[0]).unwrap();
    let value = objective.evaluate(&background_slowness(problem, &problem.grid), 0).unwrap();
    (value.misfit, value.gradient)
}

/// Central differences along a bump are the inner product with the gradient, with each step that maps traces and with all of them.
/// Traces are in single precision, which leaves an error of 1e-3 of the slope.
#[test]
fn gradients_go_through_the_processing() {
    for processing in [
        "[{band_pass: {low: 5, high: 20}}]",
        "[{gain: {time: 1, offset: 0.5}}]",
        "[{balance: {}}]",
        "[{balance: {per: shot}}]",
        "[{mute: {top: {time: 0.1, velocity: 2500, taper: 0.05}}}]",
        "[{gain: {time: 2}}, {band_pass: {low: 5}}, {balance: {}}, {mute: {offset: [0, 420], offset_taper: 50}}, {kill: {receivers: [3]}}]",
    ] {
        with_data(
            &with_processing(processing),
            |_| (),
            |plan, problem| {
                let settings = &plan.inversions[0].settings;
                let objective =
                    problem.waves.as_dyn().data_misfit(problem, settings, &settings.stages[0]).unwrap();
                let m = background_slowness(problem, &problem.grid);
                let bump = |[x, z]: [f64; 2]| (-((x - 180.0).powi(2) + (z - 220.0).powi(2)) / 3e3).exp();
                let direction: Vec<f64> = problem.grid.points().zip(&m).map(|(p, m)| m * bump(p)).collect();
                let at = |t: f64| {
                    let moved: Vec<f64> = m.iter().zip(&direction).map(|(m, d)| m + t * d).collect();
                    objective.evaluate(&moved, 0).unwrap().misfit
                };
                let gradient = objective.evaluate(&m, 0).unwrap().gradient;
                let slope: f64 = gradient.iter().zip(&direction).map(|(g, d)| g * d).sum();
                let t = 2e-3;
                let found = (at(t) - at(-t)) / (2.0 * t);
                assert!((found - slope).abs() < 2e-3 * slope.abs(), "{processing}: {found} {slope}");
            },
        );
    }
}

/// Data with reversed, amplified or late traces, corrected, are those of before: the misfit is the same to the precision of the file.
#[test]
fn corrections_undo_what_the_receivers_did() {
    let (misfit, gradient) = with_data(&scenario("2200", INVERSION), |_| (), evaluated);
    let size = gradient.iter().map(|g| g.abs()).fold(0.0, f64::max);
    let same = |processing: &str, change: &dyn Fn(&mut Gathers), tolerance: f64| {
        let found = with_data(&with_processing(processing), change, evaluated);
        assert!((found.0 / misfit - 1.0).abs() < tolerance, "{processing}: {} {misfit}", found.0);
        let apart = gradient.iter().zip(&found.1).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(apart < tolerance * size, "{processing}: {apart:e} {size:e}");
    };
    let samples = |data: &Gathers| data.header.samples;
    let reverse = |data: &mut Gathers| {
        let n = samples(data);
        data.traces[8 * n + 2 * n..8 * n + 3 * n].iter_mut().for_each(|v| *v = -*v);
    };
    same("[{polarity: {traces: [{shot: 1, receivers: [2]}]}}]", &reverse, 1e-12);
    let respond = |data: &mut Gathers| {
        let (n, dt) = (samples(data), data.header.dt);
        let transform = survey::traces::Transform::new(n);
        for (trace, values) in data.traces.chunks_mut(n).enumerate() {
            let (gain, delay) = if trace % 8 == 1 { (3.0, 0.0031) } else { (1.0, 0.0) };
            let late =
                transform.advanced(&values.iter().map(|v| f64::from(*v)).collect::<Vec<_>>(), -delay, dt);
            values.iter_mut().zip(late).for_each(|(v, late)| *v = (gain * late) as f32);
        }
    };
    // What is shifted beyond the end of the record is lost.
    let response =
        "[{receiver_response: {gains: [1, 3, 1, 1, 1, 1, 1, 1], delays: [0, 0.0031, 0, 0, 0, 0, 0, 0]}}]";
    same(response, &respond, 2e-3);
    let finer = |data: &mut Gathers| {
        let (n, dt) = (samples(data), data.header.dt);
        let traces = data.traces.chunks(n).flat_map(|trace| {
            let trace: Vec<f64> = trace.iter().map(|v| f64::from(*v)).collect();
            resample(&trace, dt, 0.5 * dt, 2 * n)
        });
        data.traces = traces.map(|v| v as f32).collect();
        (data.header.samples, data.header.dt) = (2 * n, 0.5 * dt);
    };
    same("[{resample: {}}]", &finer, 2e-3);
    // A trace that is left out has no influence, whatever it holds.
    let killed = with_data(&with_processing("[{kill: {receivers: [5]}}]"), |_| (), evaluated);
    let noisy = |data: &mut Gathers| {
        let n = samples(data);
        for shot in 0..2 {
            data.traces[(8 * shot + 5) * n..(8 * shot + 6) * n].fill(1e6);
        }
    };
    assert_eq!(with_data(&with_processing("[{kill: {receivers: [5]}}]"), noisy, evaluated), killed);
    assert!((killed.0 - misfit).abs() > 1e-6 * misfit);
}

fn starting_fit(text: &str, change: impl FnOnce(&mut Gathers)) -> StartingFit {
    with_data(text, change, |plan, problem| {
        let Waves::Transient(waves) = &problem.waves else { panic!("waves in time") };
        let settings = &plan.inversions[0].settings;
        waves.starting_fit(problem, settings, &settings.stages[0]).unwrap()
    })
}

/// Data that are shifted by a known time: the median delay is its negative, the skipped traces are all or none, and the verdict of
/// the slope follows from a homogeneous change of velocity.
#[test]
fn skipped_cycles_are_counted() {
    let shifted = |time: f64| {
        move |data: &mut Gathers| {
            let (n, dt) = (data.header.samples, data.header.dt);
            let transform = survey::traces::Transform::new(n);
            for values in data.traces.chunks_mut(n) {
                let trace: Vec<f64> = values.iter().map(|v| f64::from(*v)).collect();
                let moved = transform.advanced(&trace, time, dt);
                values.iter_mut().zip(moved).for_each(|(v, moved)| *v = moved as f32);
            }
        }
    };
    let text = scenario("2200", INVERSION);
    let close = starting_fit(&text, |_| ());
    assert_eq!((close.shots, close.traces, close.unlike, close.late + close.early), (2, 16, 0, 0));
    assert!(close.delay.abs() < 0.01 && close.period > 0.05 && close.period < 0.12, "{close:?}");
    // The disc is fast, so the synthetic traces are late, and higher velocities fit better.
    assert!(close.slope.unwrap() < 0.0, "{close:?}");
    let late = starting_fit(&text, shifted(0.07));
    assert_eq!((late.late, late.early), (16, 0), "{late:?}");
    assert!((late.delay - close.delay - 0.07).abs() < 0.004, "{late:?}");
    assert_eq!(late.skipped(), 1.0, "{late:?}");
    // The delay over the time of the observed waves, which are 0.07 s early. The disc makes them a few hundredths earlier.
    let sources = [[105.0, 25.0], [295.0, 25.0]];
    let travelled =
        |[x, z]: [f64; 2], receiver: u32| (25.0 + 50.0 * f64::from(receiver) - x).hypot(375.0 - z) / 2000.0;
    let expected =
        sources.iter().flat_map(|source| (0..8).map(|r| 0.07 / (travelled(*source, r) - 0.07))).collect();
    let expected = survey::median::median(expected);
    assert!((late.relative_delay / expected - 1.0).abs() < 0.1, "{} {expected}", late.relative_delay);
    let early = starting_fit(&text, shifted(-0.06));
    assert_eq!((early.late, early.early), (0, 16), "{early:?}");
}

/// Without a derivative the fit says why.
#[test]
fn zero_gradients_have_a_reason() {
    with_problem_of(&scenario("2000", INVERSION), |plan, problem| {
        let settings = &plan.inversions[0].settings;
        let fit = |problem: &InverseProblem| {
            let Waves::Transient(waves) = &problem.waves else { panic!("waves in time") };
            waves.starting_fit(problem, settings, &settings.stages[0]).unwrap()
        };
        assert_eq!(fit(problem).slope, Err(NoGradient::Equal));
        // Waves that are much too slow are late on every trace.
        let slow = fit(&with_background(problem, &|_| 600.0, Some(600.0)));
        assert_eq!((slow.traces, slow.unlike + slow.late, slow.early), (16, 16, 0), "{slow:?}");
    });
}

/// The same problem with another starting model.
fn with_background<'a>(
    problem: &InverseProblem,
    background: &'a (dyn Fn(fd::Point) -> f64 + Sync),
    uniform: Option<f64>,
) -> InverseProblem<'a> {
    let (waves, survey) = (problem.waves.clone(), problem.survey.clone());
    InverseProblem {
        grid: problem.grid,
        output: problem.output,
        survey,
        waves,
        background,
        start: Vec::new(),
        uniform,
    }
}

/// Wavelets of each shot, gains and delays of each receiver come back from data of a known medium: gains to half a per cent, delays to 6 % of a
/// sample.
#[test]
fn calibration_finds_what_was_put_in() {
    let gains = [1.0, 2.0, 0.5, 1.3, -1.1, 0.8, 1.0, 0.0];
    let delays = [0.0, 0.0031, -0.002, 0.0, 0.001, 0.0, -0.0007, 0.0];
    let change = |data: &mut Gathers| {
        let (n, dt) = (data.header.samples, data.header.dt);
        let transform = survey::traces::Transform::new(n);
        for (trace, values) in data.traces.chunks_mut(n).enumerate() {
            let (shot, receiver) = (trace / 8, trace % 8);
            let original: Vec<f64> = values.iter().map(|v| f64::from(*v)).collect();
            let late = transform.advanced(&original, -delays[receiver] - 0.01 * shot as f64, dt);
            let factor = gains[receiver] * (1.0 + shot as f64);
            values.iter_mut().zip(late).for_each(|(v, late)| *v = (factor * late) as f32);
        }
    };
    // The data of the start itself, so that the medium is known.
    let text = scenario("2200", INVERSION).replace("high: 25", "high: 60");
    let text = text.replace("data:\n", "data:\n  mask_dead_traces: true\n");
    let found = with_data(&text, change, |plan, problem| {
        let truth = |p: fd::Point| if p.distance(&[200.0, 200.0].into()) < 60.0 { 2200.0 } else { 2000.0 };
        let problem = with_background(problem, &truth, None);
        let Waves::Transient(waves) = &problem.waves else { panic!("waves in time") };
        let what = Calibrate { by_shot: true, receivers: true, damping: 1e-5 };
        waves.calibrate(&problem, &plan.inversions[0].settings, what).unwrap()
    });
    assert_eq!(found.silent, [7]);
    let heard = &gains[..7];
    let mean = (heard.iter().map(|g: &f64| g.abs().ln()).sum::<f64>() / 7.0).exp();
    for (receiver, (gain, delay)) in
        found.response.gains.iter().zip(&found.response.delays).take(7).enumerate()
    {
        assert!((gain * mean / gains[receiver] - 1.0).abs() < 0.005, "{receiver}: {gain}");
        assert!((delay - delays[receiver]).abs() < 1.2e-4, "{receiver}: {delay}");
    }
    let energy = |shot: usize| found.wavelets.of(shot).iter().map(|v| v * v).sum::<f64>().sqrt();
    assert!((energy(1) / energy(0) - 2.0).abs() < 0.06, "{}", energy(1) / energy(0));
    assert!(found.misfit[1] < 0.05 && found.misfit[0] > 0.5, "{:?}", found.misfit);
}

/// `fwi check --data` and `fwi calibrate` from the command line, and their errors.
#[test]
fn commands() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    std::fs::write(here.join("small.yaml"), scenario("2200", INVERSION)).unwrap();
    let error = fail(here, &["check", "small.yaml", "--data"], 2);
    assert!(error.contains("small-time.h5"), "{error}");
    succeed(here, &["simulate", "small.yaml", "-q"]);
    let said = succeed(here, &["check", "small.yaml", "--data"]);
    assert!(
        said.starts_with("grid, stage 1 (up to 25 Hz):\n  cycles     0 % of 16 traces of 2 shots"),
        "{said}"
    );
    assert!(said.contains("gradient   asks for higher values of vp on average"), "{said}");
    assert!(said.contains("verdict    the start is close enough for this band"), "{said}");
    let said = succeed(here, &["calibrate", "small.yaml", "--receivers", "--by-shot"]);
    assert!(said.contains("2, one for each shot") && said.contains("gains "), "{said}");
    let error = fail(here, &["calibrate", "small.yaml"], 2);
    assert!(error.contains("exists") && error.contains("--force"), "{error}");
    // The settings that it writes are those of a scenario.
    let settings = std::fs::read_to_string(here.join("calibration/calibration.yaml")).unwrap();
    let line = |key: &str| settings.lines().find(|line| line.trim_start().starts_with(key)).unwrap().trim();
    let wavelet = line("wavelet:").strip_prefix("wavelet: ").unwrap();
    let response = format!(
        "[{{receiver_response: {{{}, {}}}}}]",
        line("gains:"),
        line("delays:").strip_suffix(" # s").unwrap()
    );
    let text = with_processing(&response).replace("\n      ricker: {frequency: 15}", &format!(" {wavelet}"));
    let text = text.replace("  simulate:\n    engine:\n      finite_differences: {}\n", "");
    std::fs::write(here.join("calibrated.yaml"), text).unwrap();
    succeed(here, &["check", "calibrated.yaml"]);
    let error = fail(here, &["calibrate", "small.yaml", "--inversion", "other", "-o", "new"], 2);
    assert!(error.contains("other") && error.contains("grid"), "{error}");
}
