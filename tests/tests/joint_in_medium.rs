//! Joint inversions in media with a density, attenuation or anisotropy, at frequencies and in time.

use std::path::Path;

use fields::device;
use fwi::forward::Waves;
use fwi::inversion::joint::Context;
use fwi::inversion::{InverseProblem, MethodChoice};
use fwi::metrics::velocity_relative_l2;
use fwi::velocity_network::Frame;
use scenario::plan::Plan;
use scenario::simulate::simulate;
use survey::dataset::Dataset;
use survey::observed::Observed;

use super::gradients::joint_objective;
use super::gradients_in_time::with_problem_of;
use super::support::Deaf;

/// Two sources and a line of receivers around a faster disc, at one frequency.
const SCENARIO: &str = "\
schema: 1
name: medium
physics:
  helmholtz: {frequencies: [2.5]MEDIUM}
grid:
  x: [-800, 800]
  z: [-800, 800]
  spacing: 25
  order: 4
  boundary:
    pml: {thickness: 350, strength: 5}
model:
  truth:
    disc: {background: 1000, velocity: 1500, centre: [0, 0], radius: 150}
  initial:
    uniform: {velocity: 1000}
survey:
  sources: {line: {from: [-350, -350], to: [350, -350], count: 3}}
  receivers:
    lines:
      - {from: [-350, 380], to: [350, 380], count: 8}
      - {from: [-380, -250], to: [-380, 350], count: 7}
      - {from: [380, -250], to: [380, 350], count: 7}
  source: {strength: [1, 1], variance: 400}
data:
  file: medium.h5
  simulate:
    engine:
      finite_differences: {spacing: 12.5}
inversions:
  - name: joint
    method:
      joint:
        residual: {strong: {RESIDUAL}}
        wavefield: {width: WIDTH, layers: 2, w0_first: 8, w0_hidden: 1, output_scale: 0.1}
        velocity:
          network: {width: 24, layers: 2, w0_first: 8, w0_hidden: 1, output_scale: 0.1}
          output: {bounded: {}}
    stages: [{iterations: ITERATIONS}]
    misfit: {l2: {}}
    regularizers: [{total_variation: {weight: 1.0e-4}}]
    optimizer: {soap: {learning_rate: 5.0e-3}}
    bounds: [700, 2200]
    region: {x: [-325, 325], z: [-325, 325]}
";

/// A density that doubles where the velocity does, and is 1 kg/m^3 around the sources, so that it does not change their
/// amplitudes.
pub(crate) const DENSITY: &str = ", density: {gardner: {factor: 1.0e-3, exponent: 1}}";

/// Strong attenuation, with waves that are slower at the frequency of the data than at 10 Hz.
const ATTENUATION: &str = ", attenuation: {quality: {uniform: {value: 20}}, reference_frequency: 10}";

/// Anisotropy away from the sources.
const ANISOTROPY: &str = ", anisotropy: {epsilon: {disc: {background: 0, value: 0.2, centre: [0, 0], radius: 250}}, \
                          delta: {disc: {background: 0, value: 0.1, centre: [0, 0], radius: 250}}}";

fn text(medium: &str, residual: &str, [width, iterations]: [usize; 2]) -> String {
    SCENARIO
        .replace("MEDIUM", medium)
        .replace("RESIDUAL", residual)
        .replace("WIDTH", &width.to_string())
        .replace("ITERATIONS", &iterations.to_string())
}

/// The plan of a scenario whose data are in a file, and its data: those of another plan.
fn plan(text: &str, data: &Dataset, folder: &Path) -> Plan {
    data.write(&folder.join("medium.h5")).unwrap();
    let start = text.find("  simulate:").unwrap();
    let end = text.find("inversions:").unwrap();
    let text = format!("{}{}", &text[..start], &text[end..]);
    Plan::from_text(&text, &folder.join("medium.yaml")).unwrap()
}

/// Data of the true model in a medium.
fn data(medium: &str) -> Dataset {
    let text = text(medium, "points: 10", [4, 1]);
    simulate(&Plan::from_text(&text, Path::new("medium.yaml")).unwrap()).unwrap()
}

fn with_problem<R>(plan: &Plan, data: &Dataset, then: impl FnOnce(&InverseProblem) -> R) -> R {
    let background = |_: fd::Point| 1000.0;
    then(&InverseProblem {
        start: Vec::new(),
        grid: plan.grid,
        output: plan.grid,
        survey: data.survey.clone(),
        waves: Waves::new(&plan.waves, plan.order, &Observed::Frequencies(data.clone())).unwrap(),
        background: &background,
        uniform: Some(1000.0),
    })
}

