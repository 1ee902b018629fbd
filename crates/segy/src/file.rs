//! A SEG-Y or SU file that is open for reading.

use std::path::Path;

use rayon::prelude::*;

use crate::arrange::{Arranged, arrange};
use crate::binary_header::{BinaryHeader, FILE_HEADERS};
use crate::byte_order::ByteOrder;
use crate::column::Column;
use crate::error::SegyError;
use crate::field::Field;
use crate::float_bits::{FloatBits, FloatCounts};
use crate::head::Head;
use crate::index::{self, Index};
use crate::interval::interval;
use crate::layout::{Layout, TRACE_HEADER};
use crate::layout_stanza::{self, Stanza};
use crate::options::{Kind, NonFinite, ReadOptions};
use crate::place::Place;
use crate::sample_format::SampleFormat;
use crate::source::Source;
use crate::spans::Spans;
use crate::text_header::{TEXT_HEADER, TextHeader};
use crate::warning::Warning;

/// Traces, at equal distances, whose bits are looked at, and the most samples of each.
const LOOKED_AT: usize = 64;
const LOOKED_AT_EACH: usize = 2000;

/// The most extended text headers that are searched for what matters.
const MOST_SEARCHED: u64 = 100;

/// A file with the index of its trace headers. Samples are read on demand.
///
/// It can be read from several threads at once.
#[derive(Debug)]
pub struct File {
    source: Source,
    head: Head,
    spans: Spans,
    index: Index,
    interval: f64,
    layout: Layout,
    non_finite: NonFinite,
    warnings: Vec<Warning>,
}

impl File {
    /// Opens a file: reads its headers, and the index of all trace headers, once and in parallel.
    ///
    /// # Errors
    /// [`SegyError`] with the place, the values found and expected, and the option to use.
    pub fn open(path: &Path, options: &ReadOptions) -> Result<Self, SegyError> {
        Self::read(Source::open(path)?, options)
    }

