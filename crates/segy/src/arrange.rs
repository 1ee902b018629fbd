//! Where the traces are: lengths of traces from the file headers, checked against every trace header.

use crate::column::Column;
use crate::error::{Origin, SegyError};
use crate::extension;
use crate::field::Field;
use crate::head::Head;
use crate::index::{self, Index};
use crate::layout::TRACE_HEADER;
use crate::options::ReadOptions;
use crate::place::Place;
use crate::source::Source;
use crate::spans::{self, Shape, Spans};
use crate::warning::Warning;

/// The traces of a file, with the index of their headers.
pub(crate) struct Arranged {
    pub spans: Spans,
    pub index: Index,
    pub warnings: Vec<Warning>,
}

/// The number of samples that the file announces, and where it says so.
struct Announced {
    samples: usize,
    origin: Origin,
}

/// Finds the traces.
///
/// Traces have one length if the size of the file and all trace headers agree with it. Otherwise each trace header says where the
/// next trace begins; that must lead exactly to the end of the file.
///
/// # Errors
/// [`SegyError`] for lengths that contradict each other and for a file that ends within a trace.
pub(crate) fn arrange(source: &Source, head: &Head, options: &ReadOptions) -> Result<Arranged, SegyError> {
    let (path, [start, end]) = (source.path(), head.range);
    let facts = head.binary.as_ref().map(|binary| &binary.since_revision_2);
    let extensions = facts.map_or(0, |facts| u32::from(facts.trace_header_extensions));
    let headers = TRACE_HEADER as u32 * (1 + extensions);
    if start >= end {
        return Err(SegyError::NoTraces { at: Place::file(path), headers: start });
    }
    let announced = announced(source, head, options, headers)?;
    let samples = announced.samples.min(u32::MAX as usize) as u32;
    let shape = Shape { headers, samples, size: head.format.size() as u8 };
    let length = end - start;
    let (mut count, mut rest) = (length / shape.bytes(), length % shape.bytes());
    let mut warnings = Vec::new();
    let said = facts.map_or(0, |facts| facts.traces);
    if said > 0 && said <= count {
        let left = length - said * shape.bytes();
        let whole = left > 0 && left.is_multiple_of(shape.bytes());
        if whole && !options.partial {
            let (at, found) = (Place::byte(path, 3513), count as usize);
            return Err(SegyError::TraceCount { at, found, expected: said });
        }
        (count, rest) = (said, 0);
        if left > 0 {
            warnings.push(Warning::TrailingBytes { bytes: left });
        }
    }
    let fixed = Spans::Fixed { start, count: count as usize, shape };
    let index = Index::read(source, &fixed, &options.layout, head.order)?;
    let forced = options.samples.is_some();
    let different = if forced { None } else { first_different(&index, announced.samples) };
    let other_headers = !forced && extensions > 0 && count > 0 && extensions_differ(source, head, &fixed)?;
    if rest == 0 && different.is_none() && !other_headers {
        if said > count && !options.partial {
            let at = Place::byte(path, 3513);
            return Err(SegyError::TraceCount { at, found: count as usize, expected: said });
        }
        return Ok(Arranged { spans: fixed, index, warnings });
    }
    if !forced {
        let walk = spans::walk(source, &options.layout, head.order, [start, end], shape)?;
        let whole = walk.broken.is_none();
        // A file that ends within a trace is believed if its headers agree, and if the traces really differ.
        let cut = !whole && walk.consistent && walk.spans.iter().any(|(_, found)| found.samples != samples);
        if whole || cut {
            if let Some((found, expected)) = walk.broken {
                let trace = walk.spans.len();
                if !options.partial || trace == 0 {
                    return Err(SegyError::Truncated { at: Place::trace(path, trace), found, expected });
                }
                warnings.push(Warning::PartialTrace { trace: trace + 1 });
            }
            return ragged(source, head, options, (walk.spans, warnings), &announced);
        }
    }
    let equal = index.column(Field::Ns).and_then(Column::constant).filter(|_| different.is_some());
    if let Some(found) = equal.filter(|_| rest == 0) {
        // Whoever cuts traces often leaves the old number in all trace headers.
        warnings.push(Warning::TraceSamples { traces: found as usize, used: announced.samples });
    } else if let Some((trace, found)) = different {
        let (expected, reference) = (announced.samples, announced.origin);
        let at = Place::header(path, trace, options.layout.position(Field::Ns).byte);
        return Err(SegyError::SampleCountsDiffer { at, found, expected, reference });
    }
    if rest > 0 && (!options.partial || count == 0) {
        let at = Place::trace(path, count as usize);
        return Err(SegyError::Truncated { at, found: rest, expected: shape.bytes() });
    }
    if rest > 0 {
        warnings.push(Warning::PartialTrace { trace: count as usize + 1 });
    }
    Ok(Arranged { spans: fixed, index, warnings })
}

