//! Studies: everything that is run and compared, from a scenario to its tables, figures and report.

pub mod compare;
#[cfg(test)]
mod damaged_files;
pub mod error;
pub mod evolutions;
pub mod explain;
pub mod export;
pub mod figures;
pub mod fit;
pub mod history;
pub mod info;
pub mod job;
pub mod made_from;
pub mod outcome;
pub mod page;
pub mod plan;
pub mod progress_args;
pub mod report;
pub mod run_directory;
pub mod run_files;
pub mod scenario;
pub mod simulate;
pub mod spine;
pub mod statistics;
pub mod tables;
#[cfg(test)]
mod test_support;
pub mod wavefields;
