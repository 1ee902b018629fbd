//! The settings of one computation of wavefields.

use super::method::WavefieldMethodChoice;
use crate::run_settings::RunSettings;

crate::member_block! {
    /// One computation of the wavefields.
    pub struct WavefieldBlock {
        /// Name of its folder in the run directory and of its row in the report.
        pub name: String,
        /// How the wavefields are represented and computed.
        pub method: WavefieldMethodChoice,
    }
}

impl WavefieldBlock {
    /// How it is run.
    #[must_use]
    pub fn run_settings(&self) -> RunSettings<'_> {
        RunSettings { device: &self.device, seed: self.seed, time_limit: self.time_limit }
    }
}
