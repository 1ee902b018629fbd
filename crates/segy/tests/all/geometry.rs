//! Positions, shots, times, and what is left out.

use std::collections::BTreeMap;

use segy::{
    ByteOrder, Field, Geometry, GeometryError, GeometryOptions, GeometryWarning, GroupBy, LengthUnit, Line,
    ReadOptions, Static,
};

use super::made::Made;

fn geometry(made: &Made, options: &GeometryOptions) -> Geometry {
    made.open(&ReadOptions::default()).unwrap().geometry(options).unwrap()
}

fn line() -> Made {
    Made::line(ByteOrder::Big)
}

#[test]
fn shots_have_sources_and_receivers_in_metres() {
    for order in ByteOrder::ALL {
        let found = geometry(&Made::line(order), &GeometryOptions::default());
        assert_eq!(found.grouped_by, GroupBy::Ffid);
        let ids: Vec<i64> = found.shots.iter().map(|shot| shot.id).collect();
        assert_eq!(ids, [100, 101]);
        assert_eq!(found.shots[1].source, [1000.0, 0.0, 5.0]);
        let receivers: Vec<[f64; 3]> = found.shots[1].traces.iter().map(|trace| trace.receiver).collect();
        assert_eq!(receivers, [[50.0, 0.0, 0.0], [75.0, 0.0, 0.0], [100.0, 0.0, 0.0]]);
        assert_eq!(found.shots[1].traces.iter().map(|trace| trace.index).collect::<Vec<_>>(), [3, 4, 5]);
        assert!(found.warnings.is_empty() && found.excluded.is_empty() && found.dead == 0);
    }
}

/// Scalars, units, elevations and depths, each with the source and the first receiver of the second shot.
#[test]
fn scalars_units_and_elevations() {
    type Change = fn(&mut Made, &mut GeometryOptions);
    let cases: [(Change, [f64; 3], [f64; 3]); 9] = [
        (
            |made, _| {
                made.all_short(71, 0);
            },
            [100_000.0, 0.0, 5.0],
            [5000.0, 0.0, 0.0],
        ),
        (
            |made, _| {
                made.all_short(71, 10);
            },
            [1_000_000.0, 0.0, 5.0],
            [50_000.0, 0.0, 0.0],
        ),
        (
            |made, _| {
                made.all_short(69, 1);
            },
            [1000.0, 0.0, 50.0],
            [50.0, 0.0, 0.0],
        ),
        (
            |made, _| {
                made.i16(3255, 2);
            },
            [304.8, 0.0, 1.524],
            [15.24, 0.0, 0.0],
        ),
        (|_, options| options.units = Some(LengthUnit::Foot), [304.8, 0.0, 1.524], [15.24, 0.0, 0.0]),
        // The surface at the source is 20 m above the datum, the receiver 15 m; the source is 5 m deep.
        (
            |made, _| {
                made.all(45, 200).all(41, 150);
            },
            [1000.0, 0.0, -15.0],
            [50.0, 0.0, -15.0],
        ),
        // A receiver at the bottom of the sea.
        (
            |made, _| {
                made.all(41, -800).all(85, -123);
            },
            [1000.0, 0.0, 5.0],
            [50.0, -1.23, 80.0],
        ),
        (
            |_, options| (options.source_depth, options.receiver_depth) = (Some(6.0), Some(7.5)),
            [1000.0, 0.0, 6.0],
            [50.0, 0.0, 7.5],
        ),
        (
            |_, options| (options.coordinate_scalar, options.elevation_scalar) = (Some(-10.0), Some(1.0)),
            [10_000.0, 0.0, 50.0],
            [500.0, 0.0, 0.0],
        ),
    ];
    for (number, (change, source, receiver)) in cases.into_iter().enumerate() {
        let (mut made, mut options) = (line(), GeometryOptions::default());
        change(&mut made, &mut options);
        let shot = &geometry(&made, &options).shots[1];
        let near = |a: [f64; 3], b: [f64; 3]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-9);
        assert!(near(shot.source, source), "case {number}: {:?}", shot.source);
        assert!(near(shot.traces[0].receiver, receiver), "case {number}: {:?}", shot.traces[0].receiver);
    }
}

#[test]
fn elevations_scalars_and_units_are_noted() {
    let mut made = line();
    made.all(45, 200).short(2, 71, -3).i16(3255, 0).all(9, 1);
    made.all(73, 0).all(49, -20);
    let warnings = geometry(&made, &GeometryOptions::default()).warnings;
    let expected = [
        GeometryWarning::UnknownUnit { found: 0 },
        GeometryWarning::Elevations { field: Field::Selev, range: [200.0; 2] },
        GeometryWarning::SourceAboveSurface { trace: 1, found: -20.0 },
        GeometryWarning::Scalar { field: Field::Scalco, trace: 3, found: -3.0 },
    ];
    assert_eq!(warnings, expected);
    for (warning, text) in warnings.iter().zip([
        "the unit of lengths is 0",
        "selev is 200 to 200",
        "sdepth is -20 in trace 1",
        "scalco is -3 in trace 3",
    ]) {
        assert!(warning.to_string().starts_with(text), "{warning}");
    }
}

