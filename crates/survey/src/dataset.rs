//! Receiver data at frequencies with their geometry, in HDF5.
//!
//! Root attributes `format = "fwi-data"`, `version = 1`, `scenario` (text). Then
//!
//! | dataset | axes | type | attributes |
//! |---|---|---|---|
//! | `/survey/sources` | shot, axis (x, z) | f64 | `units = "m"`, `strength` {r, i}, `variance` in m^2 |
//! | `/survey/receivers` | receiver, axis (x, z), or shot, receiver, axis | f64 | `units = "m"` |
//! | `/observed/frequency` | frequency | f64 | `units = "Hz"` |
//! | `/observed/pressure` | frequency, shot, receiver | complex as compound {r, i}, what h5py writes | `units`, `axes`, `time_factor` |
//!
//! Files of other fields, such as particle velocities, have a dataset `/observed/<field>` for each.

use std::path::Path;

use fd::{Point, coordinate_names};
use num_complex::Complex64;

use crate::data_error::DataError;
use crate::hdf5_file::{Hdf5Reader, Hdf5Writer, index_in_words};
use crate::recorded::{self, RecordedField};
use crate::survey::{Receivers, SLOWEST, Survey};

/// The root attribute `format` of receiver data.
pub const FORMAT: &str = "fwi-data";
/// The version that is written and read.
pub const VERSION: u32 = 1;

/// The sign of time in the data.
const TIME_FACTOR: &str = "exp(+i omega t)";

const AXES: [&str; 3] = ["frequency", "shot", "receiver"];

/// Observed data at discrete frequencies.
///
/// # Shapes
/// `frequencies` `[frequency]`, `values` `[frequency, shot, field, receiver]`, row-major.
///
/// # Units
/// Hz; values as `survey.strength` implies. Time factor exp(+i omega t).
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset {
    /// Sources and receivers.
    pub survey: Survey,
    /// Frequencies in Hz.
    pub frequencies: Vec<f64>,
    /// The fields that every receiver records.
    pub fields: Vec<RecordedField>,
    /// Complex values of the fields at the receivers.
    pub values: Vec<Complex64>,
    /// The text of the scenario that made the data, or where they were imported from.
    pub scenario: String,
}

impl Dataset {
    /// Data of pressure, `[frequency, shot, receiver]`.
    #[must_use]
    pub fn of_pressure(
        survey: Survey,
        frequencies: Vec<f64>,
        values: Vec<Complex64>,
        scenario: String,
    ) -> Self {
        Self { survey, frequencies, fields: vec![RecordedField::pressure()], values, scenario }
    }

    /// The value of one frequency, shot and trace. The traces of a shot are those of all receivers, field by field.
    ///
    /// # Panics
    /// If an index is outside the data.
    #[must_use]
    pub fn at(&self, frequency: usize, shot: usize, trace: usize) -> Complex64 {
        self.values[(frequency * self.survey.sources.len() + shot) * self.traces() + trace]
    }

    /// All shots of one frequency, `[shot, trace]`.
    ///
    /// # Panics
    /// If the index is outside the data.
    #[must_use]
    pub fn gathers(&self, frequency: usize) -> &[Complex64] {
        let n = self.survey.sources.len() * self.traces();
        &self.values[frequency * n..(frequency + 1) * n]
    }

    /// Traces of a shot: receivers times fields.
    #[must_use]
    pub fn traces(&self) -> usize {
        self.fields.len() * self.survey.receivers.count()
    }

    /// The values of a field, `[frequency, shot, receiver]`.
    ///
    /// # Panics
    /// If there is no such field.
    #[must_use]
    pub fn of_field(&self, field: usize) -> Vec<Complex64> {
        let receivers = self.survey.receivers.count();
        let shots = self.values.chunks(self.traces());
        shots.flat_map(|shot| &shot[field * receivers..(field + 1) * receivers]).copied().collect()
    }

