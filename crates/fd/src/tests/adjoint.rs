//! Linearised data, their transpose and the gradient.

use num_complex::Complex64;

use super::*;
use crate::{HelmholtzSolver, PointSet, born, born_transposed, gradient};

struct Case {
    operator: HelmholtzOperator,
    sources: Vec<Vec<Complex64>>,
    /// Of each shot.
    receivers: [PointSet; 2],
    m: Vec<f64>,
}

impl Case {
    fn new(order: usize) -> Case {
        let operator = small_operator(order);
        let grid = *operator.grid();
        let sources = PointSet::new(&grid, &[[-210.0, -44.0], [15.0, 60.0]]).unwrap();
        let receivers = [
            [[303.0, -51.0], [250.0, 120.0], [-77.0, 199.0]],
            [[-303.0, 51.0], [250.0, 120.0], [77.0, -180.0]],
        ];
        let receivers = receivers.map(|points| PointSet::new(&grid, &points).unwrap());
        let sources = sources.sources(&grid, Complex64::new(1.0, 1.0));
        Case { operator, sources, receivers, m: rough_model(&grid) }
    }

    fn forward(&self, m: &[f64]) -> (HelmholtzSolver, Vec<Vec<Complex64>>, Vec<Vec<Complex64>>) {
        let solver = self.operator.prepare(m).unwrap();
        let fields = solver.solve(&self.sources).unwrap();
        let data = fields.iter().zip(&self.receivers).map(|(u, receivers)| receivers.sample(u)).collect();
        (solver, fields, data)
    }

    /// A change of the model of 10 % everywhere.
    fn direction(&self) -> Vec<f64> {
        random_field(self.m.len(), 8).iter().map(|c| 0.1 * M0 * c.re).collect()
    }

    fn moved(&self, step: f64, direction: &[f64]) -> Vec<f64> {
        self.m.iter().zip(direction).map(|(m, d)| m + step * d).collect()
    }
}

/// <d, B dm> = <B^T d, dm> without conjugation, to 1e-10.
#[test]
fn born_and_its_transpose() {
    for order in [2, 4] {
        let case = Case::new(order);
        let (solver, fields, _) = case.forward(&case.m);
        let dm = case.direction();
        let d: Vec<_> = (0..2).map(|s| random_field(3, 20 + s)).collect();
        let forth = born(&solver, &fields, |shot| &case.receivers[shot], &dm).unwrap();
        let left: Complex64 = forth.iter().zip(&d).map(|(a, b)| dot(a, b)).sum();
        let back = born_transposed(&solver, &fields, |shot| &case.receivers[shot], &d).unwrap();
        let right: Complex64 = back.iter().zip(&dm).map(|(a, dm)| a * dm).sum();
        assert!((left - right).norm() < 1e-10 * left.norm(), "{left} {right}");
    }
}

/// Data of m + s dm: the error decreases with slope 1 without [`born`] and 2 with it. Over the steps 1/16 to 1/128
/// the next term changes the slope by at most the step ratio times the relative size of the curvature: within 0.1.
#[test]
fn taylor_slopes_of_the_data() {
    let case = Case::new(4);
    let (solver, fields, data) = case.forward(&case.m);
    let dm = case.direction();
    let linear = born(&solver, &fields, |shot| &case.receivers[shot], &dm).unwrap().concat();
    let data = data.concat();
    let errors = |step: f64| {
        let moved = case.forward(&case.moved(step, &dm)).2.concat();
        let zeroth: Vec<_> = moved.iter().zip(&data).map(|(a, b)| a - b).collect();
        let first: Vec<_> = zeroth.iter().zip(&linear).map(|(a, b)| a - step * b).collect();
        [norm(&zeroth), norm(&first)]
    };
    let (coarse, fine) = (errors(1.0 / 16.0), errors(1.0 / 128.0));
    for (slope, expected) in
        [0, 1].map(|k| (coarse[k] / fine[k]).ln() / 8.0_f64.ln()).into_iter().zip([1.0, 2.0])
    {
        assert!((slope - expected).abs() < 0.1, "slope {slope}, expected {expected}");
    }
}

/// J(m + s dm) for a misfit that is neither quadratic nor analytic in d, J = sum sqrt(1 + |d - d_obs|^2 / s^2): slopes 1
/// without and 2 with the adjoint-state gradient, within 0.1 as above.
#[test]
fn taylor_slopes_of_the_gradient() {
    for order in [2, 4] {
        let case = Case::new(order);
        let (solver, fields, data) = case.forward(&case.m);
        let observed = case.forward(&vec![M0; case.m.len()]).2;
        let size = norm(&data.concat()) / 6.0_f64.sqrt();
        let pairs = |data: &[Vec<Complex64>]| -> Vec<Vec<Complex64>> {
            let difference = |(d, o): (&Vec<Complex64>, &Vec<Complex64>)| {
                d.iter().zip(o).map(|(d, o)| (d - o) / size).collect()
            };
            data.iter().zip(&observed).map(difference).collect()
        };
        let misfit = |data: &[Vec<Complex64>]| -> f64 {
            pairs(data).concat().iter().map(|r| (1.0 + r.norm_sqr()).sqrt()).sum()
        };
        let adjoint_sources: Vec<Vec<_>> = pairs(&data)
            .iter()
            .map(|shot| shot.iter().map(|r| r / size / (1.0 + r.norm_sqr()).sqrt()).collect())
            .collect();
        let gradient = gradient(&solver, &fields, |shot| &case.receivers[shot], &adjoint_sources).unwrap();
        let dm = case.direction();
        let slope: f64 = gradient.iter().zip(&dm).map(|(g, dm)| g * dm).sum();
        let start = misfit(&data);
        let errors = |step: f64| {
            let zeroth = misfit(&case.forward(&case.moved(step, &dm)).2) - start;
            [zeroth.abs(), (zeroth - step * slope).abs()]
        };
        let (coarse, fine) = (errors(1.0 / 64.0), errors(1.0 / 512.0));
        for k in 0..2 {
            let slope = (coarse[k] / fine[k]).ln() / 8.0_f64.ln();
            assert!((slope - (k + 1) as f64).abs() < 0.1, "order {order}: slope {slope}, expected {}", k + 1);
        }
    }
}

/// Shots and receivers that do not match are rejected.
#[test]
fn mismatched_shapes() {
    let case = Case::new(2);
    let (solver, fields, data) = case.forward(&case.m);
    assert!(born(&solver, &fields, |shot| &case.receivers[shot], &case.m[1..]).is_err());
    assert!(born_transposed(&solver, &fields, |shot| &case.receivers[shot], &data[..1]).is_err());
    assert!(gradient(&solver, &fields, |shot| &case.receivers[shot], &[vec![], vec![]]).is_err());
}
