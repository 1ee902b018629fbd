//! What can be wrong with a scenario, with the numbers: found, expected, what to do.

mod explain;

use std::path::PathBuf;

use crate::data_error::DataError;
use crate::gathers::BadTrace;
use crate::key_path::KeyPath;
use crate::numbers::short;

pub use explain::Explanation;

/// A unit a number of a scenario is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// m.
    Metre,
    /// m/s.
    MetrePerSecond,
    /// Hz.
    Hertz,
    /// s.
    Second,
    /// m^2.
    SquareMetre,
    /// A pure number.
    None,
}

impl Unit {
    /// The unit after a number, with its space.
    #[must_use]
    pub const fn suffix(self) -> &'static str {
        match self {
            Unit::Metre => " m",
            Unit::MetrePerSecond => " m/s",
            Unit::Hertz => " Hz",
            Unit::Second => " s",
            Unit::SquareMetre => " m^2",
            Unit::None => "",
        }
    }
}

/// One fault of a scenario. Lengths in m, velocities in m/s, frequencies in Hz, points `[x, z]`.
#[derive(Debug)]
#[non_exhaustive]
pub enum Problem {
    /// No YAML in the file.
    Empty,
    /// Not YAML.
    Syntax {
        /// What the reader says.
        reason: String,
    },
    /// More text, aliases or nesting than a scenario can need.
    TooLarge {
        /// What the reader says.
        reason: String,
    },
    /// A key that means nothing here.
    UnknownKey {
        /// The keys that do.
        expected: Vec<String>,
    },
    /// A name that is none of the choices.
    UnknownChoice {
        /// What was written.
        found: String,
        /// The choices.
        expected: Vec<String>,
    },
    /// A key that has to be there.
    MissingKey {
        /// The key.
        key: String,
    },
    /// A key that stands there twice.
    DuplicateKey,
    /// Something else than the kind of value that belongs here.
    WrongType {
        /// What stands there, in words.
        found: String,
        /// What belongs there, in words.
        expected: String,
        /// What to do.
        help: String,
    },
    /// A number outside its range.
    OutOfRange {
        /// The number.
        value: f64,
        /// Smallest and largest.
        range: [f64; 2],
        /// Its unit.
        unit: Unit,
    },
    /// A number that has to be more than zero.
    NotPositive {
        /// The number.
        value: f64,
        /// Its unit.
        unit: Unit,
    },
    /// A range `[from, to]` that holds nothing.
    EmptyRange {
        /// The two numbers.
        range: [f64; 2],
        /// Their unit.
        unit: Unit,
    },
    /// A grid smaller than the waves.
    SmallerThanWaves {
        /// Longest side of the grid.
        side: f64,
        /// Shortest wavelength.
        wavelength: f64,
    },
    /// A list whose numbers have to rise but do not.
    NotRising {
        /// A number and the one after it.
        range: [f64; 2],
        /// Their unit.
        unit: Unit,
    },
    /// A grid that no machine can factorise.
    TooManyNodes {
        /// Number of nodes.
        found: f64,
        /// Most nodes.
        most: f64,
    },
    /// A side of the grid that is no whole number of cells.
    UnevenSpacing {
        /// Length of the side.
        extent: f64,
        /// The spacing.
        spacing: f64,
    },
    /// An order of accuracy that no stencil has.
    Order {
        /// The order.
        found: usize,
    },
    /// A list without entries.
    EmptyList {
        /// What it lists.
        what: &'static str,
    },
    /// Two lists that belong together but differ in length.
    Lengths {
        /// Length of this one.
        found: usize,
        /// Length it needs.
        expected: usize,
        /// The rule.
        rule: &'static str,
    },
    /// A version of the scenario format that this program does not read.
    Schema {
        /// The version.
        found: u32,
    },
    /// A name that cannot be a folder.
    Name {
        /// The name.
        found: String,
    },
    /// Two inversions or fits of one name.
    DuplicateName {
        /// The name.
        name: String,
        /// The list they are in, its name ending in s.
        list: &'static str,
        /// Which one has it first, from 0.
        first: usize,
    },
    /// A source or receiver that the grid does not cover.
    PointOutside {
        /// `source` or `receiver`.
        what: &'static str,
        /// Which one, from 0.
        index: usize,
        /// Of which shot, where each has its own.
        shot: Option<usize>,
        /// Where.
        point: [f64; 2],
        /// Corners of the box that it must be in.
        lo: [f64; 2],
        /// The other corner.
        hi: [f64; 2],
        /// Whether it is in the grid, but in the absorbing layer.
        in_pml: bool,
    },
    /// A grid or boundary that the solver rejects.
    Grid(fd::FdError),
    /// A stage with a frequency that there are no data of.
    StageFrequency {
        /// The frequency.
        found: f64,
        /// Those of `physics`.
        available: Vec<f64>,
    },
    /// A starting model that breaks the bounds of an inversion.
    InitialOutsideBounds {
        /// Slowest and fastest of the starting model.
        initial: [f64; 2],
        /// The bounds.
        bounds: [f64; 2],
    },
    /// A device that does not exist or is not built in.
    Device(fields::FieldsError),
    /// Data are to be made, but there is no true model.
    NoTruth,
    /// Exact data need a model with an exact solution.
    NotExact {
        /// The kind of model found.
        found: &'static str,
    },
    /// A source inside the disc that the exact series is about.
    SourceInDisc {
        /// Which source, from 0.
        index: usize,
        /// Its distance from the centre.
        distance: f64,
        /// The radius of the disc.
        radius: f64,
    },
    /// Positions are to come from data that are to be made from them.
    FromDataSimulated,
    /// A file that is not there.
    NoFile {
        /// Where it was looked for.
        path: PathBuf,
        /// Whether `data.simulate` could make it.
        can_simulate: bool,
    },
    /// A file that is there but wrong.
    File(Box<DataError>),
    /// Data with other sources or receivers than the scenario.
    Survey {
        /// `sources` or `receivers`.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// How many the file has.
        in_file: usize,
        /// How many the scenario has.
        in_scenario: usize,
        /// The first that differs when the numbers agree: index, position in the file, in the scenario.
        first: Option<(usize, [f64; 2], [f64; 2])>,
    },
    /// Data without one of the frequencies of the scenario.
    DataFrequency {
        /// The frequency.
        found: f64,
        /// Those of the file.
        available: Vec<f64>,
    },
    /// Settings of a method, misfit, regulariser or optimiser that do not fit together.
    OptimizerUnfit {
        /// The optimiser.
        found: String,
        /// The method.
        method: &'static str,
        /// What fits, as YAML.
        instead: &'static str,
    },
    /// A misfit for data of another kind than the equation's.
    MisfitUnfit {
        /// The misfit.
        found: &'static str,
        /// The kind of data, in words.
        data: &'static str,
        /// The misfits that fit.
        instead: Vec<&'static str>,
    },
    /// A choice or key for another equation.
    PhysicsUnfit {
        /// The equation.
        physics: &'static str,
        /// What fits, as YAML.
        instead: String,
    },
    /// A sampling interval that is no whole number of time steps.
    UnevenStep {
        /// The interval, s.
        interval: f64,
        /// The step, s.
        step: f64,
    },
    /// A time step that lets waves grow without end.
    UnstableStep {
        /// The step, s.
        step: f64,
        /// The largest that is stable, s.
        largest: f64,
        /// The fastest velocity, m/s.
        velocity: f64,
        /// Distance between nodes, m.
        spacing: f64,
        /// Order of accuracy.
        order: usize,
    },
    /// A wavelet with frequencies that the grid does not carry.
    SpectrumBeyondGrid {
        /// Share of the wavelet's energy at these frequencies.
        beyond: f64,
        /// Highest frequency that the grid carries, Hz.
        highest: f64,
        /// Highest frequency of the wavelet, Hz.
        wavelet: f64,
        /// Slowest velocity, m/s.
        velocity: f64,
        /// Distance between nodes, m.
        spacing: f64,
        /// Order of accuracy.
        order: usize,
        /// Distance between nodes that would do, m.
        needed: f64,
    },
    /// A wavelet that is zero.
    SilentWavelet,
    /// A band that the wavelet has nothing in.
    BandWithoutWavelet {
        /// The band, Hz.
        band: [f64; 2],
        /// That of the wavelet, Hz.
        wavelet: [f64; 2],
    },
    /// A band that the data have nothing in.
    BandWithoutData {
        /// The band, Hz.
        band: [f64; 2],
        /// Share of the data's energy in the band.
        share: f64,
        /// Share of the wavelet's energy in the band.
        of_wavelet: f64,
        /// The least share of the data's energy.
        least: f64,
    },
    /// Samples of the data too far apart for the wavelet.
    IntervalTooLong {
        /// Time between the samples, s.
        interval: f64,
        /// Share of the wavelet's energy that the samples do not represent.
        beyond: f64,
        /// The highest frequency that they represent, Hz.
        highest: f64,
        /// The highest frequency of the wavelet, Hz.
        wavelet: f64,
        /// An interval that would do, s.
        needed: f64,
    },
    /// A record that ends before the wavelet of a shot reaches any receiver.
    RecordTooShort {
        /// Which shot, from 0.
        shot: usize,
        /// Length of the record, s.
        duration: f64,
        /// When the wavelet begins, s.
        onset: f64,
        /// Travel time to the nearest receiver, s.
        travel: f64,
    },
    /// A source or receiver where the pressure is zero.
    OnFreeSurface {
        /// `source` or `receiver`.
        what: &'static str,
        /// Which one, from 0.
        index: usize,
        /// Of which shot, where each has its own.
        shot: Option<usize>,
        /// Where.
        point: [f64; 2],
        /// Depth of the free surface.
        surface: f64,
        /// Distance between nodes.
        spacing: f64,
    },
    /// Traces of another interval or length than the scenario's.
    DataTimes {
        /// Interval in the file, s.
        dt: f64,
        /// Samples in the file.
        samples: usize,
        /// Interval of the scenario, s.
        interval: f64,
        /// Samples of the scenario.
        expected: usize,
    },
    /// Less memory than the gradient of a shot needs.
    MemoryLimit {
        /// The limit, 10^6 bytes.
        found: f64,
        /// The least that works, 10^6 bytes.
        least: f64,
        /// Shots computed at a time.
        shots: usize,
    },
    /// More memory than there is.
    Memory(crate::memory::Shortage),
    /// Traces that are zero or not finite.
    BadTraces {
        /// The first of them.
        first: BadTrace,
        /// How many there are.
        count: usize,
    },
    /// Settings that a method rejects.
    Settings {
        /// What is wrong, to follow the key.
        message: String,
        /// What was found.
        found: String,
        /// What was expected.
        expected: String,
        /// What to do.
        help: String,
    },
}

