//! The sparse solvers and the matrix.

use num_complex::Complex64;
use pde::{Dimension, Environment, Form, MultiIndex};

use super::*;
use crate::sparse::{FaerLu, Multifrontal, SparseDirect};
use crate::{FdError, PointSet};

const SOLVERS: [&dyn SparseDirect; 2] = [&Multifrontal, &FaerLu];

/// A x = b to 1e-11 for every solver and several orders: LU with pivoting loses at most the growth factor times
/// 1e-16, and refinement would hide more.
#[test]
fn every_solver_solves() {
    for order in [2, 4, 8] {
        let reference = small_operator(order);
        let grid = *reference.grid();
        let rhs: Vec<_> = (0..3).map(|s| random_field(grid.len(), s)).collect();
        for solver in SOLVERS {
            let operator =
                HelmholtzOperator::with_solver(grid, reference.pml(), order, OMEGA, solver).unwrap();
            let solver_name = solver.name();
            let solver = operator.prepare(&rough_model(&grid)).unwrap();
            for (x, b) in solver.solve(&rhs).unwrap().iter().zip(&rhs) {
                let error = relative(&solver.multiply(x), b);
                assert!(error < 1e-11, "{solver_name}, order {order}: {error:e}");
            }
        }
    }
}

/// The same model and sources give the same bits, whatever the threads and the memory do.
#[test]
fn reproducible() {
    let operator = HelmholtzOperator::new(card_grid(70), PML, 4, OMEGA).unwrap();
    let (m, rhs) = (rough_model(operator.grid()), [random_field(operator.grid().len(), 1)]);
    let solve = || operator.prepare(&m).unwrap().solve(&rhs).unwrap();
    let first = solve();
    for _ in 0..4 {
        assert_eq!(solve(), first);
    }
}

/// b^T A^-1 a = a^T A^-T b to 1e-10, and A^-1 = A^-T as A is symmetric.
#[test]
fn dot_product_of_the_solve() {
    for order in [2, 4] {
        for solver in SOLVERS {
            let operator = small_operator(order);
            let (grid, pml) = (*operator.grid(), operator.pml());
            let operator = HelmholtzOperator::with_solver(grid, pml, order, OMEGA, solver).unwrap();
            let solver = operator.prepare(&rough_model(&grid)).unwrap();
            let (a, b) = (random_field(grid.len(), 1), random_field(grid.len(), 2));
            let forth = dot(&b, &solver.solve(std::slice::from_ref(&a)).unwrap()[0]);
            let transposed = &solver.solve_transposed(std::slice::from_ref(&b)).unwrap()[0];
            assert!((forth - dot(&a, transposed)).norm() < 1e-10 * forth.norm());
            assert!(relative(transposed, &solver.solve(&[b]).unwrap()[0]) < 1e-10);
        }
    }
}

/// Source and receiver between nodes can be exchanged: P A^-1 P^T is symmetric, to 1e-10.
#[test]
fn reciprocity() {
    let operator = small_operator(4);
    let solver = operator.prepare(&rough_model(operator.grid())).unwrap();
    let points = PointSet::new(operator.grid(), &[[-203.0, -31.0], [311.0, 77.7]]).unwrap();
    let fields = solver.solve(&points.sources(operator.grid(), Complex64::ONE)).unwrap();
    let (forth, back) = (points.sample(&fields[0])[1], points.sample(&fields[1])[0]);
    assert!((forth - back).norm() < 1e-10 * forth.norm(), "{forth} {back}");
}

/// The coefficients of the declaration, for a uniform model.
struct Declared<'a>(&'a HelmholtzOperator);

impl Environment for Declared<'_> {
    fn value(&self, symbol: &str, _: &MultiIndex, at: &[f64]) -> Option<Complex64> {
        let domain = self.0.grid().domain();
        let stretch = |axis: usize| self.0.pml().stretch(at[axis], domain.lo[axis], domain.hi[axis]).0;
        match symbol {
            "e_x" => Some(stretch(0)),
            "e_z" => Some(stretch(1)),
            "m" => Some(M0.into()),
            "omega" => Some(OMEGA.into()),
            "f" => Some(Complex64::ZERO),
            _ => None,
        }
    }
}

