//! The reconstructed fields, the model between them, and what both find from exact data.

use std::cell::RefCell;

use fd::analytic::Cylinder;
use fd::{Domain, Grid, Pml};
use rand::{Rng, SeedableRng, rngs::StdRng};
use survey::survey::Survey;

use super::*;
use crate::forward::omega;
use crate::harmonic_medium::HarmonicMedium;
use crate::inversion::SavedCheckpoint;
use crate::inversion_settings::Stage;
use crate::misfit::{L2, MisfitChoice};
use crate::regularizer::{RegularizerChoice, TotalVariation};
use crate::storage::StorageChoice;
use crate::unknowns::Unknown;
use crate::waves::{Harmonic, Waves};

const DISC: Cylinder =
    Cylinder { centre: [30.0, -20.0], radius: 120.0, velocity: 1300.0, background: 1000.0 };

/// Eight sources above a disc and 24 receivers around it, with the exact data of some frequencies in Hz, whose medium is not that
/// of any grid.
fn problem(frequencies: &[f64]) -> InverseProblem<'static> {
    let grid = Grid::with_spacing(&Domain::section([-700.0; 2], [700.0; 2]), 20.0).unwrap();
    let on_circle = |count: usize, radius: f64| -> Vec<[f64; 2]> {
        let angle = |i: usize| (i as f64 + 0.3) / count as f64 * std::f64::consts::TAU;
        (0..count).map(|i| [radius * angle(i).cos(), radius * angle(i).sin()]).collect()
    };
    let (sources, receivers) = (on_circle(8, 370.0), on_circle(24, 400.0));
    let survey = Survey {
        sources: sources.iter().copied().map(fd::Point::from).collect(),
        receivers: receivers.clone().into(),
        strength: Complex64::new(1.0, 1.0),
        variance: 0.0,
    };
    let observed = frequencies.iter().flat_map(|frequency| {
        let strength = survey.effective_strength(omega(*frequency) / DISC.background);
        let receivers = &receivers;
        sources.iter().flat_map(move |source| {
            let series = DISC.series(omega(*frequency), strength, *source).unwrap();
            receivers.iter().map(move |at| series.at(*at)).collect::<Vec<_>>()
        })
    });
    let harmonic = Harmonic {
        pml: Pml { thickness: 260.0, strength: 5.0 },
        order: 4,
        frequencies: frequencies.to_vec(),
        medium: HarmonicMedium::default(),
        observed: observed.collect(),
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

fn settings(iterations: usize, frequencies: Vec<usize>) -> InversionSettings {
    InversionSettings {
        stages: vec![Stage { frequencies, band: None, iterations }],
        misfit: MisfitChoice::L2(L2 {}),
        regularizers: vec![RegularizerChoice::TotalVariation(TotalVariation {
            weight: 1e-4,
            smoothing: 0.2,
        })],
        conditioning: Vec::new(),
        optimizer: serde_json::from_str(r#"{"lbfgs": {}}"#).unwrap(),
        unknowns: vec![Unknown::velocity([800.0, 1800.0])],
        followers: Vec::new(),
        region: Domain::section([-260.0; 2], [260.0; 2]),
        storage: StorageChoice::default(),
        batch: None,
        source_encoding: None,
        mutes: Vec::new(),
        estimate_wavelet: None,
        noise_level: None,
        time_limit: None,
        device: "cpu".to_owned(),
        wave_device: fd::program::WaveDevice::default(),
        seed: 0,
    }
}

/// Keeps the last state, and stops after so many iterations.
struct Watch {
    until: usize,
    from: Option<SavedCheckpoint>,
    last: RefCell<Option<SavedCheckpoint>>,
    misfits: Vec<f64>,
}

impl Watch {
    fn new(until: usize, from: Option<SavedCheckpoint>) -> Self {
        Self { until, from, last: RefCell::default(), misfits: Vec::new() }
    }
}

impl Observer for Watch {
    fn after(
        &mut self,
        progress: &Progress,
        _model: &dyn Fn() -> Vec<f64>,
        state: &crate::inversion::Snapshot,
    ) -> ControlFlow<StopReason> {
        self.misfits.push(progress.data_misfit);
        state(&mut |state| {
            let State::Grid(grid) = state else { panic!("a grid") };
            let mut saved = SavedCheckpoint::default();
            (saved.iteration, saved.grid) = (progress.iteration, Some(grid));
            *self.last.borrow_mut() = Some(saved);
        });
        match progress.iteration >= self.until {
            true => ControlFlow::Break(StopReason::Interrupted),
            false => ControlFlow::Continue(()),
        }
    }

    fn resume(&mut self) -> Option<SavedCheckpoint> {
        self.from.take()
    }
}

fn noise(count: usize, seed: u64) -> Vec<Complex64> {
    let mut random = StdRng::seed_from_u64(seed);
    (0..count)
        .map(|_| Complex64::new(random.random_range(-1.0..1.0), random.random_range(-1.0..1.0)))
        .collect()
}

/// The derivative of both squares by the field is zero, `w A^H (A u - b - e) + P^T (P u - d - f) = 0`, for multipliers e and f of
/// the size of the sources and of the data, and weights from small to large; so is `A u - b - e - y`.
#[test]
fn fields_minimise_both_residuals() {
    let problem = problem(&[4.0]);
    let equation = Equation::new(&problem, &[0]).unwrap();
    let m = vec![1e-6; problem.grid.len()];
    let at = equation.at(&m).unwrap();
    let size = at[0].sources[0].iter().map(Complex64::norm_sqr).sum::<f64>().sqrt();
    let each = size / (problem.grid.len() as f64).sqrt();
    for share in [1e-4, 1e-1, 10.0] {
        for form in [Form::Penalty, Form::Admm] {
            let mut multipliers =
                Multipliers::zero(form, equation.weights(&at, share).unwrap(), equation.counts());
            let (of_equation, of_data) = multipliers.all();
            for (k, row) in of_equation.iter_mut().enumerate() {
                *row = noise(row.len(), k as u64).iter().map(|v| v * each).collect();
            }
            for (k, row) in of_data.iter_mut().enumerate() {
                *row = noise(row.len(), 100 + k as u64).iter().map(|v| v * 1e-2).collect();
            }
            let reconstructed = equation.reconstruct(&at, &multipliers).unwrap();
            let observed = equation.observed(&at[0]);
            for (shot, u) in reconstructed[0].fields.iter().enumerate() {
                let (of_equation, of_data) = multipliers.of(0, shot);
                let mut residual = at[0].solver.multiply(u);
                for (node, r) in residual.iter_mut().enumerate() {
                    *r -= at[0].sources[shot][node] + of_equation.map_or(Complex64::ZERO, |e| e[node]);
                }
                let y = &reconstructed[0].sources[shot];
                let off = residual.iter().zip(y).map(|(r, y)| (r - y).norm()).fold(0.0, f64::max);
                assert!(off < 1e-9 * size, "{share} {form:?} shot {shot}: {off}");
                // A is symmetric, so A^H v is the conjugate of A times the conjugate of v.
                let conjugate: Vec<Complex64> = residual.iter().map(Complex64::conj).collect();
                let by_equation = at[0].solver.multiply(&conjugate);
                let receivers = equation.sampled(&vec![u.clone(); equation.shots()])[shot].clone();
                let left: Vec<Complex64> = (0..receivers.len())
                    .map(|r| receivers[r] - observed[shot][r] - of_data.map_or(Complex64::ZERO, |f| f[r]))
                    .collect();
                let by_data = equation.spread(shot, &left);
                let weight = multipliers.weight(0);
                let largest = by_data.iter().map(|v| v.norm_sqr().sqrt()).fold(0.0, f64::max);
                let off = by_equation
                    .iter()
                    .zip(&by_data)
                    .map(|(e, d)| (weight * e.conj() + d).norm())
                    .fold(0.0, f64::max);
                assert!(off < 1e-6 * largest, "{share} {form:?} shot {shot}: {off} of {largest}");
            }
        }
    }
}

/// The model's derivative is that of its value, and without a regulariser one step of the optimiser reaches the minimum.
#[test]
fn model_step_is_a_quadratic_of_each_node() {
    let problem = problem(&[3.0, 5.0]);
    for regularised in [false, true] {
        let mut settings = settings(1, vec![0, 1]);
        if !regularised {
            settings.regularizers.clear();
        }
        let space = ParameterSpace::new(&problem, &settings).unwrap();
        let equation = Equation::new(&problem, &[0, 1]).unwrap();
        let start = vec![0.0; space.len()];
        let m = space.variables(&start);
        let at = equation.at(&m).unwrap();
        let multipliers =
            Multipliers::zero(Form::Admm, equation.weights(&at, 1e-2).unwrap(), equation.counts());
        let reconstructed = equation.reconstruct(&at, &multipliers).unwrap();
        let mut step = ModelStep::new(&space, &equation, &at, &reconstructed, &multipliers, m).unwrap();
        let point: Vec<f64> = noise(start.len(), 7).iter().map(|v| 0.1 * v.re).collect();
        let direction: Vec<f64> = noise(start.len(), 8).iter().map(|v| 0.1 * v.re).collect();
        let moved = |t: f64| -> Vec<f64> { point.iter().zip(&direction).map(|(p, d)| p + t * d).collect() };
        let slope: f64 = step.value(&point).1.iter().zip(&direction).map(|(g, d)| g * d).sum();
        let difference = (step.value(&moved(1e-4)).0 - step.value(&moved(-1e-4)).0) / 2e-4;
        assert!((slope - difference).abs() < 1e-5 * slope.abs(), "{slope} against {difference}");

        let [lower, upper] = space.bounds();
        let bounds = Bounds::new(lower, upper);
        let count = if regularised { 300 } else { 2 };
        let found = step.minimum(&settings.optimizer, count, &start, &bounds).unwrap();
        let largest = |x: &[f64]| {
            let gradient = step.value(x).1;
            let free = bounds.free(x, &gradient);
            gradient.iter().zip(free).filter(|(_, free)| *free).fold(0.0_f64, |a, (g, _)| a.max(g.abs()))
        };
        // With total variation L-BFGS approaches the minimum; without, it is there.
        let share = if regularised { 1e-2 } else { 2e-6 };
        assert!(largest(&found) < share * largest(&start), "{} of {}", largest(&found), largest(&start));
    }
}

/// Relative error of the contrast of the disc in the region.
fn error(problem: &InverseProblem, settings: &InversionSettings, velocity: &[f64]) -> f64 {
    let space = ParameterSpace::new(problem, settings).unwrap();
    let points: Vec<[f64; 2]> = problem.grid.points().collect();
    let (mut off, mut all) = (0.0, 0.0);
    for &node in &space.region.nodes {
        let [x, z] = points[node];
        let inside = (x - DISC.centre[0]).hypot(z - DISC.centre[1]) < DISC.radius;
        let truth = if inside { DISC.velocity } else { DISC.background };
        off += (velocity[node] - truth).powi(2);
        all += (truth - DISC.background).powi(2);
    }
    (off / all).sqrt()
}

/// From exact data of two frequencies, multipliers find the disc: the error of its contrast falls below half, and the data that the
/// equation gives for the model fit to a few per cent. The penalty, whose compromise remains, fits them less well.
#[test]
fn finds_a_disc_from_exact_data() {
    let problem = problem(&[3.0, 5.0]);
    let settings = settings(30, vec![0, 1]);
    let found = |form| {
        let method = WavefieldReconstruction { form, ..WavefieldReconstruction::default() };
        let mut watch = Watch::new(usize::MAX, None);
        let solution = method.invert(&problem, &settings, &mut watch).unwrap();
        assert_eq!((solution.iterations, solution.stopped), (30, StopReason::Iterations));
        // Eight shots twice, 24 receivers once, at two frequencies.
        assert_eq!(solution.pde_solves, 30 * 2 * (2 * 8 + 24));
        (error(&problem, &settings, &solution.models[0].model.values), solution.progress.data_misfit)
    };
    let (admm, penalty) = (found(Form::Admm), found(Form::Penalty));
    println!("ADMM {admm:?}, penalty {penalty:?}");
    assert!(admm.0 < 0.35 && admm.1 < 0.02, "{admm:?}");
    assert!(penalty.0 < 0.4 && penalty.1 > admm.1, "{penalty:?}");
}

/// A run that was stopped goes on to the same bits, in either form.
#[test]
fn resumed_run_equals_uninterrupted() {
    let problem = problem(&[4.0]);
    for form in [Form::Admm, Form::Penalty] {
        let settings = settings(6, vec![0]);
        let method = WavefieldReconstruction { form, ..WavefieldReconstruction::default() };
        let run = |until, from| {
            let mut watch = Watch::new(until, from);
            let solution = method.invert(&problem, &settings, &mut watch).unwrap();
            (solution.models[0].model.values.clone(), watch.last.into_inner())
        };
        let (whole, _) = run(usize::MAX, None);
        let (stopped, state) = run(3, None);
        assert_ne!(whole, stopped);
        assert_eq!(run(usize::MAX, state).0, whole, "{form:?}");
    }
}
