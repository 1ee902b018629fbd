//! What belongs where in a scenario, read from its JSON schema.

use schemars::JsonSchema;
use serde_json::Value;

use crate::key_path::{KeyPath, Step};
use crate::locate::{Document, Kind};
use crate::numbers::list;

/// What belongs at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// A number.
    Number,
    /// A whole number, not negative.
    Count,
    /// A text.
    Text,
    /// `true` or `false`.
    Switch,
    /// One of these words.
    Word(Vec<String>),
    /// One of these names with its settings.
    Choice(Vec<String>),
    /// A list, of so many values if that is fixed.
    List(Option<usize>, Box<Shape>),
    /// A list of points, or a choice.
    PointsOrChoice(Vec<String>),
    /// Keys and values.
    Block,
}

impl Shape {
    /// In words, to follow "is not".
    #[must_use]
    pub fn in_words(&self) -> String {
        match self {
            Shape::Number => "a number".to_owned(),
            Shape::Count => "a whole number, 0 or more".to_owned(),
            Shape::Text => "a text".to_owned(),
            Shape::Switch => "true or false".to_owned(),
            Shape::Word(words) => list(words),
            Shape::Choice(names) => format!("a choice with its settings: {}", list(&with_settings(names))),
            Shape::List(None, _) => "a list".to_owned(),
            Shape::List(Some(n), of) if **of == Shape::Number => format!("a list of {n} numbers"),
            Shape::List(Some(n), _) => format!("a list of {n} values"),
            Shape::PointsOrChoice(names) => {
                format!("a list of points [x, z], {}", list(&with_settings(names)))
            }
            Shape::Block => "a block of settings".to_owned(),
        }
    }

    /// Whether a value of the document can be this; the values inside a list or block are looked at on their own.
    fn fits(&self, document: &Document, path: &KeyPath) -> bool {
        let keys = document.keys(path).len();
        match (self, document.kind(path)) {
            (_, Kind::Alias) | (Shape::Text, Kind::Scalar) | (Shape::Word(_), Kind::Scalar) => true,
            (Shape::Number, Kind::Scalar) => {
                scalar(document, path).parse::<f64>().is_ok() || special(scalar(document, path))
            }
            (Shape::Count, Kind::Scalar) => scalar(document, path).replace('_', "").parse::<u64>().is_ok(),
            (Shape::Switch, Kind::Scalar) => matches!(scalar(document, path), "true" | "false"),
            (Shape::Choice(_), Kind::Block) => keys == 1,
            (Shape::List(fixed, _), Kind::List(n)) => fixed.is_none_or(|fixed| fixed == n),
            (Shape::PointsOrChoice(_), Kind::List(_)) | (Shape::Block, Kind::Block) => true,
            (Shape::PointsOrChoice(_), Kind::Block) => keys == 1,
            _ => false,
        }
    }
}

fn with_settings(names: &[String]) -> Vec<String> {
    names.iter().map(|name| format!("{{{name}: ...}}")).collect()
}

fn scalar<'a>(document: &'a Document, path: &KeyPath) -> &'a str {
    document.scalar(path).unwrap_or_default()
}

fn special(text: &str) -> bool {
    text.trim_start_matches(['-', '+', '.']).eq_ignore_ascii_case("inf") || text.eq_ignore_ascii_case(".nan")
}

/// The schema of one kind of scenario.
#[derive(Debug)]
pub struct Shapes {
    root: Value,
}

impl Shapes {
    /// That of a root.
    #[must_use]
    pub fn of<T: JsonSchema>() -> Shapes {
        Shapes { root: schemars::schema_for!(T).to_value() }
    }

    /// The first value, in the order of the text, that cannot be what belongs there.
    #[must_use]
    pub fn first_misfit(&self, document: &Document) -> Option<(KeyPath, Shape)> {
        self.search(document, &|path, node| {
            let shape = self.shape(node)?;
            (!shape.fits(document, path)).then_some(shape)
        })
    }

    /// The first block that lacks a key it has to have.
    #[must_use]
    pub fn first_without(&self, document: &Document, key: &str) -> Option<KeyPath> {
        let lacks = |path: &KeyPath, node: &Value| {
            let required = node.get("required").and_then(Value::as_array);
            let required = required.is_some_and(|all| all.iter().any(|k| k == key));
            (required && self.choices(node).is_none() && !document.keys(path).contains(&key)).then_some(())
        };
        self.search(document, &lacks).map(|(path, ())| path)
    }

    /// Walks document and schema together; a part of the document that the schema does not know is skipped.
    fn search<T>(
        &self,
        document: &Document,
        test: &dyn Fn(&KeyPath, &Value) -> Option<T>,
    ) -> Option<(KeyPath, T)> {
        document.paths().into_iter().find_map(|path| {
            let node = self.at(&path)?;
            test(&path, node).map(|found| (path, found))
        })
    }

    fn at(&self, path: &KeyPath) -> Option<&Value> {
        let mut node = &self.root;
        for step in path.steps() {
            node = self.child(node, step)?;
        }
        Some(self.resolve(node))
    }

    fn child<'a>(&'a self, node: &'a Value, step: &Step) -> Option<&'a Value> {
        let node = self.resolve(node);
        let inside = match step {
            Step::Key(key) => node.get("properties").and_then(|p| p.get(key)),
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
            "integer" => Shape::Count,
            "string" => Shape::Text,
            "boolean" => Shape::Switch,
            "object" => Shape::Block,
            "array" => {
                let fixed = node.get("maxItems").and_then(Value::as_u64).map(|n| n as usize);
                let of = node.get("items").and_then(|of| self.shape(self.resolve(of)));
                Shape::List(fixed, Box::new(of.unwrap_or(Shape::Text)))
            }
            _ => return None,
        })
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
