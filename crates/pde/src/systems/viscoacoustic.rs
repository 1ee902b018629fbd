//! Acoustic waves with attenuation: one standard linear solid.
//!
//! ```text
//! rho dv/dt + grad p = f
//! dr/dt + rate r + M tau rate div v = 0
//! dp/dt + M (1 + tau) div v + r = q
//! ```
//!
//! The complex modulus is M [1 + tau i omega / (i omega + rate)]. At the reference frequency omega = rate the quality factor is
//! `Q`, which makes tau = 2 / (Q - 1), and the phase velocity is `vp`.

use crate::expr::Expr;
use crate::operators::{div, dt, grad};
use crate::symbol::Dimension;
use crate::system::System;
use crate::system_builder::Builder;

pub(super) const SOURCE: &str = "Robertsson, Blanch & Symes, Geophysics 59 (1994), 1444-1456; \
    Blanch, Robertsson & Symes, Geophysics 60 (1995), 176-184";

/// Unknowns `v_x`, (`v_y`,) `v_z`, `r` (the memory of the solid) and `p`; parameters `vp`, `rho` and `Q`; the number `rate`.
pub(super) fn declare(dimension: Dimension) -> Option<System> {
    let mut system = Builder::new("viscoacoustic", dimension);
    let v = system.unknown_vector("v", "m/s");
    let (r, p) = (system.unknown("r", "Pa/s"), system.unknown("p", "Pa"));
    let (vp, rho) = (system.parameter("vp", "m/s"), system.parameter("rho", "kg/m^3"));
    let quality = system.parameter("Q", "1");
    system.positive(vp.clone(), "vp has to be positive");
    system.positive(rho.clone(), "rho has to be positive");
    system.positive(&quality - 1.0, "one standard linear solid has a Q above 1");
    let rate = system.number("rate", "rad/s");
    system.positive(rate.clone(), "rate is the angular frequency at which vp and Q are those of the medium");
    let f = system.given_vector("f", "N/m^3");
    let q = system.given("q", "Pa/s");
    let tau = system.derived("tau", "1", (&quality - 1.0).powi(-1) * 2.0);
    // 1 / cos of the phase of the modulus at the reference frequency.
    let loss = system.derived("loss", "1", (Expr::one() + quality.powi(-2)).sqrt());
    let unrelaxed = (Expr::one() + loss.powi(-1)) * (&quality - 1.0) / (&loss * &quality * 2.0);
    let modulus = system.derived("M", "Pa", &rho * vp.powi(2) * unrelaxed);
    let strain = div(&v, dimension);
    for ((v, dp), f) in v.iter().zip(grad(&p, dimension)).zip(f) {
        system.residual(&rho * dt(v) + dp - f);
    }
    system.residual(dt(&r) + &rate * &r + &modulus * &tau * &rate * &strain);
    system.residual(dt(&p) + modulus * (Expr::one() + tau) * strain + r - q);
    if dimension != Dimension::One {
        system.surface(&["r", "p"]);
    }
    Some(system.finish())
}
