//! What precedes the traces of a file: its kind, byte order, file headers, and where the traces begin and end.

use std::path::Path;

use crate::binary_header::{BinaryHeader, FILE_HEADERS, ORDER_MARK};
use crate::byte_order::ByteOrder;
use crate::error::SegyError;
use crate::foreign::Foreign;
use crate::layout::TRACE_HEADER;
use crate::options::{Kind, ReadOptions};
use crate::place::Place;
use crate::sample_format::SampleFormat;
use crate::source::Source;
use crate::text_header::{TEXT_HEADER, TextHeader, is_text};

/// The most extended text headers that are searched for their end.
const MOST_TEXTS: u64 = 10_000;

/// The facts before the first trace.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Head {
    pub kind: Kind,
    pub order: ByteOrder,
    pub format: SampleFormat,
    pub text: Option<TextHeader>,
    pub binary: Option<BinaryHeader>,
    /// How many extended text headers there are.
    pub extended_texts: u64,
    /// The bytes of the traces.
    pub range: [u64; 2],
}

impl Head {
    /// Reads the head of a file.
    ///
    /// # Errors
    /// [`SegyError`] for a file that is no SEG-Y and no SU file, and for impossible file headers.
    pub(crate) fn read(source: &Source, options: &ReadOptions) -> Result<Self, SegyError> {
        let path = source.path();
        if source.size() == 0 {
            return Err(SegyError::Empty { path: path.to_owned() });
        }
        let mut head = vec![0; source.size().min(FILE_HEADERS as u64) as usize];
        source.read(0, &mut head)?;
        let kind = match options.kind {
            Some(kind) => kind,
            None => kind_of(source, &head, options)?,
        };
        match kind {
            Kind::Su => Self::su(source, &head, options),
            Kind::SegY => Self::segy(source, &head, options),
        }
    }

    fn su(source: &Source, head: &[u8], options: &ReadOptions) -> Result<Self, SegyError> {
        let path = source.path();
        if head.len() < TRACE_HEADER {
            return Err(short(source, TRACE_HEADER as u64));
        }
        let order = match options.byte_order.or_else(|| su_order(source, head)) {
            Some(order) => order,
            None if options.samples.is_some() => ByteOrder::NATIVE,
            None => {
                return Err(SegyError::SuOrder {
                    at: Place::header(path, 0, 115),
                    found_big: ByteOrder::Big.u16(head, 115),
                    found_little: ByteOrder::Little.u16(head, 115),
                });
            }
        };
        let format = options.format.unwrap_or(SampleFormat::Ieee32);
        let range = [0, source.size()];
        Ok(Self { kind: Kind::Su, order, format, text: None, binary: None, extended_texts: 0, range })
    }

    fn segy(source: &Source, head: &[u8], options: &ReadOptions) -> Result<Self, SegyError> {
        let path = source.path();
        if head.len() < FILE_HEADERS {
            return Err(short(source, FILE_HEADERS as u64));
        }
        let order = segy_order(path, head, options)?;
        let binary = BinaryHeader::read(order, head);
        let code = i64::from(binary.format);
        let format = match options.format.or_else(|| SampleFormat::from_code(code)) {
            Some(format) => format,
            None => return Err(unknown_format(path, head, order)),
        };
        if format == SampleFormat::Gain32 && options.format.is_none() && binary.revision[0] > 1 {
            let at = Place::byte(path, 3225);
            return Err(SegyError::Gain { at, revision: binary.revision });
        }
        let extended_texts = extended_texts(source, &binary)?;
        let least = FILE_HEADERS as u64 + extended_texts * TEXT_HEADER as u64;
        let announced = binary.since_revision_2.first_trace;
        let start = if announced == 0 { least } else { announced };
        if start < least || start > source.size() {
            let at = Place::byte(path, 3521);
            return Err(SegyError::FirstTrace { at, found: start, least, most: source.size() });
        }
        let trailers = u64::try_from(binary.since_revision_2.trailers).unwrap_or(0) * TEXT_HEADER as u64;
        let end = source.size().saturating_sub(trailers).max(start);
        let text = Some(TextHeader::decode(&head[..TEXT_HEADER]));
        Ok(Self {
            kind: Kind::SegY,
            order,
            format,
            text,
            binary: Some(binary),
            extended_texts,
            range: [start, end],
        })
    }
}

fn short(source: &Source, expected: u64) -> SegyError {
    SegyError::ShortHeaders { at: Place::file(source.path()), found: source.size(), expected }
}

fn unknown_format(path: &Path, head: &[u8], order: ByteOrder) -> SegyError {
    let (at, code) = (Place::byte(path, 3225), order.i16(head, 3225));
    SegyError::Format { at, found: code.into(), swapped: code.swap_bytes().into() }
}

/// The kind of a file that no option tells.
fn kind_of(source: &Source, head: &[u8], options: &ReadOptions) -> Result<Kind, SegyError> {
    let path = source.path();
    let ending = path.extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    let exact_su = su_order(source, head).is_some_and(|order| su_score(source, head, order) >= 4);
    let su_name = ending == "su";
    match Foreign::of(head) {
        // The first bytes of an SU file are a number, which can be the mark of another kind.
        Some(found) if !(su_name && exact_su) => {
            return Err(SegyError::NotSegy { path: path.to_owned(), found });
        }
        _ if su_name => return Ok(Kind::Su),
        _ => {}
    }
    let code = |order: ByteOrder| i64::from(order.i16(head, 3225));
    let known = |order: &ByteOrder| SampleFormat::from_code(code(*order)).is_some();
    let segy = head.len() == FILE_HEADERS
        && (options.format.is_some() || ByteOrder::ALL.iter().any(known) || order_mark(head).is_some());
    if segy && !(exact_su && TextHeader::decode(&head[..TEXT_HEADER]).lines.concat().trim().is_empty()) {
        return Ok(Kind::SegY);
    }
    if exact_su {
        return Ok(Kind::Su);
    }
    let segy_name = ["sgy", "segy", "seg"].contains(&ending.as_str());
    if !segy_name && (head.len() < TEXT_HEADER || !is_text(&head[..TEXT_HEADER])) {
        return Err(SegyError::NotSegy { path: path.to_owned(), found: Foreign::Unknown });
    }
    Ok(Kind::SegY)
}

