//! A system in stretched coordinates: absorbing layers at a frequency.

use crate::error::PdeError;
use crate::expr::{Expr, Node};
use crate::symbol::{Axis, Dimension, Symbol};
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
        self.in_stretched_coordinates("stretched", Factors::stretch)
    }

    /// The system in stretched coordinates, with every residual times the volume element `J = prod_a e_a`: a second derivative is
    /// then `d/da [(J / e_a^2) du/da]`, which is its own transpose.
    ///
    /// # Errors
    /// Those of [`System::stretched`].
    ///
    /// ```
    /// use pde::{Dimension, System};
    /// let text = "unknown u [Pa]\nparameter vp [m/s]\ndtt(u)/vp^2 - dxx(u) - dzz(u) = 0\n";
    /// let symmetric = System::parse("membrane", Dimension::Two, text)?.harmonic()?.stretched_symmetric()?;
    /// assert_eq!(
    ///     symmetric.residuals[0].to_string(),
    ///     "-(e_x e_z omega^2/vp^2) u - dx((e_z/e_x) dx(u)) - dz((e_x/e_z) dz(u))"
    /// );
    /// # Ok::<(), pde::PdeError>(())
    /// ```
    pub fn stretched_symmetric(&self) -> Result<System, PdeError> {
        self.in_stretched_coordinates("stretched_symmetric", Factors::symmetric)
    }

    fn in_stretched_coordinates(
        &self,
        name: &str,
        read: impl Fn(&Factors, &Expr) -> Expr,
    ) -> Result<System, PdeError> {
        if self.symbols().any(|symbol| symbol.depends_on.contains(&Axis::T)) {
            return Err(PdeError::InTime { system: self.name.clone() });
        }
        let factors = Factors::new(self.dimension);
        let stretched = System {
            name: format!("{}_{name}", self.name),
            given: [&self.given[..], &factors.symbols].concat(),
            residuals: self.residuals.iter().map(|residual| read(&factors, residual)).collect(),
            ..self.clone()
        };
        stretched.check()?;
        Ok(stretched)
    }
}

/// The factors by which coordinates are stretched, in the order of the axes.
struct Factors {
    axes: &'static [Axis],
    symbols: Vec<Symbol>,
}

impl Factors {
    fn new(dimension: Dimension) -> Self {
        let axes = dimension.axes();
        let factor =
            |axis: &Axis| Symbol::coefficient(&format!("e_{}", axis.letter()), &[*axis], "1").complex();
        Self { axes, symbols: axes.iter().map(factor).collect() }
    }

    fn of(&self, axis: Axis) -> Expr {
        let position = self.axes.iter().position(|known| *known == axis);
        Expr::symbol(&self.symbols[position.expect("a system varies along the axes of its dimension")])
    }

    /// The volume element over the factor of an axis.
    fn across(&self, axis: Axis) -> Expr {
        Expr::product(self.symbols.iter().map(Expr::symbol)) / self.of(axis)
    }

    /// The expression with every derivative over the factor of its axis.
    fn stretch(&self, expr: &Expr) -> Expr {
        match expr.node() {
            Node::Field(symbol, derivative) => derivative
                .axes()
                .fold(Expr::symbol(symbol), |inner, axis| self.of(axis).powi(-1) * inner.d(axis)),
            Node::Derivative(axis, inner) => self.of(*axis).powi(-1) * self.stretch(inner).d(*axis),
            _ => expr.rebuild(|child| self.stretch(child)),
        }
    }

    /// The stretched expression times the volume element, which the outermost derivatives take in.
    fn symmetric(&self, expr: &Expr) -> Expr {
        let is_derivative = |factor: &&Expr| match factor.node() {
            Node::Field(_, derivative) => !derivative.is_zero(),
            Node::Derivative(..) => true,
            _ => false,
        };
        let of_term = |term: &Expr| {
            let (derivatives, others): (Vec<&Expr>, Vec<&Expr>) =
                term.factors().iter().partition(is_derivative);
            let others = Expr::product(others.into_iter().map(|factor| self.stretch(factor)));
            match derivatives[..] {
                [derivative] => others * self.outermost(derivative),
                _ => Expr::product(self.symbols.iter().map(Expr::symbol)) * self.stretch(term),
            }
        };
        Expr::sum(expr.terms().iter().map(of_term))
    }

    /// A derivative in stretched coordinates times the volume element. The factor of its axis cancels, and the others do not
    /// vary along it.
    fn outermost(&self, derivative: &Expr) -> Expr {
        let (axis, inner) = match derivative.node() {
            Node::Derivative(axis, inner) => (*axis, inner.clone()),
            Node::Field(symbol, derivative) => {
                let axes: Vec<Axis> = derivative.axes().collect();
                let (last, before) = axes.split_last().expect("a derivative along an axis");
                (*last, before.iter().fold(Expr::symbol(symbol), |inner, axis| inner.d(*axis)))
            }
            _ => unreachable!("the caller looks for derivatives"),
        };
        (self.across(axis) * self.stretch(&inner)).d(axis)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::systems;
    use crate::tests::smooth::{Smooth, points};

    /// The symmetric form is the stretched system times the volume element, for every system of the catalogue.
    #[test]
    fn the_volume_element_is_taken_in() {
        for row in systems() {
            for system in Dimension::ALL.into_iter().filter_map(row.declare) {
                let harmonic = system.harmonic().unwrap();
                let [plain, symmetric] =
                    [harmonic.stretched(), harmonic.stretched_symmetric()].map(Result::unwrap);
                let axes = system.dimension.axes();
                let volume = Expr::product(Factors::new(system.dimension).symbols.iter().map(Expr::symbol));
                for (plain, symmetric) in plain.resolved().iter().zip(symmetric.resolved()) {
                    let expected = &volume * plain;
                    let env = Smooth::new(axes, [&expected, &symmetric]);
                    for at in points(axes) {
                        let [found, expected] =
                            [&symmetric, &expected].map(|expr| expr.eval(&env, &at).unwrap());
                        assert!(
                            (found - expected).norm() < 1e-12 * expected.norm(),
                            "{}: {symmetric}",
                            row.name
                        );
                    }
                }
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
