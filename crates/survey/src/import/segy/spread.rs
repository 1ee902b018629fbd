//! Sources and receivers along a line or in a volume.

use std::collections::HashSet;

use document::numbers::to_a_millionth;
use fd::Point;
use segy::{Field, File, Geometry, Line, LineError, Shot, ShotTrace};

use super::error::SegyImportError;
use super::options::{LineChoice, SegyOptions};
use super::same_receivers;
use crate::gathers::GatherHeader;
use crate::median::median;
use crate::per_shot::PerShot;
use crate::placement::Placement;
use crate::survey::Survey;

/// Coordinates up to this many metres stay as they are; larger ones are those of a map, and x starts at 0.
const OF_A_MAP: f64 = 1e5;
/// The largest distance off the line that needs no option, over the length of the line.
const OFF_SHARE: f64 = 0.05;
/// That distance for short lines, in m.
const OFF_LEAST: f64 = 10.0;

/// The shortest line in m. Positions that are nearer to each other are those of another field or type of numbers.
const SHORTEST: f64 = 1e-3;

/// The most traces of zeros for each trace of the file.
const MOST_PADDED: usize = 20;

/// The distances of positions off the line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct OffLine {
    /// The largest distance in m.
    pub largest: f64,
    /// A trace with it, counted from 1.
    pub trace: usize,
    /// How much the distance between source and receiver changes at most, in m.
    pub offset_change: f64,
    /// The length of the line in m.
    pub length: f64,
}

/// Sources and receivers on the map of the file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MapPositions {
    /// The sources, `[easting, northing]` in m.
    pub sources: Vec<[f64; 2]>,
    /// The receivers of all shots, each place once, `[easting, northing]` in m.
    pub receivers: Vec<[f64; 2]>,
}

impl MapPositions {
    fn of(geometry: &Geometry) -> Self {
        let flat = |[x, y, _]: [f64; 3]| [x, y];
        let mut known = HashSet::new();
        let all = geometry.shots.iter().flat_map(|shot| &shot.traces).map(|trace| flat(trace.receiver));
        let receivers = all.filter(|place| known.insert(place.map(f64::to_bits))).collect();
        Self { sources: geometry.shots.iter().map(|shot| flat(shot.source)).collect(), receivers }
    }
}

/// Sources, receivers and the traces of each shot.
#[derive(Debug)]
pub(super) struct Spread {
    pub survey: Survey,
    /// The traces of each shot, in the order of its receivers. A shot may have fewer traces than receivers: those that are missing
    /// are at the end, at the position of its last trace.
    pub shots: Vec<Vec<ShotTrace>>,
    /// The number of each shot.
    pub ids: Vec<i64>,
    /// The fewest and the most traces of a shot.
    pub counts: [usize; 2],
    /// How many traces are missing.
    pub padded: usize,
    pub placement: Placement,
    pub on_map: MapPositions,
    /// Absent in a volume.
    pub off_line: Option<OffLine>,
    /// The depth of the water in m, if the headers have it.
    pub water_depth: Option<f64>,
}

