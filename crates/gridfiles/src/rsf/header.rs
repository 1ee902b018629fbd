//! The text of an RSF header.

use std::path::{Path, PathBuf};

use super::fault::RsfFault;
use crate::error::GridFileError;
use crate::place::Place;
use crate::source::Source;

/// Most bytes of a header.
const MOST: usize = 1 << 20;

/// Most axes of an RSF file.
pub(super) const MOST_AXES: usize = 9;

/// The end of a header that numbers follow: twice end of line, and end of transmission, as Madagascar writes them; or the other
/// way round.
const ENDS: [&[u8]; 2] = [b"\x0c\x0c\x04", b"\x04\x04\x0c"];

/// A header, and where the bytes after it begin if there is an end mark.
pub(super) struct Head {
    pub(super) header: Header,
    pub(super) data: Option<u64>,
}

/// The pairs of a header, in the order of the file.
#[derive(Debug)]
pub(super) struct Header {
    pub(super) path: PathBuf,
    entries: Vec<Entry>,
}

/// One pair.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) value: String,
    line: usize,
}

/// Reads the header of a file.
pub(super) fn read(source: &Source) -> Result<Head, GridFileError> {
    let bytes = source.head(MOST)?;
    let end = bytes.windows(3).position(|window| ENDS.contains(&window));
    let text = &bytes[..end.unwrap_or(bytes.len())];
    let control = |byte: &u8| (*byte < 0x20 && !byte.is_ascii_whitespace()) || *byte == 0x7f;
    if let Some(at) = text.iter().position(control) {
        return Err(Place::byte(source.path(), at as u64).fault(RsfFault::NotText { found: text[at] }));
    }
    if end.is_none() && source.size() > MOST as u64 {
        return Err(Place::whole(source.path()).fault(RsfFault::Endless { most: MOST }));
    }
    let header = Header::parse(source.path(), &String::from_utf8_lossy(text))?;
    Ok(Head { header, data: end.map(|end| end as u64 + 3) })
}

impl Header {
    /// Parses `key=value` pairs between blanks; other words, such as the names of programs in the history, are left out.
    fn parse(path: &Path, text: &str) -> Result<Self, GridFileError> {
        let mut entries = Vec::new();
        let (mut chars, mut line) = (text.chars().peekable(), 1);
        while let Some(first) = chars.next() {
            match first {
                '\n' => line += 1,
                '#' => while chars.next_if(|c| *c != '\n').is_some() {},
                _ if first.is_whitespace() => {}
                _ => {
                    let mut key = String::from(first);
                    while let Some(c) = chars.next_if(|c| !c.is_whitespace() && *c != '=') {
                        key.push(c);
                    }
                    if chars.next_if_eq(&'=').is_none() {
                        continue;
                    }
                    let began = line;
                    let mut value = String::new();
                    if let Some(mark) = chars.next_if(|c| matches!(c, '"' | '\'')) {
                        loop {
                            match chars.next() {
                                Some(c) if c == mark => break,
                                Some(c) => {
                                    line += usize::from(c == '\n');
                                    value.push(c);
                                }
                                None => return Err(Place::line(path, began).fault(RsfFault::Quote { mark })),
                            }
                        }
                    } else {
                        while let Some(c) = chars.next_if(|c| !c.is_whitespace()) {
                            value.push(c);
                        }
                    }
                    entries.push(Entry { key, value, line: began });
                }
            }
        }
        Ok(Self { path: path.to_owned(), entries })
    }

    /// The last entry of a key.
    pub(super) fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().rev().find(|entry| entry.key == key)
    }

    /// Whether the numbers are behind the header: `in` says so, or is absent.
    pub(super) fn in_place(&self) -> bool {
        self.get("in").is_none_or(|entry| entry.value == "stdin")
    }

    /// A fault of a key, at its line if it is there.
    pub(super) fn fault(&self, key: &str, fault: RsfFault) -> GridFileError {
        let spot = match self.get(key) {
            Some(Entry { line, .. }) => format!("line {line}: {key}"),
            None => key.to_owned(),
        };
        Place::item(&self.path, spot).fault(fault)
    }

    /// A length.
    pub(super) fn whole(&self, key: &str) -> Result<Option<usize>, GridFileError> {
        let Some(entry) = self.get(key) else { return Ok(None) };
        match entry.value.parse::<usize>() {
            Ok(number) if number > 0 => Ok(Some(number)),
            _ => Err(self.fault(key, RsfFault::Whole { found: entry.value.clone() })),
        }
    }

    /// A coordinate, or a spacing (a key that begins with `d`), which is not 0.
    pub(super) fn number(&self, key: &str) -> Result<Option<f64>, GridFileError> {
        let nonzero = key.starts_with('d');
        let Some(entry) = self.get(key) else { return Ok(None) };
        match entry.value.parse::<f64>() {
            Ok(number) if number.is_finite() && !(nonzero && number == 0.0) => Ok(Some(number)),
            _ => Err(self.fault(key, RsfFault::Number { found: entry.value.clone(), nonzero })),
        }
    }
}
