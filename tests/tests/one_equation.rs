//! One equation, two solvers: what the networks and the finite differences read from one declaration vanishes on one
//! exact wavefield.

use fd::analytic::{Cylinder, CylinderSeries, uniform};
use fd::{Complex64, Grid, HelmholtzOperator, Pml};
use fields::{Evaluation, Scaling, StrongResidual, Wavefield};
use pde::{Dimension, Form, MultiIndex};

const OMEGA: f64 = 20.0;
const BACKGROUND: f64 = 1000.0;
const PML: Pml = Pml { thickness: 500.0, strength: 5.0 };
const SOURCE: [f64; 2] = [-430.0, 55.0];
const DISC: Cylinder =
    Cylinder { centre: [35.0, -20.0], radius: 200.0, velocity: 1600.0, background: BACKGROUND };
const Q: Complex64 = Complex64::new(1.0, 1.0);

fn m_b() -> f64 {
    BACKGROUND.powi(-2)
}

fn radius([x, z]: [f64; 2]) -> f64 {
    (x - DISC.centre[0]).hypot(z - DISC.centre[1])
}

/// Outside the absorbing layer, and farther than `margin` from the source and from the rim of the disc.
fn smooth(point: [f64; 2], margin: f64) -> bool {
    let from_source = (point[0] - SOURCE[0]).hypot(point[1] - SOURCE[1]);
    point.iter().all(|c| c.abs() < 490.0 - margin)
        && from_source > margin
        && (radius(point) - DISC.radius).abs() > margin
}

/// The exact unknown of a form of the equation.
fn exact(series: &CylinderSeries, form: Form, point: [f64; 2]) -> Complex64 {
    let total = series.at(point);
    match form {
        Form::Total => total,
        Form::Scattered => total - background(point),
    }
}

fn background([x, z]: [f64; 2]) -> Complex64 {
    uniform(OMEGA / BACKGROUND, Q, (x - SOURCE[0]).hypot(z - SOURCE[1]))
}

/// Value, x, z, xx, zz of the exact unknown with respect to coordinates of `length` metres, by central differences of
/// fourth order: their error, (k h)^4 / 90 = 2e-9 of k^2 u, and rounding, 1e-13 / (k h)^2, are below that of f32.
fn jet(series: &CylinderSeries, form: Form, [x, z]: [f64; 2], length: f64) -> [Complex64; 5] {
    let h = 1.0;
    let along = |a: usize| {
        let u = [-2.0, -1.0, 0.0, 1.0, 2.0].map(|i| {
            let mut point = [x, z];
            point[a] += i * h;
            exact(series, form, point)
        });
        let first = (u[0] - 8.0 * u[1] + 8.0 * u[3] - u[4]) / (12.0 * h);
        let second = (-u[0] + 16.0 * u[1] - 30.0 * u[2] + 16.0 * u[3] - u[4]) / (12.0 * h * h);
        (u[2], first * length, second * length * length)
    };
    let ((u, x1, x2), (_, z1, z2)) = (along(0), along(1));
    [u, x1, z1, x2, z2]
}

/// Norm of the strong residual over the norm of k^2 u, with the contrast inside the disc times a factor.
fn strong(form: Form, factor: f64) -> f64 {
    let series = DISC.series(OMEGA, Q, SOURCE).unwrap();
    let grid = Grid::new([-470.0, -470.0], [31.0, 31.0], [31, 31]).unwrap();
    let points: Vec<[f64; 2]> = grid.points().filter(|p| smooth(*p, 10.0)).collect();
    assert!(points.iter().any(|p| radius(*p) < DISC.radius) && points.len() > 500);

    let scaling = Scaling { length: 1000.0, time: 1.0, residual: 1.0 / (OMEGA * OMEGA * m_b()) };
    let known = |_: usize, symbol: &str, derivative: &MultiIndex, at: &[f64]| match symbol {
        "e_x" | "e_z" => {
            let (value, slope) = PML.stretch(at[usize::from(symbol == "e_z")], -1000.0, 1000.0);
            Some(if derivative.is_zero() { value } else { slope })
        }
        "omega" => Some(OMEGA.into()),
        "m" | "m0" => Some(m_b().into()),
        "f" => Some(Complex64::ZERO),
        "u0" => Some(background([at[0], at[1]])),
        _ => None,
    };
    let residual = StrongResidual::new(&pde::helmholtz(Dimension::Two, form)).unwrap();
    let coefficients = residual.at(&points, 1, scaling, known).unwrap();

    let jets: Vec<_> = points.iter().map(|p| jet(&series, form, *p, scaling.length)).collect();
    let streams = (0..5).flat_map(|s| jets.iter().flat_map(move |jet| [jet[s].re as f32, jet[s].im as f32]));
    let evaluation = Evaluation::of_values(streams.collect(), points.len(), 2);
    let inside = DISC.velocity.powi(-2) / m_b() - 1.0;
    let contrast: Vec<f64> =
        points.iter().map(|p| if radius(*p) < DISC.radius { factor * inside } else { 0.0 }).collect();
    let wavefield = Wavefield { first: 0, sources: 1, scale: 1.0 };
    let r = coefficients.residual(&evaluation, wavefield, &contrast);
    let norm = |values: &mut dyn Iterator<Item = f64>| values.sum::<f64>().sqrt();
    norm(&mut r[0].iter().map(|r| f64::from(r.norm_sqr()))) / norm(&mut jets.iter().map(|j| j[0].norm_sqr()))
}

