//! Full-waveform inversion with finite differences and neural fields.

#[macro_use]
pub mod say;
pub mod bench;
pub mod checkpoint;
pub mod cli;
mod clock;
pub mod commands;
pub mod compare;
pub mod conditioning;
#[cfg(test)]
mod damaged_files;
pub mod environment;
pub mod error;
pub mod evolutions;
pub mod explain;
pub mod export;
pub mod field_network;
pub mod figures;
pub mod fit;
pub mod forward;
pub mod history;
pub mod info;
pub mod interruption;
pub mod inversion;
pub mod inversion_settings;
pub mod job;
pub mod made_from;
pub mod metrics;
pub mod misfit;
pub mod network_settings;
pub mod network_training;
pub mod optimizer;
pub mod outcome;
mod page;
pub mod plan;
mod point_sets;
pub mod region;
pub mod regularizer;
pub mod report;
pub mod representation;
pub mod run_directory;
pub mod run_files;
pub mod scenario;
mod second_differences;
pub mod shots;
pub mod simulate;
pub mod statistics;
pub mod status;
pub mod storage;
pub mod studies;
pub mod tables;
#[cfg(test)]
mod test_support;
pub mod velocity_network;
pub mod warm_start;
pub mod wavefields;
pub mod waves_plan;
