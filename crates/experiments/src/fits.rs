//! Networks fitted to a given array, its gradient or its Laplacian.

pub mod block;
pub mod follower;
mod harmonic;
mod objective;
pub mod outcome;
pub mod quantity;
pub mod score;
pub mod target;
#[cfg(test)]
mod tests;
pub mod training;

pub use block::{FitBlock, Quantity, Scaling};
pub use follower::StepCallback;
