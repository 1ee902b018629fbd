//! `survey`: sources and receivers.

use std::fmt;

use schemars::JsonSchema;
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::WaveletChoice;

/// Where the sources and receivers are; every receiver records every source.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SurveyBlock {
    /// Positions of the sources.
    pub sources: Positions,
    /// Positions of the receivers.
    pub receivers: Positions,
    /// What the sources emit.
    #[serde(default)]
    pub source: SourceBlock,
}

/// What every source emits.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SourceBlock {
    /// Complex strength q, [real, imaginary]: the wavefield of a uniform medium is q (i/4) H0^(2)(k r).
    #[serde(default = "default_strength")]
    pub strength: [f64; 2],
    /// Variance in m^2 of the Gaussian that spreads each source; 0 is a point source.
    #[serde(default)]
    pub variance: f64,
    /// What the sources emit over time, for `acoustic`; there it stands in place of strength and variance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wavelet: Option<WaveletChoice>,
}

impl Default for SourceBlock {
    fn default() -> SourceBlock {
        SourceBlock { strength: default_strength(), variance: 0.0, wavelet: None }
    }
}

pub(crate) fn default_strength() -> [f64; 2] {
    [1.0, 0.0]
}

/// Points `[x, z]` in m: a list of them, or one of the choices.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Positions {
    /// A list of points [x, z] in m.
    Points(Vec<[f64; 2]>),
    /// Points by a rule.
    Rule(PositionsChoice),
}

/// What a plan asks of a rule for positions.
pub trait PositionRule {
    /// The points in m; `None` when the data file holds them.
    fn points(&self) -> Option<Vec<[f64; 2]>>;
}

/// Equally spaced points on a straight line, both ends included.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// First point [x, z] in m.
    pub from: [f64; 2],
    /// Last point [x, z] in m.
    pub to: [f64; 2],
    /// Number of points.
    pub count: usize,
}

impl PositionRule for Line {
    fn points(&self) -> Option<Vec<[f64; 2]>> {
        let at = |i: usize| {
            let t = if self.count < 2 { 0.0 } else { i as f64 / (self.count - 1) as f64 };
            [0, 1].map(|a| {
                if i + 1 == self.count && i > 0 {
                    self.to[a]
                } else {
                    self.from[a] + t * (self.to[a] - self.from[a])
                }
            })
        };
        Some((0..self.count).map(at).collect())
    }
}

/// Several lines, one after the other.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Lines(pub Vec<Line>);

impl PositionRule for Lines {
    fn points(&self) -> Option<Vec<[f64; 2]>> {
        Some(self.0.iter().filter_map(PositionRule::points).flatten().collect())
    }
}

/// The positions that are stored with the data; the data file has to exist.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FromData {}

impl PositionRule for FromData {
    fn points(&self) -> Option<Vec<[f64; 2]>> {
        None
    }
}

choices! {
    /// A rule for positions.
    pub enum PositionsChoice: dyn PositionRule {
        line => Line,
        lines => Lines,
        from_data => FromData,
    }
}

impl Positions {
    /// The points `[x, z]` in m; `None` when the data file holds them.
    #[must_use]
    pub fn points(&self) -> Option<Vec<[f64; 2]>> {
        match self {
            Positions::Points(points) => Some(points.clone()),
            Positions::Rule(rule) => rule.as_dyn().points(),
        }
    }
}

impl<'de> Deserialize<'de> for Positions {
    /// Not `untagged`, which would lose the position and cause of an error inside.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Positions, D::Error> {
        struct ListOrRule;

        impl<'de> Visitor<'de> for ListOrRule {
            type Value = Positions;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a list of points [x, z], or line, lines or from_data")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Positions, A::Error> {
                let mut points = Vec::new();
                while let Some(point) = entries.next_element()? {
                    points.push(point);
                }
                Ok(Positions::Points(points))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Positions, A::Error> {
                PositionsChoice::deserialize(MapAccessDeserializer::new(map)).map(Positions::Rule)
            }
        }

        deserializer.deserialize_any(ListOrRule)
    }
}
