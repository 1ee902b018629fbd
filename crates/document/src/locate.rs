//! The positions of values in YAML text.

use std::collections::HashSet;

use crate::key_path::{KeyPath, Step};
use crate::numbers::excerpt;
use crate::position::Position;
use crate::tree::{self, Content, Node, Scalar, Target, UnsupportedSyntax};

/// A YAML document with the positions of all its keys and values.
#[derive(Debug)]
pub struct Document {
    root: Node,
    odd: Option<(Position, UnsupportedSyntax)>,
}

/// The kind of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Nothing: YAML's null.
    Null,
    /// A word or number.
    Scalar,
    /// A list with this number of values.
    List(usize),
    /// Keys and values.
    Block,
    /// An alias of a list.
    ListAlias,
    /// An alias of a block.
    BlockAlias,
}

impl Document {
    /// Reads the first document of a text; `None` if it is not valid YAML, empty, or nested too deeply.
    #[must_use]
    pub fn parse(text: &str) -> Option<Document> {
        let (root, odd) = tree::parse(text)?;
        Some(Document { root, odd })
    }

    /// The first syntax in the text that YAML allows but a scenario does not, with its position.
    #[must_use]
    pub fn oddity(&self) -> Option<(Position, &UnsupportedSyntax)> {
        self.odd.as_ref().map(|(at, odd)| (*at, odd))
    }

    /// The position of the value at a path, or of its key if the value spans several lines.
    ///
    /// For a path that leaves the document, the position of its deepest existing part.
    #[must_use]
    pub fn value(&self, path: &KeyPath) -> Position {
        let (key, value) = self.find(path);
        match (&value.content, key) {
            (_, Some(key)) if value.at.width == 0 => key.at,
            (Content::Mapping(_) | Content::List(_), Some(key)) if value.at.line != key.at.line => key.at,
            // An entry of a list, written as a block.
            (Content::Mapping(pairs), None) if value.at.width == 1 => {
                pairs.first().map_or(value.at, |(key, _)| key.at)
            }
            _ => value.at,
        }
    }

    /// The position of the key at the end of a path.
    #[must_use]
    pub fn key(&self, path: &KeyPath) -> Position {
        let (key, value) = self.find(path);
        key.map_or(value.at, |key| key.at)
    }

    /// The text of the word or number at a path, if there is one.
    #[must_use]
    pub fn scalar(&self, path: &KeyPath) -> Option<&str> {
        self.word(path).map(|scalar| &*scalar.text)
    }

    fn word(&self, path: &KeyPath) -> Option<&Scalar> {
        match &self.find(path).1.content {
            Content::Scalar(scalar) | Content::Alias(Target::Scalar(scalar)) => Some(scalar),
            _ => None,
        }
    }

    /// The first key that its block contains twice, under the same name or under its old and new names.
    #[must_use]
    pub fn first_repeated(&self) -> Option<KeyPath> {
        repeated(&self.root, &KeyPath::root())
    }

    /// The keys of the mapping at a path.
    #[must_use]
    pub fn keys(&self, path: &KeyPath) -> Vec<&str> {
        match &self.find(path).1.content {
            Content::Mapping(pairs) => pairs.iter().filter_map(|(key, _)| key.text()).collect(),
            _ => Vec::new(),
        }
    }

    /// The kind of the value at a path.
    #[must_use]
    pub fn kind(&self, path: &KeyPath) -> Kind {
        match &self.find(path).1.content {
            Content::Scalar(scalar) | Content::Alias(Target::Scalar(scalar)) if scalar.is_null() => {
                Kind::Null
            }
            Content::Scalar(_) | Content::Alias(Target::Scalar(_)) => Kind::Scalar,
            Content::List(entries) => Kind::List(entries.len()),
            Content::Mapping(_) => Kind::Block,
            Content::Alias(Target::List) => Kind::ListAlias,
            Content::Alias(Target::Block) => Kind::BlockAlias,
        }
    }

    /// A description of the value at a path.
    #[must_use]
    pub fn in_words(&self, path: &KeyPath) -> String {
        match &self.find(path).1.content {
            Content::Scalar(scalar) if scalar.is_null() => "nothing".to_owned(),
            Content::Scalar(scalar) => format!("`{}`", excerpt(&scalar.text)),
            Content::List(entries) if entries.len() == 1 => "a list of 1 value".to_owned(),
            Content::List(entries) => format!("a list of {} values", entries.len()),
            Content::Mapping(pairs) if pairs.is_empty() => "an empty block {}".to_owned(),
            Content::Mapping(_) => {
                let keys: Vec<String> = self.keys(path).into_iter().map(str::to_owned).collect();
                format!("a block of {}", excerpt(&keys.join(", ")))
            }
            Content::Alias(Target::Scalar(scalar)) => format!("an alias of `{}`", excerpt(&scalar.text)),
            Content::Alias(Target::List) => "an alias of a list".to_owned(),
            Content::Alias(Target::Block) => "an alias of a block".to_owned(),
        }
    }

