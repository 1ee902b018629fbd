//! Wavefields of a given velocity as a study.

pub mod outcome;
mod pages;
mod pictures;
mod recorded;
mod run;
pub mod study;

pub use study::Wavefields;
