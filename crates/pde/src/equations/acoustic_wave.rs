//! Acoustic waves in time.
//!
//! ```text
//! constant density:  R = m d2u/dt2 - lap u - f
//! scattered:         R = m d2u/dt2 - lap u + (m - m0) d2u0/dt2,   where m0 d2u0/dt2 - lap u0 = f
//! variable density:  R = (m / rho) d2u/dt2 - div[(1 / rho) grad u] - f
//! ```

use crate::equation::Equation;
use crate::expr::Expr;
use crate::operators::{div, dt, grad, laplacian, scale};
use crate::symbol::{Axis, Dimension, Symbol};

pub(super) const SOURCE: &str = "Aki & Richards, Quantitative Seismology (2002), chapter 4; \
    Tarantola, Geophysics 49 (1984), 1259-1266";

/// The acoustic wave equation in a medium of constant density.
///
/// Unknown `u`; parameter `m` = 1/v^2; coefficient `f`.
///
/// # Units
/// `u` Pa; `m` s^2/m^2; `f` Pa/m^2.
pub fn acoustic_wave(dimension: Dimension) -> Equation {
    let axes = dimension.axes();
    let axes_and_time = [axes, &[Axis::T]].concat();
    let unknown = Symbol::unknown("u", &axes_and_time, "Pa");
    let squared_slowness = Symbol::parameter("m", axes, "s^2/m^2");

    let u = Expr::symbol(&unknown);
    let m = Expr::symbol(&squared_slowness);
    let f = Expr::symbol(&Symbol::coefficient("f", &axes_and_time, "Pa/m^2"));

    let residual = m * dt(&dt(&u)) - laplacian(&u, dimension) - f;
    let parameters = vec![squared_slowness];
    Equation { name: "acoustic_wave".to_owned(), dimension, unknown, parameters, residual }
}

/// The acoustic wave equation for the field scattered by `m - m0`: the total field is `u0 + u`.
///
/// Unknown `u`; parameter `m` = 1/v^2; coefficients `m0` and the background field `u0`.
///
/// # Units
/// `u`, `u0` Pa; `m`, `m0` s^2/m^2.
pub fn acoustic_wave_scattered(dimension: Dimension) -> Equation {
    let axes = dimension.axes();
    let axes_and_time = [axes, &[Axis::T]].concat();
    let unknown = Symbol::unknown("u", &axes_and_time, "Pa");
    let squared_slowness = Symbol::parameter("m", axes, "s^2/m^2");

    let u = Expr::symbol(&unknown);
    let m = Expr::symbol(&squared_slowness);
    let m0 = Expr::symbol(&Symbol::coefficient("m0", axes, "s^2/m^2"));
    let u0 = Expr::symbol(&Symbol::coefficient("u0", &axes_and_time, "Pa"));

    let residual = &m * dt(&dt(&u)) - laplacian(&u, dimension) + (&m - m0) * dt(&dt(&u0));
    let parameters = vec![squared_slowness];
    Equation { name: "acoustic_wave_scattered".to_owned(), dimension, unknown, parameters, residual }
}

/// The acoustic wave equation in a medium of variable density.
///
/// Unknown `u`; parameters `m` = 1/v^2 and `rho`; coefficient `f`.
///
/// # Units
/// `u` Pa; `m` s^2/m^2; `rho` kg/m^3; `f` 1/s^2.
///
/// # Source
/// Tarantola (1984), with the bulk modulus written as rho / m.
pub fn acoustic_wave_density(dimension: Dimension) -> Equation {
    let axes = dimension.axes();
    let axes_and_time = [axes, &[Axis::T]].concat();
    let unknown = Symbol::unknown("u", &axes_and_time, "Pa");
    let squared_slowness = Symbol::parameter("m", axes, "s^2/m^2");
    let density = Symbol::parameter("rho", axes, "kg/m^3");

    let u = Expr::symbol(&unknown);
    let m = Expr::symbol(&squared_slowness);
    let rho = Expr::symbol(&density);
    let f = Expr::symbol(&Symbol::coefficient("f", &axes_and_time, "1/s^2"));

    let residual = &m / &rho * dt(&dt(&u)) - div(&scale(&rho.powi(-1), &grad(&u, dimension)), dimension) - f;
    let parameters = vec![squared_slowness, density];
    Equation { name: "acoustic_wave_density".to_owned(), dimension, unknown, parameters, residual }
}
