//! Identities that every equation of one unknown satisfies, in one, two and three dimensions.

use crate::{Axis, Dimension, Equation, Symbol, equations, parse};

mod exact;
mod identities;
pub(crate) mod smooth;
mod stencils;
mod systems;
mod tables;
mod written;

/// Every equation in every dimension, and one whose parameter stands under derivatives.
fn every_equation() -> impl Iterator<Item = Equation> {
    let listed = equations().iter().flat_map(|row| Dimension::ALL.map(row.read));
    listed.chain(Dimension::ALL.map(of_density))
}

/// Acoustic waves in a medium of variable density: `(m / rho) d2u/dt2 - div[(1 / rho) grad u] - f`.
fn of_density(dimension: Dimension) -> Equation {
    let axes = dimension.axes();
    let and_time = [axes, &[Axis::T]].concat();
    let unknown = Symbol::unknown("u", &and_time, "Pa");
    let parameters = vec![Symbol::parameter("m", axes, "s^2/m^2"), Symbol::parameter("rho", axes, "kg/m^3")];
    let symbols =
        [&[unknown.clone(), Symbol::coefficient("f", &and_time, "1/s^2")][..], &parameters[..]].concat();
    let flux = |axis: &Axis| format!(" - d{0}((1/rho) d{0}(u))", axis.letter());
    let text = format!("(m/rho) dtt(u){} - f", axes.iter().map(flux).collect::<String>());
    let residual = parse(&text, &symbols).expect("an equation");
    Equation { name: "of_density".to_owned(), dimension, unknown, parameters, residual }
}
