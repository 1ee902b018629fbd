//! SEG-Y in depth: a trace for each column of a section or a volume.
//!
//! Columns are where the CDP coordinates say, or those of source and receiver where both are at one place. What `fwi export --to segy`
//! writes says in its text header that interval and delay are metres in place of milliseconds. In other files these can be times, so
//! the options say what the depths are.
//!
//! # Source
//! SEG-Y revision 1, tables 2 and 3.

use std::path::Path;

use gridfiles::cf::{Positive, Role};
use gridfiles::{Array, Axis, Lattice, LatticeFault};
use segy::{Field, File, ReadOptions, scaled};

use crate::data_error::DataError;
use crate::exporters::segy::IN_DEPTH;
use crate::import::{ImportOptions, Imported, Wanted};
use crate::ticks::six_digits;
use crate::{input_file, on_axes};

/// The code of feet in the binary header.
const FEET: i16 = 2;
/// The code of dead traces.
const DEAD: f64 = 2.0;

/// Reads a model.
pub fn model(path: &Path, wanted: &Wanted<'_>) -> Result<Imported, DataError> {
    input_file::metadata(path)?;
    let wrong = |error: segy::SegyError| DataError::Segy(error.into());
    // What the interval means is decided here, not by the reader of data.
    let options = ReadOptions { interval: Some(1.0), same_length: true, ..ReadOptions::default() };
    let file = File::open(path, &options).map_err(wrong)?;
    let model = ModelFile { path, file: &file, options: wanted.options };
    model.check()?;
    let (axes, places) = model.columns()?;
    let axes: Vec<Axis> = axes.into_iter().chain([model.depths()?]).collect();
    on_axes::require(path, &axes)?;
    let samples = file.samples(0);
    let (mut values, mut trace) = (vec![0.0; samples * file.traces()], vec![0.0; samples]);
    for (column, place) in places.into_iter().enumerate() {
        file.trace(column, &mut trace).map_err(wrong)?;
        let at = &mut values[place * samples..][..samples];
        at.iter_mut().zip(&trace).for_each(|(value, sample)| *value = f64::from(*sample));
    }
    let array = Array::new(axes, values).map_err(|error| DataError::of_grid_file(path, error))?;
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    on_axes::model(path, &stem, array, wanted)
}

/// Where the headers say that columns are.
enum Positions {
    /// x and y of every column, in the unit of the file.
    At([Vec<f64>; 2]),
    /// Nowhere: all coordinates are zero.
    Absent,
    /// Coordinates that are no places of columns, and why.
    Unusable(String),
}

/// A file, and what the user says about it.
struct ModelFile<'a> {
    path: &'a Path,
    file: &'a File,
    options: &'a ImportOptions,
}

