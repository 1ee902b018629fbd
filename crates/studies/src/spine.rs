//! The common parts of all kinds of study: the trait `Study`, the runner, the run directory, progress, summary and tables.

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
pub mod together;

pub use metric::Metric;
pub use options::Options;
pub use runner::run;
pub use study::{MemberOutcome, SolveContext, Study};
pub use summary::{Member, Summary};