    /// Whether positions look as if they were in km; see [`Survey::hint`].
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        self.survey.hint(self.frequencies.iter().copied().fold(0.0, f64::max), SLOWEST)
    }

    /// `[frequency, shot, receiver]` of each field.
    #[must_use]
    pub fn shape(&self) -> [usize; 3] {
        [self.frequencies.len(), self.survey.sources.len(), self.survey.receivers.count()]
    }

    /// Checks shape, NaN, frequencies and geometry; `path` is named in the error.
    ///
    /// # Errors
    /// [`DataError::Shape`], [`DataError::NotFinite`] or [`DataError::Range`], the first that applies.
    pub fn check(&self, path: &Path) -> Result<(), DataError> {
        let (shape, fields) = (self.shape(), self.fields.len());
        if fields * shape.iter().product::<usize>() != self.values.len() || self.values.is_empty() {
            return Err(DataError::Shape {
                path: path.to_owned(),
                dataset: self.names(),
                axes: "frequency, shot, receiver",
                found: vec![self.values.len()],
                expected: format!("{shape:?}, at least one of each"),
            });
        }
        for (field, RecordedField { name, .. }) in self.fields.iter().enumerate() {
            let values = self.of_field(field);
            let bad = |p: &Complex64| !(p.re.is_finite() && p.im.is_finite());
            if let Some(flat) = values.iter().position(bad) {
                return Err(DataError::NotFinite {
                    path: path.to_owned(),
                    dataset: name.clone(),
                    value: values[flat].to_string(),
                    index: index_in_words(flat, &shape, &AXES),
                });
            }
        }
        for f in &self.frequencies {
            if !(f.is_finite() && *f > 0.0) {
                return Err(DataError::Range {
                    path: path.to_owned(),
                    what: "a frequency".to_owned(),
                    found: *f,
                    unit: "Hz",
                    expected: "more than 0".to_owned(),
                    advice: "give it in Hz".to_owned(),
                });
            }
        }
        self.survey.check(path)
    }

    /// The names of the fields.
    fn names(&self) -> String {
        self.fields.iter().map(|field| field.name.as_str()).collect::<Vec<_>>().join(", ")
    }

    /// Writes the data to HDF5, to a temporary name first.
    ///
    /// # Errors
    /// As [`Dataset::check`], and [`DataError::Unwritable`] or [`DataError::Hdf5`]. After an error no file remains.
    pub fn write(&self, path: &Path) -> Result<(), DataError> {
        self.check(path)?;
        Hdf5Writer::create(path, FORMAT, VERSION, |out| {
            out.text(&out.file, "scenario", &self.scenario)?;
            out.group("survey")?;
            out.group("observed")?;
            let sources = write_sources(out, &self.survey.sources)?;
            out.scalar(&sources, "strength", &self.survey.strength)?;
            out.scalar(&sources, "variance", &self.survey.variance)?;
            write_receivers(out, &self.survey.receivers)?;
            let frequency =
                out.array("observed/frequency", &[self.frequencies.len()], None, &self.frequencies)?;
            out.text(&frequency, "units", "Hz")?;
            let [nf, ns, nr] = self.shape();
            for (k, field) in self.fields.iter().enumerate() {
                let values = self.of_field(k);
                let set = out.array(&field.dataset(), &[nf, ns, nr], Some(&[1, 1, nr]), &values)?;
                out.text(&set, "units", &field.unit)?;
                out.text(&set, "axes", "frequency, shot, receiver")?;
                out.text(&set, "time_factor", TIME_FACTOR)?;
            }
            Ok(())
        })
    }

    /// Reads and checks data written by [`Dataset::write`] or by any program that follows the format: all recorded fields.
    ///
    /// # Errors
    /// One [`DataError`] that gives the file, the dataset, what was found and what was expected.
    pub fn read(path: &Path) -> Result<Dataset, DataError> {
        let data = Hdf5Reader::with_format(path, FORMAT, VERSION, |file| {
            in_frequency(file)?;
            let names = recorded::fields(file)?;
            Dataset::from_file(file, &names)
        })?;
        data.check(path)?;
        Ok(data)
    }

    /// The same of some of the fields, in this order.
    ///
    /// # Errors
    /// As [`Dataset::read`]; [`DataError::Absent`] for a field that was not recorded.
    pub fn read_fields(path: &Path, names: &[String]) -> Result<Dataset, DataError> {
        let names = names.to_vec();
        let data = Hdf5Reader::with_format(path, FORMAT, VERSION, move |file| {
            in_frequency(file)?;
            if names.iter().any(|name| !file.has_dataset(&recorded::dataset(name))) {
                return Err(recorded::absent(&file.path, &names, recorded::fields(file)?));
            }
            Dataset::from_file(file, &names)
        })?;
        data.check(path)?;
        Ok(data)
    }

    fn from_file(file: &Hdf5Reader, names: &[String]) -> Result<Dataset, DataError> {
        let sources = points(file, "survey/sources", "shot, axis")?;
        let receivers = read_receivers(file, sources.len())?;
        let set = file.dataset("survey/sources")?;
        let strength = file.complex(&set, "strength")?.ok_or_else(|| DataError::Absent {
            path: file.path.clone(),
            what: "attribute `strength` (compound {r, i}) of /survey/sources".to_owned(),
            present: set.attr_names().unwrap_or_default(),
        })?;
        let variance = file.number(&set, "variance")?.unwrap_or(0.0);
        file.expect_units("observed/frequency", "Hz")?;
        let (frequencies, shape) = file.reals("observed/frequency", &["frequency"])?;
        if shape.len() != 1 {
            return Err(file.wrong_shape("observed/frequency", "frequency", shape, "one axis"));
        }
        let (mut fields, mut of_fields) = (Vec::new(), Vec::new());
        for name in names {
            let (field, values) = field(file, name, [frequencies.len(), sources.len(), receivers.count()])?;
            fields.push(field);
            of_fields.push(values);
        }
        let shots = frequencies.len() * sources.len();
        let gather = |shot: usize| {
            let range = shot * receivers.count()..(shot + 1) * receivers.count();
            of_fields.iter().flat_map(move |values| values[range.clone()].to_vec())
        };
        let values = (0..shots).flat_map(gather).collect();
        let scenario = file.text(&file.file, "scenario")?.unwrap_or_default();
        Ok(Dataset {
            survey: Survey { sources, receivers, strength, variance },
            frequencies,
            fields,
            values,
            scenario,
        })
    }
}

