//! What comes back from absorbing layers of 20 cells, for every system.

use num_complex::Complex64;
use pde::{Dimension, System};

use super::media::{Parameters, every_system, operator, settings, value};
use crate::harmonic::{HarmonicOperator, Shot, Source};
use crate::program::Receivers;
use crate::time::{Mesh, Points};

const SPACING: f64 = 12.0;
/// Cells from source and receiver to the layer that is near.
const NEAR: usize = 8;
/// Cells to the other edges.
const FAR: usize = 40;
/// Cells from source to receiver along the layer.
const ALONG: usize = 44;

fn made(system: &System, above: usize) -> HarmonicOperator {
    let origin = [-(FAR as f64) * SPACING, -(above as f64) * SPACING];
    let mesh = Mesh::new(&origin, &[SPACING; 2], &[above + FAR + 1, ALONG + 2 * FAR + 1]).unwrap();
    let uniform = |name: &str| vec![if name == "Q" { 60.0 } else { value(name) }; mesh.len()];
    let parameters: Parameters =
        system.parameters.iter().map(|symbol| (symbol.name.clone(), uniform(&symbol.name))).collect();
    operator(system, &mesh, &settings(system, 4, 20, false), &parameters, std::f64::consts::TAU * 12.0)
}

fn recorded(operator: &HarmonicOperator, given: &str, unknown: &str, to: [usize; 2]) -> Complex64 {
    let points = |at: [usize; 2]| Points::new(operator.mesh(), &[at.map(|k| k as f64 * SPACING)]).unwrap();
    let (from, to) = (points([0, 0]), points(to));
    let sources = vec![Source { given, points: &from, amplitudes: &[Complex64::ONE] }];
    let shots = [Shot { sources, receivers: vec![Receivers { unknown, points: &to }] }];
    operator.record(&shots, &operator.solve(&shots).unwrap()).unwrap()[0][0][0]
}

/// What a layer near the source and a receiver returns, over the wave at the length of the path: below 1e-3 at normal incidence and
/// below 1e-2 at 70 degrees. Each given field is recorded at the unknowns whose equations it enters.
#[test]
fn what_layers_return() {
    for system in every_system(&[Dimension::Two]) {
        let (near, far) = (made(&system, NEAR), made(&system, FAR));
        for (given, symbol) in system.given.iter().enumerate() {
            for (equation, unknown) in near.reading.equations.iter().zip(&system.unknowns) {
                if equation.entries.iter().all(|entry| entry.given != given) {
                    continue;
                }
                for (along, limit) in [(0, 1e-3), (ALONG, 1e-2)] {
                    let of = |operator, down| recorded(operator, &symbol.name, &unknown.name, [along, down]);
                    let back = (of(&near, 0) - of(&far, 0)).norm() / of(&far, 2 * NEAR).norm();
                    let case = format!("{} {} {} {along}", system.name, symbol.name, unknown.name);
                    println!("{case}: {back:.1e}");
                    assert!(back < limit, "{case}: {back:e}");
                }
            }
        }
    }
}
