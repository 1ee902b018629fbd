//! The Green's operators compared with each other and with exact wavefields.

use num_complex::Complex64;

use super::*;
use crate::analytic::{Cylinder, uniform};
use crate::{FactorisedGreens, GreensOperator, PointSet, UniformGreens, average_on_grid};

const K: f64 = 0.02;

fn sub_grid(cells: usize, half: f64) -> Grid {
    let h = 2.0 * half / cells as f64;
    Grid::new([-half + 0.5 * h, -half + 0.5 * h], [h, h], [cells, cells]).unwrap()
}

/// The FFT convolution equals the dense sum of its rows; rows for the cells' own centres are the kernel, to rounding.
#[test]
fn convolution_is_the_dense_sum() {
    let grid = Grid::new([-100.0, 40.0], [12.0, 17.0], [9, 14]).unwrap();
    let green = UniformGreens::new(grid, K).unwrap();
    let w = random_field(3 * grid.len(), 1);
    let centres: Vec<_> = grid.points().collect();
    let rows = green.receiver_rows(&centres).unwrap();
    let found = green.apply_many(&w, 3).unwrap();
    for (field, w) in found.chunks(grid.len()).zip(w.chunks(grid.len())) {
        let dense: Vec<_> = rows.chunks(grid.len()).map(|row| dot(row, w)).collect();
        assert!(relative(field, &dense) < 1e-13);
    }
}

/// <a, G b> = <G^T a, b> to 1e-10 for every operator, and its receiver rows are P G.
#[test]
fn transposes_and_rows() {
    let operator = small_operator(4);
    let grid = *operator.grid();
    let uniform = UniformGreens::new(grid, K).unwrap();
    let factorised = FactorisedGreens::new(operator.prepare(&rough_model(&grid)).unwrap());
    for green in [&uniform as &dyn GreensOperator, &factorised] {
        let (a, b) = (random_field(grid.len(), 1), random_field(grid.len(), 2));
        let forth = dot(&a, &green.apply(&b).unwrap());
        let back = dot(&green.apply_transposed(&a).unwrap(), &b);
        assert!((forth - back).norm() < 1e-10 * forth.norm());
        // On a node the rows of both operators are rows of G itself.
        let (node, other) = (grid.index(20, 9), grid.index(3, 30));
        let rows = green.receiver_rows(&[grid.point(node), grid.point(other)]).unwrap();
        let u = green.apply(&b).unwrap();
        for (row, node) in rows.chunks(grid.len()).zip([node, other]) {
            assert!((dot(row, &b) - u[node]).norm() < 1e-10 * norm(&u));
        }
        assert!(green.apply_many(&a[1..], 1).is_err());
    }
    assert!(factorised.receiver_rows(&[[0.0, 1e4]]).is_err());
    assert!(uniform.receiver_rows(&[[0.0, 1e4]]).is_ok());
}

/// The integral over the cell around a receiver, at its centre or elsewhere: the closed form with 8 x 8 midpoints
/// agrees with 400 x 400 midpoints of the kernel, whose error at the logarithm is about h^2/400^2 ln(400), 1e-5 of
/// the integral.
#[test]
fn own_cell_is_integrated() {
    for ([dx, dz], receiver) in
        [([20.0, 20.0], [0.0, 0.0]), ([30.0, 12.0], [0.0, 0.0]), ([30.0, 12.0], [-9.0, 5.0])]
    {
        let grid = Grid::new([0.0, 0.0], [dx, dz], [2, 2]).unwrap();
        let own = UniformGreens::new(grid, K).unwrap().receiver_rows(&[receiver]).unwrap()[0];
        let samples = 400;
        let mut sum = Complex64::ZERO;
        for i in 0..samples {
            for j in 0..samples {
                let at = |k: i32, h: f64| ((f64::from(k) + 0.5) / f64::from(samples) - 0.5) * h;
                sum += uniform(K, Complex64::ONE, (at(i, dx) - receiver[0]).hypot(at(j, dz) - receiver[1]));
            }
        }
        let reference = sum * grid.cell() / f64::from(samples * samples);
        assert!((own - reference).norm() < 2e-4 * reference.norm(), "{own} {reference}");
    }
}

/// A smooth source through both operators: they agree to the dispersion of the finite differences, 1e-2 (the FFT is
/// more accurate than that at 16 cells per wavelength).
#[test]
fn the_two_operators_agree() {
    let grid = card_grid(100);
    let factorised = FactorisedGreens::new(
        HelmholtzOperator::new(grid, PML, 4, OMEGA).unwrap().prepare(&vec![M0; grid.len()]).unwrap(),
    );
    let uniform = UniformGreens::new(grid, K).unwrap();
    let w = crate::gaussian_source(&grid, [60.0, -30.0], 60.0 * 60.0, Complex64::new(1.0, -2.0));
    let (a, b) = (factorised.apply(&w).unwrap(), uniform.apply(&w).unwrap());
    let inside: Vec<_> =
        (0..grid.len()).filter(|&i| grid.point(i).iter().all(|c| c.abs() <= 500.0)).collect();
    let pick = |u: &[Complex64]| inside.iter().map(|&i| u[i]).collect::<Vec<_>>();
    let error = relative(&pick(&a), &pick(&b));
    println!("factorised against convolution: {error:.1e}");
    assert!(error < 5e-3, "{error:e}");
}

