//! The index of a file: the fields of all trace headers that geometry needs, read once and in parallel.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use crate::byte_order::ByteOrder;
use crate::column::Column;
use crate::error::SegyError;
use crate::extension;
use crate::field::Field;
use crate::layout::{Layout, Position};
use crate::source::Source;
use crate::spans::Spans;

/// The fields in the index.
const INDEXED: [Field; 22] = [
    Field::Fldr,
    Field::Tracf,
    Field::Ep,
    Field::Trid,
    Field::Offset,
    Field::Gelev,
    Field::Selev,
    Field::Sdepth,
    Field::Scalel,
    Field::Scalco,
    Field::Sx,
    Field::Sy,
    Field::Gx,
    Field::Gy,
    Field::Counit,
    Field::Sstat,
    Field::Gstat,
    Field::Tstat,
    Field::Delrt,
    Field::Ns,
    Field::Dt,
    Field::Sctrh,
];
/// Traces that one task reads.
const CHUNK: usize = 1024;
/// Traces up to this many bytes are read whole, several at once; of longer ones only the header is read. A disk reads so many bytes
/// in the time of one of many reads.
const SHORT: u64 = 16 << 10;
/// Threads that read blocks of short traces.
const BLOCK_READERS: usize = 32;
/// Threads that read headers of long traces: single pages all over the file, of which a disk reads many at once.
const SINGLE_READERS: usize = 128;
/// The most bytes read at once.
const BLOCK: u64 = 1 << 20;

/// The indexed fields of all traces.
#[derive(Debug, Clone, PartialEq)]
pub struct Index {
    standard: Vec<Column>,
    /// Numbers of trace header extension 1, if the file has such headers; zero where they say nothing. The last is the depth of the
    /// receiver.
    extended: Option<Vec<Column>>,
}

/// A number to read from the headers of every trace.
#[derive(Clone, Copy)]
enum Wanted {
    Standard(Position),
    Extended(Position),
}

impl Index {
    /// Reads the index.
    ///
    /// # Errors
    /// [`SegyError::Read`].
    pub(crate) fn read(
        source: &Source,
        spans: &Spans,
        layout: &Layout,
        order: ByteOrder,
    ) -> Result<Self, SegyError> {
        let has_extensions = spans.count() > 0 && spans.get(0).1.headers > 240;
        let mut wanted: Vec<Wanted> =
            INDEXED.iter().map(|field| Wanted::Standard(layout.position(*field))).collect();
        if has_extensions {
            wanted.extend(extension::EXTENDED.iter().map(|(_, place)| Wanted::Extended(*place)));
            wanted.push(Wanted::Extended(extension::RECEIVER_DEPTH));
        }
        let mut standard = columns(source, spans, order, &wanted)?;
        let extended = has_extensions.then(|| standard.split_off(INDEXED.len()));
        Ok(Self { standard, extended })
    }

    /// How many traces there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.standard[0].len()
    }

    /// Whether there are no traces.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The numbers of a field as the standard trace header has them; `None` if the field is not in the index.
    #[must_use]
    pub fn column(&self, field: Field) -> Option<&Column> {
        INDEXED.iter().position(|indexed| *indexed == field).map(|place| &self.standard[place])
    }

    /// The number of an indexed field of a trace; zero for other fields.
    pub(crate) fn get(&self, field: Field, trace: usize) -> f64 {
        self.column(field).map_or(0.0, |column| column.get(trace))
    }

    /// The number that trace header extension 1 has in place of that of a field, traces counted from 0; `None` if it has none.
    #[must_use]
    pub fn extended(&self, field: Field, trace: usize) -> Option<f64> {
        let place = extension::EXTENDED.iter().position(|(extended, _)| *extended == field)?;
        Some(self.extended.as_ref()?[place].get(trace)).filter(|value| *value != 0.0)
    }

    /// The depth of the receiver of a trace below the surface, in the unit of the file; zero where header extension 1 does not say it.
    pub(crate) fn receiver_depth(&self, trace: usize) -> f64 {
        self.extended.as_ref().and_then(|columns| columns.last()).map_or(0.0, |column| column.get(trace))
    }
}

/// The numbers of one field of all traces.
///
/// # Errors
/// [`SegyError::Read`].
pub(crate) fn column(
    source: &Source,
    spans: &Spans,
    order: ByteOrder,
    position: Position,
) -> Result<Column, SegyError> {
    let mut columns = columns(source, spans, order, &[Wanted::Standard(position)])?;
    Ok(columns.remove(0))
}

