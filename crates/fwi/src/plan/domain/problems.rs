//! Grids that cannot be had, or do not suit the waves.

use document::numbers::short;
use document::{Message, Problem, Subject};
use fd::FdError;

use crate::plan::round_down;

/// A side of the grid that is no whole number of cells.
#[derive(Debug)]
pub(in crate::plan) struct UnevenSpacing {
    /// Length of the side, m.
    pub(in crate::plan) extent: f64,
    /// The spacing, m.
    pub(in crate::plan) spacing: f64,
}

impl Problem for UnevenSpacing {
    fn message(&self, subject: &Subject) -> Message {
        let UnevenSpacing { extent, spacing } = self;
        let cells = (extent / spacing).round().max(1.0);
        let found = short(extent / spacing);
        Message::new(format!("{subject}: {found} cells of {spacing} m do not fill {extent} m"))
            .found(format!("{spacing} m"))
            .expected("a whole number of cells on both sides")
            .help(format!("write {} for {cells} cells, or move an edge", short(extent / cells)))
    }
}

/// A grid that no machine can factorise.
#[derive(Debug)]
pub(in crate::plan) struct TooManyNodes {
    /// Number of nodes.
    pub(in crate::plan) found: f64,
    /// Most nodes.
    pub(in crate::plan) most: f64,
}

impl Problem for TooManyNodes {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{subject} makes a grid of too many nodes"))
            .found(format!("{} nodes", short(self.found)))
            .expected(format!("at most {}", short(self.most)))
            .help("lengths are in m: look at grid.x, grid.z and grid.spacing")
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

/// A grid or boundary that the solver refuses.
#[derive(Debug)]
pub(in crate::plan) struct Refused(pub(in crate::plan) FdError);

impl Problem for Refused {
    fn message(&self, subject: &Subject) -> Message {
        match &self.0 {
            FdError::FrequencyTooHigh { frequency, velocity, spacing, order, found, needed } => {
                let help = if *found < 0.1 {
                    "frequencies are in Hz, lengths in m, velocities in m/s".to_owned()
                } else {
                    format!(
                        "use grid.spacing {} or less, frequencies up to {} Hz, or a higher grid.order",
                        round_down(spacing * found / needed),
                        round_down(frequency * found / needed)
                    )
                };
                let (velocity, spacing) = (short(*velocity), short(*spacing));
                Message::new(format!("{}: {} Hz is too high for the grid", subject.key, short(*frequency)))
                    .found(format!("{} points per wavelength ({velocity} m/s, {spacing} m)", short(*found)))
                    .expected(format!("at least {} for order {order}", short(*needed)))
                    .help(help)
            }
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
                    .help("the PML is inside the grid: thin it, or enlarge grid.x and grid.z")
            }
            FdError::PmlTooWeak { thickness, strength, reflection, limit, needed, velocity, frequency } => {
                let (velocity, frequency) = (short(*velocity), short(*frequency));
                Message::new(format!("{subject} does not absorb {velocity} m/s at {frequency} Hz"))
                    .found(format!("{} % is reflected", short(100.0 * reflection)))
                    .expected(format!("at most {} %", short(100.0 * limit)))
                    .help(format!(
                        "thickness times strength has to be {} m: write thickness {} or strength {}",
                        short(needed.ceil()),
                        short((needed / strength).ceil()),
                        short((needed / thickness * 10.0).ceil() / 10.0)
                    ))
            }
            error => Message::new(format!("{}: {error}", subject.key)),
        }
    }
}
