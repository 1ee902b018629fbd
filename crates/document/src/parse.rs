//! From YAML text to a scenario, or to one error with its place.

use std::path::Path;

use schemars::JsonSchema;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_saphyr::Error as YamlError;

use crate::error::ScenarioError;
use crate::key_path::{KeyPath, Step};
use crate::locate::{Document, Position};
use crate::numbers::list;
use crate::problem::Fault;
use crate::problems::{
    DuplicateKey, Empty, MissingKey, Syntax, TooLarge, UnknownChoice, UnknownKey, WrongType,
};
use crate::shape::{Shape, Shapes};
use crate::suggest::strip_unit;

/// Longest scenario that is read, bytes.
const LONGEST: usize = 4 << 20;

/// The root of one kind of scenario file.
pub trait ScenarioFile: DeserializeOwned + serde::Serialize + JsonSchema {
    /// Reads the text of a scenario; `file` is named in errors.
    ///
    /// # Errors
    /// The first key that is missing, unknown or of the wrong type, with its line and column.
    fn from_text(text: &str, file: &Path) -> Result<Self, Box<ScenarioError>> {
        let at_the_top = |fault| Box::new(ScenarioError::at(file.to_owned(), text, fault, None));
        if text.len() > LONGEST {
            let reason = format!("{} bytes, at most {LONGEST}", text.len());
            return Err(at_the_top(Fault::new(KeyPath::root(), TooLarge { reason })));
        }
        if text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#')) {
            return Err(at_the_top(Fault::new(KeyPath::root(), Empty)));
        }
        let options = serde_saphyr::options! {
            with_snippet: false,
            alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: 20_000 },
        };
        serde_saphyr::from_str_with_options(text, options)
            .map_err(|error| Box::new(translate(error, text, file, &Shapes::of::<Self>)))
    }

    /// The scenario as YAML, complete: defaults are written out.
    #[must_use]
    fn to_yaml(&self) -> String {
        serde_saphyr::to_string(self).expect("a scenario has only names, numbers, lists and blocks")
    }
}

fn translate(error: YamlError, text: &str, file: &Path, shapes: &dyn Fn() -> Shapes) -> ScenarioError {
    let place = place_of(&error);
    let error = innermost(error);
    let of_the_text = matches!(
        error,
        YamlError::Budget { .. }
            | YamlError::AliasReplayLimitExceeded { .. }
            | YamlError::AliasExpansionLimitExceeded { .. }
            | YamlError::AliasReplayStackDepthExceeded { .. }
            | YamlError::UnknownAnchor { .. }
            | YamlError::MultipleDocuments { .. }
    );
    let Some(document) = Document::parse(text).filter(|_| !of_the_text) else {
        // A key can be wrong before the place where the text is no YAML any more, and that has to be put right first.
        let syntax = serde_saphyr::from_str::<IgnoredAny>(text).err().filter(|_| !of_the_text);
        let syntax = syntax.map(|error| (place_of(&error), innermost(error)));
        let (place, error) = syntax.filter(|(_, error)| is_syntax(error)).unwrap_or((place, error));
        let position = place.map(|(line, column)| Position { line, column, width: 1 });
        return ScenarioError::at(file.to_owned(), text, unreadable(KeyPath::root(), &error), position);
    };
    let path = place.map_or_else(KeyPath::root, |(line, column)| document.path_at(line, column));
    ScenarioError::new(file.to_owned(), text, explain(error, &document, &path, &shapes()))
}

fn place_of(error: &YamlError) -> Option<(usize, usize)> {
    error.location().map(|at| (at.line() as usize, at.column() as usize)).filter(|at| at.0 > 0)
}

/// Whether the text is no YAML; the parser's limit on nesting comes as an error of the same kind.
fn is_syntax(error: &YamlError) -> bool {
    let of_the_parser = matches!(error, YamlError::ExternalMessage { .. } | YamlError::Eof { .. });
    of_the_parser && !error.to_string().contains("recursion limit")
}

fn innermost(error: YamlError) -> YamlError {
    match error {
        YamlError::AliasError { error, .. } | YamlError::WithSnippet { error, .. } => innermost(*error),
        error => error,
    }
}

