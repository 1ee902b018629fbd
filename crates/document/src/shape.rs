//! The expected type of every value of a scenario, read from its JSON schema.

use schemars::JsonSchema;
use serde_json::Value;

use crate::key_path::{KeyPath, Step};
use crate::locate::{Document, Kind};
use crate::numbers::list;

/// The expected type of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// A number.
    Number,
    /// A whole number from 0 to this one.
    Count(u64),
    /// A text.
    Text,
    /// `true` or `false`.
    Switch,
    /// One of these words.
    Word(Vec<String>),
    /// One of these names with its settings.
    Choice(Vec<String>),
    /// A list, of so few to so many values if that is fixed.
    List(Option<[usize; 2]>, Box<Shape>),
    /// A list of points, or a choice.
    PointsOrChoice(Vec<String>),
    /// Keys and values.
    Block,
}

impl Shape {
    /// A description that can follow "is not".
    #[must_use]
    pub fn in_words(&self) -> String {
        match self {
            Shape::Number => "a number".to_owned(),
            Shape::Count(u64::MAX) => "a whole number, 0 or more".to_owned(),
            Shape::Count(most) => format!("a whole number from 0 to {most}"),
            Shape::Text => "text".to_owned(),
            Shape::Switch => "true or false".to_owned(),
            Shape::Word(words) => list(words),
            Shape::Choice(names) => format!("a choice with its settings: {}", list(&with_settings(names))),
            Shape::List(None, _) => "a list".to_owned(),
            Shape::List(Some([least, most]), of) => {
                let of = if **of == Shape::Number { "numbers" } else { "values" };
                let count = if least == most { most.to_string() } else { format!("{least} to {most}") };
                format!("a list of {count} {of}")
            }
            Shape::PointsOrChoice(names) => {
                format!("a list of points [x, z], {}", list(&with_settings(names)))
            }
            Shape::Block => "a block of settings".to_owned(),
        }
    }

    /// Whether a value of the document can have this type. The values inside a list or block are checked separately.
    fn fits(&self, document: &Document, path: &KeyPath) -> bool {
        let text = document.scalar(path).unwrap_or_default();
        match (self, document.kind(path)) {
            (Shape::Text, Kind::Scalar) => true,
            (Shape::Number, Kind::Scalar) => is_number(text),
            (Shape::Count(most), Kind::Scalar) => whole_number(text).is_some_and(|count| count <= *most),
            (Shape::Switch, Kind::Scalar) => is_switch(text),
            (Shape::Word(words), Kind::Scalar) => {
                let new = RENAMED.iter().find(|(old, _)| *old == text).map(|(_, new)| *new);
                words.iter().any(|word| word == text || Some(word.as_str()) == new)
            }
            (Shape::Choice(_) | Shape::PointsOrChoice(_), Kind::Block) => document.keys(path).len() == 1,
            (Shape::Choice(_) | Shape::PointsOrChoice(_), Kind::BlockAlias) => true,
            (Shape::List(fixed, _), Kind::List(n)) => {
                fixed.is_none_or(|[least, most]| (least..=most).contains(&n))
            }
            (Shape::List(..) | Shape::PointsOrChoice(_), Kind::ListAlias) => true,
            (Shape::PointsOrChoice(_), Kind::List(_)) => true,
            (Shape::Block, Kind::Block | Kind::BlockAlias) => true,
            _ => false,
        }
    }
}

/// Words that had another name in earlier versions: the old name, which is still read, and the new name.
pub(crate) const RENAMED: [(&str, &str); 1] = [("card", "reference")];

/// Whether a word is a number to the YAML reader: finite, or YAML's infinity or NaN.
fn is_number(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    matches!(unsigned, ".inf" | ".Inf" | ".INF" | ".nan" | ".NaN" | ".NAN")
        || text.parse::<f64>().is_ok_and(f64::is_finite)
}

