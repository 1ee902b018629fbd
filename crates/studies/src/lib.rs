//! Studies: everything that is run and compared, one module a kind, on one spine.

pub mod activations;
pub mod campaign;
pub mod compare;
#[cfg(test)]
mod damaged_files;
pub mod evolutions;
pub mod export;
pub mod finished_model;
pub mod fits;
pub mod info;
pub mod inversions;
pub mod kinds;
pub mod migration;
pub mod progress_args;
pub mod quality;
pub mod recordings;
pub mod resolution;
pub mod results;
pub mod spine;
#[cfg(test)]
mod test_support;
mod views;
pub mod wavefields;
