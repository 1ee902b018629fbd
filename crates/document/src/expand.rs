//! Blocks that describe several members of a list: `repeat` over seeds and `sweep` over values.
//!
//! The text of a scenario is expanded before it is read, so the settings contain single members only. The error of an expanded
//! member points to the line of its block, or to the value of the sweep that causes it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::key_path::{KeyPath, Step};
use crate::problem::{Fault, Message, Problem, Subject};
use crate::unit::Unit;

/// Largest number of members of one block.
const MOST: usize = 1000;

/// One block as several members that differ in their seed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Repeat {
    /// Number of seeds. The first is `seed` of the block, and the others follow it.
    #[schemars(transform = Unit::None.within(1.0, 1000.0))]
    pub seeds: usize,
}

/// One block as several members that differ in some settings. Each key is a setting of the block, such as `network.width`, and
/// its value is the list of values to try. Every combination of values is a member.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Sweep {
    /// Settings that change together. Their lists have the same length and are combined value by value.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub in_step: BTreeMap<String, Vec<Value>>,
    /// Any other setting of the block.
    #[serde(flatten)]
    pub crossed: BTreeMap<String, Vec<Value>>,
}

/// A sweep or a repetition that cannot be expanded.
#[derive(Debug)]
struct NotExpandable {
    title: String,
    found: String,
    expected: String,
    help: &'static str,
}

impl Problem for NotExpandable {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{} {}", subject.key, self.title))
            .found(self.found.clone())
            .expected(self.expected.clone())
            .help(self.help)
    }
}

/// One setting in which the members of a block differ.
#[derive(Debug, Clone)]
struct Axis {
    /// The keys of the setting.
    steps: Vec<Step>,
    /// The place of its values, relative to the block.
    written: KeyPath,
    values: Vec<Value>,
    /// Whether one place holds all values.
    single: bool,
}

/// Settings that change together.
type Group = Vec<Axis>;

/// The origin of an expanded member.
#[derive(Debug, Clone)]
struct Source {
    /// The block in the list of the text.
    block: usize,
    /// Each varied setting, and where its value is written.
    varied: Vec<(Vec<Step>, KeyPath)>,
}

/// A scenario without `repeat` and `sweep`.
#[derive(Debug)]
pub struct Expanded {
    /// Its text.
    pub text: String,
    lists: Vec<(String, Vec<Source>)>,
}

/// Expands all blocks with `repeat` or `sweep` in the lists at the top of a scenario. Returns `None` if there are none, or if the
/// text is not YAML; the reader reports the latter.
///
/// # Errors
/// A sweep that cannot be expanded, with the key in the text.
pub fn expand(text: &str) -> Result<Option<Expanded>, Fault> {
    if !(text.contains("repeat") || text.contains("sweep")) {
        return Ok(None);
    }
    let value = serde_saphyr::from_str_with_options::<Value>(text, crate::limits::options());
    let Ok(Value::Object(mut root)) = value else { return Ok(None) };
    let mut lists = Vec::new();
    for (name, value) in &mut root {
        let Value::Array(blocks) = value else { continue };
        let stands_for_several = |block: &Value| block.get("repeat").or_else(|| block.get("sweep")).is_some();
        if !blocks.iter().any(stands_for_several) {
            continue;
        }
        let (mut members, mut sources) = (Vec::new(), Vec::new());
        for (index, block) in blocks.iter().enumerate() {
            let at = KeyPath::of(name).index(index);
            for (member, source) in members_of(block, index, &at)? {
                members.push(member);
                sources.push(source);
            }
        }
        *blocks = members;
        lists.push((name.clone(), sources));
    }
    if lists.is_empty() {
        return Ok(None);
    }
    match serde_saphyr::to_string(&Value::Object(root)) {
        Ok(text) => Ok(Some(Expanded { text, lists })),
        Err(_) => Ok(None),
    }
}

