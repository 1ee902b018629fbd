//! Well logs: a quantity along depth.
//!
//! LAS 1.2 and 2.0 are read and LAS 2.0 is written by [`las`]; text with columns is read by [`columns`]. Both give a [`Log`] in SI units:
//! sonic slowness becomes velocity.
//!
//! # Source
//! Canadian Well Logging Society, "LAS Version 2.0: A Digital Standard for Logs", 2017.

pub mod columns;
mod fault;
pub mod las;
mod quantity;
mod samples;

pub(crate) use samples::text;

pub use fault::LogFault;
pub use quantity::{DepthUnit, LogUnit, Quantity};

/// A quantity along depth, samples without a value left out.
///
/// # Units
/// Depth in m, growing; velocities in m/s, density in kg/m^3, others as `unit` says.
#[derive(Debug, Clone, PartialEq)]
pub struct Log {
    /// Depths.
    pub depth_m: Vec<f64>,
    /// The value at each depth.
    pub values: Vec<f64>,
    /// What it is.
    pub quantity: Quantity,
    /// The unit of the values.
    pub unit: String,
    /// How many samples had no value.
    pub missing: usize,
}
