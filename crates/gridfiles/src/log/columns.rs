//! Logs in text with columns: a line of names, then depth and values, between commas, semicolons or tabs.
//!
//! Units stand in the names, as in `depth_m`, `vp (km/s)` or `dt_us_per_ft`, or are options.

use std::path::Path;

use super::Log;
use super::fault::LogFault;
use super::quantity::{DepthUnit, LogUnit, Quantity};
use super::samples::{self, Curve, Sample};
use crate::error::GridFileError;
use crate::place::Place;
use crate::source::Source;

/// Options of reading.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ReadOptions {
    /// The column of depth, by its name without the unit. Otherwise depth, dept, md, tvd or z.
    pub depth: Option<String>,
    /// The column of the values, by its name without the unit. Otherwise the first with a known name.
    pub value: Option<String>,
    /// The unit of depth, if the name does not have it.
    pub depth_unit: Option<DepthUnit>,
    /// The unit of the values, if the name does not have it, such as `m/s`.
    pub value_unit: Option<String>,
    /// Whether columns without a unit in their names are in m, m/s and kg/m^3; otherwise that is an error.
    pub si_units: bool,
    /// The number for a missing value; empty cells and `NaN` are missing in any case.
    pub null: Option<f64>,
}

/// Reads a log.
///
/// # Errors
/// [`crate::Fault::Open`] and the like; [`LogFault`] with the line.
pub fn read(path: &Path, options: &ReadOptions) -> Result<Log, GridFileError> {
    from_bytes(path, Source::open(path)?.all()?, options)
}

/// The same for bytes in memory, with a name for messages.
///
/// # Errors
/// As [`read`].
pub fn from_bytes(name: &Path, bytes: Vec<u8>, options: &ReadOptions) -> Result<Log, GridFileError> {
    let bytes = Source::memory(name, bytes)?.all()?;
    let text = samples::text(name, bytes)?;
    let mut lines = (1..).zip(text.lines()).filter(|(_, line)| {
        let line = line.trim();
        !line.is_empty() && !line.starts_with('#')
    });
    let whole = || Place::whole(name);
    let none = || LogFault::NoSamples { curve: "the log".to_owned(), missing: 0 };
    let (first, heading) = lines.next().ok_or_else(|| whole().fault(none()))?;
    let mark = [';', '\t', ','].into_iter().find(|mark| heading.contains(*mark)).unwrap_or(',');
    let columns: Vec<(String, Option<String>)> = heading.split(mark).map(named).collect();
    let present = || columns.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    let absent =
        |wanted: String| Place::line(name, first).fault(LogFault::NoCurve { wanted, present: present() });
    let find =
        |wanted: &dyn Fn(&str) -> bool| columns.iter().position(|(name, _)| wanted(&name.to_lowercase()));
    let depth = match &options.depth {
        Some(wanted) => find(&|name| name == wanted.to_lowercase()),
        None => find(&|name| matches!(name, "depth" | "dept" | "md" | "tvd" | "z")),
    };
    let depth =
        depth.ok_or_else(|| absent(format!("column {}", options.depth.as_deref().unwrap_or("depth"))))?;
    let value = match &options.value {
        Some(wanted) => find(&|name| name == wanted.to_lowercase()),
        None => find(&|name| Quantity::named(name) != Quantity::Other),
    };
    let value =
        value.ok_or_else(|| absent(format!("column {}", options.value.as_deref().unwrap_or("vp or dt"))))?;
    let unit_fault = |column: usize, found: &str, expected| {
        let (curve, found) = (columns[column].0.clone(), found.to_owned());
        Place::line(name, first).fault(LogFault::Unit { curve, found, expected })
    };
    let depth_unit = match (&columns[depth].1, options.depth_unit) {
        (None, Some(given)) => given,
        (Some(found), given) => DepthUnit::named(found)
            .filter(|found| given.is_none_or(|given| given == *found))
            .ok_or_else(|| unit_fault(depth, found, "m or ft, and that of the options"))?,
        (None, None) if options.si_units => DepthUnit::Metre,
        (None, None) => return Err(unit_fault(depth, "", "m or ft in its name, such as depth_m")),
    };
    let unit = match (&columns[value].1, &options.value_unit) {
        (Some(found), Some(given)) if LogUnit::named(found) != LogUnit::named(given) => {
            return Err(unit_fault(value, found, "that of the options"));
        }
        (Some(unit), _) | (None, Some(unit)) => unit.clone(),
        (None, None) if options.si_units => {
            Quantity::named(&columns[value].0).unit().unwrap_or_default().to_owned()
        }
        (None, None) => String::new(),
    };
    let mut found = Vec::new();
    for (line, text) in lines {
        let at = || Place::line(name, line);
        let cells: Vec<&str> = text.split(mark).map(str::trim).collect();
        if cells.len() != columns.len() {
            let (found, expected) = (cells.len(), columns.len());
            return Err(at().fault(LogFault::Columns { found, expected }));
        }
        let number = |column: usize| {
            cells[column].parse::<f64>().map_err(|_| {
                let (found, curve) = (cells[column].chars().take(30).collect(), columns[column].0.clone());
                at().fault(LogFault::Number { found, column: column + 1, curve })
            })
        };
        let stored = if cells[value].is_empty() { None } else { Some(number(value)?) };
        let value = stored.filter(|value| !value.is_nan() && Some(*value) != options.null);
        found.push(Sample { line, depth: number(depth)?, value });
    }
    let curve = Curve {
        path: name,
        name: &columns[value].0,
        quantity: Quantity::named(&columns[value].0),
        unit: &unit,
        depth_unit,
    };
    samples::log(&curve, &found)
}

/// The name and the unit of a heading: `vp (km/s)`, `vp [km/s]`, `depth_m`, `vp_m_per_s`.
fn named(heading: &str) -> (String, Option<String>) {
    let heading = heading.trim().trim_matches('"').trim();
    for (open, close) in [('(', ')'), ('[', ']')] {
        if let Some((name, unit)) = heading.strip_suffix(close).and_then(|rest| rest.split_once(open)) {
            return (name.trim().to_owned(), Some(unit.trim().to_owned()));
        }
    }
    for (at, _) in heading.match_indices('_') {
        let unit = heading[at + 1..].replace("_per_", "/");
        if DepthUnit::named(&unit).is_some() || LogUnit::named(&unit).is_some() {
            return (heading[..at].to_owned(), Some(unit));
        }
    }
    (heading.to_owned(), None)
}
