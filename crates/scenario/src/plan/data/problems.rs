//! Data that do not match the scenario or cannot be simulated.

use std::path::PathBuf;

use document::numbers::{list, precise, short};
use document::{Message, Problem, Subject};
use fd::Point;
use num_complex::Complex64;

use survey::gathers::BadTrace;

/// A missing true model that is needed for data or for another model.
#[derive(Debug)]
pub(crate) struct NoTruth;

impl Problem for NoTruth {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{} needs a true model", subject.key))
            .found("no `truth` in `model`")
            .expected("a model to simulate")
            .help("add `truth` to `model`, for `waves` to each of `model.parameters`, or remove `data.simulate` to use an existing file")
    }
}

/// Data that are to be simulated into a folder that cannot be written.
#[derive(Debug)]
pub(crate) struct UnwritableFolder {
    /// The message of the operating system.
    pub(crate) source: std::io::Error,
}

impl Problem for UnwritableFolder {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{subject}: its folder cannot be written"))
            .found(self.source.to_string())
            .expected("a folder that data can be simulated into")
            .help("name a `data.file` in another folder, or allow writing there")
    }
}

/// Exact data of a model without an exact solution.
#[derive(Debug)]
pub(super) struct NotExact {
    /// The kind of model.
    pub(super) found: &'static str,
}

impl Problem for NotExact {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{}: there is no exact solution for the model `{}`", subject.key, self.found))
            .found(format!("model.truth: {}", self.found))
            .expected("uniform or disc")
            .help("write `engine: {finite_differences: {}}`")
    }
}

/// A source inside the disc of the exact series.
#[derive(Debug)]
pub(super) struct SourceInDisc {
    /// Which source, from 0.
    pub(super) index: usize,
    /// Its distance from the centre, m.
    pub(super) distance: f64,
    /// The radius of the disc, m.
    pub(super) radius: f64,
}

impl Problem for SourceInDisc {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{}: source {} is inside the disc", subject.key, self.index))
            .found(format!("{} m from the centre", short(self.distance)))
            .expected(format!("more than its radius of {} m", short(self.radius)))
            .help("move the source, or write `engine: {finite_differences: {}}`")
    }
}

/// Data with other sources or receivers than the scenario.
#[derive(Debug)]
pub(super) struct OtherSurvey {
    /// `sources` or `receivers`.
    pub(super) what: &'static str,
    /// The file.
    pub(super) path: PathBuf,
    /// Their number in the file.
    pub(super) in_file: usize,
    /// Their number in the scenario.
    pub(super) in_scenario: usize,
    /// The first difference, if the numbers agree: index, position in the file and position in the scenario, m.
    pub(super) first: Option<(usize, Point, Point)>,
}

impl Problem for OtherSurvey {
    fn message(&self, subject: &Subject) -> Message {
        let (what, path) = (self.what, self.path.display());
        let message =
            Message::new(format!("{}: the {what} in {path} differ from survey.{what}", subject.key))
                .help(format!("write `{what}: {{from_data: {{}}}}`, or simulate or import the data again"));
        match self.first {
            Some((i, file, here)) => {
                let at = |p: Point| {
                    let coordinates: Vec<String> = p.coordinates().iter().map(|v| short(*v)).collect();
                    format!("({}) m", coordinates.join(", "))
                };
                message.found(format!("number {i} at {} in the file", at(file))).expected(at(here))
            }
            None => message
                .found(format!("{} {what} in the file", self.in_file))
                .expected(self.in_scenario.to_string()),
        }
    }
}

/// Data of sources of another strength than the scenario's.
#[derive(Debug)]
pub(super) struct OtherStrength {
    /// The file.
    pub(super) path: PathBuf,
    /// The strength in the file.
    pub(super) found: Complex64,
    /// The strength in the scenario.
    pub(super) given: Complex64,
}

