//! The numbers of an array: from text, base64 or bytes, compressed or not.

use std::io::Read;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::data_array::{DataArray, Storage};
use super::fault::VtiFault;
use super::xml::Head;
use crate::byte_order::ByteOrder;

/// Zlib makes at most so many bytes of one.
const MOST_RATIO: u64 = 1032;

/// The numbers of an array, of which there are `count`.
pub(super) fn numbers(file: &[u8], head: &Head, of: &DataArray, count: usize) -> Result<Vec<f64>, VtiFault> {
    let size = (count as u64).checked_mul(of.number.size() as u64);
    let size = size.ok_or(VtiFault::Count { found: 0, expected: count as u64 })?;
    let bytes = match &of.storage {
        Storage::Text(range) => return words(&file[range.clone()], count),
        Storage::Inline(range) => packed(&Coded::Base64(blankless(&file[range.clone()])), head, size)?,
        Storage::Appended(offset) => {
            let all = head.appended.as_ref().ok_or(VtiFault::Offset { offset: *offset, size: 0 })?;
            let part = &file[all.range.clone()];
            let from = usize::try_from(*offset).ok().and_then(|offset| part.get(offset..));
            let from = from.ok_or(VtiFault::Offset { offset: *offset, size: part.len() as u64 })?;
            let coded = if all.raw { Coded::Raw(from) } else { Coded::Base64(blankless(from)) };
            packed(&coded, head, size)?
        }
    };
    let mut values = Vec::with_capacity(count);
    of.number.decode(head.order, &bytes, &mut values);
    Ok(values)
}

/// Numbers in text.
fn words(text: &[u8], count: usize) -> Result<Vec<f64>, VtiFault> {
    // Each needs a digit and a blank.
    if count as u64 > (text.len() as u64).div_ceil(2) {
        return Err(VtiFault::Count { found: (text.len() as u64).div_ceil(2), expected: count as u64 });
    }
    let mut values = Vec::new();
    for word in text.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()) {
        let number = std::str::from_utf8(word).ok().and_then(|word| word.parse::<f64>().ok());
        let found = || String::from_utf8_lossy(&word[..word.len().min(20)]).into_owned();
        values.push(number.ok_or_else(|| VtiFault::Word { index: values.len(), found: found() })?);
    }
    if values.len() != count {
        return Err(VtiFault::Count { found: values.len() as u64, expected: count as u64 });
    }
    Ok(values)
}

fn blankless(text: &[u8]) -> Vec<u8> {
    text.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect()
}

/// Encoded bytes.
enum Coded<'a> {
    Raw(&'a [u8]),
    Base64(Vec<u8>),
}

impl Coded<'_> {
    /// Some of the decoded bytes, and how many encoded ones they take. Some programs encode a header and what follows as one,
    /// others each by itself: then the header ends with `=` or at a multiple of three bytes.
    fn decode(&self, at: usize, count: usize) -> Result<(Vec<u8>, usize), VtiFault> {
        let short = |found: usize| VtiFault::Short { found: found as u64, expected: count as u64 };
        match self {
            Self::Raw(bytes) => {
                let rest = bytes.get(at..).unwrap_or(&[]);
                rest.get(..count).map(|found| (found.to_vec(), count)).ok_or_else(|| short(rest.len()))
            }
            Self::Base64(text) => {
                let rest = text.get(at..).unwrap_or(&[]);
                let needed = count.checked_add(2).ok_or_else(|| short(rest.len()))? / 3 * 4;
                let part = rest.get(..needed).ok_or_else(|| short(rest.len() / 4 * 3))?;
                let mut decoded =
                    STANDARD.decode(part).map_err(|error| VtiFault::Base64 { problem: error.to_string() })?;
                if decoded.len() < count {
                    return Err(short(decoded.len()));
                }
                decoded.truncate(count);
                Ok((decoded, needed))
            }
        }
    }

    /// Whether the encoded bytes of a header end there, so that other bytes are encoded by themselves behind it.
    fn ends_there(&self, end: usize) -> bool {
        match self {
            Self::Raw(_) => true,
            Self::Base64(text) => end > 0 && text.get(end - 1) == Some(&b'='),
        }
    }
}

/// The bytes of an array, of which there are `size`.
fn packed(coded: &Coded<'_>, head: &Head, size: u64) -> Result<Vec<u8>, VtiFault> {
    let width = head.header.size();
    let uints = |bytes: &[u8]| -> Vec<u64> {
        let whole = |part: &[u8]| {
            let fold = |number: u64, byte: &u8| (number << 8) | u64::from(*byte);
            match head.order {
                ByteOrder::Little => part.iter().rev().fold(0, fold),
                ByteOrder::Big => part.iter().fold(0, fold),
            }
        };
        bytes.chunks_exact(width).map(whole).collect()
    };
    let (first, used) = coded.decode(0, width)?;
    let first = uints(&first)[0];
    if !head.compressed {
        if first != size {
            return Err(VtiFault::Short { found: first, expected: size });
        }
        let size = usize::try_from(size).map_err(|_| VtiFault::Short { found: 0, expected: size })?;
        if coded.ends_there(used) {
            return Ok(coded.decode(used, size)?.0);
        }
        let both = size.checked_add(width).ok_or(VtiFault::Short { found: 0, expected: first })?;
        return Ok(coded.decode(0, both)?.0.split_off(width));
    }
    // The number of blocks, their size, that of the last one if it is smaller, and the compressed sizes.
    let most = match coded {
        Coded::Raw(bytes) => bytes.len(),
        Coded::Base64(text) => text.len(),
    } / width;
    if first > most as u64 {
        return Err(VtiFault::Short {
            found: (most * width) as u64,
            expected: first.saturating_mul(width as u64),
        });
    }
    let (table, used) = coded.decode(0, (3 + first as usize) * width)?;
    let table = uints(&table);
    let (block, last, sizes) = (table[1], table[2], &table[3..]);
    let whole = |index: usize| if index + 1 == sizes.len() && last > 0 { last } else { block };
    let total = (0..sizes.len()).map(whole).fold(0, u64::saturating_add);
    if total != size {
        return Err(VtiFault::Blocks { found: total, expected: size });
    }
    let stored = sizes.iter().fold(0, |sum: u64, size| sum.saturating_add(*size));
    let short = || VtiFault::Short { found: (most * width) as u64, expected: stored };
    if stored > (most * width + width) as u64 {
        return Err(short());
    }
    if total > stored.saturating_mul(MOST_RATIO) {
        return Err(VtiFault::Blocks { found: stored, expected: size });
    }
    let (data, _) = coded.decode(used, usize::try_from(stored).map_err(|_| short())?)?;
    let (mut bytes, mut at) = (Vec::with_capacity(size as usize), 0);
    for (index, compressed) in sizes.iter().enumerate() {
        let part = &data[at..at + *compressed as usize];
        at += part.len();
        let (expected, before) = (whole(index), bytes.len());
        let read = flate2::read::ZlibDecoder::new(part).take(expected).read_to_end(&mut bytes);
        if read.is_err() || (bytes.len() - before) as u64 != expected {
            return Err(VtiFault::Block { index, expected });
        }
    }
    Ok(bytes)
}
