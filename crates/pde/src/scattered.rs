//! A system for the field that a change of the medium scatters.

use crate::error::PdeError;
use crate::expr::Expr;
use crate::symbol::{Role, Symbol};
use crate::system::System;

impl System {
    /// The system whose unknowns are the fields scattered by a change of the medium: the total field is `u0 + u`, where `u0`
    /// solves the system in a background medium with the same sources.
    ///
    /// The background fields and the parameters of the background are given; their names are those of the unknowns and
    /// parameters with a `0` behind: `p0`, `vp0`. Sources cancel unless a parameter multiplies them.
    ///
    /// # Errors
    /// The errors of [`System::check`], [`PdeError::NameTwice`] for a system with such a name of its own among them.
    ///
    /// ```
    /// use pde::{Dimension, System};
    /// let text = "unknown u [Pa]\nparameter m [s^2/m^2]\ngiven f [Pa/m^2]\nm dtt(u) - dxx(u) = f\n";
    /// let scattered = System::parse("string", Dimension::One, text)?.scattered()?;
    /// let rest = pde::linear_in(&scattered.residuals[0], "u")?.rest;
    /// assert_eq!(rest.to_string(), "m dtt(u0) - m0 dtt(u0)");
    /// # Ok::<(), pde::PdeError>(())
    /// ```
    pub fn scattered(&self) -> Result<System, PdeError> {
        let behind = |symbol: &Symbol| Symbol {
            name: format!("{}0", symbol.name),
            role: Role::Coefficient,
            ..symbol.clone()
        };
        let backgrounds = |symbols: &[Symbol]| symbols.iter().map(behind).collect::<Vec<Symbol>>();
        let (fields, medium) = (backgrounds(&self.unknowns), backgrounds(&self.parameters));
        let total = |residual: &Expr| {
            self.unknowns.iter().zip(&fields).fold(residual.clone(), |residual, (u, u0)| {
                residual.substitute(&u.name, &(Expr::symbol(u0) + Expr::symbol(u)))
            })
        };
        let background = |residual: &Expr| {
            let symbols = self.unknowns.iter().chain(&self.parameters).zip(fields.iter().chain(&medium));
            symbols.fold(self.resolve(residual), |residual, (symbol, of)| {
                residual.substitute(&symbol.name, &Expr::symbol(of))
            })
        };
        let residuals = self.residuals.iter().map(|r| (total(r) - background(r)).expand()).collect();
        let scattered = System {
            name: format!("{}_scattered", self.name),
            given: [&self.given[..], &fields, &medium].concat(),
            residuals,
            ..self.clone()
        };
        scattered.check()?;
        Ok(scattered)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::smooth::{Smooth, points};
    use crate::{Axis, Dimension, Environment, MultiIndex, systems};

    /// The scattered residual is that of the total field less that of the background, for every system, in time and at a
    /// frequency; the sources of the catalogue cancel.
    #[test]
    fn backgrounds_are_subtracted() {
        for row in systems() {
            for system in Dimension::ALL.into_iter().filter_map(row.declare) {
                for system in [system.harmonic().unwrap(), system] {
                    compare(&system);
                }
            }
        }
    }

    fn compare(system: &System) {
        let scattered = system.scattered().unwrap();
        let axes = [system.dimension.axes(), &[Axis::T]].concat();
        let (own, resolved) = (system.resolved(), scattered.resolved());
        let symbols: Vec<Expr> = scattered.symbols().map(Expr::symbol).collect();
        let env = Smooth::new(&axes, &symbols);
        let total = |name: &str, derivative: &MultiIndex, at: &[f64]| {
            let value = env.value(name, derivative, at)?;
            match system.unknown(name) {
                Some(_) => Some(value + env.value(&format!("{name}0"), derivative, at)?),
                None => Some(value),
            }
        };
        let background = |name: &str, derivative: &MultiIndex, at: &[f64]| {
            let parameter = system.parameters.iter().any(|parameter| parameter.name == name);
            match parameter || system.unknown(name).is_some() {
                true => env.value(&format!("{name}0"), derivative, at),
                false => env.value(name, derivative, at),
            }
        };
        for (own, scattered) in own.iter().zip(&resolved) {
            for given in system.given.iter().filter(|given| !given.depends_on.is_empty()) {
                assert!(!scattered.contains(&given.name), "{}: {scattered}", system.name);
            }
            for at in points(&axes) {
                let [all, before] = [own.eval(&total, &at), own.eval(&background, &at)].map(Result::unwrap);
                let found = scattered.eval(&env, &at).unwrap();
                let scale = 1.0 + all.norm() + before.norm();
                assert!((found - (all - before)).norm() < 1e-12 * scale, "{}: {found}", system.name);
            }
        }
    }

    #[test]
    fn names_are_kept_apart() {
        let text = "unknown u [Pa]\nparameter vp [m/s]\nparameter vp0 [m/s]\ndtt(u) - vp vp0 dxx(u) = 0\n";
        let system = System::parse("two", Dimension::One, text).unwrap();
        assert_eq!(system.scattered(), Err(PdeError::NameTwice { name: "vp0".to_owned() }));
    }
}
