//! Step programs: what a declared [`System`](pde::System) becomes on a grid in time.
//!
//! A program is a list of statements of two sorts only: a temporary variable becomes a derivative of another variable, with
//! constant weights, or a variable becomes a sum of others with arrays as factors. Both are linear maps of the state, so the
//! transpose of a program ([`transposed`]) is a program, and the derivative by any array is a product of two variables
//! ([`Gradient`]). No statement names an equation. Absorbing layers ([`Program::absorb`]) and a free surface are
//! transformations of a program.
//!
//! Which fields stand at half cells is derived ([`Staggering`]), and so are the largest stable step and the error of the phase
//! velocity ([`Symbol`](symbol::Symbol)). [`Reference`] executes a program node by node in double precision; the other executors
//! are held to it.
//!
//! ```
//! use fd::program::{Numerics, Program};
//! let system = pde::System::parse(
//!     "string",
//!     pde::Dimension::One,
//!     "unknown u [Pa]\nparameter vp [m/s]\ndtt(u) - vp^2 dxx(u) = 0\n",
//! )?;
//! let numerics = Numerics { spacing: [10.0; 3], step: 1e-3, order: 4, free_surface: false };
//! let program = Program::new(&system, &numerics)?;
//! let step = fd::program::symbol::largest_stable_step(&system, [10.0; 3], 4, &[&|_| Some(2000.0)])?;
//! assert!((step * 2000.0 / 10.0 - 3.0_f64.sqrt() / 2.0).abs() < 1e-3);
//! # assert_eq!(program.fields.len(), 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod absorb;
mod adjoint_run;
pub(crate) mod arrays;
mod axes;
mod cost;
mod derivatives;
mod device;
mod device_room;
mod difference;
mod differentiated;
mod discrete;
mod elsewhere;
mod engine;
mod execute;
mod extent;
mod gradient;
mod limits;
mod lower;
mod material;
mod narrow;
mod past;
mod points;
mod polarisation;
mod ports;
mod propagator;
mod reference;
mod reverse;
mod shot;
mod staggering;
mod statement;
mod surface;
pub mod symbol;
mod tangent;
#[cfg(test)]
mod tests;
mod transpose;

pub use crate::program_error::ProgramError;
pub use absorb::Layers;
pub use cost::multiplications;
pub use device::wave_device::WaveDevice;
pub use device_room::check_room;
pub use difference::{Derivative, Difference, Edge};
pub use differentiated::{GradientBytes, check_boundary_storage, gradient_bytes, least_checkpoint_bytes};
pub(crate) use discrete::Discrete;
pub(crate) use execute::taps::Taps;
pub(crate) use extent::{Values, gathered, given, inner, spread, unknown};
pub use gradient::Gradient;
pub use limits::{Limits, limits};
pub use lower::Numerics;
pub use material::Material;
pub(crate) use points::taps;
pub use polarisation::velocities_of_unknowns;
pub use propagator::Propagator;
pub use reference::{Reference, Tap};
pub use shot::{Derivatives, Properties, Receivers, Shot, Source, Wanted};
pub use staggering::Staggering;
pub use statement::{Array, Channel, Factor, Profile, Program, Region, Statement, Term, Value, Variable};
pub use transpose::transposed;