impl Expanded {
    /// The place in the text of the scenario that a value of the expanded text comes from.
    #[must_use]
    pub fn written(&self, key: &KeyPath) -> KeyPath {
        let [Step::Key(list), Step::Index(member), rest @ ..] = key.steps() else { return key.clone() };
        let Some((_, sources)) = self.lists.iter().find(|(name, _)| name == list) else { return key.clone() };
        let Some(source) = sources.get(*member) else { return key.clone() };
        let block = KeyPath::of(list).index(source.block);
        for (steps, written) in &source.varied {
            if rest.starts_with(steps) {
                return joined(&joined(&block, written.steps()), &rest[steps.len()..]);
            }
        }
        joined(&block, rest)
    }
}

/// The place of a value in the text of a scenario, given its place among the expanded members.
#[must_use]
pub fn written(text: &str, key: &KeyPath) -> KeyPath {
    match expand(text) {
        Ok(Some(expanded)) => expanded.written(key),
        _ => key.clone(),
    }
}

fn joined(path: &KeyPath, steps: &[Step]) -> KeyPath {
    steps.iter().fold(path.clone(), |path, step| match step {
        Step::Key(key) => path.key(key),
        Step::Index(index) => path.index(*index),
    })
}

/// The members that a block describes.
fn members_of(block: &Value, index: usize, at: &KeyPath) -> Result<Vec<(Value, Source)>, Fault> {
    let as_it_is = || vec![(block.clone(), Source { block: index, varied: Vec::new() })];
    let Value::Object(settings) = block else { return Ok(as_it_is()) };
    let mut plain = settings.clone();
    let (repeat, sweep) = (plain.remove("repeat"), plain.remove("sweep"));
    if repeat.is_none() && sweep.is_none() {
        return Ok(as_it_is());
    }
    let mut groups = sweep.map_or_else(|| Ok(Vec::new()), |sweep| swept(&sweep, &at.key("sweep")))?;
    if let Some(repeat) = repeat {
        groups.push(repeated(&repeat, &plain, &groups, at)?);
    }
    let count = groups.iter().map(|group| group[0].values.len()).fold(1, usize::saturating_mul);
    if count > MOST {
        return Err(Fault::new(
            at,
            NotExpandable {
                title: "describes too many members".to_owned(),
                found: count.to_string(),
                expected: format!("at most {MOST}"),
                help: "shorten the lists, or combine some of them value by value with `in_step`",
            },
        ));
    }
    (0..count).map(|k| member(&plain, &groups, k, index, at)).collect()
}

/// The k-th member; the last group varies fastest.
fn member(
    plain: &Map<String, Value>,
    groups: &[Group],
    mut k: usize,
    block: usize,
    at: &KeyPath,
) -> Result<(Value, Source), Fault> {
    let mut chosen = vec![0; groups.len()];
    for (place, group) in chosen.iter_mut().zip(groups).rev() {
        *place = k % group[0].values.len();
        k /= group[0].values.len();
    }
    let mut member = Value::Object(plain.clone());
    let mut varied = Vec::new();
    let (mut name, mut shared) = (String::new(), String::new());
    for (group, &i) in groups.iter().zip(&chosen) {
        for axis in group {
            let written = if axis.single { axis.written.clone() } else { axis.written.index(i) };
            set(&mut member, &axis.steps, &axis.values[i]).map_err(|found| {
                Fault::new(
                    joined(at, axis.written.steps()),
                    NotExpandable {
                        title: "is not a setting of this block".to_owned(),
                        found,
                        expected: "the keys of a setting, with dots between them".to_owned(),
                        help: "write `network.width: [64, 128]`, for instance",
                    },
                )
            })?;
            varied.push((axis.steps.clone(), written));
            let part = format!("-{}-{}", key_in_name(axis, groups), value_in_name(&axis.values[i], i));
            name += &part;
            if axis.steps != [Step::Key("seed".to_owned())] {
                shared += &part;
            }
        }
    }
    let base = plain.get("name").map(text_of).unwrap_or_default();
    let Value::Object(settings) = &mut member else { unreachable!("a block is a mapping") };
    settings.insert("name".to_owned(), Value::from(format!("{base}{name}")));
    let seeds = groups
        .iter()
        .flatten()
        .any(|axis| axis.steps == [Step::Key("seed".to_owned())] && axis.values.len() > 1);
    if seeds && !settings.contains_key("group") {
        settings.insert("group".to_owned(), Value::from(format!("{base}{shared}")));
    }
    Ok((member, Source { block, varied }))
}

