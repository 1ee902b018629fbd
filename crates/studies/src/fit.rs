//! Networks fitted to a given array, to its gradient or to its Laplacian.
//!
//! # Source
//! Sitzmann et al., NeurIPS 2020, section 4.1: images and the Poisson equation.

mod follower;
pub mod harmonic;
mod objective;
pub mod outcome;
pub mod pages;
pub mod pictures;
pub mod quantity;
pub mod run;
pub mod score;
pub mod target;
pub mod training;

pub use follower::StepCallback;

#[cfg(test)]
mod tests;