impl ModelFile<'_> {
    fn ambiguous(&self, what: String, option: &'static str) -> DataError {
        DataError::Ambiguous { path: self.path.to_owned(), what, option }
    }

    fn column(&self, field: Field) -> Result<segy::Column, DataError> {
        self.file.column(field).map_err(|error| DataError::Segy(error.into()))
    }

    /// Whether fwi has written the file as a model.
    fn is_in_depth(&self) -> bool {
        self.file.text().is_some_and(|text| text.lines.iter().any(|line| line.contains(IN_DEPTH)))
    }

    /// Refuses dead traces, and feet of which nothing is said.
    fn check(&self) -> Result<(), DataError> {
        if let Some(dead) = self.column(Field::Trid)?.iter().position(|code| code == DEAD) {
            return Err(DataError::Text {
                path: self.path.to_owned(),
                problem: format!(
                    "trace {} is marked as dead (2 in bytes 29-30), expected a value in every column of a model; fill it, or correct \
                     the mark",
                    dead + 1
                ),
            });
        }
        let feet = self.file.binary().is_some_and(|binary| binary.measurement_system == FEET);
        if feet && self.options.scale == 1.0 {
            let what = "its unit of length is feet (2 in bytes 3255-3256)".to_owned();
            let option = "`--scale 0.3048`, and `--unit ft/s` where velocities are in feet, too";
            return Err(self.ambiguous(what, option));
        }
        Ok(())
    }

    /// The axes y and x of the columns, and the place of each trace among them.
    fn columns(&self) -> Result<([Axis; 2], Vec<usize>), DataError> {
        let reason = match self.positions()? {
            Positions::Absent => return self.numbered(),
            Positions::At([x, y]) => match Lattice::of(&[y, x]) {
                Ok(Lattice { axes, places }) if axes[1].2 > 1 || axes[0].2 == 1 => {
                    let unit = self.is_in_depth().then(|| "m".to_owned());
                    let axis = |a: usize, name: &str| {
                        let (first, step, len) = axes[a];
                        let (origin, spacing) = (Some(first), Some(step).filter(|_| len > 1));
                        Axis { origin, spacing, unit: unit.clone(), ..along(name, len) }
                    };
                    return Ok(([axis(0, "y"), axis(1, "x")], places));
                }
                Ok(Lattice { axes, .. }) => format!("they lie along y, at x {}", six_digits(axes[1].0)),
                Err(fault) => in_words(&fault),
            },
            Positions::Unusable(reason) => reason,
        };
        // The user places the columns.
        if self.options.spacing.is_some() && self.options.origin.is_some() {
            return self.numbered();
        }
        let what = format!("its columns are not on an even grid along x and y: {reason}");
        let option = "`--spacing M` and `--origin X,Z`, which place the columns in their order, or by their in-line and cross-line numbers";
        Err(self.ambiguous(what, option))
    }

    /// Where the headers say that the columns are.
    fn positions(&self) -> Result<Positions, DataError> {
        let units = self.column(Field::Counit)?;
        if let Some(code) = units.iter().find(|code| ![0.0, 1.0].contains(code)) {
            let reason = format!("their coordinates are angles ({code} in bytes 89-90)");
            return Ok(Positions::Unusable(reason));
        }
        let scalar = self.column(Field::Scalco)?;
        let pair = |fields: [Field; 2]| {
            let mut pair = [Vec::new(), Vec::new()];
            for (values, field) in pair.iter_mut().zip(fields) {
                let is_scaled = self.file.layout().is_scaled(field);
                let scalar = |trace: usize| if is_scaled { scalar.get(trace) } else { 1.0 };
                *values = self.column(field)?.iter().enumerate().map(|(i, v)| scaled(v, scalar(i))).collect();
            }
            Ok::<_, DataError>(pair)
        };
        let somewhere = |pair: &[Vec<f64>; 2]| pair.iter().flatten().any(|v| *v != 0.0);
        let ensembles = pair([Field::Cdpx, Field::Cdpy])?;
        if somewhere(&ensembles) {
            return Ok(Positions::At(ensembles));
        }
        let (sources, receivers) = (pair([Field::Sx, Field::Sy])?, pair([Field::Gx, Field::Gy])?);
        if !somewhere(&sources) && !somewhere(&receivers) {
            return Ok(Positions::Absent);
        }
        if sources == receivers || !somewhere(&receivers) {
            return Ok(Positions::At(sources));
        }
        let reason =
            "sources and receivers are at different places, and there are no CDP coordinates (bytes 181-188)";
        Ok(Positions::Unusable(reason.to_owned()))
    }

    /// The columns by their in-line and cross-line numbers, or in their order.
    fn numbered(&self) -> Result<([Axis; 2], Vec<usize>), DataError> {
        let numbers = [self.column(Field::Iline)?, self.column(Field::Xline)?];
        if numbers.iter().any(|column| column.constant().is_some()) {
            let traces = self.file.traces();
            return Ok(([along("y", 1), along("x", traces)], (0..traces).collect()));
        }
        let numbers = numbers.map(|column| column.iter().collect::<Vec<f64>>());
        let Lattice { axes, places } = Lattice::of(&numbers).map_err(|fault| DataError::Text {
            path: self.path.to_owned(),
            problem: format!(
                "its in-line and cross-line numbers (bytes 189-196, here y and x) are no full grid: {}; write a volume with a \
                 trace for each pair",
                in_words(&fault)
            ),
        })?;
        Ok(([along("y", axes[0].2), along("x", axes[1].2)], places))
    }

    /// The axis of depth.
    fn depths(&self) -> Result<Axis, DataError> {
        let samples = self.file.samples(0);
        let delays = self.column(Field::Delrt)?;
        let has_scalar = self.file.binary().is_some_and(|binary| binary.revision[0] > 0);
        let scalars = self.column(Field::Sctrh)?;
        let delay =
            |trace: usize| scaled(delays.get(trace), if has_scalar { scalars.get(trace) } else { 0.0 });
        let first = delay(0);
        if let Some(trace) = (0..self.file.traces()).find(|trace| delay(*trace) != first) {
            return Err(DataError::Text {
                path: self.path.to_owned(),
                problem: format!(
                    "the delay of trace {} is {}, expected {first} as in trace 1 (bytes 109-110): the columns of a model begin at one \
                     depth",
                    trace + 1,
                    delay(trace)
                ),
            });
        }
        let binary = self.file.binary().map_or(0.0, |binary| {
            let more = binary.since_revision_2.interval;
            if more > 0.0 { more } else { f64::from(binary.interval) }
        });
        let stored = if binary > 0.0 { binary } else { self.column(Field::Dt)?.get(0) };
        let axis = Axis { positive: Some(Positive::Down), ..along("z", samples) };
        if self.is_in_depth() {
            let (origin, spacing) = (Some(first), Some(stored / 1e3));
            return Ok(Axis { origin, spacing, unit: Some("m".to_owned()), ..axis });
        }
        if self.options.spacing.is_none() {
            let what = if stored > 0.0 {
                format!(
                    "its sample interval is {} (bytes 3217-3218), which can mean {} m, {} m, or a time",
                    six_digits(stored),
                    six_digits(stored / 1e3),
                    six_digits(stored)
                )
            } else {
                "it has no sample interval (bytes 3217-3218)".to_owned()
            };
            return Err(self.ambiguous(what, "`--spacing M`"));
        }
        if first != 0.0 && self.options.origin.is_none() {
            let what =
                format!("its delay is {} (bytes 109-110), which can be a depth or a time", six_digits(first));
            return Err(self.ambiguous(what, "`--origin X,Z`"));
        }
        Ok(axis)
    }
}

/// An axis of which only name and length are known.
fn along(name: &str, len: usize) -> Axis {
    Axis { name: Some(name.to_owned()), role: Role::named(name), ..Axis::of_len(len) }
}

/// What is wrong with positions `[y, x]`.
fn in_words(fault: &LatticeFault) -> String {
    let name = |axis: usize| ["y", "x"][axis.min(1)];
    match fault {
        LatticeFault::Uneven { axis, point, found, expected } => format!(
            "trace {} has {} {}, expected {}",
            point + 1,
            name(*axis),
            six_digits(*found),
            six_digits(*expected)
        ),
        LatticeFault::Twice { first, second } => {
            format!("traces {} and {} are at the same place", first + 1, second + 1)
        }
        LatticeFault::Missing { node, .. } => {
            let at = |(axis, at): (usize, &f64)| format!("{} {}", name(axis), six_digits(*at));
            format!("no trace at {}", node.iter().enumerate().map(at).collect::<Vec<_>>().join(", "))
        }
    }
}
