//! The tree of a YAML text: every key and value with its position.

use std::collections::HashMap;
use std::sync::Arc;

use granit_parser::{Event, Parser, ScalarStyle, Span, StrInput};

use crate::key_path::KeyPath;
use crate::position::Position;

/// A key or value.
#[derive(Debug)]
pub(crate) struct Node {
    /// Its position.
    pub(crate) at: Position,
    /// What it is.
    pub(crate) content: Content,
}

/// What a key or value is.
#[derive(Debug)]
pub(crate) enum Content {
    /// A word or number.
    Scalar(Scalar),
    /// Entries.
    List(Vec<Node>),
    /// Keys and values.
    Mapping(Vec<(Node, Node)>),
    /// An alias of a value above.
    Alias(Target),
}

/// A word or number.
#[derive(Debug, Clone)]
pub(crate) struct Scalar {
    /// Its text, without quotes.
    pub(crate) text: Arc<str>,
    /// Whether it is written without quotes.
    pub(crate) plain: bool,
}

/// What an alias stands for.
///
/// The entries of lists and blocks are left out, so the size of the tree is that of the text, whatever its aliases multiply to.
#[derive(Debug, Clone)]
pub(crate) enum Target {
    /// A word or number.
    Scalar(Scalar),
    /// A list.
    List,
    /// A block.
    Block,
}

/// Syntax that YAML allows but a scenario does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnsupportedSyntax {
    /// A tag, such as `!!str`.
    Tag(String),
    /// A key that is a list, a block or an alias.
    ComplexKey,
    /// A key that is empty or null.
    EmptyKey,
}

/// Keys that had another name in earlier versions: their block, the old name, which is still read, and the new name.
const RENAMED: [(&str, &str, &str); 1] = [("model", "true", "truth")];

/// Deepest nesting that is followed. Scenarios have about ten levels.
const DEEPEST: usize = 256;

impl Scalar {
    /// Whether this is YAML's null.
    pub(crate) fn is_null(&self) -> bool {
        self.plain && matches!(&*self.text, "" | "~" | "null" | "Null" | "NULL")
    }
}

impl Node {
    /// The text of a word or number.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.content {
            Content::Scalar(scalar) => Some(&scalar.text),
            _ => None,
        }
    }

    /// Gives the keys of a block their new names, so that the key paths of errors find them.
    fn rename_keys_of(&mut self, block: &str) {
        let Content::Mapping(pairs) = &mut self.content else { return };
        for (key, _) in pairs {
            let Content::Scalar(name) = &mut key.content else { continue };
            if let Some((.., new)) = RENAMED.iter().find(|(of, old, _)| *of == block && **old == *name.text) {
                name.text = (*new).into();
            }
        }
    }

    /// Visits keys and values in the order of the text; a value comes after its key, with the same path.
    pub(crate) fn walk(&self, path: &KeyPath, visit: &mut impl FnMut(Position, &KeyPath)) {
        visit(self.at, path);
        match &self.content {
            Content::List(entries) => {
                for (i, entry) in entries.iter().enumerate() {
                    entry.walk(&path.index(i), visit);
                }
            }
            Content::Mapping(pairs) => {
                for (key, value) in pairs {
                    let path = path.key(key.text().unwrap_or("?"));
                    visit(key.at, &path);
                    value.walk(&path, visit);
                }
            }
            Content::Scalar(_) | Content::Alias(_) => {}
        }
    }
}

/// Reads the first document of a text and the first oddity in it; `None` when the text is not valid YAML, empty, or nested too
/// deeply.
pub(crate) fn parse(text: &str) -> Option<(Node, Option<(Position, UnsupportedSyntax)>)> {
    let mut reader = Reader { events: Parser::new_from_str(text), anchors: HashMap::new(), odd: None };
    match reader.next()? {
        (Event::StreamEnd, _) => None,
        (event, span) => Some((reader.read(event, span, 0)?, reader.odd)),
    }
}

struct Reader<'a> {
    events: Parser<'a, StrInput<'a>>,
    anchors: HashMap<usize, Target>,
    odd: Option<(Position, UnsupportedSyntax)>,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Option<(Event<'a>, Span)> {
        loop {
            let (event, span) = self.events.next_event()?.ok()?;
            if event.is_node() || matches!(event, Event::SequenceEnd | Event::MappingEnd | Event::StreamEnd) {
                return Some((event, span));
            }
        }
    }

    fn read(&mut self, event: Event<'a>, span: Span, depth: usize) -> Option<Node> {
        if depth > DEEPEST {
            return None;
        }
        let (start, mut end) = (span.start, span.end);
        let (anchor, tag) = match &event {
            Event::Scalar(_, _, anchor, tag)
            | Event::SequenceStart(_, anchor, tag)
            | Event::MappingStart(_, anchor, tag) => (*anchor, tag.as_ref().map(ToString::to_string)),
            _ => (0, None),
        };
        if let Some(tag) = tag {
            let tag = tag.replace("tag:yaml.org,2002:", "!!");
            self.odd.get_or_insert((position(start, start), UnsupportedSyntax::Tag(tag)));
        }
        let content = match event {
            Event::Scalar(text, style, ..) => {
                let scalar = Scalar { text: text.as_ref().into(), plain: style == ScalarStyle::Plain };
                self.anchors.insert(anchor, Target::Scalar(scalar.clone()));
                Content::Scalar(scalar)
            }
            Event::SequenceStart(..) => {
                self.anchors.insert(anchor, Target::List);
                let mut entries = Vec::new();
                loop {
                    match self.next()? {
                        (Event::SequenceEnd, span) => {
                            end = span.end;
                            break Content::List(entries);
                        }
                        (event, span) => entries.push(self.read(event, span, depth + 1)?),
                    }
                }
            }
            Event::MappingStart(..) => {
                self.anchors.insert(anchor, Target::Block);
                let mut pairs = Vec::new();
                loop {
                    match self.next()? {
                        (Event::MappingEnd, span) => {
                            end = span.end;
                            break Content::Mapping(pairs);
                        }
                        (event, span) => pairs.push(self.pair(event, span, depth + 1)?),
                    }
                }
            }
            Event::Alias(anchor) => {
                Content::Alias(self.anchors.get(&anchor).cloned().unwrap_or(Target::Block))
            }
            _ => return None,
        };
        Some(Node { at: position(start, end), content })
    }

    fn pair(&mut self, event: Event<'a>, span: Span, depth: usize) -> Option<(Node, Node)> {
        let key = self.read(event, span, depth)?;
        match &key.content {
            Content::Scalar(scalar) if scalar.is_null() => {
                self.odd.get_or_insert((key.at, UnsupportedSyntax::EmptyKey));
            }
            Content::Scalar(_) => {}
            _ => {
                self.odd.get_or_insert((key.at, UnsupportedSyntax::ComplexKey));
            }
        }
        let (event, span) = self.next()?;
        let mut value = self.read(event, span, depth)?;
        value.rename_keys_of(key.text().unwrap_or_default());
        Some((key, value))
    }
}

fn position(start: granit_parser::Marker, end: granit_parser::Marker) -> Position {
    let width = if end.line() == start.line() { end.col().saturating_sub(start.col()) } else { 1 };
    Position { line: start.line(), column: start.col() + 1, width }
}