/// The whole number that a word is to the YAML reader: decimal without leading zeros, or `0x`, `0o` or `0b`, with single
/// underscores between digits.
#[must_use]
pub(crate) fn whole_number(text: &str) -> Option<u64> {
    let text = text.strip_prefix('+').unwrap_or(text);
    let prefixes = [("0x", 16), ("0X", 16), ("0o", 8), ("0O", 8), ("0b", 2), ("0B", 2)];
    let prefixed = prefixes.iter().find_map(|(prefix, radix)| Some((text.strip_prefix(prefix)?, *radix)));
    let (digits, radix) = prefixed.unwrap_or((text, 10));
    let apart = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_digit(radix));
    let leading_zero = radix == 10 && digits.len() > 1 && digits.starts_with('0');
    if leading_zero || !digits.split('_').all(apart) {
        return None;
    }
    u64::from_str_radix(&digits.replace('_', ""), radix).ok()
}

/// Whether a word is true or false to the YAML reader, which takes yes and no as well.
fn is_switch(text: &str) -> bool {
    let words = ["true", "false", "yes", "no", "y", "n", "on", "off"];
    words.iter().any(|word| text.eq_ignore_ascii_case(word))
}

fn with_settings(names: &[String]) -> Vec<String> {
    names.iter().map(|name| format!("{{{name}: ...}}")).collect()
}

/// The schema of one kind of scenario.
#[derive(Debug)]
pub struct Shapes {
    root: Value,
}

impl Shapes {
    /// The schema of a root.
    #[must_use]
    pub fn of<T: JsonSchema>() -> Shapes {
        Shapes { root: schemars::schema_for!(T).to_value() }
    }

    /// The first value of the wrong type, in the order of the text.
    #[must_use]
    pub fn first_misfit(&self, document: &Document) -> Option<(KeyPath, Shape)> {
        self.search(document, &|path, node| {
            let shape = self.shape(node)?;
            let absent = document.kind(path) == Kind::Null && self.is_optional(path);
            (!absent && !shape.fits(document, path)).then_some(shape)
        })
    }

    /// The first block without a required key.
    #[must_use]
    pub fn first_without(&self, document: &Document, key: &str) -> Option<KeyPath> {
        let lacks = |path: &KeyPath, node: &Value| {
            let required = node.get("required").and_then(Value::as_array);
            let required = required.is_some_and(|all| all.iter().any(|k| k == key));
            let keys = document.keys(path);
            // A merged block may provide the key. Merged blocks are not followed.
            let given = keys.contains(&key) || keys.contains(&"<<");
            let block = matches!(document.kind(path), Kind::Block);
            (required && block && self.choices(node).is_none() && !given).then_some(())
        };
        self.search(document, &lacks).map(|(path, ())| path)
    }

    /// The expected type at a place; `None` if the schema does not know the place.
    #[must_use]
    pub fn shape_at(&self, path: &KeyPath) -> Option<Shape> {
        self.shape(self.at(path)?)
    }

    /// Whether no value is allowed at a place.
    #[must_use]
    fn is_optional(&self, path: &KeyPath) -> bool {
        let Some(key) = path.steps().last() else { return false };
        let parent = self.raw_at(&path.parent());
        let node = parent.and_then(|parent| self.child(parent, key));
        node.is_some_and(accepts_null)
    }

    /// The first place, in the order of the text, that passes a test.
    pub(crate) fn search<T>(
        &self,
        document: &Document,
        test: &dyn Fn(&KeyPath, &Value) -> Option<T>,
    ) -> Option<(KeyPath, T)> {
        self.all(document, test).next()
    }

    /// All places that pass a test, by walking document and schema together. A part of the document that the schema does not
    /// know is skipped.
    pub(crate) fn all<T>(
        &self,
        document: &Document,
        test: &dyn Fn(&KeyPath, &Value) -> Option<T>,
    ) -> impl Iterator<Item = (KeyPath, T)> {
        document.paths().into_iter().filter_map(|path| {
            let node = self.at(&path)?;
            test(&path, node).map(|found| (path, found))
        })
    }

    fn at(&self, path: &KeyPath) -> Option<&Value> {
        self.raw_at(path).map(|node| self.resolve(node))
    }

    fn raw_at(&self, path: &KeyPath) -> Option<&Value> {
        path.steps().iter().try_fold(&self.root, |node, step| self.child(node, step))
    }

