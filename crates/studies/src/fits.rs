//! Fits as a study: networks that learn a given array.

pub mod outcome;
mod pages;
pub mod pictures;
pub mod run;
pub mod study;

pub use study::Fits;
