//! What YAML allows, and what the reader makes of it.

#![expect(unreachable_pub, dead_code, reason = "the macro declares a public table")]

use std::path::Path;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ScenarioFile, decode};
use crate::check::CheckSettings;
use crate::unit::Unit;

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Root {
    schema: u32,
    name: String,
    grid: Grid,
    #[serde(default)]
    entries: Vec<Entry>,
    #[serde(default)]
    surface: bool,
    #[serde(default)]
    points: Vec<[f64; 2]>,
    #[serde(default)]
    seed: u64,
    #[serde(default)]
    limit: Option<f64>,
    #[serde(default)]
    word: Word,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Grid {
    #[schemars(transform = Unit::Metre.within(1e-3, 1e6))]
    spacing: f64,
    order: usize,
    x: [f64; 2],
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    shape: ShapeChoice,
    #[serde(default)]
    count: usize,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Square {
    #[schemars(transform = Unit::Metre.within(1e-3, 1e6))]
    side: f64,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Round {}

#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Word {
    #[default]
    One,
    Two,
}

impl CheckSettings for Square {}
impl CheckSettings for Round {}
impl ScenarioFile for Root {}

crate::choices! {
    /// Shapes.
    enum ShapeChoice: dyn CheckSettings {
        square => Square,
        round => Round,
    }
}

const GOOD: &str = "schema: 1\nname: a\ngrid: {spacing: 10, order: 4, x: [0, 1]}\n";

/// Line, column and title of the error, then what to do if anything is.
fn error(text: &str) -> String {
    let error = Root::from_text(text, Path::new("s.yaml")).unwrap_err();
    let (at, message) = (error.position.unwrap(), error.message());
    let help = if message.help.is_empty() { String::new() } else { format!(" | {}", message.help) };
    format!("{}:{}: {}{help}", at.line, at.column, message.title)
}

/// The good text with a part exchanged.
fn with(from: &str, to: &str) -> String {
    assert!(GOOD.contains(from), "{from}");
    GOOD.replace(from, to)
}

fn and(more: &str) -> String {
    format!("{GOOD}{more}\n")
}

/// Values that the reader takes as they were meant.
#[test]
fn other_spellings() {
    let root =
        |text: String| Root::from_text(&text, Path::new("s.yaml")).unwrap_or_else(|e| panic!("{text}\n{e}"));
    for order in ["16", "0x10", "0o20", "0b1_0000", "1_6", "+16", "'16'"] {
        assert_eq!(root(with("order: 4", &format!("order: {order}"))).grid.order, 16, "{order}");
    }
    for spacing in ["10", "10.", "+1e1", "010", "\"10\""] {
        assert_eq!(root(with("spacing: 10", &format!("spacing: {spacing}"))).grid.spacing, 10.0, "{spacing}");
    }
    for surface in ["true", "True", "yes", "on", "'true'"] {
        assert!(root(and(&format!("surface: {surface}"))).surface, "{surface}");
    }
    assert_eq!(root(with("name: a", "name: 2025")).name, "2025");
    assert_eq!(root(and("limit: ~")).limit, None);
    for text in [GOOD.replace('\n', "\r\n"), GOOD.replace('\n', "\r"), format!("\u{feff}{GOOD}")] {
        assert_eq!(root(text).grid.order, 4);
    }
    let merged = and(
        "entries:\n- &e {name: x, shape: &s {square: {side: 2}}}\n- {<<: *e, name: y}\n- {name: z, shape: *s}",
    );
    let sides = root(merged).entries.into_iter().map(|entry| match entry.shape {
        ShapeChoice::Square(square) => square.side,
        ShapeChoice::Round(_) => 0.0,
    });
    assert_eq!(sides.collect::<Vec<_>>(), [2.0; 3]);
    assert_eq!(root(and(&format!("points: [{}]", "[1, 2],".repeat(100_000)))).points.len(), 100_000);
}

/// Numbers that are none to YAML.
#[test]
fn numbers() {
    for (order, expected) in [
        ("010", "grid.order = 010 is not a whole number, 0 or more | write 10"),
        ("1e3", "grid.order = 1e3 is not a whole number, 0 or more | write 1000"),
        ("4.5", "grid.order = 4.5 is not a whole number, 0 or more"),
        ("-4", "grid.order = -4 is not a whole number, 0 or more"),
        (".inf", "grid.order = .inf is not a whole number, 0 or more | write a finite number"),
        ("true", "grid.order = true is not a whole number, 0 or more"),
        ("[4]", "grid.order is not a whole number, 0 or more"),
        ("~", "grid.order is not a whole number, 0 or more"),
    ] {
        assert_eq!(error(&with("order: 4", &format!("order: {order}"))), format!("3:28: {expected}"));
    }
    for (spacing, expected) in [
        ("1_000", "grid.spacing = 1_000 is not a number | write 1000"),
        ("inf", "grid.spacing = inf is not a number | write a finite number"),
        ("1e999", "grid.spacing = 1e999 is not a number | write a smaller number"),
        ("20 m", "grid.spacing = 20 m is not a number | lengths are in m and written without a unit: 20"),
        ("yes", "grid.spacing = yes is not a number"),
    ] {
        assert_eq!(error(&with("spacing: 10", &format!("spacing: {spacing}"))), format!("3:17: {expected}"));
    }
    assert_eq!(
        error(&with("spacing: 10", "spacing: 1,5")),
        "3:19: unknown key grid.5 | write numbers with a decimal point: a comma separates keys inside { }"
    );
    assert_eq!(error(&and("1: 1")), "4:1: unknown key 1");
    assert_eq!(
        error(&with("schema: 1", "schema: 99999999999")),
        "1:9: schema = 99999999999 is not a whole number from 0 to 4294967295 | write a smaller number"
    );
}

/// Texts, words, lists and choices that are something else.
#[test]
fn values() {
    for (text, expected) in [
        (with("name: a", "name: ~"), "2:7: name is not text | write the text after the colon"),
        (with("name: a", "name:"), "2:1: name is not text | write the text after the colon"),
        (and("surface: 1"), "4:10: surface = 1 is not true or false"),
        (and("surface: ~"), "4:10: surface is not true or false"),
        (and("word: three"), "4:1: word: unknown choice `three`"),
        (and("word: ~"), "4:7: word is not one or two"),
        (and("entries:"), "4:1: entries is not a list | write [] for a list without entries"),
        (and("entries: {name: a}"), "4:10: entries is not a list | begin each entry with `- `"),
        (
            and("entries:\n  -name: a"),
            "4:1: entries is not a list | begin each entry with a hyphen and a space: `- `",
        ),
        (
            and("points: [1, 2]"),
            "4:10: points[0] = 1 is not a list of 2 numbers | write points as [[x, z], [x, z], ...]",
        ),
        (with("[0, 1]", "[0, 1, 2]"), "3:34: grid.x is not a list of 2 numbers"),
        (
            and("entries: [{name: a, shape: [round]}]"),
            "4:28: entries[0].shape is not a choice with its settings: {square: ...} or {round: ...} | write {round: {}}",
        ),
    ] {
        assert_eq!(error(&text), expected);
    }
}

/// The first error in the text is reported, wherever YAML lets it be found.
#[test]
fn order_of_the_text() {
    for (text, expected) in [
        ("schema: 1\nname: ~\ngrid: {spacing: 10, order: x, x: [0, 1]}\n", "2:7: name is not text"),
        (
            "schema: 1\nname: a\ngrid: {spacing: 10, order: 010, x: [0, 1]}\nseed: x\n",
            "3:28: grid.order = 010",
        ),
        ("schema: 1\nnmae: a\ngrid: {spacing: ten, order: 4}\n", "2:1: unknown key nmae"),
        ("schema: 1\nname: a\ngrid: {spacing: ten, order: 4}\nlsit: 3\n", "3:17: grid.spacing = ten"),
        ("schema: 1\ngrid: {order: 4, x: [0, 1]}\nseed: x\n", "2:7: grid has no key `spacing`"),
        ("schema: x\nname: a\ngrid: {spacing: !m 10, order: 4, x: [0, 1]}\n", "1:9: schema = x"),
        ("schema: 1\nname: a\ngrid: {spacing: !m 10, order: x, x: [0, 1]}\n", "3:20: the tag `!m`"),
        (
            "schema: 1\nname: a\nlimit: ~\ngrid: {spacing: 10, order: 010, x: [0, 1]}\n",
            "4:28: grid.order = 010",
        ),
        (
            "entries: [{name: x, shape: {square: {side: 0}}}]\nschema: 1\nname: a\ngrid: {spacing: 0, order: 4, x: [0, 1]}\n",
            "1:44: entries[0].shape.square.side = 0 is not positive",
        ),
        (
            "grid: {spacing: 0, order: 4, x: [0, 1]}\nentries: [{name: x, shape: {square: {side: 0}}}]\nschema: 1\nname: a\n",
            "1:17: grid.spacing = 0 is not positive",
        ),
    ] {
        let found = error(text);
        assert!(found.starts_with(expected), "{found}\n{expected}");
    }
}

/// Aliases and merge keys lead to the place where they are used.
#[test]
fn aliases() {
    for (more, expected) in [
        ("seed: *s", "4:7: not valid YAML: alias references unknown anchor"),
        ("points: [[0, &q 1.5]]\nseed: *q", "5:7: seed = 1.5 is not a whole number, 0 or more"),
        (
            "entries: [&e {name: x, shape: {round: {}}}, {<<: *e, cuont: 1}]",
            "4:54: unknown key entries[1].cuont",
        ),
        ("entries: [&e {name: x, shape: {round: {}}}, {<<: 3}]", "4:50: entries[1].<< merges something"),
        (
            "entries: [{name: x, shape: {round: &r {}}}, {<<: *r, name: y}]",
            "4:45: entries[1] has no key `shape`",
        ),
        ("entries: [{name: x, shape: &s {square: {side: one}}}]", "4:47: entries[0].shape.square.side = one"),
        (
            "points: &p [[0, 1]]\nentries: [{name: x, shape: {square: *p}}]",
            "5:37: entries[0].shape.square is not a block",
        ),
        ("points: [&p [1, 2], *p", "4:9: not valid YAML: unclosed bracket"),
    ] {
        let found = error(&and(more));
        assert!(found.starts_with(expected), "{found}\n{expected}");
    }
    let many = and(&format!("points: [&p [1, 2]{}]", ", *p".repeat(20_000)));
    assert!(error(&many).contains("too many aliases for a scenario"), "{}", error(&many));
}

/// Keys that YAML allows and a scenario does not.
#[test]
fn keys() {
    for (text, expected) in [
        (and("name: b"), "4:1: name is given twice | remove one of the two"),
        (with("order: 4", "order: 4, order: 6"), "3:31: grid.order is given twice | remove one of the two"),
        (
            and(": 1"),
            "4:1: this key is not a word | put quotation marks around a value that begins with `?` or `:`",
        ),
        (
            and("? [a, b]\n: 1"),
            "4:3: this key is not a word | put quotation marks around a value that begins with `?` or `:`",
        ),
        (and("\u{a0}seed: 1"), "4:1: unknown key \u{a0}seed | remove the invisible character in the key"),
        (and("sede: 1"), "4:1: unknown key sede | did you mean `seed`?"),
    ] {
        assert_eq!(error(&text), expected);
    }
}

/// Texts that are no scenario have a place as well.
#[test]
fn whole_texts() {
    for (text, expected) in [
        (String::new(), "1:1: the scenario is empty"),
        ("\u{feff}# a\n\n".to_owned(), "1:1: the scenario is empty"),
        ("---\n".to_owned(), "1:1: the scenario is empty"),
        ("hello\n".to_owned(), "1:1: the scenario is not a block of settings | begin with `schema: 1`"),
        ("# a\n- a\n".to_owned(), "2:1: the scenario is not a block of settings | begin with `schema: 1`"),
        (GOOD.replace("name: a\n", ""), "1:1: the scenario has no key `name`"),
        (format!("{GOOD}---\n{GOOD}"), "5:1: not valid YAML: a second document begins here"),
        (and(&format!("points: {}", "[".repeat(500))), "4:264: nested too deeply for a scenario"),
        (format!("{GOOD}#{}", "\n#".repeat(3 << 20)), "2097126:2: the scenario is longer than 4.2 MB"),
        (
            with("name: a", "name: \"C:\\data\""),
            "2:7: not valid YAML: while parsing a quoted scalar, found unknown escape",
        ),
    ] {
        let found = error(&text);
        assert!(found.starts_with(expected), "{found}\n{expected}");
    }
    let found = decode(b"schema: 1\nname: \xe4\n".to_vec(), Path::new("s.yaml")).unwrap_err();
    assert_eq!(
        found.to_string(),
        "s.yaml:2:7: the scenario is not text in UTF-8\n  |\n2 | name: \u{fffd}\n  |       ^\n found: the byte 0xe4   expected: \
         UTF-8\n help: save the file in the encoding UTF-8\n"
    );
}
