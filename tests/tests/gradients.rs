//! Gradients of the whole objectives with respect to network parameters, by Taylor's theorem.

use std::path::Path;

use burn::tensor::{Device, Tensor, TensorData};
use fields::device;
use fwi::forward::{HarmonicMisfit, Linearised, Waves, background_slowness};
use fwi::inversion::joint::{Context, JointValue, Networks};
use fwi::inversion::{InverseProblem, Joint, MethodChoice};
use fwi::region::SubGrid;
use fwi::velocity_network::{Frame, VelocityNetwork, VelocityPoints};
use scenario::plan::Plan;
use survey::dataset::Dataset;
use survey::observed::Observed;
use survey::survey::Receivers;

use super::support::{Deaf, GRID, IMPLICIT, PRECONDITIONED, STRONG, scenario, smoothed, smoothed_in_region};

const SHARPNESS: f64 = 3.0;

/// Each case on each device of this build and machine.
fn on_every_device<T: Clone>(cases: &[T]) -> Vec<(T, Device)> {
    let devices: Vec<Device> = device::available().iter().map(|name| device::parse(name).unwrap()).collect();
    cases.iter().flat_map(|case| devices.iter().map(|device| (case.clone(), device.clone()))).collect()
}

pub(crate) fn plan(inversion: &str) -> (Plan, Dataset) {
    let plan = Plan::from_text(&scenario(inversion), Path::new("small.yaml")).unwrap();
    let data = scenario::simulate::simulate(&plan).unwrap();
    (plan, data)
}

pub(crate) fn problem<'a>(
    plan: &Plan,
    data: &Dataset,
    background: &'a (dyn Fn(fd::Point) -> f64 + Sync),
) -> InverseProblem<'a> {
    InverseProblem {
        start: Vec::new(),
        grid: plan.grid,
        output: plan.grid,
        survey: data.survey.clone(),
        waves: Waves::new(&plan.waves, plan.order, &Observed::Frequencies(data.clone())).unwrap(),
        background,
        uniform: Some(1000.0),
    }
}

fn host(tensor: &Tensor<2>) -> Vec<f64> {
    tensor.clone().inner().into_data().convert::<f64>().try_into_vec::<f64>().unwrap()
}

fn dot(a: &[Tensor<2>], b: &[Tensor<2>]) -> f64 {
    a.iter().zip(b).flat_map(|(a, b)| host(a).into_iter().zip(host(b))).map(|(a, b)| a * b).sum()
}

/// `parameters + t direction`, tracked for gradients as an optimiser returns them.
fn moved(parameters: &[Tensor<2>], direction: &[Tensor<2>], t: f64) -> Vec<Tensor<2>> {
    let sum = |(p, d): (&Tensor<2>, &Tensor<2>)| {
        let values = host(p).into_iter().zip(host(d)).map(|(p, d)| (p + t * d) as f32).collect();
        Tensor::from_data(TensorData::new(values, p.dims()), &p.device().autodiff()).require_grad()
    };
    parameters.iter().zip(direction).map(sum).collect()
}

/// A direction of length 1: half along the gradient, so that the slope is far from zero, half across it.
fn direction(gradient: &[Tensor<2>]) -> Vec<Tensor<2>> {
    let size = dot(gradient, gradient).sqrt();
    let across: Vec<Tensor<2>> = gradient
        .iter()
        .enumerate()
        .map(|(i, g)| {
            let [rows, columns] = g.dims();
            let values = (0..rows * columns).map(|j| ((7 * j + 3 * i) as f32).sin()).collect();
            Tensor::from_data(TensorData::new(values, [rows, columns]), &g.device())
        })
        .collect();
    let across_size = dot(&across, &across).sqrt();
    let both = gradient
        .iter()
        .zip(across)
        .map(|(g, a)| g.clone().inner().mul_scalar(1.0 / size) + a.mul_scalar(1.0 / across_size));
    let both: Vec<_> = both.collect();
    let size = dot(&both, &both).sqrt();
    both.into_iter().map(|b| b.mul_scalar(1.0 / size)).collect()
}

