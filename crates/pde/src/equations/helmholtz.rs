//! Time-harmonic acoustic waves in a medium of constant density, time factor exp(+i omega t).
//!
//! In coordinates stretched by `e_a` (1 inside, complex in the PML), with `J = prod_a e_a`:
//!
//! ```text
//! L_m u = sum_a d/da [(J / e_a^2) du/da] + J omega^2 m u
//! total:      R = L_m u - f
//! scattered:  R = L_m u + J omega^2 (m - m0) u0,   where L_m0 u0 = f and u0 + u is the total field
//! ```

use crate::equation::Equation;
use crate::expr::Expr;
use crate::operators::{stretched_laplacian, stretched_volume};
use crate::symbol::{Axis, Dimension, Symbol};

pub(super) const SOURCE: &str = "Chew & Weedon, Microw. Opt. Technol. Lett. 7 (1994), 599-604; \
    Sitzmann et al., NeurIPS 2020, supplement, section on the Helmholtz equation";

/// Which field is the unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// The total field, excited by the source `f`.
    Total,
    /// The field scattered by `m - m0`, excited by the background field `u0`.
    Scattered,
}

/// The Helmholtz equation with a perfectly matched layer.
///
/// Unknown `u`; parameter `m` = 1/v^2; coefficients `e_x`, `e_y`, `e_z` (each along its own axis only),
/// `f` (total) or `u0`, `m0` (scattered); constant `omega`.
///
/// # Units
/// `u`, `u0` Pa; `m`, `m0` s^2/m^2; `omega` rad/s; `e_a` 1; `f` Pa/m^2.
///
/// # Source
/// Stretched coordinates: Chew & Weedon (1994). Total form in 2-D: Sitzmann et al. (2020), supplement.
///
/// ```
/// use pde::{Dimension, Form, helmholtz};
/// let equation = helmholtz(Dimension::One, Form::Total);
/// assert_eq!(equation.residual.to_string(), "dx((1/e_x) dx(u)) + e_x omega^2 m u - f");
/// ```
pub fn helmholtz(dimension: Dimension, form: Form) -> Equation {
    let axes = dimension.axes();
    let unknown = Symbol::unknown("u", axes, "Pa").complex();
    let squared_slowness = Symbol::parameter("m", axes, "s^2/m^2");

    let u = Expr::symbol(&unknown);
    let m = Expr::symbol(&squared_slowness);
    let omega = Expr::symbol(&Symbol::constant("omega", "rad/s"));
    let f = Expr::symbol(&Symbol::coefficient("f", axes, "Pa/m^2").complex());
    let u0 = Expr::symbol(&Symbol::coefficient("u0", axes, "Pa").complex());
    let m0 = Expr::symbol(&Symbol::coefficient("m0", axes, "s^2/m^2"));
    let e: Vec<Expr> =
        axes.iter().map(|&a| Expr::symbol(&Symbol::coefficient(&stretch(a), &[a], "1").complex())).collect();

    let mass = stretched_volume(&e) * omega.powi(2);
    let wave = stretched_laplacian(&u, &e, dimension) + &mass * &m * &u;
    let (name, residual) = match form {
        Form::Total => ("helmholtz_total", wave - f),
        Form::Scattered => ("helmholtz_scattered", wave + mass * (m - m0) * u0),
    };
    Equation { name: name.to_owned(), dimension, unknown, parameters: vec![squared_slowness], residual }
}

impl Equation {
    /// The same equation where coordinates are not stretched (`e_a` = 1): outside of absorbing layers.
    ///
    /// ```
    /// use pde::{Dimension, Form, helmholtz};
    /// let inside = helmholtz(Dimension::Two, Form::Total).unstretched();
    /// assert_eq!(inside.residual.to_string(), "dxx(u) + dzz(u) + omega^2 m u - f");
    /// ```
    #[must_use]
    pub fn unstretched(&self) -> Self {
        let one = |residual: Expr, axis: &Axis| residual.substitute(&stretch(*axis), &Expr::one());
        Self { residual: self.axes().iter().fold(self.residual.clone(), one), ..self.clone() }
    }
}

/// The name of the stretching factor of an axis.
fn stretch(axis: Axis) -> String {
    format!("e_{}", axis.letter())
}
