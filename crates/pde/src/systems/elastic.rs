//! Elastic waves in an isotropic medium: particle velocity and stress.

use crate::symbol::Dimension;
use crate::system::System;
use crate::system_builder::Builder;
use crate::systems::stress::Motion;

pub(super) const SOURCE: &str = "Virieux, Geophysics 51 (1986), 889-901; Aki & Richards (2002), chapter 2";

/// Unknowns `v_x`, .. and `s_xx`, .., `s_xz`; parameters `vp`, `vs` and `rho`.
pub(super) fn declare(dimension: Dimension) -> Option<System> {
    let mut system = Builder::new("elastic", dimension);
    let motion = Motion::new(&mut system);
    let (vp, vs) = (system.parameter("vp", "m/s"), system.parameter("vs", "m/s"));
    let rho = system.parameter("rho", "kg/m^3");
    system.positive(vp.clone(), "vp has to be positive");
    system.positive(rho.clone(), "rho has to be positive");
    system.not_negative(vs.clone(), "vs must not be negative");
    let compression = vp.powi(2) * 3.0 - vs.powi(2) * 4.0;
    system.positive(compression, "vs has to be below 0.866 vp, or the bulk modulus is not positive");
    let mu = system.derived("mu", "Pa", &rho * vs.powi(2));
    let stiffness = system.derived("stiffness", "Pa", &rho * vp.powi(2));
    let lambda = system.derived("lambda", "Pa", &stiffness - &mu * 2.0);
    motion.momentum(&mut system, &rho);
    let normal = |a, b| if a == b { stiffness.clone() } else { lambda.clone() };
    motion.hooke(&mut system, normal, |_, _| mu.clone());
    if dimension != Dimension::One {
        system.surface(&["s_zz", "s_xz", "s_yz"]);
    }
    Some(system.finish())
}
