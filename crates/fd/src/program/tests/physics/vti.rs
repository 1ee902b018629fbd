//! Waves in media with a vertical axis of symmetry.

use std::f64::consts::PI;

use super::plane_waves::Solid;
use super::{Scheme, Waves, relative, ricker, square, within};
use crate::time::point_source;

const FREQUENCY: f64 = 12.0;
const SOLID: Solid = Solid { vp: 2300.0, vs: 1300.0, rho: 1900.0, epsilon: 0.2, delta: 0.08 };

/// Motion by a force along x, along z and at 45 degrees: the whole waves, hence the group velocities in these directions.
///
/// Layers return a few 1e-4 of the largest wave. Along its direction most of P has passed before the source has ended and traces
/// are compared, and that is more of the rest. A velocity that is 1 % off would be an error of 0.1 and more.
#[test]
fn elastic_waves_along_and_across_the_axis() {
    let (h, dt, steps) = (6.0, 2e-4, 3500);
    let mesh = square(150, h);
    let scheme = Scheme { order: 12, cells: 40, ..Scheme::new(dt, FREQUENCY) };
    let waves = Waves::new("elastic_vti", &mesh, scheme, &|name, _| SOLID.value(name));
    let s = |t: f64| ricker(FREQUENCY, t);
    let late = (3.0 / FREQUENCY / dt) as usize + 1;
    let every = 10;
    let times: Vec<f64> = waves.times(steps, true).skip(late).step_by(every).collect();
    let cases = [
        ("f_x", "v_x", [1.0, 0.0], [303.0, 300.0], [360.0, 0.0]),
        ("f_x", "v_x", [1.0, 0.0], [303.0, 300.0], [0.0, 360.0]),
        ("f_z", "v_z", [0.0, 1.0], [300.0, 303.0], [0.0, 360.0]),
        ("f_x", "v_x", [1.0, 0.0], [303.0, 300.0], [300.0, 300.0]),
    ];
    for (given, unknown, force, from, offset) in cases {
        let to = [from[0] + offset[0], from[1] + offset[1]];
        let found = waves.record(&[(given, &from, &s)], &[(unknown, &to)], steps);
        let trace: Vec<f64> = found[0].iter().copied().skip(late).step_by(every).collect();
        let component = usize::from(force[1] == 1.0);
        let exact: Vec<f64> =
            SOLID.velocity(force, offset, &times, FREQUENCY).iter().map(|v| v[component]).collect();
        let error = relative(&trace, &exact);
        within(5e-3, error, &format!("{given} {offset:?}"));
    }
}

/// Elliptic waves, where epsilon = delta: with x shrunk by `stretch = sqrt(1 + 2 epsilon)` they are those of an isotropic medium.
///
/// `w = p - stretch q` obeys `w_tt = (1 - stretch) f` and stays at the source, so that q obeys a scalar wave equation with the
/// source `f + vp^2 stretch w_xx`, and p is `stretch q` elsewhere.
#[test]
fn elliptic_acoustic_waves_are_exact() {
    let (h, dt, steps) = (10.0, 2.5e-4, 2400);
    let (vp, epsilon) = (2000.0, 0.2);
    let stretch = (1.0_f64 + 2.0 * epsilon).sqrt();
    let mesh = square(120, h);
    let value = |name: &str, _: &[f64]| if name == "vp" { vp } else { epsilon };
    let waves = Waves::new("acoustic_vti", &mesh, Scheme::new(dt, FREQUENCY), &value);
    let s = |t: f64| ricker(FREQUENCY, t);
    let from = [400.0, 400.0];
    for [x, z] in [[500.0, 0.0], [0.0, 500.0], [360.0, 360.0]] {
        let to = [from[0] + x, from[1] + z];
        let found = waves.record(&[("f", &from, &s)], &[("p", &to)], steps);
        let wave = |x: f64, t: f64, s: &dyn Fn(f64) -> f64| {
            let r = (x / stretch).hypot(z);
            point_source(2, vp, r, t, |t| if t < 0.0 { 0.0 } else { s(t) / (vp * vp * stretch) })
        };
        // The wavelet integrated twice.
        let twice = |t: f64| {
            let b = (PI * FREQUENCY).powi(2);
            -(-b * (t - 1.5 / FREQUENCY).powi(2)).exp() / (2.0 * b)
        };
        let dx = 4.0;
        let exact = |t: f64| {
            let bent =
                (wave(x + dx, t, &twice) - 2.0 * wave(x, t, &twice) + wave(x - dx, t, &twice)) / (dx * dx);
            stretch * (wave(x, t, &s) + vp * vp * stretch * (1.0 - stretch) * bent)
        };
        let exact: Vec<f64> = waves.times(steps, false).map(exact).collect();
        let error = relative(&found[0], &exact);
        within(2e-3, error, &format!("at {x}, {z} m"));
    }
}
