//! The values of arguments: what is accepted, and what is said of anything else.

use clap::builder::PossibleValuesParser;
use survey::importers::IMPORTERS;
use survey::trace_export::FORMATS;

use crate::bench;
use crate::starters::STARTERS;

/// The names of the formats of `fwi export --to`, which completions and errors list.
pub(super) fn export_formats() -> PossibleValuesParser {
    let of_models = studies::export::EXPORTERS.iter().map(|of| of.name);
    let of_traces =
        FORMATS.iter().map(|(name, ..)| *name).filter(|name| of_models.clone().all(|of| of != *name));
    PossibleValuesParser::new(of_models.clone().chain(of_traces))
}

/// The names of the formats of `fwi import --from`.
pub(super) fn import_formats() -> PossibleValuesParser {
    let others =
        IMPORTERS.iter().map(|of| of.name).filter(|name| !survey::import::segy::NAMES.contains(name));
    PossibleValuesParser::new(survey::import::segy::NAMES.into_iter().chain(others))
}

/// The kinds of scenario that `fwi init` writes.
pub(super) fn kinds() -> PossibleValuesParser {
    PossibleValuesParser::new(STARTERS.iter().map(|starter| starter.kind))
}

/// The cases of `fwi bench`.
pub(super) fn cases() -> PossibleValuesParser {
    PossibleValuesParser::new(bench::CASES.iter().map(|case| case.name))
}

pub(super) fn positive(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() && value > 0.0 => Ok(value),
        _ => Err("expected a positive number of metres, without a unit".to_owned()),
    }
}

/// A size in bytes with a unit: `800MB`, `4GB`, `1.5GiB`.
pub(super) fn size(text: &str) -> Result<usize, String> {
    const UNITS: [(&str, f64); 7] = [
        ("GiB", 1_073_741_824.0),
        ("MiB", 1_048_576.0),
        ("KiB", 1024.0),
        ("TB", 1e12),
        ("GB", 1e9),
        ("MB", 1e6),
        ("kB", 1e3),
    ];
    let expected = || "expected a size with a unit, such as 800MB, 4GB or 1.5GiB".to_owned();
    let found = UNITS.iter().find_map(|(unit, bytes)| Some((text.strip_suffix(unit)?, bytes)));
    let (number, bytes) = found.ok_or_else(expected)?;
    match number.trim_end().parse::<f64>() {
        // The program itself takes 50 MB.
        Ok(number) if (1e8..=1e15).contains(&(number * bytes)) => Ok((number * bytes) as usize),
        Ok(number) if number.is_finite() => Err("expected 100MB to 1000TB".to_owned()),
        _ => Err(expected()),
    }
}

pub(super) fn share(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value > 0.0 && value < 1.0 => Ok(value),
        _ => Err("expected a number between 0 and 1, such as 0.01 for 1 %".to_owned()),
    }
}

fn number(text: &str, accepted: impl Fn(f64) -> bool, expected: &str) -> Result<f64, String> {
    match text.trim().parse::<f64>() {
        Ok(value) if value.is_finite() && accepted(value) => Ok(value),
        _ => Err(format!("expected {expected}")),
    }
}

pub(super) fn length(text: &str) -> Result<f64, String> {
    number(text, |v| v >= 0.0, "a number of metres, 0 or more, without a unit")
}

pub(super) fn coordinate(text: &str) -> Result<f64, String> {
    number(text, |_| true, "numbers of metres with commas between them")
}

pub(super) fn amplitude(text: &str) -> Result<f64, String> {
    number(text, |v| v > 0.0 && v <= 0.5, "a number above 0 and up to 0.5, such as 0.05 for 5 %")
}

pub(super) fn noise(text: &str) -> Result<f64, String> {
    number(text, |v| (0.0..=2.0).contains(&v), "a number from 0 to 2, such as 0.02 for 2 %")
}

pub(super) fn point(text: &str) -> Result<fd::Point, String> {
    let numbers: Result<Vec<f64>, String> = text.split(',').map(coordinate).collect();
    numbers
        .ok()
        .filter(|numbers| numbers.len() > 1)
        .and_then(|numbers| fd::Point::new(&numbers))
        .ok_or_else(|| "expected X,Z in m, in a volume X,Y,Z, without blanks".to_owned())
}
