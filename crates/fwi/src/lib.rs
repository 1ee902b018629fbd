//! Full-waveform inversion by neural fields and finite differences, side by side.

#[macro_use]
pub mod choices;

pub mod atomic;
pub mod canvas;
pub mod cli;
pub mod colormap;
mod columns;
pub mod commands;
pub mod compare;
pub mod data_error;
pub mod dataset;
mod dimension_scale;
pub mod drawing;
pub mod environment;
pub mod error;
pub mod explain;
pub mod export;
pub mod exporters;
pub mod figure;
mod figures;
pub mod forward;
mod hdf5_file;
pub mod history;
pub mod import;
pub mod importers;
pub mod info;
pub mod inversion;
pub mod key_path;
pub mod locate;
mod mat5;
pub mod metrics;
pub mod misfit;
pub mod model;
pub mod model_io;
pub mod network_settings;
mod npy;
pub mod numbers;
pub mod optimizer;
pub mod outcome;
pub mod plan;
pub mod problem;
pub mod region;
pub mod regularizer;
pub mod report;
pub mod run_directory;
pub mod scenario;
pub mod suggest;
pub mod summary;
pub mod survey;
pub mod svg;
#[cfg(test)]
mod test_support;
mod ticks;
pub mod velocity_network;
