//! Errors of importing SEG-Y and SU files.

use std::path::PathBuf;

use crate::import::ImplausibleInterval;
use segy::{GeometryError, LayoutError, LineError, SegyError};

/// Why a SEG-Y or SU file cannot be imported.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SegyImportError {
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] SegyError),
    /// Its headers give no geometry.
    #[error(transparent)]
    Geometry(#[from] GeometryError),
    /// The option `--interval` is probably in another unit than s.
    #[error(transparent)]
    Interval(#[from] ImplausibleInterval),
    /// An option `--byte` is wrong.
    #[error(transparent)]
    Layout(#[from] LayoutError),
    /// No line goes through the positions.
    #[error(
        "{}: {source}; `--byte FIELD=POSITION` says where sx, sy, gx and gy are, `--line x1,y1,x2,y2` gives the ends of the line",
        path.display()
    )]
    Line {
        /// The file.
        path: PathBuf,
        /// Why.
        source: LineError,
    },
    /// All sources and receivers are beside one point of the line.
    #[error(
        "{}: sources and receivers are {extent} m long along the line from ({}, {}) to ({}, {}) m, expected at least {least} m: the line is across \
         them; `--line x1,y1,x2,y2` gives another one, for example `--line {},{},{},{}`",
        path.display(), line[0][0], line[0][1], line[1][0], line[1][1], fitted[0][0], fitted[0][1], fitted[1][0], fitted[1][1]
    )]
    Across {
        /// The file.
        path: PathBuf,
        /// The ends of the line in m.
        line: [[f64; 2]; 2],
        /// The extent of positions along it in m.
        extent: f64,
        /// The smallest extent in m.
        least: f64,
        /// The ends of the line that is fitted to the positions, to whole metres.
        fitted: [[f64; 2]; 2],
    },
    /// Sources and receivers are not on one line.
    #[error(
        "{}: {what} of trace {trace} at x {:.2} m, y {:.2} m is {found:.1} m off the line from ({:.1}, {:.1}) to ({:.1}, {:.1}) m, \
         expected at most {limit:.1} m; `--line x1,y1,x2,y2` gives another line, `--off-line-limit {}` allows the distance, and \
         `--three-d` keeps positions as [x, y, z]",
        path.display(), point[0], point[1], ends[0][0], ends[0][1], ends[1][0], ends[1][1], found.ceil()
    )]
    OffLine {
        /// The file.
        path: PathBuf,
        /// `the source` or `the receiver`.
        what: &'static str,
        /// The trace, counted from 1.
        trace: usize,
        /// The position `[x, y]` in m.
        point: [f64; 2],
        /// Its distance from the line in m.
        found: f64,
        /// The largest distance allowed in m.
        limit: f64,
        /// The ends of the line in m.
        ends: [[f64; 2]; 2],
    },
    /// Shots differ too much in their numbers of traces.
    #[error(
        "{}: {shots} shots have {fewest} to {most} traces: as many receivers for each would add {padded} traces of zeros to {traces}, \
         expected at most 20 for each; `--group-by` groups traces in another way, and `--trace-ids` leaves some out", path.display()
    )]
    Ragged {
        /// The file.
        path: PathBuf,
        /// How many shots there are.
        shots: usize,
        /// The fewest traces of a shot.
        fewest: usize,
        /// The most traces of a shot.
        most: usize,
        /// The traces of all shots.
        traces: usize,
        /// The traces that would be added.
        padded: usize,
    },
    /// A shot has another number of receivers than the first.
    #[error(
        "{}: shot {shot} has {found} traces, expected {expected} as the first shot has; without `--same-receivers` shots have receivers \
         of their own", path.display()
    )]
    ReceiverCount {
        /// The file.
        path: PathBuf,
        /// The number of the shot.
        shot: i64,
        /// Its traces.
        found: usize,
        /// Those of the first shot.
        expected: usize,
    },
    /// A receiver is not one of the first shot.
    #[error(
        "{}: trace {trace}: the receiver at {point:?} m is {found:.3} m from the nearest receiver of the first shot that no other trace \
         has, expected at most {tolerance} m; `--same-receivers M` allows more, and without it shots have receivers of their own",
        path.display()
    )]
    OtherReceiver {
        /// The file.
        path: PathBuf,
        /// The trace, counted from 1.
        trace: usize,
        /// The position `[x, y, z]` in m.
        point: [f64; 3],
        /// The distance in m.
        found: f64,
        /// The largest distance allowed in m.
        tolerance: f64,
    },
    /// Traces have hardly any time after the shot in common.
    #[error(
        "{}: trace {trace} ends {end} s after the shot, expected at least {least} s, three samples: it begins at {start} s (delay \
         recording time, header byte 109) and has {samples} samples; `--byte delrt=POSITION` says where delays are, `--sctrh` \
         sets their scalar",
        path.display()
    )]
    TooEarly {
        /// The file.
        path: PathBuf,
        /// The trace, counted from 1.
        trace: usize,
        /// The time of its first sample in s.
        start: f64,
        /// The time of its last sample in s.
        end: f64,
        /// Its samples.
        samples: usize,
        /// The shortest time in s.
        least: f64,
    },
    /// Traces begin so late that most of the data would be zeros.
    #[error(
        "{}: trace {trace} begins {start} s after the shot (delay recording time, header byte 109), expected at most {most} times the \
         length of its {samples} samples; `--byte delrt=POSITION` says where delays are, `--sctrh` sets their scalar",
        path.display()
    )]
    TooLate {
        /// The file.
        path: PathBuf,
        /// The trace, counted from 1.
        trace: usize,
        /// The time of its first sample in s.
        start: f64,
        /// Its samples.
        samples: usize,
        /// The most zeros for each sample.
        most: usize,
    },
    /// No trace has a signal.
    #[error(
        "{}: all {traces} traces are zero, NaN, infinite or marked as dead, expected samples of waves; `--format` sets the format of \
         samples, `--trace-ids` the traces that are used", path.display()
    )]
    AllSilent {
        /// The file.
        path: PathBuf,
        /// How many traces there are.
        traces: usize,
    },
    /// No trace can be used.
    #[error("{}: all {traces} traces of shots are marked as dead (header byte 29 is 2); `--byte trid=POSITION` says where the code is", path.display())]
    AllDead {
        /// The file.
        path: PathBuf,
        /// How many traces there are.
        traces: usize,
    },
}
