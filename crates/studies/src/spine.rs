//! Everything that is run and compared: what a study is, the runner of all kinds, and one file a kind.

pub mod activations;
pub mod directory;
pub mod evolutions;
pub mod export;
pub mod fits;
pub mod inversions;
mod lock;
pub mod metric;
pub mod metrics;
pub mod progress;
pub mod recorder;
pub mod runner;
pub mod settings;
pub mod study;
pub mod summary;
pub mod table;
pub mod wavefields;

pub use metric::Metric;
pub use runner::{Options, run};
pub use study::{Ended, Solving, Study};
pub use summary::{Member, Summary};
