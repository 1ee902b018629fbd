//! The table of methods that compute waves in time.

use super::finite_differences::FiniteDifferences;
use super::network::Network;
use super::problem::EvolutionMethod;
use super::standing_waves::StandingWaves;

document::choices! {
    /// A way to compute waves in time.
    pub enum EvolutionMethodChoice: dyn EvolutionMethod {
        finite_differences => FiniteDifferences,
        network => Network,
        standing_waves => StandingWaves,
    }
}
