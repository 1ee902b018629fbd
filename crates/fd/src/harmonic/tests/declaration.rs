//! The matrix against the declared residuals.

use num_complex::Complex64;
use pde::{Axis, Dimension, EvolutionTerm, Expr, MultiIndex, System, linear_in};

use super::media::{Parameters, every_system, numbers, operator, settings, value};
use crate::harmonic::Shot;
use crate::time::{Mesh, ORDERS};

const OMEGA: f64 = 75.0;

/// Wavelengths along x, y, z, m.
const LENGTHS: [f64; 3] = [120.0, 150.0, 100.0];

/// A smooth field for each unknown, with its derivatives: a product of cosines.
fn smooth(unknown: usize, derivative: &MultiIndex, at: &[f64], axes: &[Axis]) -> Complex64 {
    let wave = |(place, axis): (usize, &Axis)| {
        let k = std::f64::consts::TAU / LENGTHS[*axis as usize];
        let n = derivative.count(*axis);
        let quarter = std::f64::consts::FRAC_PI_2;
        k.powi(n as i32) * (k * at[place] + 0.7 * (unknown + place) as f64 + n as f64 * quarter).cos()
    };
    let size = Complex64::new(1.0 + unknown as f64, 0.5);
    size * axes.iter().enumerate().map(wave).product::<f64>()
}

/// The parameters at a point: uniform, or smooth with a change of 10 %.
fn parameter(name: &str, at: &[f64], varies: bool) -> f64 {
    let seed: usize = name.bytes().map(usize::from).sum();
    let phase = |(place, x): (usize, &f64)| (x / 40.0 + (seed + place) as f64).cos();
    let change: f64 = at.iter().enumerate().map(phase).product();
    value(name) * if varies { 1.0 + 0.1 * change } else { 1.0 }
}

/// The largest difference of the matrix from the declared residual, over the largest of its terms, at points away from the edges;
/// `mutated` is a parameter that the matrix has 1 % larger.
fn difference(system: &System, order: usize, cell: f64, varies: bool, mutated: Option<&str>) -> f64 {
    let axes = system.dimension.axes();
    let spacing: Vec<f64> = axes.iter().map(|axis| cell * LENGTHS[*axis as usize]).collect();
    let reach = order;
    // One wavelength is examined, whatever the cells.
    let shape = vec![2 * reach + (1.0 / cell).round() as usize + 1; axes.len()];
    let origin: Vec<f64> = spacing.iter().map(|h| -(reach as f64) * h).collect();
    let mesh = Mesh::new(&origin, &spacing, &shape).unwrap();
    let nodes = mesh.nodes();
    let places: Vec<usize> = axes.iter().map(|axis| *axis as usize).collect();
    let point = |node: usize, half: [bool; 3]| -> Vec<f64> {
        let at = [node % nodes[0], node / nodes[0] % nodes[1], node / (nodes[0] * nodes[1])];
        let along = |(k, axis): (usize, &usize)| {
            origin[k] + (at[*axis] as f64 + if half[*axis] { 0.5 } else { 0.0 }) * spacing[k]
        };
        places.iter().enumerate().map(along).collect()
    };
    let factor = |name: &str| if mutated == Some(name) { 1.01 } else { 1.0 };
    let parameters: Parameters = (system.parameters.iter())
        .map(|symbol| {
            let of = |node| factor(&symbol.name) * parameter(&symbol.name, &point(node, [false; 3]), varies);
            (symbol.name.clone(), (0..mesh.len()).map(of).collect())
        })
        .collect();
    let operator = operator(system, &mesh, &settings(system, order, 0, false), &parameters, OMEGA);
    let halves: Vec<[bool; 3]> =
        operator.program.fields.iter().map(|v| operator.program.variables[*v].half).collect();
    let count = mesh.len();
    let values = (0..system.unknowns.len())
        .flat_map(|unknown| (0..count).map(move |node| (unknown, node)))
        .map(|(unknown, node)| smooth(unknown, &MultiIndex::ZERO, &point(node, halves[unknown]), axes))
        .collect();
    let silent = Shot { sources: Vec::new(), receivers: Vec::new() };
    let found = operator.residual(&silent, &operator.wavefield(values).unwrap()).unwrap();

    let harmonic = system.harmonic().unwrap();
    let environment = |name: &str, derivative: &MultiIndex, at: &[f64]| {
        if let Some(unknown) = system.unknown(name) {
            return Some(smooth(unknown, derivative, at, axes));
        }
        let number = || numbers(system).into_iter().find(|(known, _)| *known == name);
        let (time, space) = (derivative.count(Axis::T) == 0, derivative.is_zero());
        match name {
            "omega" => Some(OMEGA.into()),
            _ if number().is_some() => number().map(|(_, value)| value.into()),
            _ if system.given.iter().any(|symbol| symbol.name == name) => Some(Complex64::ZERO),
            _ => (time && space).then(|| parameter(name, at, varies).into()),
        }
    };
    let mut worst = 0.0_f64;
    let evolutions = system.evolution().unwrap();
    let residuals = system.resolved().into_iter().zip(harmonic.resolved());
    for (evolution, (in_time, residual)) in evolutions.iter().zip(residuals) {
        let unknown = evolution.unknown;
        let name = &system.unknowns[unknown].name;
        let form = linear_in(&in_time, name).unwrap();
        let highest = form.terms.iter().find(|(derivative, _)| derivative.count(Axis::T) == evolution.order);
        let (mut error, mut size) = (0.0_f64, 0.0_f64);
        for node in 0..count {
            let at = [node % nodes[0], node / nodes[0] % nodes[1], node / (nodes[0] * nodes[1])];
            if places.iter().any(|axis| at[*axis] < reach || at[*axis] >= nodes[*axis] - reach) {
                continue;
            }
            let at = point(node, halves[unknown]);
            let scale = highest.unwrap().1.eval(&environment, &at).unwrap();
            // The equation as it is stepped: over 1 + d h / 2 with its decay or damping d.
            let own = |term: &&EvolutionTerm| term.unknown == unknown && term.derivative.is_zero();
            let decay = match evolution.order {
                1 => -Expr::sum(evolution.terms.iter().filter(own).map(|term| term.coefficient.clone())),
                _ => evolution.damping.clone(),
            };
            let decay = decay.eval(&environment, &at).unwrap();
            let below = 1.0 + 0.5 * operator.program.step * decay;
            let exact = residual.eval(&environment, &at).unwrap() / (scale * below);
            error = error.max((found[unknown * count + node] - exact).norm());
            size = size.max(exact.norm());
        }
        worst = worst.max(error / size);
    }
    worst
}

