//! Joint inversions of any system in time: gradients, going on after an interruption, divergence, and what one equation has in
//! common with another.

use fields::device;
use fwi::inversion::joint::{Context, JointValue, Networks};
use fwi::inversion::{InverseProblem, MethodChoice};
use fwi::velocity_network::Frame;
use pde::System;
use scenario::plan::Plan;

use super::any_physics::{scenario, two_dimensional, with_plan};
use super::gradients::joint_objective;
use super::gradients_in_time;
use super::resume::resumes;
use super::support::Deaf;

const METHOD: &str = "{joint: {residual: {strong: {points: 96, pool: POOL, regularizer_spacing: 40, loss: {least_squares: \
                      {weight: 1, edge_weight: 0.5}}}}, wavefield: {width: 16, layers: 2, w0_first: 8, w0_hidden: 1, \
                      output_scale: 0.1}, velocity: {network: {width: 12, layers: 2, w0_first: 8, w0_hidden: 1, output_scale: \
                      0.1}, output: {OUTPUT: {}}}}}";

/// The text of a small scenario of a system, with a joint inversion of all parameters.
fn joint(system: &System, equation: &str, [pool, output]: [&str; 2]) -> String {
    let record: Vec<&str> = system.unknowns.iter().map(|unknown| unknown.name.as_str()).collect();
    let text = scenario(system, equation, &record.join(", "), "refine: 2");
    let method = METHOD.replace("POOL", pool).replace("OUTPUT", output);
    let text = text
        .replace("name: grid\n    method: {grid: {}}", &format!("name: joint\n    method: {method}"))
        .replace("[{iterations: 2}]", "[{iterations: 3}, {iterations: 3}]")
        .replace(
            "optimizer: {lbfgs: {}}\n    storage: {all: {}}",
            "optimizer: {soap: {learning_rate: 3e-3, warm_up: 3}}",
        );
    format!(
        "{text}    regularizers: [{{total_variation: {{weight: 1.0e-4}}}}]\n    region: {{x: [120, 300], z: [100, 300]}}\n"
    )
}

fn context<'a>(plan: &'a Plan, problem: &'a InverseProblem<'a>) -> Context<'a> {
    let (frame, device) = (Frame::of(&problem.grid), device::parse("cpu").unwrap());
    Context { problem, settings: &plan.inversions[0].settings, frame, device, noise: None }
}

/// The objective at the start of the first stage; `calm` sets the parameters of the velocity network to zero.
fn value(plan: &Plan, problem: &InverseProblem, calm: bool) -> JointValue {
    let MethodChoice::Joint(joint) = &plan.inversions[0].method else { panic!("a joint method") };
    let context = context(plan, problem);
    let stage = &context.settings.stages[0];
    let mut networks = Networks::new(&joint.wavefield, joint.velocity.as_ref(), &context, stage).unwrap();
    if let (true, Some(velocity)) = (calm, &mut networks.velocity) {
        let zeros = velocity.parameters().iter().map(|p| p.clone().mul_scalar(0.0)).collect();
        velocity.set_parameters(zeros).unwrap();
    }
    joint.residual.as_dyn().prepare(&context, stage).unwrap().evaluate(&networks, 1.0).unwrap()
}

/// For every equation of the catalogue, with all unknowns recorded and all parameters looked for: the gradients by both networks
/// are those of Taylor's theorem.
#[test]
fn objectives_of_every_equation() {
    for system in two_dimensional() {
        with_plan(&joint(&system, &system.name, ["1", "bounded"]), |plan, problem| {
            let MethodChoice::Joint(joint) = &plan.inversions[0].method else { panic!("a joint method") };
            joint_objective(&system.name, joint, &context(plan, problem), [2e-2, 1e-2]);
        });
    }
}

/// A typed equation has the objective and the gradients of its row, bit for bit.
#[test]
fn typed_equations_are_those_of_the_catalogue() {
    for system in two_dimensional() {
        let of = |equation: &str| {
            let mut found = None;
            with_plan(&joint(&system, equation, ["1", "bounded"]), |plan, problem| {
                let JointValue { objective, data_misfit, pde_residual, by_wavefield, by_velocity, .. } =
                    value(plan, problem, false);
                let gradients = by_wavefield.iter().chain(&by_velocity);
                let gradients: Vec<Vec<f32>> =
                    gradients.map(|g| g.to_data().convert::<f32>().try_into_vec().unwrap()).collect();
                found = Some((objective, data_misfit, pde_residual, gradients));
            });
            found.unwrap()
        };
        let (typed, row) = (of(&system.to_string()), of(&system.name));
        assert_eq!(typed, row, "{}", system.name);
        assert!(row.0.is_finite() && row.2 > 0.0);
    }
}

