//! The table of methods that compute wavefields.

use super::finite_differences::FiniteDifferences;
use super::least_squares::LeastSquares;
use super::network::Network;
use super::solver::WavefieldMethod;

document::choices! {
    /// A way to compute wavefields.
    pub enum WavefieldMethodChoice: dyn WavefieldMethod {
        finite_differences => FiniteDifferences,
        least_squares => LeastSquares,
        network => Network,
    }
}
