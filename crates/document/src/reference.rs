//! The settings for machines (JSON schema) and for people (a reference page), made from the doc comments of the structs.

use std::fmt::Write;

use schemars::{JsonSchema, SchemaGenerator};
use serde_json::Value;

use crate::number::Number;
use crate::numbers::plain;
use crate::unit::Unit;

/// A kind of file: its heading in the reference, the keys that identify it, and its schema.
#[derive(Debug, Clone, Copy)]
pub struct Root {
    heading: &'static str,
    keys: &'static [&'static str],
    define: fn(&mut SchemaGenerator) -> String,
}

impl Root {
    /// The kind of file that `T` describes. A file is of this kind if it has one of the keys at its top and no key of an earlier root.
    #[must_use]
    pub const fn of<T: JsonSchema>(heading: &'static str, keys: &'static [&'static str]) -> Root {
        Root { heading, keys, define: define::<T> }
    }
}

/// Adds a root and its blocks to a schema, and returns its place in the schema.
fn define<T: JsonSchema>(generator: &mut SchemaGenerator) -> String {
    let reference = generator.subschema_for::<T>().to_value();
    reference["$ref"].as_str().unwrap_or_default().to_owned()
}

/// One schema with all blocks in `$defs`, and references to the roots among them.
fn schema(roots: &[Root]) -> (Value, Vec<String>) {
    let mut generator = SchemaGenerator::default();
    let roots = roots.iter().map(|root| (root.define)(&mut generator)).collect();
    (serde_json::json!({"$defs": generator.take_definitions(true)}), roots)
}

/// The indented JSON schema of files of these kinds. A file without any identifying key is of the kind `otherwise`.
#[must_use]
pub fn json_schema(title: &str, roots: &[Root], otherwise: usize) -> String {
    let (mut schema, references) = schema(roots);
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema".into();
    schema["title"] = title.into();
    schema["type"] = "object".into();
    // Test one kind at a time: if all alternatives failed, an editor would report an arbitrary one.
    let of = |reference: &String| serde_json::json!({"$ref": reference});
    let each = roots.iter().zip(&references).rev();
    let by_keys = each.fold(of(&references[otherwise]), |rest, (root, reference)| {
        let has: Vec<Value> = root.keys.iter().map(|key| serde_json::json!({"required": [key]})).collect();
        serde_json::json!({"if": {"anyOf": has}, "then": of(reference), "else": rest})
    });
    schema["allOf"] = serde_json::json!([by_keys]);
    serde_json::to_string_pretty(&schema).expect("a schema is plain JSON")
}

/// The reference page in Markdown: every block with its keys, types, defaults, meanings and units. `head` begins the page.
#[must_use]
pub fn markdown(head: &str, roots: &[Root]) -> String {
    let (schema, references) = schema(roots);
    let mut page = Page { schema: &schema, text: head.to_owned(), done: Vec::new(), waiting: Vec::new() };
    for (root, reference) in roots.iter().zip(&references) {
        page.block(root.heading, schema.pointer(&reference[1..]).unwrap_or(&Value::Null));
        while let Some(name) = page.waiting.pop() {
            if !page.done.contains(&name) {
                page.done.push(name.clone());
                let node = &schema["$defs"][&name];
                if node.get("properties").is_some_and(|p| p.as_object().is_some_and(|p| !p.is_empty()))
                    || choices(node).is_some()
                    || node.get("anyOf").is_some()
                {
                    page.block(&heading(&name), node);
                }
            }
        }
    }
    page.text.truncate(page.text.trim_end().len());
    page.text.push('\n');
    page.text
}

struct Page<'a> {
    schema: &'a Value,
    text: String,
    done: Vec<String>,
    waiting: Vec<String>,
}

