//! Programs on devices: the text of their kernels, and runs that launch them.

#[cfg(feature = "cuda")]
pub(super) mod cuda;
pub(crate) mod driver;
#[cfg(all(test, unix))]
pub(crate) mod host;
pub(crate) mod shot;
pub(crate) mod stages;
pub(crate) mod text;
