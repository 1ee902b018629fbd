//! What a file and the options say about the axes of a section or a volume: their order, direction and unit of length. One set of
//! rules for every format.

use std::path::Path;

use gridfiles::cf::{self, Role};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::data_error::DataError;

/// The order of the two coordinates of a position, or of the axes of a model, the slowest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum AxisOrder {
    /// Horizontal, then vertical.
    Xz,
    /// Vertical, then horizontal.
    Zx,
    /// In a volume: vertical, y, x.
    Zyx,
    /// In a volume: y, x, vertical.
    Yxz,
    /// In a volume: y, vertical, x.
    Yzx,
    /// In a volume: vertical, x, y.
    Zxy,
    /// In a volume: x, y, vertical.
    Xyz,
    /// In a volume: x, vertical, y.
    Xzy,
}

impl AxisOrder {
    /// The orders of volumes. Where a file tells only a part, the first that fits is taken.
    const OF_VOLUMES: [Self; 6] = [Self::Zyx, Self::Yxz, Self::Yzx, Self::Zxy, Self::Xyz, Self::Xzy];

    /// The names of the axes, the slowest first.
    #[must_use]
    pub const fn letters(self) -> &'static str {
        match self {
            Self::Xz => "xz",
            Self::Zx => "zx",
            Self::Zyx => "zyx",
            Self::Yxz => "yxz",
            Self::Yzx => "yzx",
            Self::Zxy => "zxy",
            Self::Xyz => "xyz",
            Self::Xzy => "xzy",
        }
    }

    /// The places of the axes z, (y,) x in this order.
    #[must_use]
    pub fn places(self) -> Vec<usize> {
        let place = |letter: char| self.letters().find(letter);
        "zyx".chars().filter_map(place).collect()
    }
}

/// The direction of a vertical axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Positive {
    /// Depth: positive down.
    Down,
    /// Elevation: positive up.
    Up,
}

impl From<cf::Positive> for Positive {
    fn from(of: cf::Positive) -> Positive {
        match of {
            cf::Positive::Down => Positive::Down,
            cf::Positive::Up => Positive::Up,
        }
    }
}

/// What the user or the format specifies about the axes, apart from the file.
#[derive(Debug, Clone, Copy)]
pub struct AxisSettings {
    /// The order of the axes in the file.
    pub order: Option<AxisOrder>,
    /// The direction of the vertical axis.
    pub positive: Option<Positive>,
    /// The direction if nothing specifies it and no coordinate is above 0.
    pub otherwise: Option<Positive>,
    /// Metres per unit of coordinates that have no `units` attribute.
    pub scale: f64,
}

/// The order of the axes from the file or from the user; `None` if it is unknown. `vertical` says which axes of `what` are
/// vertical, where that is known, and `names` are their names for messages.
///
/// # Errors
/// [`DataError::Contradiction`].
pub fn order(
    path: &Path,
    what: &str,
    names: [Option<&str>; 2],
    vertical: [Option<bool>; 2],
    given: Option<AxisOrder>,
) -> Result<Option<AxisOrder>, DataError> {
    let contradiction = |other: String| DataError::Contradiction {
        path: path.to_owned(),
        what: format!("the axes of {what}"),
        found: names.map(|name| name.unwrap_or("?")).join(", "),
        other,
    };
    let said = match vertical {
        [Some(true), Some(false) | None] | [None, Some(false)] => Some(AxisOrder::Zx),
        [Some(false), Some(true) | None] | [None, Some(true)] => Some(AxisOrder::Xz),
        [None, None] => None,
        [Some(true), Some(true)] | [Some(false), Some(false)] if given.is_some() => None,
        _ => {
            let other = "a model needs one axis across and one down; say which is which with `--axes`";
            return Err(contradiction(other.to_owned()));
        }
    };
    match (said, given) {
        (said, Some(given)) if said.is_some_and(|said| said != given) || given.letters().len() != 2 => {
            Err(contradiction(format!("`--axes {}` is given", given.letters())))
        }
        (said, given) => Ok(said.or(given)),
    }
}