    /// The paths of all values in the order of the text.
    #[must_use]
    pub fn paths(&self) -> Vec<KeyPath> {
        let mut paths: Vec<KeyPath> = Vec::new();
        self.root.walk(&KeyPath::root(), &mut |_, path| {
            if paths.last() != Some(path) {
                paths.push(path.clone());
            }
        });
        paths
    }

    /// The path to the key or value that starts at a line and column, or else to the last one before it.
    ///
    /// A block starts where its first key starts; the result is the block.
    #[must_use]
    pub fn path_at(&self, line: usize, column: usize) -> KeyPath {
        let (mut best, mut start) = (KeyPath::root(), (0, 0));
        self.root.walk(&KeyPath::root(), &mut |at, path| {
            let here = (at.line, at.column);
            if start < here && here <= (line, column) {
                (best, start) = (path.clone(), here);
            }
        });
        best
    }

    fn find(&self, path: &KeyPath) -> (Option<&Node>, &Node) {
        let (mut key, mut node) = (None, &self.root);
        for step in path.steps() {
            let next = match (step, &node.content) {
                (Step::Key(name), Content::Mapping(pairs)) => {
                    pairs.iter().find(|(k, _)| k.text() == Some(name)).map(|(k, v)| (Some(k), v))
                }
                (Step::Index(i), Content::List(entries)) => entries.get(*i).map(|entry| (key, entry)),
                _ => None,
            };
            let Some((next_key, next)) = next else { break };
            key = if matches!(step, Step::Index(_)) { None } else { next_key };
            node = next;
        }
        (key, node)
    }
}

/// The first key below a node that is in its block twice.
fn repeated(node: &Node, path: &KeyPath) -> Option<KeyPath> {
    match &node.content {
        Content::Mapping(pairs) => {
            let mut seen = HashSet::new();
            pairs.iter().find_map(|(key, value)| {
                let name = key.text().unwrap_or("?");
                let path = path.key(name);
                if seen.insert(name) { repeated(value, &path) } else { Some(path) }
            })
        }
        Content::List(entries) => {
            entries.iter().enumerate().find_map(|(i, entry)| repeated(entry, &path.index(i)))
        }
        Content::Scalar(_) | Content::Alias(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "name: a\ngrid:\n  x: [-1, 1]   # m\ninversions:\n  - name: one\n    bounds: [1, 2.5]\n  - name: two\n";

    fn cut(at: Position) -> String {
        let line = TEXT.lines().nth(at.line - 1).unwrap();
        line.chars().skip(at.column - 1).take(at.width).collect()
    }

    #[test]
    fn values_and_keys_are_found_in_the_text() {
        let document = Document::parse(TEXT).unwrap();
        let inversions = KeyPath::of("inversions");
        let bounds = inversions.index(0).key("bounds");
        assert_eq!(cut(document.value(&bounds.index(1))), "2.5");
        assert_eq!(cut(document.value(&bounds)), "[1, 2.5]");
        assert_eq!(cut(document.key(&bounds)), "bounds");
        assert_eq!(cut(document.value(&KeyPath::of("grid"))), "grid");
        assert_eq!(cut(document.value(&KeyPath::of("grid.z"))), "grid", "deepest part that exists");
        assert_eq!(cut(document.value(&inversions.index(1).key("name"))), "two");
        assert_eq!(document.keys(&inversions.index(0)), ["name", "bounds"]);
        assert_eq!(document.scalar(&bounds.index(0)), Some("1"));
    }

    /// `path_at` inverts `value`.
    #[test]
    fn positions_lead_back_to_paths() {
        let document = Document::parse(TEXT).unwrap();
        let inversions = KeyPath::of("inversions");
        for path in [KeyPath::of("grid.x").index(1), inversions.index(1).key("name"), KeyPath::of("name")] {
            let at = document.value(&path);
            assert_eq!(document.path_at(at.line, at.column), path);
        }
    }

    /// A key by its old name is found by its new one, where it stands.
    #[test]
    fn renamed_keys_are_found() {
        let document =
            Document::parse("model:\n  true: {uniform: {velocity: 1}}\nother: {true: 2}\n").unwrap();
        let at = document.value(&KeyPath::of("model.truth.uniform.velocity"));
        assert_eq!((at.line, at.column), (2, 30));
        assert_eq!(document.keys(&KeyPath::of("model")), ["truth"]);
        assert_eq!(document.keys(&KeyPath::of("other")), ["true"]);
    }

    #[test]
    fn what_cannot_be_read_is_none() {
        assert!(Document::parse("a: [1").is_none());
        assert!(Document::parse("# nothing\n").is_none());
        assert!(Document::parse(&"[".repeat(1000)).is_none());
    }
}
