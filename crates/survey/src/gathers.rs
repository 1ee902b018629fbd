//! Receiver data in the time domain, in HDF5, written and read shot by shot.
//!
//! Root attributes as in [`dataset`](crate::dataset). Then
//!
//! | dataset | axes | type | attributes |
//! |---|---|---|---|
//! | `/survey/sources` | shot, axis (x, z) | f64 | `units = "m"` |
//! | `/survey/receivers` | receiver, axis (x, z), or shot, receiver, axis | f64 | `units = "m"` |
//! | `/survey/wavelet` | time, or shot, time | f64 | `dt` in s; not needed to read |
//! | `/observed/pressure` | shot, receiver, time | f32 | `dt` and `t0` in s, `units`, `axes` |
//!
//! Files of other fields, such as particle velocities, have a dataset `/observed/<field>` for each.

use std::path::{Path, PathBuf};

use fd::Point;
use num_complex::Complex64;

use crate::data_error::DataError;
use crate::dataset::{FORMAT, VERSION, points, read_receivers, write_receivers, write_sources};
use crate::hdf5_file::time_limit::{self, Handle};
use crate::hdf5_file::{Hdf5Reader, Hdf5Writer, Packing, failing, index_in_words};
use crate::memory;
use crate::placement::Placement;
use crate::recorded;
use crate::survey::{Receivers, Survey};
use crate::wavelet::SourceWavelets;

pub use crate::recorded::RecordedField;
pub use crate::shot_gather::ShotGather;

const AXES: &str = "shot, receiver, time";

/// The header of a file of gathers.
///
/// # Units
/// `dt` in s. The first sample is at t = 0, where the wavelet starts.
#[derive(Debug, Clone, PartialEq)]
pub struct GatherHeader {
    /// Sources and receivers.
    pub survey: Survey,
    /// Time between samples, s.
    pub dt: f64,
    /// Samples per trace.
    pub samples: usize,
    /// The fields that every receiver records.
    pub fields: Vec<RecordedField>,
    /// The text of the scenario that made the data, or where they were imported from.
    pub scenario: String,
}

impl GatherHeader {
    /// `[shot, trace, time]`. The traces of a shot are those of all receivers, field by field.
    #[must_use]
    pub fn shape(&self) -> [usize; 3] {
        [self.survey.sources.len(), self.fields.len() * self.survey.receivers.count(), self.samples]
    }

    /// A survey of point sources that have a separate wavelet.
    #[must_use]
    pub fn survey(sources: Vec<Point>, receivers: Receivers) -> Survey {
        Survey { sources, receivers, strength: Complex64::ONE, variance: 0.0 }
    }

    fn check(&self, path: &Path) -> Result<(), DataError> {
        self.check_interval(path)?;
        self.survey.check(path)
    }

    fn check_interval(&self, path: &Path) -> Result<(), DataError> {
        check_interval(self.dt, "the time between samples", path)
    }
}

fn check_interval(dt: f64, what: &str, path: &Path) -> Result<(), DataError> {
    if dt.is_finite() && dt > 0.0 {
        return Ok(());
    }
    Err(DataError::Range {
        path: path.to_owned(),
        what: what.to_owned(),
        found: dt,
        unit: "s",
        expected: "more than 0".to_owned(),
        advice: "give it in s".to_owned(),
    })
}

/// Receiver data in a file, read shot by shot.
#[derive(Debug, Clone)]
pub struct GatherFile {
    /// The header of the file.
    pub header: GatherHeader,
    path: PathBuf,
    /// By field.
    sets: Vec<(Handle<hdf5::Dataset>, Packing)>,
}

/// The fault of a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// All its samples are zero.
    Dead,
    /// A sample is NaN or infinite.
    NotFinite,
}

impl Fault {
    /// The fault in words, to follow the name of the trace.
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Dead => "is all zero",
            Self::NotFinite => "has NaN or infinity",
        }
    }
}

