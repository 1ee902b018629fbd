//! The solver against exact wavefields.

use num_complex::Complex64;
use pde::{Dimension, Form};

use super::*;
use crate::analytic::{Cylinder, gaussian_factor, uniform};
use crate::{PointSet, average_on_grid};

/// 12 points per wavelength of 314.16 m.
const CELLS: usize = 76;

/// Nodes outside the PML and outside the disc around the source.
fn compared(grid: &Grid, source: [f64; 2]) -> Vec<usize> {
    (0..grid.len())
        .filter(|&node| {
            let [x, z] = grid.point(node);
            x.abs() <= 500.0 && z.abs() <= 500.0 && (x - source[0]).hypot(z - source[1]) > 61.5
        })
        .collect()
}

/// Relative L2 difference of a computed wavefield and an exact one.
fn error(
    cells: usize,
    order: usize,
    source: [f64; 2],
    model: &dyn Fn(&Grid) -> Vec<f64>,
    exact: &dyn Fn([f64; 2]) -> Complex64,
) -> f64 {
    let grid = card_grid(cells);
    let solver = HelmholtzOperator::new(grid, PML, order, OMEGA).unwrap().prepare(&model(&grid)).unwrap();
    let q = Complex64::new(1.0, 1.0) * gaussian_factor(0.02, 100.0);
    let u = solver.solve(&PointSet::new(&grid, &[source]).unwrap().sources(&grid, q)).unwrap();
    let nodes = compared(&grid, source);
    let found: Vec<_> = nodes.iter().map(|&node| u[0][node]).collect();
    let exact: Vec<_> = nodes.iter().map(|&node| exact(grid.point(node))).collect();
    relative(&found, &exact)
}

/// Uniform medium: the dispersion error of order 4 at 12 points per wavelength is 3/640 (2 pi/12)^4 = 3.5e-4 in k, or
/// 0.005 in phase at k r = 14, so 1e-2 in total. For order 2 it is (2 pi/12)^2/24 = 1.1e-2, 0.16 in phase, 0.1 in
/// total.
#[test]
fn uniform_medium_is_the_hankel_function() {
    for source in [[0.0, 0.0], [-347.0, 11.0]] {
        for (order, limit) in [(2, 1e-1), (4, 1e-2), (6, 1e-2)] {
            let q = Complex64::new(1.0, 1.0) * gaussian_factor(0.02, 100.0);
            let exact = |p: [f64; 2]| uniform(0.02, q, (p[0] - source[0]).hypot(p[1] - source[1]));
            let error = error(CELLS, order, source, &|grid| vec![M0; grid.len()], &exact);
            println!("uniform, source {source:?}, order {order}: {error:.2e}");
            assert!(error < limit, "order {order}: {error:e}");
        }
    }
}

/// Disc: 2e-2 relative to the series. Besides dispersion the error comes from the rim, averaged over cells: (h/a)^2
/// of the scattered field, which is a fifth of the total.
#[test]
fn disc_is_the_cylinder_series() {
    let disc = Cylinder { centre: [0.0, 0.0], radius: 100.0, velocity: 2000.0, background: 1000.0 };
    let source = [-350.0, 0.0];
    let q = Complex64::new(1.0, 1.0) * gaussian_factor(0.02, 100.0);
    let series = disc.series(OMEGA, q, source).unwrap();
    for cells in [CELLS, 100] {
        let model = |grid: &Grid| average_on_grid(grid, 8, |x, z| disc.squared_slowness(x, z));
        let error = error(cells, 4, source, &model, &|p| series.at(p));
        println!("circle, {cells} cells: {error:.2e}");
        assert!(error < 2e-2, "{error:e}");
    }
}

/// Observed order = declared order within 0.3. u = exp(-r^2/(2 s)) cos(k x) with f = L u in closed form, in the
/// smooth part of the PML (u is 1e-16 where the PML starts), so the scheme alone determines the error.
#[test]
fn observed_order_is_the_declared() {
    let (s, k) = (60.0_f64.powi(2), 0.02);
    let u = |x: f64, z: f64| (-0.5 * (x * x + z * z) / s).exp() * (k * x).cos();
    let laplacian = |x: f64, z: f64| {
        let g = (-0.5 * (x * x + z * z) / s).exp();
        let along_z = (z * z / s - 1.0) / s * (k * x).cos();
        let along_x = ((x * x / s - 1.0) / s - k * k) * (k * x).cos() + 2.0 * k * x / s * (k * x).sin();
        g * (along_x + along_z)
    };
    for (order, cells) in [(2, [60, 90, 120]), (4, [60, 90, 120]), (6, [100, 120, 140])] {
        let errors = cells.map(|cells| {
            let grid = card_grid(cells);
            let operator = HelmholtzOperator::new(grid, PML, order, OMEGA).unwrap();
            assert_eq!(operator.order(), order);
            let f: Vec<_> = grid.points().map(|[x, z]| (laplacian(x, z) + k * k * u(x, z)).into()).collect();
            let found = operator.prepare(&vec![M0; grid.len()]).unwrap().solve(&[f]).unwrap();
            let exact: Vec<Complex64> = grid.points().map(|[x, z]| u(x, z).into()).collect();
            relative(&found[0], &exact)
        });
        for pair in 0..2 {
            let observed =
                (errors[pair] / errors[pair + 1]).ln() / (cells[pair + 1] as f64 / cells[pair] as f64).ln();
            println!("order {order}: {errors:?}, observed {observed:.2}");
            assert!((observed - order as f64).abs() < 0.3, "order {order}: observed {observed}, {errors:?}");
        }
    }
}

/// The PML of the SIREN paper reflects at most 1e-4 of the wave, compared with a PML of the same profile on a domain
/// twice as wide, at the same spacing.
#[test]
fn pml_absorbs() {
    let solve = |cells: usize, half: f64| {
        let h = 20.0;
        let grid = Grid::new([-half, -half], [h, h], [cells + 1, cells + 1]).unwrap();
        let operator = HelmholtzOperator::new(grid, PML, 4, OMEGA).unwrap();
        PML.check_absorption(OMEGA, 1000.0).unwrap();
        let source = PointSet::new(&grid, &[[0.0, 0.0]]).unwrap().sources(&grid, Complex64::ONE);
        let u = operator.prepare(&vec![M0; grid.len()]).unwrap().solve(&source).unwrap();
        let line: Vec<_> = (5..25).map(|i| [f64::from(i) * h, 0.0]).collect();
        PointSet::new(&grid, &line).unwrap().sample(&u[0])
    };
    let error = relative(&solve(100, 1000.0), &solve(150, 1500.0));
    println!("reflection of the PML: {error:.1e}");
    assert!(error < 1e-4, "{error:e}");
}

/// The equation's own name for its unknown, so that a change of the declaration is noticed here.
#[test]
fn the_declaration() {
    assert_eq!(
        pde::helmholtz(Dimension::Two, Form::Total).to_string(),
        "dx((e_z/e_x) dx(u)) + dz((e_x/e_z) dz(u)) + e_x e_z omega^2 m u - f = 0"
    );
}
