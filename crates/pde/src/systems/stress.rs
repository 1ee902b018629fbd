//! What elastic systems share: particle velocity, stress, and the equation of motion.

use crate::expr::Expr;
use crate::operators::{d, dt};
use crate::symbol::Axis;
use crate::system_builder::Builder;

/// Particle velocity and the components of the stress.
pub(super) struct Motion {
    /// A component an axis.
    pub(super) v: Vec<Expr>,
    normal: Vec<Expr>,
    /// The two axes of each shear stress, and the stress.
    shear: Vec<(Axis, Axis, Expr)>,
}

impl Motion {
    /// The unknowns, in the order in which they are stepped.
    pub(super) fn new(system: &mut Builder) -> Motion {
        let v = system.unknown_vector("v", "m/s");
        let axes = system.dimension().axes();
        let normal = axes.iter().map(|a| system.unknown(&format!("s_{0}{0}", a.letter()), "Pa")).collect();
        let mut shear = Vec::new();
        for (i, a) in axes.iter().enumerate() {
            for b in &axes[i + 1..] {
                shear.push((*a, *b, system.unknown(&format!("s_{}{}", a.letter(), b.letter()), "Pa")));
            }
        }
        Motion { v, normal, shear }
    }

    /// `rho dv/dt = div s + f`.
    pub(super) fn momentum(&self, system: &mut Builder, rho: &Expr) {
        let f = system.given_vector("f", "N/m^3");
        let axes = system.dimension().axes();
        for (i, a) in axes.iter().enumerate() {
            let of_shear = self.shear.iter().filter_map(|(b, c, s)| match (b == a, c == a) {
                (true, _) => Some(d(s, *c)),
                (_, true) => Some(d(s, *b)),
                _ => None,
            });
            let divergence = Expr::sum(of_shear.chain([d(&self.normal[i], *a)]));
            system.residual(rho * dt(&self.v[i]) - divergence - &f[i]);
        }
    }

    /// `ds/dt = stiffness strain + q`: the stiffness of two normal components, by their axes, and of a shear component.
    pub(super) fn hooke(
        &self,
        system: &mut Builder,
        normal: impl Fn(Axis, Axis) -> Expr,
        shear: impl Fn(Axis, Axis) -> Expr,
    ) {
        let q = system.given("q", "Pa/s");
        let axes = system.dimension().axes();
        for (i, a) in axes.iter().enumerate() {
            let terms = axes.iter().zip(&self.v).map(|(b, v)| normal(*a, *b) * d(v, *b));
            system.residual(dt(&self.normal[i]) - Expr::sum(terms) - &q);
        }
        let component = |axis: Axis| axes.iter().position(|a| *a == axis).map(|i| &self.v[i]);
        for (a, b, s) in &self.shear {
            let (Some(v_a), Some(v_b)) = (component(*a), component(*b)) else { continue };
            system.residual(dt(s) - shear(*a, *b) * (d(v_a, *b) + d(v_b, *a)));
        }
    }
}