/// The matrix times a field is the declaration's own discrete residual at every node, including the edges if the
/// field is zero beyond them. The sums are equal but in another order, so they agree to 1e-13 of the largest term.
#[test]
fn matrix_is_the_declared_residual() {
    for order in [2, 4, 6] {
        let operator = small_operator(order);
        let grid = *operator.grid();
        let u = random_field(grid.len(), 5);
        let at = |p: &[f64]| {
            let ix = ((p[0] - grid.origin[0]) / grid.spacing[0]).round();
            let iz = ((p[1] - grid.origin[1]) / grid.spacing[1]).round();
            let inside = ix >= 0.0 && iz >= 0.0 && ix < grid.nx() as f64 && iz < grid.nz() as f64;
            if inside { u[grid.index(iz as usize, ix as usize)] } else { Complex64::ZERO }
        };
        let form = pde::discretise(&pde::helmholtz(Dimension::Two, Form::Total), order).unwrap();
        let product = operator.prepare(&vec![M0; grid.len()]).unwrap().multiply(&u);
        let size = product.iter().map(|v| v.norm()).fold(0.0, f64::max);
        for (point, value) in grid.points().zip(&product) {
            let declared = form.residual(&Declared(&operator), &at, &point, &grid.spacing).unwrap();
            assert!(
                (declared - value).norm() < 1e-13 * size,
                "order {order} at {point:?}: {declared} {value}"
            );
        }
    }
}

/// The kernel is the derivative of the matrix: A is affine in m, so (A(m + d) - A(m)) u / d = kernel u to rounding.
#[test]
fn kernel_is_the_derivative_of_the_matrix() {
    let operator = small_operator(4);
    let u = random_field(operator.grid().len(), 6);
    let product = |m: f64| operator.prepare(&vec![m; u.len()]).unwrap().multiply(&u);
    for ((high, low), (kernel, u)) in
        product(2e-6).iter().zip(product(1e-6)).zip(operator.kernel().iter().zip(&u))
    {
        assert!(((high - low) / 1e-6 - kernel * u).norm() < 1e-6 * (kernel * u).norm() + 1e-6);
    }
}

/// Another frequency shares the analysis and equals an operator made from scratch.
#[test]
fn at_another_frequency() {
    let operator = small_operator(2);
    let again = operator.at_frequency(15.0).unwrap();
    let fresh = HelmholtzOperator::new(*operator.grid(), operator.pml(), 2, 15.0).unwrap();
    let (m, u) = (rough_model(operator.grid()), random_field(operator.grid().len(), 7));
    assert_eq!(again.prepare(&m).unwrap().multiply(&u), fresh.prepare(&m).unwrap().multiply(&u));
    assert_eq!(again.omega(), 15.0);
}

/// Each invalid input gives an error with its numbers.
#[test]
fn bad_input() {
    let operator = small_operator(4);
    let grid = *operator.grid();
    let mut m = vec![M0; grid.len()];
    m[17] = f64::NAN;
    assert_eq!(
        operator.prepare(&m).unwrap_err().to_string(),
        "model m is NaN at index 17: needs finite numbers"
    );
    assert_eq!(operator.prepare(&m[1..]).unwrap_err().to_string(), "model m has 1475 values, expected 1476");
    let sampling = |velocity| crate::check_sampling(&grid, 4, OMEGA / std::f64::consts::TAU, velocity);
    assert!(sampling(1000.0).is_ok());
    assert_eq!(
        sampling(200.0).unwrap_err().to_string().split(';').next().unwrap(),
        "3.183098861837907 Hz is too high for the grid: 2.51 points per wavelength at 200 m/s and 25 m, order 4 needs 4.23"
    );
    let new = |thickness, order, omega| {
        HelmholtzOperator::new(grid, Pml { thickness, strength: 5.0 }, order, omega).unwrap_err()
    };
    assert!(matches!(new(100.0, 4, OMEGA), FdError::PmlTooThin { cells: 5, .. }));
    assert!(matches!(new(400.0, 4, OMEGA), FdError::PmlTooThick { .. }));
    assert!(matches!(new(150.0, 3, OMEGA), FdError::Pde(pde::PdeError::Order { found: 3 })));
    assert!(matches!(new(150.0, 4, f64::INFINITY), FdError::NotPositive { .. }));
}

/// A matrix with a zero row is singular, and both solvers report it.
#[test]
fn singular_matrix_is_refused() {
    use crate::sparse::{Dissection, Pattern};
    let pattern = Pattern { starts: vec![0, 2, 4, 5], rows: vec![0, 1, 1, 2, 2] };
    let dissection = Dissection::of_grid([1, 3], 1);
    let values = [1.0, 0.0, 0.0, 0.0, 1.0].map(Complex64::from);
    let factors = Multifrontal.analyse(&pattern, &dissection).unwrap().factorise(&values);
    assert!(matches!(factors.unwrap_err(), FdError::Singular { size: 3, unknown: 1 }));
}
