//! Traces that are picked by shot and receiver.

use document::problems::EmptyList;
use document::{CheckSettings, Fault, KeyPath, Unit};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Traces by index: all of some shots, all of some receivers, and single ones.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Selection {
    /// Shots, all of their traces. Indices begin at 0.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(transform = Unit::None.within(0.0, 1e9))]
    pub shots: Vec<usize>,
    /// Receivers, by their place among those of a shot, in all shots. Indices begin at 0.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(transform = Unit::None.within(0.0, 1e9))]
    pub receivers: Vec<usize>,
    /// Receivers of single shots.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub traces: Vec<TracesOfShot>,
}

/// Some traces of a shot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TracesOfShot {
    /// The shot. Indices begin at 0.
    #[schemars(transform = Unit::None.within(0.0, 1e9))]
    pub shot: usize,
    /// The receivers, by their place among those of the shot. Indices begin at 0.
    #[schemars(transform = Unit::None.within(0.0, 1e9))]
    pub receivers: Vec<usize>,
}

impl Selection {
    /// Whether it has a trace.
    #[must_use]
    pub fn contains(&self, shot: usize, receiver: usize) -> bool {
        let single = |of: &TracesOfShot| of.shot == shot && of.receivers.contains(&receiver);
        self.shots.contains(&shot) || self.receivers.contains(&receiver) || self.traces.iter().any(single)
    }

    /// The first index that a survey does not have: the key below the selection, and whether it is that of a shot.
    #[must_use]
    pub fn outside(&self, shots: usize, receivers: usize) -> Option<(KeyPath, usize, bool)> {
        let absent = |list: &[usize], count: usize| list.iter().position(|index| *index >= count);
        if let Some(i) = absent(&self.shots, shots) {
            return Some((KeyPath::of("shots").index(i), self.shots[i], true));
        }
        if let Some(i) = absent(&self.receivers, receivers) {
            return Some((KeyPath::of("receivers").index(i), self.receivers[i], false));
        }
        for (k, of) in self.traces.iter().enumerate() {
            let at = KeyPath::of("traces").index(k);
            if of.shot >= shots {
                return Some((at.key("shot"), of.shot, true));
            }
            if let Some(i) = absent(&of.receivers, receivers) {
                return Some((at.key("receivers").index(i), of.receivers[i], false));
            }
        }
        None
    }
}

impl CheckSettings for Selection {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        if self.shots.is_empty() && self.receivers.is_empty() && self.traces.is_empty() {
            return Err(Fault::new(at, EmptyList { what: "shots, receivers or traces" }));
        }
        match self.traces.iter().position(|of| of.receivers.is_empty()) {
            Some(k) => {
                let at = at.key("traces").index(k).key("receivers");
                Err(Fault::new(at, EmptyList { what: "receivers" }))
            }
            None => Ok(()),
        }
    }
}
