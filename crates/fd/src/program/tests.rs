//! Programs of every system of the catalogue: places of fields, exact transposes and gradients, stability and dispersion, and
//! waves of known form.

#[cfg(unix)]
mod device;
mod executors;
mod identities;
pub(super) mod media;
mod physics;
mod scheme;
mod shots;
