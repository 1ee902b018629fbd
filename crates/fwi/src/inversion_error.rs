//! What can go wrong in an inversion.

use fd::FdError;
use fields::FieldsError;
use survey::data_error::DataError;

/// Errors of an inversion.
#[derive(Debug, thiserror::Error)]
pub enum InversionError {
    /// An error of the finite differences.
    #[error(transparent)]
    Fd(#[from] FdError),
    /// An error of the networks.
    #[error(transparent)]
    Fields(#[from] FieldsError),
    /// A state of another optimiser.
    #[error(transparent)]
    OptimizerState(#[from] optimise::StateError),
    /// An error of the data, which are read as they are needed.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The run diverged.
    #[error(
        "diverged at iteration {iteration}: {what} is {value}{culprit}; the last good state is kept; lower the learning \
         rate or raise the weight of the regulariser, then run again"
    )]
    Diverged {
        /// Iteration.
        iteration: usize,
        /// The quantity.
        what: &'static str,
        /// Its value.
        value: f64,
        /// The first parameter of a network that is not finite, in parentheses; empty if there is none.
        culprit: String,
    },
    /// A checkpoint that belongs to another inversion.
    #[error(
        "the checkpoint belongs to another inversion: {what} is {found}, expected {expected}; use the scenario of the \
         checkpoint or start the run again without --resume"
    )]
    CheckpointOfAnother {
        /// What does not match.
        what: &'static str,
        /// In the checkpoint.
        found: String,
        /// In the scenario.
        expected: String,
    },
    /// A stage without data.
    #[error("no data to fit: {cause}; shorten `mutes`, widen the band of the stage, or check the data file")]
    NoData {
        /// Why.
        cause: &'static str,
    },
    /// A region with too few nodes.
    #[error(
        "the region contains {found} nodes of the grid along {axis} and needs at least 2: enlarge `region` or refine the grid"
    )]
    Region {
        /// The axis.
        axis: &'static str,
        /// Nodes in the region.
        found: usize,
    },
    /// A method that needs a uniform starting model.
    #[error("{what} needs a uniform starting model; use {use_instead}")]
    NeedsUniform {
        /// The part that needs it.
        what: &'static str,
        /// What to do.
        use_instead: &'static str,
    },
    /// An error of another rank.
    #[error("{rank}: {message}")]
    Elsewhere {
        /// The name of the rank, with its host.
        rank: String,
        /// Its message.
        message: String,
        /// Whether it is about a medium that the equation cannot take.
        impossible_medium: bool,
    },
}

impl InversionError {
    /// Whether the equation cannot take the medium: a velocity that is not finite or not positive, or too fast for the time step.
    #[must_use]
    pub fn is_impossible_medium(&self) -> bool {
        use FdError::{NotFinite, NotPositive, NotPositiveAt, Program, UnstableProgram, UnstableStep};
        match self {
            Self::Elsewhere { impossible_medium, .. } => *impossible_medium,
            Self::Fd(
                NotFinite { .. }
                | NotPositive { .. }
                | NotPositiveAt { .. }
                | UnstableStep { .. }
                | UnstableProgram { .. }
                | Program(_),
            ) => true,
            _ => false,
        }
    }

    /// Whether the inversion has left all bounds: its objective, its velocity or its squared slowness is no number.
    #[must_use]
    pub fn is_divergence(&self) -> bool {
        matches!(self, Self::Diverged { .. } | Self::Fd(FdError::NotPositiveAt { .. }))
    }
}