#[test]
fn dead_and_auxiliary_traces_are_told() {
    let mut made = line();
    made.short(1, 29, 2).short(2, 29, 9).short(5, 29, 4);
    let found = geometry(&made, &GeometryOptions::default());
    assert_eq!(found.excluded, BTreeMap::from([(4, 1), (9, 1)]));
    assert_eq!(found.dead, 1);
    let dead: Vec<bool> = found.shots[0].traces.iter().map(|trace| trace.dead).collect();
    assert_eq!(dead, [false, true]);
    let options = GeometryOptions { trace_ids: Some(vec![9]), ..GeometryOptions::default() };
    let only = made.open(&ReadOptions::default()).unwrap().geometry(&options);
    assert!(matches!(only, Err(GeometryError::ShotWithoutReceivers { shot: 101, .. })), "{only:?}");
}

#[test]
fn traces_are_grouped_as_wanted() {
    let by = |made: &Made, group_by| {
        let found = geometry(made, &GeometryOptions { group_by, ..GeometryOptions::default() });
        found.shots.iter().map(|shot| (shot.id, shot.traces.len())).collect::<Vec<_>>()
    };
    let mut made = line();
    assert_eq!(by(&made, GroupBy::Source), [(1, 3), (2, 3)]);
    (0..6).for_each(|trace| {
        made.header(trace, 17, if trace < 3 { 7 } else { 9 });
    });
    made.all(9, 0);
    assert_eq!(by(&made, GroupBy::Field(Field::Ep)), [(7, 3), (9, 3)]);
    // Gathers need not have equal lengths, nor be together in the file.
    let mut made = line();
    made.header(1, 73, 100_000).header(1, 9, 101);
    assert_eq!(by(&made, GroupBy::Auto), [(100, 2), (101, 4)]);
    // One shot: the same number in all traces is no fault.
    let mut made = line();
    made.all(9, 0).all(73, 0);
    assert_eq!(by(&made, GroupBy::Auto), [(0, 6)]);
    let options =
        GeometryOptions { group_by: GroupBy::Ffid, source_tolerance: 10.0, ..GeometryOptions::default() };
    let mut made = line();
    made.header(2, 73, 900);
    assert_eq!(geometry(&made, &options).shots.len(), 2);
}

#[test]
fn delays_and_statics_are_times_in_seconds() {
    let mut made = line();
    made.all_short(109, -100).short(0, 99, 12).short(4, 101, -8);
    let found = geometry(&made, &GeometryOptions::default());
    assert_eq!(found.shots[0].traces[0].start, -0.1);
    assert_eq!(found.statics.source, Static { traces: 1, least: 0.0, most: 0.012 });
    assert_eq!(found.statics.receiver, Static { traces: 1, least: -0.008, most: 0.0 });
    assert_eq!(found.statics.total, Static::default());
    made.all_short(215, -10);
    assert_eq!(geometry(&made, &GeometryOptions::default()).shots[0].traces[0].start, -0.01);
    made.bytes[3500] = 0;
    assert_eq!(geometry(&made, &GeometryOptions::default()).shots[0].traces[0].start, -0.1, "revision 0");
    let options = GeometryOptions { time_scalar: Some(-100.0), ..GeometryOptions::default() };
    assert_eq!(geometry(&made, &options).shots[0].traces[0].start, -0.001);
}

/// A source at 10 degrees east and 60 degrees north; receivers up to 0.002 degrees to its east. A degree of the parallel has
/// 55 800 m, one of the meridian 111 412 m.
#[test]
fn longitudes_and_latitudes_are_projected() {
    type Encode = fn(f64) -> i32;
    let units: [(i16, i16, Encode); 3] = [
        (2, -100, |degrees| (degrees * 360_000.0).round() as i32),
        (3, -10_000, |degrees| (degrees * 1e4).round() as i32),
        (4, -100, |degrees| {
            let seconds = (degrees * 3600.0).round() as i32;
            (seconds / 3600 * 10_000 + seconds / 60 % 60 * 100 + seconds % 60) * 100
        }),
    ];
    for (code, scalar, encode) in units {
        let mut made = line();
        made.all(9, 1).all_short(89, code).all_short(71, scalar).all(73, encode(10.0)).all(77, encode(60.0));
        made.all(85, encode(60.01));
        (0..6).for_each(|trace| {
            made.header(trace, 81, encode(10.0 + 0.01 * trace as f64));
        });
        let options = GeometryOptions { geographic: true, ..GeometryOptions::default() };
        let found = geometry(&made, &options);
        let shot = &found.shots[0];
        for (index, trace) in shot.traces.iter().enumerate() {
            let x = trace.receiver[0] - shot.source[0];
            let y = trace.receiver[1] - shot.source[1];
            // The parallel is 0.03 % shorter at the latitude of the receivers.
            assert!((x - 558.0 * index as f64).abs() < 2.0, "{code} {index} {x}");
            assert!((y - 1114.1).abs() < 1.0, "{code} {index} {y}");
        }
        assert!((found.projection.unwrap().latitude - 60.005).abs() < 1e-3);
    }
}

#[test]
fn a_line_goes_through_sources_and_receivers() {
    let found = geometry(&line(), &GeometryOptions::default());
    let points = found.horizontal();
    assert_eq!(points.len(), 8);
    let fitted = Line::fit(&points).unwrap();
    assert_eq!(fitted.along([75.0, 0.0]), 75.0);
    assert_eq!(fitted.largest_off(&points).unwrap().0, 0.0);
}
