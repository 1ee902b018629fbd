//! A survey with every defect, and one with none.

use super::super::made::{DT, PERIOD, SAMPLES, STEP, VELOCITY, noisy, wave};
use super::*;
use crate::per_shot::PerShot;

const SHOTS: usize = 6;
const TRACES: usize = 24;

/// A line whose receivers move with the shots.
fn survey() -> Survey {
    let source = |shot: usize| Point::from([50.0 * shot as f64, 0.0]);
    let receivers = |shot: usize| {
        (0..TRACES).map(|k| [50.0 * shot as f64 + 100.0 + STEP * k as f64, 0.0].into()).collect()
    };
    crate::gathers::GatherHeader::survey(
        (0..SHOTS).map(source).collect(),
        PerShot::ByShot((0..SHOTS).map(receivers).collect()),
    )
}

fn subject(survey: Survey) -> Subject {
    Subject {
        survey,
        samples: SAMPLES,
        dt: DT,
        period: PERIOD,
        swell: None,
        present: vec![TRACES; SHOTS],
        numbering: None,
    }
}

/// The traces of a shot, whose noise is a share of the wave.
fn traces(shot: usize, noise: f64) -> Vec<Vec<f32>> {
    let onset = |k: usize| 0.4 + k as f64 * STEP / VELOCITY;
    let seed = |k: usize| (100 * shot + k) as u64;
    (0..TRACES).map(|k| noisy(&wave(onset(k)), noise, seed(k))).collect()
}

fn looked_at(noise: f64, change: impl Fn(usize, &mut Vec<Vec<f32>>)) -> QualityControl {
    let mut control = QualityControl::new(subject(survey()));
    for shot in 0..SHOTS {
        let mut rows = traces(shot, noise);
        change(shot, &mut rows);
        control.add(shot, &rows.concat());
    }
    control
}

#[test]
fn a_good_survey_has_no_defects() {
    for noise in [0.01, 0.05, 0.2] {
        let control = looked_at(noise, |_, _| {});
        assert_eq!(control.flagged, [], "{noise}");
        assert_eq!((control.traces(), control.silent), (SHOTS * TRACES, 0));
        assert_eq!(control.levels.0.len(), SHOTS * TRACES);
        assert_eq!(control.fold().unwrap().counts.iter().sum::<usize>(), SHOTS * TRACES);
        assert_eq!(control.histogram().unwrap().counts.iter().sum::<usize>(), SHOTS * TRACES);
    }
}

fn needs_picks(defect: Defect) -> bool {
    matches!(defect, Defect::Noisy | Defect::Reversed)
}

/// Each defect is found where it is and nowhere else.
#[test]
fn every_defect_is_found() {
    for noise in [0.01, 0.05, 0.2] {
        let control = looked_at(noise, |shot, rows| match shot {
            0 => rows[3].fill(0.0),
            1 => {
                rows[6].iter_mut().for_each(|v| *v *= 1e-3);
                rows[15][700] = f32::NAN;
            }
            2 => rows[8] = noisy(&rows[8], 1.0, 999),
            3 => {
                let most = rows[10].iter().fold(0.0_f32, |a, v| a.max(v.abs()));
                rows[10].iter_mut().for_each(|v| *v = v.clamp(-0.4 * most, 0.4 * most));
                rows[17].iter_mut().for_each(|v| *v = -*v);
            }
            4 => {
                rows[5][444] = 9.0;
                rows[12].iter_mut().for_each(|v| *v += 0.6);
            }
            _ => rows[20] = traces(2, noise)[19].clone(),
        });
        let found: Vec<(usize, usize, Defect)> =
            control.flagged.iter().map(|flag| (flag.shot, flag.receiver, flag.defect)).collect();
        let expected = [
            (0, 3, Defect::Dead),
            (1, 6, Defect::Weak),
            (1, 15, Defect::Dead),
            (2, 8, Defect::Noisy),
            (3, 10, Defect::Clipped),
            (3, 17, Defect::Reversed),
            (4, 5, Defect::Spikes),
            (4, 12, Defect::Constant),
            (5, 20, Defect::Duplicate),
        ];
        // With much noise few first breaks are clear: what needs them cannot be told.
        let told = |(_, _, defect): &&(usize, usize, Defect)| {
            noise < 0.1 || found.iter().any(|other| other.2 == *defect) || !needs_picks(*defect)
        };
        assert_eq!(found, expected.iter().filter(told).copied().collect::<Vec<_>>(), "{noise}");
        assert_eq!(control.flagged.last().unwrap().same_as, Some([2, 19]));
        assert_eq!(control.silent, 2);
        if noise < 0.1 {
            assert_eq!(control.counts(), [2, 1, 1, 1, 1, 1, 1, 1, 0]);
        }
    }
}

#[test]
fn own_sources_are_found() {
    let mut own = survey();
    let PerShot::ByShot(receivers) = &mut own.receivers else { panic!("receivers move") };
    receivers[4][2] = own.sources[4];
    let mut control = QualityControl::new(subject(own));
    (0..SHOTS).for_each(|shot| control.add(shot, &traces(shot, 0.05).concat()));
    let found: Vec<(usize, usize, Defect)> =
        control.flagged.iter().map(|flag| (flag.shot, flag.receiver, flag.defect)).collect();
    assert_eq!(found, [(4, 2, Defect::OwnSource)]);
}

/// Traces that stand for missing ones are not looked at.
#[test]
fn missing_traces_are_not_looked_at() {
    let mut control = QualityControl::new(Subject { present: vec![20; SHOTS], ..subject(survey()) });
    for shot in 0..SHOTS {
        let mut rows = traces(shot, 0.05);
        rows[20..].iter_mut().for_each(|row| row.fill(0.0));
        control.add(shot, &rows.concat());
    }
    assert_eq!((control.flagged.len(), control.silent, control.traces()), (0, 0, 20 * SHOTS));
}

/// One trace, two samples, and values at the ends of their range are looked at without a panic.
#[test]
fn small_and_extreme_surveys() {
    for (receivers, samples) in [(1, 2), (1, 900), (2, 3), (7, 40)] {
        for value in [0.0, 1.0, -1e-38, f32::MAX, f32::NAN, f32::INFINITY] {
            let place = |k: usize| [10.0 * k as f64, 0.0].into();
            let survey = crate::gathers::GatherHeader::survey(
                vec![[0.0, 0.0].into()],
                PerShot::Shared((0..receivers).map(place).collect()),
            );
            let (dt, period, present) = (DT, PERIOD, vec![receivers]);
            let mut control = QualityControl::new(Subject {
                survey,
                samples,
                dt,
                period,
                swell: None,
                present,
                numbering: None,
            });
            let gather: Vec<f32> =
                (0..receivers * samples).map(|i| if i % 3 == 0 { value } else { -0.5 * value }).collect();
            control.add(0, &gather);
            assert_eq!(control.traces(), receivers);
            assert_eq!(control.kept.len(), 1);
            assert!(control.levels.0.len() + control.silent == receivers, "{receivers} {samples} {value}");
            // None of what is drawn fails either.
            let _ = (control.fold(), control.histogram(), control.levels.by_shot(), control.spectra.curves());
            let _ = (control.first_breaks.apparent_velocities(), control.first_breaks.diving_wave());
        }
    }
}
