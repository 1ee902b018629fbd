//! `survey`: sources and receivers.

use std::fmt;
use std::marker::PhantomData;
use std::path::Path;

use document::Unit;
use fd::Point;
use schemars::JsonSchema;
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::data_error::DataError;
use crate::ranges;
use crate::survey::Receivers;
use crate::wavelet::WaveletChoice;

mod circle;
mod from_file;

pub use circle::Circle;
pub use from_file::FromFile;

/// Positions of the sources and receivers, and what the sources emit.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SurveyBlock {
    /// Positions of the sources.
    pub sources: Positions,
    /// Positions of the receivers, the same for all shots or different for each shot.
    pub receivers: ReceiverPositions,
    /// What the sources emit.
    #[serde(default)]
    pub source: SourceBlock,
    /// The unknowns of the equation that receivers record, for `waves`. When absent, `p`, or if there is none, every component
    /// of the particle velocity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<Vec<String>>,
}

/// What every source emits.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SourceBlock {
    /// Complex strength, [real, imaginary], for `helmholtz` and for `waves` at frequencies. With `helmholtz` it is q: in a uniform
    /// medium the wavefield is q (i/4) H0^(2)(k r). With `waves` it is S of the given field `S delta(x - x_s)`, the spectrum of a
    /// wavelet.
    #[serde(default = "default_strength")]
    #[schemars(transform = Unit::None.within(-1e15, 1e15))]
    pub strength: [f64; 2],
    /// Variance of the Gaussian that spreads each source, for `helmholtz`. 0 is a point source.
    #[serde(default)]
    #[schemars(transform = Unit::SquareMetre.within(0.0, 1e16))]
    pub variance: f64,
    /// The wavelet that the sources emit, for `acoustic` and `waves` in time. It takes the place of strength and variance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wavelet: Option<WaveletChoice>,
    /// The given field of the equation that the sources are of, for `waves`: the wavelet, or the strength, is its amplitude. When absent, the
    /// only one that the equation has, or `q`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

impl Default for SourceBlock {
    fn default() -> SourceBlock {
        SourceBlock { strength: default_strength(), variance: 0.0, wavelet: None, field: None }
    }
}

/// The strength of a source for which none is given: 1.
#[must_use]
pub fn default_strength() -> [f64; 2] {
    [1.0, 0.0]
}

/// Points: a list of them, or one of the choices.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Positions {
    /// A list of points [x, z], in a volume [x, y, z].
    #[schemars(transform = ranges::coordinate())]
    Points(Vec<Point>),
    /// Points by a rule.
    Rule(PositionsChoice),
}

/// What a plan asks of a rule for positions.
pub trait PositionRule {
    /// The points in m; `None` when the data file holds them.
    fn points(&self) -> Option<Vec<Point>>;
}

/// Equally spaced points on a straight line, both ends included.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// First point [x, z], in a volume [x, y, z].
    #[schemars(transform = ranges::coordinate())]
    pub from: Point,
    /// Last point [x, z], in a volume [x, y, z].
    #[schemars(transform = ranges::coordinate())]
    pub to: Point,
    /// Number of points.
    #[schemars(transform = Unit::None.within(1.0, 1e6))]
    pub count: usize,
}

impl PositionRule for Line {
    fn points(&self) -> Option<Vec<Point>> {
        let at = |i: usize| {
            let t = if self.count < 2 { 0.0 } else { i as f64 / (self.count - 1) as f64 };
            if i + 1 == self.count && i > 0 { self.to } else { self.from.towards(&self.to, t) }
        };
        Some((0..self.count).map(at).collect())
    }
}

/// Several lines, one after the other.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Lines(pub Vec<Line>);

impl PositionRule for Lines {
    fn points(&self) -> Option<Vec<Point>> {
        Some(self.0.iter().filter_map(PositionRule::points).flatten().collect())
    }
}

