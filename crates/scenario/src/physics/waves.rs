//! `physics.waves`: any system of wave equations, in time or at frequencies.

use std::collections::BTreeMap;

use document::problems::MissingKey;
use document::{CheckSettings, Fault, KeyPath, Message, Problem, Subject};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Times, rising_frequencies};
use document::Unit;
use survey::ranges;

/// Waves of an equation of the catalogue, or of your own: in time with `duration` and `step`, or at `frequencies`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Waves {
    /// The equation: the name of a system of the catalogue (`acoustic`, `acoustic_density`, `acoustic_vti`, `viscoacoustic`,
    /// `elastic`, `elastic_vti`, `sh`), or the text of a system, one declaration or residual a line.
    pub equation: String,
    /// The numbers that the equation has besides its parameters, such as `rate` of `viscoacoustic`, in the units of the equation.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(transform = Unit::None.within(-1e30, 1e30))]
    pub numbers: BTreeMap<String, f64>,
    /// Frequencies of the data, in rising order, for waves at frequencies. They take the place of `duration`, `step` and
    /// `interval`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = ranges::frequency())]
    pub frequencies: Option<Vec<f64>>,
    /// Length of a record, for waves in time. The wavelet starts at 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = ranges::duration())]
    pub duration: Option<f64>,
    /// Time step, for waves in time. `fwi check --explain` prints the largest stable one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = ranges::duration())]
    pub step: Option<f64>,
    /// Time between the samples of the data, a whole number of steps, for waves in time. When absent, one step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = ranges::duration())]
    pub interval: Option<f64>,
}

impl Waves {
    /// When the data are sampled, for waves in time.
    #[must_use]
    pub fn times(&self) -> Option<Times> {
        Some(Times { duration: self.duration?, step: self.step?, interval: self.interval })
    }
}

impl CheckSettings for Waves {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        let times = [("duration", self.duration), ("step", self.step), ("interval", self.interval)];
        let given = times.iter().find(|(_, value)| value.is_some());
        match (&self.frequencies, given) {
            (Some(_), Some((key, _))) => Err(Fault::new(at.key(key), TimesAndFrequencies)),
            (Some(frequencies), None) => rising_frequencies(&at.key("frequencies"), frequencies),
            (None, None) => Err(Fault::new(at, NeitherTimesNorFrequencies)),
            (None, Some(_)) => {
                match times.iter().find(|(key, value)| *key != "interval" && value.is_none()) {
                    Some((key, _)) => Err(Fault::new(at, MissingKey::new(*key))),
                    None => self.times().map_or(Ok(()), |times| times.check(at)),
                }
            }
        }
    }
}

/// A setting of waves in time beside frequencies.
#[derive(Debug)]
struct TimesAndFrequencies;

impl Problem for TimesAndFrequencies {
    fn message(&self, subject: &Subject) -> Message {
        let key = subject.key.last_key().unwrap_or_default();
        Message::new(format!("{subject} does not go with physics.waves.frequencies"))
            .found(format!("`{key}` and `frequencies`"))
            .expected("`frequencies` alone, or `duration` and `step`")
            .help(format!("leave `{key}` out for data at frequencies, or `frequencies` for traces"))
    }
}

/// Waves neither in time nor at frequencies.
#[derive(Debug)]
struct NeitherTimesNorFrequencies;

impl Problem for NeitherTimesNorFrequencies {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{subject} has neither frequencies nor times"))
            .found("neither `frequencies` nor `duration`")
            .expected("`frequencies` in Hz, or `duration` and `step` in s")
            .help("write `frequencies: [3, 5, 8]` for data at frequencies, or `duration: 2` and `step: 0.001` for traces")
    }
}
