//! Traces of a file as SEG-Y of revision 1, SU, or VTK images: shot by shot, so that a file may be larger than the memory.
//!
//! Positions are those of the map where the file says where it is. Otherwise x of the file is x, and y is 0 in a section. A receiver
//! is at the elevation less its z; a source is below elevation 0 by its z. Samples begin at the time of the shot.
//!
//! # Source
//! SEG-Y revision 1, tables 2 and 3; `segy::Writer`.

pub mod images;
mod options;

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use fd::Point;
use segy::{ByteOrder, Kind, SampleFormat, Scalars, TraceFacts, WriteError, WriteWarning, Writer};

use crate::atomic;
use crate::data_error::DataError;
use crate::field_numbers::FieldNumbers;
use crate::gathers::GatherFile;
use crate::placement::Placement;

pub use options::{TraceOptions, What};

/// A format of traces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TraceFormat {
    /// One file of traces with headers.
    Traces(Kind),
    /// A VTK image for each shot, and their collection.
    Images,
}

/// Formats of traces: the name in `--to`, the ending of file names, and the format.
pub const FORMATS: [(&str, &str, TraceFormat); 3] = [
    ("segy", "sgy", TraceFormat::Traces(Kind::SegY)),
    ("su", "su", TraceFormat::Traces(Kind::Su)),
    ("vti", "vti", TraceFormat::Images),
];

/// Traces that are written, and how.
#[derive(Debug)]
pub struct TraceExport<'a> {
    /// The traces, of one field.
    pub traces: &'a GatherFile,
    /// Traces of the same shots that are subtracted, for a residual.
    pub minus: Option<&'a GatherFile>,
    /// What the traces are.
    pub what: What,
    /// The name of the file that they come from.
    pub source: &'a str,
    /// Where the coordinates are on the map.
    pub placement: Option<Placement>,
    /// SEG-Y or SU; images have no headers.
    pub kind: Kind,
    /// The format of samples: IBM or IEEE floats in SEG-Y, IEEE floats in SU.
    pub format: SampleFormat,
    /// The byte order of SU files. SEG-Y files are big endian.
    pub byte_order: ByteOrder,
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// All traces.
    pub traces: usize,
    /// Those that are zero or not finite. They are written as zeros and marked as dead.
    pub dead: usize,
    /// What other programs may misread.
    pub warning: Option<WriteWarning>,
}

