//! The settings that determine results. They are stored with the results and compared when a run is resumed.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::Kind;

/// Keys of a scenario that do not influence any result.
const IRRELEVANT: [&str; 5] = ["schema", "name", "outputs", "wells", "time_limit"];
/// Keys of a member that do not influence its result.
const IRRELEVANT_OF_MEMBERS: [&str; 4] = ["name", "group", "time_limit", "device"];

/// The settings of a study, resolved.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// The settings that all members share.
    pub common: Value,
    /// The members by name, in the scenario's order.
    pub members: Vec<(String, Value)>,
}

impl Settings {
    /// The settings of a scenario, including defaults. Files are represented by digests of their contents. Their paths are relative
    /// to `folder`.
    #[must_use]
    pub fn new(kind: Kind, resolved: &Value, folder: &Path) -> Settings {
        let mut common = resolved.clone();
        let mut members = Vec::new();
        if let Value::Object(root) = &mut common {
            for key in IRRELEVANT {
                root.remove(key);
            }
            if let Some(Value::Array(list)) = root.remove(kind.key()) {
                for block in list {
                    let (name, mut settings) = member(block, folder);
                    with_earlier(&mut settings, &members);
                    members.push((name, settings));
                }
            }
        }
        by_contents(&mut common, folder);
        if let Some(Value::Object(data)) = common.get_mut("data") {
            let file = data.remove("file");
            // The other settings determine simulated data.
            if data.get("simulate").is_none_or(Value::is_null)
                && let Some(file) = file.as_ref().and_then(Value::as_str)
            {
                data.insert("contents".to_owned(), Value::from(digest_of_file(&folder.join(file))));
            }
        }
        Settings { common, members }
    }

    /// The settings of the member called `name`.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<&Value> {
        self.members.iter().find(|(other, _)| other == name).map(|(_, settings)| settings)
    }

    /// The names of the members.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.members.iter().map(|(name, _)| name.clone()).collect()
    }

    /// A digest of the settings that all members share.
    #[must_use]
    pub fn digest(&self) -> String {
        digest(&self.common)
    }

    /// A digest of the settings of a member, including those that all members share.
    #[must_use]
    pub fn member_digest(&self, name: &str) -> String {
        digest(&Value::Array(vec![self.common.clone(), self.member(name).cloned().unwrap_or_default()]))
    }
}

fn member(mut block: Value, folder: &Path) -> (String, Value) {
    let name = block.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
    if let Value::Object(block) = &mut block {
        for key in IRRELEVANT_OF_MEMBERS {
            block.remove(key);
        }
    }
    by_contents(&mut block, folder);
    (name, block)
}

/// Replaces the name of an earlier inversion, whose result is the start, by its settings: the result depends on them.
fn with_earlier(settings: &mut Value, members: &[(String, Value)]) {
    let Some(Value::Object(initial)) = settings.get_mut("initial") else { return };
    let Some(earlier) = initial.get("inversion").and_then(Value::as_str) else { return };
    if let Some((_, settings)) = members.iter().find(|(name, _)| name == earlier) {
        let settings = settings.clone();
        initial.insert("inversion".to_owned(), settings);
    }
}

/// A digest of a value. It does not depend on the order of keys.
#[must_use]
pub fn digest(value: &Value) -> String {
    let mut sorted = value.clone();
    sorted.sort_all_objects();
    hexadecimal(&Sha256::digest(sorted.to_string().as_bytes()))
}

