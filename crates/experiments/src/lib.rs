//! Experiments in known media: networks fitted to arrays, wavefields, waves in time, and statistics of untrained networks.
//!
//! Settings stand beside the algorithm that they belong to. The crate reads no scenario and writes no report.

pub mod activations;
pub mod evolutions;
pub mod fits;
pub mod member;
pub mod order;
pub mod progress;
pub mod run_settings;
pub mod wavefields;