    /// Reads a file whose bytes are in memory; `name` is its name in messages.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn from_bytes(name: &Path, bytes: Vec<u8>, options: &ReadOptions) -> Result<Self, SegyError> {
        Self::read(Source::memory(name, bytes), options)
    }

    fn read(source: Source, options: &ReadOptions) -> Result<Self, SegyError> {
        let head = Head::read(&source, options)?;
        let (layout, said) = layout(&source, &head, options)?;
        let options = &ReadOptions { layout, ..options.clone() };
        let Arranged { spans, index, mut warnings } = arrange(&source, &head, options)?;
        let interval = interval(source.path(), &head, &index, options)?;
        if let Some(text) = &head.text {
            let other = ["little", "big"].map(|name| text.mentions(&format!("{name} endian")));
            let says = match other {
                [true, false] => Some(ByteOrder::Little),
                [false, true] => Some(ByteOrder::Big),
                _ => None,
            };
            let lie = says.filter(|text| *text != head.order);
            warnings.extend(lie.map(|text| Warning::TextByteOrder { text, used: head.order }));
        }
        warnings.extend(said);
        let (layout, non_finite) = (options.layout.clone(), options.non_finite);
        Ok(Self { source, head, spans, index, interval, layout, non_finite, warnings })
    }

    /// The path.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.source.path()
    }

    /// Bytes of the file.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.source.size()
    }

    /// SEG-Y or SU.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.head.kind
    }

    /// The byte order.
    #[must_use]
    pub fn byte_order(&self) -> ByteOrder {
        self.head.order
    }

    /// The format of the samples.
    #[must_use]
    pub fn format(&self) -> SampleFormat {
        self.head.format
    }

    /// The text header; SU files have none.
    #[must_use]
    pub fn text(&self) -> Option<&TextHeader> {
        self.head.text.as_ref()
    }

    /// The binary header; SU files have none.
    #[must_use]
    pub fn binary(&self) -> Option<&BinaryHeader> {
        self.head.binary.as_ref()
    }

    /// How many extended text headers there are.
    #[must_use]
    pub fn extended_texts(&self) -> u64 {
        self.head.extended_texts
    }

    /// An extended text header, counted from 0; `None` if there is no such header.
    ///
    /// # Errors
    /// [`SegyError::Read`].
    pub fn extended_text(&self, number: u64) -> Result<Option<TextHeader>, SegyError> {
        if number >= self.head.extended_texts {
            return Ok(None);
        }
        extended_text(&self.source, number).map(Some)
    }

    /// What is unusual about the file.
    #[must_use]
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// How many traces there are.
    #[must_use]
    pub fn traces(&self) -> usize {
        self.spans.count()
    }

    /// The sample interval in s, the same for all traces.
    #[must_use]
    pub fn interval(&self) -> f64 {
        self.interval
    }

    /// The samples of a trace, counted from 0.
    ///
    /// # Panics
    /// If there is no such trace.
    #[must_use]
    pub fn samples(&self, trace: usize) -> usize {
        self.spans.get(trace).1.samples as usize
    }

    /// The fewest and the most samples of a trace.
    #[must_use]
    pub fn samples_range(&self) -> [usize; 2] {
        match &self.spans {
            Spans::Fixed { shape, .. } => [shape.samples as usize; 2],
            Spans::Ragged(spans) => spans.iter().fold([usize::MAX, 0], |[least, most], (_, shape)| {
                [least.min(shape.samples as usize), most.max(shape.samples as usize)]
            }),
        }
    }

    /// Where the fields of trace headers are.
    #[must_use]
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The index of the trace headers.
    #[must_use]
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// The stored number of a field of a trace; traces count from 0. Scalars are not applied.
    ///
    /// # Errors
    /// [`SegyError::NoSuchTrace`], [`SegyError::Read`].
    pub fn header(&self, trace: usize, field: Field) -> Result<f64, SegyError> {
        Ok(self.layout.get(self.head.order, &self.header_bytes(trace)?, field))
    }

    /// The 240 bytes of a trace header; traces count from 0.
    ///
    /// # Errors
    /// [`SegyError::NoSuchTrace`], [`SegyError::Read`].
    pub fn header_bytes(&self, trace: usize) -> Result<[u8; TRACE_HEADER], SegyError> {
        self.require(trace)?;
        let mut header = [0; TRACE_HEADER];
        self.source.read(self.spans.get(trace).0, &mut header)?;
        Ok(header)
    }

    /// The stored numbers of a field of all traces: from the index, or else read in parallel.
    ///
    /// # Errors
    /// [`SegyError::Read`].
    pub fn column(&self, field: Field) -> Result<Column, SegyError> {
        match self.index.column(field) {
            Some(column) => Ok(column.clone()),
            None => index::column(&self.source, &self.spans, self.head.order, self.layout.position(field)),
        }
    }

    /// Reads a trace, counted from 0. `out` has its number of samples.
    ///
    /// # Errors
    /// [`SegyError::NoSuchTrace`], [`SegyError::Space`], [`SegyError::Read`], and [`SegyError::NonFinite`] unless the options
    /// allow such samples.
    pub fn trace(&self, trace: usize, out: &mut [f32]) -> Result<(), SegyError> {
        self.require(trace)?;
        let (start, shape) = self.spans.get(trace);
        if out.len() != shape.samples as usize {
            let (at, found) = (Place::trace(self.path(), trace), out.len());
            return Err(SegyError::Space { at, found, expected: shape.samples as usize });
        }
        let mut bytes = vec![0; shape.data() as usize];
        self.source.read(start + u64::from(shape.headers), &mut bytes)?;
        self.head.format.decode(self.head.order, &bytes, out);
        self.check_finite(trace, out)
    }

    /// The bits of the first samples of a trace, counted from 0, for formats of four bytes.
    ///
    /// # Errors
    /// [`SegyError::NoSuchTrace`], [`SegyError::Read`].
    pub(crate) fn words(&self, trace: usize, most: usize) -> Result<Vec<u32>, SegyError> {
        self.require(trace)?;
        let (start, shape) = self.spans.get(trace);
        let mut bytes = vec![0; 4 * most.min(shape.samples as usize)];
        self.source.read(start + u64::from(shape.headers), &mut bytes)?;
        let words = bytes.chunks_exact(4);
        Ok(words.map(|word| self.head.order.u32(word, 1)).collect())
    }

    /// Reads several traces in parallel, one after the other in `out`. All have the same number of samples, and `out` has that
    /// many for each.
    ///
    /// # Errors
    /// As [`trace`](Self::trace).
    pub fn gather(&self, traces: &[usize], out: &mut [f32]) -> Result<(), SegyError> {
        let Some(first) = traces.first() else { return Ok(()) };
        self.require(*first)?;
        let samples = self.samples(*first);
        if out.len() != samples * traces.len() {
            let (at, found) = (Place::trace(self.path(), *first), out.len());
            return Err(SegyError::Space { at, found, expected: samples * traces.len() });
        }
        out.par_chunks_mut(samples).zip(traces).try_for_each(|(out, trace)| self.trace(*trace, out))
    }

    /// Checks that the samples are IBM or IEEE floats as the format of the file says, in 64 traces at equal distances.
    ///
    /// # Errors
    /// [`SegyError::OtherFloats`] if they are the others, and errors of reading. Nothing is said about other formats.
    pub fn check_floats(&self) -> Result<(), SegyError> {
        let format = self.format();
        let other = match format {
            SampleFormat::Ibm32 => FloatBits::Ieee,
            SampleFormat::Ieee32 => FloatBits::Ibm,
            _ => return Ok(()),
        };
        let mut samples = Vec::new();
        for trace in (0..self.traces()).step_by(self.traces().div_ceil(LOOKED_AT).max(1)) {
            samples.extend(self.words(trace, LOOKED_AT_EACH)?);
        }
        let counts = FloatCounts::of(samples);
        if counts.told() != other {
            return Ok(());
        }
        let at = match self.kind() {
            Kind::SegY => Place::byte(self.path(), 3225),
            Kind::Su => Place::file(self.path()),
        };
        Err(SegyError::OtherFloats { at, kind: self.kind(), format, counts })
    }

    fn require(&self, trace: usize) -> Result<(), SegyError> {
        if trace < self.traces() {
            return Ok(());
        }
        Err(SegyError::NoSuchTrace { at: Place::trace(self.path(), trace), traces: self.traces() })
    }

    fn check_finite(&self, trace: usize, samples: &mut [f32]) -> Result<(), SegyError> {
        match self.non_finite {
            NonFinite::Keep => {}
            NonFinite::Zero => {
                samples.iter_mut().filter(|sample| !sample.is_finite()).for_each(|sample| *sample = 0.0);
            }
            NonFinite::Refuse => {
                if let Some(sample) = samples.iter().position(|sample| !sample.is_finite()) {
                    let at = Place::trace(self.path(), trace);
                    let (found, format) = (samples[sample], self.head.format);
                    return Err(SegyError::NonFinite { at, sample: sample + 1, found, format });
                }
            }
        }
        Ok(())
    }
}

