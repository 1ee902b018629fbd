//! The equations of one unknown: readings of the system `acoustic`, in terms of the squared slowness `m`.
//!
//! ```text
//! in time:            R = m d2u/dt2 - lap u - f
//!   scattered:        R = m d2u/dt2 - lap u + (m - m0) d2u0/dt2
//! at a frequency:     R = L_m u - f        L_m u = sum_a d/da [(J / e_a^2) du/da] + J omega^2 m u
//!   scattered:        R = L_m u + J omega^2 (m - m0) u0
//! ```
//!
//! Coordinates at a frequency are stretched by `e_a` (1 inside, complex in the PML), with `J = prod_a e_a`. The background `u0` has
//! the source `f` in a medium `m0`; the total field is `u0 + u`.

use crate::equation::Equation;
use crate::error::PdeError;
use crate::expr::{Expr, Node};
use crate::symbol::{Axis, Dimension, Role, Symbol};
use crate::system::System;
use crate::systems::system;

/// Which field is the unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// The total field, excited by the source `f`.
    Total,
    /// The field scattered by `m - m0`, excited by the background field `u0`.
    Scattered,
}

/// One equation of one unknown.
#[derive(Debug, Clone, Copy)]
pub struct EquationRow {
    /// Its name.
    pub name: &'static str,
    /// Reads it from the system `acoustic`.
    pub read: fn(Dimension) -> Equation,
}

const EQUATIONS: &[EquationRow] = &[
    EquationRow { name: "helmholtz_total", read: |dimension| helmholtz(dimension, Form::Total) },
    EquationRow { name: "helmholtz_scattered", read: |dimension| helmholtz(dimension, Form::Scattered) },
    EquationRow { name: "acoustic_wave", read: acoustic_wave },
    EquationRow { name: "acoustic_wave_scattered", read: acoustic_wave_scattered },
];

/// Every equation of one unknown.
///
/// ```
/// for row in pde::equations() {
///     println!("{}", (row.read)(pde::Dimension::Two));
/// }
/// ```
#[must_use]
pub fn equations() -> &'static [EquationRow] {
    EQUATIONS
}

/// Acoustic waves in time in a medium of constant density.
///
/// Unknown `u`; parameter `m` = 1/v^2; coefficient `f`.
///
/// # Units
/// `u` Pa; `m` s^2/m^2; `f` Pa/m^2.
#[must_use]
pub fn acoustic_wave(dimension: Dimension) -> Equation {
    let system = acoustic(dimension);
    of("acoustic_wave", &system, system.residuals[0].clone())
}

/// Acoustic waves in time, for the field scattered by `m - m0`: the total field is `u0 + u`.
///
/// Unknown `u`; parameter `m` = 1/v^2; coefficients `m0` and the background field `u0`.
///
/// # Units
/// `u`, `u0` Pa; `m`, `m0` s^2/m^2.
#[must_use]
pub fn acoustic_wave_scattered(dimension: Dimension) -> Equation {
    let system = read(acoustic(dimension).scattered());
    of("acoustic_wave_scattered", &system, system.residuals[0].clone())
}

