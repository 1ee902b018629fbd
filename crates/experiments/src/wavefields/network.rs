//! Wavefields as the outputs of a network that is trained on the residual of the equation.

mod equation;
mod objective;
pub mod settings;
mod training;

pub use settings::{Continuation, Network};
