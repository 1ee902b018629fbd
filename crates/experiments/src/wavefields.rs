//! Wavefields in a given velocity, by finite differences, least squares and networks.

pub mod block;
pub mod equations;
pub mod finite_differences;
pub mod least_squares;
pub mod method;
pub mod method_history;
pub mod network;
pub mod outcome;
pub mod problem;
pub mod solver;
#[cfg(test)]
pub mod tests;
pub mod truth;

pub use block::WavefieldBlock;
pub use method::WavefieldMethodChoice;
pub use problem::{Fields, MethodResult, WavefieldProblem};
pub use solver::WavefieldMethod;