/// The number that tells the byte order, if it is there in some order.
fn order_mark(head: &[u8]) -> Option<u32> {
    let found = ByteOrder::Big.u32(head, 3297);
    let mark = ORDER_MARK;
    [mark, mark.swap_bytes(), mark.rotate_left(16).swap_bytes(), mark.rotate_left(16)]
        .contains(&found)
        .then_some(found)
}

/// The byte order of a SEG-Y file: that of the option, of the mark since revision 2, or the one in which the binary header is
/// plausible.
fn segy_order(path: &Path, head: &[u8], options: &ReadOptions) -> Result<ByteOrder, SegyError> {
    if let Some(order) = options.byte_order {
        return Ok(order);
    }
    if let Some(found) = order_mark(head) {
        return match found {
            ORDER_MARK => Ok(ByteOrder::Big),
            _ if found == ORDER_MARK.swap_bytes() => Ok(ByteOrder::Little),
            _ => Err(SegyError::PairwiseSwapped { at: Place::byte(path, 3297), found }),
        };
    }
    let score = |order: ByteOrder| {
        let code = i64::from(order.i16(head, 3225));
        let (interval, samples) = (order.u16(head, 3217), order.u16(head, 3221));
        let format = SampleFormat::from_code(code).is_some();
        let round = interval.is_multiple_of(50) || 1_000_000 % u32::from(interval.max(1)) == 0;
        16 * i32::from(format)
            + 2 * i32::from(interval > 0 && round)
            + i32::from(samples > 0 && samples < 32768)
            - i32::from(order.u16(head, 3255) > 2)
    };
    let (big, little) = (score(ByteOrder::Big), score(ByteOrder::Little));
    if big < 16 && little < 16 && options.format.is_none() {
        return Err(unknown_format(path, head, ByteOrder::Big));
    }
    Ok(if big >= little { ByteOrder::Big } else { ByteOrder::Little })
}

/// How much speaks for a byte order of an SU file; zero if it has no samples in that order. 4 or more: the file is a whole number
/// of traces.
fn su_score(source: &Source, head: &[u8], order: ByteOrder) -> i32 {
    let (samples, interval) = (order.u16(head, 115), order.u16(head, 117));
    if samples == 0 || head.len() < TRACE_HEADER {
        return 0;
    }
    let whole = source.size().is_multiple_of(TRACE_HEADER as u64 + 4 * u64::from(samples));
    let identification = (-1..=100).contains(&order.i16(head, 29));
    4 * i32::from(whole && identification)
        + 2 * i32::from((50..=20_000).contains(&interval))
        + i32::from(identification)
}

/// The byte order of an SU file.
fn su_order(source: &Source, head: &[u8]) -> Option<ByteOrder> {
    let [big, little] = ByteOrder::ALL.map(|order| su_score(source, head, order));
    match big.cmp(&little) {
        std::cmp::Ordering::Greater => Some(ByteOrder::Big),
        std::cmp::Ordering::Less => Some(ByteOrder::Little),
        std::cmp::Ordering::Equal if big > 0 => Some(ByteOrder::NATIVE),
        std::cmp::Ordering::Equal => None,
    }
}

/// The number of extended text headers: announced, or counted up to the one that says it is the last.
///
/// Revision 0 does not have them. There the number is believed if so many blocks of text follow, or if a stanza begins.
fn extended_texts(source: &Source, binary: &BinaryHeader) -> Result<u64, SegyError> {
    let path = source.path();
    let most = (source.size() - FILE_HEADERS as u64) / TEXT_HEADER as u64;
    let believed = binary.revision[0] > 0;
    let mut bytes = vec![0; TEXT_HEADER];
    let mut block = |index: u64| -> Result<Option<TextHeader>, SegyError> {
        source.read(FILE_HEADERS as u64 + index * TEXT_HEADER as u64, &mut bytes)?;
        Ok((believed || is_text(&bytes)).then(|| TextHeader::decode(&bytes)))
    };
    match u64::try_from(binary.extended_texts) {
        Ok(count) if count <= most && believed => return Ok(count),
        Ok(count) if count <= most.min(MOST_TEXTS) => {
            for index in 0..count {
                match block(index)? {
                    None => return Ok(0),
                    Some(text) if index == 0 && text.is_stanza() => return Ok(count),
                    Some(_) => {}
                }
            }
            return Ok(count);
        }
        Err(_) if binary.extended_texts == -1 => {}
        _ if !believed => return Ok(0),
        _ => {
            let (at, found) = (Place::byte(path, 3505), binary.extended_texts);
            return Err(SegyError::ExtendedTexts { at, found, most });
        }
    }
    let searched = most.min(MOST_TEXTS);
    for index in 0..searched {
        match block(index)? {
            None => return Ok(0),
            Some(text) if text.is_end() => return Ok(index + 1),
            Some(_) => {}
        }
    }
    if believed { Err(SegyError::EndText { at: Place::byte(path, 3505), searched }) } else { Ok(0) }
}
