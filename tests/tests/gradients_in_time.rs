//! Gradients and Gauss-Newton products of waves in time, through the whole chain: model, propagator, filter, mute, misfit,
//! and back; and every optimiser of grids on them.

use std::path::Path;

use super::support::Deaf;
use fwi::forward::{DataMisfit, Waves, background_slowness};
use fwi::inversion::InverseProblem;
use scenario::plan::Plan;
use scenario::simulate::simulate_to;

const SCENARIO: &str = "\
schema: 1
name: small-time
physics:
  acoustic: {duration: 0.4, step: 0.002}
grid:
  x: [0, 400]
  z: [0, 400]
  spacing: 10
  order: 4
  boundary:
    cpml: {cells: 10}
model:
  truth:
    disc: {background: 2000, velocity: TRUTH, centre: [200, 200], radius: 60}
  initial:
    uniform: {velocity: 2000}
survey:
  sources: [[105, 25], [295, 25]]
  receivers:
    line: {from: [25, 375], to: [375, 375], count: 8}
  source:
    wavelet:
      ricker: {frequency: 15}
data:
  file: small-time.h5
  simulate:
    engine:
      finite_differences: {}
inversions:
";

const GRID: &str = "
  - name: grid
    method: {grid: {}}
    stages: [{band: {high: 25}, iterations: 4}]
    misfit: {MISFIT}
    optimizer: {OPTIMIZER}
    storage: {all: {}}
    bounds: [1700, 2700]
    region: {x: [40, 360], z: [60, 340]}
";

/// Calls `then` with the problem, the settings and the objective of the only stage.
fn with_objective(choices: [&str; 3], then: impl FnOnce(&Plan, &InverseProblem, &dyn DataMisfit, &[f64])) {
    with_objective_of(choices, "seed: 0", then);
}

/// The same with one more setting of the inversion.
pub(crate) fn with_objective_of(
    [truth, misfit, optimizer]: [&str; 3],
    more: &str,
    then: impl FnOnce(&Plan, &InverseProblem, &dyn DataMisfit, &[f64]),
) {
    let inversion = GRID
        .replace("MISFIT", misfit)
        .replace("OPTIMIZER", optimizer)
        .replace("    bounds:", &format!("    {more}\n    bounds:"));
    with_problem(truth, &inversion, |plan, problem| {
        let settings = &plan.inversions[0];
        let objective = problem
            .waves
            .as_dyn()
            .data_misfit(problem, &settings.settings, &settings.settings.stages[0])
            .unwrap();
        let m = background_slowness(problem, &problem.grid);
        then(plan, problem, &*objective, &m);
    });
}

/// Calls `then` with the problem whose disc has a velocity and an inversion.
pub(crate) fn with_problem(truth: &str, inversion: &str, then: impl FnOnce(&Plan, &InverseProblem)) {
    with_problem_of(&scenario(truth, inversion), then);
}

/// The text of the small case with a disc of a velocity and an inversion.
pub(crate) fn scenario(truth: &str, inversion: &str) -> String {
    format!("{SCENARIO}{inversion}").replace("TRUTH", truth)
}

/// Calls `then` with a scenario and its problem, whose data are simulated.
pub(crate) fn with_problem_of(text: &str, then: impl FnOnce(&Plan, &InverseProblem)) {
    let folder = tempfile::tempdir().unwrap();
    let plan = Plan::from_text(text, &folder.path().join("small-time.yaml")).unwrap();
    simulate_to(&plan, Path::new(&plan.data.path), &mut |_, _| ()).unwrap();
    with_observed(&plan, |problem| then(&plan, problem));
}

/// Calls `then` with the problem of a plan whose data are there, which starts at 2000 m/s.
pub(crate) fn with_observed<T>(plan: &Plan, then: impl FnOnce(&InverseProblem) -> T) -> T {
    let data = plan.observed().unwrap().unwrap();
    let background = |_: fd::Point| 2000.0;
    let waves = Waves::new(&plan.waves, plan.order, &data).unwrap();
    let (grid, survey) = (plan.grid, data.survey().clone());
    let problem = InverseProblem {
        grid,
        output: grid,
        survey,
        waves,
        background: &background,
        start: Vec::new(),
        uniform: Some(2000.0),
    };
    then(&problem)
}

