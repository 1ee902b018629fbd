//! Sources and receivers at positions that are not allowed.

use document::numbers::{plain, short};
use document::{Message, Problem, Subject};
use fd::{Point, coordinate_names};

/// Smallest strength of a source, as that of a wavelet's amplitude: squares of the data do not vanish.
pub(super) const SMALLEST_STRENGTH: f64 = 1e-15;

/// A source or receiver that the grid does not cover.
#[derive(Debug)]
pub(super) struct PointOutside {
    /// `source` or `receiver`.
    pub(super) what: &'static str,
    /// Which one, from 0.
    pub(super) index: usize,
    /// Its shot, if each shot has its own receivers.
    pub(super) shot: Option<usize>,
    /// The point, m.
    pub(super) point: Point,
    /// The sides of the allowed box, in the order of coordinates, m.
    pub(super) sides: Vec<[f64; 2]>,
    /// Whether it is in the grid, but in the absorbing layer.
    pub(super) in_pml: bool,
}

impl Problem for PointOutside {
    fn message(&self, subject: &Subject) -> Message {
        let PointOutside { what, index, shot, point, sides, in_pml } = self;
        let of = shot.map_or_else(String::new, |shot| format!(" of shot {shot}"));
        let (place, between, thinner) = if *in_pml {
            ("inside the PML", " between the PMLs", " make the PML thinner (grid.boundary.pml.thickness),")
        } else {
            ("outside the grid", "", "")
        };
        let (at, names) = (point.coordinates(), coordinate_names(point.dims()));
        let off = (0..at.len()).find(|&a| !(sides[a][0]..=sides[a][1]).contains(&at[a])).unwrap_or(0);
        let (axis, [lo, hi]) = (names[off], sides[off]);
        Message::new(format!("{}: {what} {index}{of} at {} m is {place}", subject.key, placed(point)))
            .found(format!("{axis} = {} m", at[off]))
            .expected(format!("{axis} from {} to {} m{between}", short(lo), short(hi)))
            .help(format!("move it,{thinner} or enlarge grid.{axis}"))
    }
}

/// A position with its axes: `(x, z) = (10, 20)`.
fn placed(point: &Point) -> String {
    let at: Vec<String> = point.coordinates().iter().map(ToString::to_string).collect();
    format!("({}) = ({})", coordinate_names(point.dims()).join(", "), at.join(", "))
}

/// A source or receiver with more or fewer coordinates than the grid has axes.
#[derive(Debug)]
pub(super) struct OtherDimension {
    /// `source` or `receiver`.
    pub(super) what: &'static str,
    /// Which one, from 0.
    pub(super) index: usize,
    /// The point, m.
    pub(super) point: Point,
    /// Number of axes of the grid.
    pub(super) dims: usize,
}

impl Problem for OtherDimension {
    fn message(&self, subject: &Subject) -> Message {
        let OtherDimension { what, index, point, dims } = self;
        let names = coordinate_names(*dims).join(", ");
        let found: Vec<String> = point.coordinates().iter().map(ToString::to_string).collect();
        Message::new(format!("{}: {what} {index} is not a position in the grid", subject.key))
            .found(format!("[{}]", found.join(", ")))
            .expected(format!("[{names}] in m, as the grid has the axes {names}"))
            .help("give each position a number for every axis of `grid`")
    }
}

/// An offset with more or fewer numbers than the grid has axes.
#[derive(Debug)]
pub(super) struct OtherAxes {
    /// The offset, m.
    pub(super) point: Point,
    /// Number of axes of the grid.
    pub(super) dims: usize,
}

impl Problem for OtherAxes {
    fn message(&self, subject: &Subject) -> Message {
        let names = coordinate_names(self.dims).join(", ");
        let found: Vec<String> = self.point.coordinates().iter().map(ToString::to_string).collect();
        Message::new(format!("{} is not an offset in the grid", subject.key))
            .found(format!("[{}]", found.join(", ")))
            .expected(format!("[{names}] in m, as the grid has the axes {names}"))
            .help("give each offset a number for every axis of `grid`")
    }
}

/// Positions that would be read from data that are yet to be simulated from these positions.
#[derive(Debug)]
pub(super) struct FromDataSimulated;

impl Problem for FromDataSimulated {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{} cannot be read from data that are yet to be simulated", subject.key))
            .found("`from_data` with `data.simulate`")
            .expected("positions")
            .help("list the positions, or remove `data.simulate` to use an existing file")
    }
}

/// Lists of receivers that do not match the shots.
#[derive(Debug)]
pub(super) enum ReceiversByShot {
    /// More or fewer lists than sources.
    Lists {
        /// Number of lists.
        found: usize,
        /// Number of sources.
        sources: usize,
    },
    /// A list that is longer or shorter than the first.
    Lengths {
        /// Its length.
        found: usize,
        /// That of the first.
        first: usize,
    },
}

impl Problem for ReceiversByShot {
    fn message(&self, subject: &Subject) -> Message {
        let message = Message::new(format!("{subject} does not list the receivers of every shot"));
        match self {
            Self::Lists { found, sources } => message
                .found(format!("lists for {found}"))
                .expected(format!("{sources}, one per source"))
                .help("give one list of points for each source, in the order of the sources"),
            Self::Lengths { found, first } => message
                .found(format!("a list of {found}"))
                .expected(format!("{first}, as for shot 0"))
                .help("set the missing traces of a shot to zero, and write `mask_dead_traces: true` below `data:`"),
        }
    }
}

/// Receivers that move with the shots, although all shots must share them.
#[derive(Debug)]
pub(super) struct ReceiversMove {
    /// A description of the receivers.
    pub(super) receivers: String,
    /// What to do.
    pub(super) help: &'static str,
}

impl Problem for ReceiversMove {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{subject} needs the same receivers for all shots"))
            .found(&self.receivers)
            .expected("receivers that all shots share")
            .help(self.help)
    }
}

/// A source or receiver on the free surface, where the pressure is zero.
#[derive(Debug)]
pub(super) struct OnFreeSurface {
    /// `source` or `receiver`.
    pub(super) what: &'static str,
    /// Which one, from 0.
    pub(super) index: usize,
    /// Its shot, if each shot has its own receivers.
    pub(super) shot: Option<usize>,
    /// The point, m.
    pub(super) point: Point,
    /// Depth of the surface, m.
    pub(super) surface: f64,
    /// Distance between nodes, m.
    pub(super) spacing: f64,
}

impl Problem for OnFreeSurface {
    fn message(&self, subject: &Subject) -> Message {
        let OnFreeSurface { what, index, shot, point, surface, spacing } = self;
        let of = shot.map_or_else(String::new, |shot| format!(" of shot {shot}"));
        let (depth, spacing) = (short(point.z() - surface), short(*spacing));
        Message::new(format!(
            "{}: {what} {index}{of} at {} m is on the free surface",
            subject.key,
            placed(point)
        ))
        .found(format!("{depth} m below the surface, where the pressure is zero"))
        .expected("a position below the surface")
        .help(format!("move it down by about one cell ({spacing} m), or write `free_surface: false`"))
    }
}

/// A source that emits nothing, or so little that the squares of the data vanish.
#[derive(Debug)]
pub(super) struct TooFaint {
    /// The magnitude of its strength.
    pub(super) strength: f64,
}

impl Problem for TooFaint {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{} is too small for a source", subject.key))
            .found(format!("a magnitude of {}", plain(self.strength)))
            .expected(format!("at least {}", plain(SMALLEST_STRENGTH)))
            .help("misfits are relative to the data: leave `strength` out for a magnitude of 1")
    }
}