impl Page<'_> {
    fn line(&mut self, text: &str) {
        let _ = writeln!(self.text, "{text}");
    }

    fn block(&mut self, title: &str, node: &Value) {
        self.line(&format!("## {title}\n"));
        let text = description(node).unwrap_or_default().replace("# Source\n", "Source: ");
        self.line(&format!("{text}\n"));
        let mut mentioned = Vec::new();
        if let Some(choices) = choices(node) {
            self.line("| choice | meaning | settings |\n|---|---|---|");
            for (name, settings, own) in choices {
                let target = self.resolve(settings);
                let text = cell(description(target).or(own).unwrap_or_default());
                let kind = if empty(target) {
                    "none: `{}`".to_owned()
                } else if settings.get("properties").is_some() {
                    let keys = self.keys(settings, &mut mentioned);
                    let key = |[key, kind, default, text]: &[String; 4]| {
                        format!("{key}: {kind}, {default}: {text}")
                    };
                    keys.iter().map(key).collect::<Vec<_>>().join("<br>")
                } else {
                    self.kind(settings, &mut mentioned)
                };
                self.line(&format!("| `{name}` | {text} | {kind} |"));
            }
            self.line("");
        } else if let Some(all) = node.get("anyOf").and_then(Value::as_array) {
            for one in all {
                let kind = self.kind(one, &mut mentioned);
                let text = description(one).unwrap_or_default();
                self.line(&format!("- {kind}: {text}"));
            }
            self.line("");
        } else if node.get("properties").is_some() {
            self.line("| key | type | default | meaning |\n|---|---|---|---|");
            for cells in self.keys(node, &mut mentioned) {
                self.line(&format!("| {} |", cells.join(" | ")));
            }
            self.line("");
        }
        // Depth first, in the order of the text.
        mentioned.reverse();
        self.waiting.append(&mut mentioned);
    }

    /// Key, type, default and meaning of every key of a block.
    fn keys(&self, node: &Value, mentioned: &mut Vec<String>) -> Vec<[String; 4]> {
        let required = node.get("required").and_then(Value::as_array);
        let properties = node.get("properties").and_then(Value::as_object).into_iter().flatten();
        let row = |(key, value): (&String, &Value)| {
            let default = match value.get("default") {
                _ if required.is_some_and(|all| all.iter().any(|k| k == key)) => "required".to_owned(),
                None | Some(Value::Null) => "absent".to_owned(),
                Some(default) => format!("`{}`", inline(default)),
            };
            let kind = self.kind(value, mentioned);
            let text = description(value).or_else(|| description(self.resolve(value))).unwrap_or_default();
            [format!("`{key}`"), kind, default, cell(text)]
        };
        properties.map(row).collect()
    }

    fn resolve<'a>(&'a self, node: &'a Value) -> &'a Value {
        let target =
            node.get("$ref").and_then(Value::as_str).and_then(|r| self.schema.pointer(r.strip_prefix('#')?));
        target.unwrap_or(node)
    }

    /// The type of a value in words, with links to blocks.
    fn kind(&self, node: &Value, mentioned: &mut Vec<String>) -> String {
        if let Some(name) = node.get("$ref").and_then(Value::as_str).and_then(|r| r.strip_prefix("#/$defs/"))
        {
            let target = &self.schema["$defs"][name];
            if let Some(words) = words(target) {
                return words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
            }
            // A block that consists of another one is described there.
            if target.get("type").is_some_and(|t| t != "object") || target.get("$ref").is_some() {
                return self.kind(target, mentioned);
            }
            mentioned.push(name.to_owned());
            let title = heading(name);
            return format!("[{title}](#{})", title.to_lowercase().replace(' ', "-"));
        }
        if let Some(all) = node.get("anyOf").and_then(Value::as_array) {
            let kinds = all.iter().filter(|one| one.get("type").is_none_or(|t| t != "null"));
            return kinds.map(|one| self.kind(one, mentioned)).collect::<Vec<_>>().join(" or ");
        }
        let what = self.without_range(node, mentioned);
        number_of(node).map_or(what.clone(), |number| what + &in_unit(number))
    }

    /// The type of a value that is not a reference, without the unit and the range of its numbers.
    fn without_range(&self, node: &Value, mentioned: &mut Vec<String>) -> String {
        match kind_of(node) {
            "number" => "number".to_owned(),
            "integer" => "whole number".to_owned(),
            "string" => "text".to_owned(),
            "boolean" => "`true` or `false`".to_owned(),
            "array" => {
                let items = node.get("items").unwrap_or(&Value::Null);
                let of = match number_of(items) {
                    Some(_) => self.without_range(items, mentioned),
                    None => self.kind(items, mentioned),
                };
                match node.get("maxItems").and_then(Value::as_u64) {
                    Some(2) if of == "number" => "[number, number]".to_owned(),
                    Some(n) => {
                        match node.get("minItems").and_then(Value::as_u64).filter(|least| *least < n) {
                            Some(least) => format!("list of {least} to {n}: {of}"),
                            None => format!("list of {n}: {of}"),
                        }
                    }
                    None => format!("list of {of}"),
                }
            }
            "object" if node.get("additionalProperties").is_some_and(Value::is_object) => {
                format!("by name: {}", self.kind(&node["additionalProperties"], mentioned))
            }
            other => other.to_owned(),
        }
    }
}

