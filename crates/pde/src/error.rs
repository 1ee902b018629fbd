//! What can go wrong when an equation is parsed, lowered or evaluated.

use crate::symbol::MultiIndex;

/// Where in a text of several lines an error is, as far as that is known; both count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Place {
    /// The line.
    pub line: Option<usize>,
    /// The column, in characters.
    pub column: Option<usize>,
}

impl PdeError {
    /// The error of a line, without the number of the line.
    #[must_use]
    pub fn inner(&self) -> &Self {
        match self {
            Self::Line { error, .. } => error.inner(),
            other => other,
        }
    }

    /// Where the error is in the text of a system, and what is wrong there.
    #[must_use]
    pub fn located(&self) -> (Place, String) {
        match self {
            Self::Line { line, error } => {
                let (place, what) = error.located();
                (Place { line: Some(*line), ..place }, what)
            }
            Self::Parse { column, .. } | Self::UnknownSymbol { column, .. } => {
                let text = self.to_string();
                let what = text.split_once(": ").map_or(text.as_str(), |(_, what)| what).to_owned();
                (Place { line: None, column: Some(*column) }, what)
            }
            _ => (Place::default(), self.to_string()),
        }
    }
}

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
    /// A text that is not a unit.
    #[error("`{text}` is not a unit; expected powers of {}, such as kg/m^3", known.join(", "))]
    UnknownUnit {
        /// The text.
        text: String,
        /// The names that a unit is written with.
        known: Vec<&'static str>,
    },
    /// Terms of a sum, or a coefficient and its value, with different units.
    #[error("units differ: `{first}` has {unit}, `{term}` has {other}")]
    UnitsDiffer {
        /// The first term.
        first: String,
        /// Its unit.
        unit: String,
        /// A later term.
        term: String,
        /// Its unit.
        other: String,
    },
    /// A square root that leaves quarter powers of a unit.
    #[error("sqrt({of}): {unit} has no square root in whole or half powers of kg, m and s")]
    RootOfUnit {
        /// What the root is taken of.
        of: String,
        /// Its unit.
        unit: String,
    },
    /// A name that is declared twice.
    #[error("`{name}` is declared twice; give one of them another name")]
    NameTwice {
        /// The name.
        name: String,
    },
    /// A number of equations that is not that of the unknowns.
    #[error("found {found} equations, expected {expected}, one for each unknown")]
    ResidualCount {
        /// Equations.
        found: usize,
        /// Unknowns.
        expected: usize,
    },
    /// A declaration that cannot be read.
    #[error("expected `NAME [UNIT]`, such as `vp [m/s]`, found `{found}`")]
    Declaration {
        /// The text.
        found: String,
    },
    /// A line of the text of a system.
    #[error("line {line}: {error}")]
    Line {
        /// Its number, from 1.
        line: usize,
        /// What is wrong with it.
        error: Box<PdeError>,
    },
    /// An equation that has no time-harmonic reading.
    #[error(
        "`{residual} = 0` cannot be read at a frequency: each of its terms must have exactly one factor that varies in time"
    )]
    NotHarmonic {
        /// The residual.
        residual: String,
    },
    /// A system in time, where only one at a frequency has a meaning.
    #[error(
        "`{system}` is a system in time; stretched coordinates are those of its reading at a frequency, `harmonic`"
    )]
    InTime {
        /// The system.
        system: String,
    },
    /// An equation that cannot be stepped in time.
    #[error("`{residual} = 0` cannot be stepped in time: {reason}")]
    NotSteppable {
        /// The residual.
        residual: String,
        /// Why, and what to write instead.
        reason: String,
    },
}