/// Objectives in every kind of medium, in both forms, with data of the network and of contrast sources, have the gradients of
/// Taylor's theorem with respect to both networks.
#[test]
fn objectives() {
    let data = data("");
    let folder = tempfile::tempdir().unwrap();
    let both = &format!("{ATTENUATION}{DENSITY}");
    let integral = "points: 96, pool: 1, domain: region, data_from: integral, regularizer_spacing: 50";
    for (medium, residual) in [
        (DENSITY, "points: 96, pool: 1"),
        (DENSITY, integral),
        (ATTENUATION, "form: total, points: 96, pool: 1"),
        (ATTENUATION, integral),
        (both, integral),
        (ANISOTROPY, "points: 96, pool: 1"),
        (ANISOTROPY, "form: total, points: 96, pool: 1"),
    ] {
        let plan = plan(&text(medium, residual, [16, 1]), &data, folder.path());
        let settings = &plan.inversions[0];
        let MethodChoice::Joint(joint) = &settings.method else { panic!("a joint method") };
        with_problem(&plan, &data, |problem| {
            let (frame, device) = (Frame::of(&problem.grid), device::parse("cpu").unwrap());
            let context = Context { problem, settings: &settings.settings, frame, device, noise: Some(0.1) };
            joint_objective(&format!("{medium} {residual}"), joint, &context, [4e-2, 1e-2]);
        });
    }
}

/// The relative error of the velocity that the inversion of a scenario finds from data, and that of the starting model.
pub(crate) fn errors_of(text: &str, data: &Dataset) -> [f64; 2] {
    let folder = tempfile::tempdir().unwrap();
    let plan = plan(text, data, folder.path());
    with_problem(&plan, data, |problem| {
        let inversion = &plan.inversions[0];
        let found = inversion.method.as_dyn().invert(problem, &inversion.settings, &mut Deaf).unwrap();
        let truth = plan.true_model().unwrap().unwrap();
        let model = found.models[0].model.resample_onto(&truth.grid);
        let start = plan.initial_model().unwrap().unwrap();
        [&model, &start].map(|model| velocity_relative_l2(model, &truth).unwrap())
    })
}

/// The same of an inversion that knows a medium.
fn errors(medium: &str, data: &Dataset) -> [f64; 2] {
    let residual = "points: 300, pool: 8, domain: region, data_from: integral, regularizer_spacing: 32.5, \
                    loss: {least_squares: {weight: 1, edge_weight: 1}}, weight_growth: 10";
    errors_of(&text(medium, residual, [48, 500]), data)
}

/// From data of a medium with a density, an inversion that knows it improves the model. At this size of networks it is not better
/// than one that ignores the density.
#[test]
fn a_model_with_a_density() {
    let [with, start] = errors(DENSITY, &data(DENSITY));
    assert!(with < 0.75 * start, "{start} {with}");
}

/// The same for attenuation.
#[test]
fn a_model_with_attenuation() {
    let [with, start] = errors(ATTENUATION, &data(ATTENUATION));
    assert!(with < 0.75 * start, "{start} {with}");
}

const IN_TIME: &str = "
  - name: joint
    method:
      joint:
        residual: {strong: {points: 96, pool: 1, regularizer_spacing: 20, loss: {least_squares: {weight: 1, edge_weight: 0.5}}}}
        wavefield: {width: 16, layers: 2, w0_first: 8, w0_hidden: 1, output_scale: 0.1}
        velocity:
          network: {width: 12, layers: 2, w0_first: 8, w0_hidden: 1, output_scale: 0.1}
          output: {bounded: {}}
    stages: [{band: {high: 25}, iterations: 3}]
    misfit: {l2: {}}
    optimizer: {soap: {learning_rate: 3e-3, warm_up: 3}}
    bounds: [1700, 2700]
    region: {x: [120, 280], z: [130, 270]}
";

/// The objective in time with a density that follows the velocity has the gradients of Taylor's theorem, with data of the network
/// and of contrast sources.
#[test]
fn objective_in_time() {
    let integral = IN_TIME
        .replace("pool: 1, regularizer_spacing: 20", "pool: 1, data_from: integral, regularizer_spacing: 10");
    for inversion in [IN_TIME, &integral] {
        let text = super::gradients_in_time::scenario("2300", inversion)
            .replace("step: 0.002}", "step: 0.002, density: {gardner: {}}}");
        with_problem_of(&text, |plan, problem| {
            let settings = &plan.inversions[0];
            let MethodChoice::Joint(joint) = &settings.method else { panic!("a joint method") };
            let (frame, device) = (Frame::of(&problem.grid), device::parse("cpu").unwrap());
            let context = Context { problem, settings: &settings.settings, frame, device, noise: Some(0.1) };
            joint_objective("density in time", joint, &context, [4e-2, 1e-2]);
        });
    }
}
