//! Programs of every system of the catalogue: places of fields, exact transposes and gradients, stability and dispersion, and
//! waves of known form.

use std::collections::BTreeMap;

use pde::{Dimension, System, systems};

use super::symbol::{Symbol, largest_stable_step};
use super::*;

const SPACING: f64 = 10.0;

fn every_system(dimensions: &[Dimension]) -> Vec<System> {
    let rows = systems().iter();
    rows.flat_map(|row| dimensions.iter().filter_map(|dimension| (row.declare)(*dimension))).collect()
}

fn value(name: &str) -> Option<f64> {
    Some(match name {
        "vp" => 2300.0,
        "vs" => 1100.0,
        "rho" => 2.1,
        "epsilon" => 0.2,
        "delta" => 0.1,
        "gamma" => 0.15,
        "Q" => 30.0,
        "rate" => 60.0,
        _ => return None,
    })
}

/// A deterministic number between -1 and 1.
fn noise(seed: usize) -> f64 {
    let mut x = (seed as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x2545_f491_4f6c_dd1d;
    x ^= x >> 29;
    x = x.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x ^= x >> 32;
    (x >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
}

/// A medium that differs from node to node by up to 10 %.
fn rough(name: &str, node: usize) -> Option<f64> {
    let place: usize = name.bytes().map(usize::from).sum();
    let number = if name == "rate" { 0 } else { node + 1 };
    value(name).map(|v| v * (1.0 + 0.1 * noise(1000 * place + number)))
}

fn stable(system: &System, order: usize) -> f64 {
    // Faster than the fastest of the rough medium, so that 0.6 of it is stable there too.
    largest_stable_step(system, SPACING, order, &[&value]).unwrap_or_else(|e| panic!("{}: {e}", system.name))
}

fn nodes(dimension: Dimension) -> &'static [usize] {
    match dimension {
        Dimension::One => &[40],
        Dimension::Two => &[14, 12],
        Dimension::Three => &[7, 6, 8],
    }
}

/// Elastic fields stand where Virieux put them: normal stresses on nodes, velocities half a cell along their own axis, shear
/// stresses half a cell along both of theirs.
#[test]
fn places_are_those_of_virieux() {
    for system in every_system(&Dimension::ALL) {
        let evolutions = {
            let mut all = system.evolution().unwrap();
            all.sort_by_key(|one| one.unknown);
            all
        };
        let staggering = Staggering::of(&evolutions, system.dimension.axes());
        assert!(staggering.consistent, "{}", system.name);
        if !system.name.starts_with("elastic") {
            continue;
        }
        for (symbol, half) in system.unknowns.iter().zip(&staggering.half) {
            let (kind, along) = symbol.name.split_once('_').unwrap();
            let letters: Vec<char> = along.chars().collect();
            let expected: Vec<bool> = (system.dimension.axes().iter())
                .map(|axis| match kind {
                    "v" => letters == [axis.letter()],
                    _ => letters[0] != letters[1] && letters.contains(&axis.letter()),
                })
                .collect();
            assert_eq!(*half, expected, "{}", symbol.name);
        }
    }
}

/// Without places that fit, derivatives are centred: a first derivative of the unknown in its own equation.
#[test]
fn fields_without_places_stand_together() {
    let text = "unknown u [Pa]\nunknown w [Pa]\nparameter vp [m/s]\n\
                dtt(u) - vp^2 dxx(u) - vp^2 dxz(w) = 0\ndtt(w) - vp^2 dzz(w) - vp^2 dxx(u) = 0\n";
    let system = System::parse("mixed", Dimension::Two, text).unwrap();
    let staggering = Staggering::of(&system.evolution().unwrap(), system.dimension.axes());
    assert!(!staggering.consistent && staggering.half.iter().flatten().all(|half| !half));
    let program = Program::new(&system, &Numerics { spacing: SPACING, step: 1e-3, order: 4 }).unwrap();
    let centred = |statement: &Statement| match statement {
        Statement::Update { terms, .. } => {
            terms.iter().any(|t| matches!(t.derivative, Some((_, Difference::Centred))))
        }
        Statement::Swap(..) => false,
    };
    assert_eq!(program.statements.iter().filter(|s| centred(s)).count(), 2);
}

/// `<A u, v> = <u, A^T v>` for six steps in a rough medium, for every system, dimension and some orders.
#[test]
fn transposes_are_exact() {
    for system in every_system(&Dimension::ALL) {
        for order in [2, 4, 8] {
            let step = 0.6 * stable(&system, 4);
            let program = Program::new(&system, &Numerics { spacing: SPACING, step, order }).unwrap();
            let nodes = nodes(system.dimension);
            let mut forward = Reference::new(&program, nodes, &rough).unwrap();
            let mut backward = forward.clone();
            let fill = |state: &mut Vec<Vec<f64>>, seed: usize| {
                for v in program.state() {
                    state[v].iter_mut().enumerate().for_each(|(i, x)| *x = noise(seed + 1_000_003 * v + i));
                }
            };
            fill(&mut forward.state, 1);
            fill(&mut backward.state, 500_000_000);
            let (u, v) = (forward.state.clone(), backward.state.clone());
            let transpose = transposed(&program.statements);
            for _ in 0..6 {
                forward.step();
                backward.run(&transpose);
                program.variables.iter().enumerate().filter(|(_, variable)| variable.temporary).for_each(
                    |(k, _)| {
                        backward.state[k].iter_mut().for_each(|x| *x = 0.0);
                    },
                );
            }
            let dot = |a: &[Vec<f64>], b: &[Vec<f64>]| -> [f64; 2] {
                let products = program.state().flat_map(|v| a[v].iter().zip(&b[v]).map(|(a, b)| a * b));
                products.fold([0.0; 2], |[sum, size], p| [sum + p, size + p.abs()])
            };
            let ([left, size], [right, _]) = (dot(&forward.state, &v), dot(&u, &backward.state));
            assert!((left - right).abs() < 1e-12 * size, "{} {order}: {left} {right} {size}", system.name);
        }
    }
}

/// The Taylor remainder of the misfit falls with the square of the change of every parameter: slope 2.
#[test]
fn gradients_are_exact() {
    for system in every_system(&[Dimension::One, Dimension::Two]) {
        let step = 0.6 * stable(&system, 4);
        let program = Program::new(&system, &Numerics { spacing: SPACING, step, order: 4 }).unwrap();
        let nodes = nodes(system.dimension);
        let len: usize = nodes.iter().product();
        let names: Vec<&str> = system.parameters.iter().map(|symbol| symbol.name.as_str()).collect();
        let mut all: Vec<(&str, Vec<f64>)> = names
            .iter()
            .map(|name| (*name, (0..len).map(|node| rough(name, node).unwrap()).collect()))
            .collect();
        if system.given.iter().any(|given| given.name == "rate") {
            all.push(("rate", vec![60.0; len]));
        }
        let wavelet: Vec<f64> = (0..24).map(|k| 1e3 * noise(77 + k)).collect();
        let receivers: Vec<usize> = (0..len).step_by(5).collect();
        let data: Vec<f64> = (0..24 * receivers.len()).map(|k| 100.0 * noise(9999 + k)).collect();
        let last = system.unknowns.len() - 1;
        let recording =
            Recording { source: (last, len / 2), wavelet: &wavelet, receivers: (0, &receivers), data: &data };
        let (misfit, slopes) = gradient(&program, nodes, &all, &recording).unwrap();
        for (place, name) in names.iter().enumerate() {
            let direction: Vec<f64> =
                (0..len).map(|node| all[place].1[node] * noise(31 * place + node + 7)).collect();
            let slope: f64 = slopes[place].iter().zip(&direction).map(|(g, d)| g * d).sum();
            let remainder = |size: f64| {
                let mut moved = all.clone();
                moved[place].1.iter_mut().zip(&direction).for_each(|(v, d)| *v += size * d);
                (gradient(&program, nodes, &moved, &recording).unwrap().0 - misfit - size * slope).abs()
            };
            let ratio = remainder(2e-3) / remainder(1e-3);
            assert!((ratio.log2() - 2.0).abs() < 0.1, "{} {name}: slope {}", system.name, ratio.log2());
        }
    }
}

/// The largest step of waves in a uniform medium: that of Alford et al. and of Virieux, `h / (v sqrt(d)) / sum |weights|`.
#[test]
fn stable_steps_are_those_of_theory() {
    for (name, velocity) in
        [("acoustic", 2300.0), ("acoustic_density", 2300.0), ("elastic", 2300.0), ("sh", 1100.0)]
    {
        let row = systems().iter().find(|row| row.name == name).unwrap();
        for dimension in Dimension::ALL {
            let Some(system) = (row.declare)(dimension) else { continue };
            if dimension == Dimension::Three && name == "elastic" {
                continue; // As in two dimensions, and slow here.
            }
            let axes = dimension.axes().len() as f64;
            for order in [2, 4, 8] {
                let limit = if name == "acoustic" {
                    // 4 = (v dt / h)^2 d times the largest of the second difference, at pi a cell.
                    let largest: f64 = Difference::Second
                        .weights(order)
                        .iter()
                        .map(|(o, w)| w * (-1.0_f64).powi(*o as i32))
                        .sum();
                    2.0 / (axes * -largest).sqrt()
                } else {
                    let sum: f64 = Difference::Up.weights(order).iter().map(|(_, w)| w.abs()).sum();
                    2.0 / (axes.sqrt() * sum)
                };
                let found = stable(&system, order) * velocity / SPACING;
                assert!((found / limit - 1.0).abs() < 2e-3, "{name} {dimension:?} {order}: {found} {limit}");
            }
        }
    }
}

/// At 0.95 of the largest step a rough state of a uniform medium stays bounded for 3000 steps, at 1.05 it grows.
#[test]
fn steps_are_stable_up_to_the_limit() {
    for system in every_system(&[Dimension::Two]) {
        let largest = stable(&system, 4);
        let after = |share: f64, steps: usize| {
            let numerics = Numerics { spacing: SPACING, step: share * largest, order: 4 };
            let program = Program::new(&system, &numerics).unwrap();
            let mut run = Reference::new(&program, &[12, 12], &|name, _| value(name)).unwrap();
            let field = program.fields[0];
            run.state[field].iter_mut().enumerate().for_each(|(i, x)| *x = noise(i));
            let first = run.state[field].iter().fold(0.0_f64, |a, x| a.max(x.abs()));
            for _ in 0..steps {
                run.step();
            }
            run.state[field].iter().fold(0.0_f64, |a, x| a.max(x.abs())) / first
        };
        let (below, above) = (after(0.95, 1500), after(1.05, 600));
        assert!(below < 1e3 && !(above < 1e6), "{}: {below} {above}", system.name);
    }
}

/// Vertical waves: the phase velocity comes from the declaration, and its error falls with the order of the scheme when the
/// step falls with it.
#[test]
fn phase_velocities_converge() {
    for (name, velocity) in [
        ("acoustic", 2300.0),
        ("acoustic_density", 2300.0),
        ("acoustic_vti", 2300.0),
        ("elastic", 2300.0),
        ("elastic", 1100.0),
        ("elastic_vti", 2300.0),
        ("elastic_vti", 1100.0),
        ("sh", 1100.0),
    ] {
        let row = systems().iter().find(|row| row.name == name).unwrap();
        let system = (row.declare)(Dimension::Two).unwrap();
        for order in [2, 4, 8] {
            let error = |points: f64| {
                let k = std::f64::consts::TAU / (points * SPACING);
                // A step so short that space decides.
                let program =
                    Program::new(&system, &Numerics { spacing: SPACING, step: 1e-6, order }).unwrap();
                Symbol::new(program, &value).unwrap().phase_error(velocity * k, &[0.0, k])
            };
            let (coarse, fine) = (error(5.0), error(10.0));
            let observed = (coarse / fine).abs().log2();
            assert!(
                (observed - order as f64).abs() < 0.4,
                "{name} {velocity} {order}: {coarse} {fine} {observed}"
            );
        }
    }
}

/// Waves that grow for every step are told: the sign of the Laplacian is wrong.
#[test]
fn wrong_signs_are_told() {
    let text = "unknown u [Pa]\nparameter vp [m/s]\ndtt(u) + vp^2 dxx(u) = 0\n";
    let system = System::parse("wrong", Dimension::One, text).unwrap();
    let error = largest_stable_step(&system, SPACING, 4, &[&value]).unwrap_err();
    assert!(matches!(error, ProgramError::Unstable { .. }), "{error}");
    let text = "unknown p [Pa]\nunknown r [Pa/s]\nparameter vp [m/s]\nparameter rate [1/s]\n\
                dt(p) + r = 0\ndt(r) + rate r + rate^2 p = 0\n";
    let system = System::parse("order", Dimension::One, text).unwrap();
    let error = Program::new(&system, &Numerics { spacing: 1.0, step: 1.0, order: 2 }).unwrap_err();
    assert!(error.to_string().contains("write the equation of `r` first"), "{error}");
}

/// A wave packet that moves by many of its lengths arrives where the exact one does: every statement of a step is where it
/// belongs in time. Pressure and velocity of a plane wave in one dimension.
#[test]
fn plane_waves_travel() {
    for name in ["acoustic", "acoustic_density", "sh", "elastic"] {
        let row = systems().iter().find(|row| row.name == name).unwrap();
        let system = (row.declare)(Dimension::One).unwrap();
        let velocity = if name == "sh" { 1100.0 } else { 2300.0 };
        let error = |refine: usize| {
            let spacing = SPACING / refine as f64;
            let step = 0.5 * spacing / velocity;
            let program = Program::new(&system, &Numerics { spacing, step, order: 8 }).unwrap();
            let count = 300 * refine;
            let mut run = Reference::new(&program, &[count], &|name, _| value(name)).unwrap();
            let field = program.fields[program.fields.len() - 1];
            let packet = |x: f64| (-(x / 120.0).powi(2)).exp();
            let at = |i: usize| i as f64 * spacing;
            // A pulse at rest splits into two; with leapfrog the state before is that after, by symmetry.
            let half = program.variables[field].half[0];
            let x = |i: usize| at(i) + if half { 0.5 * spacing } else { 0.0 };
            let exact = |i: usize, t: f64| {
                0.5 * (packet(x(i) - 1500.0 - velocity * t) + packet(x(i) - 1500.0 + velocity * t))
            };
            let names: BTreeMap<&str, usize> =
                program.variables.iter().enumerate().map(|(k, v)| (v.name.as_str(), k)).collect();
            for i in 0..count {
                run.state[field][i] = exact(i, 0.0);
                if let Some(before) = names.get("p before") {
                    run.state[*before][i] = exact(i, step);
                }
            }
            // Of two staggered fields the one at rest is half a step behind, which the first step mends only to first order:
            // start it half a step on.
            if name != "acoustic" {
                let other = program.fields[0];
                let first = run.state[other].clone();
                run.step();
                run.state[other] =
                    first.iter().zip(&run.state[other]).map(|(a, b)| a + 0.5 * (b - a)).collect();
                for i in 0..count {
                    run.state[field][i] = exact(i, 0.0);
                }
                // Now the other field is at half a step: step the field alone first.
                let statements: Vec<Statement> = program.statements.clone();
                let own = |statement: &Statement| matches!(statement, Statement::Update { into, .. } if *into == other);
                let until = statements.iter().position(own).unwrap() + 1;
                run.run(&statements[until..]);
            } else {
                run.step();
            }
            let steps = 60 * refine;
            for _ in 1..steps {
                run.step();
            }
            let t = steps as f64 * step;
            let apart: f64 = (0..count).map(|i| (run.state[field][i] - exact(i, t)).powi(2)).sum();
            let size: f64 = (0..count).map(|i| exact(i, t).powi(2)).sum();
            (apart / size).sqrt()
        };
        let (coarse, fine) = (error(1), error(2));
        let order = (coarse / fine).log2();
        assert!(coarse < 5e-3 && (order - 2.0).abs() < 0.3, "{name}: {coarse} {fine} {order}");
    }
}
