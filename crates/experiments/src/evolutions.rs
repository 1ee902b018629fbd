//! Waves in time from pulses at rest, by finite differences, standing waves and networks.

pub mod block;
pub mod energy;
pub mod finite_differences;
pub mod method;
pub mod network;
pub mod problem;
pub mod standing_waves;

pub mod truth;

pub use block::EvolutionBlock;
pub use method::EvolutionMethodChoice;
pub use problem::{EvolutionMethod, EvolutionProblem, EvolutionResult, Snapshots};
