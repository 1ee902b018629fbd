//! Networks before training as a study: the statistics of their layers.

mod layers;
mod pages;
pub mod study;

pub use study::Activations;
