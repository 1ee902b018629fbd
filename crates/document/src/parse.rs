//! Reads YAML text into a scenario, or reports one error with its position.

use std::io::Read;
use std::path::Path;

use schemars::JsonSchema;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_saphyr::Error as YamlError;
use serde_saphyr::budget::BudgetBreach;

use crate::error::ScenarioError;
use crate::expand::expand;
use crate::key_path::{KeyPath, Step};
use crate::limits::{LONGEST, options};
use crate::locate::{Document, Kind};
use crate::numbers::list;
use crate::position::Position;
use crate::problem::Fault;
use crate::problems::{
    BadKey, BadMerge, DuplicateKey, Empty, MissingKey, NotUtf8, Syntax, Tagged, TooDeep, TooLong,
    TooManyAliases, UnknownChoice, UnknownKey, Unreadable, WrongType,
};
use crate::ranges::out_of_range;
use crate::shape::{RENAMED, Shape, Shapes};
use crate::suggest::number;
use crate::tree::UnsupportedSyntax;

/// The root of one kind of scenario file.
pub trait ScenarioFile: DeserializeOwned + serde::Serialize + JsonSchema {
    /// Reads the text of a scenario; `file` is named in errors.
    ///
    /// # Errors
    /// The first key that is missing, unknown or of the wrong type, or the first number outside its range, with its
    /// line and column.
    fn from_text(text: &str, file: &Path) -> Result<Self, Box<ScenarioError>> {
        let shapes = || Shapes::of::<Self>();
        refuse(text)
            .map_err(|(fault, at)| Box::new(ScenarioError::at(file.to_owned(), text, fault, Some(at))))?;
        let expanded = expand(text)
            .map_err(|fault| Box::new(ScenarioError::new(file.to_owned(), text, fault)))?
            .map(|expanded| expanded.text);
        let source = expanded.as_deref().unwrap_or(text);
        let read: Result<Self, _> = serde_saphyr::from_str_with_options(source, options()).map_err(|error| {
            let error = translate(error, source, file, &shapes);
            // A position in the expanded text is not a position in the file.
            let fault = |error: ScenarioError| Fault { key: error.key, problem: error.problem };
            Box::new(match &expanded {
                Some(_) => ScenarioError::new(file.to_owned(), text, fault(error)),
                None => error,
            })
        });
        match odd(text, file) {
            Some(odd) if read.as_ref().err().is_none_or(|error| is_before(&odd, error)) => Err(Box::new(odd)),
            _ => {
                let scenario = read?;
                match out_of_range(&scenario, text) {
                    Some(fault) => Err(Box::new(ScenarioError::new(file.to_owned(), text, fault))),
                    None => Ok(scenario),
                }
            }
        }
    }

    /// The complete scenario as YAML, including defaults.
    #[must_use]
    fn to_yaml(&self) -> String {
        serde_saphyr::to_string(self).expect("a scenario has only names, numbers, lists and blocks")
    }
}