/// A digest of the contents of a file, or a text with its name if the file cannot be read.
#[must_use]
pub fn digest_of_file(path: &Path) -> String {
    let mut digest = Sha256::new();
    let copied = std::fs::File::open(path).and_then(|mut file| std::io::copy(&mut file, &mut digest));
    match copied {
        Ok(_) => hexadecimal(&digest.finalize()),
        Err(_) => format!("unreadable: {}", path.display()),
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Replaces each `path` of a file by a digest of its contents, so that moving a file changes nothing.
pub(crate) fn by_contents(value: &mut Value, folder: &Path) {
    for_each_path(value, &mut |object| {
        if let Some(path) = object.remove("path") {
            let path = folder.join(path.as_str().unwrap_or_default());
            object.insert("contents".to_owned(), Value::from(digest_of_file(&path)));
        }
    });
}

/// The scenario with absolute paths of all files.
#[must_use]
pub fn with_absolute_paths(mut resolved: Value, folder: &Path) -> Value {
    let absolute = |path: &mut Value| {
        if let Some(text) = path.as_str() {
            *path = Value::from(absolute(&folder.join(text)).display().to_string());
        }
    };
    for_each_path(&mut resolved, &mut |object| object.get_mut("path").into_iter().for_each(absolute));
    if let Some(file) = resolved.get_mut("data").and_then(|data| data.get_mut("file")) {
        absolute(file);
    }
    let wells = resolved.get_mut("wells").and_then(Value::as_array_mut).into_iter().flatten();
    wells.filter_map(|well| well.get_mut("log")).for_each(absolute);
    resolved
}

/// The text of a scenario with the same meaning in any folder: the comment at its top, then all keys including defaults, with
/// absolute paths of files.
///
/// # Panics
/// Never: a scenario has only names, numbers, lists and blocks.
#[must_use]
pub fn resolved_text(typed: &str, resolved: Value, folder: &Path) -> String {
    let comment: String =
        typed.lines().take_while(|line| line.starts_with('#')).map(|line| format!("{line}\n")).collect();
    comment + &yaml(&with_absolute_paths(resolved, folder))
}

/// A scenario as YAML.
///
/// # Panics
/// Never: a scenario has only names, numbers, lists and blocks.
#[must_use]
pub fn yaml(scenario: &Value) -> String {
    serde_saphyr::to_string(scenario).expect("a scenario has only names, numbers, lists and blocks")
}

/// An absolute path, or the path itself if the current folder is unknown.
fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// Calls `change` for every block with a text `path`, which in a scenario always names a file.
fn for_each_path(value: &mut Value, change: &mut dyn FnMut(&mut Map<String, Value>)) {
    match value {
        Value::Object(object) => {
            if object.get("path").is_some_and(Value::is_string) {
                change(object);
            }
            object.values_mut().for_each(|value| for_each_path(value, change));
        }
        Value::Array(list) => list.iter_mut().for_each(|value| for_each_path(value, change)),
        _ => {}
    }
}

/// A setting that differs: its keys, the value before and the value now.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// Keys and indices from the root.
    pub keys: Vec<String>,
    /// The earlier value; `None` if the key was absent.
    pub before: Option<Value>,
    /// The current value; `None` if the key is absent.
    pub now: Option<Value>,
}

impl std::fmt::Display for Difference {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [before, now] = [&self.before, &self.now].map(|value| in_words(value.as_ref()));
        write!(out, "`{}` was {before} and is {now}", self.keys.join("."))
    }
}

