use super::*;
use crate::wavefields::least_squares::total;
use crate::wavefields::truth::Truth;
use fields::basis::{Bases, HiddenLayer, Kinked, Shape};
use survey::model_source::ModelSource;

/// Two sources near a faster disc, 8 rad in half the box, and seven receivers with the exact field.
fn problem() -> WavefieldProblem {
    let grid = fd::Grid::new([-1000.0, -1000.0], [50.0, 50.0], [41, 41]).unwrap();
    let disc = serde_json::json!({"disc": {"background": 1000.0, "velocity": 1500.0, "centre": [0.0, 0.0], "radius": 150.0}});
    let receivers: Vec<[f64; 2]> = (0..7).map(|i| [-360.0 + 120.0 * f64::from(i), 400.0]).collect();
    let survey = serde_json::json!({"sources": [[-300.0, 0.0], [300.0, 0.0]], "receivers": receivers, "strength": [1.0, 1.0], "variance": 0.0});
    let mut problem = WavefieldProblem {
        grid,
        pml: fd::Pml { thickness: 500.0, strength: 5.0 },
        omega: 8.0,
        survey: serde_json::from_value(survey).unwrap(),
        recorded: None,
        velocity: ModelSource { choice: serde_json::from_value(disc).unwrap(), file: None, truth: None },
        medium: fwi::harmonic_medium::HarmonicMedium::default(),
        background: 1000.0,
        points: receivers,
    };
    problem.recorded = Some(Truth::new(&problem, 1.0, 0.0, &mut |_| {}).unwrap().fields);
    problem
}

fn basis(problem: &WavefieldProblem) -> Bases {
    let disc = Shape::Disc { centre: [0.0, 0.0], radius: 150.0 / problem.frame().length };
    Bases::default()
        .with(HiddenLayer::plane_waves(160, 24.0, 1))
        .with(Kinked::new(HiddenLayer::plane_waves(30, 16.0, 2), disc))
}

/// Residual of the equation and misfit of the data, as mean squares, for a data weight.
fn fitted(problem: &WavefieldProblem, data_weight: f64) -> (f64, f64) {
    let (basis, form) = (basis(problem), StrongForm::Scattered);
    let equations = Equations { data_weight, ..Equations::default() };
    let body = problem.body().map(|body| (body, 30));
    let solved = equations.solve(problem, form, (&basis, body), 5).unwrap();
    let fields = total(problem, form, &basis, solved.weights).unwrap().concat();
    let recorded = problem.recorded.as_ref().unwrap().concat();
    let apart: f64 = fields.iter().zip(&recorded).map(|(u, d)| (u - d).norm_sqr()).sum();
    (solved.residual, apart / recorded.len() as f64)
}

/// Of two weights the larger gives the smaller data misfit and the larger residual, as the minimum of E + w^2 D does
/// for any E and D. A very large weight fits seven receivers exactly, and zero ignores the data.
#[test]
fn weights_trade_the_equation_for_the_data() {
    let problem = problem();
    let without = WavefieldProblem { recorded: None, ..problem.clone() };
    let found = [0.0, 0.1, 1.0, 10.0].map(|weight| fitted(&problem, weight));
    for pair in found.windows(2) {
        assert!(pair[1].0 > pair[0].0 && pair[1].1 < pair[0].1, "{found:?}");
    }
    let exact = fitted(&problem, 1e5);
    assert!(exact.1 < 1e-8 * found[0].1, "{exact:?} {found:?}");
    let equations = Equations { data_weight: 1.0, ..Equations::default() };
    let solve = |problem: &WavefieldProblem, equations: &Equations| {
        equations.solve(problem, StrongForm::Scattered, (&basis(problem), None), 5).unwrap().weights
    };
    assert_eq!(solve(&without, &equations), solve(&problem, &Equations::default()));
}

/// The minimum of E + w^2 D has dE/dD = -w^2 as w varies: 16 times as much at four times the weight, to the square of
/// the distance between the two weights of the difference. It is a mean over the receivers, so all of them twice
/// gives the same.
#[test]
fn the_weight_is_that_of_mean_squares() {
    let problem = problem();
    let slope = |weight: f64| {
        let [low, high] = [0.98, 1.02].map(|factor| fitted(&problem, factor * weight));
        (high.0.powi(2) - low.0.powi(2)) / (high.1 - low.1)
    };
    let ratio = slope(2.0) / slope(0.5);
    assert!((ratio / 16.0 - 1.0).abs() < 0.01, "{ratio}");
    let mut twice = problem.clone();
    twice.survey.receivers = problem.survey.receivers.map(|points| points.repeat(2));
    twice.recorded.iter_mut().flatten().for_each(|d| d.extend_from_within(..));
    twice.points.extend_from_slice(&problem.points);
    let (once, twice) = (fitted(&problem, 1.0), fitted(&twice, 1.0));
    assert!(
        (twice.0 / once.0 - 1.0).abs() < 1e-6 && (twice.1 / once.1 - 1.0).abs() < 1e-6,
        "{once:?} {twice:?}"
    );
}

/// An error of the data causes an error of the field: one receiver that is wrong by a tenth of the field does not
/// change the field there without a weight, and changes it by nearly the full error with a large one.
#[test]
fn errors_of_the_data_matter() {
    let clean = problem();
    let mut wrong = clean.clone();
    let size = clean.recorded.as_ref().unwrap()[0][3].norm();
    wrong.recorded.as_mut().unwrap()[0][3] += 0.1 * size;
    let moved = |weight: f64| {
        let (basis, form) = (basis(&clean), StrongForm::Scattered);
        let equations = Equations { data_weight: weight, ..Equations::default() };
        let at = |problem: &WavefieldProblem| {
            let solved = equations.solve(problem, form, (&basis, None), 5).unwrap();
            total(problem, form, &basis, solved.weights).unwrap()
        };
        let (a, b) = (at(&clean), at(&wrong));
        assert_eq!(a[1], b[1], "the other source has data of its own");
        (b[0][3] - a[0][3]).norm() / (0.1 * size)
    };
    assert_eq!(moved(0.0), 0.0);
    let large = moved(100.0);
    assert!((large - 1.0).abs() < 0.05, "{large}");
    let small = moved(0.1);
    assert!(small > 0.001 && small < 0.9 * large, "{small}");
}