/// A trace that cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadTrace {
    /// Its shot, from 0.
    pub shot: usize,
    /// Its receiver, from 0.
    pub receiver: usize,
    /// Its field, by its place in the header.
    pub field: usize,
    /// Its fault.
    pub fault: Fault,
}

impl GatherFile {
    /// Whether a file contains gathers rather than data at frequencies.
    ///
    /// # Errors
    /// As [`GatherFile::open`], for a file of another format.
    pub fn is_one(path: &Path) -> Result<bool, DataError> {
        Hdf5Reader::with_format(path, FORMAT, VERSION, |file| Ok(!file.has_dataset("observed/frequency")))
    }

    /// Opens a file and checks everything except the samples.
    ///
    /// # Errors
    /// One [`DataError`] that gives the file, the dataset, what was found and what was expected.
    pub fn open(path: &Path) -> Result<Self, DataError> {
        let file = Hdf5Reader::with_format(path, FORMAT, VERSION, GatherFile::from_file)?;
        file.header.check(path)?;
        Ok(file)
    }

    fn from_file(file: &Hdf5Reader) -> Result<Self, DataError> {
        if file.has_dataset("observed/frequency") {
            let (found, expected) = ("data at frequencies", "traces in time");
            return Err(DataError::Domain { path: file.path.clone(), found, expected });
        }
        let sources = points(file, "survey/sources", "shot, axis")?;
        let receivers = read_receivers(file, sources.len())?;
        let names = recorded::fields(file)?;
        let (mut fields, mut sets, mut times) = (Vec::new(), Vec::new(), None);
        for name in names {
            let path = recorded::dataset(&name);
            let set = file.dataset(&path)?;
            let shape = set.shape();
            let samples = match shape[..] {
                [s, r, n] if s == sources.len() && r == receivers.count() && n > 1 => n,
                _ => {
                    let expected = format!("[{}, {}, at least 2]", sources.len(), receivers.count());
                    return Err(file.wrong_shape(&path, AXES, shape, expected));
                }
            };
            file.expect_axes(&set, AXES)?;
            let packing = file.packing(&set, &path)?;
            // One shot is read at a time.
            file.readable(&set, &path, &shape[1..], size_of::<f32>())?;
            let of_set = Times::of(file, &set, &path, samples)?;
            let all = *times.get_or_insert(of_set);
            if all != of_set {
                return Err(DataError::Contradiction {
                    path: file.path.clone(),
                    what: format!("the samples of /{path}"),
                    found: of_set.to_string(),
                    other: format!("those of another field are {all}; record all fields at the same times"),
                });
            }
            let unit = file.text(&set, "units")?.unwrap_or_else(|| "1".to_owned());
            fields.push(RecordedField { name, unit });
            sets.push((Handle::new(set), packing));
        }
        let Some(Times { dt, t0, samples }) = times else {
            return Err(DataError::Missing { path: file.path.clone() });
        };
        let scenario = file.text(&file.file, "scenario")?.unwrap_or_default();
        let survey = GatherHeader::survey(sources, receivers);
        let header = GatherHeader { survey, dt, samples, fields, scenario };
        header.check_interval(&file.path)?;
        if t0.is_nan() || t0.abs() > 1e-6 * dt {
            return Err(DataError::Range {
                path: file.path.clone(),
                what: "the time `t0` of the first sample".to_owned(),
                found: t0,
                unit: "s",
                expected: "0, when the wavelet starts".to_owned(),
                advice: "pad or cut the traces, or delay the wavelet".to_owned(),
            });
        }
        Ok(Self { header, path: file.path.clone(), sets })
    }

    /// The path.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The same file with only some fields, in this order; `None` where it lacks one.
    #[must_use]
    pub fn with_fields(mut self, names: &[&str]) -> Option<Self> {
        let place = |name: &&str| self.header.fields.iter().position(|field| field.name == **name);
        let places: Vec<usize> = names.iter().map(place).collect::<Option<_>>()?;
        self.sets = places.iter().map(|place| self.sets[*place].clone()).collect();
        self.header.fields = places.iter().map(|place| self.header.fields[*place].clone()).collect();
        Some(self)
    }