/// The number of additional headers that each trace has by its header extension 1; zero where it says nothing.
///
/// # Errors
/// [`SegyError::Read`].
pub(crate) fn additional_headers(
    source: &Source,
    spans: &Spans,
    order: ByteOrder,
) -> Result<Column, SegyError> {
    let mut columns = columns(source, spans, order, &[Wanted::Extended(extension::COUNT)])?;
    Ok(columns.remove(0))
}

fn columns(
    source: &Source,
    spans: &Spans,
    order: ByteOrder,
    wanted: &[Wanted],
) -> Result<Vec<Column>, SegyError> {
    let whole = |wanted: &Wanted| match wanted {
        Wanted::Standard(place) | Wanted::Extended(place) => place.number.fits_i32(),
    };
    let chunks = spans.count().div_ceil(CHUNK);
    let read = |chunk: usize| {
        let (first, last) = (chunk * CHUNK, ((chunk + 1) * CHUNK).min(spans.count()));
        let mut columns: Vec<Column> =
            wanted.iter().map(|wanted| Column::with_capacity(whole(wanted), last - first)).collect();
        let mut block = Block::default();
        let (start, shape) = spans.get(last - 1);
        let end = start + u64::from(shape.headers);
        for trace in first..last {
            let headers = block.headers(source, spans, trace, end)?;
            for (wanted, column) in wanted.iter().zip(&mut columns) {
                column.push(match wanted {
                    Wanted::Standard(place) => place.number.get(order, headers, place.byte),
                    Wanted::Extended(place) => extension::get(order, headers, *place),
                });
            }
        }
        Ok(columns.into_iter().map(Column::compact).collect())
    };
    let long = chunks > 0 && spans.get(0).1.bytes() > SHORT;
    let readers = if long { SINGLE_READERS } else { BLOCK_READERS };
    let parts = in_order(chunks, readers, read)?;
    let mut parts: Vec<_> = parts.into_iter().map(Vec::into_iter).collect();
    let join = |wanted| {
        let of_all: Vec<Column> = parts.iter_mut().filter_map(Iterator::next).collect();
        Column::join(&of_all, whole(wanted))
    };
    Ok(wanted.iter().map(join).collect())
}

/// The results of tasks, which some threads take in their order: the file is read from its beginning to its end.
///
/// # Errors
/// The error of the first task that has one.
fn in_order<T: Send>(
    tasks: usize,
    readers: usize,
    task: impl Fn(usize) -> Result<T, SegyError> + Sync,
) -> Result<Vec<T>, SegyError> {
    let readers = readers.min(tasks);
    if readers < 2 {
        return (0..tasks).map(task).collect();
    }
    let (next, failed) = (AtomicUsize::new(0), AtomicBool::new(false));
    let take = || {
        let mut done = Vec::new();
        while !failed.load(Ordering::Relaxed) {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= tasks {
                break;
            }
            let result = task(number);
            failed.fetch_or(result.is_err(), Ordering::Relaxed);
            done.push((number, result));
        }
        done
    };
    let mut all = thread::scope(|scope| {
        let threads: Vec<_> =
            (1..readers).filter_map(|_| thread::Builder::new().spawn_scoped(scope, take).ok()).collect();
        // Where no more threads can be started, this one does what there is to do.
        let mut all = take();
        for thread in threads {
            match thread.join() {
                Ok(done) => all.extend(done),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        all
    });
    all.sort_unstable_by_key(|(number, _)| *number);
    all.into_iter().map(|(_, result)| result).collect()
}

/// Some bytes of the file.
#[derive(Default)]
struct Block {
    start: u64,
    bytes: Vec<u8>,
}

impl Block {
    /// The headers of a trace. Reads on, at most to `end`, if they are not in the block.
    fn headers(
        &mut self,
        source: &Source,
        spans: &Spans,
        trace: usize,
        end: u64,
    ) -> Result<&[u8], SegyError> {
        let (start, shape) = spans.get(trace);
        // Only the standard header and extension 1 are read.
        let headers = u64::from(shape.headers).min(480);
        if self.bytes.is_empty()
            || start < self.start
            || start + headers > self.start + self.bytes.len() as u64
        {
            let len = if shape.bytes() > SHORT { headers } else { BLOCK.min(end - start).max(headers) };
            self.bytes.resize(len as usize, 0);
            self.start = start;
            source.read(start, &mut self.bytes)?;
        }
        let at = (start - self.start) as usize;
        Ok(&self.bytes[at..at + headers as usize])
    }
}
