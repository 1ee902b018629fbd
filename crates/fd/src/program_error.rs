//! What can go wrong when a system becomes a program.

/// An error of a step program.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ProgramError {
    /// The declaration cannot be stepped.
    #[error(transparent)]
    Declaration(#[from] pde::PdeError),
    /// A field that is used before its own equation has stepped it, without a derivative.
    #[error(
        "`{of}` is used in the equation of `{into}`, which stands before its own; write the equation of `{of}` first"
    )]
    Order {
        /// The field that is used.
        of: String,
        /// The field whose equation uses it.
        into: String,
    },
    /// A free surface of a system that has none.
    #[error(
        "the system `{system}` declares no unknown that vanishes at a free surface, or has no z; declare `surface NAME`, or use \
         absorbing layers on all sides"
    )]
    NoSurface {
        /// The system.
        system: String,
    },
    /// A medium that the equation cannot take.
    #[error(
        "the coefficient {coefficient} is {found} at node {node} of the grid with its layers, where {medium}; the equation \
         needs a number: change the parameters there"
    )]
    Coefficient {
        /// The expression.
        coefficient: String,
        /// Its value.
        found: f64,
        /// The node, x fastest.
        node: usize,
        /// The parameters there.
        medium: String,
    },
    /// A medium that does not satisfy a condition of the equation.
    #[error(
        "the system `{system}` requires {condition}, which is {found} at node {node} of the grid with its layers, where {medium}{says}"
    )]
    Condition {
        /// The system.
        system: String,
        /// The condition.
        condition: String,
        /// The value.
        found: f64,
        /// The node, x fastest.
        node: usize,
        /// The parameters there.
        medium: String,
        /// What to do, behind a colon.
        says: String,
    },
    /// No step, however small, is stable.
    #[error(
        "waves grow for every time step: the equation has a wrong sign, or parameters that it cannot take (largest growth \
         {growth:.4} a step)"
    )]
    Unstable {
        /// The largest amplification found at a very small step.
        growth: f64,
    },
}
