//! Statistics of untrained networks: pre-activations, activations and gradients, layer by layer, with a report.
//!
//! # Source
//! Sitzmann et al., NeurIPS 2020, section 3.2 and supplement, sections 1.1 to 1.5.

pub mod outcome;
pub(crate) mod pages;
pub mod run;
mod table;

pub use table::text as table;
