//! Acoustic waves in a medium of constant density: `(1/vp^2) d2p/dt2 = lap p + f`.

use crate::operators::{dt, laplacian};
use crate::symbol::Dimension;
use crate::system::System;
use crate::system_builder::Builder;

pub(super) const SOURCE: &str = "Aki & Richards, Quantitative Seismology (2002), chapter 4";

/// Unknown `p`; parameter `vp`.
pub(super) fn declare(dimension: Dimension) -> Option<System> {
    let mut system = Builder::new("acoustic", dimension);
    let p = system.unknown("p", "Pa");
    let vp = system.parameter("vp", "m/s");
    system.positive(vp.clone(), "vp has to be positive");
    let f = system.given("f", "Pa/m^2");
    let m = system.derived("m", "s^2/m^2", vp.powi(-2));
    system.residual(m * dt(&dt(&p)) - laplacian(&p, dimension) - f);
    if dimension != Dimension::One {
        system.surface(&["p"]);
    }
    Some(system.finish())
}
