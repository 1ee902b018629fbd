//! Sources and receivers that cannot be where the scenario has them.

use document::numbers::{plain, short};
use document::{Message, Problem, Subject};

/// A source or receiver that the grid does not cover.
#[derive(Debug)]
pub(super) struct PointOutside {
    /// `source` or `receiver`.
    pub(super) what: &'static str,
    /// Which one, from 0.
    pub(super) index: usize,
    /// Of which shot, where each has its own.
    pub(super) shot: Option<usize>,
    /// The point `[x, z]`, m.
    pub(super) point: [f64; 2],
    /// A corner of the box that it must be in, m.
    pub(super) lo: [f64; 2],
    /// The opposite corner, m.
    pub(super) hi: [f64; 2],
    /// Whether it is in the grid, but in the absorbing layer.
    pub(super) in_pml: bool,
}

impl Problem for PointOutside {
    fn message(&self, subject: &Subject) -> Message {
        let PointOutside { what, index, shot, point, lo, hi, in_pml } = self;
        let of = shot.map_or_else(String::new, |shot| format!(" of shot {shot}"));
        let (place, between, help) = if *in_pml {
            let help = "move it, thin the PML (grid.boundary.pml.thickness), or enlarge grid.x and grid.z";
            ("inside the PML", " between the PMLs", help)
        } else {
            ("outside the grid", "", "move it, or enlarge grid.x and grid.z")
        };
        let off = (0..2).find(|&a| !(lo[a]..=hi[a]).contains(&point[a])).unwrap_or(0);
        let ([x, z], axis) = (point, ["x", "z"][off]);
        Message::new(format!("{}: {what} {index}{of} at (x, z) = ({x}, {z}) m is {place}", subject.key))
            .found(format!("{axis} = {} m", point[off]))
            .expected(format!("{axis} from {} to {} m{between}", short(lo[off]), short(hi[off])))
            .help(help)
    }
}

/// Positions that are to come from data that are to be made from them.
#[derive(Debug)]
pub(super) struct FromDataSimulated;

impl Problem for FromDataSimulated {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{} cannot come from data that are simulated", subject.key))
            .found("`from_data` with `data.simulate`")
            .expected("positions")
            .help("list the positions, or remove `data.simulate` to use a file that exists")
    }
}

/// Lists of the receivers of each shot that do not go with the shots.
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
                .help("give one list of points for every source, in their order"),
            Self::Lengths { found, first } => message
                .found(format!("a list of {found}"))
                .expected(format!("{first}, as for shot 0"))
                .help("leave the traces that a shot does not have at zero, with `data.mask_dead_traces`"),
        }
    }
}

/// Receivers that move with the shots, where all shots have to share them.
#[derive(Debug)]
pub(super) struct ReceiversMove {
    /// The receivers in words.
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

/// A source or receiver where the pressure is zero.
#[derive(Debug)]
pub(super) struct OnFreeSurface {
    /// `source` or `receiver`.
    pub(super) what: &'static str,
    /// Which one, from 0.
    pub(super) index: usize,
    /// Of which shot, where each has its own.
    pub(super) shot: Option<usize>,
    /// The point `[x, z]`, m.
    pub(super) point: [f64; 2],
    /// Depth of the surface, m.
    pub(super) surface: f64,
    /// Distance between nodes, m.
    pub(super) spacing: f64,
}

impl Problem for OnFreeSurface {
    fn message(&self, subject: &Subject) -> Message {
        let OnFreeSurface { what, index, shot, point: [x, z], surface, spacing } = self;
        let of = shot.map_or_else(String::new, |shot| format!(" of shot {shot}"));
        let (depth, spacing) = (short(z - surface), short(*spacing));
        Message::new(format!(
            "{}: {what} {index}{of} at (x, z) = ({x}, {z}) m is on the free surface",
            subject.key
        ))
        .found(format!("{depth} m below the surface, where the pressure is zero"))
        .expected("a depth at which there is pressure")
        .help(format!("move it down, by a cell ({spacing} m) or so, or write `free_surface: false`"))
    }
}

/// A source too weak to be heard.
#[derive(Debug)]
pub(super) struct FaintSource {
    /// The modulus of its strength.
    pub(super) found: f64,
    /// The smallest that works.
    pub(super) least: f64,
}

impl Problem for FaintSource {
    fn message(&self, subject: &Subject) -> Message {
        let title = if self.found == 0.0 { "is not positive" } else { "is too small for a source" };
        Message::new(format!("{subject} {title}"))
            .found(format!("a modulus of {}", plain(self.found)))
            .expected(format!("a modulus of at least {}", plain(self.least)))
            .help("misfits are relative to the data: leave `strength` out for a strength of 1")
    }
}
