//! The readings of an equation: one file and one row each.

use crate::equation::Equation;
use crate::error::PdeError;

mod adjoint;
mod discretise;
mod expand;
mod latex;
mod linearise;
mod partials;
mod split_complex;
mod text;
mod units;

pub use adjoint::adjoint;
pub use discretise::{DiscreteForm, StencilTerm, discretise};
pub use linearise::{linearise, perturb, sensitivity_kernel, variation};
pub use partials::{LinearForm, linear_form, linear_in};
pub use split_complex::{SplitEnvironment, SplitResidual, split_complex};
pub use units::unit_of;

/// One reading, shown as text.
#[derive(Debug, Clone, Copy)]
pub struct Reading {
    /// The name of its file.
    pub name: &'static str,
    /// What it returns.
    pub about: &'static str,
    /// The reading of an equation, as text.
    pub show: fn(&Equation) -> Result<String, PdeError>,
}

const READINGS: &[Reading] = &[
    Reading { name: "text", about: "the equation as it is typed", show: text::show },
    Reading { name: "latex", about: "the equation as it is typeset", show: latex::show },
    Reading { name: "expand", about: "derivatives carried out down to the symbols", show: expand::show },
    Reading {
        name: "partials",
        about: "the coefficient of each partial of the unknown",
        show: partials::show,
    },
    Reading { name: "split_complex", about: "real and imaginary parts", show: split_complex::show },
    Reading { name: "discretise", about: "the finite-difference stencils", show: discretise::show },
    Reading { name: "adjoint", about: "the formal adjoint", show: adjoint::show },
    Reading { name: "units", about: "the unit of the residual, every term checked", show: units::show },
    Reading { name: "linearise", about: "the gradient kernel of each parameter", show: linearise::show },
];

/// Every reading; the documents print all of them.
///
/// ```
/// let equation = pde::helmholtz(pde::Dimension::One, pde::Form::Total);
/// for reading in pde::readings() {
///     println!("{} ({}):\n{}", reading.name, reading.about, (reading.show)(&equation)?);
/// }
/// # Ok::<(), pde::PdeError>(())
/// ```
pub fn readings() -> &'static [Reading] {
    READINGS
}