/// The error of a text that is no YAML at all, or too much of it.
fn unreadable(at: KeyPath, error: &YamlError) -> Fault {
    let text = error.to_string();
    let reason = text.split(" at line ").next().unwrap_or(&text).trim().to_owned();
    match error {
        YamlError::MultipleDocuments { .. } => {
            Fault::new(at, Syntax { reason: "a second document begins here".to_owned() })
        }
        YamlError::UnknownAnchor { .. } => Fault::new(at, Syntax { reason }),
        error if is_syntax(error) => Fault::new(at, Syntax { reason }),
        YamlError::Budget { .. }
        | YamlError::AliasReplayLimitExceeded { .. }
        | YamlError::AliasExpansionLimitExceeded { .. }
        | YamlError::AliasReplayStackDepthExceeded { .. } => Fault::new(at, TooLarge { reason }),
        // Valid so far, but the positions could not be followed.
        _ => Fault::new(at, TooLarge { reason: "nested too deeply".to_owned() }),
    }
}

fn explain(error: YamlError, document: &Document, path: &KeyPath, shapes: &Shapes) -> Fault {
    match error {
        YamlError::SerdeUnknownField { field, expected, .. } => {
            let expected = expected.into_iter().map(str::to_owned).collect();
            Fault::new(owner_of(document, path, &field).key(&field), UnknownKey { expected })
        }
        YamlError::SerdeUnknownVariant { variant, expected, .. } => {
            let owner = owner_of(document, path, &variant);
            let key =
                if document.keys(&owner).contains(&variant.as_str()) { owner.key(&variant) } else { owner };
            let expected = expected.into_iter().map(str::to_owned).collect();
            Fault::new(key, UnknownChoice { found: variant, expected })
        }
        YamlError::SerdeMissingField { field, .. } => {
            let block = shapes.first_without(document, field).unwrap_or_else(|| path.clone());
            Fault::new(block, MissingKey::new(field))
        }
        YamlError::DuplicateMappingKey { .. } => Fault::new(path, DuplicateKey),
        error => match shapes.first_misfit(document) {
            Some((key, shape)) => {
                let problem = misshapen(document, &key, &shape);
                Fault::new(key, problem)
            }
            None => unreadable(path.clone(), &error),
        },
    }
}

/// The mapping around `path` that has `key`; `path` itself if none has.
fn owner_of(document: &Document, path: &KeyPath, key: &str) -> KeyPath {
    path.prefixes().find(|prefix| document.keys(prefix).contains(&key)).unwrap_or_else(|| path.clone())
}

fn misshapen(document: &Document, key: &KeyPath, shape: &Shape) -> WrongType {
    let scalar = document.scalar(key).unwrap_or_default();
    let found = match shape {
        Shape::Choice(_) | Shape::PointsOrChoice(_) if document.keys(key).len() > 1 => {
            format!("{} at once", document.keys(key).join(" and "))
        }
        _ => document.in_words(key),
    };
    let help = match shape {
        Shape::Number | Shape::Count => strip_unit(scalar).unwrap_or_default(),
        Shape::Choice(names) | Shape::PointsOrChoice(names) if document.keys(key).len() > 1 => {
            format!("keep one of {}", list(names))
        }
        Shape::Choice(names) => match names.iter().find(|name| *name == scalar) {
            Some(name) => format!("write {{{name}: {{}}}}"),
            None => format!("write {{{}: {{}}}}, for instance", names[0]),
        },
        Shape::PointsOrChoice(_) => "write [[x, z], [x, z], ...]".to_owned(),
        Shape::List(Some(2), _) if matches!(key.steps().last(), Some(Step::Index(_))) => {
            "write points as [[x, z], [x, z], ...]".to_owned()
        }
        Shape::List(None, _) if !scalar.is_empty() => format!("write [{scalar}]"),
        Shape::List(None, of) if **of == Shape::Block => "begin each entry with `- `".to_owned(),
        Shape::Block if key.steps().is_empty() => "begin with `schema: 1`".to_owned(),
        Shape::Block => "write {} where every setting is to keep its default".to_owned(),
        _ => String::new(),
    };
    WrongType { found, expected: shape.in_words(), help }
}
