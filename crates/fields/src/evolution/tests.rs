//! Exact waves, gradients, and the solved output layer.

use super::*;
use crate::architecture::{Architecture, Frequency};
use crate::fused::host_values;
use crate::initialization::BiasInit;

fn bell(source: usize, [x, z]: Point) -> [f64; 5] {
    let (s, x) = (0.02, x - 0.3 * source as f64);
    let u = (-0.5 * (x * x + z * z) / s).exp();
    [u, -x / s * u, -z / s * u, (x * x / s - 1.0) / s * u, (z * z / s - 1.0) / s * u]
}

fn problem<'a>(slowness: &'a (dyn Fn(Point) -> f64 + Sync), sources: usize) -> Evolution<'a> {
    Evolution {
        region: Region::new([-1.0, -1.0], [1.0, 1.0]).unwrap(),
        horizon: 0.4,
        slowness,
        fastest: 1.0,
        start: &bell,
        centres: (0..sources).map(|s| [0.3 * s as f64, 0.0]).collect(),
        radius: 0.5,
        curvature: 50.0,
        amplitude: 1.0,
    }
}

fn least_squares(exact: bool) -> EvolutionTerms {
    EvolutionTerms::LeastSquares {
        exact_start: exact.then_some(InitialCondition { tau: 0.2 }),
        start_weight: 2.0,
        causal: None,
        cone_weight: exact.then_some(0.7),
        absorbing_weight: 0.5,
        curriculum: 0.0,
    }
}

fn network(outputs: usize, device: &Device) -> Network {
    let architecture = Architecture {
        inputs: 3,
        w0_first: 6.0,
        w0_hidden: 2.0,
        bias: BiasInit::Phase,
        frequency: Frequency::Absorbed,
        ..Architecture::siren(24, 2, outputs)
    };
    Network::init(&architecture, 5, device).unwrap()
}

/// A plane wave with omega = |k| has no residual, to the rounding of k^2 u. With an m that is 1 % too large the
/// residual is 0.01 k^2 / curvature times the root mean square of a sine.
#[test]
fn plane_waves_have_no_residual() {
    let device = crate::device::parse("cpu").unwrap();
    let architecture = Architecture { inputs: 3, w0_first: 1.0, ..Architecture::siren(1, 1, 1) };
    let values = vec![vec![12.0, -16.0, 20.0], vec![0.4], vec![1.0], vec![0.0]];
    let wave = Network::from_values(&architecture, values, &device).unwrap();
    let terms = EvolutionTerms::LeastSquares {
        exact_start: None,
        start_weight: 0.0,
        causal: Some(Causal { bins: 4, epsilon: 1.0 }),
        cone_weight: None,
        absorbing_weight: 0.0,
        curriculum: 0.0,
    };
    for (m, expected) in [(1.0, 0.0), (1.01, 0.01 * 400.0 / 50.0 * 0.5f64.sqrt())] {
        let slowness = move |_: Point| m;
        let mut objective = problem(&slowness, 1).objective(terms.clone(), 1000, 0, 1, &device).unwrap();
        let found = objective.evaluate(&wave, 0.5).unwrap().residual;
        assert!((found - expected).abs() < 1e-4 + 0.1 * expected, "{m}: {found}");
    }
}

/// The gradient is the slope of the objective along itself, in every form and for several sources, compared with
/// central differences of f32 values, which are good to a few thousandths.
#[test]
fn gradients_are_slopes() {
    let device = crate::device::parse("cpu").unwrap();
    let slowness = |[x, _]: Point| 1.0 + 0.2 * x;
    let paper = EvolutionTerms::Sitzmann { pretraining: 0, pretraining_times: 0.01, at_start: 60, disc: 0.3 };
    for (terms, sources) in [(least_squares(true), 2), (least_squares(false), 2), (paper, 1)] {
        let network = network(sources, &device);
        let objective = |network: &Network| {
            // A new objective draws the same points.
            let mut objective =
                problem(&slowness, sources).objective(terms.clone(), 300, 0, 4, &device).unwrap();
            objective.step = 1;
            objective.evaluate(network, 0.5).unwrap()
        };
        let gradient: Vec<Vec<f32>> = objective(&network).gradient.into_iter().map(host_values).collect();
        let norm2: f64 = gradient.iter().flatten().map(|g| f64::from(*g).powi(2)).sum();
        let step = 2e-3 / norm2.sqrt();
        let moved = |sign: f64| {
            let values = network.parameter_values().into_iter().zip(&gradient).map(|(p, g)| {
                p.iter().zip(g).map(|(p, g)| p + (sign * step * f64::from(*g)) as f32).collect()
            });
            let moved = Network::from_values(network.architecture(), values.collect(), &device).unwrap();
            objective(&moved).objective
        };
        let slope = (moved(1.0) - moved(-1.0)) / (2.0 * step);
        assert!((slope - norm2).abs() < 1e-2 * norm2, "{terms:?}: {slope} {norm2}");
    }
}