impl TraceExport<'_> {
    /// Writes the file by way of a temporary one. One shot at a time is in memory.
    ///
    /// # Errors
    /// [`DataError::SegyWrite`] for what the headers do not hold; [`DataError::Contradiction`] for a residual of other shots;
    /// [`DataError::Unwritable`]; the errors of reading.
    pub fn write(&self, path: &Path) -> Result<Written, DataError> {
        self.check(path)?;
        let failed = |error| match error {
            WriteError::Write(source) => DataError::writing(path, source),
            source => DataError::SegyWrite { path: path.to_owned(), source },
        };
        let numbers = self.traces.field_numbers()?;
        let options = self.options(&numbers).map_err(failed)?;
        atomic::write_with(path, |temporary| {
            let out = File::create(temporary).map_err(|error| DataError::writing(path, error))?;
            let mut writer = Writer::new(BufWriter::new(out), &options).map_err(failed)?;
            let [shots, receivers, samples] = self.traces.header.shape();
            let mut dead = 0;
            for shot in 0..shots {
                let (traces, silent) = self.shot(shot)?;
                for (receiver, (samples, silent)) in traces.chunks(samples).zip(silent).enumerate() {
                    dead += usize::from(silent);
                    writer.trace(&self.facts(&numbers, shot, receiver, silent), samples).map_err(failed)?;
                }
            }
            let warning = writer.warning();
            writer.finish().map_err(failed)?;
            Ok(Written { traces: shots * receivers, dead, warning })
        })
    }

    /// The traces of a shot, and which of them are silent: zero, or not finite, and then written as zeros. A residual is silent where
    /// one of its two traces is.
    fn shot(&self, shot: usize) -> Result<(Vec<f32>, Vec<bool>), DataError> {
        let samples = self.traces.header.samples;
        let mut traces = self.traces.read(shot)?;
        let mut silent: Vec<bool> = traces.chunks(samples).map(is_silent).collect();
        if let Some(minus) = self.minus {
            let other = minus.read(shot)?;
            traces.iter_mut().zip(&other).for_each(|(value, other)| *value -= other);
            silent
                .iter_mut()
                .zip(other.chunks(samples))
                .for_each(|(silent, other)| *silent |= is_silent(other));
        }
        for (trace, _) in traces.chunks_mut(samples).zip(&silent).filter(|(_, silent)| **silent) {
            trace.fill(0.0);
        }
        Ok((traces, silent))
    }

    /// Both sets of traces of a residual are those of the same shots at the same times.
    fn check(&self, path: &Path) -> Result<(), DataError> {
        let Some(minus) = self.minus else { return Ok(()) };
        let ([a, b], survey) = ([self.traces, minus].map(|of| &of.header), |of: &GatherFile| {
            let survey = &of.header.survey;
            (survey.sources.clone(), survey.receivers.clone())
        });
        if a.shape() == b.shape() && a.dt == b.dt && survey(self.traces) == survey(minus) {
            return Ok(());
        }
        let said = |of: &GatherFile| {
            let [shots, receivers, samples] = of.header.shape();
            format!("{shots} shots, {receivers} receivers, {samples} samples every {} s", of.header.dt)
        };
        Err(DataError::Contradiction {
            path: path.to_owned(),
            what: "the geometry of the synthetic traces".to_owned(),
            found: said(self.traces),
            other: format!("the observed traces have {}, or other positions", said(minus)),
        })
    }

    fn options(&self, numbers: &FieldNumbers) -> Result<segy::WriteOptions, WriteError> {
        let header = &self.traces.header;
        let survey = &header.survey;
        let points = survey.sources.iter().chain(survey.receivers.all().iter().flatten());
        Ok(segy::WriteOptions {
            kind: self.kind,
            su_byte_order: self.byte_order,
            format: self.format,
            interval: header.dt,
            samples: header.samples,
            record_traces: survey.receivers.count(),
            scalars: Scalars::of(points.map(|point| self.place(point)))?,
            text: self.text(numbers),
        })
    }

    /// The position `[x, y, z]` on the map.
    fn place(&self, point: &Point) -> [f64; 3] {
        let at = [point.x(), point.y()];
        let [x, y] = self.placement.map_or(at, |place| place.to_map(at));
        [x, y, point.z()]
    }

    fn facts(&self, numbers: &FieldNumbers, shot: usize, receiver: usize, dead: bool) -> TraceFacts {
        let survey = &self.traces.header.survey;
        TraceFacts {
            record: numbers.record(shot),
            channel: numbers.channel(shot, receiver, survey.receivers.count()),
            ensemble: 0,
            ensemble_at: None,
            dead,
            source: self.place(&survey.sources[shot]),
            receiver: self.place(&survey.receivers.of(shot)[receiver]),
            start: 0.0,
            others: Vec::new(),
        }
    }

    /// The lines of the text header.
    fn text(&self, numbers: &FieldNumbers) -> Vec<String> {
        let counted = if *numbers == FieldNumbers::default() { "BOTH FROM 1" } else { "AS RECORDED" };
        let header = &self.traces.header;
        let ([shots, receivers, samples], ms) = (header.shape(), 1e3 * header.dt);
        let field = header.fields.first().map(|field| format!("{} ({})", field.name, field.unit));
        let what = self.what.to_string().to_uppercase();
        let mut text = vec![
            format!("{what} TRACES BY FWI {}", env!("CARGO_PKG_VERSION")),
            format!("RECORDED FIELD {}", field.unwrap_or_default()),
            format!("FROM {}", self.source),
            format!("{shots} SHOTS OF {receivers} RECEIVERS"),
            format!("{samples} SAMPLES EVERY {ms} MS FROM THE TIME OF THE SHOT ON"),
            format!("FIELD RECORD IN BYTES 9-12, TRACE IN RECORD 13-16, {counted}"),
            "SOURCE X, Y IN BYTES 73-80, RECEIVER X, Y 81-88, SCALAR 71-72, METRES".to_owned(),
            "SOURCE DEPTH IN BYTES 49-52, RECEIVER ELEVATION 41-44, SCALAR 69-70".to_owned(),
            "TRACES THAT ARE ZERO OR NOT FINITE ARE ZERO WITH 2 (DEAD) IN BYTES 29-30".to_owned(),
        ];
        match self.placement {
            None => text.push("X AND Y ARE THOSE OF THE MODEL".to_owned()),
            Some(Placement { origin: [e, n], direction: [de, dn], centre }) => {
                text.push(format!("MAP: X OF THE MODEL BEGINS AT {e:.2}, {n:.2} M"));
                text.push(format!("     AND GROWS ALONG {de:.8}, {dn:.8}"));
                text.extend(centre.map(|[longitude, latitude]| {
                    format!("     TRANSVERSE MERCATOR AROUND {longitude:.6} E, {latitude:.6} N, WGS 84")
                }));
            }
        }
        if self.minus.is_some() {
            text.push("RESIDUAL: SYNTHETIC LESS OBSERVED".to_owned());
        }
        text
    }
}

/// Whether a trace is zero or not finite.
fn is_silent(samples: &[f32]) -> bool {
    samples.iter().all(|value| *value == 0.0) || samples.iter().any(|value| !value.is_finite())
}

#[cfg(test)]
mod tests;
