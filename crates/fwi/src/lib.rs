//! Full-waveform inversion by neural fields and finite differences, side by side.

pub mod choices;
pub mod environment;
pub mod forward;
pub mod inversion;
pub mod misfit;
pub mod model;
pub mod network_settings;
pub mod optimizer;
pub mod region;
pub mod regularizer;
pub mod survey;
pub mod velocity_network;
