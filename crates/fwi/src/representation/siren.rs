//! The network without additions.

use document::CheckSettings;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{FeatureGrid, Lattice, Representation};

/// The network alone. It tolerates poor starting models, and finds fine detail late.
///
/// # Source
/// Sitzmann, Martel, Bergman, Lindell and Wetzstein, NeurIPS 33 (2020), 7462-7473.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Siren {}

impl CheckSettings for Siren {}

impl Representation for Siren {
    fn grids(&self, _cells: &Lattice, _channels: usize) -> Vec<FeatureGrid> {
        Vec::new()
    }
}
