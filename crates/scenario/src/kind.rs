//! The kind of a scenario file, determined by its root keys.

use document::KeyPath;
use document::locate::Document;
use serde::{Deserialize, Serialize};

/// A kind of scenario; each has a root of its own and all share one reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// [`Scenario`](super::Scenario): data and inversions.
    Inversions,
    /// [`FitScenario`](super::FitScenario): networks fitted to a given array.
    Fits,
    /// [`EvolutionScenario`](super::EvolutionScenario): waves in time from pulses.
    Evolutions,
    /// [`WavefieldScenario`](super::WavefieldScenario): the waves of a given velocity.
    Wavefields,
    /// [`StatisticsScenario`](super::StatisticsScenario): networks as they start, layer by layer.
    #[serde(rename = "activations")]
    Statistics,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Kind; 5] =
        [Kind::Inversions, Kind::Fits, Kind::Wavefields, Kind::Evolutions, Kind::Statistics];

    /// The key of the list of members in the scenario.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Kind::Inversions => "inversions",
            Kind::Fits => "fits",
            Kind::Evolutions => "evolutions",
            Kind::Wavefields => "wavefields",
            Kind::Statistics => "activations",
        }
    }

    /// The word for one member.
    #[must_use]
    pub const fn one(self) -> &'static str {
        match self {
            Kind::Inversions => "inversion",
            Kind::Fits => "fit",
            Kind::Evolutions => "evolution",
            Kind::Wavefields => "wavefield",
            Kind::Statistics => "network",
        }
    }

    /// The order in which kinds are tried. The first kind with a key of the file applies.
    pub const ORDER: [Kind; 5] =
        [Kind::Fits, Kind::Statistics, Kind::Evolutions, Kind::Inversions, Kind::Wavefields];

    /// The keys at the top of a file that identify its kind.
    #[must_use]
    pub const fn keys(self) -> &'static [&'static str] {
        match self {
            Kind::Fits => &["fits", "target"],
            Kind::Statistics => &["activations"],
            Kind::Evolutions => &["evolutions", "pulses"],
            Kind::Inversions => &["inversions"],
            Kind::Wavefields => &["wavefields", "reference"],
        }
    }

    /// The kind of the scenario in a text. A text that is not YAML or has no identifying key counts as inversions, so that their
    /// reader reports the problem.
    #[must_use]
    pub fn of(text: &str) -> Kind {
        let document = Document::parse(text);
        let keys = document.as_ref().map(|document| document.keys(&KeyPath::root())).unwrap_or_default();
        let told = Kind::ORDER.into_iter().find(|kind| keys.iter().any(|key| kind.keys().contains(key)));
        told.unwrap_or(Kind::Inversions)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_keys_tell() {
        assert_eq!(Kind::of("schema: 1\nfits: []\n"), Kind::Fits);
        // A misspelt list is still a scenario of fits, so that the right key can be suggested.
        assert_eq!(Kind::of("target: {}\nfit: []\n"), Kind::Fits);
        assert_eq!(Kind::of("name: a\nactivations:\n  - name: b\n"), Kind::Statistics);
        assert_eq!(Kind::of("schema: 1\nwavefields: []\n"), Kind::Wavefields);
        assert_eq!(Kind::of("data: {}\nwavefields: []\n"), Kind::Wavefields);
        assert_eq!(Kind::of("schema: 1\nevolutions: []\n"), Kind::Evolutions);
        for other in [
            "data: {}\nwavefields: []\ninversions: []\n",
            "inversions: []\n",
            "",
            "a: [",
            "- fits\n",
            "data: {fits: 1}\n",
        ] {
            assert_eq!(Kind::of(other), Kind::Inversions, "{other}");
        }
    }
}
