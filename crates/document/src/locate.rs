//! Where in the YAML text a value stands.

use granit_parser::{Event, Parser, Span};

use crate::key_path::{KeyPath, Step};

/// A stretch of one line; line and column count from 1, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column of the first character, from 1.
    pub column: usize,
    /// Number of characters, at least 1.
    pub width: usize,
}

/// A YAML document with the positions of all its keys and values.
///
/// Aliases are leaves, so the size of the tree is that of the text whatever its anchors multiply to.
#[derive(Debug)]
pub struct Document {
    root: Node,
}

#[derive(Debug)]
struct Node {
    at: Position,
    content: Content,
}

/// What a value is, before it is looked at closely.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One word or number.
    Scalar,
    /// A list of so many values.
    List(usize),
    /// Keys and values.
    Block,
    /// A repetition of another value.
    Alias,
}

#[derive(Debug)]
enum Content {
    Scalar(String),
    List(Vec<Node>),
    Mapping(Vec<(Node, Node)>),
    Alias,
}

/// Deepest nesting that is followed; the scenario's own is about ten.
const DEEPEST: usize = 256;

impl Document {
    /// Reads the first document of a text; `None` when it is not valid YAML, empty, or nested too deeply.
    #[must_use]
    pub fn parse(text: &str) -> Option<Document> {
        let mut events = Parser::new_from_str(text);
        loop {
            let (event, span) = events.next_event()?.ok()?;
            if event.is_node() {
                return Some(Document { root: read(&mut events, event, span, 0)? });
            }
            if matches!(event, Event::StreamEnd) {
                return None;
            }
        }
    }

    /// Where the value at a path stands: the value itself when it is written on one line, else its key.
    ///
    /// A path that leaves the document gives the deepest part of it that exists.
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

    /// Where the key at the end of a path stands.
    #[must_use]
    pub fn key(&self, path: &KeyPath) -> Position {
        let (key, value) = self.find(path);
        key.map_or(value.at, |key| key.at)
    }

    /// The text of the scalar at a path, if there is one.
    #[must_use]
    pub fn scalar(&self, path: &KeyPath) -> Option<&str> {
        match &self.find(path).1.content {
            Content::Scalar(text) => Some(text),
            _ => None,
        }
    }

    /// The keys of the mapping at a path.
    #[must_use]
    pub fn keys(&self, path: &KeyPath) -> Vec<&str> {
        match &self.find(path).1.content {
            Content::Mapping(pairs) => pairs.iter().filter_map(|(key, _)| key.text()).collect(),
            _ => Vec::new(),
        }
    }

    /// What kind of value stands at a path.
    #[must_use]
    pub fn kind(&self, path: &KeyPath) -> Kind {
        match &self.find(path).1.content {
            Content::Scalar(_) => Kind::Scalar,
            Content::List(entries) => Kind::List(entries.len()),
            Content::Mapping(_) => Kind::Block,
            Content::Alias => Kind::Alias,
        }
    }

    /// The value at a path in words.
    #[must_use]
    pub fn in_words(&self, path: &KeyPath) -> String {
        match &self.find(path).1.content {
            Content::Scalar(text) if text.is_empty() || text == "~" || text == "null" => "nothing".to_owned(),
            Content::Scalar(text) => format!("`{text}`"),
            Content::List(entries) if entries.len() == 1 => "a list of 1 value".to_owned(),
            Content::List(entries) => format!("a list of {} values", entries.len()),
            Content::Mapping(pairs) if pairs.is_empty() => "an empty block {}".to_owned(),
            Content::Mapping(_) => {
                let keys: Vec<String> = self.keys(path).into_iter().map(str::to_owned).collect();
                format!("a block of {}", keys.join(", "))
            }
            Content::Alias => "an alias".to_owned(),
        }
    }

    /// The paths of all values in the order of the text.
    #[must_use]
    pub fn paths(&self) -> Vec<KeyPath> {
        let mut paths: Vec<KeyPath> = Vec::new();
        walk(&self.root, &KeyPath::root(), &mut |_, path| {
            if paths.last() != Some(path) {
                paths.push(path.clone());
            }
        });
        paths
    }

    /// The path to the key or value that starts at a line and column; failing that, the last one before it.
    ///
    /// A block starts where its first key does; the block is meant.
    #[must_use]
    pub fn path_at(&self, line: usize, column: usize) -> KeyPath {
        let (mut best, mut start) = (KeyPath::root(), (0, 0));
        walk(&self.root, &KeyPath::root(), &mut |at, path| {
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

impl Node {
    fn text(&self) -> Option<&str> {
        match &self.content {
            Content::Scalar(text) => Some(text),
            _ => None,
        }
    }
}

/// Visits keys and values in the order of the text; a value comes after its key, with the same path.
fn walk(node: &Node, path: &KeyPath, visit: &mut impl FnMut(Position, &KeyPath)) {
    visit(node.at, path);
    match &node.content {
        Content::List(entries) => {
            for (i, entry) in entries.iter().enumerate() {
                walk(entry, &path.index(i), visit);
            }
        }
        Content::Mapping(pairs) => {
            for (key, value) in pairs {
                let path = path.key(key.text().unwrap_or("?"));
                visit(key.at, &path);
                walk(value, &path, visit);
            }
        }
        Content::Scalar(_) | Content::Alias => {}
    }
}

type Events<'a> = Parser<'a, granit_parser::StrInput<'a>>;

fn next<'a>(events: &mut Events<'a>) -> Option<(Event<'a>, Span)> {
    loop {
        let (event, span) = events.next_event()?.ok()?;
        if event.is_node() || matches!(event, Event::SequenceEnd | Event::MappingEnd | Event::StreamEnd) {
            return Some((event, span));
        }
    }
}

fn read<'a>(events: &mut Events<'a>, event: Event<'a>, span: Span, depth: usize) -> Option<Node> {
    if depth > DEEPEST {
        return None;
    }
    let (start, mut end) = (span.start, span.end);
    let content = match event {
        Event::Scalar(text, ..) => Content::Scalar(text.into_owned()),
        Event::SequenceStart(..) => {
            let mut entries = Vec::new();
            loop {
                match next(events)? {
                    (Event::SequenceEnd, span) => {
                        end = span.end;
                        break Content::List(entries);
                    }
                    (event, span) => entries.push(read(events, event, span, depth + 1)?),
                }
            }
        }
        Event::MappingStart(..) => {
            let mut pairs = Vec::new();
            loop {
                match next(events)? {
                    (Event::MappingEnd, span) => {
                        end = span.end;
                        break Content::Mapping(pairs);
                    }
                    (event, span) => {
                        let key = read(events, event, span, depth + 1)?;
                        let (event, span) = next(events)?;
                        pairs.push((key, read(events, event, span, depth + 1)?));
                    }
                }
            }
        }
        _ => Content::Alias,
    };
    let width = if end.line() == start.line() { end.col().saturating_sub(start.col()) } else { 1 };
    Some(Node { at: Position { line: start.line(), column: start.col() + 1, width }, content })
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

    #[test]
    fn what_cannot_be_read_is_none() {
        assert!(Document::parse("a: [1").is_none());
        assert!(Document::parse("# nothing\n").is_none());
        assert!(Document::parse(&"[".repeat(1000)).is_none());
    }
}