/// The order of the axes of a volume, and whether the file or the user tells it all. `roles` are those of the axes of `what` where
/// they are known, and `names` their names for messages.
///
/// # Errors
/// [`DataError::Contradiction`].
pub fn order_of_volume(
    path: &Path,
    what: &str,
    names: [Option<&str>; 3],
    roles: [Option<Role>; 3],
    given: Option<AxisOrder>,
) -> Result<(AxisOrder, bool), DataError> {
    let contradiction = |other: String| DataError::Contradiction {
        path: path.to_owned(),
        what: format!("the axes of {what}"),
        found: names.map(|name| name.unwrap_or("?")).join(", "),
        other,
    };
    let letter = |role: Role| match role {
        Role::X => 'x',
        Role::Y => 'y',
        Role::Z => 'z',
    };
    let suits = |order: &AxisOrder| {
        let mut pairs = order.letters().chars().zip(roles);
        pairs.all(|(of, role)| role.is_none_or(|role| letter(role) == of))
    };
    let fitting: Vec<AxisOrder> = AxisOrder::OF_VOLUMES.into_iter().filter(suits).collect();
    match (given, &fitting[..]) {
        (Some(given), []) if given.letters().len() == 3 => Ok((given, true)),
        (Some(given), all) if all.contains(&given) => Ok((given, true)),
        (Some(given), _) => Err(contradiction(format!("`--axes {}` is given", given.letters()))),
        (None, []) => {
            let other =
                "a volume needs the axes x, y and z; say which is which with `--axes`, such as `--axes zyx`";
            Err(contradiction(other.to_owned()))
        }
        (None, [first, others @ ..]) => Ok((*first, others.is_empty())),
    }
}

/// The direction of a vertical axis with these first and last coordinates.
///
/// # Errors
/// [`DataError::Contradiction`]; [`DataError::Unsaid`] where nothing tells it and no coordinate is above 0.
pub fn direction(
    path: &Path,
    said: Option<Positive>,
    ends: [f64; 2],
    given: &AxisSettings,
) -> Result<Positive, DataError> {
    match (said, given.positive) {
        (Some(said), Some(given)) if said != given => Err(DataError::Contradiction {
            path: path.to_owned(),
            what: "the direction of z".to_owned(),
            found: format!("positive {}", format!("{said:?}").to_lowercase()),
            other: format!("`--positive {}` is given", format!("{given:?}").to_lowercase()),
        }),
        (Some(direction), _) | (None, Some(direction)) => Ok(direction),
        // These can be elevations below a datum or depths above one.
        (None, None) if ends.iter().all(|z| *z <= 0.0) => given.otherwise.ok_or_else(|| DataError::Unsaid {
            path: path.to_owned(),
            what: "the direction of its vertical axis, whose coordinates are all 0 or less",
            option: "`--positive up` or `--positive down`",
        }),
        (None, None) => Ok(Positive::Down),
    }
}

/// Metres per unit of the coordinates of an axis with this unit, if it has one, and this option `--scale`; `None` for a unit that is
/// none of length.
///
/// # Errors
/// [`DataError::Contradiction`] of file and option.
pub fn metres(path: &Path, axis: &str, unit: Option<&str>, scale: f64) -> Result<Option<f64>, DataError> {
    let Some(unit) = unit.filter(|unit| !unit.trim().is_empty()) else { return Ok(Some(scale)) };
    match cf::metres_in(unit) {
        Some(said) if scale == 1.0 || scale == said => Ok(Some(said)),
        Some(_) => Err(DataError::Contradiction {
            path: path.to_owned(),
            what: format!("the unit of {axis}"),
            found: unit.to_owned(),
            other: format!("`--scale {scale}` is given"),
        }),
        None => Ok(None),
    }
}
