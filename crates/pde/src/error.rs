//! What can go wrong when an equation is parsed, lowered or evaluated.

use crate::symbol::MultiIndex;

/// An error of this crate. Every variant holds the numbers and names that its message shows.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PdeError {
    /// The text of an expression does not follow the grammar of [`crate::parse`].
    #[error("column {column}: expected {expected}, found {found}")]
    Parse {
        /// The column, counted in characters from 1.
        column: usize,
        /// What the grammar allows there.
        expected: String,
        /// What was found there.
        found: String,
    },
    /// A name in the text is not among the declared symbols.
    #[error("column {column}: unknown symbol `{name}`; declared are: {}", known.join(", "))]
    UnknownSymbol {
        /// The column, counted in characters from 1.
        column: usize,
        /// The name found.
        name: String,
        /// The names that are declared.
        known: Vec<String>,
    },
    /// A reading requires an expression that is linear in a symbol, but it is not.
    #[error("expected an expression linear in `{symbol}`, found `{term}`")]
    NotLinear {
        /// The symbol.
        symbol: String,
        /// The offending term.
        term: String,
    },
    /// The parameter stands under a derivative, so the linearisation is not a pointwise factor.
    #[error(
        "`{parameter}` stands under {derivative}: dR/d{parameter} is not a pointwise factor, use `perturb` or `sensitivity_kernel`"
    )]
    NotPointwise {
        /// The parameter.
        parameter: String,
        /// The derivative of the perturbation that occurs.
        derivative: MultiIndex,
    },
    /// The equation does not have the requested parameter.
    #[error("equation `{equation}` has no parameter `{name}`; it has: {}", known.join(", "))]
    NoParameter {
        /// The equation.
        equation: String,
        /// The requested name.
        name: String,
        /// The parameters it has.
        known: Vec<String>,
    },
    /// The environment has no value for a symbol or one of its derivatives.
    #[error("no value for {derivative}{}`{symbol}` at {at:?}", if derivative.is_zero() { "" } else { " of " })]
    NoValue {
        /// The symbol.
        symbol: String,
        /// The requested derivative.
        derivative: MultiIndex,
        /// The point, in the order of the equation's axes.
        at: Vec<f64>,
    },
    /// There are no stencils of this order.
    #[error("expected an even stencil order of at least 2, found {found}")]
    Order {
        /// The requested order.
        found: usize,
    },
}
