//! Wavefields as the outputs of a network that is trained on the residual of the equation.

#[cfg(test)]
mod equation_tests;
mod objective;
pub mod settings;
mod training;

pub use settings::{Continuation, Network};
