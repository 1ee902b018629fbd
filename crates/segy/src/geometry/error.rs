//! Errors of geometry: positions and shots.

use std::path::PathBuf;

use crate::error::SegyError;
use crate::field::Field;
use crate::place::Place;

/// Why the headers of a file give no geometry. Every message has the file, the place, the values, and the option to use.
///
/// # Units
/// Positions in m; traces count from 1.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GeometryError {
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] SegyError),
    /// A number in a trace header is NaN or infinite.
    #[error(
        "{at}: {field} is {found}, expected a finite number; `--byte {field}=POSITION:TYPE` says where it is"
    )]
    NotFinite {
        /// The trace header.
        at: Place,
        /// The field.
        field: Field,
        /// Its number.
        found: f64,
    },
    /// All coordinates are zero.
    #[error(
        "{at}: sx, sy, gx and gy are 0 in all {traces} traces (header bytes 73 to 88), expected positions; if they are elsewhere, \
         say where, for example `--byte sx=181 --byte sy=185`"
    )]
    CoordinatesZero {
        /// The file.
        at: Place,
        /// How many traces have such headers.
        traces: usize,
    },
    /// All receivers are at zero although a shot has several.
    #[error(
        "{at}: gx and gy are 0 in all {traces} traces (header bytes 81 to 88) while sources have positions; if receivers are \
         elsewhere, say where, for example `--byte gx=181 --byte gy=185`"
    )]
    ReceiversZero {
        /// The file.
        at: Place,
        /// How many traces have such headers.
        traces: usize,
    },
    /// The code of the units of coordinates is unknown.
    #[error(
        "{at}: units of coordinates {found}, expected 1 (length), 2 (arc seconds), 3 (degrees) or 4 (degrees, minutes, \
         seconds); `--byte counit=POSITION` says where the code is"
    )]
    UnknownUnits {
        /// The trace header.
        at: Place,
        /// The code.
        found: f64,
    },
    /// Traces differ in the units of their coordinates.
    #[error(
        "{at}: units of coordinates {found}, expected {expected} as in the traces before; split the file"
    )]
    MixedUnits {
        /// The trace header.
        at: Place,
        /// The code.
        found: f64,
        /// The code of the traces before.
        expected: f64,
    },
    /// Coordinates are longitudes and latitudes.
    #[error(
        "{at}: coordinates are angles (units {found}; the first source is at longitude {longitude:.6}, latitude {latitude:.6}), \
         expected lengths; `--geographic` projects them to metres around their mean (transverse Mercator, WGS 84)"
    )]
    Geographic {
        /// The trace header.
        at: Place,
        /// The code of the units.
        found: f64,
        /// Longitude of the first source, in degrees.
        longitude: f64,
        /// Latitude of the first source, in degrees.
        latitude: f64,
    },
    /// An angle is no longitude or latitude.
    #[error(
        "{at}: longitude {longitude}, latitude {latitude}, expected -360 to 360 and -90 to 90 degrees; `--scalco` sets another \
         scalar of coordinates"
    )]
    AngleRange {
        /// The trace.
        at: Place,
        /// Longitude, in degrees.
        longitude: f64,
        /// Latitude, in degrees.
        latitude: f64,
    },
    /// Coordinates that are given as longitudes and latitudes are lengths.
    #[error(
        "{at}: `--geographic` projects longitudes and latitudes, but the source or receiver is at x {x}, y {y}, which are lengths, expected \
         -360 to 360 and -90 to 90 degrees; leave `--geographic` out, or set another scalar of coordinates with `--scalco`"
    )]
    Lengths {
        /// The trace.
        at: Place,
        /// Its x, with its scalar.
        x: f64,
        /// Its y, with its scalar.
        y: f64,
    },
    /// Coordinates that are given as longitudes and latitudes are too far from each other.
    #[error(
        "{at}: `--geographic` projects longitudes and latitudes, but as a {name} the coordinates are from {} to {} degrees, expected at most \
         {limit} degrees (1000 km) between them; leave `--geographic` out if they are lengths, as header byte 89 says, or set another scalar of \
         coordinates with `--scalco`", range[0], range[1]
    )]
    Extent {
        /// The file.
        at: Place,
        /// `longitude` or `latitude`.
        name: &'static str,
        /// The smallest and the largest, in degrees.
        range: [f64; 2],
        /// The largest difference in degrees.
        limit: f64,
    },
    /// The file has only traces that record no waves.
    #[error(
        "{}: no trace is used: all {traces} traces have trace identification codes (header byte 29) such as {found}, expected {}; \
         `--trace-ids {found}` uses traces with that code", path.display(), one_of(expected)
    )]
    NoSeismicTraces {
        /// The file.
        path: PathBuf,
        /// How many traces there are.
        traces: usize,
        /// The code of the first trace.
        found: i32,
        /// The codes that are used.
        expected: Vec<i32>,
    },
    /// A shot has only traces that record no waves.
    #[error(
        "{at}: shot {shot} has no receivers: its {traces} traces have trace identification codes (header byte 29) such as \
         {found}, expected {}; `--trace-ids {}` uses traces with that code, too", one_of(expected), with(expected, *found)
    )]
    ShotWithoutReceivers {
        /// The first trace of the shot.
        at: Place,
        /// The shot.
        shot: i64,
        /// How many traces it has.
        traces: usize,
        /// The code of the first.
        found: i32,
        /// The codes that are used.
        expected: Vec<i32>,
    },
    /// The shots cannot be told from the headers.
    #[error(
        "{}: shots cannot be told: {reason}; {sources} source positions, {eps} values of ep (header byte 17); `--group-by source`, \
         `--group-by ffid` or `--group-by ep` decides", path.display()
    )]
    AmbiguousShots {
        /// The file.
        path: PathBuf,
        /// What is wrong with FFID.
        reason: Ambiguity,
        /// How many source positions there are.
        sources: usize,
        /// How many values `ep` has.
        eps: usize,
    },
    /// The source moves within a shot.
    #[error(
        "{at}: the source of shot {shot} is at {found:?} m, expected {expected:?} m as in its first trace; `--group-by source` \
         makes shots of source positions, `--source-tolerance` allows a distance in m"
    )]
    SourceMoves {
        /// The trace.
        at: Place,
        /// The shot.
        shot: i64,
        /// The position of the source.
        found: [f64; 3],
        /// The position in the first trace of the shot.
        expected: [f64; 3],
    },
}