/// The networks' reading: zero to the rounding of f32 (each of five terms of size k^2 u is rounded to 6e-8), and not
/// zero when the velocity of the disc is wrong by 1 %, which changes m - m_b there by 0.02 m_b / 1.6^2 = 0.008 m_b.
#[test]
fn networks_read_the_equation_of_the_exact_field() {
    for form in [Form::Total, Form::Scattered] {
        let right = strong(form, 1.0);
        assert!(right < 2e-6, "{form:?}: {right:e}");
        let contrast = |v: f64| (BACKGROUND / v).powi(2) - 1.0;
        let wrong = strong(form, contrast(1.01 * DISC.velocity) / contrast(DISC.velocity));
        assert!(wrong > 1e-3, "{form:?}: {wrong:e}");
    }
}

/// Norm of the discrete equation over the norm of k^2 u at the nodes of the coarse grid that see no jump and where the
/// field changes over a wavelength, not over the distance from its source.
fn discrete(form: Form, order: usize, refinement: usize) -> f64 {
    let (h, cells) = (25.0 / refinement as f64, 80 * refinement);
    let grid = Grid::new([-1000.0, -1000.0], [h, h], [cells + 1, cells + 1]).unwrap();
    let m: Vec<f64> =
        grid.points().map(|p| if radius(p) < DISC.radius { DISC.velocity.powi(-2) } else { m_b() }).collect();
    let operator = HelmholtzOperator::new(grid, PML, order, OMEGA).unwrap();
    let solver = operator.prepare(&m).unwrap();
    let series = DISC.series(OMEGA, Q, SOURCE).unwrap();
    // Nodes where the field is singular or jumps are not looked at; the stencil of a node reaches `order - 1` nodes.
    let known = |p: [f64; 2]| p.iter().all(|c| c.abs() < 500.0) && smooth(p, 1.0);
    let u: Vec<Complex64> =
        grid.points().map(|p| if known(p) { exact(&series, form, p) } else { Complex64::ZERO }).collect();
    let mut residual = solver.multiply(&u);
    if form == Form::Scattered {
        for (node, point) in grid.points().enumerate() {
            if known(point) {
                residual[node] += operator.kernel()[node] * (m[node] - m_b()) * background(point);
            }
        }
    }
    let reach = 25.0 * (order - 1) as f64 + 5.0;
    let (mut sum, mut size, mut inside) = (0.0, 0.0, 0);
    for (node, point) in grid.points().enumerate() {
        let coarse = point.iter().all(|c| (c / 25.0 - (c / 25.0).round()).abs() < 1e-9);
        let from_source = (point[0] - SOURCE[0]).hypot(point[1] - SOURCE[1]);
        if coarse && from_source > 250.0 && smooth(point, reach) {
            sum += residual[node].norm_sqr();
            size += (OMEGA * OMEGA * m_b() * u[node]).norm_sqr();
            inside += usize::from(radius(point) < DISC.radius);
        }
    }
    assert!(inside > 20, "{inside} nodes inside the disc");
    (sum / size).sqrt()
}

/// The finite differences' reading: zero but for the error of the stencils, which falls with the declared order within
/// 0.3 and starts at (k h)^p times the first neglected weight: 1/24 for p = 2 and 3/640 for p = 4, each twice (two
/// derivatives).
#[test]
fn finite_differences_read_the_equation_of_the_exact_field() {
    for form in [Form::Total, Form::Scattered] {
        for (order, weight) in [(2, 1.0 / 12.0), (4, 3.0 / 320.0)] {
            let [coarse, fine] = [1, 2].map(|refinement| discrete(form, order, refinement));
            let kh = OMEGA / BACKGROUND * 25.0;
            assert!(coarse < 2.0 * weight * kh.powi(order as i32), "{form:?} {order}: {coarse:e}");
            let observed = (coarse / fine).log2();
            assert!((observed - order as f64).abs() < 0.3, "{form:?} {order}: observed {observed}");
        }
    }
}
