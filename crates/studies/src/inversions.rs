//! Inversions as a study.

mod data;
pub mod history;
mod measured;
mod observer;
pub mod outcome;
pub mod report;
pub mod run_directory;
mod setting;
pub mod study;

pub use study::Inversions;
