//! Identities of every step.

use super::selection::{Selection, TracesOfShot};
use super::*;
use crate::traces::{BandFilter, Moveout};

/// A step of every kind, with settings that change something.
fn all() -> Vec<ProcessingChoice> {
    let some = || Selection {
        traces: vec![TracesOfShot { shot: 1, receivers: vec![2] }],
        receivers: vec![0],
        ..Selection::default()
    };
    let band = BandFilter { low: Some(4.0), high: Some(30.0), order: 3 };
    let top = Moveout { time: 0.1, velocity: Some(1500.0), taper: 0.05 };
    let response = ReceiverResponse { gains: vec![1.0, 2.0, -0.5], delays: vec![0.0, 0.0123, -0.004] };
    vec![
        ProcessingChoice::Balance(Balance::default()),
        ProcessingChoice::BandPass(BandPass(band)),
        ProcessingChoice::Gain(Gain { time: 1.0, offset: 0.5 }),
        ProcessingChoice::Kill(Kill(some())),
        ProcessingChoice::Mute(Mute { top: Some(top), ..Mute::default() }),
        ProcessingChoice::Polarity(Polarity(some())),
        ProcessingChoice::ReceiverResponse(response),
        ProcessingChoice::Resample(Resample {}),
    ]
}

fn receivers() -> Vec<Point> {
    [100.0, 200.0, 450.0].map(|x| Point::from([x, 10.0])).to_vec()
}

fn shot(receivers: &[Point]) -> ShotTraces<'_> {
    ShotTraces { shot: 1, source: Point::from([0.0, 10.0]), receivers, samples: 250, dt: 0.004 }
}