/// The same of the Helmholtz equation: another strength changes neither misfit nor gradient of `free_source`.
#[test]
fn the_strength_of_sources_is_free() {
    let (plan, data) = plan(&GRID.replace("l2: {}", "free_source: {}"));
    let background = |_: fd::Point| 1000.0;
    let settings = &plan.inversions[0].settings;
    let evaluated = |factor: num_complex::Complex64| {
        let mut problem = problem(&plan, &data, &background);
        problem.survey.strength *= factor;
        let m = background_slowness(&problem, &problem.grid);
        let waves = problem.waves.as_dyn();
        let value =
            waves.data_misfit(&problem, settings, &settings.stages[0]).unwrap().evaluate(&m, 0).unwrap();
        let relative = waves.relative_misfit(&problem, settings, &m).unwrap().unwrap();
        (value, relative)
    };
    let (one, relative) = evaluated(num_complex::Complex64::ONE);
    let (other, other_relative) = evaluated(num_complex::Complex64::new(-0.3, 1.7));
    assert!(one.misfit > 1e-4 && (one.misfit / other.misfit - 1.0).abs() < 1e-9);
    assert!((relative / one.relative - 1.0).abs() < 1e-9 && (relative / other_relative - 1.0).abs() < 1e-9);
    let largest = one.gradient.iter().fold(0.0_f64, |a, g| a.max(g.abs()));
    assert!(largest > 0.0);
    assert!(one.gradient.iter().zip(&other.gradient).all(|(a, b)| (a - b).abs() < 1e-9 * largest));
}

/// J(t) - J(0) falls with slope 1 and J(t) - J(0) - t J'(0) with slope 2, as the step is halved; the central difference is
/// J'(0) to the third derivative, (t^2 / 6) J''', which shrinks by 4 with each halving.
///
/// Parameters and networks are f32: J is known to about 1e-7 of itself, so the steps stay where the remainders are larger.
fn taylor(name: &str, slope: f64, largest: f64, objective: &mut dyn FnMut(f64) -> f64) {
    let at = objective(0.0);
    let steps: Vec<f64> = (0..3).map(|i| largest * 0.5_f64.powi(i)).collect();
    let (mut first, mut second, mut central) = (Vec::new(), Vec::new(), Vec::new());
    for &t in &steps {
        let (up, down) = (objective(t), objective(-t));
        first.push((up - at).abs());
        second.push((up - at - t * slope).abs());
        central.push(((up - down) / (2.0 * t) / slope - 1.0).abs());
    }
    println!("{name}: J {at:e}, slope {slope:e}, first {first:?}, second {second:?}, central {central:?}");
    for i in 0..2 {
        let (one, two) = ((first[i] / first[i + 1]).log2(), (second[i] / second[i + 1]).log2());
        assert!((one - 1.0).abs() < 0.4, "{name}: slope {one} of the first remainder");
        assert!((two - 2.0).abs() < 0.4, "{name}: slope {two} of the second remainder");
    }
    assert!(central[2] < 2e-3, "{name}: the gradient is off by {:e}", central[2]);
}

/// Calls `with` for a joint inversion from the uniform background.
fn with_joint<R>(inversion: &str, device: Device, with: impl FnOnce(&Joint, &Context) -> R) -> R {
    let (plan, data) = plan(inversion);
    let background = |_: fd::Point| 1000.0;
    let problem = problem(&plan, &data, &background);
    let settings = &plan.inversions[0];
    let MethodChoice::Joint(joint) = &settings.method else { panic!("a joint method: {inversion}") };
    with(
        joint,
        &Context {
            problem: &problem,
            settings: &settings.settings,
            frame: Frame::of(&problem.grid),
            device,
            noise: None,
        },
    )
}

/// Value and gradients of a joint inversion at its first networks, after some steps that are passed over.
fn value_after(steps: usize, inversion: &str) -> JointValue {
    with_joint(inversion, device::parse("cpu").unwrap(), |joint, context| {
        let stage = &context.settings.stages[0];
        let mut terms = joint.residual.as_dyn().prepare(context, stage).unwrap();
        let networks = Networks::new(&joint.wavefield, joint.velocity.as_ref(), context, stage).unwrap();
        (0..steps).for_each(|_| terms.skip());
        terms.evaluate(&networks, SHARPNESS).unwrap()
    })
}

