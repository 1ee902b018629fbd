//! From YAML text to a scenario, or to one error with its place.

use std::path::Path;

use serde_saphyr::Error as YamlError;

use super::Scenario;
use crate::error::ScenarioError;
use crate::key_path::KeyPath;
use crate::locate::{Document, Position};
use crate::problem::Problem;
use crate::suggest::strip_unit;

/// Longest scenario that is read, bytes.
const LONGEST: usize = 4 << 20;

impl Scenario {
    /// Reads the text of a scenario; `file` is named in errors.
    ///
    /// # Errors
    /// The first key that is missing, unknown or of the wrong type, with its line and column.
    pub fn from_text(text: &str, file: &Path) -> Result<Scenario, ScenarioError> {
        let at_the_top = |problem| ScenarioError::at(file.to_owned(), text, KeyPath::root(), problem, None);
        if text.len() > LONGEST {
            let reason = format!("{} bytes, at most {LONGEST}", text.len());
            return Err(at_the_top(Problem::TooLarge { reason }));
        }
        if text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#')) {
            return Err(at_the_top(Problem::Empty));
        }
        let options = serde_saphyr::options! {
            with_snippet: false,
            alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: 20_000 },
        };
        serde_saphyr::from_str_with_options(text, options).map_err(|error| translate(error, text, file))
    }

    /// The scenario as YAML, complete: defaults are written out.
    #[must_use]
    pub fn to_yaml(&self) -> String {
        serde_saphyr::to_string(self).expect("a scenario has only names, numbers, lists and blocks")
    }
}

fn translate(error: YamlError, text: &str, file: &Path) -> ScenarioError {
    let location = error.location();
    let error = innermost(error);
    let place = location.map(|at| (at.line() as usize, at.column() as usize)).filter(|at| at.0 > 0);
    let Some(document) = Document::parse(text) else {
        let position = place.map(|(line, column)| Position { line, column, width: 1 });
        return ScenarioError::at(file.to_owned(), text, KeyPath::root(), unreadable(&error), position);
    };
    let path = place.map_or_else(KeyPath::root, |(line, column)| document.path_at(line, column));
    let (key, problem) = explain(error, &document, &path);
    ScenarioError::new(file.to_owned(), text, key, problem)
}

fn innermost(error: YamlError) -> YamlError {
    match error {
        YamlError::AliasError { error, .. } | YamlError::WithSnippet { error, .. } => innermost(*error),
        error => error,
    }
}

/// The error of a text that is no YAML at all.
fn unreadable(error: &YamlError) -> Problem {
    let text = error.to_string();
    let reason = text.split(" at line ").next().unwrap_or(&text).trim().to_owned();
    match error {
        YamlError::Budget { .. } => Problem::TooLarge { reason },
        _ => Problem::Syntax { reason },
    }
}

fn explain(error: YamlError, document: &Document, path: &KeyPath) -> (KeyPath, Problem) {
    match error {
        YamlError::SerdeUnknownField { field, expected, .. } => {
            let expected = expected.into_iter().map(str::to_owned).collect();
            (owner_of(document, path, &field).key(&field), Problem::UnknownKey { expected })
        }
        YamlError::SerdeUnknownVariant { variant, expected, .. } => {
            let owner = owner_of(document, path, &variant);
            let key = if document.keys(&owner).contains(&variant.as_str()) { owner.key(&variant) } else { owner };
            let expected = expected.into_iter().map(str::to_owned).collect();
            (key, Problem::UnknownChoice { found: variant, expected })
        }
        YamlError::SerdeMissingField { field, .. } => {
            (path.clone(), Problem::MissingKey { key: field.to_owned() })
        }
        YamlError::DuplicateMappingKey { .. } => (path.clone(), Problem::DuplicateKey),
        YamlError::Budget { .. }
        | YamlError::AliasReplayLimitExceeded { .. }
        | YamlError::AliasExpansionLimitExceeded { .. }
        | YamlError::AliasReplayStackDepthExceeded { .. } => (path.clone(), unreadable(&error)),
        error => (path.clone(), wrong_type(&error, document, path)),
    }
}

/// The mapping around `path` that has `key`; `path` itself if none has.
fn owner_of(document: &Document, path: &KeyPath, key: &str) -> KeyPath {
    path.prefixes().find(|prefix| document.keys(prefix).contains(&key)).unwrap_or_else(|| path.clone())
}

fn wrong_type(error: &YamlError, document: &Document, path: &KeyPath) -> Problem {
    let wanted = match error {
        YamlError::InvalidScalar { ty, .. } => (*ty).to_owned(),
        YamlError::Unexpected { expected, .. } => (*expected).to_owned(),
        YamlError::SerdeInvalidType { expected, .. }
        | YamlError::SerdeInvalidValue { expected, .. }
        | YamlError::SerdeInvalidLength { expected, .. } => expected.clone(),
        YamlError::NullIntoString { .. } => "string".to_owned(),
        other => format!("{other:?}"),
    };
    let scalar = document.scalar(path);
    let help = match scalar {
        Some(text) => strip_unit(text),
        None => None,
    };
    Problem::WrongType { found: document.kind(path), expected: in_words(&wanted), help }
}

/// A Rust type as people call it.
fn in_words(wanted: &str) -> String {
    let known = [
        ("f64", "a number"),
        ("f32", "a number"),
        ("floating point", "a number"),
        ("usize", "a whole number"),
        ("u64", "a whole number"),
        ("u32", "a whole number"),
        ("i64", "a whole number"),
        ("unsigned integer", "a whole number"),
        ("integer", "a whole number"),
        ("bool", "true or false"),
        ("string", "a text"),
        ("sequence", "a list"),
        ("array of length 2", "a list of 2 values"),
        ("mapping", "a block of settings"),
        ("struct", "a block of settings"),
        ("map", "a block of settings"),
    ];
    known.iter().find(|(word, _)| wanted.contains(word)).map_or(wanted, |(_, words)| words).to_owned()
}
