//! Acoustic waves in time: propagation, its exact adjoint and linearisation.

mod analytic;
mod born;
mod buffer;
mod checkpoint;
mod density;
mod density_image;
mod extended;
mod gradient;
mod image;
mod instructions;
mod kernel;
mod layers;
mod layout;
mod mesh;
mod operator;
mod past;
mod points;
mod profile;
mod propagator;
mod real;
mod run;
mod settings;
mod slab;
mod stability;
mod state;
mod storage;
mod strip;
mod sweep;
mod tape;
#[cfg(test)]
mod tests;
mod weights;

pub use analytic::point_source;
pub use gradient::{Gradient, Wanted};
pub use mesh::Mesh;
pub use points::Points;
pub use propagator::{Propagator, Shot};
pub use real::Real;
pub use settings::{Boundary, Cpml, Medium, Settings};
pub use stability::largest_stable_step;
pub use storage::Storage;