/// Refuses data in time.
fn in_frequency(file: &Hdf5Reader) -> Result<(), DataError> {
    if file.has_dataset("observed/frequency") {
        return Ok(());
    }
    for name in recorded::fields(file).unwrap_or_default() {
        let set = file.dataset(&recorded::dataset(&name))?;
        if file.has_attribute(&set, "dt")? {
            let (found, expected) = ("traces in time", "data at frequencies");
            return Err(DataError::Domain { path: file.path.clone(), found, expected });
        }
    }
    Ok(())
}

/// A recorded field and its values `[frequency, shot, receiver]`.
fn field(
    file: &Hdf5Reader,
    name: &str,
    expected: [usize; 3],
) -> Result<(RecordedField, Vec<Complex64>), DataError> {
    let path = recorded::dataset(name);
    file.expect_axes(&file.dataset(&path)?, "frequency, shot, receiver")?;
    let (values, shape) = file.complexes(&path, &AXES)?;
    if shape != expected {
        return Err(file.wrong_shape(&path, "frequency, shot, receiver", shape, format!("{expected:?}")));
    }
    let set = file.dataset(&path)?;
    match file.text(&set, "time_factor")? {
        Some(found) if found != TIME_FACTOR => {
            return Err(file.wrong_attribute(&set, "time_factor", format!("\"{found}\""), TIME_FACTOR));
        }
        _ => {}
    }
    let unit = file.text(&set, "units")?.unwrap_or_else(|| "1".to_owned());
    Ok((RecordedField { name: name.to_owned(), unit }, values))
}

/// Writes the sources of a survey.
pub(crate) fn write_sources(out: &Hdf5Writer, sources: &[Point]) -> Result<hdf5::Dataset, DataError> {
    write_points(out, "survey/sources", &[sources.len()], (sources.iter(), "shot"))
}

/// Writes positions in m, in an array of this shape whose axes are named.
fn write_points<'p>(
    out: &Hdf5Writer,
    name: &str,
    shape: &[usize],
    (points, axes): (impl Iterator<Item = &'p Point> + Clone, &str),
) -> Result<hdf5::Dataset, DataError> {
    let dims = points.clone().next().map_or(2, Point::dims);
    let values: Vec<f64> = points.flat_map(Point::coordinates).copied().collect();
    let set = out.array(name, &[shape, &[dims]].concat(), None, &values)?;
    out.text(&set, "units", "m")?;
    out.text(&set, "axes", &format!("{axes}, axis ({})", coordinate_names(dims).join(", ")))?;
    Ok(set)
}

/// Writes the receivers of a survey.
pub(crate) fn write_receivers(out: &Hdf5Writer, receivers: &Receivers) -> Result<(), DataError> {
    let name = "survey/receivers";
    match receivers {
        Receivers::Shared(points) => {
            write_points(out, name, &[points.len()], (points.iter(), "receiver")).map(drop)
        }
        Receivers::ByShot(shots) => {
            let shape = [shots.len(), receivers.count()];
            write_points(out, name, &shape, (shots.iter().flatten(), "shot, receiver")).map(drop)
        }
    }
}

/// Reads the receivers of a survey with this number of shots.
pub(crate) fn read_receivers(file: &Hdf5Reader, shots: usize) -> Result<Receivers, DataError> {
    let name = "survey/receivers";
    if file.dataset(name)?.ndim() < 3 {
        return points(file, name, "receiver, axis").map(Receivers::Shared);
    }
    file.expect_units(name, "m")?;
    file.expect_axes(&file.dataset(name)?, "shot, receiver, axis")?;
    let (values, shape) = file.reals(name, &["shot", "receiver", "axis"])?;
    match shape[..] {
        [n, receivers, dims @ 1..=3] if n == shots && receivers > 0 => {
            let points: Vec<Point> = values.chunks_exact(dims).filter_map(Point::new).collect();
            Ok(Receivers::ByShot(points.chunks(receivers).map(<[_]>::to_vec).collect()))
        }
        _ => Err(file.wrong_shape(
            name,
            "shot, receiver, axis",
            shape,
            format!("[{shots}, at least 1, 1 to 3]"),
        )),
    }
}

/// Reads positions in m.
pub fn points(file: &Hdf5Reader, name: &str, axes: &'static str) -> Result<Vec<Point>, DataError> {
    file.expect_units(name, "m")?;
    file.expect_axes(&file.dataset(name)?, axes)?;
    let words: Vec<&str> = axes.split(", ").collect();
    let (values, shape) = file.reals(name, &words)?;
    match shape[..] {
        [n, dims @ 1..=3] if n > 0 => Ok(values.chunks_exact(dims).filter_map(Point::new).collect()),
        _ => Err(file.wrong_shape(name, axes, shape, "[at least 1, 1 to 3]")),
    }
}

#[cfg(test)]
mod tests;