impl Spread {
    /// Places the shots of a geometry, which are taken out of it.
    pub(super) fn of(
        file: &File,
        geometry: &mut Geometry,
        options: &SegyOptions,
    ) -> Result<Self, SegyImportError> {
        if let Some(tolerance) = options.same_receivers {
            same_receivers::share(file, &mut geometry.shots, tolerance)?;
        }
        let centre = geometry.projection.map(|of| [of.longitude, of.latitude]);
        let (placement, off_line) = if options.three_d {
            (volume(geometry, centre), None)
        } else {
            let (line, off_line) = section(file, geometry, options)?;
            (Placement { origin: line.origin, direction: line.direction, centre }, Some(off_line))
        };
        let place = |[x, y, z]: [f64; 3]| -> Point {
            let [e, n] = [x - placement.origin[0], y - placement.origin[1]];
            let z = to_a_millionth(z);
            match options.three_d {
                true => [to_a_millionth(e), to_a_millionth(n), z].into(),
                false => [to_a_millionth(e * placement.direction[0] + n * placement.direction[1]), z].into(),
            }
        };
        let on_map = MapPositions::of(geometry);
        let water_depth = water_depth(file, geometry, options);
        let mut shots: Vec<Shot> = std::mem::take(&mut geometry.shots);
        if !in_common(&shots) {
            sort_alike(&mut shots);
        }
        let most = shots.iter().map(|shot| shot.traces.len()).max().unwrap_or(0);
        let fewest = shots.iter().map(|shot| shot.traces.len()).min().unwrap_or(0);
        let padded = shots.iter().map(|shot| most - shot.traces.len()).sum();
        let traces: usize = shots.iter().map(|shot| shot.traces.len()).sum();
        if padded > MOST_PADDED * traces {
            let (path, shots) = (file.path().to_owned(), shots.len());
            return Err(SegyImportError::Ragged { path, shots, fewest, most, traces, padded });
        }
        let sources = shots.iter().map(|shot| place(shot.source)).collect();
        let receivers = shots.iter().map(|shot| {
            let mut points: Vec<Point> = shot.traces.iter().map(|trace| place(trace.receiver)).collect();
            let last = points[points.len() - 1];
            points.resize(most, last);
            points
        });
        let survey = GatherHeader::survey(sources, PerShot::of_shots(receivers.collect()));
        let (ids, shots) = shots.into_iter().map(|shot| (shot.id, shot.traces)).unzip();
        let counts = [fewest, most];
        Ok(Self { survey, shots, ids, counts, padded, placement, on_map, off_line, water_depth })
    }

    /// All traces.
    pub(super) fn traces(&self) -> impl Iterator<Item = &ShotTrace> {
        self.shots.iter().flatten()
    }
}

/// Whether the receivers of all shots are the same, in the same order.
fn in_common(shots: &[Shot]) -> bool {
    let of = |shot: &Shot| shot.traces.iter().map(|trace| trace.receiver).collect::<Vec<_>>();
    shots.iter().all(|shot| of(shot) == of(&shots[0]))
}

/// Sorts the traces of every shot by position if all shots then have the same receivers.
fn sort_alike(shots: &mut [Shot]) {
    let key = |trace: &ShotTrace| trace.receiver;
    let order = |a: &ShotTrace, b: &ShotTrace| {
        let pairs = key(a).into_iter().zip(key(b));
        pairs.map(|(a, b)| a.total_cmp(&b)).fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
    };
    let sorted = |shot: &Shot| {
        let mut traces = shot.traces.clone();
        traces.sort_by(order);
        traces
    };
    let first: Vec<[f64; 3]> = sorted(&shots[0]).iter().map(key).collect();
    let alike = |shot: &Shot| {
        shot.traces.len() == first.len() && sorted(shot).iter().map(key).eq(first.iter().copied())
    };
    if shots.iter().all(alike) {
        shots.iter_mut().for_each(|shot| shot.traces.sort_by(order));
    }
}

/// The origin of a volume: x and y start at 0 if they are coordinates of a map.
fn volume(geometry: &Geometry, centre: Option<[f64; 2]>) -> Placement {
    let points = geometry.horizontal();
    let axis = |axis: usize| points.iter().map(move |point| point[axis]);
    let large = (0..2).any(|k| axis(k).any(|value| value.abs() >= OF_A_MAP));
    let start = |k: usize| if large { axis(k).fold(f64::INFINITY, f64::min).floor() } else { 0.0 };
    Placement { origin: [start(0), start(1)], direction: [1.0, 0.0], centre }
}

