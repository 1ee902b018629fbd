//! The quantity and unit of the numbers of a model.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::PLAUSIBLE;

/// The quantities and units of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, Serialize, Deserialize, JsonSchema)]
pub enum VelocityUnit {
    /// Velocity in m/s.
    #[value(name = "m/s")]
    #[serde(rename = "m/s")]
    MetresPerSecond,
    /// Velocity in km/s.
    #[value(name = "km/s")]
    #[serde(rename = "km/s")]
    KilometresPerSecond,
    /// Squared slowness in s^2/m^2.
    #[value(name = "s2/m2")]
    #[serde(rename = "s2/m2")]
    SquaredSlowness,
    /// Squared slowness in s^2/km^2.
    #[value(name = "s2/km2")]
    #[serde(rename = "s2/km2")]
    SquaredSlownessKm,
}

impl VelocityUnit {
    /// Its name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            VelocityUnit::MetresPerSecond => "m/s",
            VelocityUnit::KilometresPerSecond => "km/s",
            VelocityUnit::SquaredSlowness => "s2/m2",
            VelocityUnit::SquaredSlownessKm => "s2/km2",
        }
    }

    /// The unit of a `units` attribute, in the spellings of other programs.
    pub fn named(text: &str) -> Option<VelocityUnit> {
        let text = text.to_lowercase();
        let word: String = text.chars().filter(|c| !matches!(c, ' ' | '.' | '*' | '^' | '(' | ')')).collect();
        match word.as_str() {
            "m/s" | "ms-1" | "m/sec" | "meter/second" | "meters/second" | "metre/second"
            | "metres/second" | "meterspersecond" | "metrespersecond" => Some(VelocityUnit::MetresPerSecond),
            "km/s" | "kms-1" | "km/sec" | "kilometers/second" | "kilometres/second" => {
                Some(VelocityUnit::KilometresPerSecond)
            }
            "s2/m2" | "s2m-2" => Some(VelocityUnit::SquaredSlowness),
            "s2/km2" | "s2km-2" => Some(VelocityUnit::SquaredSlownessKm),
            _ => None,
        }
    }

    /// The velocity in m/s behind one number.
    #[must_use]
    pub fn velocity(self, value: f64) -> f64 {
        match self {
            VelocityUnit::MetresPerSecond => value,
            VelocityUnit::KilometresPerSecond => 1e3 * value,
            VelocityUnit::SquaredSlowness => value.sqrt().recip(),
            VelocityUnit::SquaredSlownessKm => 1e3 * value.sqrt().recip(),
        }
    }

    /// The unit that the name and size of the numbers allow: `m`, `m0` ... is a squared slowness where it can be one.
    pub(super) fn recognised(named: &str, values: &[f64]) -> VelocityUnit {
        let named = named.rsplit('/').next().unwrap_or(named);
        let slowness = named == "m" || named.strip_prefix('m').is_some_and(|r| r.parse::<u32>().is_ok());
        let lo = values.iter().copied().fold(f64::INFINITY, f64::min);
        let hi = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let fits =
            |unit: VelocityUnit| unit.velocity(hi) >= PLAUSIBLE[0] && unit.velocity(lo) <= PLAUSIBLE[1];
        let candidates = [VelocityUnit::SquaredSlownessKm, VelocityUnit::SquaredSlowness];
        let found = candidates.into_iter().find(|u| slowness && fits(*u));
        found.unwrap_or(VelocityUnit::MetresPerSecond)
    }
}