impl Problem for OtherStrength {
    fn message(&self, subject: &Subject) -> Message {
        let shown = |strength: Complex64| format!("[{}, {}]", short(strength.re), short(strength.im));
        let path = self.path.display();
        Message::new(format!("{} is not the strength of the sources of {path}", subject.key))
            .found(shown(self.given))
            .expected(format!("{}, as in the file", shown(self.found)))
            .help("leave `strength` out to take that of the file, or simulate the data again")
    }
}

/// Data without one of the frequencies of the scenario.
#[derive(Debug)]
pub(super) struct DataFrequency {
    /// The frequency, Hz.
    pub(super) found: f64,
    /// The frequencies of the file, Hz.
    pub(super) available: Vec<f64>,
}

impl Problem for DataFrequency {
    fn message(&self, subject: &Subject) -> Message {
        let all: Vec<String> = self.available.iter().map(ToString::to_string).collect();
        Message::new(format!("{subject}: the data file has no data at {} Hz", short(self.found)))
            .found(format!("data at {} Hz", list(&all)))
            .help("write one of these into the `frequencies` of `physics`, or simulate the data again")
    }
}

/// Traces of another interval or length than the scenario's.
#[derive(Debug)]
pub(super) struct OtherTimes {
    /// Interval in the file, s.
    pub(super) dt: f64,
    /// Samples in the file.
    pub(super) samples: usize,
    /// Interval of the scenario, s.
    pub(super) interval: f64,
    /// Samples of the scenario.
    pub(super) expected: usize,
}

impl Problem for OtherTimes {
    fn message(&self, subject: &Subject) -> Message {
        let (dt, duration) = (precise(self.dt), precise(self.dt * (self.samples - 1) as f64));
        Message::new(format!("{subject} is not sampled at the times of `physics`"))
            .found(format!("{} samples of {dt} s in the file", self.samples))
            .expected(format!("{} of {} s", self.expected, short(self.interval)))
            .help(format!(
                "write `interval: {dt}` and `duration: {duration}` into `physics`, or `processing: [resample: {{}}]` below `data:` for a \
                 record that is no shorter, or simulate the data again"
            ))
    }
}

/// Traces that are zero or not finite.
#[derive(Debug)]
pub(super) struct BadTraces {
    /// The first of them.
    pub(super) first: BadTrace,
    /// Their number.
    pub(super) count: usize,
}

impl Problem for BadTraces {
    fn message(&self, subject: &Subject) -> Message {
        let BadTraces { first: BadTrace { shot, receiver, fault, .. }, count } = self;
        let (traces, more) = match count {
            1 => ("a bad trace".to_owned(), String::new()),
            _ => (format!("{count} bad traces"), format!(", and {} more", count - 1)),
        };
        Message::new(format!("{subject} has {traces}"))
            .found(format!("shot {shot}, receiver {receiver} {}{more}", fault.in_words()))
            .expected("numbers, not all of them zero")
            .help("write `mask_dead_traces: true` below `data:` to exclude them")
    }
}

/// A band of a stage in which the data have no energy.
#[derive(Debug)]
pub(in crate::plan) struct BandWithoutData {
    /// The band, Hz.
    pub(in crate::plan) band: [f64; 2],
    /// Share of the data's energy in the band.
    pub(in crate::plan) share: f64,
    /// Share of the wavelet's energy in the band.
    pub(in crate::plan) of_wavelet: f64,
    /// The smallest allowed share of the data's energy.
    pub(in crate::plan) least: f64,
}

impl Problem for BandWithoutData {
    fn message(&self, subject: &Subject) -> Message {
        let [low, high] = self.band.map(short);
        let wavelet = short(100.0 * self.of_wavelet);
        Message::new(format!("{}: the data have no energy in this band", subject.key))
            .found(format!("{:.1e} of the data's energy from {low} to {high} Hz", self.share))
            .expected(format!("at least {:.1e}: the wavelet has {wavelet} % of its energy there", self.least))
            .help("choose a band that the data contain; other frequencies may have been filtered out")
    }
}
