//! Inversions as a study.

pub mod calibration;
mod data;
pub mod history;
mod measured;
mod observer;
pub mod outcome;
pub mod report;
pub mod run_directory;
mod setting;
pub mod starting_fit;
pub mod study;

pub use study::Inversions;
