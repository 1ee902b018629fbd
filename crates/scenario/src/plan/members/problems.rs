//! Settings of an inversion that do not go together, or not with the scenario.

use document::numbers::{in_words, list, short, short_up};
use document::{Message, Problem, Subject, Unit};

use survey::ticks::significant;

/// Conditioning of the gradient, for a method that has no gradient on a grid.
#[derive(Debug)]
pub(super) struct ConditioningUnfit {
    /// The method.
    pub(super) method: &'static str,
}

impl Problem for ConditioningUnfit {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{subject} applies to gradients on a grid only"))
            .found(format!("method `{}`", self.method))
            .expected("method `grid`")
            .help("leave `conditioning` out")
    }
}

/// A device for networks, for a method that has none.
#[derive(Debug)]
pub(super) struct DeviceUnfit {
    /// The method.
    pub(super) method: &'static str,
}

impl Problem for DeviceUnfit {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{subject} applies to networks only"))
            .found(format!("method `{}`, which has no network", self.method))
            .expected("auto or cpu: finite differences are computed on the processor")
            .help("leave `device` out")
    }
}

/// Cells so small that the region has too many of them.
#[derive(Debug)]
pub(super) struct TooManyCells {
    /// Side of a cell, m.
    pub(super) spacing: f64,
    /// Number of cells.
    pub(super) found: f64,
    /// Most cells.
    pub(super) most: f64,
}

impl Problem for TooManyCells {
    fn message(&self, subject: &Subject) -> Message {
        let TooManyCells { spacing, found, most } = self;
        let least = spacing * (found / most).sqrt();
        Message::new(format!("{subject} divides the region into too many cells"))
            .found(format!("{spacing} m: {} cells", significant(*found, 2)))
            .expected(format!("at least {} m, for {most} cells", short_up(least)))
            .help("a tenth of the shortest wavelength is enough")
    }
}

/// A misfit for data of another kind than the equation's.
#[derive(Debug)]
pub(super) struct MisfitUnfit {
    /// The misfit.
    pub(super) found: &'static str,
    /// The kind of data, in words.
    pub(super) data: &'static str,
    /// The misfits that fit.
    pub(super) instead: &'static [&'static str],
}

impl Problem for MisfitUnfit {
    fn message(&self, _: &Subject) -> Message {
        Message::new(format!("{} is not a misfit of {}", self.found, self.data))
            .found(format!("`{}`", self.found))
            .expected(format!("a misfit of {}: {}", self.data, self.instead.join(", ")))
            .help("see the table of misfits in the scenario reference")
    }
}

/// Other shots in each iteration, for an optimiser that needs one function.
#[derive(Debug)]
pub(super) struct BatchUnfit {
    /// The optimiser.
    pub(super) optimizer: &'static str,
}

impl Problem for BatchUnfit {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{subject} does not go with {}", self.optimizer))
            .found("different shots in each iteration")
            .expected("the same function in all iterations")
            .help("take all shots, or `optimizer: {adam: {learning_rate: 1e-2}}`")
    }
}

/// What encoded sources do not go with.
#[derive(Debug)]
pub(super) enum EncodingUnfit {
    /// Batches of shots.
    Batch,
    /// A misfit that is not `l2`.
    Misfit(&'static str),
    /// Traces that are left out.
    Mutes,
}

impl Problem for EncodingUnfit {
    fn message(&self, subject: &Subject) -> Message {
        match self {
            Self::Batch => Message::new(format!("{subject} does not go with batch"))
                .found("both")
                .expected("one of the two")
                .help("remove one of the two"),
            Self::Misfit(name) => Message::new(format!("{subject} needs the misfit l2"))
                .found(*name)
                .expected("l2")
                .help("encoded shots are summed, and only l2 compares sums"),
            Self::Mutes => Message::new(format!("{subject} does not go with mutes"))
                .found("traces that some shots leave out")
                .expected("the same receivers for all shots")
                .help("remove `mutes` and `mask_dead_traces`"),
        }
    }
}

/// A stage with a frequency that there are no data of.
#[derive(Debug)]
pub(super) struct StageFrequency {
    /// The frequency, Hz.
    pub(super) found: f64,
    /// Those of `physics`, Hz.
    pub(super) available: Vec<f64>,
}

impl Problem for StageFrequency {
    fn message(&self, subject: &Subject) -> Message {
        let all: Vec<String> = self.available.iter().map(ToString::to_string).collect();
        Message::new(format!("{subject} is not a frequency of the scenario"))
            .found(format!("{} Hz", self.found))
            .expected(format!("{} Hz", list(&all)))
            .help("choose from physics.helmholtz.frequencies, or leave `frequencies` out for all of them")
    }
}

/// A band that the wavelet has nothing in.
#[derive(Debug)]
pub(super) struct BandWithoutWavelet {
    /// The band, Hz.
    pub(super) band: [f64; 2],
    /// That of the wavelet, Hz.
    pub(super) wavelet: [f64; 2],
}

impl Problem for BandWithoutWavelet {
    fn message(&self, subject: &Subject) -> Message {
        let [band, wavelet] = [self.band, self.wavelet].map(|band| band.map(short));
        Message::new(format!("{} contains none of the wavelet's energy", subject.key))
            .found(format!("{} to {} Hz", band[0], band[1]))
            .expected(format!("a band that overlaps {} to {} Hz", wavelet[0], wavelet[1]))
            .help("frequencies are in Hz")
    }
}

/// A starting model that breaks the bounds of an inversion.
#[derive(Debug)]
pub(super) struct InitialOutsideBounds {
    /// Slowest and fastest velocity of the starting model, m/s.
    pub(super) initial: [f64; 2],
    /// The bounds, m/s.
    pub(super) bounds: [f64; 2],
}

impl Problem for InitialOutsideBounds {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{} exclude the starting model", subject.key))
            .found(format!("starting velocities {}", in_words(self.initial, Unit::MetrePerSecond)))
            .expected(format!("within {}", in_words(self.bounds, Unit::MetrePerSecond)))
            .help("widen the bounds or change model.initial")
    }
}

/// A region between two nodes of the grid, or with one only.
#[derive(Debug)]
pub(super) struct FewNodes {
    /// Nodes of the grid in the region along the axis.
    pub(super) found: usize,
    /// Distance between nodes, m.
    pub(super) spacing: f64,
}

impl Problem for FewNodes {
    fn message(&self, subject: &Subject) -> Message {
        let nodes = if self.found == 1 { "1 node" } else { "no nodes" };
        Message::new(format!("{} is too narrow for the grid", subject.key))
            .found(format!("{nodes} of the grid, which are {} m apart", short(self.spacing)))
            .expected("at least 2")
            .help("enlarge the region, or lower grid.spacing")
    }
}

/// Conditioning under which no velocity may change.
#[derive(Debug)]
pub(super) struct HoldsEverything {
    /// Nodes in the region.
    pub(super) nodes: usize,
}

impl Problem for HoldsEverything {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{} holds the velocity everywhere", subject.key))
            .found(format!("all {} nodes of the region are held", self.nodes))
            .expected("nodes whose velocity is inverted for")
            .help("move the sea floor up, or extend `region` below it")
    }
}
