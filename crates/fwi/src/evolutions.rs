//! Waves in time from pulses at rest: what a method is given, what it answers, and the methods there are.

use fd::Grid;
use fd::time::InitialPulse;

use crate::error::FwiError;
use crate::inversion::InversionError;
use crate::model::Model;
use crate::plan::ModelSource;
use crate::scenario::EvolutionBlock;
use crate::scenario::check::CheckSettings;
use crate::summary::Status;

#[path = "evolutions/energy.rs"]
pub mod energy;
#[path = "evolutions/finite_differences.rs"]
pub mod finite_differences;
#[path = "evolutions/network.rs"]
pub mod network;
#[path = "evolutions/pages.rs"]
mod pages;
#[path = "evolutions/run.rs"]
pub mod run;
#[path = "evolutions/standing_waves.rs"]
pub mod standing_waves;
#[path = "evolutions/truth.rs"]
pub mod truth;

pub use finite_differences::FiniteDifferences;
pub use network::Network;
pub use standing_waves::StandingWaves;

/// A way to compute waves in time.
pub trait EvolutionMethod: CheckSettings + Sync {
    /// The wavefields at the points and times of the problem.
    ///
    /// # Errors
    /// [`InversionError`].
    fn solve(
        &self,
        problem: &EvolutionProblem,
        settings: &EvolutionBlock,
        watch: &mut WatchEvolution,
    ) -> Result<Evolved, InversionError>;
}

crate::choices! {
    /// A way to compute waves in time.
    pub enum EvolutionMethodChoice: dyn EvolutionMethod {
        finite_differences => FiniteDifferences,
        network => Network,
        standing_waves => StandingWaves,
    }
}

/// The physics, the same for every method.
pub struct EvolutionProblem {
    /// Points that are compared, over the whole region.
    pub shown: Grid,
    /// The velocity.
    pub velocity: ModelSource,
    /// The fastest velocity, m/s.
    pub fastest: f64,
    /// The slowest velocity, m/s.
    pub slowest: f64,
    /// The start of each wavefield.
    pub pulses: Vec<InitialPulse>,
    /// Times at which fields are asked for, rising, s.
    pub times: Vec<f64>,
}

/// Fields of every source, `[source][time][point]`, Pa.
pub type Snapshots = Vec<Vec<Vec<f64>>>;

/// Told from time to time how far a method is: steps done, residual, and the fields on demand. `true` ends it.
pub type WatchEvolution<'a> = dyn FnMut(u64, f64, &dyn Fn() -> Snapshots) -> bool + 'a;

/// What a method found.
pub struct Evolved {
    /// The fields at the points and times of the problem.
    pub fields: Snapshots,
    /// Steps of an optimiser; 0 for a direct method.
    pub steps: u64,
    /// Unknowns: parameters of a network, or nodes of a grid.
    pub unknowns: u64,
    /// Residual of the equation in units of the pulse over its variance, where the method knows it.
    pub residual: Option<f64>,
    /// How it ended.
    pub status: Status,
    /// Why, in words.
    pub stopped_because: String,
}

impl EvolutionProblem {
    /// The last time, s.
    #[must_use]
    pub fn horizon(&self) -> f64 {
        self.times.last().copied().unwrap_or_default()
    }

    /// Radius beyond which a pulse is below 5e-5 of its peak, m.
    #[must_use]
    pub fn radius(&self) -> f64 {
        4.5 * self.pulses.iter().map(|pulse| pulse.variance.sqrt()).fold(0.0, f64::max)
    }

    /// The velocity on a grid, averaged over its cells.
    ///
    /// # Errors
    /// [`InversionError::Data`] when its file cannot be read any more.
    pub fn sampled(&self, grid: &Grid) -> Result<Model, InversionError> {
        self.velocity.sample(grid).map_err(|error| match error {
            FwiError::Data(error) => InversionError::Data(error),
            error => unreachable!("only a file can fail: {error}"),
        })
    }
}
