//! The scheme: places of fields, stability, dispersion.

use pde::{Dimension, System, systems};

use super::media::{SPACING, every_system, stable, system, value};
use crate::program::symbol::{
    Symbol, fastest, largest_stable_step, largest_step_of_medium, phase_error_along,
};
use crate::program::{Difference, Material, Numerics, Program, ProgramError, Staggering, Statement};

fn numerics(step: f64, order: usize) -> Numerics {
    Numerics { spacing: SPACING, step, order, free_surface: false }
}

/// Elastic fields stand where Virieux put them: normal stresses on nodes, velocities half a cell along their own axis, shear
/// stresses half a cell along both of theirs.
#[test]
fn places_are_those_of_virieux() {
    for system in every_system(&Dimension::ALL) {
        let mut evolutions = system.evolution().unwrap();
        evolutions.sort_by_key(|one| one.unknown);
        let staggering = Staggering::of(&evolutions);
        assert!(staggering.consistent, "{}", system.name);
        if !system.name.starts_with("elastic") {
            continue;
        }
        for (symbol, half) in system.unknowns.iter().zip(&staggering.half) {
            let (kind, along) = symbol.name.split_once('_').unwrap();
            let letters: Vec<char> = along.chars().collect();
            let expected = ['x', 'y', 'z'].map(|axis| match kind {
                "v" => letters == [axis],
                _ => letters[0] != letters[1] && letters.contains(&axis),
            });
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
    let staggering = Staggering::of(&system.evolution().unwrap());
    assert!(!staggering.consistent && staggering.half.iter().flatten().all(|half| !half));
    let program = Program::new(&system, &numerics(1e-3, 4)).unwrap();
    let centred = |statement: &&Statement| match statement {
        Statement::Update { terms, .. } => {
            terms.iter().any(|t| t.derivative.is_some_and(|d| d.difference == Difference::Centred))
        }
        _ => false,
    };
    assert_eq!(program.statements.iter().filter(centred).count(), 2);
}

/// The largest step of waves in a uniform medium: that of Alford et al. and of Virieux.
#[test]
fn stable_steps_are_those_of_theory() {
    for (name, velocity) in
        [("acoustic", 2300.0), ("acoustic_density", 2300.0), ("elastic", 2300.0), ("sh", 1100.0)]
    {
        let row = systems().iter().find(|row| row.name == name).unwrap();
        for dimension in [Dimension::One, Dimension::Two] {
            let Some(system) = (row.declare)(dimension) else { continue };
            let axes: &[usize] = if dimension == Dimension::One { &[0] } else { &[0, 2] };
            let inverse_squares: f64 = axes.iter().map(|axis| SPACING[*axis].powi(-2)).sum();
            for order in [2, 4, 8] {
                let limit = if name == "acoustic" {
                    let taps = Difference::Second.weights(order);
                    let largest: f64 = taps.iter().map(|(o, w)| w * (-1.0_f64).powi(*o as i32)).sum();
                    2.0 / (inverse_squares * -largest).sqrt()
                } else {
                    let sum: f64 = Difference::Up.weights(order).iter().map(|(_, w)| w.abs()).sum();
                    2.0 / (inverse_squares.sqrt() * sum)
                };
                let found = stable(&system, order) * velocity;
                assert!((found / limit - 1.0).abs() < 2e-3, "{name} {dimension:?} {order}: {found} {limit}");
            }
        }
    }
}

/// Vertical waves: the phase velocity comes from the declaration, and its error falls with the order of the scheme.
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
        let system = system(name, Dimension::Two);
        for order in [2, 4, 8] {
            let error = |points: f64| {
                let k = std::f64::consts::TAU / (points * SPACING[2]);
                // A step so short that space decides.
                let program = Program::new(&system, &numerics(1e-6, order)).unwrap();
                Symbol::new(program, &value).unwrap().phase_error(velocity * k, [0.0, 0.0, k])
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

/// The dispersion of order 2 is known: `sin^2(omega dt / 2) = (v dt / h)^2 sin^2(k h / 2)`.
#[test]
fn dispersion_of_order_two() {
    for name in ["acoustic", "acoustic_density"] {
        let (velocity, h, dt) = (2300.0, SPACING[0], 2e-3);
        for frequency in [5.0, 20.0, 35.0] {
            let k = std::f64::consts::TAU * frequency / velocity;
            let omega = 2.0 / dt * (velocity * dt / h * (0.5 * k * h).sin()).asin();
            let of = (0, velocity, frequency);
            let system = system(name, Dimension::Two);
            let found = phase_error_along(&system, &numerics(dt, 2), &value, of).unwrap();
            let expected = omega / (k * velocity) - 1.0;
            assert!((found - expected).abs() < 1e-6, "{name} {frequency}: {found} {expected}");
        }
    }
}

/// The fastest waves: along the layers of a VTI medium, of P waves elsewhere.
#[test]
fn fastest_waves() {
    for system in every_system(&[Dimension::Two]) {
        let expected = match system.name.as_str() {
            "sh" => 1100.0,
            "acoustic_vti" | "elastic_vti" => 2300.0 * (1.0 + 2.0 * 0.2_f64).sqrt(),
            // Attenuation: the velocity at high frequencies, of the unrelaxed modulus.
            "viscoacoustic" => {
                let (quality, tau) = (30.0_f64, 2.0 / 29.0);
                let loss = (1.0 + quality.powi(-2)).sqrt();
                let unrelaxed = (1.0 + loss.recip()) * (quality - 1.0) / (2.0 * loss * quality);
                2300.0 * (unrelaxed * (1.0 + tau)).sqrt()
            }
            _ => 2300.0,
        };
        let found = fastest(&system, &value).unwrap();
        assert!((found / expected - 1.0).abs() < 3e-3, "{}: {found} {expected}", system.name);
    }
}

/// Waves that grow for every step are told, and so is an equation that stands too early.
#[test]
fn what_cannot_be_stepped_is_refused() {
    let text = "unknown u [Pa]\nparameter vp [m/s]\ndtt(u) + vp^2 dxx(u) = 0\n";
    let wrong = System::parse("wrong", Dimension::One, text).unwrap();
    let error = largest_stable_step(&wrong, SPACING, 4, &[&value]).unwrap_err();
    assert!(matches!(error, ProgramError::Unstable { .. }), "{error}");
    let surface = Numerics { free_surface: true, ..numerics(1e-3, 4) };
    let error = Program::new(&wrong, &surface).unwrap_err();
    assert!(error.to_string().contains("declares no unknown that vanishes at a free surface"), "{error}");
    let text = "unknown p [Pa]\nunknown r [Pa/s]\nparameter vp [m/s]\nparameter rate [1/s]\n\
                dt(p) + r = 0\ndt(r) + rate r + rate^2 p = 0\n";
    let system = System::parse("order", Dimension::One, text).unwrap();
    let error = Program::new(&system, &numerics(1.0, 2)).unwrap_err();
    assert!(error.to_string().contains("write the equation of `r` first"), "{error}");
}

/// Acoustic waves with a tilted axis of symmetry, whose tangent is given: all fields stand on the same nodes.
const TILTED: &str = "unknown a_x [Pa s/m]\nunknown a_z [Pa s/m]\nunknown b_x [Pa s/m]\nunknown b_z [Pa s/m]\n\
    unknown p [Pa]\nunknown q [Pa]\nparameter vp [m/s]\nparameter epsilon [1]\nparameter tilt [1]\n\
    let norm [1] = 1 / (1 + tilt^2)\n\
    dt(a_x) - norm (dx(p) - tilt dz(p)) = 0\ndt(a_z) + norm tilt (dx(p) - tilt dz(p)) = 0\n\
    dt(b_x) - norm tilt (tilt dx(q) + dz(q)) = 0\ndt(b_z) - norm (tilt dx(q) + dz(q)) = 0\n\
    dt(p) - vp^2 (1 + 2 epsilon) (dx(a_x) + dz(a_z)) - vp^2 (dx(b_x) + dz(b_z)) = 0\n\
    dt(q) - vp^2 (dx(a_x) + dz(a_z)) - vp^2 (dx(b_x) + dz(b_z)) = 0\n";

/// A tilt to the left allows the same step as one to the right, and a medium that of its fastest node, in whatever order nodes are.
#[test]
fn stable_steps_of_tilted_media() {
    let system = System::parse("tilted", Dimension::Two, TILTED).unwrap();
    let of = |vp: f64, tilt: f64| {
        let medium = move |name: &str| match name {
            "vp" => Some(vp),
            "epsilon" => Some(0.2),
            _ => Some(tilt),
        };
        largest_stable_step(&system, [10.0; 3], 4, &[&medium]).unwrap()
    };
    let (left, right) = (of(4000.0, -0.7), of(4000.0, 0.7));
    assert!((left / right - 1.0).abs() < 1e-4, "{left} {right}");
    let tilts = [0.7, -0.7, 0.0];
    for velocities in [[1500.0, 4000.0, 2000.0], [4000.0, 1500.0, 2000.0]] {
        let material =
            Material::new(3).with_number("epsilon", 0.2).with("vp", &velocities).with("tilt", &tilts);
        let found = largest_step_of_medium(&system, [10.0; 3], 4, &material).unwrap();
        assert!((found / right - 1.0).abs() < 1e-4, "{found} {right}");
    }
}
