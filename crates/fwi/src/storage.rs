//! How the wavefield of a shot is stored for the gradient, which needs it backwards in time.

use document::{CheckSettings, Unit};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A way to keep a wavefield.
pub trait StorageSettings: CheckSettings {
    /// The storage setting of the propagator if this number of shots is computed at a time.
    fn storage(&self, shots: usize) -> fd::time::Storage;
}

/// Stores every step in full. This is the fastest way where memory allows it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct All {}

impl CheckSettings for All {}

impl StorageSettings for All {
    fn storage(&self, _shots: usize) -> fd::time::Storage {
        fd::time::Storage::All
    }
}

/// Stores every step in full in a file, in the folder that `TMPDIR` names, or `/tmp`. The gradient is that of `all`. A file has its place
/// on the disk before the shot begins, and nothing of it is left when the run ends. For Linux.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Disk {}

impl CheckSettings for Disk {}

impl StorageSettings for Disk {
    fn storage(&self, _shots: usize) -> fd::time::Storage {
        fd::time::Storage::Disk
    }
}

/// Stores the wavefield every few steps. The gradient is then approximate; it is good while four or more snapshots
/// fall on a period of the highest frequency.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Snapshots {
    /// Number of steps from one snapshot to the next.
    #[schemars(transform = Unit::None.within(1.0, 1000.0))]
    pub every: usize,
    /// Whether they are stored in 16 bits a value.
    #[serde(default)]
    pub half: bool,
}

impl CheckSettings for Snapshots {}

impl StorageSettings for Snapshots {
    fn storage(&self, _shots: usize) -> fd::time::Storage {
        fd::time::Storage::Snapshots { every: self.every, half: self.half }
    }
}

/// Stores some states and computes the steps between them again. The gradient is exact within a given memory.
///
/// # Source
/// Griewank and Walther, ACM Trans. Math. Softw. 26 (2000), 19-45.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Checkpoints {
    /// Memory for the states of all shots that are computed at a time.
    #[schemars(transform = Unit::Megabyte.within(1e-6, 1e9))]
    pub megabytes: f64,
}

impl CheckSettings for Checkpoints {}

impl StorageSettings for Checkpoints {
    fn storage(&self, shots: usize) -> fd::time::Storage {
        fd::time::Storage::Checkpoints { bytes: (1e6 * self.megabytes / shots.max(1) as f64) as usize }
    }
}

/// Stores the edges of the wavefield at every step, from which it is computed backwards.
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
        disk => Disk,
    }
}

impl Default for StorageChoice {
    /// A gigabyte of checkpoints: exact, whatever the size of the model.
    fn default() -> Self {
        Self::Checkpoints(Checkpoints { megabytes: 1000.0 })
    }
}
