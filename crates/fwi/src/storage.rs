//! How the wavefield of a shot is stored for the gradient, which needs it backwards in time.

use document::{CheckSettings, Fault, KeyPath, Unit, positive, within};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A way to keep a wavefield.
pub trait StorageSettings: CheckSettings {
    /// The storage setting of the propagator if this number of shots is computed at a time.
    fn storage(&self, shots: usize) -> fd::time::Storage;
}

/// Every step, in full: the fastest where memory allows it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct All {}

impl CheckSettings for All {}

impl StorageSettings for All {
    fn storage(&self, _shots: usize) -> fd::time::Storage {
        fd::time::Storage::All
    }
}

/// Every so many steps: the gradient is then approximate, and good while a period of the highest frequency has four
/// snapshots or more.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Snapshots {
    /// Steps from one snapshot to the next.
    pub every: usize,
    /// Whether they are kept in 16 bits a value.
    #[serde(default)]
    pub half: bool,
}

impl CheckSettings for Snapshots {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        within(&at.key("every"), self.every as f64, [1.0, 1000.0], Unit::None)
    }
}

impl StorageSettings for Snapshots {
    fn storage(&self, _shots: usize) -> fd::time::Storage {
        fd::time::Storage::Snapshots { every: self.every, half: self.half }
    }
}

/// Some states, from which the steps between are computed again: exact within a given memory.
///
/// # Source
/// Griewank and Walther, ACM Trans. Math. Softw. 26 (2000), 19-45.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Checkpoints {
    /// Memory for the states of all shots that are computed at a time, in 10^6 bytes.
    pub megabytes: f64,
}

impl CheckSettings for Checkpoints {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        positive(&at.key("megabytes"), self.megabytes, Unit::None)
    }
}

impl StorageSettings for Checkpoints {
    fn storage(&self, shots: usize) -> fd::time::Storage {
        fd::time::Storage::Checkpoints { bytes: (1e6 * self.megabytes / shots.max(1) as f64) as usize }
    }
}

/// The edges of every step, from which the wavefield is computed backwards.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Boundary {}

impl CheckSettings for Boundary {}

impl StorageSettings for Boundary {
    fn storage(&self, _shots: usize) -> fd::time::Storage {
        fd::time::Storage::Boundary
    }
}

document::choices! {
    /// How the wavefield is kept for the gradient.
    pub enum StorageChoice: dyn StorageSettings {
        all => All,
        snapshots => Snapshots,
        checkpoints => Checkpoints,
        boundary => Boundary,
    }
}

impl Default for StorageChoice {
    /// A gigabyte of checkpoints: exact, whatever the size of the model.
    fn default() -> Self {
        Self::Checkpoints(Checkpoints { megabytes: 1000.0 })
    }
}
