//! What can go wrong when an equation is parsed, lowered or evaluated.

use crate::symbol::MultiIndex;

/// An error of this crate; every variant holds the numbers and names its message is made of.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PdeError {
    /// The text of an expression does not follow the grammar of [`crate::parse`].
    #[error("column {column}: expected {expected}, found {found}")]
    Parse {
        /// Where, counted in characters from 1.
        column: usize,
        /// What the grammar allows there.
        expected: String,
        /// What stands there.
        found: String,
    },
    /// A name in the text is not among the declared symbols.
    #[error("column {column}: unknown symbol `{name}`; declared are: {}", known.join(", "))]
    UnknownSymbol {
        /// Where, counted in characters from 1.
        column: usize,
        /// The name found.
        name: String,
        /// The names that would have been understood.
        known: Vec<String>,
    },
    /// A reading needs an expression that is linear in a symbol, and it is not.
    #[error("expected an expression linear in `{symbol}`, found `{term}`")]
    NotLinear {
        /// The symbol.
        symbol: String,
        /// The offending term.
        term: String,
    },
    /// The parameter stands under a derivative, so that the linearisation is not a pointwise factor.
    #[error(
        "`{parameter}` stands under {derivative}: dR/d{parameter} is not a pointwise factor, use `perturb` or `sensitivity_kernel`"
    )]
    NotPointwise {
        /// The parameter.
        parameter: String,
        /// The derivative of the perturbation that occurs.
        derivative: MultiIndex,
    },
    /// An equation was asked about a parameter it does not have.
    #[error("equation `{equation}` has no parameter `{name}`; it has: {}", known.join(", "))]
    NoParameter {
        /// The equation.
        equation: String,
        /// The name asked for.
        name: String,
        /// The parameters it has.
        known: Vec<String>,
    },
    /// The environment has no value for a symbol or one of its derivatives.
    #[error("no value for {derivative}{}`{symbol}` at {at:?}", if derivative.is_zero() { "" } else { " of " })]
    NoValue {
        /// The symbol.
        symbol: String,
        /// The derivative asked for.
        derivative: MultiIndex,
        /// The point, in the order of the equation's axes.
        at: Vec<f64>,
    },
    /// Stencils of this order do not exist.
    #[error("expected an even stencil order of at least 2, found {found}")]
    Order {
        /// The order asked for.
        found: usize,
    },
}