/// The groups of a sweep.
fn swept(sweep: &Value, at: &KeyPath) -> Result<Vec<Group>, Fault> {
    let wrong = |at: &KeyPath, found: &Value, expected: &str| {
        Fault::new(
            at,
            NotExpandable {
                title: "cannot be expanded".to_owned(),
                found: short(found),
                expected: expected.to_owned(),
                help: "write `sweep: {network.width: [64, 128], seed: [1, 2, 3]}`, for instance",
            },
        )
    };
    let Value::Object(settings) = sweep else {
        return Err(wrong(at, sweep, "settings, each with a list of values"));
    };
    let axis = |name: &str, value: &Value, at: &KeyPath, written: KeyPath| match value {
        Value::Array(values) if !values.is_empty() => {
            Ok(Axis { steps: steps_of(name), written, values: values.clone(), single: false })
        }
        other => Err(wrong(at, other, "a list of at least one value")),
    };
    let mut groups = Vec::new();
    for (name, value) in settings {
        let at = at.key(name);
        if name != "in_step" {
            groups.push(vec![axis(name, value, &at, KeyPath::of("sweep").key(name))?]);
            continue;
        }
        let Value::Object(together) = value else {
            return Err(wrong(&at, value, "settings, each with a list of values"));
        };
        let mut group: Group = Vec::new();
        for (name, value) in together {
            let at = at.key(name);
            let axis = axis(name, value, &at, KeyPath::of("sweep.in_step").key(name))?;
            if let Some(first) = group.first()
                && first.values.len() != axis.values.len()
            {
                let expected = format!("{} values, as many as the first list has", first.values.len());
                return Err(wrong(&at, value, &expected));
            }
            group.push(axis);
        }
        if group.is_empty() {
            return Err(wrong(&at, value, "at least one setting with a list of values"));
        }
        groups.push(group);
    }
    if groups.is_empty() {
        return Err(wrong(at, sweep, "at least one setting with a list of values"));
    }
    Ok(groups)
}

/// The seeds of a repetition.
fn repeated(
    repeat: &Value,
    block: &Map<String, Value>,
    groups: &[Group],
    at: &KeyPath,
) -> Result<Group, Fault> {
    let wrong = |found: String, expected: &str| {
        Fault::new(
            at.key("repeat"),
            NotExpandable {
                title: "cannot be expanded".to_owned(),
                found,
                expected: expected.to_owned(),
                help: "write `repeat: {seeds: 5}`, for instance",
            },
        )
    };
    let count = match repeat {
        Value::Object(settings) if settings.len() == 1 => settings.get("seeds").and_then(Value::as_u64),
        _ => None,
    };
    let Some(count) = count.filter(|count| (1..=MOST as u64).contains(count)) else {
        return Err(wrong(short(repeat), "{seeds: N} with a number of seeds from 1 to 1000"));
    };
    let steps = vec![Step::Key("seed".to_owned())];
    if groups.iter().flatten().any(|axis| axis.steps == steps) {
        return Err(wrong("`seed` in `sweep` as well".to_owned(), "one of the two"));
    }
    let first = block.get("seed").map_or(Some(0), Value::as_u64);
    let Some(first) = first.filter(|first| first.checked_add(count).is_some()) else {
        return Err(wrong(short(&block["seed"]), "a whole number as `seed` of the block"));
    };
    let values = (first..first + count).map(Value::from).collect();
    Ok(vec![Axis { steps, written: KeyPath::of("repeat.seeds"), values, single: true }])
}

