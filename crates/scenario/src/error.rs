//! Errors of a command, and its exit code.

use std::path::PathBuf;

use document::ScenarioError;

use survey::data_error::DataError;

/// An error that ends a command.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FwiError {
    /// The scenario is wrong.
    #[error(transparent)]
    Scenario(#[from] Box<ScenarioError>),
    /// There is no scenario at the path.
    #[error("{}: cannot be read: {source}\n help: give the path of a scenario, such as scenarios/cylinder.yaml", path.display())]
    NoScenario {
        /// The path given.
        path: PathBuf,
        /// The message of the operating system.
        source: std::io::Error,
    },
    /// The run directory cannot be written.
    #[error("{}: cannot be written: {source}\n help: choose another directory with -o", path.display())]
    Unwritable {
        /// The directory.
        path: PathBuf,
        /// The message of the operating system.
        source: std::io::Error,
    },
    /// A scenario that was drawn from a family.
    #[error("{}: `{name}`, drawn from seed {seed}, is no scenario of family `{family}`\n {error}", file.display())]
    Drawn {
        /// The file of families.
        file: PathBuf,
        /// The family.
        family: String,
        /// The drawn scenario.
        name: String,
        /// Its seed.
        seed: u64,
        /// What is wrong with it.
        error: Box<FwiError>,
    },
    /// An argument with an invalid value.
    #[error("{argument} {found}: {problem}\n found: {found}   expected: {expected}")]
    Argument {
        /// The argument as typed, such as `--only`.
        argument: &'static str,
        /// Its value.
        found: String,
        /// What is wrong.
        problem: &'static str,
        /// What is expected instead.
        expected: String,
    },
    /// A file that is read or written.
    #[error(transparent)]
    Data(#[from] DataError),
    /// Arguments or a scenario that ask for more memory than there is.
    #[error(transparent)]
    Memory(#[from] survey::memory::Shortage),
    /// An error of the finite differences.
    #[error(transparent)]
    Fd(#[from] fd::FdError),
    /// An error of the neural fields.
    #[error(transparent)]
    Fields(#[from] fields::FieldsError),
    /// A part of the program that does not exist yet.
    #[error("{what} is not part of this version")]
    Absent {
        /// The part.
        what: &'static str,
    },
    /// Standard output or a file of the run could not be written.
    #[error("cannot write {what}: {source}")]
    Write {
        /// What was being written.
        what: String,
        /// The message of the operating system.
        source: std::io::Error,
    },
    /// An error of an inversion.
    #[error(transparent)]
    Inversion(#[from] fwi::inversion::InversionError),
    /// An inversion or a fit diverged; the others ran.
    #[error("{what} `{name}` diverged; the run directory contains its last good model and the other {what}s")]
    Diverged {
        /// `inversion` or `fit`.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// A network that is written, but less accurate than requested.
    #[error(
        "{}: the error is {} %, more than the requested {} %; the network is written; raise --width, --layers or --steps \
         for a better one", path.display(), survey::ticks::significant(100.0 * found, 3),
        survey::ticks::significant(100.0 * asked, 3)
    )]
    Inaccurate {
        /// The file.
        path: PathBuf,
        /// Its error.
        found: f64,
        /// The requested error.
        asked: f64,
    },
    /// A member failed; the others ran.
    #[error("{what} `{name}` failed; the others are in the run directory")]
    Failed {
        /// `inversion`, `fit`, ...
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// No member has the requested name.
    #[error(
        "--only {found}: no {what} of this name\n found: {found}   expected: {}",
        document::numbers::list(names)
    )]
    NoMember {
        /// `inversion`, `fit`, ...
        what: &'static str,
        /// The name.
        found: String,
        /// The existing names.
        names: Vec<String>,
    },
    /// Another rank has an error, which it says itself.
    #[error("rank {rank} cannot go on; its own message says why")]
    Elsewhere {
        /// The rank.
        rank: usize,
    },
    /// Another rank runs something else.
    #[error(
        "rank {rank} runs another version of the program, or reads another scenario, than rank 0\n help: give every machine the \
         same program and the same files"
    )]
    OtherRank {
        /// The rank.
        rank: usize,
    },
    /// More ranks than there is work for.
    #[error(
        "{found} ranks, but {items} {what}: each rank computes at least one\n found: {found}   expected: at most {items}\n help: \
         start fewer ranks (mpirun -n {items}) with more threads each (RAYON_NUM_THREADS)"
    )]
    TooManyRanks {
        /// Ranks.
        found: usize,
        /// `shots` or `frequencies`.
        what: &'static str,
        /// How many of them.
        items: usize,
    },
    /// Started by a launcher of MPI, but built without MPI.
    #[error(
        "a launcher of MPI has started {count} copies of a program that was built without MPI; all of them would write to the \
         same files\n help: build with `--features mpi`, or start the program without the launcher"
    )]
    WithoutMpi {
        /// Copies.
        count: usize,
    },
    /// Another run writes into the same directory.
    #[error(
        "{}: another run is writing here{}\n help: wait for it, end it, or choose another directory with -o",
        path.display(), if by.is_empty() { String::new() } else { format!(" ({by})") }
    )]
    Busy {
        /// The directory.
        path: PathBuf,
        /// The process that runs there.
        by: String,
    },
    /// A run that cannot be resumed.
    #[error(
        "{}: cannot be resumed: {reason}\n help: restore the scenario, choose another directory with -o, or run without \
         --resume, which moves the earlier run to a folder of its own", path.display()
    )]
    Resume {
        /// The directory.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// Ctrl-C or another signal.
    #[error("interrupted by {signal}; continue with: {resume}")]
    Interrupted {
        /// The command that continues.
        resume: String,
        /// The name of the signal.
        signal: fwi::interruption::Signal,
    },
}

impl FwiError {
    /// The exit code: 2 if the scenario, arguments or input files are wrong; 130, 143 or 129 after an interruption; 1 for a failure
    /// while running.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            FwiError::Interrupted { signal, .. } => signal.exit_code(),
            FwiError::Data(error) if error.is_output() => 1,
            FwiError::Drawn { error, .. } => error.exit_code(),
            FwiError::Scenario(_)
            | FwiError::NoScenario { .. }
            | FwiError::Unwritable { .. }
            | FwiError::Argument { .. }
            | FwiError::NoMember { .. }
            | FwiError::Resume { .. }
            | FwiError::TooManyRanks { .. }
            | FwiError::OtherRank { .. }
            | FwiError::WithoutMpi { .. }
            | FwiError::Memory(_)
            | FwiError::Data(_) => 2,
            FwiError::Inversion(_)
            | FwiError::Diverged { .. }
            | FwiError::Failed { .. }
            | FwiError::Busy { .. }
            | FwiError::Elsewhere { .. }
            | FwiError::Inaccurate { .. }
            | FwiError::Fd(_)
            | FwiError::Fields(_)
            | FwiError::Absent { .. }
            | FwiError::Write { .. } => 1,
        }
    }
}

impl From<ScenarioError> for FwiError {
    fn from(error: ScenarioError) -> FwiError {
        FwiError::Scenario(Box::new(error))
    }
}