    /// The traces of one shot, `[field, receiver, time]`, with NaN for values that the file marks as missing.
    ///
    /// # Errors
    /// [`DataError::Hdf5`]; [`DataError::Endless`].
    pub fn read(&self, shot: usize) -> Result<Vec<f32>, DataError> {
        let (path, sets) = (self.path.clone(), self.sets.clone());
        let [_, traces, samples] = self.header.shape();
        time_limit::within(&self.path, move || {
            time_limit::extend(memory::of_array(&[traces, samples], size_of::<f32>()));
            let mut all = Vec::with_capacity(traces * samples);
            for (set, packing) in &sets {
                let failed = failing(&path, &format!("read shot {shot} of {}", set.name()));
                if packing.is_plain() {
                    all.extend(set.read_slice_2d::<f32, _>((shot, .., ..)).map_err(failed)?);
                } else {
                    let stored = set.read_slice_2d::<f64, _>((shot, .., ..)).map_err(failed)?;
                    all.extend(stored.into_iter().map(|stored| packing.value(stored) as f32));
                }
            }
            Ok(all)
        })
    }

    /// The wavelet, one for all shots or one for each, and its sampling interval in s, if the file contains one.
    ///
    /// # Errors
    /// The error of the wavelet.
    pub fn wavelet(&self) -> Result<Option<(SourceWavelets, f64)>, DataError> {
        let (dt, shots) = (self.header.dt, self.header.survey.sources.len());
        Hdf5Reader::with(&self.path, move |file| {
            let name = "survey/wavelet";
            if !file.has_dataset(name) {
                return Ok(None);
            }
            let set = file.dataset(name)?;
            let step = file.number(&set, "dt")?.unwrap_or(dt);
            check_interval(step, "the time between samples of the wavelet", &file.path)?;
            if set.ndim() < 2 {
                return Ok(Some((SourceWavelets::Shared(file.reals(name, &["time"])?.0), step)));
            }
            let (samples, shape) = file.reals(name, &["shot", "time"])?;
            match shape[..] {
                [count, steps] if count == shots && steps > 0 => {
                    let shots = samples.chunks(steps).map(<[f64]>::to_vec).collect();
                    Ok(Some((SourceWavelets::ByShot(shots), step)))
                }
                _ => {
                    let expected = format!("[{shots}, at least 1]");
                    Err(file.wrong_shape(name, "shot, time", shape, expected))
                }
            }
        })
    }

    /// Where the coordinates are on the map, if the file says so.
    ///
    /// # Errors
    /// [`DataError::Attribute`].
    pub fn placement(&self) -> Result<Option<Placement>, DataError> {
        Hdf5Reader::with(&self.path, |file| {
            let sources = file.dataset("survey/sources")?;
            let pair = |name: &str| match file.numbers(&sources, name)?.as_deref() {
                None => Ok(None),
                Some(&[a, b]) => Ok(Some([a, b])),
                Some(found) => Err(DataError::Attribute {
                    path: file.path.clone(),
                    attribute: format!("{name} of /survey/sources"),
                    found: format!("{} numbers", found.len()),
                    expected: "two numbers".into(),
                }),
            };
            let (origin, direction) = (pair(Placement::ORIGIN)?, pair(Placement::DIRECTION)?);
            let centre = pair(Placement::CENTRE)?;
            Ok(origin.zip(direction).map(|(origin, direction)| Placement { origin, direction, centre }))
        })
    }

