//! The quantity and unit of the numbers of a model.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::PLAUSIBLE;

/// The quantities and units of a model. Each is of velocities, densities, moduli or pure numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, Serialize, Deserialize, JsonSchema)]
pub enum ModelUnit {
    /// Velocity in m/s.
    #[value(name = "m/s")]
    #[serde(rename = "m/s")]
    MetresPerSecond,
    /// Velocity in km/s.
    #[value(name = "km/s")]
    #[serde(rename = "km/s")]
    KilometresPerSecond,
    /// Velocity in ft/s.
    #[value(name = "ft/s")]
    #[serde(rename = "ft/s")]
    FeetPerSecond,
    /// Squared slowness in s^2/m^2.
    #[value(name = "s2/m2")]
    #[serde(rename = "s2/m2")]
    SquaredSlowness,
    /// Squared slowness in s^2/km^2.
    #[value(name = "s2/km2")]
    #[serde(rename = "s2/km2")]
    SquaredSlownessKm,
    /// Density in kg/m^3.
    #[value(name = "kg/m3")]
    #[serde(rename = "kg/m3")]
    KilogramsPerCubicMetre,
    /// Density in g/cm^3.
    #[value(name = "g/cm3")]
    #[serde(rename = "g/cm3")]
    GramsPerCubicCentimetre,
    /// Modulus in Pa.
    #[value(name = "Pa")]
    #[serde(rename = "Pa")]
    Pascals,
    /// Modulus in GPa.
    #[value(name = "GPa")]
    #[serde(rename = "GPa")]
    Gigapascals,
    /// A pure number.
    #[value(name = "1")]
    #[serde(rename = "1")]
    Number,
}

impl ModelUnit {
    /// All units, those in which fwi computes before others of the same quantity.
    pub const ALL: [Self; 10] = [
        Self::MetresPerSecond,
        Self::KilometresPerSecond,
        Self::FeetPerSecond,
        Self::SquaredSlowness,
        Self::SquaredSlownessKm,
        Self::KilogramsPerCubicMetre,
        Self::GramsPerCubicCentimetre,
        Self::Pascals,
        Self::Gigapascals,
        Self::Number,
    ];

    /// Its name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::MetresPerSecond => "m/s",
            Self::KilometresPerSecond => "km/s",
            Self::FeetPerSecond => "ft/s",
            Self::SquaredSlowness => "s2/m2",
            Self::SquaredSlownessKm => "s2/km2",
            Self::KilogramsPerCubicMetre => "kg/m3",
            Self::GramsPerCubicCentimetre => "g/cm3",
            Self::Pascals => "Pa",
            Self::Gigapascals => "GPa",
            Self::Number => "1",
        }
    }

    /// The unit in which fwi computes what has this unit: that of [`crate::parameter::Quantity`].
    #[must_use]
    pub fn computed_in(self) -> &'static str {
        match self {
            Self::KilogramsPerCubicMetre | Self::GramsPerCubicCentimetre => "kg/m^3",
            Self::Pascals | Self::Gigapascals => "Pa",
            Self::Number => "1",
            _ => "m/s",
        }
    }

    /// The names of the units of what is computed in a unit, for messages.
    #[must_use]
    pub fn names_of(computed_in: &str) -> Vec<&'static str> {
        Self::ALL.into_iter().filter(|unit| unit.computed_in() == computed_in).map(Self::name).collect()
    }

    /// The unit of a `units` attribute, in the spellings of other programs.
    pub fn named(text: &str) -> Option<ModelUnit> {
        match compact(text).as_str() {
            "m/s" | "ms-1" | "m/sec" | "meter/second" | "meters/second" | "metre/second"
            | "metres/second" | "meterspersecond" | "metrespersecond" => Some(Self::MetresPerSecond),
            "km/s" | "kms-1" | "km/sec" | "kilometers/second" | "kilometres/second" => {
                Some(Self::KilometresPerSecond)
            }
            "ft/s" | "fts-1" | "ft/sec" | "feet/second" => Some(Self::FeetPerSecond),
            "s2/m2" | "s2m-2" => Some(Self::SquaredSlowness),
            "s2/km2" | "s2km-2" => Some(Self::SquaredSlownessKm),
            "kg/m3" | "kgm-3" => Some(Self::KilogramsPerCubicMetre),
            "g/cm3" | "gcm-3" | "g/cc" | "gcc" => Some(Self::GramsPerCubicCentimetre),
            "pa" | "pascal" | "pascals" => Some(Self::Pascals),
            "gpa" | "gigapascal" | "gigapascals" => Some(Self::Gigapascals),
            "1" | "unitless" | "dimensionless" | "none" | "-" => Some(Self::Number),
            _ => None,
        }
    }

    /// The value behind one number, in the unit of [`computed_in`](Self::computed_in).
    #[must_use]
    pub fn value(self, number: f64) -> f64 {
        match self {
            Self::MetresPerSecond | Self::KilogramsPerCubicMetre | Self::Pascals | Self::Number => number,
            Self::KilometresPerSecond | Self::GramsPerCubicCentimetre => 1e3 * number,
            Self::FeetPerSecond => 0.3048 * number,
            Self::SquaredSlowness => number.sqrt().recip(),
            Self::SquaredSlownessKm => 1e3 * number.sqrt().recip(),
            Self::Gigapascals => 1e9 * number,
        }
    }

    /// The unit of a velocity that the name and size of the numbers allow: `m`, `m0` ... is a squared slowness where it can be one.
    pub(super) fn recognised(named: &str, values: &[f64]) -> ModelUnit {
        let named = named.rsplit('/').next().unwrap_or(named);
        let slowness = named == "m" || named.strip_prefix('m').is_some_and(|r| r.parse::<u32>().is_ok());
        let lo = values.iter().copied().fold(f64::INFINITY, f64::min);
        let hi = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let fits = |unit: ModelUnit| unit.value(hi) >= PLAUSIBLE[0] && unit.value(lo) <= PLAUSIBLE[1];
        let candidates = [ModelUnit::SquaredSlownessKm, ModelUnit::SquaredSlowness];
        let found = candidates.into_iter().find(|u| slowness && fits(*u));
        found.unwrap_or(ModelUnit::MetresPerSecond)
    }
}

/// A unit as text without what differs between spellings.
pub(super) fn compact(text: &str) -> String {
    let differs = |c: &char| matches!(c, ' ' | '.' | '*' | '^' | '(' | ')');
    text.to_lowercase().chars().filter(|c| !differs(c)).collect()
}
