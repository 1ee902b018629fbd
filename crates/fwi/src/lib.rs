//! Full-waveform inversion by neural fields and finite differences, side by side.

pub mod choices;
pub mod model;
pub mod survey;
