//! Checks the numbers of settings against the ranges of their keys.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::key_path::KeyPath;
use crate::locate::Document;
use crate::number::Number;
use crate::problem::Fault;
use crate::problems::OutOfRange;
use crate::shape::Shapes;

/// The number that a word represents.
fn value(text: &str) -> Option<f64> {
    let infinity = if text.starts_with('-') { f64::NEG_INFINITY } else { f64::INFINITY };
    match text.trim_start_matches(['-', '+']).to_ascii_lowercase().as_str() {
        ".inf" => Some(infinity),
        ".nan" => Some(f64::NAN),
        _ => text.parse().ok(),
    }
}

/// The first number of settings, in the order of their text, that is outside the range of its key.
#[must_use]
pub fn out_of_range<T: Serialize + JsonSchema>(settings: &T, text: &str) -> Option<Fault> {
    // The written text has no aliases, so every number is checked.
    let written =
        serde_saphyr::to_string(settings).expect("settings have only names, numbers, lists and blocks");
    let document = Document::parse(&written)?;
    let outside = |path: &KeyPath, node: &Value| {
        let Number { unit, range } = Number::of(node)?;
        let value = value(document.scalar(path)?)?;
        (!unit.within(range[0], range[1]).contains(value)).then_some(OutOfRange { value, range, unit })
    };
    let (shapes, typed) = (Shapes::of::<T>(), Document::parse(text));
    let place = |key: &KeyPath| typed.as_ref().map(|typed| typed.value(key)).map(|at| (at.line, at.column));
    let (key, problem) = shapes.all(&document, &outside).min_by_key(|(key, _)| place(key))?;
    Some(Fault::new(key, problem))
}
