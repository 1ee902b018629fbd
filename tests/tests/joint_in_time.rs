//! Joint inversions of waves in time: gradients, going on after an interruption, divergence.

use fields::device;
use fwi::inversion::MethodChoice;
use fwi::inversion::joint::Context;
use fwi::velocity_network::Frame;

use super::gradients::joint_objective;
use super::gradients_in_time::with_problem;
use super::resume::resumes;
use super::support::Deaf;
use scenario::plan::InversionPlan;

const INVERSION: &str = "
  - name: joint
    method:
      joint:
        residual: {RESIDUAL}
        wavefield: {width: 16, layers: 2, w0_first: 8, w0_hidden: 1, output_scale: 0.1}
        velocity:
          network: {width: 12, layers: 2, w0_first: 8, w0_hidden: 1, output_scale: 0.1}
          output: {levels: {sharpness: [1, 10]}}
    stages: [{band: {high: 25}, iterations: 3}, {iterations: 3}]
    misfit: {MISFIT}
    mutes: [{bottom: {time: 0.3, taper: 0.05}}]
    regularizers: [{total_variation: {weight: 1e-4}}]
    optimizer: {soap: {learning_rate: 3e-3, warm_up: 3}}
    bounds: [1700, 2700]
    region: {x: [120, 280], z: [130, 270]}
";

const PRECONDITIONED: &str = "preconditioned: {spacing: 10, weight: 1}";
const STRONG: &str = "strong: {points: 96, pool: POOL, regularizer_spacing: 20, loss: {least_squares: {weight: 1, edge_weight: 0.5}}}";

fn inversion(residual: &str, misfit: &str) -> String {
    INVERSION.replace("RESIDUAL", residual).replace("MISFIT", misfit)
}

/// All forms, filtered and muted data and a regulariser, with respect to both networks.
#[test]
fn objectives() {
    let strong = STRONG.replace("POOL", "1");
    let integral =
        strong.replace("points: 96", "data_from: integral, points: 96").replace("spacing: 20", "spacing: 10");
    for (residual, largest) in
        [(PRECONDITIONED, [4e-2, 1e-2]), (&strong, [4e-2, 1e-2]), (&integral, [4e-2, 1e-2])]
    {
        for misfit in ["l2: {}", "huber: {threshold: 0.5}"] {
            with_problem("2300", &inversion(residual, misfit), |plan, problem| {
                let settings = &plan.inversions[0];
                let MethodChoice::Joint(joint) = &settings.method else { panic!("a joint method") };
                let device = device::parse("cpu").unwrap();
                let context = Context {
                    problem,
                    settings: &settings.settings,
                    frame: Frame::of(&problem.grid),
                    device,
                    noise: misfit.starts_with("l2").then_some(0.1),
                };
                joint_objective(&format!("{residual} {misfit}"), joint, &context, largest);
            });
        }
    }
}

/// Stopped in either stage and gone on, with points that are reused and points that are new each time.
#[test]
fn resumed() {
    for residual in [PRECONDITIONED, &STRONG.replace("POOL", "2"), &STRONG.replace("POOL", "0")] {
        with_problem("2300", &inversion(residual, "l2: {}"), |plan, problem| {
            resumes(residual, plan, problem, &[1, 3, 5]);
        });
    }
}

/// A learning rate beyond single precision ends in an error that names the iteration and the first layer that is not finite.
#[test]
fn divergence_is_named() {
    for residual in [PRECONDITIONED, &STRONG.replace("POOL", "1")] {
        let inversion = inversion(residual, "l2: {}");
        with_problem("2300", &inversion, |plan, problem| {
            let InversionPlan { method, settings, .. } = &plan.inversions[0];
            let mut settings = settings.clone();
            // A scenario with such a rate is rejected.
            let wild = serde_json::json!({"soap": {"learning_rate": 1e60, "warm_up": 3}});
            settings.optimizer = serde_json::from_value(wild).unwrap();
            let error = method.as_dyn().invert(problem, &settings, &mut Deaf).unwrap_err().to_string();
            assert!(error.contains("diverged at iteration") && error.contains("network `"), "{error}");
        });
    }
}