    fn child<'a>(&'a self, node: &'a Value, step: &Step) -> Option<&'a Value> {
        let node = self.resolve(node);
        let inside = match step {
            Step::Key(key) => {
                let named = || node.get("additionalProperties").filter(|inner| inner.is_object());
                node.get("properties").and_then(|p| p.get(key)).or_else(named)
            }
            Step::Index(i) => match node.get("prefixItems").and_then(|items| items.get(*i)) {
                None => node.get("items"),
                item => item,
            },
        };
        inside.or_else(|| alternatives(node)?.iter().find_map(|one| self.child(one, step)))
    }

    /// Follows references, and `anyOf [something, null]` to something.
    fn resolve<'a>(&'a self, node: &'a Value) -> &'a Value {
        if let Some(reference) = node.get("$ref").and_then(Value::as_str) {
            let target = reference.strip_prefix('#').and_then(|pointer| self.root.pointer(pointer));
            return target.map_or(node, |target| self.resolve(target));
        }
        match node.get("anyOf").and_then(Value::as_array) {
            Some(all) if all.len() == 2 && all[1].get("type").is_some_and(|t| t == "null") => {
                self.resolve(&all[0])
            }
            _ => node,
        }
    }

    /// The names of an externally tagged choice.
    fn choices(&self, node: &Value) -> Option<Vec<String>> {
        let all = self.resolve(node).get("oneOf")?.as_array()?;
        all.iter().map(|one| one.get("properties")?.as_object()?.keys().next().cloned()).collect()
    }

    fn shape(&self, node: &Value) -> Option<Shape> {
        if let Some(names) = self.choices(node) {
            return Some(Shape::Choice(names));
        }
        if let Some(words) = words(node) {
            return Some(Shape::Word(words));
        }
        if let Some(all) = node.get("anyOf").and_then(Value::as_array) {
            return all.iter().find_map(|one| self.choices(one)).map(Shape::PointsOrChoice);
        }
        let kinds = node.get("type")?;
        let kind = kinds.as_str().or_else(|| kinds.get(0)?.as_str())?;
        Some(match kind {
            "number" => Shape::Number,
            "integer" => Shape::Count(most(node)),
            "string" => Shape::Text,
            "boolean" => Shape::Switch,
            "object" => Shape::Block,
            "array" => {
                let items = |key: &str| node.get(key).and_then(Value::as_u64).map(|n| n as usize);
                let fixed = items("maxItems").map(|most| [items("minItems").unwrap_or(most), most]);
                let of = node.get("items").and_then(|of| self.shape(self.resolve(of)));
                Shape::List(fixed, Box::new(of.unwrap_or(Shape::Text)))
            }
            _ => return None,
        })
    }
}

/// The largest value of an integer type.
fn most(node: &Value) -> u64 {
    match node.get("format").and_then(Value::as_str) {
        Some("uint8") => u64::from(u8::MAX),
        Some("uint16") => u64::from(u16::MAX),
        Some("uint32") => u64::from(u32::MAX),
        _ => u64::MAX,
    }
}

/// Whether a value may be null: `type: [.., null]`, or `anyOf` with null.
fn accepts_null(node: &Value) -> bool {
    let null = |kind: &Value| kind.as_str() == Some("null");
    match (node.get("type"), node.get("anyOf").and_then(Value::as_array)) {
        (Some(Value::Array(kinds)), _) => kinds.iter().any(null),
        (Some(kind), _) => null(kind),
        (None, Some(all)) => all.iter().any(accepts_null),
        (None, None) => false,
    }
}

fn alternatives(node: &Value) -> Option<&Vec<Value>> {
    node.get("oneOf").or_else(|| node.get("anyOf"))?.as_array()
}

/// The words of a plain enum: `enum`, or `oneOf` of `const` when each has a description.
fn words(node: &Value) -> Option<Vec<String>> {
    let word = |value: &Value| value.as_str().map(str::to_owned);
    if let Some(words) = node.get("enum").and_then(Value::as_array) {
        return words.iter().map(word).collect();
    }
    node.get("oneOf")?.as_array()?.iter().map(|one| one.get("const").and_then(word)).collect()
}