impl Problem {
    /// Settings that do not go together: what is wrong with them, what was found, what is expected and what to do.
    #[must_use]
    pub(crate) fn settings(message: &str, found: &str, expected: &str, help: &str) -> Problem {
        let [message, found, expected, help] = [message, found, expected, help].map(str::to_owned);
        Problem::Settings { message, found, expected, help }
    }

    /// The title: the value at `key`, written `raw` in the file when it is one word, and what is wrong with it.
    #[must_use]
    pub fn title(&self, key: &KeyPath, raw: Option<&str>) -> String {
        let value = match raw {
            None | Some("~") => key.to_string(),
            Some("") => format!("{key} = \"\""),
            Some(raw) => format!("{key} = {raw}"),
        };
        match self {
            Problem::Empty => "the scenario is empty".to_owned(),
            Problem::Syntax { reason } => format!("not valid YAML: {reason}"),
            Problem::TooLarge { reason } => format!("too large for a scenario: {reason}"),
            Problem::UnknownKey { .. } => format!("unknown key {key}"),
            Problem::UnknownChoice { found, .. } => {
                let owner = if key.last_key() == Some(found) { key.parent() } else { key.clone() };
                format!("{owner}: unknown choice `{found}`")
            }
            Problem::MissingKey { key: missing } => format!("{key} has no key `{missing}`"),
            Problem::DuplicateKey => format!("{key} is given twice"),
            Problem::WrongType { expected, .. } => format!("{value} is not {expected}"),
            Problem::OutOfRange { range, unit, .. } if range[1].is_finite() => {
                format!("{value} is outside {}..{}{}", range[0], range[1], unit.suffix())
            }
            Problem::OutOfRange { range, unit, .. } => {
                format!("{value} is too small: at least {}{}", short(range[0]), unit.suffix())
            }
            Problem::NotPositive { .. } => format!("{value} is not positive"),
            Problem::EmptyRange { .. } => format!("{value} is not a range from small to large"),
            Problem::SmallerThanWaves { side, .. } => {
                format!("{key}: {} m are less than a wave", short(*side))
            }
            Problem::NotRising { .. } => format!("{value} is not larger than the one before it"),
            Problem::TooManyNodes { .. } => format!("{value} makes a grid of too many nodes"),
            Problem::UnevenSpacing { extent, spacing } => {
                format!("{value}: {} cells of {spacing} m do not fill {extent} m", short(extent / spacing))
            }
            Problem::Order { .. } => format!("{value} is not an order of accuracy"),
            Problem::EmptyList { what } => format!("{key} lists no {what}"),
            Problem::Lengths { rule, .. } => format!("{key}: {rule}"),
            Problem::Schema { .. } => format!("{value} is a version that this program does not read"),
            Problem::Name { .. } => format!("{value} cannot be the name of a folder"),
            Problem::DuplicateName { list, first, .. } => {
                format!("{value} is already the name of {list}[{first}]")
            }
            Problem::PointOutside { what, index, shot, point: [x, z], in_pml, .. } => {
                let place = if *in_pml { "inside the PML" } else { "outside the grid" };
                let of = shot.map_or_else(String::new, |shot| format!(" of shot {shot}"));
                format!("{key}: {what} {index}{of} at (x, z) = ({x}, {z}) m is {place}")
            }
            Problem::Grid(fd::FdError::FrequencyTooHigh { frequency, .. }) => {
                format!("{key}: {} Hz is too high for the grid", short(*frequency))
            }
            Problem::Grid(fd::FdError::PmlTooThin { .. }) => {
                format!("{value} is thinner than a PML can work")
            }
            Problem::Grid(fd::FdError::PmlTooThick { .. }) => format!("{value} leaves nothing of the grid"),
            Problem::Grid(fd::FdError::PmlTooWeak { velocity, frequency, .. }) => {
                format!("{value} does not absorb {} m/s at {} Hz", short(*velocity), short(*frequency))
            }
            Problem::Grid(error) => format!("{key}: {error}"),
            Problem::StageFrequency { .. } => format!("{value} is not a frequency of the scenario"),
            Problem::InitialOutsideBounds { .. } => format!("{key} exclude the starting model"),
            Problem::Device(fields::FieldsError::UnknownDevice { .. }) => format!("{value} is not a device"),
            Problem::Device(fields::FieldsError::DeviceAbsent { .. }) => {
                format!("{value} is not on this machine")
            }
            Problem::Device(_) => format!("{value} is not built into this program"),
            Problem::NoTruth => format!("{key} needs a true model"),
            Problem::NotExact { found } => {
                format!("{key}: there is no exact solution for the model `{found}`")
            }
            Problem::SourceInDisc { index, .. } => format!("{key}: source {index} is inside the disc"),
            Problem::FromDataSimulated => format!("{key} cannot come from data that are simulated"),
            Problem::NoFile { .. } => format!("{value}: no such file"),
            Problem::File(error) => format!("{key}: {error}"),
            Problem::Survey { what, path, .. } => {
                format!("{key}: {} has other {what} than survey.{what}", path.display())
            }
            Problem::DataFrequency { found, .. } => format!("{value} has no data at {} Hz", short(*found)),
            Problem::OptimizerUnfit { method, .. } => {
                format!("{} does not fit method `{method}`", key.last_key().unwrap_or_default())
            }
            Problem::MisfitUnfit { data, .. } => {
                format!("{} is not a misfit of {data}", key.last_key().unwrap_or_default())
            }
            Problem::PhysicsUnfit { physics, .. } => {
                format!("{} does not fit physics `{physics}`", key.last_key().unwrap_or_default())
            }
            Problem::UnevenStep { step, .. } => {
                format!("{value} is no whole number of steps of {} s", short(*step))
            }
            Problem::UnstableStep { velocity, .. } if key.last_key() == Some("bounds") => {
                format!("{value}: the time step is not stable at {} m/s", short(*velocity))
            }
            Problem::UnstableStep { .. } => format!("{value}: the time step is not stable"),
            Problem::SpectrumBeyondGrid { beyond, highest, .. } => {
                format!(
                    "{key}: {} % of the energy is above the {} Hz that the grid carries",
                    short(100.0 * beyond),
                    short(*highest)
                )
            }
            Problem::SilentWavelet => format!("{key} is silent"),
            Problem::BandWithoutWavelet { .. } => format!("{key} holds nothing of the wavelet"),
            Problem::BandWithoutData { .. } => format!("{key}: the data have no energy in this band"),
            Problem::IntervalTooLong { .. } => format!("{value} is too long for the wavelet"),
            Problem::RecordTooShort { shot, .. } => {
                format!("{value}: the record ends before the wavelet of shot {shot} reaches a receiver")
            }
            Problem::OnFreeSurface { what, index, shot, point: [x, z], .. } => {
                let of = shot.map_or_else(String::new, |shot| format!(" of shot {shot}"));
                format!("{key}: {what} {index}{of} at (x, z) = ({x}, {z}) m is on the free surface")
            }
            Problem::DataTimes { .. } => format!("{value} has other times than physics.acoustic"),
            Problem::MemoryLimit { .. } => format!("{value} is too little memory"),
            Problem::Memory(shortage) => format!("{value}: {shortage}"),
            Problem::BadTraces { count: 1, .. } => format!("{value} has a bad trace"),
            Problem::BadTraces { count, .. } => format!("{value} has {count} bad traces"),
            Problem::Settings { message, .. } => format!("{value} {message}"),
        }
    }
}
