//! Full-waveform inversion: forward modelling of data, misfits, regularisers, conditioning, optimisers, representations and methods.

pub mod checkpoint;
pub mod clock;
pub mod conditioning;
pub mod environment;
pub mod field_network;
pub mod forward;
pub mod interruption;
pub mod inversion;
pub mod inversion_settings;
pub mod metrics;
pub mod misfit;
pub mod network_settings;
pub mod network_training;
pub mod optimizer;
pub mod point_sets;
pub mod region;
pub mod regularizer;
pub mod representation;
pub mod second_differences;
pub mod shots;
pub mod status;
pub mod storage;
pub mod velocity_network;
pub mod warm_start;
pub mod waves_plan;