/// Both residuals of the joint method, with respect to both networks.
#[test]
fn joint_objectives() {
    let integral = STRONG.replace("pool: 3", "data_from: integral, pool: 3");
    let steps = [
        ("strong", STRONG, [4e-2, 4e-3]),
        ("strong, data of contrast sources", &integral, [4e-2, 4e-3]),
        ("strong, balanced", &weighted([0.06, 0.01], 1000), [4e-2, 4e-3]),
        ("strong, smoothed", &smoothed(), [4e-2, 4e-3]),
        ("strong, smoothed in the region", &smoothed_in_region(), [4e-2, 4e-3]),
        ("preconditioned", PRECONDITIONED, [4e-2, 1e-2]),
    ];
    for ((name, inversion, largest), device) in on_every_device(&steps) {
        with_joint(&inversion.replace("pool: 3", "pool: 1"), device, |joint, context| {
            joint_objective(name, joint, context, largest);
        });
    }
}

/// A strong residual of these weights, of which the terms are balanced or not.
fn weighted([weight, edge_weight]: [f64; 2], balance: usize) -> String {
    let loss = format!("weight: {weight}, edge_weight: {edge_weight}, balance: {balance}");
    STRONG.replace("pool: 3", &format!("loss: {{least_squares: {{{loss}}}}}, pool: 3"))
}

/// Balanced terms add up with gradients of one length: those of equation, edge and data alone, which follow from three
/// objectives without balance, to the rounding of their differences in single precision.
#[test]
fn balanced_terms() {
    let gradient = |weights: [f64; 2], balance: usize| -> Vec<f64> {
        value_after(0, &weighted(weights, balance))
            .by_wavefield
            .into_iter()
            .flat_map(|g| g.into_data().iter::<f32>().map(f64::from).collect::<Vec<_>>())
            .collect()
    };
    let weights = [0.06, 0.01];
    let [start, edge, equation] = [weights, [0.06, 1.0], [6.0, 0.01]].map(|w| gradient(w, 0));
    let share = |of: &[f64], weight: f64, other: f64| -> Vec<f64> {
        of.iter().zip(&start).map(|(a, b)| (a - b) * weight / (other - weight)).collect()
    };
    let (equation, edge) = (share(&equation, weights[0], 6.0), share(&edge, weights[1], 1.0));
    let data: Vec<f64> = (0..start.len()).map(|i| start[i] - equation[i] - edge[i]).collect();
    let length = |v: &[f64]| v.iter().map(|v| v * v).sum::<f64>().sqrt();
    let [by_edge, by_data] = [&edge, &data].map(|term| length(&equation) / length(term));
    let found = gradient(weights, 1000);
    let missing: Vec<f64> =
        (0..start.len()).map(|i| found[i] - equation[i] - by_edge * edge[i] - by_data * data[i]).collect();
    assert!(length(&missing) < 2e-3 * length(&equation), "{:e} {:e}", length(&missing), length(&equation));
}

/// In the middle of a stage, weights that grow by 100 have grown by 10: the objective is that of ten times the weights.
#[test]
fn weights_grow() {
    let objective = |growth: f64, weight: f64, steps: usize| {
        let loss = format!("weight: {weight}, edge_weight: {weight}");
        let inversion = smoothed_in_region().replace("weight: 1, edge_weight: 1", &loss);
        let inversion = inversion.replace("pool: 3", &format!("weight_growth: {growth}, pool: 1"));
        value_after(steps, &inversion).objective
    };
    let [grown, heavy, light] =
        [objective(100.0, 1.0, 10), objective(1.0, 10.0, 0), objective(100.0, 1.0, 0)];
    assert!((grown / heavy - 1.0).abs() < 1e-12, "{grown} {heavy}");
    assert!(light < 0.9 * heavy, "{light} {heavy}");
}

