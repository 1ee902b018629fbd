//! Acoustic waves in a medium with a vertical axis of symmetry.
//!
//! ```text
//! d2p/dt2 = vp^2 [(1 + 2 epsilon) (d2/dx2 + d2/dy2) p + sqrt(1 + 2 delta) d2q/dz2] + f
//! d2q/dt2 = vp^2 [sqrt(1 + 2 delta) (d2/dx2 + d2/dy2) p + d2q/dz2] + f
//! ```
//!
//! The waves of p are stable for epsilon >= delta.

use crate::expr::Expr;
use crate::operators::{d, dt};
use crate::symbol::{Axis, Dimension};
use crate::system::System;
use crate::system_builder::Builder;

pub(super) const SOURCE: &str =
    "Zhang, Zhang & Zhang, Geophysics 76 (2011), WA3-WA11, equation 21 with a vertical axis";

/// Unknowns `p` and `q`; parameters `vp` (along the axis), `epsilon` and `delta` of Thomsen.
pub(super) fn declare(dimension: Dimension) -> Option<System> {
    let mut system = Builder::new("acoustic_vti", dimension);
    let (p, q) = (system.unknown("p", "Pa"), system.unknown("q", "Pa"));
    let vp = system.parameter("vp", "m/s");
    let (epsilon, delta) = (system.parameter("epsilon", "1"), system.parameter("delta", "1"));
    system.positive(vp.clone(), "vp has to be positive");
    system.positive(Expr::one() + &delta * 2.0, "delta has to be above -0.5");
    system.not_negative(&epsilon - &delta, "waves grow where epsilon is below delta");
    let f = system.given("f", "Pa/s^2");
    let across = system.derived("across", "m^2/s^2", vp.powi(2) * (Expr::one() + epsilon * 2.0));
    let mixed = system.derived("mixed", "m^2/s^2", vp.powi(2) * (Expr::one() + delta * 2.0).sqrt());
    let along = system.derived("along", "m^2/s^2", vp.powi(2));
    let second = |u: &Expr, axis: &Axis| d(&d(u, *axis), *axis);
    let sum = |horizontal: &Expr, vertical: &Expr| {
        Expr::sum(dimension.axes().iter().map(|axis| match axis {
            Axis::Z => vertical * second(&q, axis),
            _ => horizontal * second(&p, axis),
        }))
    };
    let equations = [(&p, sum(&across, &mixed)), (&q, sum(&mixed, &along))];
    for (u, right) in equations {
        system.residual(dt(&dt(u)) - right - &f);
    }
    if dimension != Dimension::One {
        system.surface(&["p", "q"]);
    }
    Some(system.finish())
}