/// The Helmholtz equation with a perfectly matched layer: acoustic waves of constant density at a frequency, time factor
/// exp(+i omega t).
///
/// The residual is that of the system in stretched coordinates, times minus their volume element, which makes the operator its
/// own transpose. The source has the usual sign of the Helmholtz equation: `f` here is minus that of the waves in time.
///
/// Unknown `u`; parameter `m` = 1/v^2; coefficients `e_x`, `e_y`, `e_z` (each along its own axis only),
/// `f` (total) or `u0`, `m0` (scattered); constant `omega`.
///
/// # Units
/// `u`, `u0` Pa; `m`, `m0` s^2/m^2; `omega` rad/s; `e_a` 1; `f` Pa/m^2.
///
/// # Source
/// Stretched coordinates: Chew & Weedon, Microw. Opt. Technol. Lett. 7 (1994), 599-604. Total form in 2-D: Sitzmann et al.,
/// NeurIPS 2020, supplement, section on the Helmholtz equation.
///
/// ```
/// use pde::{Dimension, Form, helmholtz};
/// let equation = helmholtz(Dimension::One, Form::Total);
/// assert_eq!(equation.residual.to_string(), "dx((1/e_x) dx(u)) + e_x omega^2 m u - f");
/// ```
#[must_use]
pub fn helmholtz(dimension: Dimension, form: Form) -> Equation {
    let harmonic = read(acoustic(dimension).harmonic());
    let (name, system) = match form {
        Form::Total => ("helmholtz_total", harmonic),
        Form::Scattered => ("helmholtz_scattered", read(harmonic.scattered())),
    };
    let volume = Expr::product(dimension.axes().iter().map(|axis| Expr::symbol(&stretch(*axis))));
    let source = system.given.iter().find(|given| given.name == "f").expect("a source of the system");
    let symmetric = read(system.stretched_symmetric());
    let residual = (&symmetric.residuals[0] * -1.0)
        .substitute("f", &(Expr::symbol(source) / volume * -1.0))
        .substitute("omega", &Expr::symbol(&Symbol::constant("omega", "rad/s")));
    of(name, &symmetric, as_written(&residual))
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
        let one = |residual: Expr, axis: &Axis| residual.substitute(&stretch(*axis).name, &Expr::one());
        Self { residual: self.axes().iter().fold(self.residual.clone(), one), ..self.clone() }
    }
}

/// The system `acoustic` with its unknown `u` and with the squared slowness as its parameter.
fn acoustic(dimension: Dimension) -> System {
    let declared = system("acoustic", dimension).expect("acoustic waves exist in every dimension");
    let pressure = &declared.unknowns[0];
    let u = Symbol { name: "u".to_owned(), ..pressure.clone() };
    let m = Symbol { role: Role::Parameter, ..declared.derived[0].symbol.clone() };
    let residual = declared.residuals[0]
        .substitute(&pressure.name, &Expr::symbol(&u))
        .substitute(&m.name, &Expr::symbol(&m));
    System {
        unknowns: vec![u],
        parameters: vec![m],
        derived: Vec::new(),
        residuals: vec![residual],
        surface: Vec::new(),
        conditions: Vec::new(),
        ..declared
    }
}

fn read(system: Result<System, PdeError>) -> System {
    system.expect("the system `acoustic` has this reading")
}

fn of(name: &str, system: &System, residual: Expr) -> Equation {
    Equation {
        name: name.to_owned(),
        dimension: system.dimension,
        unknown: system.unknowns[0].clone(),
        parameters: system.parameters.clone(),
        residual,
    }
}

/// The stretching factor of an axis.
fn stretch(axis: Axis) -> Symbol {
    Symbol::coefficient(&format!("e_{}", axis.letter()), &[axis], "1").complex()
}

/// The terms with derivatives first, and in each product layers, frequency, medium and field in this order.
fn as_written(residual: &Expr) -> Expr {
    const ORDER: [&str; 6] = ["e_x", "e_y", "e_z", "omega", "m", "m0"];
    let rank = |factor: &Expr| {
        let symbols = factor.symbols();
        let place = |name: &str| ORDER.iter().position(|known| *known == name).unwrap_or(ORDER.len());
        symbols.iter().map(|symbol| place(&symbol.name)).max().unwrap_or(0)
    };
    let differentiated =
        |term: &&Expr| term.factors().iter().any(|factor| matches!(factor.node(), Node::Derivative(..)));
    let (first, last): (Vec<&Expr>, Vec<&Expr>) = residual.terms().iter().partition(differentiated);
    Expr::sum(first.into_iter().chain(last).map(|term| {
        let mut factors = term.factors().to_vec();
        factors.sort_by_key(rank);
        Expr::product(factors)
    }))
}
