//! A system in stretched coordinates: absorbing layers at a frequency.

use crate::error::PdeError;
use crate::expr::{Expr, Node};
use crate::symbol::{Axis, Symbol};
use crate::system::System;

impl System {
    /// The system in stretched coordinates, `d(stretched a) = e_a da`: every derivative along a space axis is divided by the
    /// given factor `e_a`, which is 1 outside of the absorbing layers and complex inside. Waves that leave decay there and
    /// are not reflected.
    ///
    /// # Units
    /// `e_x`, `e_y` and `e_z` are numbers, each a function of its own coordinate.
    ///
    /// # Errors
    /// [`PdeError::InTime`] for a system in time, where the factors would depend on the frequency; the errors of
    /// [`System::check`], [`PdeError::NameTwice`] for a system with an `e_x` of its own among them.
    ///
    /// # Source
    /// Chew & Weedon, Microw. Opt. Technol. Lett. 7 (1994), 599-604.
    ///
    /// ```
    /// use pde::{Dimension, System};
    /// let text = "unknown u [Pa]\nparameter vp [m/s]\ndtt(u)/vp^2 - dxx(u) = 0\n";
    /// let stretched = System::parse("string", Dimension::One, text)?.harmonic()?.stretched()?;
    /// assert_eq!(stretched.residuals[0].to_string(), "-(omega^2/vp^2) u - (1/e_x) dx((1/e_x) dx(u))");
    /// # Ok::<(), pde::PdeError>(())
    /// ```
    pub fn stretched(&self) -> Result<System, PdeError> {
        if self.symbols().any(|symbol| symbol.depends_on.contains(&Axis::T)) {
            return Err(PdeError::InTime { system: self.name.clone() });
        }
        let factor =
            |axis: &Axis| Symbol::coefficient(&format!("e_{}", axis.letter()), &[*axis], "1").complex();
        let factors: Vec<Symbol> = self.dimension.axes().iter().map(factor).collect();
        let inverse = |axis: Axis| {
            let position = self.dimension.axes().iter().position(|known| *known == axis);
            Expr::symbol(&factors[position.expect("a system varies along the axes of its dimension")])
                .powi(-1)
        };
        let stretched = System {
            name: format!("{}_stretched", self.name),
            given: [&self.given[..], &factors].concat(),
            residuals: self.residuals.iter().map(|residual| stretch(residual, &inverse)).collect(),
            ..self.clone()
        };
        stretched.check()?;
        Ok(stretched)
    }
}

/// The expression with every derivative times `inverse` of its axis.
fn stretch(expr: &Expr, inverse: &impl Fn(Axis) -> Expr) -> Expr {
    match expr.node() {
        Node::Field(symbol, derivative) => {
            derivative.axes().fold(Expr::symbol(symbol), |inner, axis| inverse(axis) * inner.d(axis))
        }
        Node::Derivative(axis, inner) => inverse(*axis) * stretch(inner, inverse).d(*axis),
        _ => expr.rebuild(|child| stretch(child, inverse)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::smooth::{Smooth, points};
    use crate::{Dimension, Form, helmholtz, systems};

    /// Without its source, the stretched acoustic system is the declared Helmholtz equation over minus the volume element.
    #[test]
    fn acoustic_is_helmholtz() {
        for dimension in Dimension::ALL {
            let row = systems().iter().find(|row| row.name == "acoustic").unwrap();
            let system = (row.declare)(dimension).unwrap().harmonic().unwrap().stretched().unwrap();
            let equation = helmholtz(dimension, Form::Total);
            let factors = system.given.iter().filter(|given| given.name.starts_with("e_"));
            let found = Expr::product(factors.map(Expr::symbol)) * &system.residuals[0] * -1.0;
            let found = found.substitute("m", &Expr::symbol(&equation.parameters[0]));
            let found = found.substitute("p", &Expr::symbol(&equation.unknown));
            let [found, declared] = [&found, &equation.residual].map(|r| r.substitute("f", &Expr::zero()));
            let env = Smooth::new(dimension.axes(), [&declared, &found]);
            for at in points(dimension.axes()) {
                let [found, declared] = [&found, &declared].map(|expr| expr.eval(&env, &at).unwrap());
                assert!((found - declared).norm() < 1e-12 * declared.norm(), "{found} {declared}");
            }
        }
    }

    #[test]
    fn systems_in_time_are_refused() {
        for row in systems() {
            for system in Dimension::ALL.into_iter().filter_map(row.declare) {
                assert!(matches!(system.stretched(), Err(PdeError::InTime { .. })), "{}", system.name);
                let once = system.harmonic().unwrap().stretched().unwrap();
                assert_eq!(once.stretched(), Err(PdeError::NameTwice { name: "e_x".to_owned() }));
            }
        }
    }
}
