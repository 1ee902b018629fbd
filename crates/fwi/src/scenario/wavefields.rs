//! A scenario of wavefields: the waves of a given velocity, by several methods.

use document::ScenarioFile;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::data::DataBlock;
use super::inversion::RegionBlock;
use super::{GridBlock, ModelBlock, PhysicsChoice};
use crate::wavefields::WavefieldMethodChoice;
use survey::positions::{Positions, SourceBlock};

/// A scenario of wavefields: the waves of a velocity that is given, computed by networks and by finite differences and
/// compared with the exact field, or with finite differences on a finer grid.
///
/// A file with the key `wavefields` is one. `fwi run` computes each, measures it, and writes a report.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WavefieldScenario {
    /// Version of the scenario format: 1.
    pub schema: u32,
    /// Name of the run directory and the report.
    pub name: String,
    /// The equation; of several frequencies the highest counts.
    pub physics: PhysicsChoice,
    /// The box with its absorbing layers; its spacing and order are those of comparisons.
    pub grid: GridBlock,
    /// The velocity (`true`), and the uniform background that scattered fields are relative to (`initial`).
    pub model: ModelBlock,
    /// The sources, and receivers where there are data.
    pub survey: SourcesBlock,
    /// What receivers recorded, for methods that fit it together with the equation (`data_weight`); every field is
    /// compared with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<DataBlock>,
    /// What the fields are compared with and where.
    #[serde(default)]
    pub reference: ReferenceBlock,
    /// The wavefields to compute and compare.
    pub wavefields: Vec<WavefieldBlock>,
}

impl ScenarioFile for WavefieldScenario {}

/// Where the sources are and what they emit.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SourcesBlock {
    /// Positions of the sources.
    pub sources: Positions,
    /// Positions of the receivers; they have `data`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receivers: Option<Positions>,
    /// What they emit.
    #[serde(default)]
    pub source: SourceBlock,
}

/// The field that counts as true, and the part of it that is compared.
///
/// It is the exact solution where there is one (`uniform` and `disc`), finite differences on a fine grid otherwise.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReferenceBlock {
    /// Distance between the nodes of the fine grid, m; a quarter of `grid.spacing` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spacing: Option<f64>,
    /// Box that is compared; the grid without its absorbing layers when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<RegionBlock>,
    /// Distance from the sources within which nothing is compared, m; a fifth of a wavelength when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exclude: Option<f64>,
}

/// One way to compute the wavefields.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WavefieldBlock {
    /// Name of its folder in the run directory and its row in the report.
    pub name: String,
    /// How the wavefields are represented and found.
    pub method: WavefieldMethodChoice,
    /// Longest wall time in s; no limit when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_limit: Option<f64>,
    /// Where networks are computed: `auto`, `cpu`, or what a build with LibTorch offers (`cuda:0`, ...).
    #[serde(default = "fields::device::automatic")]
    pub device: String,
    /// Seed of all random numbers: one seed, one result on one machine.
    #[serde(default)]
    pub seed: u64,
}
