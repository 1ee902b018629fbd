//! Point sources in a uniform medium, in 1-D to 2-D, against the exact solution.

use super::{Scheme, Waves, relative, ricker, ricker_slope, square, within};
use crate::time::{Mesh, point_source};

const VELOCITY: f64 = 2000.0;
const FREQUENCY: f64 = 15.0;
const DENSITY: f64 = 1700.0;

fn value(name: &str, _: &[f64]) -> f64 {
    match name {
        "vp" => VELOCITY,
        "rho" => DENSITY,
        other => panic!("no parameter `{other}`"),
    }
}

/// The pressure 47 cells from a source, between nodes. At 13 cells a wavelength order 8 has a smaller error than the step:
/// (omega dt)^2 / 24 of the phase, which is 2e-5 of some 25 radians. The rest is the interpolation at points between nodes.
/// An error of 1 % in the velocity would be 0.3, and one of 1 % in the density 0.01 where it counts.
#[test]
fn pressure_is_exact() {
    let (h, dt, steps) = (10.0, 2.5e-4, 2000);
    for dims in [1, 2] {
        let mesh = if dims == 1 { Mesh::new(&[0.0], &[h], &[101]).unwrap() } else { square(100, h) };
        let (from, to) = ([283.0, 354.0], [702.0, 551.0]);
        let r = if dims == 1 { 419.0 } else { 419.0_f64.hypot(197.0) };
        for name in ["acoustic", "acoustic_density"] {
            let waves = Waves::new(name, &mesh, Scheme::new(dt, FREQUENCY), &value);
            let given = if name == "acoustic" { "f" } else { "q" };
            let s = |t: f64| ricker(FREQUENCY, t);
            let found = waves.record(&[(given, &from[..dims], &s)], &[("p", &to[..dims])], steps);
            // The source of the first-order system is that of the second-order one, integrated and over density.
            let emitted = |t: f64| match name {
                "acoustic" => ricker(FREQUENCY, t),
                _ => DENSITY * ricker_slope(FREQUENCY, t),
            };
            let exact: Vec<f64> =
                waves.times(steps, false).map(|t| point_source(dims, VELOCITY, r, t, emitted)).collect();
            let error = relative(&found[0], &exact);
            within(2e-3, error, &format!("{dims}-D {name}"));
        }
    }
}

/// The particle velocity of a force and of a volume source, half a step earlier than the pressure.
#[test]
fn particle_velocity_is_exact() {
    let (h, dt, steps) = (10.0, 2.5e-4, 2000);
    let mesh = square(100, h);
    let waves = Waves::new("acoustic_density", &mesh, Scheme::new(dt, FREQUENCY), &value);
    // On the nodes of the fields.
    let (from, to) = ([300.0, 350.0], [705.0, 550.0]);
    let s = |t: f64| ricker(FREQUENCY, t);
    let found = waves.record(&[("q", &from, &s)], &[("v_x", &to)], steps);
    // rho dv/dt = -dp/dx, where p is the time derivative of the potential P of the source rho s.
    let potential = |r: f64, t: f64| point_source(2, VELOCITY, r, t, |t| DENSITY * ricker(FREQUENCY, t));
    let [x, z] = [to[0] - from[0], to[1] - from[1]];
    let r = x.hypot(z);
    let exact: Vec<f64> = waves
        .times(steps, true)
        .map(|t| -(potential(r + 0.05, t) - potential(r - 0.05, t)) / 0.1 * x / r / DENSITY)
        .collect();
    let error = relative(&found[0], &exact);
    within(2e-3, error, "particle motion");
    let early = |name: &str| waves.propagator.lives_between_steps(name).unwrap();
    assert_eq!(["v_x", "v_z", "p"].map(early), [true, true, false]);
}
