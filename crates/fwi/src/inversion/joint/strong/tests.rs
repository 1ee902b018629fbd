//! The field radiated by contrast sources, for the exact field of a disc.

use fd::analytic::Cylinder;
use fd::{Domain, Grid, Pml, PointSet, UniformGreens};
use fields::Evaluation;
use num_complex::Complex64;
use survey::model::Model;
use survey::survey::Survey;

use super::super::data_equation::DataEquation;
use super::edge;
use super::medium_radiation::MediumRadiation;
use super::radiated::{Radiation, radiated_edge};
use super::radiating::Radiating;
use crate::environment::Environment;
use crate::forward::medium_solver::{Discretisation, MediumSolver};
use crate::forward::{background_fields, omega, uniform_background};
use crate::harmonic_equation::{HarmonicEquation, Outputs, SystemUnits};
use crate::harmonic_medium::HarmonicMedium;
use crate::inverse_problem::InverseProblem;
use crate::region::{SubGrid, cells};
use crate::velocity_network::Frame;
use crate::waves::{Harmonic, Waves};

const HALF: f64 = 300.0;

/// The true model.
const DISC: Cylinder = Cylinder { centre: [0.0; 2], radius: 100.0, velocity: 2000.0, background: 1000.0 };

/// The inverse problem of five sources along a line in the uniform background of the disc, at one frequency.
fn problem() -> InverseProblem<'static> {
    let grid = Grid::with_spacing(&Domain::section([-1000.0; 2], [1000.0; 2]), 25.0).unwrap();
    let harmonic = Harmonic {
        pml: Pml { thickness: 500.0, strength: 5.0 },
        order: 4,
        frequencies: vec![10.0 / std::f64::consts::PI],
        medium: HarmonicMedium::default(),
        observed: Vec::new(),
    };
    let survey = Survey {
        sources: (-2..=2).map(|i| [173.53 * f64::from(i), -347.06].into()).collect(),
        receivers: vec![[0.0, 400.0]].into(),
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
    let region = Domain::section([-HALF; 2], [HALF; 2]);
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
        let exact = |source: [f64; 2]| -> Vec<Complex64> {
            let series = DISC.series(omega(frequency), strength, source).unwrap();
            points.iter().map(|p| series.at(*p)).collect()
        };
        let total: Vec<Vec<Complex64>> = problem.survey.sources_in_section().into_iter().map(exact).collect();
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

/// The field that finite differences find in a medium with a density and attenuation, as contrast sources on the nodes of a
/// bump, radiates their scattered data. Differences of second order leave `(k h)^2 / 24` rad a radian, 2 % over 12 rad; a tenth
/// more contrast is three times as far away.
#[test]
fn a_medium_radiates_its_data() {
    let mut problem = problem();
    let quality = survey::property::PropertyChoice::Uniform(survey::property::Uniform { value: 20.0 });
    let medium = HarmonicMedium {
        density: Some(serde_json::from_str(r#"{"gardner": {"factor": 1e-3, "exponent": 1}}"#).unwrap()),
        attenuation: Some(survey::attenuation::Attenuation { quality, reference_frequency: None }),
        anisotropy: None,
    };
    let Waves::Helmholtz(harmonic) = &mut problem.waves else { panic!("at frequencies") };
    harmonic.medium = medium.clone();
    let (pml, at) = (harmonic.pml, omega(harmonic.frequencies[0]));
    // A smooth bump: differences and cells agree on it.
    let velocity = |[x, z]: [f64; 2]| 1000.0 + 400.0 * (-(x * x + z * z) / (2.0 * 60.0_f64.powi(2))).exp();
    let grid = Grid::with_spacing(&problem.grid.domain(), 10.0).unwrap();
    let how = Discretisation { grid, pml, order: 2, omega: at };
    let solve = |v: &dyn Fn([f64; 2]) -> f64| {
        let model = Model { grid, values: grid.points().map(v).collect() };
        let solver = MediumSolver::new(&medium, how, &model, &problem.survey).unwrap();
        solver.pressure(solver.sources()).unwrap()
    };
    let (total, before) = (solve(&velocity), solve(&|_| 1000.0));

    let frame = Frame::of(&problem.grid);
    let background = uniform_background(&problem, 0).unwrap();
    let units = SystemUnits { length: frame.length, velocity: 1000.0, pressure: 1.0 };
    let equation = HarmonicEquation::system(&medium, at, units, Some(background.clone())).unwrap();
    let HarmonicEquation::System(system) = &equation else { panic!("a system") };
    let cells = cells(&Domain::section([-255.0; 2], [255.0; 2]), 10.0).unwrap();
    let receivers = [[0.0, 400.0], [-350.0, 200.0], [420.0, -10.0]];
    let outputs = Outputs::new(&medium, 0, problem.survey.sources.len(), 1.0);
    let nothing = vec![Complex64::ZERO; receivers.len() * problem.survey.sources.len()];
    let environment = Environment::new(&problem);
    let of = (&equation, &**system);
    let radiation =
        MediumRadiation::new(of, &background, &environment, &cells, (&receivers, nothing)).unwrap();

    let nodes: Vec<[f64; 2]> = cells.points().collect();
    let h = 10.0;
    let beside = |axis: usize, sign: f64| -> Vec<[f64; 2]> {
        let moved = |p: &[f64; 2]| std::array::from_fn(|a| p[a] + if a == axis { sign * h } else { 0.0 });
        nodes.iter().map(moved).collect()
    };
    let sample = |u: &[Complex64], points: &[[f64; 2]]| PointSet::new(&grid, points).unwrap().sample(u);
    let mut values = vec![0.0_f32; 3 * nodes.len() * 2 * outputs.fields.sources];
    for source in 0..problem.survey.sources.len() {
        let fields = |u: &[Complex64], velocity: &dyn Fn([f64; 2]) -> f64| -> [Vec<Complex64>; 3] {
            let motion = |axis: usize| {
                let (after, before) = (sample(u, &beside(axis, 1.0)), sample(u, &beside(axis, -1.0)));
                let factor = |p: &[f64; 2]| Complex64::I / (at * medium.density(velocity(*p))[0] * 2.0 * h);
                (nodes.iter().zip(after).zip(before)).map(|((p, a), b)| factor(p) * (a - b)).collect()
            };
            [motion(0), motion(1), sample(u, &nodes)]
        };
        let [here, background] = [fields(&total[source], &velocity), fields(&before[source], &|_| 1000.0)];
        for (unknown, unit) in system.scales().iter().enumerate() {
            for p in 0..nodes.len() {
                let value = (here[unknown][p] - background[unknown][p]) / unit;
                let place = 2 * (p * outputs.fields.sources + 3 * source + unknown);
                values[place] = value.re as f32;
                values[place + 1] = value.im as f32;
            }
        }
    }
    let radiated = |factor: f64| {
        let contrast = nodes.iter().map(|p| factor * ((1000.0 / velocity(*p)).powi(2) - 1.0)).collect();
        let evaluation = Evaluation::of_values(values.clone(), nodes.len(), 2 * outputs.fields.sources);
        let mut cells = Radiating::new(evaluation, contrast);
        radiation.radiated(&outputs, &mut cells, |data| (0.0, vec![Complex64::ZERO; data.len()])).1
    };
    let scattered: Vec<Complex64> = (total.iter().zip(&before))
        .flat_map(|(u, u0)| {
            sample(u, &receivers).into_iter().zip(sample(u0, &receivers)).map(|(u, u0)| u - u0)
        })
        .collect();
    let apart = |found: &[Complex64]| {
        let difference: f64 = found.iter().zip(&scattered).map(|(a, b)| (a - b).norm_sqr()).sum();
        (difference / scattered.iter().map(Complex64::norm_sqr).sum::<f64>()).sqrt()
    };
    let [right, wrong] = [1.0, 1.1].map(|factor| apart(&radiated(factor)));
    assert!(right < 0.025 && wrong > 0.06, "{right} {wrong}");
}
