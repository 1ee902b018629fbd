//! What all kinds of study have in common: what a study is, its runner, directory, progress, summary and tables.

pub mod directory;
mod lock;
pub mod metric;
pub mod metrics;
pub mod options;
pub mod progress;
pub mod runner;
pub mod study;
pub mod summary;
pub mod table;

pub use metric::Metric;
pub use options::Options;
pub use runner::run;
pub use study::{Ended, Solving, Study};
pub use summary::{Member, Summary};