/// The objective of the first stage, with respect to both networks.
pub(crate) fn joint_objective(name: &str, joint: &Joint, context: &Context, largest: [f64; 2]) {
    let settings = context.settings;
    let mut terms = joint.residual.as_dyn().prepare(context, &settings.stages[0]).unwrap();
    let networks =
        Networks::new(&joint.wavefield, joint.velocity.as_ref(), context, &settings.stages[0]).unwrap();
    let mut evaluate = |networks: &Networks| terms.evaluate(networks, SHARPNESS).unwrap();
    let value = evaluate(&networks);

    let by = value.by_wavefield;
    let towards = direction(&by);
    let parameters = networks.wavefield.parameters();
    taylor(&format!("{name}, wavefield"), dot(&by, &towards), largest[0], &mut |t| {
        let wavefield = networks.wavefield.with_parameters(moved(&parameters, &towards, t)).unwrap();
        evaluate(&Networks { wavefield, ..networks.clone() }).objective
    });

    let by = value.by_velocity;
    let towards = direction(&by);
    let velocity = networks.velocity.clone().unwrap();
    taylor(&format!("{name}, velocity"), dot(&by, &towards), largest[1], &mut |t| {
        let mut velocity = velocity.clone();
        velocity.set_parameters(moved(&velocity.parameters(), &towards, t)).unwrap();
        evaluate(&Networks { velocity: Some(velocity), ..networks.clone() }).objective
    });
}

/// The whole chain of `implicit`: network, mean over cells, contrast, factorised solves, misfit, and back.
#[test]
fn implicit_chain() {
    implicit_chain_of("implicit", IMPLICIT, 4e-2);
}

/// The same with grids beside the network, and with each kind of output.
#[test]
fn implicit_chain_with_grids() {
    for output in ["levels: {sharpness: [1, 10]}", "bounded: {}", "perturbation: {}", "affine: {}"] {
        let inversion = IMPLICIT.replace("levels: {sharpness: [1, 10]}", output).replace(
            "        velocity:\n",
            "        representation: {siren_and_grids: {coarsest: 6, levels: 3}}\n        velocity:\n",
        );
        implicit_chain_of(output, &inversion, 1e-2);
    }
}

fn implicit_chain_of(name: &str, inversion: &str, largest: f64) {
    for ((), device) in on_every_device(&[()]) {
        implicit_chain_on(&device, name, inversion, largest);
    }
}

fn implicit_chain_on(device: &Device, name: &str, inversion: &str, largest: f64) {
    let (plan, data) = plan(inversion);
    let background = |_: fd::Point| 1000.0;
    let problem = problem(&plan, &data, &background);
    let settings = &plan.inversions[0];
    let MethodChoice::Implicit(implicit) = &settings.method else { panic!("implicit is one") };
    let region = SubGrid::new(&problem.grid, &settings.settings.region).unwrap();
    let frame = Frame::of(&problem.grid);
    let fine = implicit.points_per_cell();
    let points = VelocityPoints::cells(&region.grid, fine, problem.background, frame, device);
    let velocity = VelocityNetwork::new(&implicit.velocity(), settings.settings.bounds(), 1000.0, 3, device)
        .unwrap()
        .with(implicit.representation.as_dyn(), &points);
    let reduced = HarmonicMisfit::new(&problem, &[0]).unwrap();
    let m_b = background_slowness(&problem, &problem.grid);
    let evaluate = |velocity: &VelocityNetwork| {
        let sample = velocity.sample(&points, SHARPNESS);
        let m = region.slowness(&m_b, &sample.contrast);
        let value = reduced.evaluate(&problem, settings.settings.misfit.in_frequency(), &m).unwrap();
        (value.misfit, sample.pull_back(&region.by_contrast(&m_b, &value.gradient)))
    };
    let (_, by) = evaluate(&velocity);
    let towards = direction(&by);
    taylor(name, dot(&by, &towards), largest, &mut |t| {
        let mut velocity = velocity.clone();
        velocity.set_parameters(moved(&velocity.parameters(), &towards, t)).unwrap();
        evaluate(&velocity).0
    });
}

/// Where the data are those of the model, the Gauss-Newton product is the Hessian: the difference of gradients on both
/// sides of the model over the step, to the square of the step. And it is symmetric: `<H a, b> = <a, H b>`.
#[test]
fn gauss_newton_products() {
    let (_, data) = plan(GRID);
    gauss_newton_product(data.survey.receivers.clone());
    // The second shot has its receivers in another order and some elsewhere.
    let points = data.survey.receivers.common().to_vec();
    let moved = points
        .iter()
        .rev()
        .map(|at| at.plus(&[if at.z() > 200.0 { 40.0 } else { 0.0 }, 0.0].into()))
        .collect();
    gauss_newton_product(Receivers::ByShot(vec![points, moved]));
}