fn steps_of(name: &str) -> Vec<Step> {
    let step = |part: &str| match part.parse() {
        Ok(index) => Step::Index(index),
        Err(_) => Step::Key(part.to_owned()),
    };
    name.split('.').map(step).collect()
}

/// Puts a value into a block at a setting such as `model.truth.salt.centre.0`, and creates missing blocks on the way.
///
/// # Errors
/// The value that is in the way.
pub fn put(place: &mut Value, setting: &str, value: &Value) -> Result<(), String> {
    set(place, &steps_of(setting), value)
}

/// Puts a value into a block and creates missing blocks on the way. The error is the value that is in the way.
fn set(place: &mut Value, steps: &[Step], value: &Value) -> Result<(), String> {
    let Some((step, rest)) = steps.split_first() else {
        *place = value.clone();
        return Ok(());
    };
    if place.is_null() {
        *place = Value::Object(Map::new());
    }
    let found = format!("`{}` in {}", step_in_name(step), short(place));
    let inside = match step {
        Step::Key(key) if key.is_empty() => None,
        Step::Key(key) => place.as_object_mut().map(|block| block.entry(key.clone()).or_insert(Value::Null)),
        Step::Index(index) => place.as_array_mut().and_then(|list| list.get_mut(*index)),
    };
    inside.map_or(Err(found), |inside| set(inside, rest, value))
}

/// The last key of a setting, or all its keys if another setting has the same last key.
fn key_in_name(axis: &Axis, groups: &[Group]) -> String {
    let last = |axis: &Axis| axis.steps.last().map(step_in_name).unwrap_or_default();
    let alike = groups.iter().flatten().filter(|other| last(other) == last(axis)).count() > 1;
    if alike { axis.steps.iter().map(step_in_name).collect::<Vec<_>>().join("-") } else { last(axis) }
}

fn step_in_name(step: &Step) -> String {
    match step {
        Step::Key(key) => key.clone(),
        Step::Index(index) => index.to_string(),
    }
}