/// Equally spaced points in a horizontal rectangle of a volume, edges included, x fastest.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Area {
    /// First and last x.
    #[schemars(transform = ranges::coordinate())]
    pub x: [f64; 2],
    /// First and last y.
    #[schemars(transform = ranges::coordinate())]
    pub y: [f64; 2],
    /// Depth.
    #[schemars(transform = ranges::coordinate())]
    pub z: f64,
    /// Number of points along x and along y.
    #[schemars(transform = Unit::None.within(1.0, 1e6))]
    pub counts: [usize; 2],
}

impl PositionRule for Area {
    fn points(&self) -> Option<Vec<Point>> {
        let line = |[from, to]: [f64; 2], count: usize| {
            Line { from: Point::line(from), to: Point::line(to), count }.points().unwrap_or_default()
        };
        let [across, along] = [line(self.x, self.counts[0]), line(self.y, self.counts[1])];
        let row = |y: &Point| across.iter().map(|x| Point::from([x.x(), y.x(), self.z])).collect::<Vec<_>>();
        Some(along.iter().flat_map(row).collect())
    }
}

/// The positions that are stored with the data; the data file has to exist.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FromData {}

impl PositionRule for FromData {
    fn points(&self) -> Option<Vec<Point>> {
        None
    }
}

/// What a plan asks of a rule for receivers.
pub trait ReceiverRule {
    /// The receivers of shots at these sources; `None` when the data file holds them.
    fn receivers(&self, sources: &[Point]) -> Option<Receivers>;
}

impl<T: PositionRule> ReceiverRule for T {
    fn receivers(&self, _: &[Point]) -> Option<Receivers> {
        self.points().map(Receivers::Shared)
    }
}

/// Receivers that move with the source, such as a streamer: equally spaced on a straight line, both ends included.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Offsets {
    /// Offset [x, z] of the first receiver from the source, in a volume [x, y, z].
    #[schemars(transform = ranges::coordinate())]
    pub from: Point,
    /// Offset [x, z] of the last receiver from the source, in a volume [x, y, z].
    #[schemars(transform = ranges::coordinate())]
    pub to: Point,
    /// Number of receivers of a shot.
    #[schemars(transform = Unit::None.within(1.0, 1e6))]
    pub count: usize,
}

impl ReceiverRule for Offsets {
    fn receivers(&self, sources: &[Point]) -> Option<Receivers> {
        let Offsets { from, to, count } = *self;
        let offsets = Line { from, to, count }.points()?;
        let of = |source: &Point| offsets.iter().map(|offset| source.plus(offset)).collect();
        Some(Receivers::ByShot(sources.iter().map(of).collect()))
    }
}

/// The receivers of each shot in turn, a list of points [x, z] for each, in a volume [x, y, z]. Every shot has the same number.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct ByShot(#[schemars(transform = ranges::coordinate())] pub Vec<Vec<Point>>);

impl ReceiverRule for ByShot {
    fn receivers(&self, _: &[Point]) -> Option<Receivers> {
        Some(Receivers::ByShot(self.0.clone()))
    }
}

document::choices! {
    /// A rule for receivers.
    pub enum ReceiversChoice: dyn ReceiverRule {
        line => Line,
        lines => Lines,
        circle => Circle,
        area => Area,
        offsets => Offsets,
        by_shot => ByShot,
        from_data => FromData,
        from_file => FromFile,
    }
}

/// Receivers: a list of points [x, z] that all shots share, or one of the choices.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum ReceiverPositions {
    /// A list of points [x, z], in a volume [x, y, z], the same for all shots.
    #[schemars(transform = ranges::coordinate())]
    Points(Vec<Point>),
    /// Points by a rule.
    Rule(ReceiversChoice),
}

impl ReceiverPositions {
    /// The positions with the points of a file, relative to a folder, in the place of its name.
    ///
    /// # Errors
    /// Those of [`FromFile::read`].
    pub fn resolved(&self, folder: &Path) -> Result<Self, DataError> {
        match self {
            Self::Rule(ReceiversChoice::FromFile(file)) => file.read(folder).map(Self::Points),
            other => Ok(other.clone()),
        }
    }