fn gauss_newton_product(receivers: Receivers) {
    let (plan, data) = plan(GRID);
    let background = |_: fd::Point| 1000.0;
    let mut problem = problem(&plan, &data, &background);
    problem.survey.receivers = receivers;
    let m = background_slowness(&problem, &problem.grid);
    let reduced = HarmonicMisfit::new(&problem, &[0]).unwrap();
    let fields = reduced.fields(&problem, &m).unwrap();
    let sampled = |(shot, u): (usize, &Vec<_>)| {
        fd::PointSet::new(&problem.grid, problem.survey.receivers.of(shot)).unwrap().sample(u)
    };
    let observed = fields.iter().enumerate().flat_map(sampled).collect();
    let Waves::Helmholtz(harmonic) = &mut problem.waves else {
        panic!("the small case is one of frequencies")
    };
    harmonic.observed = observed;
    let bump = |x0: f64, z0: f64| -> Vec<f64> {
        let shape = |[x, z]: [f64; 2]| (-((x - x0).powi(2) + (z - z0).powi(2)) / 8e3).exp();
        problem.grid.points().zip(&m).map(|(p, m)| m * shape(p)).collect()
    };
    let inner = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let (a, b) = (bump(0.0, 0.0), bump(60.0, -40.0));
    let linearised = Linearised::new(&reduced, &problem, &m).unwrap();
    for misfit in ["l2: {}", "huber: {threshold: 1e3}"] {
        let misfit: scenario::MisfitChoice = serde_saphyr::from_str(misfit).unwrap();
        let product =
            |dm: &[f64]| linearised.gauss_newton(&reduced, &problem, misfit.in_frequency(), dm).unwrap().0;
        let (by_a, by_b) = (product(&a), product(&b));
        assert!((inner(&by_a, &b) - inner(&a, &by_b)).abs() < 1e-8 * inner(&by_a, &a));
        let gradient = |t: f64| {
            let m: Vec<f64> = m.iter().zip(&a).map(|(m, a)| m + t * a).collect();
            reduced.evaluate(&problem, misfit.in_frequency(), &m).unwrap().gradient
        };
        let off = |t: f64| {
            let (up, down) = (gradient(t), gradient(-t));
            let difference: Vec<f64> =
                up.iter().zip(down).zip(&by_a).map(|((u, d), p)| (u - d) / (2.0 * t) - p).collect();
            (inner(&difference, &difference) / inner(&by_a, &by_a)).sqrt()
        };
        let (large, small) = (off(2e-3), off(1e-3));
        assert!(small < 1e-3 && (large / small).log2() > 1.6, "{large:e} {small:e}");
    }
}

/// Every optimiser of grids, with and without conditioning, lowers the misfit of the small case in a few iterations, and
/// a mask of water holds the velocity.
#[test]
fn optimizers_of_grids() {
    let conditioning =
        "conditioning: [{illumination: {}}, {smoothing: {x: 50, z: 50}}, {water: {depth: -100}}]\n";
    for optimizer in ["lbfgs: {}", "nlcg: {}", "gauss_newton: {inner: 5}", "adam: {learning_rate: 0.03}"] {
        for conditioned in [false, true] {
            let mut inversion = GRID.replace("lbfgs: {}", optimizer);
            if conditioned {
                inversion = inversion.replace("    bounds:", &format!("    {conditioning}    bounds:"));
            }
            let (plan, data) = plan(&inversion);
            let background = |_: fd::Point| 1000.0;
            let problem = problem(&plan, &data, &background);
            let settings = &plan.inversions[0];
            let start = background_slowness(&problem, &problem.grid);
            let reduced = HarmonicMisfit::new(&problem, &[0]).unwrap();
            let before =
                reduced.evaluate(&problem, settings.settings.misfit.in_frequency(), &start).unwrap().relative;
            let solution = settings.method.as_dyn().invert(&problem, &settings.settings, &mut Deaf).unwrap();
            let after = solution.progress.data_misfit;
            println!(
                "{optimizer}, conditioned {conditioned}: {before} to {after}, {} solves",
                solution.pde_solves
            );
            assert!(after < 0.8 * before, "{optimizer}, conditioned {conditioned}: {before} to {after}");
            for ([_, z], v) in problem.grid.points().zip(&solution.models[0].model.values) {
                assert!(!conditioned || z > -100.0 || (v - 1000.0).abs() < 1e-9, "{z} {v}");
            }
        }
    }
}
