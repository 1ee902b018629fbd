//! Elastic waves in a medium with a vertical axis of symmetry: particle velocity and stress.

use crate::expr::Expr;
use crate::symbol::{Axis, Dimension};
use crate::system::System;
use crate::system_builder::Builder;
use crate::systems::stress::Motion;

pub(super) const SOURCE: &str = "Thomsen, Geophysics 51 (1986), 1954-1966, equations 1 and 8";

/// Unknowns as those of `elastic`; parameters `vp` and `vs` (along the axis), `rho`, and `epsilon`, `delta`, in three
/// dimensions `gamma`, of Thomsen.
pub(super) fn declare(dimension: Dimension) -> Option<System> {
    let mut system = Builder::new("elastic_vti", dimension);
    let motion = Motion::new(&mut system);
    let (vp, vs) = (system.parameter("vp", "m/s"), system.parameter("vs", "m/s"));
    let rho = system.parameter("rho", "kg/m^3");
    let (epsilon, delta) = (system.parameter("epsilon", "1"), system.parameter("delta", "1"));
    system.positive(vp.clone(), "vp has to be positive");
    system.positive(rho.clone(), "rho has to be positive");
    system.not_negative(vs.clone(), "vs must not be negative");
    system.positive(vp.powi(2) - vs.powi(2), "vs has to be below vp");
    system.positive(Expr::one() + &epsilon * 2.0, "epsilon has to be above -0.5");
    let root = vp.powi(2) - vs.powi(2) + &delta * vp.powi(2) * 2.0;
    system.positive(root, "delta has to be above (vs^2 / vp^2 - 1) / 2");
    let c33 = system.derived("c33", "Pa", &rho * vp.powi(2));
    let c55 = system.derived("c55", "Pa", &rho * vs.powi(2));
    let c11 = system.derived("c11", "Pa", &c33 * (Expr::one() + epsilon * 2.0));
    let apart = &c33 - &c55;
    let c13 = (&apart * (&apart + &c33 * delta * 2.0)).sqrt() - &c55;
    let c13 = system.derived("c13", "Pa", c13);
    let (c66, c12) = if dimension == Dimension::Three {
        let gamma = system.parameter("gamma", "1");
        let c66 = system.derived("c66", "Pa", &c55 * (Expr::one() + gamma * 2.0));
        let c12 = system.derived("c12", "Pa", &c11 - &c66 * 2.0);
        (c66, c12)
    } else {
        (c55.clone(), c11.clone())
    };
    let across = if dimension == Dimension::Three { &c11 - &c66 } else { c11.clone() };
    // Zero in a fluid, but for rounding.
    let energy = across * &c33 * (1.0 + 1e-9) - c13.powi(2);
    system
        .not_negative(energy, "the strain energy is not positive: delta is too large for epsilon, vs and vp");
    motion.momentum(&mut system, &rho);
    let normal = |a: Axis, b: Axis| match (a, b) {
        (Axis::Z, Axis::Z) => c33.clone(),
        (Axis::Z, _) | (_, Axis::Z) => c13.clone(),
        (a, b) if a == b => c11.clone(),
        _ => c12.clone(),
    };
    let shear = |a: Axis, b: Axis| if a == Axis::Z || b == Axis::Z { c55.clone() } else { c66.clone() };
    motion.hooke(&mut system, normal, shear);
    if dimension != Dimension::One {
        system.surface(&["s_zz", "s_xz", "s_yz"]);
    }
    Some(system.finish())
}
