//! Source and receiver exchanged.

use super::{Scheme, Waves, relative, ricker, within};
use crate::tests::noise;
use crate::time::Mesh;

/// A medium that differs from node to node by up to 20 %.
fn value(name: &str, at: &[f64]) -> f64 {
    let place: usize = name.bytes().map(usize::from).sum();
    let node = (at[0] / 10.0).round() as usize + 1000 * (at[1] / 9.0).round() as usize;
    super::super::media::value(name).unwrap() * (1.0 + 0.2 * noise(1_000_000 * place + node))
}

/// What is exchanged is equal to rounding: the discrete equations are symmetric, and so are those in the layers, with the stretch
/// of the coordinates as a weight.
#[test]
fn sources_and_receivers_may_be_exchanged() {
    let mesh = Mesh::new(&[0.0; 2], &[10.0, 9.0], &[55, 60]).unwrap();
    let (a, b) = ([143.0, 151.0], [424.0, 302.0]);
    let s = |t: f64| ricker(15.0, t);
    for cells in [0, 20] {
        for (system, [one, other]) in [
            ("elastic", [("f_x", "v_x"), ("f_z", "v_z")]),
            ("elastic", [("f_x", "v_x"), ("f_x", "v_x")]),
            ("elastic_vti", [("f_x", "v_x"), ("f_z", "v_z")]),
            ("acoustic_density", [("q", "p"), ("q", "p")]),
            ("acoustic_density", [("f_x", "v_x"), ("f_z", "v_z")]),
        ] {
            let scheme = Scheme { cells, ..Scheme::new(1e-3, 15.0) };
            let waves = Waves::new(system, &mesh, scheme, &value);
            let forth = waves.record(&[(one.0, &a, &s)], &[(other.1, &b)], 600);
            let back = waves.record(&[(other.0, &b, &s)], &[(one.1, &a)], 600);
            let error = relative(&forth[0], &back[0]);
            within(1e-12, error, &format!("{system} {one:?} {other:?}, {cells} cells"));
        }
    }
}
