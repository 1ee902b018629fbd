//! Families of scenarios: one scenario in which some settings are drawn anew for each seed.

mod cases;
mod draw;

use std::collections::BTreeMap;

use document::locate::Document;
use document::{KeyPath, ScenarioFile, Unit};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use cases::{Case, cases};
pub use draw::{Draw, DrawChoice, Integer, OneOf, Seed, Uniform};

/// The key at the top of a file of families.
pub const KEY: &str = "families";

/// Families of scenarios. Each names a scenario and the settings in which its members differ; a seed draws one member.
///
/// A file with the key `families` is such a file. `fwi run` and `fwi check` treat it as a folder of the scenarios that are drawn.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FamiliesFile {
    /// Version of the scenario format. It is 1.
    #[schemars(extend("const" = 1))]
    pub schema: u32,
    /// The families.
    pub families: Vec<Family>,
}

impl ScenarioFile for FamiliesFile {}

/// One family. Its scenarios are called `<name>-<seed>`, and so are their simulated data in the folder of `data.file`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Family {
    /// Name of the family.
    pub name: String,
    /// The scenario that the members are made from; a path relative to this file. It has to be valid as it is.
    pub scenario: String,
    /// The first seed.
    #[schemars(transform = Unit::None.within(0.0, 9e15))]
    pub first_seed: u64,
    /// Number of seeds. The others follow the first one.
    #[schemars(transform = Unit::None.within(1.0, 1000.0))]
    pub seeds: usize,
    /// By setting, such as `model.truth.salt.centre.0`: how its value is drawn. A setting that is drawn does not depend on the others.
    pub draw: BTreeMap<String, DrawChoice>,
}

/// Whether a text is a file of families. A text that is not YAML is none.
#[must_use]
pub fn is_families(text: &str) -> bool {
    Document::parse(text).is_some_and(|document| document.keys(&KeyPath::root()).contains(&KEY))
}
