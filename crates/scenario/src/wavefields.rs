//! A scenario of wavefields: the waves of a given velocity, by several methods.

use document::ScenarioFile;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::data::DataBlock;
use super::inversion::SectionBlock;
use super::{GridBlock, ModelBlock, PhysicsChoice};
use experiments::wavefields::WavefieldBlock;
use survey::positions::{Positions, SourceBlock};
use survey::ranges;

/// A scenario of wavefields: the wavefields of a given velocity model, computed by networks and by finite
/// differences. They are compared with the exact solution, or with finite differences on a finer grid.
///
/// A file with the key `wavefields` is such a scenario. `fwi run` computes each entry, measures its error, and
/// writes a report.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WavefieldScenario {
    /// Version of the scenario format. It is 1.
    #[schemars(extend("const" = 1))]
    pub schema: u32,
    /// Name of the scenario. Results go to `runs/<name>` unless you choose another directory.
    pub name: String,
    /// The wave equation. Of several frequencies, the highest is computed.
    pub physics: PhysicsChoice,
    /// The box with its absorbing layers. Wavefields are compared at its spacing.
    pub grid: GridBlock,
    /// The velocity model (`truth`), and the uniform background that scattered wavefields are relative to
    /// (`initial`).
    pub model: ModelBlock,
    /// The sources, and the receivers if there are data.
    pub survey: SourcesBlock,
    /// Observed data, for methods that fit them together with the equation (`data_weight`). Every wavefield is
    /// compared with them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<DataBlock>,
    /// The reference solution, and where wavefields are compared with it.
    #[serde(default)]
    pub reference: ReferenceBlock,
    /// The computations to run and compare.
    pub wavefields: Vec<WavefieldBlock>,
}

impl ScenarioFile for WavefieldScenario {}

/// Positions of the sources and receivers, and what the sources emit.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SourcesBlock {
    /// Positions of the sources.
    pub sources: Positions,
    /// Positions of the receivers, whose records are in `data`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receivers: Option<Positions>,
    /// What the sources emit.
    #[serde(default)]
    pub source: SourceBlock,
}

/// The reference solution and the part of it that is compared.
///
/// It is the exact solution where there is one (`uniform` and `disc`), and finite differences on a fine grid
/// otherwise.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReferenceBlock {
    /// Distance between the nodes of the fine grid. When absent, a quarter of `grid.spacing`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = ranges::length())]
    pub spacing: Option<f64>,
    /// The box that is compared. When absent, the grid without its absorbing layers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<SectionBlock>,
    /// Distance from the sources within which nothing is compared. When absent, a fifth of a wavelength.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = ranges::distance())]
    pub exclude: Option<f64>,
}