/// The bytes of a scenario file; of one that is too long the first, enough to refuse it.
///
/// # Errors
/// What the operating system says.
pub fn read(file: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::fs::File::open(file)?.take(LONGEST as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The text of a scenario file, without a byte-order mark.
///
/// # Errors
/// The place of the first byte that is not UTF-8.
pub fn decode(bytes: Vec<u8>, file: &Path) -> Result<String, Box<ScenarioError>> {
    // A character may be cut where the file is too long.
    let bytes =
        if bytes.len() > LONGEST { String::from_utf8_lossy(&bytes).into_owned().into_bytes() } else { bytes };
    let text = String::from_utf8(bytes).map_err(|error| {
        let first = error.utf8_error().valid_up_to();
        let byte = error.as_bytes()[first];
        let text = String::from_utf8_lossy(error.as_bytes());
        let fault = Fault::new(KeyPath::root(), NotUtf8 { byte });
        // What comes before the first faulty byte is the same in both.
        let at = Position::of_byte(&text, first);
        Box::new(ScenarioError::at(file.to_owned(), &text, fault, Some(at)))
    })?;
    Ok(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    })
}

/// Refuses a text that is too long or empty.
fn refuse(text: &str) -> Result<(), (Fault, Position)> {
    let root = KeyPath::root();
    if text.len() > LONGEST {
        let fault = Fault::new(root, TooLong { most: LONGEST });
        return Err((fault, Position::of_byte(text, LONGEST)));
    }
    let blank = |line: &str| line.trim().is_empty() || line.trim_start().starts_with('#');
    let empty = text.trim_start_matches('\u{feff}').lines().all(blank)
        || Document::parse(text).is_some_and(|document| document.kind(&root) == Kind::Null);
    if empty { Err((Fault::new(root, Empty), Position::START)) } else { Ok(()) }
}

/// The error of the first thing that YAML allows and a scenario does not.
fn odd(text: &str, file: &Path) -> Option<ScenarioError> {
    let document = Document::parse(text)?;
    let (at, oddity) = document.oddity()?;
    let key = document.path_at(at.line, at.column);
    let fault = match oddity {
        UnsupportedSyntax::Tag(tag) => Fault::new(key, Tagged { tag: tag.clone() }),
        UnsupportedSyntax::ComplexKey => Fault::new(key, BadKey { found: "a list, a block or an alias" }),
        UnsupportedSyntax::EmptyKey => Fault::new(key, BadKey { found: "nothing" }),
    };
    Some(ScenarioError::at(file.to_owned(), text, fault, Some(at)))
}

/// Whether an error stands before another one, or at the same place.
fn is_before(a: &ScenarioError, b: &ScenarioError) -> bool {
    let place = |error: &ScenarioError| error.position.map_or((0, 0), |at| (at.line, at.column));
    place(a) <= place(b)
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
        let (line, column) = place.unwrap_or((1, 1));
        let position = Some(Position { line, column, width: 1 });
        return ScenarioError::at(file.to_owned(), text, of_text(&error), position);
    };
    let path = place.map_or_else(KeyPath::root, |(line, column)| document.path_at(line, column));
    if let (YamlError::DuplicateMappingKey { .. }, Some((line, column))) = (&error, place) {
        let first = document.key(&path);
        let fault = Fault::new(path, DuplicateKey { first: first.line });
        let position = Position { line, column, width: first.width };
        return ScenarioError::at(file.to_owned(), text, fault, Some(position));
    }
    let fault = explain(&error, text, &document, &path, &shapes());
    let unreadable = || Fault::new(path, Unreadable { reason: report(&error) });
    match fault {
        Some(fault) => ScenarioError::new(file.to_owned(), text, fault),
        None => odd(text, file).unwrap_or_else(|| ScenarioError::new(file.to_owned(), text, unreadable())),
    }
}

/// Line and column of an error; of one inside an alias those of the alias.
fn place_of(error: &YamlError) -> Option<(usize, usize)> {
    let at = match error {
        YamlError::AliasError { locations, .. } => Some(locations.reference_location),
        error => error.location(),
    };
    at.map(|at| (at.line() as usize, at.column() as usize)).filter(|at| at.0 > 0)
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

/// What the YAML parser reports, without the place.
fn report(error: &YamlError) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or(&text).trim().to_owned()
}

/// The fault of a text that is no YAML at all, or too much of it.
fn of_text(error: &YamlError) -> Fault {
    let (root, reason) = (KeyPath::root(), report(error));
    match error {
        YamlError::MultipleDocuments { .. } => {
            Fault::new(root, Syntax { reason: "a second document begins here".to_owned() })
        }
        YamlError::UnknownAnchor { .. } => Fault::new(root, Syntax { reason }),
        error if is_syntax(error) => Fault::new(root, Syntax { reason }),
        YamlError::AliasReplayLimitExceeded { .. }
        | YamlError::AliasExpansionLimitExceeded { .. }
        | YamlError::AliasReplayStackDepthExceeded { .. } => Fault::new(root, TooManyAliases { reason }),
        YamlError::Budget { breach, .. } if !matches!(breach, BudgetBreach::Depth { .. }) => {
            Fault::new(root, TooManyAliases { reason })
        }
        // Valid so far, but the positions could not be followed.
        _ => Fault::new(root, TooDeep),
    }
}