    /// Traces that are dead or not finite, in order.
    ///
    /// # Errors
    /// [`DataError::Hdf5`].
    pub fn bad_traces(&self) -> Result<Vec<BadTrace>, DataError> {
        let mut bad = Vec::new();
        for shot in 0..self.header.shape()[0] {
            for (trace, samples) in self.read(shot)?.chunks(self.header.samples).enumerate() {
                let fault = if samples.iter().any(|v| !v.is_finite()) {
                    Fault::NotFinite
                } else if samples.iter().all(|v| *v == 0.0) {
                    Fault::Dead
                } else {
                    continue;
                };
                let receivers = self.header.survey.receivers.count();
                let (field, receiver) = (trace / receivers, trace % receivers);
                bad.push(BadTrace { shot, receiver, field, fault });
            }
        }
        Ok(bad)
    }
}

/// When the samples of a dataset are.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Times {
    dt: f64,
    t0: f64,
    samples: usize,
}

impl Times {
    fn of(file: &Hdf5Reader, set: &hdf5::Dataset, path: &str, samples: usize) -> Result<Self, DataError> {
        let dt = file.number(set, "dt")?.ok_or_else(|| DataError::Absent {
            path: file.path.clone(),
            what: format!("attribute `dt` (s) of /{path}"),
            present: set.attr_names().unwrap_or_default(),
        })?;
        Ok(Self { dt, t0: file.number(set, "t0")?.unwrap_or(0.0), samples })
    }
}

impl std::fmt::Display for Times {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{} samples every {} s from {} s on", self.samples, self.dt, self.t0)
    }
}

/// The traces of all shots, in memory.
///
/// # Shapes
/// `traces` `[shot, receiver, time]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Gathers {
    /// Their geometry.
    pub header: GatherHeader,
    /// Pressure.
    pub traces: Vec<f32>,
}

impl Gathers {
    /// Writes receiver data.
    ///
    /// # Errors
    /// As [`GatherWriter::create`].
    pub fn write(&self, path: &Path) -> Result<(), DataError> {
        let [shots, receivers, samples] = self.header.shape();
        GatherWriter::create(path, &self.header, None, |out| {
            let mut gathers = self.traces.chunks_exact(receivers * samples);
            (0..shots).zip(&mut gathers).try_for_each(|(shot, gather)| out.put_unchecked(shot, gather))
        })
    }
}

/// How samples are stored. Every reader of HDF5 reads both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Storage {
    /// By shot, compressed.
    Compressed,
    /// As they are, which is several times as fast.
    Plain,
}

/// Writes receiver data shot by shot.
pub struct GatherWriter<'a> {
    pub(crate) out: &'a Hdf5Writer,
    /// By field.
    sets: Vec<hdf5::Dataset>,
    fields: Vec<RecordedField>,
    pub(crate) shots: usize,
    receivers: usize,
    samples: usize,
}

