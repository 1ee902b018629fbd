//! Settings of an inversion that contradict each other or the scenario.

use document::numbers::{in_words, list, short, short_up};
use document::{Message, Problem, Subject, Unit};

use survey::ticks::significant;

/// A setting for a method that does not use it.
#[derive(Debug)]
pub(super) struct OnlyFor {
    /// What uses it.
    pub(super) what: &'static str,
    /// The method.
    pub(super) method: &'static str,
    /// What the method lacks, after its name; may be empty.
    pub(super) because: &'static str,
    /// What is expected.
    pub(super) expected: &'static str,
    /// The key to leave out.
    pub(super) key: &'static str,
}

impl Problem for OnlyFor {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{subject} applies to {} only", self.what))
            .found(format!("method `{}`{}", self.method, self.because))
            .expected(self.expected)
            .help(format!("leave `{}` out", self.key))
    }
}

/// Cells that are so small that the region has too many of them.
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

/// A misfit that does not apply to the data of the equation.
#[derive(Debug)]
pub(super) struct UnsuitableMisfit {
    /// The misfit.
    pub(super) found: &'static str,
    /// A description of the data.
    pub(super) data: &'static str,
    /// The misfits that fit.
    pub(super) instead: &'static [&'static str],
}

impl Problem for UnsuitableMisfit {
    fn message(&self, _: &Subject) -> Message {
        Message::new(format!("{} does not apply to {}", self.found, self.data))
            .found(format!("`{}`", self.found))
            .expected(format!("a misfit for {}: {}", self.data, self.instead.join(", ")))
            .help("see the table of misfits in the scenario reference")
    }
}

/// Batches of shots for an optimiser that needs the same function in all iterations.
#[derive(Debug)]
pub(super) struct UnsuitableBatch {
    /// The optimiser.
    pub(super) optimizer: &'static str,
}

impl Problem for UnsuitableBatch {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{subject} cannot be combined with {}", self.optimizer))
            .found("different shots in each iteration")
            .expected("the same function in all iterations")
            .help("use all shots in each iteration, or `optimizer: {adam: {learning_rate: 1e-2}}`")
    }
}

/// Conditioned gradients of a network for an optimiser that searches along them.
#[derive(Debug)]
pub(super) struct SearchesAlongGradients {
    /// The optimiser.
    pub(super) optimizer: &'static str,
}

impl Problem for SearchesAlongGradients {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{subject} of a network cannot be combined with {}", self.optimizer))
            .found("a line search, which needs the gradient of its objective")
            .expected("an optimizer that makes a step of each gradient: soap or adam")
            .help("leave `conditioning` out, or write `optimizer: {soap: {learning_rate: 1e-2}}`")
    }
}

/// A frequency factor of waves that are shorter than two nodes.
#[derive(Debug)]
pub(super) struct WavesBetweenNodes {
    /// The factor.
    pub(super) found: f32,
    /// The shortest wavelength along an axis, m.
    pub(super) shortest: f64,
    /// Distance between nodes, m.
    pub(super) spacing: f64,
}

impl Problem for WavesBetweenNodes {
    fn message(&self, subject: &Subject) -> Message {
        let Self { found, shortest, spacing } = self;
        let most = f64::from(*found) * shortest / (2.0 * spacing);
        Message::new(format!("{subject}: the grid does not show such short waves"))
            .found(format!("{found}: waves of {} m, on nodes {} m apart", short(*shortest), short(*spacing)))
            .expected(format!("at most {}, for two nodes in a wavelength", short(most)))
            .help("leave it out: `auto` takes what the data and the starting model ask for")
    }
}

/// Settings that cannot be combined with source encoding.
#[derive(Debug)]
pub(super) enum UnsuitableEncoding {
    /// Batches of shots.
    Batch,
    /// A misfit that is not `l2`.
    Misfit(&'static str),
    /// Traces that are excluded.
    Mutes,
    /// A step of the processing that is another one for every shot.
    Processing(&'static str),
}

impl Problem for UnsuitableEncoding {
    fn message(&self, subject: &Subject) -> Message {
        match self {
            Self::Batch => Message::new(format!("{subject} cannot be combined with batch"))
                .found("both")
                .expected("one of the two")
                .help("remove one of the two"),
            Self::Misfit(name) => Message::new(format!("{subject} needs the misfit l2"))
                .found(*name)
                .expected("l2")
                .help("source encoding sums the shots, and only l2 applies to sums of shots"),
            Self::Mutes => Message::new(format!("{subject} cannot be combined with mutes"))
                .found("traces that are excluded from some shots")
                .expected("the same receivers for all shots")
                .help("remove `mutes` and `mask_dead_traces`"),
            Self::Processing(name) => {
                Message::new(format!("{subject} cannot be combined with this processing"))
                    .found(format!("`{name}` in data.processing, which is not the same for all shots"))
                    .expected("steps that are the same for all shots, such as `band_pass`")
                    .help(format!("remove `{name}`, or use `batch` instead of source encoding"))
            }
        }
    }
}

/// A stage with a frequency that the data do not contain.
#[derive(Debug)]
pub(super) struct StageFrequency {
    /// The frequency, Hz.
    pub(super) found: f64,
    /// The frequencies of `physics`, Hz.
    pub(super) available: Vec<f64>,
    /// The equation.
    pub(super) physics: &'static str,
}

impl Problem for StageFrequency {
    fn message(&self, subject: &Subject) -> Message {
        let all: Vec<String> = self.available.iter().map(ToString::to_string).collect();
        Message::new(format!("{subject} is not a frequency of the scenario"))
            .found(format!("{} Hz", self.found))
            .expected(format!("{} Hz", list(&all)))
            .help(format!(
                "choose from physics.{}.frequencies, or leave `frequencies` out for all of them",
                self.physics
            ))
    }
}

/// A frequency that a stage has twice.
#[derive(Debug)]
pub(super) struct FrequencyTwice {
    /// The frequency, Hz.
    pub(super) found: f64,
}

impl Problem for FrequencyTwice {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{subject} is in the list twice"))
            .found(format!("{} Hz", self.found))
            .expected("each frequency once")
            .help("leave one of them out; every frequency has the same weight")
    }
}

/// Water that the starting model does not have.
#[derive(Debug)]
pub(super) struct NoWater {
    /// `depth` or `velocity`.
    pub(super) key: &'static str,
    /// Its value, m or m/s.
    pub(super) limit: f64,
    /// The top of the region, m.
    pub(super) top: f64,
    /// The slowest starting velocity of the region, m/s.
    pub(super) slowest: f64,
}

impl Problem for NoWater {
    fn message(&self, subject: &Subject) -> Message {
        let (found, expected) = if self.key == "depth" {
            (
                format!("{} m", short(self.limit)),
                format!("a depth below the top of the region, {} m", short(self.top)),
            )
        } else {
            let slowest = short(self.slowest);
            (
                format!("{} m/s", short(self.limit)),
                format!("a velocity of the top of the region, where the slowest is {slowest} m/s"),
            )
        };
        Message::new(format!("{}: the region has no such water", subject.key))
            .found(found)
            .expected(expected)
            .help("leave `water` out where the region begins below the sea floor")
    }
}

/// A band in which the wavelet has no energy.
#[derive(Debug)]
pub(super) struct BandWithoutWavelet {
    /// The band, Hz.
    pub(super) band: [f64; 2],
    /// The band of the wavelet, Hz.
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

/// A starting model outside the bounds of an inversion.
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
