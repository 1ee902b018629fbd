//! Source and receiver exchanged.

use num_complex::Complex64;

use super::media::{operator, rough, settings, system};
use crate::harmonic::{Shot, Source};
use crate::program::Receivers;
use crate::time::{Mesh, Points};

/// What is exchanged is equal to the accuracy of the solution, in a rough medium with layers: the discrete equations are symmetric
/// with a weight. The layers of second derivatives are only to the order of their differences, and the pseudo-acoustic VTI
/// equations are not symmetric at all.
#[test]
fn sources_and_receivers_may_be_exchanged() {
    let mesh = Mesh::new(&[0.0; 2], &[10.0, 9.0], &[28, 30]).unwrap();
    let (a, b) = ([43.0, 51.0], [224.0, 172.0]);
    let [at_a, at_b] = [a, b].map(|at| Points::new(&mesh, &[at]).unwrap());
    for (name, pairs) in [
        ("acoustic", &[("f", "p")][..]),
        ("acoustic_density", &[("q", "p"), ("f_x", "v_x"), ("f_z", "v_z")]),
        ("viscoacoustic", &[("f_x", "v_x"), ("f_z", "v_z")]),
        ("sh", &[("f", "v")]),
        ("elastic", &[("f_x", "v_x"), ("f_z", "v_z")]),
        ("elastic_vti", &[("f_x", "v_x"), ("f_z", "v_z")]),
    ] {
        let system = system(name);
        let operator =
            operator(&system, &mesh, &settings(&system, 4, 10, false), &rough(&system, &mesh, 0.2), 80.0);
        let recorded = |given, unknown, from, to| {
            let sources = vec![Source { given, points: from, amplitudes: &[Complex64::ONE] }];
            let shots = [Shot { sources, receivers: vec![Receivers { unknown, points: to }] }];
            operator.record(&shots, &operator.solve(&shots).unwrap()).unwrap()[0][0][0]
        };
        let scalar = |pair: &(&str, &str)| pair.0 == "q";
        for one in pairs {
            // A scalar and a vector are exchanged with another sign and scale.
            for other in pairs.iter().filter(|other| scalar(other) == scalar(one)) {
                let forth = recorded(one.0, other.1, &at_a, &at_b);
                let back = recorded(other.0, one.1, &at_b, &at_a);
                let error = (forth - back).norm() / back.norm();
                println!("{name} {one:?} {other:?}: {error:.1e}");
                let limit = if name == "acoustic" { 1e-5 } else { 1e-10 };
                assert!(error < limit, "{name} {one:?} {other:?}: {error:e}");
            }
        }
    }
}
