//! `summary.json`: the results of a run for programs. Its structure is the same for every kind of study.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::metric::Metric;
use fwi::status::Status;
use scenario::Kind;
use survey::atomic;
use survey::data_error::DataError;
use survey::input_file;

/// The version of `summary.json`.
pub const FORMAT: u32 = 2;

/// All members of one study.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Version of this file, [`FORMAT`].
    pub format: u32,
    /// The kind of study, which is the key of its list in the scenario.
    pub kind: Kind,
    /// The scenario's name.
    pub scenario: String,
    /// The version of the program.
    pub version: String,
    /// A digest of the settings that all members have in common.
    pub digest: String,
    /// A description of the reference for the results; empty if there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reference: String,
    /// The metrics of the members, described.
    #[serde(default)]
    pub metrics: Vec<MetricDescription>,
    /// Metrics of the starting model that the scenario gives for all members, where it has some.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub start: BTreeMap<String, f64>,
    /// Metrics of the truth, where it has some.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub truth: BTreeMap<String, f64>,
    /// One entry a member, in the scenario's order.
    pub members: Vec<Member>,
}

/// The description of a metric for readers of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetricDescription {
    /// Its key in `metrics` of a member.
    pub key: String,
    /// Its name in tables.
    pub name: String,
    /// Unit of the values.
    pub unit: String,
    /// Which value is better: `lower`, `higher`, `nearest to the truth`, `neither`.
    pub better: String,
}

/// The result of one member.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Member {
    /// Its name in the scenario, and of its folder.
    pub name: String,
    /// Its method, quantity or activation.
    pub method: String,
    /// The name it shares with its repetitions, whose mean and spread are shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Its status.
    pub status: Status,
    /// Iterations (optimiser steps) done.
    pub iterations: u64,
    /// The reason why it stopped.
    pub stopped_because: String,
    /// Wall time, s.
    pub wall_s: f64,
    /// Processor time of all threads, s.
    pub cpu_s: f64,
    /// Its device.
    pub device: String,
    /// A digest of its own settings.
    pub digest: String,
    /// Its values by the keys of the study's metrics.
    pub metrics: BTreeMap<String, f64>,
}

impl Member {
    /// The value of a metric, including time and iterations.
    #[must_use]
    pub fn value(&self, key: &str) -> Option<f64> {
        match key {
            "wall_s" => Some(self.wall_s),
            "cpu_s" => Some(self.cpu_s),
            "iterations" => Some(self.iterations as f64),
            _ => self.metrics.get(key).copied(),
        }
    }
}

impl Summary {
    /// A summary without members.
    #[must_use]
    pub fn new(kind: Kind, scenario: &str, digest: String, metrics: &[Metric]) -> Summary {
        let described = |metric: &Metric| MetricDescription {
            key: metric.key.to_string(),
            name: metric.column.name.to_string(),
            unit: metric.stored_unit().to_owned(),
            better: metric.better_in_words().to_owned(),
        };
        Summary {
            format: FORMAT,
            kind,
            scenario: scenario.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            digest,
            reference: String::new(),
            metrics: metrics.iter().map(described).collect(),
            start: BTreeMap::new(),
            truth: BTreeMap::new(),
            members: Vec::new(),
        }
    }

    /// Reads the summary of a run directory.
    ///
    /// # Errors
    /// [`DataError::Missing`]; [`DataError::NotARun`] for a folder without one; as [`Summary::read`].
    pub fn of_run(directory: &Path) -> Result<Summary, DataError> {
        if !directory.exists() {
            return Err(DataError::Missing { path: directory.to_owned() });
        }
        let path = directory.join("summary.json");
        if !path.is_file() {
            return Err(DataError::NotARun { path: directory.to_owned(), missing: "summary.json" });
        }
        Summary::read(&path)
    }

