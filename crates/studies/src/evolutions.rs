//! Waves in time from pulses as a study.

mod pages;
mod run;
pub mod study;

pub use study::Evolutions;