/// The first of the types that a value can have.
#[must_use]
pub fn kind_of(node: &Value) -> &str {
    let kinds = node.get("type").unwrap_or(&Value::Null);
    kinds.as_str().or_else(|| kinds.get(0).and_then(Value::as_str)).unwrap_or("value")
}

/// The unit and the range of a number or of the numbers of a list.
fn number_of(node: &Value) -> Option<Number> {
    Number::of(node).or_else(|| number_of(node.get("items")?))
}

/// ` in m, 0 to 1e7`.
fn in_unit(Number { unit, range: [least, most] }: Number) -> String {
    let unit = if unit == Unit::None { String::new() } else { format!(" in {}", unit.symbol()) };
    format!("{unit}, {} to {}", plain(least), plain(most))
}

fn description(node: &Value) -> Option<&str> {
    node.get("description").and_then(Value::as_str)
}

fn empty(node: &Value) -> bool {
    node.get("type").is_some_and(|t| t == "object")
        && node.get("properties").and_then(Value::as_object).is_none_or(serde_json::Map::is_empty)
}

/// Names, settings and own descriptions of an externally tagged choice.
fn choices(node: &Value) -> Option<Vec<(&String, &Value, Option<&str>)>> {
    let all = node.get("oneOf")?.as_array()?;
    let row = |one| {
        let (name, settings) = Value::get(one, "properties")?.as_object()?.iter().next()?;
        Some((name, settings, description(one)))
    };
    all.iter().map(row).collect()
}

/// The first paragraph, for a cell of a table.
fn cell(text: &str) -> String {
    let summary = text.split("\n\n").next().unwrap_or_default();
    summary.replace('\n', " ").replace('|', "\\|")
}

fn words(node: &Value) -> Option<Vec<&str>> {
    if let Some(all) = node.get("enum").and_then(Value::as_array) {
        return all.iter().map(Value::as_str).collect();
    }
    node.get("oneOf")?.as_array()?.iter().map(|one| one.get("const")?.as_str()).collect()
}

/// JSON as it is written in a scenario.
fn inline(value: &Value) -> String {
    match value {
        Value::Object(all) => {
            let pairs: Vec<String> = all
                .iter()
                .filter(|(_, v)| !v.is_null())
                .map(|(key, value)| format!("{key}: {}", inline(value)))
                .collect();
            format!("{{{}}}", pairs.join(", "))
        }
        Value::Array(all) => format!("[{}]", all.iter().map(inline).collect::<Vec<_>>().join(", ")),
        Value::String(text) => text.clone(),
        Value::Number(number) => match number.as_f64() {
            Some(value) if number.is_f64() => value.to_string(),
            _ => number.to_string(),
        },
        other => other.to_string(),
    }
}

/// `GridBlock` is "Grid block", `ModelChoice` "Model choices", `TotalVariation` "Total variation".
fn heading(name: &str) -> String {
    let mut text = String::new();
    for (i, c) in name.chars().enumerate() {
        if c.is_uppercase() && i > 0 {
            text.push(' ');
            text.extend(c.to_lowercase());
        } else {
            text.push(c);
        }
    }
    if name.ends_with("Choice") {
        text.push('s');
    }
    text
}