fn extended_text(source: &Source, number: u64) -> Result<TextHeader, SegyError> {
    Ok(TextHeader::decode(&extended_bytes(source, number)?))
}

fn extended_bytes(source: &Source, number: u64) -> Result<Vec<u8>, SegyError> {
    let mut bytes = vec![0; TEXT_HEADER];
    source.read(FILE_HEADERS as u64 + number * TEXT_HEADER as u64, &mut bytes)?;
    Ok(bytes)
}

/// Where fields are: as the first layout stanza of the extended text headers says, otherwise as in the standard, with the exceptions
/// of the options.
fn layout(source: &Source, head: &Head, options: &ReadOptions) -> Result<(Layout, Vec<Warning>), SegyError> {
    let searched = head.extended_texts.min(MOST_SEARCHED);
    for first in 0..searched {
        let bytes = extended_bytes(source, first)?;
        if !TextHeader::decode(&bytes).has_stanza(layout_stanza::START) {
            continue;
        }
        let (mut text, mut next) = (TextHeader::characters(&bytes), first + 1);
        while next < searched && !text.contains(layout_stanza::END) {
            text += &TextHeader::characters(&extended_bytes(source, next)?);
            next += 1;
        }
        let number = first + 1;
        return Ok(match Stanza::read(&text) {
            Err(error) => (options.layout.clone(), vec![Warning::LayoutStanza { text: number, error }]),
            Ok(Stanza { layout, fields, elsewhere }) => {
                let mut said = vec![Warning::Layout { text: number, fields }];
                let binary = head.binary.as_ref();
                let more = binary.is_some_and(|binary| binary.since_revision_2.trace_header_extensions > 0);
                if more && !elsewhere.is_empty() {
                    said.push(Warning::LayoutElsewhere { text: number, fields: elsewhere });
                }
                (layout.with_moved(&options.layout), said)
            }
        });
    }
    Ok((options.layout.clone(), Vec::new()))
}