    /// The member called `name`.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.name == name)
    }

    /// Adds a member, or replaces the member of the same name, and sorts all members by the order of these names.
    pub fn put(&mut self, member: Member, order: &[String]) {
        self.members.retain(|other| other.name != member.name);
        self.members.push(member);
        let place = |name: &str| order.iter().position(|other| other == name).unwrap_or(usize::MAX);
        self.members.sort_by_key(|member| place(&member.name));
    }

    /// Writes `summary.json`, to a temporary name first.
    ///
    /// # Errors
    /// [`DataError::Unwritable`].
    pub fn write(&self, path: &Path) -> Result<(), DataError> {
        let mut value = serde_json::to_value(self)
            .map_err(|e| DataError::Text { path: path.to_owned(), problem: e.to_string() })?;
        // Programs for the first format expect the list of inversions under this name.
        if self.kind == Kind::Inversions {
            value["inversions"] = value["members"].clone();
        }
        atomic::write_json(path, &value)
    }

    /// Reads `summary.json`.
    ///
    /// # Errors
    /// [`DataError::Missing`]; [`DataError::Text`] with line and column; [`DataError::Version`].
    pub fn read(path: &Path) -> Result<Summary, DataError> {
        let text = input_file::text(path)?;
        let wrong = |e: serde_json::Error| {
            let problem = format!("not a readable summary ({e}); restore the file or start a new run");
            DataError::Text { path: path.to_owned(), problem }
        };
        let value: serde_json::Value = serde_json::from_str(&text).map_err(wrong)?;
        let found = value.get("format").and_then(serde_json::Value::as_u64).unwrap_or(0) as u32;
        if found != FORMAT {
            return Err(DataError::Version {
                path: path.to_owned(),
                format: "summary",
                found: found.to_string(),
                expected: FORMAT,
            });
        }
        serde_json::from_str(&text).map_err(wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use figures::tables::{Better, Format};

    fn example() -> Summary {
        let metrics = [
            Metric::percent("data_misfit_relative", "data misfit", Better::Lower),
            Metric::new("velocity_mae", "mean error", "m/s", Format::Significant(3), Better::Lower),
        ];
        let mut summary = Summary::new(Kind::Fits, "cylinder", "0123".to_owned(), &metrics);
        summary.version = "1.2.3".to_owned();
        let member = Member {
            name: "joint".to_owned(),
            method: "joint".to_owned(),
            group: None,
            status: Status::Done,
            iterations: 2000,
            stopped_because: "all iterations done".to_owned(),
            wall_s: 61.5,
            cpu_s: 118.25,
            device: "cpu".to_owned(),
            digest: "4567".to_owned(),
            metrics: BTreeMap::from([("velocity_mae".to_owned(), 12.5)]),
        };
        summary.put(member, &["joint".to_owned()]);
        summary
    }

    /// The text that other programs read: keys, order, and absent metrics left out.
    #[test]
    fn snapshot() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("summary.json");
        example().write(&path).unwrap();
        let expected = r#"{
  "format": 2,
  "kind": "fits",
  "scenario": "cylinder",
  "version": "1.2.3",
  "digest": "0123",
  "metrics": [
    {
      "key": "data_misfit_relative",
      "name": "data misfit",
      "unit": "1",
      "better": "lower"
    },
    {
      "key": "velocity_mae",
      "name": "mean error",
      "unit": "m/s",
      "better": "lower"
    }
  ],
  "members": [
    {
      "name": "joint",
      "method": "joint",
      "status": "done",
      "iterations": 2000,
      "stopped_because": "all iterations done",
      "wall_s": 61.5,
      "cpu_s": 118.25,
      "device": "cpu",
      "digest": "4567",
      "metrics": {
        "velocity_mae": 12.5
      }
    }
  ]
}
"#;
        assert_eq!(std::fs::read_to_string(&path).unwrap(), expected);
        assert_eq!(Summary::read(&path).unwrap(), example());
        assert_eq!(example().members[0].value("iterations"), Some(2000.0));
    }

    /// Programs that read the first format find the inversions of a study of inversions.
    #[test]
    fn inversions_are_found_by_their_former_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("summary.json");
        let summary = Summary { kind: Kind::Inversions, ..example() };
        summary.write(&path).unwrap();
        let value: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        assert_eq!(value["inversions"], value["members"]);
        assert_eq!(Summary::read(&path).unwrap(), summary);
    }

    /// Another version, and a broken file, are refused with the number and the line.
    #[test]
    fn faults_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("summary.json");
        std::fs::write(&path, "{\"format\": 1}").unwrap();
        let error = Summary::read(&path).unwrap_err().to_string();
        assert!(error.ends_with("summary version 1, but this program reads version 2"), "{error}");
        std::fs::write(&path, "{\"format\": 2,\n oops}").unwrap();
        assert!(Summary::read(&path).unwrap_err().to_string().contains("line 2 column 2"));
    }
}
