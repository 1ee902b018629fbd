//! Positions of sources and receivers in metres.
//!
//! # Source
//! SEG-Y revision 2.1, table 3, bytes 41-52 and 69-90 of the trace header, and table 4, bytes 33-64 and 97-128 of extension 1.

use std::collections::HashSet;

use super::error::GeometryError;
use super::geographic::{Projection, from_dms};
use super::options::GeometryOptions;
use super::scalar::scaled;
use crate::field::Field;
use crate::file::File;
use crate::place::Place;

/// The largest extent of a survey in degrees: 1000 km, up to which the projection is exact.
const LARGEST: f64 = 9.0;

/// Positions of the used traces, in their order.
pub(super) struct Positions {
    /// `[x, y, z]` in m, z down.
    pub sources: Vec<[f64; 3]>,
    /// `[x, y, z]` in m, z down.
    pub receivers: Vec<[f64; 3]>,
    /// The projection of longitudes and latitudes.
    pub projection: Option<Projection>,
}

/// Positions of some traces. `unit` is the length of the unit of the file in m.
///
/// # Errors
/// [`GeometryError`] for coordinates that are not finite, angles, or zero.
pub(super) fn positions(
    file: &File,
    used: &[usize],
    unit: f64,
    options: &GeometryOptions,
) -> Result<Positions, GeometryError> {
    let code = units(file, used)?;
    // `--geographic` says so where the code does not.
    let angles = code > 1.0 || options.geographic;
    let length = if angles { 1.0 } else { unit };
    let pair = |trace: usize, fields: [Field; 2]| -> Result<[f64; 2], GeometryError> {
        let mut values = [0.0; 2];
        for (value, field) in values.iter_mut().zip(fields) {
            *value = number(file, trace, field, Field::Scalco, options.coordinate_scalar)? * length;
        }
        if !angles {
            return Ok(values);
        }
        let degrees = values.map(|value| match code {
            2.0 => value / 3600.0,
            4.0 => from_dms(value),
            _ => value,
        });
        let [longitude, latitude] = degrees;
        let wrong = longitude.abs() > 360.0 || latitude.abs() > 90.0;
        if wrong && code == 1.0 {
            let at = Place::trace(file.path(), trace);
            return Err(GeometryError::Lengths { at, x: longitude, y: latitude });
        }
        if wrong {
            return Err(GeometryError::AngleRange {
                at: Place::trace(file.path(), trace),
                longitude,
                latitude,
            });
        }
        Ok(degrees)
    };
    let of =
        |fields: [Field; 2]| used.iter().map(|trace| pair(*trace, fields)).collect::<Result<Vec<_>, _>>();
    let source_fields = [Field::Sx, Field::Sy];
    if angles && !options.geographic {
        let [longitude, latitude] = pair(used[0], source_fields)?;
        let at = Place::header(file.path(), used[0], file.layout().position(Field::Counit).byte);
        return Err(GeometryError::Geographic { at, found: code, longitude, latitude });
    }
    let (mut sources, mut receivers) = (of(source_fields)?, of([Field::Gx, Field::Gy])?);
    let mut projection = None;
    let nowhere = |points: &[[f64; 2]]| points.iter().all(|point| *point == [0.0; 2]);
    let (no_sources, no_receivers) = (nowhere(&sources), nowhere(&receivers));
    if angles && code == 1.0 {
        check_extent(file, &[&sources[..], &receivers[..]].concat())?;
    }
    if angles {
        let around = Projection::around(&[&sources[..], &receivers[..]].concat());
        sources.iter_mut().chain(&mut receivers).for_each(|point| *point = around.project(*point));
        projection = Some(around);
    }
    let height = |trace: usize, field: Field| {
        Ok::<_, GeometryError>(number(file, trace, field, Field::Scalel, options.elevation_scalar)? * unit)
    };
    let mut all = Positions { sources: Vec::new(), receivers: Vec::new(), projection };
    for (index, trace) in used.iter().enumerate() {
        let source_z = match options.source_depth {
            Some(depth) => depth,
            None => height(*trace, Field::Sdepth)? - height(*trace, Field::Selev)?,
        };
        let receiver_z = match options.receiver_depth {
            Some(depth) => depth,
            // Below the surface, where header extension 1 says so.
            None => file.index().receiver_depth(*trace) * unit - height(*trace, Field::Gelev)?,
        };
        let ([sx, sy], [gx, gy]) = (sources[index], receivers[index]);
        all.sources.push([sx, sy, source_z]);
        all.receivers.push([gx, gy, receiver_z]);
    }
    // A well along z has its receivers at one x and y, a single receiver as well.
    let one_depth = all.receivers.iter().all(|receiver| receiver[2] == all.receivers[0][2]);
    let stated = file.layout().is_moved(Field::Gx) && file.layout().is_moved(Field::Gy);
    let (at, traces) = (Place::file(file.path()), used.len());
    if no_receivers && one_depth && !stated {
        if no_sources {
            return Err(GeometryError::CoordinatesZero { at, traces });
        }
        let different: HashSet<_> = all.sources.iter().map(|source| source.map(f64::to_bits)).collect();
        // Components of motion are several traces of one receiver.
        let component = |trace: &usize| (12.0..=17.0).contains(&file.index().get(Field::Trid, *trace));
        let components = used.iter().any(component);
        if different.len() < traces && !components {
            return Err(GeometryError::ReceiversZero { at, traces });
        }
    }
    Ok(all)
}

