//! Acoustic waves in a medium of variable density: pressure and particle velocity.
//!
//! ```text
//! rho dv/dt + grad p = f
//! (1/kappa) dp/dt + div v = q      kappa = rho vp^2
//! ```

use crate::operators::{div, dt, grad};
use crate::symbol::Dimension;
use crate::system::System;
use crate::system_builder::Builder;

pub(super) const SOURCE: &str =
    "Virieux, Geophysics 49 (1984), 1933-1942, for staggered grids; Aki & Richards (2002)";

/// Unknowns `v_x`, (`v_y`,) `v_z` and `p`; parameters `vp` and `rho`.
pub(super) fn declare(dimension: Dimension) -> Option<System> {
    let mut system = Builder::new("acoustic_density", dimension);
    let v = system.unknown_vector("v", "m/s");
    let p = system.unknown("p", "Pa");
    let (vp, rho) = (system.parameter("vp", "m/s"), system.parameter("rho", "kg/m^3"));
    system.positive(vp.clone(), "vp has to be positive");
    system.positive(rho.clone(), "rho has to be positive");
    let f = system.given_vector("f", "N/m^3");
    let q = system.given("q", "1/s");
    let kappa = system.derived("kappa", "Pa", &rho * vp.powi(2));
    for ((v, dp), f) in v.iter().zip(grad(&p, dimension)).zip(f) {
        system.residual(&rho * dt(v) + dp - f);
    }
    system.residual(dt(&p) / kappa + div(&v, dimension) - q);
    if dimension != Dimension::One {
        system.surface(&["p"]);
    }
    Some(system.finish())
}
