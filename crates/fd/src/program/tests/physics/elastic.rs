//! P and S waves of a force and of an explosion in a uniform elastic medium.

use super::plane_waves::Solid;
use super::{Scheme, Waves, relative, ricker, ricker_slope, square, within};
use crate::time::point_source;

const FREQUENCY: f64 = 12.0;
const SOLID: Solid = Solid { vp: 2300.0, vs: 1250.0, rho: 1900.0, epsilon: 0.0, delta: 0.0 };

/// Both components of the motion by a force, near field included, at places where neither P nor S is small. S has 8 cells a
/// wavelength at 2.5 times the dominant frequency, where order 12 has an error of 1e-5; the step has (omega dt)^2 / 24 of the
/// phase, 1e-5 of 60 radians.
#[test]
fn force_in_a_uniform_medium() {
    let (h, dt, steps) = (6.0, 2e-4, 4000);
    let mesh = square(150, h);
    let scheme = Scheme { order: 12, ..Scheme::new(dt, FREQUENCY) };
    let waves = Waves::new("elastic", &mesh, scheme, &|name, _| SOLID.value(name));
    let s = |t: f64| ricker(FREQUENCY, t);
    // Fields are recorded where they stand: half a cell along their own axis.
    let from = [303.0, 300.0];
    let places = [("v_x", [603.0, 540.0]), ("v_z", [600.0, 543.0])];
    let receivers = places.each_ref().map(|(name, at)| (*name, &at[..]));
    let found = waves.record(&[("f_x", &from, &s)], &receivers, steps);
    let late = (3.0 / FREQUENCY / dt) as usize + 1;
    let every = 10;
    let times: Vec<f64> = waves.times(steps, true).skip(late).step_by(every).collect();
    for (component, ((name, at), trace)) in places.iter().zip(&found).enumerate() {
        let offset = [at[0] - from[0], at[1] - from[1]];
        let exact = SOLID.velocity([1.0, 0.0], offset, &times, FREQUENCY);
        let exact: Vec<f64> = exact.iter().map(|v| v[component]).collect();
        let trace: Vec<f64> = trace.iter().copied().skip(late).step_by(every).collect();
        let error = relative(&trace, &exact);
        within(3e-3, error, name);
    }
}

/// The pressure of an explosion, exact by the potential of its P wave, and no S wave: the shear stress on an axis through the
/// source is zero.
#[test]
fn explosion_in_a_uniform_medium() {
    let (h, dt, steps) = (8.0, 2.5e-4, 2400);
    let mesh = square(120, h);
    let waves = Waves::new("elastic", &mesh, Scheme::new(dt, FREQUENCY), &|name, _| SOLID.value(name));
    let s = |t: f64| ricker(FREQUENCY, t);
    let (from, to) = ([320.0, 320.0], [640.0, 560.0]);
    let found = waves.record(&[("q", &from, &s)], &[("s_xx", &to), ("s_zz", &to)], steps);
    let Solid { vp, vs, rho, .. } = SOLID;
    // Displacement grad phi with phi_tt / vp^2 = lap phi + Q / (rho vp^2), where Q is the integral of q; the sum of the normal
    // stresses is 2 (lambda + mu) lap phi, which is 2 (lambda + mu) phi_tt / vp^2.
    let size = 2.0 * rho * (vp * vp - vs * vs) / (rho * vp.powi(4));
    let emitted = |t: f64| size * ricker_slope(FREQUENCY, t);
    let r = 320.0_f64.hypot(240.0);
    let exact: Vec<f64> = waves.times(steps, false).map(|t| point_source(2, vp, r, t, emitted)).collect();
    let sum: Vec<f64> = found[0].iter().zip(&found[1]).map(|(a, b)| a + b).collect();
    let error = relative(&sum, &exact);
    within(3e-3, error, "particle motion");
}
