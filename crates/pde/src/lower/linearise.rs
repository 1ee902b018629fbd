//! The residual linearised in a parameter, and the resulting kernel of the gradient.

use crate::equation::Equation;
use crate::error::PdeError;
use crate::expr::{Expr, Node};
use crate::lower::adjoint::transpose;
use crate::lower::partials::{LinearForm, linear_in};
use crate::symbol::{Role, Symbol};

/// `dR/dm` as a factor: `R(m + dm) = R(m) + (dR/dm) dm + O(dm^2)`.
///
/// # Errors
/// [`PdeError::NoParameter`]; [`PdeError::NotPointwise`] if the parameter stands under a derivative, so that `dR/dm`
/// is a differential operator. [`perturb`] and [`sensitivity_kernel`] have no such limit.
///
/// ```
/// use pde::{Dimension, Form, helmholtz, linearise};
/// let equation = helmholtz(Dimension::Two, Form::Scattered);
/// assert_eq!(linearise(&equation, "m")?.to_string(), "e_x e_z omega^2 (u0 + u)");
/// # Ok::<(), pde::PdeError>(())
/// ```
pub fn linearise(equation: &Equation, parameter: &str) -> Result<Expr, PdeError> {
    let delta = perturbation(equation.parameter(parameter)?);
    let form = linear_in(&perturb(equation, parameter)?, &delta.name)?;
    match form.terms.iter().find(|(derivative, _)| !derivative.is_zero()) {
        Some((derivative, _)) => {
            Err(PdeError::NotPointwise { parameter: parameter.to_owned(), derivative: *derivative })
        }
        None => Ok(form.coefficient(crate::MultiIndex::ZERO)),
    }
}

/// The first-order change of the residual when parameter `m` changes by `delta_m`.
///
/// # Errors
/// [`PdeError::NoParameter`].
pub fn perturb(equation: &Equation, parameter: &str) -> Result<Expr, PdeError> {
    Ok(vary(&equation.residual, &perturbation(equation.parameter(parameter)?), parameter))
}

/// The kernel `(dR/dm)^T lambda`: minus its real part is the gradient of a misfit whose adjoint field is `lambda`.
///
/// # Errors
/// [`PdeError::NoParameter`].
///
/// # Source
/// Tarantola, Geophysics 49 (1984), 1259-1266; Plessix, Geophys. J. Int. 167 (2006), 495-503.
///
/// ```
/// use pde::{Dimension, Form, helmholtz, sensitivity_kernel};
/// let kernel = sensitivity_kernel(&helmholtz(Dimension::One, Form::Total).unstretched(), "m")?;
/// assert_eq!(kernel.to_string(), "omega^2 u lambda");
/// # Ok::<(), pde::PdeError>(())
/// ```
pub fn sensitivity_kernel(equation: &Equation, parameter: &str) -> Result<Expr, PdeError> {
    let delta = perturbation(equation.parameter(parameter)?);
    let lambda = Symbol { name: "lambda".to_owned(), ..equation.unknown.clone() };
    transpose(&perturb(equation, parameter)?, &delta.name, &Expr::symbol(&lambda))
}

/// The first-order change of an expression when a symbol changes, as the factors of the partial derivatives of that change:
/// the derivative of the expression by each partial derivative of the symbol. The rest is 0.
///
/// # Errors
/// Those of [`linear_in`].
///
/// ```
/// use pde::{Axis, Expr, Symbol, variation};
/// let rho = Symbol::parameter("rho", &[Axis::X], "kg/m^3");
/// let slope = Expr::symbol(&rho).powi(-1).d(Axis::X);
/// let found = variation(&slope, &rho)?;
/// assert_eq!(found.to_string(), "1    (2/rho^3) dx(rho)\ndx   -1/rho^2\nrest 0");
/// # Ok::<(), pde::PdeError>(())
/// ```
pub fn variation(expr: &Expr, symbol: &Symbol) -> Result<LinearForm, PdeError> {
    let delta = perturbation(symbol);
    linear_in(&vary(expr, &delta, &symbol.name), &delta.name)
}

fn perturbation(parameter: &Symbol) -> Symbol {
    Symbol { name: format!("delta_{}", parameter.name), role: Role::Coefficient, ..parameter.clone() }
}

impl Expr {
    /// The partial derivative by the value of a symbol that stands under no derivative.
    ///
    /// ```
    /// let vp = pde::Symbol::parameter("vp", &[pde::Axis::Z], "m/s");
    /// assert_eq!(pde::Expr::symbol(&vp).powi(-2).derivative_by("vp").to_string(), "-2/vp^3");
    /// ```
    #[must_use]
    pub fn derivative_by(&self, symbol: &str) -> Expr {
        let Some(found) = self.symbols().into_iter().find(|known| known.name == symbol) else {
            return Expr::zero();
        };
        let delta = perturbation(&found);
        vary(self, &delta, symbol).substitute(&delta.name, &Expr::one())
    }
}

/// The Gateaux derivative of an expression.
fn vary(expr: &Expr, delta: &Symbol, parameter: &str) -> Expr {
    match expr.node() {
        Node::Constant(_) => Expr::zero(),
        Node::Field(symbol, derivative) if symbol.name == parameter => {
            Expr::symbol(delta).partial(*derivative)
        }
        Node::Field(..) => Expr::zero(),
        Node::Derivative(axis, inner) => vary(inner, delta, parameter).d(*axis),
        Node::Sum(terms) => Expr::sum(terms.iter().map(|term| vary(term, delta, parameter))),
        Node::Product(factors) => Expr::sum((0..factors.len()).map(|k| {
            let factor =
                |j: usize| if j == k { vary(&factors[j], delta, parameter) } else { factors[j].clone() };
            Expr::product((0..factors.len()).map(factor))
        })),
        Node::Power(base, power) => base.powi(power - 1) * vary(base, delta, parameter) * f64::from(*power),
        Node::Sqrt(base) => expr.powi(-1) * vary(base, delta, parameter) * 0.5,
    }
}

pub(super) fn show(equation: &Equation) -> Result<String, PdeError> {
    let kernel =
        |symbol: &Symbol| Ok(format!("{}: {}", symbol.name, sensitivity_kernel(equation, &symbol.name)?));
    equation.parameters.iter().map(kernel).collect::<Result<Vec<_>, _>>().map(|lines| lines.join("\n"))
}