/// Acoustic waves that are declared have the residual of `physics: acoustic`: with no contrast to rounding; otherwise to a
/// hundredth, as one takes the second derivative of the background from polynomials in time, and the other the second difference
/// of the time steps, whose error is (omega dt)^2 / 12.
#[test]
fn acoustic_waves_are_those_of_physics_acoustic() {
    let inversion = "
  - name: joint
    method:
      joint:
        residual: {strong: {points: 256, pool: 1, regularizer_spacing: 20, loss: {least_squares: {weight: 1, edge_weight: 0.5}}}}
        wavefield: {width: 16, layers: 2, w0_first: 8, w0_hidden: 1, output_scale: 0.1}
        velocity:
          network: {width: 12, layers: 2, w0_first: 8, w0_hidden: 1}
          output: {bounded: {}}
    stages: [{iterations: 3}]
    misfit: {l2: {}}
    optimizer: {soap: {learning_rate: 3e-3}}
    region: {x: [120, 280], z: [130, 270]}
";
    // A true model without an interface, which the two average in different units.
    let disc = "disc: {background: 2000, velocity: 2300, centre: [200, 200], radius: 60}";
    let text = |own: &str| {
        let text = gradients_in_time::scenario("2300", &format!("{inversion}{own}"));
        text.replace(disc, "uniform: {velocity: 2040}")
    };
    let acoustic = text("    bounds: [1700, 2700]\n");
    let own = "    unknowns: {vp: {free: {bounds: [1700, 2700]}}}\n";
    let waves = text(own)
        .replace("acoustic: {", "waves: {equation: acoustic, ")
        .replace(
            "model:\n",
            "model:\n  parameters: {vp: {truth: {uniform: {value: 2040}}, initial: \
             {uniform: {value: 2000}}}}\n",
        )
        .replace("  truth:\n    uniform: {velocity: 2040}\n", "")
        .replace("  initial:\n    uniform: {velocity: 2000}\n", "");
    for (calm, largest) in [(true, 1e-5), (false, 1e-2)] {
        let (mut found, mut expected) = (None, None);
        gradients_in_time::with_problem_of(&acoustic, |plan, problem| {
            expected = Some(value(plan, problem, calm));
        });
        with_plan(&waves, |plan, problem| found = Some(value(plan, problem, calm)));
        let (found, expected) = (found.unwrap(), expected.unwrap());
        let mut apart = 0.0_f64;
        for (name, a, b) in [
            ("objective", found.objective, expected.objective),
            ("data misfit", found.data_misfit, expected.data_misfit),
            ("residual", found.pde_residual, expected.pde_residual),
        ] {
            println!("{calm} {name}: {a:e} {b:e} {:e}", a / b - 1.0);
            apart = apart.max((a / b - 1.0).abs());
        }
        assert!(apart < largest, "calm {calm}: {apart:e}");
    }
}

/// Stopped in either stage and gone on, with points that are reused and points that are new each time.
#[test]
fn resumed() {
    for (name, output, pool) in [("sh", "bounded", "2"), ("viscoacoustic", "levels", "0")] {
        let system = two_dimensional().into_iter().find(|system| system.name == name).unwrap();
        with_plan(&joint(&system, name, [pool, output]), |plan, problem| {
            resumes(name, plan, problem, &[2, 5]);
        });
    }
}

/// A learning rate beyond single precision ends in an error that names the iteration.
#[test]
fn divergence_is_named() {
    let system = two_dimensional().into_iter().find(|system| system.name == "sh").unwrap();
    with_plan(&joint(&system, "sh", ["1", "bounded"]), |plan, problem| {
        let mut settings = plan.inversions[0].settings.clone();
        let wild = serde_json::json!({"soap": {"learning_rate": 1e60, "warm_up": 3}});
        settings.optimizer = serde_json::from_value(wild).unwrap();
        let error = plan.inversions[0].method.as_dyn().invert(problem, &settings, &mut Deaf).unwrap_err();
        let error = error.to_string();
        assert!(error.contains("diverged at iteration") && error.contains("network `"), "{error}");
    });
}