fn bump(problem: &InverseProblem, m: &[f64], [x0, z0]: [f64; 2]) -> Vec<f64> {
    let shape = |[x, z]: [f64; 2]| (-((x - x0).powi(2) + (z - z0).powi(2)) / 3e3).exp();
    problem.grid.points().zip(m).map(|(p, m)| m * shape(p)).collect()
}

fn moved(m: &[f64], step: f64, direction: &[f64]) -> Vec<f64> {
    m.iter().zip(direction).map(|(m, d)| m + step * d).collect()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Central differences of each misfit along a bump are the inner product with the gradient. The propagator is in single
/// precision: J is known to some 1e-6 of itself, a step of 1e-3 changes it by 1e-3 of itself or more. Over that step some
/// points of the transport change their partners, which its slope follows and a finite difference does not.
#[test]
fn gradient_of_every_misfit() {
    for misfit in [
        "l2: {}",
        "huber: {threshold: 0.5}",
        "envelope: {floor: 0.05}",
        "global_correlation: {}",
        "graph_space_transport: {shift: 0.05, interval: 0.004}",
        "adaptive_waveform: {lag: 0.1}",
    ] {
        with_objective(["2200", misfit, "lbfgs: {}"], |_, problem, objective, m| {
            let direction = bump(problem, m, [200.0, 200.0]);
            let slope = dot(&objective.evaluate(m, 0).unwrap().gradient, &direction);
            let value = |t: f64| objective.evaluate(&moved(m, t, &direction), 0).unwrap().misfit;
            let t = 1e-3;
            let found = (value(t) - value(-t)) / (2.0 * t);
            println!("{misfit}: {found:e} {slope:e}");
            let tolerance = if misfit.starts_with("graph") { 2e-2 } else { 2e-3 };
            assert!(
                (found / slope - 1.0).abs() < tolerance,
                "{misfit}: {found:e}, by the gradient {slope:e}"
            );
        });
    }
}

/// A scenario whose data are at an interval in s, whose stage has no band, and which keeps wavefields in a way of its own.
fn sampled(interval: &str, storage: &str) -> String {
    let inversion = GRID
        .replace("MISFIT", "l2: {}")
        .replace("OPTIMIZER", "lbfgs: {}")
        .replace("{band: {high: 25}, iterations: 4}", "{iterations: 4}")
        .replace("{all: {}}", storage);
    let step = format!("step: 0.002, interval: {interval}");
    format!("{SCENARIO}{inversion}").replace("TRUTH", "2200").replace("step: 0.002", &step)
}

/// The gradient of the first stage at the starting model, and the derivative of the misfit along a bump by a central
/// difference and by that gradient.
fn gradient_of(text: &str) -> (Vec<f64>, [f64; 2]) {
    let mut found = (Vec::new(), [0.0; 2]);
    with_problem_of(text, |plan, problem| {
        let settings = &plan.inversions[0].settings;
        let objective = problem.waves.as_dyn().data_misfit(problem, settings, &settings.stages[0]).unwrap();
        let m = background_slowness(problem, &problem.grid);
        let gradient = objective.evaluate(&m, 0).unwrap().gradient;
        // Beside the receivers, where adjoint waves begin.
        let direction = bump(problem, &m, [200.0, 350.0]);
        let value = |t: f64| objective.evaluate(&moved(&m, t, &direction), 0).unwrap().misfit;
        let difference = (value(1e-3) - value(-1e-3)) / 2e-3;
        found = (gradient.clone(), [difference, dot(&gradient, &direction)]);
    });
    found
}

/// Data at every step, every second and every fourth: the gradient is that of the misfit, and where four snapshots fall on
/// the shortest period (41 Hz: every third step) that of snapshots differs by less than 3 % of it, over the grid and in the
/// rows around the receivers.
#[test]
fn gradient_of_sampled_data() {
    for interval in ["0.002", "0.004", "0.008"] {
        let (all, [difference, slope]) = gradient_of(&sampled(interval, "{all: {}}"));
        assert!(
            (difference / slope - 1.0).abs() < 2e-3,
            "{interval}: {difference:e}, by the gradient {slope:e}"
        );
        for every in [2, 3] {
            let storage = format!("{{snapshots: {{every: {every}}}}}");
            let (snapshots, _) = gradient_of(&sampled(interval, &storage));
            for rows in [0..41, 34..41] {
                let part = |g: &[f64]| g[rows.start * 41..rows.end * 41].to_vec();
                let (a, b) = (part(&snapshots), part(&all));
                let apart: Vec<f64> = a.iter().zip(&b).map(|(a, b)| a - b).collect();
                let error = (dot(&apart, &apart) / dot(&b, &b)).sqrt();
                println!("interval {interval}, every {every}, rows {rows:?}: {error:.4}");
                assert!(error < 0.03, "interval {interval}, every {every}, rows {rows:?}: {error}");
            }
        }
    }
}

/// A model for which the equation cannot be stepped, with a velocity that is not a number or too fast for the step, has no
/// misfit: a line search takes a shorter step, other optimisers have diverged, and no error ends the run.
#[test]
fn models_that_cannot_be_stepped() {
    with_objective(["2200", "l2: {}", "lbfgs: {}"], |_, _, objective, m| {
        for wrong in [f64::NAN, -1e-7, 1e4_f64.powi(-2), 0.0] {
            let mut m = m.to_vec();
            m[700] = wrong;
            let value = objective.evaluate(&m, 0).unwrap();
            assert!(value.misfit.is_nan() && value.gradient.iter().all(|g| g.is_nan()), "{wrong}");
        }
    });
}

/// Receivers that move with the shots: the gradient is that of the misfit, as for those that stay.
#[test]
fn gradient_with_receivers_that_move() {
    let inversion = GRID.replace("MISFIT", "l2: {}").replace("OPTIMIZER", "lbfgs: {}");
    let text = format!("{SCENARIO}{inversion}").replace("TRUTH", "2200").replace(
        "line: {from: [25, 375], to: [375, 375], count: 8}",
        "offsets: {from: [-80, 350], to: [90, 350], count: 8}",
    );
    with_problem_of(&text, |plan, problem| {
        assert_eq!(problem.survey.receivers.of(1)[0], [215.0, 375.0]);
        let settings = &plan.inversions[0];
        let objective = problem
            .waves
            .as_dyn()
            .data_misfit(problem, &settings.settings, &settings.settings.stages[0])
            .unwrap();
        let m = background_slowness(problem, &problem.grid);
        let direction = bump(problem, &m, [200.0, 200.0]);
        let slope = dot(&objective.evaluate(&m, 0).unwrap().gradient, &direction);
        let value = |t: f64| objective.evaluate(&moved(&m, t, &direction), 0).unwrap().misfit;
        let t = 1e-3;
        let found = (value(t) - value(-t)) / (2.0 * t);
        assert!((found / slope - 1.0).abs() < 2e-3, "{found:e}, by the gradient {slope:e}");
    });
}

/// Where the data are those of the model, the Gauss-Newton product is the Hessian, here along a bump: the second difference
/// of the misfit is `<H d, d>`. And it is symmetric to single precision.
#[test]
fn gauss_newton_products() {
    with_objective(["2000", "l2: {}", "gauss_newton: {}"], |_, problem, objective, m| {
        let (a, b) = (bump(problem, m, [200.0, 200.0]), bump(problem, m, [230.0, 160.0]));
        let (by_a, by_b) =
            (objective.gauss_newton(m, 0, &a).unwrap().0, objective.gauss_newton(m, 0, &b).unwrap().0);
        assert!((dot(&by_a, &b) - dot(&a, &by_b)).abs() < 1e-4 * dot(&by_a, &a));
        let value = |t: f64| objective.evaluate(&moved(m, t, &a), 0).unwrap().misfit;
        // J(0) is the square of rounding; J is even to the third order.
        let t = 1e-2;
        let found = (value(t) + value(-t) - 2.0 * value(0.0)) / (t * t);
        println!("{found:e} {:e}", dot(&by_a, &a));
        assert!((found / dot(&by_a, &a) - 1.0).abs() < 0.02, "{found:e} {:e}", dot(&by_a, &a));
    });
}

/// Each optimiser lowers the misfit, with gradients in single precision.
#[test]
fn optimizers_of_grids() {
    for optimizer in ["lbfgs: {}", "nlcg: {}", "gauss_newton: {inner: 4}", "adam: {learning_rate: 0.02}"] {
        with_objective(["2200", "l2: {}", optimizer], |plan, problem, objective, m| {
            let before = objective.evaluate(m, 0).unwrap().relative;
            let settings = &plan.inversions[0];
            let solution = settings.method.as_dyn().invert(problem, &settings.settings, &mut Deaf).unwrap();
            let after = solution.progress.data_misfit;
            println!("{optimizer}: {before} to {after}, {} solves", solution.pde_solves);
            assert!(after < 0.8 * before, "{optimizer}: {before} to {after}");
        });
    }
}
