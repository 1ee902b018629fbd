//! What comes back from absorbing layers of 20 cells.

use super::{Scheme, Waves, largest, ricker, within};
use crate::time::Mesh;

const FREQUENCY: f64 = 12.0;
const SPACING: f64 = 12.0;

fn value(name: &str, _: &[f64]) -> f64 {
    match name {
        "vp" => 2300.0,
        "vs" => 1300.0,
        "rho" => 1900.0,
        "epsilon" => 0.2,
        "delta" => 0.1,
        other => panic!("no parameter `{other}`"),
    }
}

/// What a layer near the source and a receiver returns over the largest value of the wave it returns, at an offset of so many
/// cells along the layer: by a run with the layer far away, and a receiver at the length of the path.
fn returned(system: &str, (given, unknown): (&str, &str), offset: usize, order: usize) -> f64 {
    let (dt, steps) = (1.25e-3, if offset > 20 { 700 } else { 420 });
    // Source and receiver are 8 cells from the layer.
    let (near, far) = (8, 110);
    let record = |above: usize, deeper: usize| {
        let origin = [-(far as f64) * SPACING, -(above as f64) * SPACING];
        let mesh = Mesh::new(&origin, &[SPACING; 2], &[above + far + 1, offset + 2 * far + 1]).unwrap();
        let waves = Waves::new(system, &mesh, Scheme { order, ..Scheme::new(dt, FREQUENCY) }, &value);
        let to = [offset as f64 * SPACING, deeper as f64 * SPACING];
        let s = |t: f64| ricker(FREQUENCY, t);
        waves.record(&[(given, &[0.0, 0.0], &s)], &[(unknown, &to)], steps).swap_remove(0)
    };
    let (with, without) = (record(near, 0), record(far, 0));
    let image = record(far, 2 * near);
    largest(with.iter().zip(&without).map(|(a, b)| a - b)) / largest(image)
}

/// At normal incidence less than 1e-3 comes back, of P and of S.
#[test]
fn normal_incidence() {
    for (system, port) in [
        ("acoustic", ("f", "p")),
        ("acoustic_density", ("q", "p")),
        ("acoustic_vti", ("f", "p")),
        ("elastic", ("f_z", "v_z")),
        ("elastic", ("f_x", "v_x")),
        ("elastic_vti", ("f_z", "v_z")),
    ] {
        for order in [4, 8] {
            let back = returned(system, port, 0, order);
            within(1e-3, back, &format!("{system} {port:?}, order {order}"));
        }
    }
}

/// At 70 degrees less than 1e-2 comes back.
#[test]
fn seventy_degrees() {
    for (system, port) in [
        ("acoustic", ("f", "p")),
        ("acoustic_density", ("q", "p")),
        ("acoustic_vti", ("f", "p")),
        ("elastic", ("q", "s_xx")),
        ("elastic", ("f_z", "v_z")),
        ("elastic", ("f_x", "v_x")),
        ("elastic_vti", ("f_z", "v_z")),
    ] {
        for order in [4, 8] {
            let back = returned(system, port, 44, order);
            within(1e-2, back, &format!("{system} {port:?}, order {order}"));
        }
    }
}
