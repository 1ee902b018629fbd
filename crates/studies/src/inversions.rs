//! Inversions as a study.

pub mod calibration;
pub(crate) mod data;
pub mod history;
mod measured;
mod observer;
pub mod outcome;
pub mod report;
pub mod run_directory;
pub(crate) mod setting;
pub(crate) mod spread;
pub mod starting_fit;
pub mod study;
pub mod well;
pub(crate) mod wells;

pub use study::Inversions;
