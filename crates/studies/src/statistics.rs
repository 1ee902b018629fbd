//! Statistics of untrained networks: pre-activations, activations and gradients, layer by layer, with a report.
//!
//! # Source
//! Sitzmann et al., NeurIPS 2020, section 3.2 and supplement, sections 1.1 to 1.5.

mod layers;
pub mod outcome;
pub mod pages;
pub mod run;