/// The samples of a trace: from the option, the binary header, or the first trace header.
fn announced(
    source: &Source,
    head: &Head,
    options: &ReadOptions,
    headers: u32,
) -> Result<Announced, SegyError> {
    let path = source.path();
    let at = Place::header(path, 0, options.layout.position(Field::Ns).byte);
    if let Some(samples) = options.samples {
        let none = || SegyError::NoSamples { at: at.clone() };
        return (samples > 0).then_some(Announced { samples, origin: Origin::Option }).ok_or_else(none);
    }
    if let Some(binary) = &head.binary {
        let samples = [binary.since_revision_2.samples as usize, usize::from(binary.samples)];
        if let Some(samples) = samples.into_iter().find(|samples| *samples > 0) {
            return Ok(Announced { samples, origin: Origin::BinaryHeader });
        }
    }
    let left = head.range[1] - head.range[0];
    let needed = u64::from(headers).min(2 * TRACE_HEADER as u64);
    if left < needed {
        return Err(SegyError::Truncated {
            at: Place::trace(path, 0),
            found: left,
            expected: u64::from(headers),
        });
    }
    let mut first = vec![0; needed as usize];
    source.read(head.range[0], &mut first)?;
    let standard = options.layout.get(head.order, &first, Field::Ns);
    let samples = [extension::samples(head.order, &first), standard.max(0.0) as usize];
    let samples = samples.into_iter().find(|samples| *samples > 0).ok_or(SegyError::NoSamples { at })?;
    Ok(Announced { samples, origin: Origin::FirstTrace })
}

/// The first trace with another number of samples, and that number. Headers with a zero say nothing, and those of long traces
/// may have the number only in part.
fn first_different(index: &Index, samples: usize) -> Option<(usize, usize)> {
    let long = samples > usize::from(u16::MAX);
    let agrees = |found: f64| found == samples as f64 || found == 0.0 || long;
    let column = index.column(Field::Ns)?;
    if column.constant().is_some_and(agrees) && index.extended(Field::Ns, 0).is_none() {
        return None;
    }
    let of = |trace: usize| match index.extended(Field::Ns, trace) {
        Some(found) => (found, found == samples as f64),
        None => (column.get(trace), agrees(column.get(trace))),
    };
    (0..column.len())
        .map(|trace| (trace, of(trace)))
        .find_map(|(trace, (found, agreed))| (!agreed).then_some((trace, found.max(0.0) as usize)))
}

/// Whether a trace says that it has another number of additional headers than the file announces.
fn extensions_differ(source: &Source, head: &Head, spans: &Spans) -> Result<bool, SegyError> {
    let found = index::additional_headers(source, spans, head.order)?;
    let announced = f64::from(spans.get(0).1.headers / TRACE_HEADER as u32 - 1);
    Ok(found.iter().any(|found| found != 0.0 && found != announced))
}

/// The traces found by walking through the file; they may have one length after all.
fn ragged(
    source: &Source,
    head: &Head,
    options: &ReadOptions,
    (found, mut warnings): (Vec<(u64, Shape)>, Vec<Warning>),
    announced: &Announced,
) -> Result<Arranged, SegyError> {
    let (start, shape) = found[0];
    let different = found.iter().position(|(_, other)| *other != shape);
    let samples = shape.samples as usize;
    let spans = match different {
        None => {
            if samples != announced.samples {
                warnings.push(Warning::Samples { binary: announced.samples, used: samples });
            }
            Spans::Fixed { start, count: found.len(), shape }
        }
        Some(trace) if options.same_length => {
            let at = Place::header(source.path(), trace, options.layout.position(Field::Ns).byte);
            let other = found[trace].1.samples as usize;
            let reference = Origin::FirstTrace;
            return Err(SegyError::SampleCountsDiffer { at, found: other, expected: samples, reference });
        }
        Some(_) => Spans::Ragged(found),
    };
    let index = Index::read(source, &spans, &options.layout, head.order)?;
    Ok(Arranged { spans, index, warnings })
}