/// The line of a section, and how far positions are from it.
fn section(
    file: &File,
    geometry: &Geometry,
    options: &SegyOptions,
) -> Result<(Line, OffLine), SegyImportError> {
    let path = file.path();
    let failed = |source| SegyImportError::Line { path: path.to_owned(), source };
    let points = geometry.horizontal();
    let mut line = match options.line {
        LineChoice::Auto => Line::fit(&points),
        LineChoice::Between([from, to]) => Line::between(from, to),
    }
    .map_err(failed)?;
    let ends = |line: &Line| {
        let along = points.iter().map(|point| line.along(*point));
        along.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], x| [low.min(x), high.max(x)])
    };
    let [low, high] = ends(&line);
    if high - low < SHORTEST {
        let [x, y] = points[0];
        let (LineChoice::Between(line), Ok(fit)) = (options.line, Line::fit(&points)) else {
            return Err(failed(LineError::OnePoint { x, y }));
        };
        let [from, to] = ends(&fit);
        let at = |x: f64| [0, 1].map(|k| (fit.origin[k] + x * fit.direction[k]).round());
        let (path, extent) = (path.to_owned(), high - low);
        return Err(SegyImportError::Across {
            path,
            line,
            extent,
            least: SHORTEST,
            fitted: [at(from), at(to)],
        });
    }
    let kept = points.iter().all(|point| point[1] == points[0][1]) && low.abs().max(high.abs()) < OF_A_MAP;
    if options.line == LineChoice::Auto && !kept {
        line.origin = [line.origin[0] + low * line.direction[0], line.origin[1] + low * line.direction[1]];
    }
    let length = high - low;
    let limit = options.off_line_limit.unwrap_or((OFF_SHARE * length).max(OFF_LEAST));
    let mut off = OffLine { largest: 0.0, trace: 1, offset_change: 0.0, length };
    let mut farthest = ("the source", points[0]);
    for shot in &geometry.shots {
        let [sx, sy, _] = shot.source;
        for trace in &shot.traces {
            let [x, y, _] = trace.receiver;
            for (what, point) in [("the source", [sx, sy]), ("the receiver", [x, y])] {
                let distance = line.off(point).abs();
                if distance > off.largest {
                    (off.largest, off.trace, farthest) = (distance, trace.index + 1, (what, point));
                }
            }
            let along = (line.along([x, y]) - line.along([sx, sy])).abs();
            off.offset_change = off.offset_change.max((x - sx).hypot(y - sy) - along);
        }
    }
    if off.largest > limit {
        let (what, point) = farthest;
        let at = |x: f64| [0, 1].map(|k| line.origin[k] + x * line.direction[k]);
        let [low, high] = ends(&line);
        return Err(SegyImportError::OffLine {
            path: path.to_owned(),
            what,
            trace: off.trace,
            point,
            found: off.largest,
            limit,
            ends: [at(low), at(high)],
        });
    }
    Ok((line, off))
}

/// The median depth of the water at the sources in m; `None` where headers have none.
fn water_depth(file: &File, geometry: &Geometry, options: &SegyOptions) -> Option<f64> {
    let depth = |trace: usize| -> Option<f64> {
        let stored =
            file.header(trace, Field::Swdep).ok().filter(|depth| *depth > 0.0 && depth.is_finite())?;
        let scalar = options.scalel.or_else(|| file.header(trace, Field::Scalel).ok())?;
        Some(segy::scaled(stored, scalar) * geometry.units.metres())
    };
    let found: Vec<f64> = geometry.shots.iter().filter_map(|shot| depth(shot.traces[0].index)).collect();
    (2 * found.len() > geometry.shots.len()).then(|| median(found))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shot(receivers: &[f64]) -> Shot {
        let trace = |(index, x): (usize, &f64)| ShotTrace {
            index,
            receiver: [*x, 0.0, 5.0],
            dead: false,
            start: 0.0,
        };
        Shot { id: 1, source: [0.0; 3], traces: receivers.iter().enumerate().map(trace).collect() }
    }

    #[test]
    fn the_same_receivers_in_another_order_are_sorted() {
        let mut shots = [shot(&[20.0, 10.0, 30.0]), shot(&[30.0, 20.0, 10.0])];
        assert!(!in_common(&shots));
        sort_alike(&mut shots);
        assert!(in_common(&shots));
        let order: Vec<usize> = shots[1].traces.iter().map(|trace| trace.index).collect();
        assert_eq!(order, [2, 1, 0]);
    }

    #[test]
    fn other_receivers_keep_their_order() {
        let mut shots = [shot(&[20.0, 10.0]), shot(&[30.0, 20.0])];
        let before = shots.clone();
        sort_alike(&mut shots);
        assert_eq!(shots, before);
    }
}
