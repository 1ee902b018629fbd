//! Geometry: shots with their sources and receivers.

mod error;
mod geographic;
mod options;
mod positions;
mod scalar;
mod shots;
mod statics;
mod warning;

pub use error::{Ambiguity, GeometryError};
pub use geographic::Projection;
pub use options::{GeometryOptions, GroupBy, GroupByError};
pub use scalar::{LengthUnit, scaled};
pub use statics::{Static, Statics};
pub use warning::GeometryWarning;

use std::collections::{BTreeMap, HashSet};

use crate::field::Field;
use crate::file::File;
use crate::place::Place;

/// Trace identification codes of traces that record waves: unknown, seismic, pressure, and components of motion.
const SEISMIC: [i32; 9] = [0, 1, 11, 12, 13, 14, 15, 16, 17];
/// The code of dead traces.
const DEAD: i32 = 2;

/// A trace of a shot.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ShotTrace {
    /// The trace in the file, counted from 0.
    pub index: usize,
    /// The position of the receiver, `[x, y, z]` in m, z down.
    pub receiver: [f64; 3],
    /// Whether the trace is marked as dead.
    pub dead: bool,
    /// The time of the first sample in s after the shot (delay recording time).
    pub start: f64,
}

/// A shot.
#[derive(Debug, Clone, PartialEq)]
pub struct Shot {
    /// The number that its traces have in common; counted from 1 if they were grouped by source.
    pub id: i64,
    /// The position of the source, `[x, y, z]` in m, z down.
    pub source: [f64; 3],
    /// Its traces, in the order of the file. There is at least one.
    pub traces: Vec<ShotTrace>,
}

/// The geometry of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Geometry {
    /// The shots, in the order of their first traces.
    pub shots: Vec<Shot>,
    /// How traces were grouped; never [`GroupBy::Auto`].
    pub grouped_by: GroupBy,
    /// How many traces were left out, by trace identification code.
    pub excluded: BTreeMap<i32, usize>,
    /// How many traces of shots are marked as dead.
    pub dead: usize,
    /// The unit of lengths in the file.
    pub units: LengthUnit,
    /// The projection, if coordinates are longitudes and latitudes.
    pub projection: Option<Projection>,
    /// The static corrections in the headers. They are not applied.
    pub statics: Statics,
    /// What is unusual.
    pub warnings: Vec<GeometryWarning>,
}

impl Geometry {
    /// The horizontal positions `[x, y]` in m of all sources and receivers, for [`Line::fit`](crate::Line::fit).
    #[must_use]
    pub fn horizontal(&self) -> Vec<[f64; 2]> {
        let of = |shot: &Shot| {
            let receivers = shot.traces.iter().map(|trace| trace.receiver);
            std::iter::once(shot.source).chain(receivers).map(|[x, y, _]| [x, y]).collect::<Vec<_>>()
        };
        self.shots.iter().flat_map(of).collect()
    }
}

impl File {
    /// The shots of the file with their positions.
    ///
    /// The depth of a source is its depth below the surface less the elevation of the surface; the depth of a receiver is its
    /// elevation with the other sign. Both are relative to the datum, elevation 0. Units are those of the binary header; coordinates
    /// and elevations have the scalars of their trace header.
    ///
    /// # Errors
    /// [`GeometryError`] with the place, the values found, and the option to use.
    pub fn geometry(&self, options: &GeometryOptions) -> Result<Geometry, GeometryError> {
        let code = |trace: usize| self.index().get(Field::Trid, trace) as i32;
        let wanted = options.trace_ids.as_deref().unwrap_or(&SEISMIC);
        let mut excluded = BTreeMap::new();
        let mut used = Vec::new();
        for trace in 0..self.traces() {
            let code = code(trace);
            if code == DEAD || wanted.contains(&code) {
                used.push(trace);
            } else {
                *excluded.entry(code).or_insert(0) += 1;
            }
        }
        if used.is_empty() {
            let (path, traces) = (self.path().to_owned(), self.traces());
            return Err(GeometryError::NoSeismicTraces {
                path,
                traces,
                found: code(0),
                expected: wanted.to_vec(),
            });
        }
        let mut warnings = Vec::new();
        let units = options.units.unwrap_or_else(|| unit(self, &mut warnings));
        let positions = positions::positions(self, &used, units.metres(), options)?;
        let tolerance = options.source_tolerance;
        let (groups, grouped_by) = shots::group(self, &used, &positions, options.group_by, tolerance)?;
        if !excluded.is_empty() {
            check_receivers(self, &groups, grouped_by, &used, wanted)?;
        }
        let times = statics::Times { file: self, option: options.time_scalar };
        let traced = |place: usize| ShotTrace {
            index: used[place],
            receiver: positions.receivers[place],
            dead: code(used[place]) == DEAD,
            start: times.get(Field::Delrt, used[place]),
        };
        let shots: Vec<Shot> = groups
            .into_iter()
            .map(|(id, group)| Shot {
                id,
                source: positions.sources[group[0]],
                traces: group.into_iter().map(traced).collect(),
            })
            .collect();
        warnings.extend(warning::of_headers(self, &used, options));
        let dead = shots.iter().flat_map(|shot| &shot.traces).filter(|trace| trace.dead).count();
        let (projection, statics) = (positions.projection, times.statics(&used));
        Ok(Geometry { shots, grouped_by, excluded, dead, units, projection, statics, warnings })
    }
}

/// The unit of lengths of the binary header.
fn unit(file: &File, warnings: &mut Vec<GeometryWarning>) -> LengthUnit {
    match file.binary().map(|binary| binary.measurement_system) {
        Some(2) => LengthUnit::Foot,
        Some(1) | None => LengthUnit::Metre,
        Some(found) => {
            warnings.push(GeometryWarning::UnknownUnit { found });
            LengthUnit::Metre
        }
    }
}

/// Checks that no shot consists of excluded traces only.
fn check_receivers(
    file: &File,
    groups: &shots::Groups,
    by: GroupBy,
    used: &[usize],
    wanted: &[i32],
) -> Result<(), GeometryError> {
    let field = match by {
        GroupBy::Field(field) => field,
        GroupBy::Ffid | GroupBy::Auto => Field::Fldr,
        GroupBy::Source => return Ok(()),
    };
    let column = file.column(field)?;
    let shot = |trace: usize| file.index().extended(field, trace).unwrap_or_else(|| column.get(trace)) as i64;
    let with_receivers: HashSet<i64> = groups.iter().map(|(id, _)| *id).collect();
    let used: HashSet<usize> = used.iter().copied().collect();
    let lonely =
        (0..file.traces()).find(|trace| !used.contains(trace) && !with_receivers.contains(&shot(*trace)));
    let Some(first) = lonely else { return Ok(()) };
    let (id, found) = (shot(first), file.index().get(Field::Trid, first) as i32);
    let traces = (0..file.traces()).filter(|trace| shot(*trace) == id).count();
    let (at, expected) = (Place::trace(file.path(), first), wanted.to_vec());
    Err(GeometryError::ShotWithoutReceivers { at, shot: id, traces, found, expected })
}
