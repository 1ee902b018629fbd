//! Wave equations declared once, symbolically, and the readings derived from the declaration.
//!
//! A [`System`] is declared: unknowns, parameters, coefficients that follow from the parameters, residuals that are zero where the
//! physics holds, and units that are checked term by term. [`systems`] lists those of the catalogue: acoustic waves with constant
//! and variable density, with a vertical axis of symmetry and with attenuation; elastic waves, isotropic and with a vertical axis of
//! symmetry; SH waves. A system can be written as text ([`System::parse`]), solved for its time derivatives
//! ([`System::evolution`]), read at a frequency ([`System::harmonic`]), there in absorbing layers ([`System::stretched`]) and with
//! attenuation ([`System::attenuated`]), for scattered fields ([`System::scattered`]), and asked for its plane waves
//! ([`System::plane_wave`]).
//!
//! An [`Equation`] has one unknown; [`equations`] lists those that are read from the system `acoustic`, among them the Helmholtz
//! equation. Networks use its [`linear_form`], finite differences its [`discretise`], gradients its [`adjoint`] and [`linearise`],
//! and documents its text and LaTeX. [`readings`] lists them.
//!
//! SI units; `x` across, `z` down; points `[x, z]`; time factor exp(+i omega t).
//!
//! ```
//! use pde::{Dimension, Form, helmholtz};
//! let equation = helmholtz(Dimension::Two, Form::Total);
//! assert_eq!(
//!     equation.to_string(),
//!     "dx((e_z/e_x) dx(u)) + dz((e_x/e_z) dz(u)) + e_x e_z omega^2 m u - f = 0"
//! );
//! assert_eq!(pde::linearise(&equation, "m")?.to_string(), "e_x e_z omega^2 u");
//! # Ok::<(), pde::PdeError>(())
//! ```

mod arithmetic;
mod attenuated;
mod equation;
mod equations;
mod error;
mod evolution;
mod expr;
mod harmonic;
mod lower;
mod operators;
mod parse;
mod plane_waves;
mod scattered;
mod stencil;
mod stretched;
mod symbol;
mod system;
mod system_builder;
mod system_text;
mod systems;
#[cfg(test)]
mod tests;
mod unit;

pub use equation::Equation;
pub use equations::{EquationRow, Form, acoustic_wave, acoustic_wave_scattered, equations, helmholtz};
pub use error::{PdeError, Place};
pub use evolution::{Evolution, EvolutionTerm};
pub use expr::{Environment, Expr, Node};
pub use lower::{
    DiscreteForm, LinearForm, Reading, SplitEnvironment, SplitResidual, StencilTerm, adjoint, discretise,
    linear_form, linear_in, linearise, perturb, readings, sensitivity_kernel, split_complex, unit_of,
    variation,
};
pub use operators::{d, div, dt, grad, laplacian, scale};
pub use parse::parse;
pub use stencil::{Stencil, centred, fornberg, staggered};
pub use symbol::{Axis, Dimension, MultiIndex, Role, Symbol};
pub use system::{Condition, Derived, System};
pub use systems::{SystemRow, system, systems};
pub use unit::Unit;