/// Refuses points `[longitude, latitude]` in degrees that are farther from each other than those of any survey: they are lengths.
fn check_extent(file: &File, points: &[[f64; 2]]) -> Result<(), GeometryError> {
    for (axis, name) in ["longitude", "latitude"].into_iter().enumerate() {
        let along = points.iter().map(|point| point[axis]);
        let [least, most] =
            along.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], v| [low.min(v), high.max(v)]);
        // On both sides of the date line.
        let across = axis == 0 && least < -180.0 + LARGEST && most > 180.0 - LARGEST;
        if most - least > LARGEST && !across {
            let at = Place::file(file.path());
            return Err(GeometryError::Extent { at, name, range: [least, most], limit: LARGEST });
        }
    }
    Ok(())
}

/// A length of a trace header with its scalar, or that of header extension 1, which has no scalar.
pub(super) fn number(
    file: &File,
    trace: usize,
    field: Field,
    scalar: Field,
    option: Option<f64>,
) -> Result<f64, GeometryError> {
    let index = file.index();
    if let Some(value) = index.extended(field, trace) {
        return Ok(value);
    }
    let found = index.get(field, trace);
    let stated = || if file.layout().is_scaled(field) { index.get(scalar, trace) } else { 1.0 };
    let scalar = option.unwrap_or_else(stated);
    let value = scaled(found, scalar);
    if value.is_finite() {
        return Ok(value);
    }
    let at = Place::header(file.path(), trace, file.layout().position(field).byte);
    Err(GeometryError::NotFinite { at, field, found })
}

/// The code of the units of coordinates, the same for all used traces. Code 0 is read as 1, length.
fn units(file: &File, used: &[usize]) -> Result<f64, GeometryError> {
    let of = |trace: usize| match file.index().get(Field::Counit, trace) {
        0.0 => 1.0,
        code => code,
    };
    let expected = of(used[0]);
    let place = |trace: usize| Place::header(file.path(), trace, file.layout().position(Field::Counit).byte);
    if ![1.0, 2.0, 3.0, 4.0].contains(&expected) {
        return Err(GeometryError::UnknownUnits { at: place(used[0]), found: expected });
    }
    match used.iter().find(|trace| of(**trace) != expected) {
        Some(trace) => Err(GeometryError::MixedUnits { at: place(*trace), found: of(*trace), expected }),
        None => Ok(expected),
    }
}