    /// The receivers of shots at these sources; `None` when the data file holds them.
    #[must_use]
    pub fn receivers(&self, sources: &[Point]) -> Option<Receivers> {
        match self {
            Self::Points(points) => Some(Receivers::Shared(points.clone())),
            Self::Rule(rule) => rule.as_dyn().receivers(sources),
        }
    }
}

impl From<Positions> for ReceiverPositions {
    fn from(positions: Positions) -> Self {
        match positions {
            Positions::Points(points) => Self::Points(points),
            Positions::Rule(PositionsChoice::Line(line)) => Self::Rule(ReceiversChoice::Line(line)),
            Positions::Rule(PositionsChoice::Lines(lines)) => Self::Rule(ReceiversChoice::Lines(lines)),
            Positions::Rule(PositionsChoice::Circle(circle)) => Self::Rule(ReceiversChoice::Circle(circle)),
            Positions::Rule(PositionsChoice::Area(area)) => Self::Rule(ReceiversChoice::Area(area)),
            Positions::Rule(PositionsChoice::FromData(from)) => Self::Rule(ReceiversChoice::FromData(from)),
            Positions::Rule(PositionsChoice::FromFile(from)) => Self::Rule(ReceiversChoice::FromFile(from)),
        }
    }
}

document::choices! {
    /// A rule for positions.
    pub enum PositionsChoice: dyn PositionRule {
        line => Line,
        lines => Lines,
        circle => Circle,
        area => Area,
        from_data => FromData,
        from_file => FromFile,
    }
}

impl Positions {
    /// The positions with the points of a file, relative to a folder, in the place of its name.
    ///
    /// # Errors
    /// Those of [`FromFile::read`].
    pub fn resolved(&self, folder: &Path) -> Result<Self, DataError> {
        match self {
            Self::Rule(PositionsChoice::FromFile(file)) => file.read(folder).map(Self::Points),
            other => Ok(other.clone()),
        }
    }

    /// The points `[x, z]` in m; `None` when the data file holds them.
    #[must_use]
    pub fn points(&self) -> Option<Vec<Point>> {
        match self {
            Positions::Points(points) => Some(points.clone()),
            Positions::Rule(rule) => rule.as_dyn().points(),
        }
    }
}

/// A list of points, or a rule. Not `untagged`, which would lose the position and cause of an error inside.
enum ListOrRule<R> {
    List(Vec<Point>),
    Rule(R),
}

impl<'de, R: Deserialize<'de>> ListOrRule<R> {
    fn read<D: Deserializer<'de>>(deserializer: D, expected: &'static str) -> Result<Self, D::Error> {
        struct Either<R>(&'static str, PhantomData<R>);

        impl<'de, R: Deserialize<'de>> Visitor<'de> for Either<R> {
            type Value = ListOrRule<R>;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str(self.0)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
                let mut points = Vec::new();
                while let Some(point) = entries.next_element()? {
                    points.push(point);
                }
                Ok(ListOrRule::List(points))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                R::deserialize(MapAccessDeserializer::new(map)).map(ListOrRule::Rule)
            }
        }

        deserializer.deserialize_any(Either(expected, PhantomData))
    }
}

impl<'de> Deserialize<'de> for Positions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Positions, D::Error> {
        Ok(
            match ListOrRule::read(
                deserializer,
                "a list of points [x, z], or line, lines, circle, area, from_data or from_file",
            )? {
                ListOrRule::List(points) => Self::Points(points),
                ListOrRule::Rule(rule) => Self::Rule(rule),
            },
        )
    }
}

impl<'de> Deserialize<'de> for ReceiverPositions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<ReceiverPositions, D::Error> {
        let expected =
            "a list of points [x, z], or line, lines, circle, area, offsets, by_shot, from_data or from_file";
        Ok(match ListOrRule::read(deserializer, expected)? {
            ListOrRule::List(points) => Self::Points(points),
            ListOrRule::Rule(rule) => Self::Rule(rule),
        })
    }
}