/// The solved output layer is the minimum: the objective decreases, and a second solution at other points changes
/// little.
#[test]
fn solved_output_layers_are_better() {
    let device = crate::device::parse("cpu").unwrap();
    let slowness = |_: Point| 1.0;
    let EvolutionTerms::LeastSquares { exact_start, start_weight, causal, cone_weight, curriculum, .. } =
        least_squares(true)
    else {
        unreachable!()
    };
    let terms = EvolutionTerms::LeastSquares {
        exact_start,
        start_weight,
        causal,
        cone_weight,
        curriculum,
        absorbing_weight: 0.0,
    };
    let mut objective = problem(&slowness, 2).objective(terms, 2000, 1, 4, &device).unwrap();
    let network = network(2, &device);
    let before = objective.evaluate(&network, 0.5).unwrap().objective;
    let solved = objective.with_solved_output(&network, 3000, 1e-6).unwrap();
    let after = objective.evaluate(&solved, 0.5).unwrap().objective;
    assert!(after < 0.5 * before, "{before} {after}");
    let again = objective.with_solved_output(&solved, 3000, 1e-6).unwrap();
    let other = objective.evaluate(&again, 0.5).unwrap().objective;
    assert!((other - after).abs() < 0.2 * after, "{after} {other}");
}

/// Half the sum of squares of the individual residuals is the objective, and linearised they have its gradient, with
/// an exact start and with penalties, causal weights and balanced terms; both in single precision.
#[test]
fn residuals_are_those_of_the_objective() {
    let device = crate::device::parse("cpu").unwrap();
    let slowness = |[x, _]: Point| 1.0 + 0.2 * x;
    for exact in [true, false] {
        let mut terms = least_squares(exact);
        if let EvolutionTerms::LeastSquares { causal, .. } = &mut terms {
            *causal = Some(Causal { bins: 5, epsilon: 0.3 });
        }
        let network = network(2, &device);
        let objective = problem(&slowness, 2).objective(terms, 300, 0, 4, &device).unwrap();
        let mut objective = objective.balanced(Balance::renewed_every(10)).with_residuals(true);
        let found = objective.evaluate(&network, 0.5).unwrap();
        let residuals = found.residuals.unwrap();
        assert!((residuals.objective() / found.objective - 1.0).abs() < 1e-5);
        let linearised = residuals.linearise(&network);
        let gradient: Vec<f32> = found.gradient.into_iter().flat_map(host_values).collect();
        let size = gradient.iter().fold(0.0_f32, |a, g| a.max(g.abs()));
        for (single, double) in gradient.iter().zip(&linearised.gradient) {
            assert!((f64::from(*single) - double).abs() < 1e-4 * f64::from(size), "{single} {double}");
        }
    }
}

/// While it is held, the objective is one function of the network, including causal weights; afterwards it is
/// another.
#[test]
fn held_objectives_do_not_change() {
    let device = crate::device::parse("cpu").unwrap();
    let slowness = |_: Point| 1.0;
    let mut terms = least_squares(true);
    if let EvolutionTerms::LeastSquares { causal, .. } = &mut terms {
        *causal = Some(Causal { bins: 5, epsilon: 3.0 });
    }
    let objective = problem(&slowness, 1).objective(terms, 200, 3, 4, &device).unwrap();
    let mut objective = objective.balanced(Balance::renewed_every(1)).held_for(3);
    let (one, other) = (network(1, &device), network(2, &device));
    let other = Network::from_values(
        one.architecture(),
        {
            let mut values = one.parameter_values();
            values[0].clone_from(&other.parameter_values()[0]);
            values[0].iter_mut().for_each(|w| *w *= 0.9);
            values
        },
        &device,
    )
    .unwrap();
    let mut value = |network| objective.evaluate(network, 0.5).unwrap().objective;
    let (first, between, third, fourth) = (value(&one), value(&other), value(&one), value(&one));
    assert_eq!(first, third);
    assert!(between != first && fourth != first);
}

/// After balancing, the gradient of each term has the same norm as that of the equation.
#[test]
fn balanced_terms_have_equal_gradients() {
    let device = crate::device::parse("cpu").unwrap();
    let slowness = |_: Point| 1.0;
    let network = network(1, &device);
    let objective = problem(&slowness, 1).objective(least_squares(false), 300, 1, 4, &device).unwrap();
    let mut objective = objective.balanced(Balance::renewed_every(10));
    objective.evaluate(&network, 0.5).unwrap();
    let held = objective.held.take().unwrap();
    let norms = objective.gradient_norms(&network, &held.set, &mut None);
    let balance = objective.balance.as_ref().unwrap();
    assert_eq!(norms.len(), 4);
    for (term, norm) in norms.iter().enumerate() {
        assert!((norm * balance.factor(term) / norms[0] - 1.0).abs() < 1e-5, "{term} {norms:?}");
    }
}