/// Solves u - G0(-omega^2 (m - m0) (u + u0)) = 0 by GMRES without restarts and returns w.
fn lippmann_schwinger(green: &dyn GreensOperator, contrast: &[f64], u0: &[Complex64]) -> Vec<Complex64> {
    let scale = |u: &[Complex64]| -> Vec<Complex64> {
        u.iter().zip(contrast).map(|(u, c)| -OMEGA * OMEGA * c * u).collect()
    };
    let apply = |u: &[Complex64]| -> Vec<Complex64> {
        let scattered = green.apply(&scale(u)).unwrap();
        u.iter().zip(scattered).map(|(u, s)| u - s).collect()
    };
    let hermitian =
        |a: &[Complex64], b: &[Complex64]| -> Complex64 { a.iter().zip(b).map(|(a, b)| a.conj() * b).sum() };
    let b = green.apply(&scale(u0)).unwrap();
    // Minimal residual over the Krylov space, by orthonormal images (generalised conjugate residuals).
    let (mut u, mut residual) = (vec![Complex64::ZERO; b.len()], b.clone());
    let mut directions: Vec<(Vec<Complex64>, Vec<Complex64>)> = Vec::new();
    for _ in 0..40 {
        let (mut p, mut q) = (residual.clone(), apply(&residual));
        for (p_old, q_old) in &directions {
            let h = hermitian(q_old, &q);
            q.iter_mut().zip(q_old).for_each(|(q, old)| *q -= h * old);
            p.iter_mut().zip(p_old).for_each(|(p, old)| *p -= h * old);
        }
        let size = norm(&q);
        q.iter_mut().for_each(|q| *q /= size);
        p.iter_mut().for_each(|p| *p /= size);
        let step = hermitian(&q, &residual);
        u.iter_mut().zip(&p).for_each(|(u, p)| *u += step * p);
        residual.iter_mut().zip(&q).for_each(|(r, q)| *r -= step * q);
        directions.push((p, q));
        if norm(&residual) < 1e-8 * norm(&b) {
            let total: Vec<_> = u.iter().zip(u0).map(|(u, u0)| u + u0).collect();
            return scale(&total);
        }
    }
    panic!("no convergence: {:e}", norm(&residual) / norm(&b));
}

/// A disc in a uniform background: the scattered field at receivers is that of the series. Each of the 2 pi a / h rim
/// cells has an error of up to a tenth of its contrast with random sign. Relative to the disc's pi a^2 / h^2 cells
/// this is 0.1 sqrt(2 (h/a)^3 / pi) = 2.5e-3 at h = a/10, and it is at least halved with h.
#[test]
fn lippmann_schwinger_finds_the_series() {
    let disc = Cylinder { centre: [7.0, -12.0], radius: 100.0, velocity: 2000.0, background: 1000.0 };
    let (source, q) = ([-347.0, -347.0], Complex64::new(1.0, 1.0));
    let receivers: Vec<[f64; 2]> = (0..10).map(|i| [-347.0 + 77.0 * f64::from(i), 402.0]).collect();
    let series = disc.series(OMEGA, q, source).unwrap();
    let exact: Vec<_> = receivers
        .iter()
        .map(|r| series.at(*r) - uniform(K, q, (r[0] - source[0]).hypot(r[1] - source[1])))
        .collect();
    let error = |cells: usize| {
        let grid = sub_grid(cells, 130.0);
        let green = UniformGreens::new(grid, K).unwrap();
        let contrast: Vec<_> =
            average_on_grid(&grid, 8, |x, z| disc.squared_slowness(x, z)).iter().map(|m| m - M0).collect();
        let u0: Vec<_> =
            green.receiver_rows(&[source]).unwrap().iter().map(|row| q * row / grid.cell()).collect();
        let w = lippmann_schwinger(&green, &contrast, &u0);
        let rows = green.receiver_rows(&receivers).unwrap();
        let found: Vec<_> = rows.chunks(grid.len()).map(|row| dot(row, &w)).collect();
        relative(&found, &exact)
    };
    let errors = [error(26), error(52)];
    println!("Lippmann-Schwinger against the series: {errors:?}");
    assert!(errors[0] < 2.5e-3 && errors[1] < 0.5 * errors[0], "{errors:?}");
}

/// The same with the factorised background: the field that the PML matrix scatters from a disc is the matrix's own
/// solution, A u = f, because G0 is A0^-1 and A - A0 is the kernel. Tolerance: that of GMRES, 1e-8.
#[test]
fn factorised_background_is_consistent() {
    let operator = small_operator(4);
    let grid = *operator.grid();
    let background = operator.prepare(&vec![M0; grid.len()]).unwrap();
    let contrast = average_on_grid(&grid, 4, |x, z| if x.hypot(z) < 100.0 { -0.75 * M0 } else { 0.0 });
    let m: Vec<_> = contrast.iter().map(|c| M0 + c).collect();
    let source = PointSet::new(&grid, &[[-250.0, 3.0]]).unwrap().sources(&grid, Complex64::ONE);
    let (u0, u) = (background.solve(&source).unwrap(), operator.prepare(&m).unwrap().solve(&source).unwrap());
    let green = FactorisedGreens::new(background);
    let w = lippmann_schwinger(&green, &contrast, &u0[0]);
    let scattered = green.apply(&w).unwrap();
    let expected: Vec<_> = u[0].iter().zip(&u0[0]).map(|(u, u0)| u - u0).collect();
    assert!(relative(&scattered, &expected) < 1e-6);
}
