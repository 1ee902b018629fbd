//! Grids that cannot be made or do not suit the waves.

use document::numbers::{precise, short, short_down, short_up};
use document::{Message, Problem, Subject};
use fd::FdError;

/// A side of the grid that is not a whole number of cells.
#[derive(Debug)]
pub(in crate::plan) struct UnevenSpacing {
    /// Length of the side, m.
    pub(in crate::plan) extent: f64,
    /// The spacing, m.
    pub(in crate::plan) spacing: f64,
    /// The largest smaller spacing that divides both sides, if there is one close by, m.
    pub(in crate::plan) instead: Option<f64>,
}

impl Problem for UnevenSpacing {
    fn message(&self, subject: &Subject) -> Message {
        let UnevenSpacing { extent, spacing, instead } = self;
        let whole = precise((extent / spacing).round().max(1.0) * spacing);
        let help = match instead {
            Some(instead) => format!("write {}, or move an edge", precise(*instead)),
            None => format!("move an edge so that the side is {whole} m instead of {extent} m long"),
        };
        let found = short(extent / spacing);
        Message::new(format!("{subject}: {found} cells of {spacing} m do not fill {extent} m"))
            .found(format!("{spacing} m"))
            .expected("a whole number of cells on every side")
            .help(help)
    }
}

/// A grid with too many nodes for a factorisation.
#[derive(Debug)]
pub(in crate::plan) struct TooManyNodes {
    /// Number of nodes.
    pub(in crate::plan) found: f64,
    /// Most nodes.
    pub(in crate::plan) most: f64,
    /// Dimensions of the grid.
    pub(in crate::plan) dims: usize,
}

impl Problem for TooManyNodes {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{subject} makes a grid of too many nodes"))
            .found(format!("{} nodes", short(self.found)))
            .expected(format!("at most {}", short(self.most)))
            .help(format!(
                "lengths are in m: multiply `{}` by {}, or make the box smaller",
                subject.key.last_key().unwrap_or_default(),
                short_up((self.found / self.most).powf(1.0 / self.dims as f64))
            ))
    }
}

/// A grid with another number of axes than the two that something needs.
#[derive(Debug)]
pub(in crate::plan) struct OnlySections {
    /// What needs a section.
    pub(in crate::plan) what: &'static str,
    /// Dimensions of the grid.
    pub(in crate::plan) dims: usize,
}

impl Problem for OnlySections {
    fn message(&self, subject: &Subject) -> Message {
        let OnlySections { what, dims } = self;
        let (found, help) = if *dims == 3 {
            ("a volume: x, y and z", "remove `grid.y`, or use `grid` or `implicit` with waves in time")
        } else {
            (
                "a line: x alone",
                "add `z: [0, 1000]` to `grid`, or use `grid` or `implicit` with waves in time",
            )
        };
        Message::new(format!("{subject}: {what} needs a section"))
            .found(found)
            .expected("a section: x and z")
            .help(help)
    }
}

/// A model that needs an axis which the grid does not have.
#[derive(Debug)]
pub(in crate::plan) struct NoSuchAxis {
    /// The axis.
    pub(in crate::plan) axis: &'static str,
    /// Dimensions of the grid.
    pub(in crate::plan) dims: usize,
}

impl Problem for NoSuchAxis {
    fn message(&self, subject: &Subject) -> Message {
        let axis = self.axis;
        let found = fd::coordinate_names(self.dims).join(", ");
        Message::new(format!("{subject} varies along {axis}, an axis that the grid does not have"))
            .found(format!("a grid along {found}"))
            .expected(format!("a grid with `{axis}`"))
            .help(format!("add `{axis}: [0, 1000]` with your edges in m to `grid`, or leave this out"))
    }
}

/// A grid smaller than the waves.
#[derive(Debug)]
pub(in crate::plan) struct SmallerThanWaves {
    /// Longest side of the grid, m.
    pub(in crate::plan) side: f64,
    /// Shortest wavelength, m.
    pub(in crate::plan) wavelength: f64,
}

