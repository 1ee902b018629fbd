//! The field radiated by contrast sources, for the exact field of a disc.

use fd::analytic::Cylinder;
use fd::{Domain, Grid, Pml, UniformGreens};
use fields::Evaluation;
use num_complex::Complex64;
use survey::survey::{Receivers, Survey};

use super::super::data_equation::DataEquation;
use super::edge;
use super::radiated::{Radiation, radiated_edge};
use super::radiating::Radiating;
use crate::forward::{background_fields, omega};
use crate::harmonic_equation::Outputs;
use crate::harmonic_medium::HarmonicMedium;
use crate::inverse_problem::InverseProblem;
use crate::region::{SubGrid, cells};
use crate::waves::{Harmonic, Waves};

const HALF: f64 = 300.0;

/// The true model.
const DISC: Cylinder = Cylinder { centre: [0.0; 2], radius: 100.0, velocity: 2000.0, background: 1000.0 };

/// The inverse problem of five sources along a line in the uniform background of the disc, at one frequency.
fn problem() -> InverseProblem<'static> {
    let grid = Grid::with_spacing(&Domain { lo: [-1000.0; 2], hi: [1000.0; 2] }, 25.0).unwrap();
    let harmonic = Harmonic {
        pml: Pml { thickness: 500.0, strength: 5.0 },
        order: 4,
        frequencies: vec![10.0 / std::f64::consts::PI],
        medium: HarmonicMedium::default(),
        observed: Vec::new(),
    };
    let survey = Survey {
        sources: (-2..=2).map(|i| [173.53 * f64::from(i), -347.06]).collect(),
        receivers: Receivers::Shared(vec![[0.0, 400.0]]),
        strength: Complex64::new(1.0, 1.0),
        variance: 100.0,
    };
    InverseProblem {
        start: Vec::new(),
        grid,
        output: grid,
        survey,
        waves: Waves::Helmholtz(Box::new(harmonic)),
        background: &|_| DISC.background,
        uniform: Some(DISC.background),
    }
}

/// The contrast of the disc of 2000 m/s and 100 m in cells, each the mean of 8 x 8 points.
fn contrast(grid: &Grid) -> Vec<f64> {
    let offset = |i: usize| ((i as f64 + 0.5) / 8.0 - 0.5) * grid.spacing[0];
    let mean = |[x, z]: [f64; 2]| {
        let inside = |k: &usize| (x + offset(k % 8)).hypot(z + offset(k / 8)) < 100.0;
        -0.75 * (0..64).filter(inside).count() as f64 / 64.0
    };
    grid.points().map(mean).collect()
}

/// The exact field in the disc radiates the exact scattered field to the edge of the region, to a fifth of a per cent with
/// cells of 5 m, whose error is of second order; so what the exact field on the edge lacks costs next to nothing, and with
/// one per cent more contrast a hundredth, squared, of what a field of zero costs.
#[test]
fn the_edge_has_what_the_disc_radiates() {
    let problem = problem();
    let region = Domain { lo: [-HALF; 2], hi: [HALF; 2] };
    let (grid, on_edge) = (cells(&region, 5.0).unwrap(), edge(&region, 7));
    let frequency = problem.harmonic().frequencies[0];
    let greens = UniformGreens::new(grid, omega(frequency) / 1000.0).unwrap();
    let mass = DataEquation::unbounded_mass(&problem, 0, &grid);
    let whole = SubGrid::whole(&grid);
    let equation = DataEquation::scattered(&problem, 0, (&whole, mass), &on_edge, &greens).unwrap();
    let equation = Radiation::Velocity(equation);

    // Scattered fields, interleaved as in a network.
    let evaluation = |points: &[[f64; 2]]| {
        let strength = problem.survey.effective_strength(omega(frequency) / DISC.background);
        let exact = |source: &[f64; 2]| -> Vec<Complex64> {
            let series = DISC.series(omega(frequency), strength, *source).unwrap();
            points.iter().map(|p| series.at(*p)).collect()
        };
        let total: Vec<Vec<Complex64>> = problem.survey.sources.iter().map(exact).collect();
        let incident = background_fields(&problem, 0, points).unwrap();
        let shots = total.len();
        let mut values = vec![0.0_f32; 2 * shots * points.len()];
        for (s, (u, u0)) in total.iter().zip(&incident).enumerate() {
            for (p, (u, u0)) in u.iter().zip(u0).enumerate() {
                let scattered: Complex64 = u - u0;
                values[(p * shots + s) * 2] = scattered.re as f32;
                values[(p * shots + s) * 2 + 1] = scattered.im as f32;
            }
        }
        Evaluation::of_values(values, points.len(), 2 * shots)
    };
    let nodes: Vec<[f64; 2]> = grid.points().collect();
    let outputs = Outputs::new(&HarmonicMedium::default(), 0, problem.survey.sources.len(), 1.0);
    let cost = |factor: f64, share: f32| {
        let q = contrast(&grid).iter().map(|q| factor * q).collect();
        let mut cells = Radiating::new(evaluation(&nodes), q);
        let exact = evaluation(&on_edge);
        let own = exact.values().iter().map(|v| share * v).collect();
        let u = Evaluation::of_values(own, exact.points(), exact.channels());
        let mut upstream = vec![0.0; u.values().len()];
        radiated_edge(&equation, 2.0, &outputs, (&u, &mut upstream), &mut cells)
    };
    let none = cost(1.0, 0.0);
    let [right, wrong] = [1.0, 1.01].map(|factor| (cost(factor, 1.0) / none).sqrt());
    assert!(right < 2e-3 && (wrong - 0.01).abs() < 2.5e-3, "{right:e} {wrong:e}");
}
