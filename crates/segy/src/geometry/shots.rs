//! Traces grouped to shots.

use std::collections::HashMap;

use super::error::{Ambiguity, GeometryError};
use super::options::GroupBy;
use super::positions::Positions;
use crate::field::Field;
use crate::file::File;
use crate::place::Place;

/// The traces of each shot as places among the used traces, with the number of the shot; in the order of their first traces.
pub(super) type Groups = Vec<(i64, Vec<usize>)>;

/// Groups the used traces. The second value is how they were grouped.
///
/// # Errors
/// [`GeometryError::AmbiguousShots`], [`GeometryError::SourceMoves`], errors of reading.
pub(super) fn group(
    file: &File,
    used: &[usize],
    positions: &Positions,
    by: GroupBy,
    tolerance: f64,
) -> Result<(Groups, GroupBy), GeometryError> {
    let by_field = |field: Field| -> Result<Groups, GeometryError> {
        let column = file.column(field)?;
        let stored = |trace: usize| file.index().extended(field, trace).unwrap_or_else(|| column.get(trace));
        Ok(grouped(used.iter().map(|trace| stored(*trace) as i64)))
    };
    let (groups, by) = match by {
        GroupBy::Source => {
            let groups = by_source(positions, tolerance).into_iter();
            return Ok((groups.zip(1..).map(|(group, number)| (number, group)).collect(), by));
        }
        GroupBy::Ffid => (by_field(Field::Fldr)?, by),
        GroupBy::Field(field) => (by_field(field)?, by),
        GroupBy::Auto => {
            let groups = by_field(Field::Fldr)?;
            let sources = by_source(positions, tolerance).len();
            if let Some(reason) = ambiguity(used, positions, &groups, sources, tolerance) {
                let (path, eps) = (file.path().to_owned(), by_field(Field::Ep)?.len());
                return Err(GeometryError::AmbiguousShots { path, reason, sources, eps });
            }
            return Ok((groups, GroupBy::Ffid));
        }
    };
    for (shot, group) in &groups {
        if let Some(place) = moved(positions, group, tolerance) {
            let (found, expected) = (positions.sources[place], positions.sources[group[0]]);
            let at = Place::trace(file.path(), used[place]);
            return Err(GeometryError::SourceMoves { at, shot: *shot, found, expected });
        }
    }
    Ok((groups, by))
}

/// Places with equal keys, in the order of their first places.
fn grouped<K: Copy + Eq + std::hash::Hash>(keys: impl Iterator<Item = K>) -> Vec<(K, Vec<usize>)> {
    let mut known = HashMap::new();
    let mut groups: Vec<(K, Vec<usize>)> = Vec::new();
    for (place, key) in keys.enumerate() {
        let group = *known.entry(key).or_insert(groups.len());
        if group == groups.len() {
            groups.push((key, Vec::new()));
        }
        groups[group].1.push(place);
    }
    groups
}

/// Places with equal sources. Positions count as equal if they round to the same multiples of the tolerance.
fn by_source(positions: &Positions, tolerance: f64) -> Vec<Vec<usize>> {
    let step = if tolerance > 0.0 { tolerance } else { f64::MIN_POSITIVE };
    let key = |source: &[f64; 3]| source.map(|value| ((value / step).round() + 0.0).to_bits());
    grouped(positions.sources.iter().map(key)).into_iter().map(|(_, group)| group).collect()
}

/// The first place of a group at which the source is not where it is at the first place.
fn moved(positions: &Positions, group: &[usize], tolerance: f64) -> Option<usize> {
    let first = positions.sources[group[0]];
    let distance =
        |source: [f64; 3]| source.iter().zip(first).map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt();
    group.iter().copied().find(|place| distance(positions.sources[*place]) > tolerance)
}

/// Why FFID makes no shots, if it does not.
fn ambiguity(
    used: &[usize],
    positions: &Positions,
    groups: &Groups,
    sources: usize,
    tolerance: f64,
) -> Option<Ambiguity> {
    let traces = used.len();
    if let [(ffid, group)] = &groups[..] {
        moved(positions, group, tolerance)?;
        return Some(Ambiguity::Constant { ffid: *ffid, traces });
    }
    if groups.len() == traces && sources < traces {
        return Some(Ambiguity::EveryTrace { traces });
    }
    groups.iter().find_map(|(ffid, group)| {
        let place = moved(positions, group, tolerance)?;
        Some(Ambiguity::Moving {
            ffid: *ffid,
            traces: [used[group[0]] + 1, used[place] + 1],
            sources: [positions.sources[group[0]], positions.sources[place]],
        })
    })
}