impl Problem for SmallerThanWaves {
    fn message(&self, subject: &Subject) -> Message {
        let (side, wavelength) = (short(self.side), short(self.wavelength));
        Message::new(format!("{}: {side} m is less than one wavelength", subject.key))
            .found(format!("{side} m, with a shortest wavelength of {wavelength} m"))
            .expected("several wavelengths")
            .help("lengths are in m, velocities in m/s, frequencies in Hz; is the grid in km?")
    }
}

/// A frequency that the grid samples too coarsely.
#[derive(Debug)]
pub(in crate::plan) struct FrequencyTooHigh {
    /// The frequency, Hz.
    pub(in crate::plan) frequency: f64,
    /// Slowest velocity, m/s.
    pub(in crate::plan) velocity: f64,
    /// Distance between nodes, m.
    pub(in crate::plan) spacing: f64,
    /// Order of accuracy.
    pub(in crate::plan) order: usize,
    /// Points per wavelength.
    pub(in crate::plan) found: f64,
    /// Points per wavelength that are needed.
    pub(in crate::plan) needed: f64,
    /// The largest distance between nodes that is small enough and divides the grid, m.
    pub(in crate::plan) instead: f64,
}

impl Problem for FrequencyTooHigh {
    fn message(&self, subject: &Subject) -> Message {
        let FrequencyTooHigh { frequency, velocity, spacing, order, found, needed, instead } = self;
        let help = if *found < 0.1 {
            "frequencies are in Hz, lengths in m, velocities in m/s".to_owned()
        } else {
            // The grid of a simulation has a spacing of its own.
            let own = subject.key.last_key() == Some("spacing");
            format!(
                "use {} {} or less, frequencies up to {} Hz, or a higher {}",
                if own { "spacing" } else { "grid.spacing" },
                precise(*instead),
                short_down(frequency * found / needed),
                if own { "order" } else { "grid.order" }
            )
        };
        let (velocity, spacing) = (short(*velocity), short(*spacing));
        Message::new(format!("{}: {} Hz is too high for the grid", subject.key, short(*frequency)))
            .found(format!("{} points per wavelength ({velocity} m/s, {spacing} m)", short(*found)))
            .expected(format!("at least {} for order {order}", short(*needed)))
            .help(help)
    }
}

/// A grid or boundary that the solver rejects.
#[derive(Debug)]
pub(in crate::plan) struct SolverError(pub(in crate::plan) FdError);

impl Problem for SolverError {
    fn message(&self, subject: &Subject) -> Message {
        match &self.0 {
            FdError::PmlTooThin { thickness, spacing, cells, minimum } => {
                Message::new(format!("{subject} is too thin for a PML"))
                    .found(format!("{thickness} m, {} cells", short(thickness / spacing)))
                    .expected(format!("at least {} m, {cells} cells", short(*minimum)))
                    .help("half a wavelength or more absorbs well")
            }
            FdError::PmlTooThick { thickness, extent } => {
                Message::new(format!("{subject} leaves no interior of the grid"))
                    .found(format!("{thickness} m on both sides of {} m", short(*extent)))
                    .expected(format!("less than {} m", short(extent / 2.0)))
                    .help("the PML is inside the grid: make it thinner, or enlarge grid.x and grid.z")
            }
            FdError::PmlTooWeak { thickness, reflection, limit, needed, velocity, frequency, .. } => {
                let (velocity, frequency) = (short(*velocity), short(*frequency));
                Message::new(format!("{subject} does not absorb waves of {velocity} m/s at {frequency} Hz"))
                    .found(format!("{} % is reflected", short(100.0 * reflection)))
                    .expected(format!("at most {} %", short(100.0 * limit)))
                    .help(format!(
                        "thickness times strength must be at least {} m: write strength {}, or a thicker layer in a larger grid",
                        short_up(*needed),
                        short_up(needed / thickness)
                    ))
            }
            error => Message::new(format!("{}: {error}", subject.key)),
        }
    }
}