/// What is wrong with the value at `path`, or before it; `None` if the document shows no fault.
fn explain(
    error: &YamlError,
    text: &str,
    document: &Document,
    path: &KeyPath,
    shapes: &Shapes,
) -> Option<Fault> {
    let names = |names: &[&'static str]| names.iter().map(|name| (*name).to_owned()).collect();
    Some(match error {
        YamlError::SerdeUnknownField { field, expected, .. } => {
            let key = owner_of(document, path, field).key(field);
            let Position { line, column, .. } = document.key(&key);
            let line = text.lines().nth(line - 1).unwrap_or_default();
            let after_comma = column > 1 && line.chars().nth(column - 2) == Some(',');
            Fault::new(key, UnknownKey { expected: names(expected), after_comma })
        }
        YamlError::SerdeUnknownVariant { variant, expected, .. } if document.kind(path) != Kind::Null => {
            let owner = owner_of(document, path, variant);
            let key =
                if document.keys(&owner).contains(&variant.as_str()) { owner.key(variant) } else { owner };
            // Old names are still read, but not suggested.
            let mut expected = names(expected);
            expected.retain(|name| RENAMED.iter().all(|(old, _)| old != name));
            Fault::new(key, UnknownChoice { found: variant.clone(), expected })
        }
        YamlError::SerdeMissingField { field, .. } => {
            let is_block = |at: &KeyPath| matches!(document.kind(at), Kind::Block | Kind::BlockAlias);
            let around = || path.prefixes().find(is_block).unwrap_or_default();
            let block = shapes.first_without(document, field).unwrap_or_else(around);
            Fault::new(block, MissingKey::new(*field))
        }
        YamlError::MergeValueNotMapOrSeqOfMaps { .. } => {
            Fault::new(path, BadMerge { found: document.in_words(path) })
        }
        _ => {
            if let Some(key) = document.first_repeated() {
                let first = document.key(&key).line;
                return Some(Fault::new(key, DuplicateKey { first }));
            }
            let here = || Some((path.clone(), shapes.shape_at(path)?));
            let (key, shape) = shapes.first_misfit(document).or_else(here)?;
            let problem = misshapen(document, &key, &shape);
            Fault::new(key, problem)
        }
    })
}

/// The mapping around `path` that has `key`; `path` itself if none has.
fn owner_of(document: &Document, path: &KeyPath, key: &str) -> KeyPath {
    path.prefixes().find(|prefix| document.keys(prefix).contains(&key)).unwrap_or_else(|| path.clone())
}

fn misshapen(document: &Document, key: &KeyPath, shape: &Shape) -> WrongType {
    let found = match shape {
        Shape::Choice(_) | Shape::PointsOrChoice(_) if document.keys(key).len() > 1 => {
            format!("{} at once", document.keys(key).join(" and "))
        }
        _ => document.in_words(key),
    };
    let help = match document.kind(key) {
        Kind::Null => nothing(shape),
        Kind::Scalar => word(document.scalar(key).unwrap_or_default(), key, shape),
        _ => structure(document, key, shape),
    };
    WrongType { found, expected: shape.in_words(), help }
}

/// What to write where there is nothing.
fn nothing(shape: &Shape) -> String {
    match shape {
        Shape::Choice(names) => format!("write {{{}: {{}}}}, for instance", names[0]),
        Shape::PointsOrChoice(_) => "write [[x, z], [x, z], ...]".to_owned(),
        Shape::List(None, _) => "write [] for a list without entries".to_owned(),
        Shape::Block => "write {} to keep the defaults of all settings".to_owned(),
        Shape::Text => "write the text after the colon".to_owned(),
        _ => String::new(),
    }
}

/// What to write instead of a word or number.
fn word(text: &str, key: &KeyPath, shape: &Shape) -> String {
    match shape {
        Shape::Number => number(text, None),
        Shape::Count(most) => number(text, Some(*most)),
        Shape::Choice(names) => match names.iter().find(|name| *name == text) {
            Some(name) => format!("write {{{name}: {{}}}}"),
            None => format!("write {{{}: {{}}}}, for instance", names[0]),
        },
        Shape::PointsOrChoice(_) => "write [[x, z], [x, z], ...]".to_owned(),
        Shape::List(Some([1 | 2, 2 | 3]), _) if matches!(key.steps().last(), Some(Step::Index(_))) => {
            "write points as [[x, z], [x, z], ...]".to_owned()
        }
        Shape::List(None, _) => format!("write [{text}]"),
        Shape::Block if key.steps().is_empty() => "begin with `schema: 1`".to_owned(),
        Shape::Block => "write {} to keep the defaults of all settings".to_owned(),
        _ => String::new(),
    }
}

/// What to write instead of a list or block.
fn structure(document: &Document, key: &KeyPath, shape: &Shape) -> String {
    let keys = document.keys(key);
    match shape {
        Shape::Choice(names) | Shape::PointsOrChoice(names) if keys.len() > 1 => {
            format!("keep one of {}", list(names))
        }
        Shape::Choice(names) => {
            let entry = document.scalar(&key.index(0)).unwrap_or_default();
            let name = names.iter().find(|name| *name == entry);
            name.map_or_else(
                || format!("write {{{}: {{}}}}, for instance", names[0]),
                |name| format!("write {{{name}: {{}}}}"),
            )
        }
        Shape::List(Some([1 | 2, 2 | 3]), _) if matches!(key.steps().last(), Some(Step::Index(_))) => {
            "write points as [[x, z], [x, z], ...]".to_owned()
        }
        Shape::List(..) if keys.iter().any(|key| key.starts_with(['-', '\u{2013}', '\u{2014}'])) => {
            "begin each entry with a hyphen and a space: `- `".to_owned()
        }
        Shape::List(None, of) if **of == Shape::Block => "begin each entry with `- `".to_owned(),
        Shape::Block if key.steps().is_empty() => "begin with `schema: 1`".to_owned(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests;