/// A value as a part of the name of a folder.
fn value_in_name(value: &Value, index: usize) -> String {
    let text = match value {
        Value::Object(settings) if settings.len() == 1 => settings.keys().next().cloned().unwrap_or_default(),
        Value::Object(_) | Value::Array(_) | Value::Null => (index + 1).to_string(),
        other => text_of(other),
    };
    let allowed = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-') { c } else { '_' };
    text.chars().map(allowed).collect()
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn short(value: &Value) -> String {
    let text = text_of(value);
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
name: a
fits:
  - name: net
    network: {width: 8, layers: 2}
    seed: 4
    sweep: {network.width: [64, 128], seed: [1, 2, 3]}
  - name: plain
    network: {width: 8}
  - name: again
    network: {width: 8}
    seed: 7
    repeat: {seeds: 2}
  - name: step
    network: {width: 8}
    sweep:
      in_step: {network.width: [16, 32], steps: [10, 20]}
      optimizer: [{adam: {learning_rate: 1e-3}}, {soap: {}}]
";

    fn members(text: &str) -> Vec<Value> {
        let expanded = expand(text).unwrap().unwrap();
        let value: Value = serde_saphyr::from_str(&expanded.text).unwrap();
        value["fits"].as_array().unwrap().clone()
    }

    #[test]
    fn members_are_named_by_what_differs() {
        let members = members(TEXT);
        let names: Vec<&str> = members.iter().map(|m| m["name"].as_str().unwrap()).collect();
        assert_eq!(
            names,
            [
                "net-width-64-seed-1",
                "net-width-64-seed-2",
                "net-width-64-seed-3",
                "net-width-128-seed-1",
                "net-width-128-seed-2",
                "net-width-128-seed-3",
                "plain",
                "again-seed-7",
                "again-seed-8",
                "step-width-16-steps-10-optimizer-adam",
                "step-width-16-steps-10-optimizer-soap",
                "step-width-32-steps-20-optimizer-adam",
                "step-width-32-steps-20-optimizer-soap",
            ]
        );
        assert_eq!(
            (&members[3]["network"]["width"], &members[3]["network"]["layers"]),
            (&128.into(), &2.into())
        );
        assert_eq!(members[3]["seed"], 1);
        let groups: Vec<Option<&str>> =
            members.iter().map(|m| m.get("group").and_then(Value::as_str)).collect();
        assert_eq!(
            groups[..9],
            [
                Some("net-width-64"),
                Some("net-width-64"),
                Some("net-width-64"),
                Some("net-width-128"),
                Some("net-width-128"),
                Some("net-width-128"),
                None,
                Some("again"),
                Some("again"),
            ]
        );
        assert_eq!(groups[9..], [None; 4]);
        assert!(members.iter().all(|m| m.get("sweep").is_none() && m.get("repeat").is_none()));
    }

    /// A fault of an expanded member is written in its block, or at the value of the sweep.
    #[test]
    fn faults_are_where_they_are_written() {
        for (expanded, text) in [
            ("fits[4].network.width", "fits[0].sweep.network.width[1]"),
            ("fits[4].seed", "fits[0].sweep.seed[1]"),
            ("fits[4].network.layers", "fits[0].network.layers"),
            ("fits[6].network.width", "fits[1].network.width"),
            ("fits[8].seed", "fits[2].repeat.seeds"),
            ("fits[12].optimizer.soap.learning_rate", "fits[3].sweep.optimizer[1].soap.learning_rate"),
            ("fits[12].steps", "fits[3].sweep.in_step.steps[1]"),
            ("name", "name"),
        ] {
            let key = expanded.split(['.', '[']).fold(KeyPath::root(), |path, part| {
                match part.trim_end_matches(']').parse() {
                    Ok(index) => path.index(index),
                    Err(_) => path.key(part),
                }
            });
            assert_eq!(key.to_string(), expanded);
            assert_eq!(written(TEXT, &key).to_string(), text, "{expanded}");
        }
    }

    #[test]
    fn what_cannot_be_expanded_is_refused() {
        let fault = |block: &str| {
            let text = format!("fits:\n  - {{name: a, network: {{width: 8}}, {block}}}\n");
            expand(&text).unwrap_err().key.to_string()
        };
        assert_eq!(fault("sweep: 3"), "fits[0].sweep");
        assert_eq!(fault("sweep: {}"), "fits[0].sweep");
        assert_eq!(fault("sweep: {seed: 3}"), "fits[0].sweep.seed");
        assert_eq!(fault("sweep: {seed: []}"), "fits[0].sweep.seed");
        assert_eq!(fault("sweep: {name.x: [1]}"), "fits[0].sweep.name.x");
        assert_eq!(fault("sweep: {network.3: [1]}"), "fits[0].sweep.network.3");
        assert_eq!(fault("sweep: {in_step: {seed: [1, 2], steps: [1]}}"), "fits[0].sweep.in_step.steps");
        assert_eq!(fault("repeat: 5"), "fits[0].repeat");
        assert_eq!(fault("repeat: {seeds: 0}"), "fits[0].repeat");
        assert_eq!(fault("repeat: {seeds: 2}, sweep: {seed: [1]}"), "fits[0].repeat");
        assert_eq!(fault("repeat: {seeds: 900}, sweep: {steps: [1, 2]}"), "fits[0]");
        assert!(expand("fits: [{name: repeat}]").unwrap().is_none());
        assert!(expand("fits: [repeat").unwrap().is_none());
    }
}
