//! Shear waves with motion out of the section: `rho dv/dt = div s + f`, `ds/dt = mu grad v`.

use crate::operators::{div, dt, grad};
use crate::symbol::Dimension;
use crate::system::System;
use crate::system_builder::Builder;

pub(super) const SOURCE: &str = "Virieux, Geophysics 49 (1984), 1933-1942";

/// Unknowns `v`, `s_x` and `s_z`; parameters `vs` and `rho`. There is no such wave by itself in three dimensions.
pub(super) fn declare(dimension: Dimension) -> Option<System> {
    if dimension == Dimension::Three {
        return None;
    }
    let mut system = Builder::new("sh", dimension);
    let v = system.unknown("v", "m/s");
    let s = system.unknown_vector("s", "Pa");
    let (vs, rho) = (system.parameter("vs", "m/s"), system.parameter("rho", "kg/m^3"));
    system.positive(vs.clone(), "vs has to be positive");
    system.positive(rho.clone(), "rho has to be positive");
    let f = system.given("f", "N/m^3");
    let mu = system.derived("mu", "Pa", &rho * vs.powi(2));
    system.residual(rho * dt(&v) - div(&s, dimension) - f);
    for (s, dv) in s.iter().zip(grad(&v, dimension)) {
        system.residual(dt(s) - &mu * dv);
    }
    if dimension != Dimension::One {
        system.surface(&["s_z"]);
    }
    Some(system.finish())
}
