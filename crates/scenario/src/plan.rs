//! The meaning of a scenario: every number checked, every file found. Nothing after this validates again.

pub(crate) mod bands;
mod chains;
mod check;
mod coverage;
pub mod data;
mod device;
mod domain;
pub mod evolutions;
pub mod fits;
mod frequencies;
mod geometry;
pub mod inversions;
mod joint_in_medium;
mod joint_in_time;
mod members;
pub mod origin;
pub mod parts;
mod processing;
mod properties;
pub mod statistics;
mod systems;
#[cfg(test)]
mod tests;
pub mod wavefields;
pub mod waves;
mod wells;

pub(crate) use check::SNAPSHOTS_A_PERIOD;
pub use domain::{dimension, slowest_and_fastest};
pub use evolutions::EvolutionsPlan;
pub use fits::FitPlan;
pub use inversions::Plan;
pub use origin::Origin;
pub use parts::{DataPlan, DataSource, InversionPlan, SimulatePlan};
pub use statistics::StatisticsPlan;
pub use wavefields::WavefieldsPlan;
pub use wells::WellPlan;