impl GatherWriter<'_> {
    /// Writes a file: `fill` receives a writer and calls [`GatherWriter::put`] for every shot. The file appears
    /// completely or not at all.
    ///
    /// # Shapes
    /// `wavelet` with its sampling interval in s.
    ///
    /// # Errors
    /// [`DataError`] for a bad header or a file that cannot be written, and the errors of `fill`.
    pub fn create<E: From<DataError>>(
        path: &Path,
        header: &GatherHeader,
        wavelet: Option<(&SourceWavelets, f64)>,
        fill: impl FnOnce(&GatherWriter) -> Result<(), E>,
    ) -> Result<(), E> {
        Self::create_as(Storage::Compressed, path, header, wavelet, fill)
    }

    /// The same with a choice of the storage.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub fn create_as<E: From<DataError>>(
        storage: Storage,
        path: &Path,
        header: &GatherHeader,
        wavelet: Option<(&SourceWavelets, f64)>,
        fill: impl FnOnce(&GatherWriter) -> Result<(), E>,
    ) -> Result<(), E> {
        header.check(path)?;
        let mut outcome = Ok(());
        let written = Hdf5Writer::create(path, FORMAT, VERSION, |out| {
            let writer = GatherWriter::begin(out, storage, header, wavelet)?;
            outcome = fill(&writer);
            // After any error the file does not appear; the error of `fill` takes precedence.
            if outcome.is_ok() { Ok(()) } else { Err(DataError::Missing { path: path.to_owned() }) }
        });
        outcome?;
        Ok(written?)
    }

    fn begin<'a>(
        out: &'a Hdf5Writer,
        storage: Storage,
        header: &GatherHeader,
        wavelet: Option<(&SourceWavelets, f64)>,
    ) -> Result<GatherWriter<'a>, DataError> {
        out.text(&out.file, "scenario", &header.scenario)?;
        out.group("survey")?;
        out.group("observed")?;
        write_sources(out, &header.survey.sources)?;
        write_receivers(out, &header.survey.receivers)?;
        if let Some((emitted, step)) = wavelet {
            let (shots, steps) = (emitted.all(), emitted.count());
            let (shape, axes) = match emitted {
                SourceWavelets::Shared(_) => (vec![steps], "time"),
                SourceWavelets::ByShot(_) => (vec![shots.len(), steps], "shot, time"),
            };
            let set = out.array("survey/wavelet", &shape, None, &shots.concat())?;
            out.scalar(&set, "dt", &step)?;
            out.text(&set, "axes", axes)?;
        }
        let (shots, receivers) = (header.survey.sources.len(), header.survey.receivers.count());
        let (shape, chunk) = ([shots, receivers, header.samples], [1, receivers, header.samples]);
        let chunk = (storage == Storage::Compressed).then_some(&chunk[..]);
        let mut sets = Vec::new();
        for field in &header.fields {
            let set = out.empty::<f32>(&field.dataset(), &shape, chunk)?;
            out.scalar(&set, "dt", &header.dt)?;
            out.scalar(&set, "t0", &0.0)?;
            out.text(&set, "units", &field.unit)?;
            out.text(&set, "axes", AXES)?;
            sets.push(set);
        }
        Ok(GatherWriter {
            out,
            sets,
            fields: header.fields.clone(),
            shots,
            receivers,
            samples: header.samples,
        })
    }

    /// Writes where the coordinates are on the map.
    ///
    /// # Errors
    /// [`DataError::Unwritten`].
    pub fn place(&self, placement: &Placement) -> Result<(), DataError> {
        let failed = self.out.failing("find the sources");
        let sources = self.out.file.dataset("survey/sources").map_err(failed)?;
        self.out.numbers(&sources, Placement::ORIGIN, &placement.origin)?;
        self.out.numbers(&sources, Placement::DIRECTION, &placement.direction)?;
        match placement.centre {
            Some(centre) => self.out.numbers(&sources, Placement::CENTRE, &centre),
            None => Ok(()),
        }
    }

    /// Writes the traces of one shot, `[field, receiver, time]`.
    ///
    /// # Errors
    /// [`DataError::NotFinite`] or [`DataError::Hdf5`].
    pub fn put(&self, shot: usize, gather: &[f32]) -> Result<(), DataError> {
        if let Some(flat) = gather.iter().position(|v| !v.is_finite()) {
            let (receivers, samples) = (self.receivers, self.samples);
            let (field, place) = (flat / (receivers * samples), flat % (receivers * samples));
            return Err(DataError::NotFinite {
                path: self.out.path.clone(),
                dataset: self.fields[field].name.clone(),
                value: gather[flat].to_string(),
                index: format!(
                    "shot {shot}, {}",
                    index_in_words(place, &[receivers, samples], &["receiver", "time"])
                ),
            });
        }
        self.put_unchecked(shot, gather)
    }

    /// The same without a check of the numbers.
    pub fn put_unchecked(&self, shot: usize, gather: &[f32]) -> Result<(), DataError> {
        let (receivers, samples) = (self.receivers, self.samples);
        for ((set, field), traces) in
            self.sets.iter().zip(&self.fields).zip(gather.chunks(receivers * samples))
        {
            let view = ndarray::ArrayView2::from_shape((receivers, samples), traces);
            let view = view.expect("a gather has the shape of the file it is written to");
            let written = set.write_slice(view, (shot, .., ..));
            written.map_err(self.out.failing(&format!("write shot {shot} of {}", field.dataset())))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