/// A value on one short line.
#[must_use]
pub fn in_words(value: Option<&Value>) -> String {
    const LONGEST: usize = 60;
    let text = match value {
        None | Some(Value::Null) => return "absent".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}

/// The settings that differ, each with its full key.
#[must_use]
pub fn differences(before: &Value, now: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    compare(before, now, &mut Vec::new(), &mut found);
    found
}

fn compare(before: &Value, now: &Value, keys: &mut Vec<String>, found: &mut Vec<Difference>) {
    let mut below = |key: String, before: Option<&Value>, now: Option<&Value>| {
        keys.push(key);
        match (before, now) {
            (Some(before), Some(now)) => compare(before, now, keys, found),
            (before, now) => {
                found.push(Difference { keys: keys.clone(), before: before.cloned(), now: now.cloned() });
            }
        }
        keys.pop();
    };
    match (before, now) {
        (Value::Object(before), Value::Object(now)) => {
            for (key, value) in before {
                below(key.clone(), Some(value), now.get(key));
            }
            for (key, value) in now.iter().filter(|(key, _)| !before.contains_key(*key)) {
                below(key.clone(), None, Some(value));
            }
        }
        (Value::Array(before), Value::Array(now)) if before.len() == now.len() => {
            for (i, (before, now)) in before.iter().zip(now).enumerate() {
                below(i.to_string(), Some(before), Some(now));
            }
        }
        (before, now) if !same(before, now) => found.push(Difference {
            keys: keys.clone(),
            before: Some(before.clone()),
            now: Some(now.clone()),
        }),
        _ => {}
    }
}

/// Whether two values are equal, numbers by their value to rounding: JSON has 1 and 1.0, and a number of 17 digits is read from
/// it with an error in the last one.
fn same(a: &Value, b: &Value) -> bool {
    match (a.as_f64(), b.as_f64()) {
        (Some(_), Some(_)) if a.is_u64() && b.is_u64() => a == b,
        (Some(a), Some(b)) => (a - b).abs() <= 4.0 * f64::EPSILON * a.abs().max(b.abs()),
        _ => a == b,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn resolved() -> Value {
        json!({
            "schema": 1, "name": "a",
            "model": {"truth": {"file": {"path": "v.h5"}}},
            "data": {"file": "d.h5"},
            "wells": [{"name": "w", "x": 1.0, "log": "w.csv"}, {"name": "v", "x": 2.0}],
            "inversions": [{"name": "one", "seed": 1, "device": "cpu"}, {"name": "two", "seed": 2}],
        })
    }

    /// Names, outputs and devices do not count; the contents of files do, and their names do not.
    #[test]
    fn what_counts() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("v.h5"), "one").unwrap();
        std::fs::write(folder.path().join("w.h5"), "one").unwrap();
        let of = |value: &Value| Settings::new(Kind::Inversions, value, folder.path());
        let settings = of(&resolved());
        assert_eq!(settings.names(), ["one", "two"]);
        let mut other = resolved();
        other["name"] = json!("b");
        other["model"]["truth"]["file"]["path"] = json!("w.h5");
        other["inversions"][0]["device"] = json!("cuda");
        assert_eq!(of(&other), settings);
        other["inversions"][0]["seed"] = json!(3);
        assert_eq!(of(&other).digest(), settings.digest());
        assert_ne!(of(&other).member_digest("one"), settings.member_digest("one"));
        assert_eq!(of(&other).member_digest("two"), settings.member_digest("two"));
        std::fs::write(folder.path().join("v.h5"), "two").unwrap();
        assert_ne!(of(&resolved()).digest(), settings.digest());
    }

    /// An inversion that starts from the result of another one depends on its settings, not on its name.
    #[test]
    fn chains_depend_on_what_is_before() {
        let folder = tempfile::tempdir().unwrap();
        let of = |value: &Value| Settings::new(Kind::Inversions, value, folder.path());
        let mut chain = resolved();
        chain["inversions"][1]["initial"] = json!({"inversion": "one"});
        let mut changed = chain.clone();
        changed["inversions"][0]["seed"] = json!(3);
        assert_ne!(of(&chain).member_digest("two"), of(&changed).member_digest("two"));
        let mut renamed = chain.clone();
        renamed["inversions"][0]["name"] = json!("first");
        renamed["inversions"][1]["initial"]["inversion"] = json!("first");
        assert_eq!(of(&chain).member_digest("two"), of(&renamed).member_digest("two"));
    }

    #[test]
    fn differences_are_named() {
        let (before, mut now) = (resolved(), resolved());
        assert!(differences(&before, &now).is_empty());
        now["inversions"][1]["seed"] = json!(5);
        now["inversions"][0].as_object_mut().unwrap().remove("device");
        let found: Vec<String> = differences(&before, &now).iter().map(ToString::to_string).collect();
        assert_eq!(
            found,
            ["`inversions.0.device` was cpu and is absent", "`inversions.1.seed` was 2 and is 5"]
        );
        assert!(differences(&json!({"a": 1}), &json!({"a": 1.0})).is_empty());
        // Settings do not differ from themselves after they were written and read.
        for number in [4e-4 * 0.1, 25.0 * 1e-7, 0.1 + 0.2, 1e300 / 3.0, -7e-300 / 9.0] {
            let now = json!({ "a": number });
            let read = serde_json::from_str(&now.to_string()).unwrap();
            assert!(differences(&read, &now).is_empty(), "{read} {now}");
        }
        assert_eq!(differences(&json!({"a": 1.0}), &json!({"a": 1.000_000_000_000_1})).len(), 1);
        assert_eq!(differences(&json!({"a": u64::MAX}), &json!({"a": u64::MAX - 1})).len(), 1);
    }

    #[test]
    fn paths_become_absolute() {
        let value = with_absolute_paths(resolved(), Path::new("/data/x"));
        assert_eq!(value["model"]["truth"]["file"]["path"], "/data/x/v.h5");
        assert_eq!(value["data"]["file"], "/data/x/d.h5");
        assert_eq!(value["wells"][0]["log"], "/data/x/w.csv");
    }
}