/// Ricker wavelets of two fields, at other times and amplitudes on every trace.
fn traces() -> Vec<f64> {
    let mut all = Vec::new();
    for trace in 0..6 {
        let at = 0.25 + 0.06 * f64::from(trace);
        let a = |n: i32| (std::f64::consts::PI * 12.0 * (f64::from(n) * 0.004 - at)).powi(2);
        all.extend((0..250).map(|n| f64::from(trace + 1) * (1.0 - 2.0 * a(n)) * (-a(n)).exp()));
    }
    all
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[test]
fn every_kind_has_an_example_and_a_name() {
    let names: Vec<&str> = all().iter().map(ProcessingChoice::name).collect();
    assert_eq!(names, ProcessingChoice::NAMES);
    for choice in all() {
        choice.as_dyn().check(&document::KeyPath::of("data.processing")).unwrap();
    }
}

/// `<P a, b> = <a, P' b>` to rounding, of each step and of all of them in either order.
#[test]
fn transposes() {
    let places = receivers();
    let noise = |seed: f64| -> Vec<f64> { (0..1500).map(|i| (seed * f64::from(i * i)).sin()).collect() };
    let (a, b) = (noise(0.31), noise(0.17));
    let mut lists: Vec<Vec<ProcessingChoice>> = all().into_iter().map(|choice| vec![choice]).collect();
    lists.push(all());
    lists.push(all().into_iter().rev().collect());
    for list in lists {
        let processing = ShotProcessing::of(&list, &shot(&places), &mut traces());
        let (mut pa, mut pb) = (a.clone(), b.clone());
        processing.apply(&mut pa);
        processing.transpose(&mut pb);
        let size = (dot(&pa, &pa) * dot(&b, &b)).sqrt();
        assert!((dot(&pa, &b) - dot(&a, &pb)).abs() < 1e-12 * size, "{list:?}");
    }
}

/// Corrections change the recorded traces alone, and the other steps leave a map.
#[test]
fn a_step_corrects_or_maps() {
    let places = receivers();
    for choice in all() {
        let mut corrected = traces();
        choice.as_dyn().correct(&shot(&places), &mut corrected);
        let maps = choice.as_dyn().prepare(&shot(&places), &traces()).is_some();
        let corrects = corrected != traces();
        let else_ = choice.as_dyn().kills() || choice.as_dyn().resamples();
        assert_eq!(usize::from(maps) + usize::from(corrects) + usize::from(else_), 1, "{}", choice.name());
    }
}

#[test]
fn polarity_of_the_picked_traces() {
    let (places, mut found) = (receivers(), traces());
    all()[5].as_dyn().correct(&shot(&places), &mut found);
    let signs: Vec<f64> =
        found.chunks(250).zip(traces().chunks(250)).map(|(f, t)| dot(f, t).signum()).collect();
    assert_eq!(signs, [-1.0, 1.0, -1.0, -1.0, 1.0, -1.0]);
}

/// A trace that a receiver has multiplied and delayed comes back: the wavelets are within the band of the samples to 1e-9.
#[test]
fn response_of_receivers() {
    let (places, dt) = (receivers(), 0.004);
    let wave = |at: f64| -> Vec<f64> {
        let a = |n: i32| (std::f64::consts::PI * 12.0 * (f64::from(n) * dt - at)).powi(2);
        (0..250).map(|n| (1.0 - 2.0 * a(n)) * (-a(n)).exp()).collect()
    };
    let mut found = wave(0.5);
    found.extend(wave(0.5 + 0.0123).into_iter().map(|v| 2.0 * v));
    found.extend(wave(0.5 - 0.004).into_iter().map(|v| -0.5 * v));
    all()[6].as_dyn().correct(&shot(&places), &mut found);
    for trace in found.chunks(250) {
        assert!(trace.iter().zip(wave(0.5)).all(|(f, w)| (f - w).abs() < 1e-9));
    }
}

/// Balanced traces have a root mean square of 1, by trace or over the traces of a field, and silent ones stay silent.
#[test]
fn balance() {
    let places = receivers();
    let mean_square = |v: &[f64]| dot(v, v) / v.len() as f64;
    let mut observed = traces();
    observed[250..500].fill(0.0);
    let mut by_trace = observed.clone();
    ShotProcessing::of(&[ProcessingChoice::Balance(Balance::default())], &shot(&places), &mut by_trace);
    let squares: Vec<f64> = by_trace.chunks(250).map(mean_square).collect();
    assert_eq!(squares[1], 0.0);
    assert!([0, 2, 3, 4, 5].iter().all(|i| (squares[*i] - 1.0).abs() < 1e-12), "{squares:?}");
    let mut by_shot = observed.clone();
    let per = ProcessingChoice::Balance(Balance { per: balance::BalancedBy::Shot });
    ShotProcessing::of(&[per], &shot(&places), &mut by_shot);
    assert!((mean_square(&by_shot[..750]) * 1.5 - 1.0).abs() < 1e-12);
    assert!((mean_square(&by_shot[750..]) - 1.0).abs() < 1e-12);
}

/// The gain grows with time and offset by its powers.
#[test]
fn gain() {
    let places = receivers();
    let mut ones = vec![1.0; 750];
    let gain = ProcessingChoice::Gain(Gain { time: 2.0, offset: 0.5 });
    ShotProcessing::of(&[gain], &shot(&places), &mut ones);
    for (receiver, offset) in [100.0_f64, 200.0, 450.0].into_iter().enumerate() {
        let expected = (100.0_f64 * 0.004).powi(2) * offset.sqrt();
        assert!((ones[250 * receiver + 100] - expected).abs() < 1e-12);
    }
}

/// The first index that a survey lacks is named.
#[test]
fn indices_outside_the_survey() {
    let of = |shots: &[usize], receivers: &[usize], shot: usize, of_shot: &[usize]| Selection {
        shots: shots.to_vec(),
        receivers: receivers.to_vec(),
        traces: vec![TracesOfShot { shot, receivers: of_shot.to_vec() }],
    };
    let named = |selection: Selection| {
        selection.outside(3, 10).map(|(at, index, shot)| (at.to_string(), index, shot))
    };
    assert_eq!(named(of(&[0, 2], &[9], 2, &[0, 9])), None);
    assert_eq!(named(of(&[0, 3], &[9], 2, &[0])), Some(("shots[1]".to_owned(), 3, true)));
    assert_eq!(named(of(&[], &[10], 2, &[0])), Some(("receivers[0]".to_owned(), 10, false)));
    assert_eq!(named(of(&[], &[], 4, &[0])), Some(("traces[0].shot".to_owned(), 4, true)));
    assert_eq!(named(of(&[], &[], 0, &[0, 11])), Some(("traces[0].receivers[1]".to_owned(), 11, false)));
}