/// Codes in words: `1`, or `0, 1 or 11`.
fn one_of(codes: &[i32]) -> String {
    let texts: Vec<String> = codes.iter().map(ToString::to_string).collect();
    match texts.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} or {last}", others.join(", ")),
        _ => texts.concat(),
    }
}

/// Codes and one more, as the option `--trace-ids` has them.
fn with(codes: &[i32], another: i32) -> String {
    let all = codes.iter().chain([&another]).map(ToString::to_string);
    all.collect::<Vec<_>>().join(",")
}

/// Why FFID (the field record number) makes no shots.
#[derive(Debug, Clone, PartialEq)]
pub enum Ambiguity {
    /// It is the same in all traces while sources differ.
    Constant {
        /// The number.
        ffid: i64,
        /// How many traces have it.
        traces: usize,
    },
    /// It is different in every trace while sources are the same.
    EveryTrace {
        /// How many traces there are.
        traces: usize,
    },
    /// Sources differ in traces of the same number.
    Moving {
        /// The number.
        ffid: i64,
        /// Two traces of that number, counted from 1.
        traces: [usize; 2],
        /// Their sources, in m.
        sources: [[f64; 3]; 2],
    },
}

impl std::fmt::Display for Ambiguity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Constant { ffid, traces } => {
                write!(f, "FFID (header byte 9) is {ffid} in all {traces} traces, but sources differ")
            }
            Self::EveryTrace { traces } => {
                write!(
                    f,
                    "FFID (header byte 9) is different in each of {traces} traces, but sources are the same"
                )
            }
            Self::Moving { ffid, traces: [a, b], sources: [first, second] } => write!(
                f,
                "FFID (header byte 9) is {ffid} in traces {a} and {b}, but their sources are at {first:?} m and {second:?} m"
            ),
        }
    }
}
