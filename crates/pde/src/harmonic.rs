//! A system at a frequency: fields vary as exp(+i omega t), so `d/dt` becomes `i omega`.

use num_complex::Complex64;

use crate::error::PdeError;
use crate::expr::{Expr, Node};
use crate::symbol::{Axis, Symbol};
use crate::system::System;

impl System {
    /// The time-harmonic reading: unknowns and given fields are complex amplitudes in space, `u(x, t) = Re [u(x) exp(i omega t)]`,
    /// and the number `omega` is given besides. What attenuates in time gets its complex modulus by itself.
    ///
    /// # Units
    /// `omega` in rad/s. Amplitudes have the units of their fields.
    ///
    /// # Errors
    /// [`PdeError::NotHarmonic`] if a term of a residual is not linear in the fields that vary in time; the errors of
    /// [`System::check`], [`PdeError::NameTwice`] for a system with an `omega` of its own among them.
    ///
    /// ```
    /// use pde::{Dimension, System};
    /// let text = "unknown u [Pa]\nparameter vp [m/s]\ngiven f [Pa/m^2]\ndtt(u)/vp^2 - dxx(u) = f\n";
    /// let harmonic = System::parse("string", Dimension::One, text)?.harmonic()?;
    /// assert_eq!(harmonic.residuals[0].to_string(), "-(omega^2/vp^2) u - dxx(u) - f");
    /// # Ok::<(), pde::PdeError>(())
    /// ```
    pub fn harmonic(&self) -> Result<System, PdeError> {
        if let Some(residual) = self.residuals.iter().find(|residual| degree(residual) != Some(1)) {
            return Err(PdeError::NotHarmonic { residual: residual.to_string() });
        }
        let omega = Symbol::coefficient("omega", &[], "rad/s");
        let i_omega = Expr::symbol(&omega) * Complex64::I;
        let amplitudes = |symbols: &[Symbol]| symbols.iter().map(amplitude).collect::<Vec<_>>();
        let mut given = amplitudes(&self.given);
        given.push(omega);
        let harmonic = System {
            name: format!("{}_harmonic", self.name),
            unknowns: amplitudes(&self.unknowns),
            given,
            residuals: self.residuals.iter().map(|residual| read(residual, &i_omega)).collect(),
            ..self.clone()
        };
        harmonic.check()?;
        Ok(harmonic)
    }
}

fn in_time(symbol: &Symbol) -> bool {
    symbol.depends_on.contains(&Axis::T)
}

/// The amplitude of a field that varies in time; other symbols stay.
fn amplitude(symbol: &Symbol) -> Symbol {
    if !in_time(symbol) {
        return symbol.clone();
    }
    let depends_on = symbol.depends_on.iter().copied().filter(|axis| *axis != Axis::T).collect();
    Symbol { depends_on, ..symbol.clone() }.complex()
}

/// The number of factors that vary in time, if it is the same in every term.
fn degree(expr: &Expr) -> Option<usize> {
    let constant = |of: &Expr| (degree(of)? == 0).then_some(0);
    match expr.node() {
        Node::Constant(_) => Some(0),
        Node::Field(symbol, _) => Some(usize::from(in_time(symbol))),
        Node::Derivative(_, inner) => degree(inner),
        Node::Sum(terms) => {
            let first = degree(&terms[0])?;
            terms[1..].iter().all(|term| degree(term) == Some(first)).then_some(first)
        }
        Node::Product(factors) => factors.iter().map(degree).sum(),
        Node::Power(base, _) | Node::Sqrt(base) => constant(base),
    }
}

/// The expression with `i omega` for every time derivative.
fn read(expr: &Expr, i_omega: &Expr) -> Expr {
    match expr.node() {
        Node::Field(symbol, derivative) if in_time(symbol) => {
            let times = derivative.count(Axis::T);
            let mut in_space = *derivative;
            in_space.0[Axis::T as usize] = 0;
            let amplitude = Expr::symbol(&amplitude(symbol)).partial(in_space);
            (0..times).fold(amplitude, |product, _| i_omega * product)
        }
        Node::Derivative(Axis::T, inner) => i_omega * read(inner, i_omega),
        _ => expr.rebuild(|child| read(child, i_omega)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Dimension, systems};

    /// A plane wave gives the same numbers in both readings, in every dimension of every system of the catalogue.
    #[test]
    fn plane_waves_are_those_in_time() {
        let omega = 37.0;
        let value = |name: &str| match name {
            "omega" => Some(omega),
            "epsilon" | "delta" | "gamma" => Some(0.1),
            other => Some(1.0 + other.len() as f64),
        };
        for row in systems() {
            for system in Dimension::ALL.into_iter().filter_map(row.declare) {
                let harmonic = system.harmonic().unwrap();
                assert!(harmonic.residuals.iter().all(|r| !r.depends_on(Axis::T)), "{harmonic}");
                assert!(harmonic.unknowns.iter().all(|unknown| unknown.complex));
                let k = [0.3, -0.2, 0.5].map(|k| Complex64::new(k, 0.1 * k));
                let k = &k[..system.dimension.axes().len()];
                let [a, b] = [&system, &harmonic].map(|s| s.plane_wave(&value, omega.into(), k).unwrap());
                for (a, b) in a.iter().flatten().zip(b.iter().flatten()) {
                    assert!((a - b).norm() <= 1e-14 * a.norm(), "{} {a} {b}", row.name);
                }
            }
        }
    }

    /// Derivatives in time of products with parameters, and of given fields, are carried out.
    #[test]
    fn products_and_sources() {
        let text = "unknown u [Pa]\nparameter m [s^2/m^2]\ngiven q [Pa/s]\n\
                    dt(m dt(u) + m q) - dx(dx(u)) = 0\n";
        let harmonic = System::parse("flux", Dimension::One, text).unwrap().harmonic().unwrap();
        assert_eq!(harmonic.residuals[0].to_string(), "i omega (i m omega u + m q) - dxx(u)");
    }

    #[test]
    fn what_is_not_linear_in_time_is_refused() {
        let head =
            "unknown u [Pa]\nparameter vp [m/s]\ngiven g [1]\ngiven c [Pa/s^2]\nconstant given d [Pa/s^2]\n";
        for right in ["g vp^2 dxx(u)", "vp^2 dxx(u) + d", "vp^2 dxx(u) + c sqrt(g)", "vp^2 dxx(u) + c g^2"] {
            let system =
                System::parse("wrong", Dimension::One, &format!("{head}dtt(u) = {right}\n")).unwrap();
            let error = system.harmonic().unwrap_err();
            assert!(matches!(error, PdeError::NotHarmonic { .. }), "{right}: {error}");
        }
        let omega = "unknown u [Pa]\nparameter omega [1/s]\ndtt(u) + omega^2 u = 0\n";
        let error = System::parse("wrong", Dimension::One, omega).unwrap().harmonic().unwrap_err();
        assert_eq!(error, PdeError::NameTwice { name: "omega".to_owned() });
    }
}