/// In a uniform medium the difference from the declared residual falls with the declared order, for every system and order. With
/// a coefficient that is 1 % wrong it does not.
#[test]
fn the_matrix_is_the_declared_system() {
    for system in every_system(&[Dimension::One, Dimension::Two]) {
        for order in ORDERS {
            let (coarse, fine) = (1.0 / 9.0, 1.0 / 18.0);
            let [coarse, fine] = [coarse, fine].map(|cell| difference(&system, order, cell, false, None));
            let observed = (coarse / fine).log2();
            let case = format!("{} {:?} order {order}", system.name, system.dimension);
            assert!((observed - order as f64).abs() < 0.3, "{case}: {observed}, {coarse:e} {fine:e}");
        }
    }
}

/// Systems given as text: damping and a term without derivative in second order; decays at half cells, and a coupling of an unknown
/// that decays itself, in first order; and one without places that fit, whose differences are centred.
#[test]
fn terms_without_derivatives_in_space() {
    let head = "parameter vp [m/s]\nparameter loss [1/s]\nparameter bound [1/s]\n";
    let second = "unknown u [Pa]\ndtt(u) + loss dt(u) + bound^2 u - vp^2 dxx(u) = 0\n";
    let first = "unknown v [m/s]\nunknown r [Pa/s]\nunknown p [Pa]\nparameter rho [kg/m^3]\n\
                 dt(v) + loss v + (1/rho) dx(p) = 0\n\
                 dt(r) + bound r + rho vp^2 loss dx(v) = 0\n\
                 dt(p) + loss p + rho vp^2 dx(v) + 2 r = 0\n";
    let mixed = "unknown u [Pa]\nunknown w [Pa]\ndtt(u) + loss dt(u) - vp^2 dxx(u) - vp^2 dxz(w) = 0\n\
                 dtt(w) + bound^2 w - vp^2 dzz(w) - vp^2 dxx(u) = 0\n";
    for (name, dimension, text) in [
        ("second", Dimension::One, second),
        ("first", Dimension::One, first),
        ("mixed", Dimension::Two, mixed),
    ] {
        let system = System::parse(name, dimension, &format!("{head}{text}")).unwrap();
        for order in ORDERS {
            let [coarse, fine] =
                [1.0 / 9.0, 1.0 / 18.0].map(|cell| difference(&system, order, cell, false, None));
            let observed = (coarse / fine).log2();
            let case = format!("{name} order {order}");
            assert!((observed - order as f64).abs() < 0.4, "{case}: {observed}, {coarse:e} {fine:e}");
        }
        let of = |mutated| difference(&system, 8, 1.0 / 14.0, false, mutated);
        for symbol in &system.parameters {
            assert!(of(Some(&symbol.name)) > 100.0 * of(None), "{name} {}", symbol.name);
        }
        let [coarse, fine] = [1.0 / 20.0, 1.0 / 40.0].map(|cell| difference(&system, 8, cell, true, None));
        assert!((coarse / fine).log2() > 1.8, "{name}: {coarse:e} {fine:e}");
    }
}

#[test]
fn a_wrong_coefficient_is_seen() {
    for system in every_system(&[Dimension::Two]) {
        let right = difference(&system, 8, 1.0 / 14.0, false, None);
        for symbol in &system.parameters {
            let wrong = difference(&system, 8, 1.0 / 14.0, false, Some(&symbol.name));
            assert!(wrong > 100.0 * right, "{} {}: {wrong:e} {right:e}", system.name, symbol.name);
        }
    }
}

/// Where coefficients vary smoothly, means at half cells are of second order.
#[test]
fn smooth_media() {
    for system in every_system(&[Dimension::One, Dimension::Two]) {
        let of = |cell: f64| difference(&system, 8, cell, true, None);
        let (coarse, fine) = (of(1.0 / 20.0), of(1.0 / 40.0));
        let observed = (coarse / fine).log2();
        let case = format!("{} {:?}", system.name, system.dimension);
        println!("{case}: {coarse:e} {fine:e}");
        assert!(observed > 1.8, "{case}: {observed}, {coarse:e} {fine:e}");
    }
}
