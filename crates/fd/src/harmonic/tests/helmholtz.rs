//! The acoustic matrix against that of the Helmholtz solver.

use num_complex::Complex64;

use super::media::{settings, system};
use crate::harmonic::{HarmonicOperator, Shot, Source};
use crate::program::{Properties, Receivers};
use crate::time::{Mesh, Points};
use crate::{Grid, HelmholtzOperator, Pml, PointSet};

/// A smooth anomaly of 20 %: two solvers with other differences of second derivatives and other layers agree to the order of their
/// differences. `lap u + omega^2 m u = f` has the opposite sign of `m d2p/dt2 - lap p = f`.
#[test]
fn the_acoustic_matrix_is_helmholtz() {
    let omega = std::f64::consts::TAU * 10.0;
    let velocity = |[x, z]: [f64; 2]| {
        let r = (x - 300.0).hypot(z - 250.0);
        2000.0 * (1.0 - 0.2 * (-(r / 120.0).powi(2)).exp())
    };
    let (from, to) = ([100.0, 100.0], [[500.0, 100.0], [300.0, 400.0], [480.0, 380.0]]);
    let difference = |order: usize, h: f64| {
        // Layers outside of 600 m by 500 m, inside of what the Helmholtz solver has.
        let cells = [500.0, 600.0].map(|side: f64| (side / h).round() as usize);
        let mesh = Mesh::new(&[0.0; 2], &[h; 2], &cells.map(|n| n + 1)).unwrap();
        let vp: Vec<f64> = (0..mesh.len())
            .map(|k| velocity([k % (cells[1] + 1), k / (cells[1] + 1)].map(|k| k as f64 * h)))
            .collect();
        let system = system("acoustic");
        let properties = Properties { parameters: vec![("vp", &vp)], numbers: vec![] };
        let settings = settings(&system, order, (300.0 / h) as usize, false);
        let operator = HarmonicOperator::new(&system, &mesh, &settings, &properties, omega).unwrap();
        let [source, receivers] = [&[from][..], &to].map(|points| Points::new(&mesh, points).unwrap());
        let sources = vec![Source { given: "f", points: &source, amplitudes: &[Complex64::ONE] }];
        let shots = [Shot { sources, receivers: vec![Receivers { unknown: "p", points: &receivers }] }];
        let found = operator.record(&shots, &operator.solve(&shots).unwrap()).unwrap().remove(0).remove(0);

        let around = (300.0 / h).round() as usize;
        let grid = Grid::new([-(around as f64) * h; 2], [h; 2], cells.map(|n| n + 1 + 2 * around)).unwrap();
        let pml = Pml { thickness: 300.0, strength: 6.0 };
        let helmholtz = HelmholtzOperator::new(grid, pml, order, omega).unwrap();
        let m: Vec<f64> = grid
            .points()
            .map(|[x, z]| velocity([x.clamp(0.0, 600.0), z.clamp(0.0, 500.0)]).powi(-2))
            .collect();
        let solver = helmholtz.prepare(&m).unwrap();
        let right = PointSet::new(&grid, &[from]).unwrap().sources(&grid, -Complex64::ONE);
        let expected = PointSet::new(&grid, &to).unwrap().sample(&solver.solve(&right).unwrap()[0]);
        crate::tests::relative(&found, &expected)
    };
    let (second, fourth) = (difference(2, 10.0), difference(4, 10.0));
    let fine = difference(4, 5.0);
    println!("order 2: {second:.1e}, order 4: {fourth:.1e}, half the cells: {fine:.1e}");
    assert!(second < 1e-3 && fourth < 5e-3 && fine < 1e-3, "{second:e} {fourth:e} {fine:e}");
}
