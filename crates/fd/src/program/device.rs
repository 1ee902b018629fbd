//! Programs on devices: the text of their kernels, and runs that launch them.

pub(crate) mod backend;
mod cache;
#[cfg(feature = "cuda")]
mod cuda;
#[cfg(unix)]
pub(crate) mod host;
pub(crate) mod kernels;
#[cfg(feature = "cuda")]
pub(crate) mod nvrtc;
mod points;
pub(crate) mod room;
pub(crate) mod run;
pub(crate) mod shot;
pub(crate) mod stages;
pub(crate) mod text;
pub(crate) mod wave_device;
