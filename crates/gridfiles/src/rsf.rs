//! RSF, the format of Madagascar: a text header of `key=value` pairs, and numbers behind it or in a file of their own.
//!
//! In an RSF header axis 1 is the fastest; in an [`Array`] the last one is. `n1=101 n2=51` is an array `[51, 101]`.
//! Of a key that occurs more than once the last value counts, because programs append to the headers of their input.
//!
//! # Source
//! Madagascar, "Guide to RSF file format" (ahay.org/wiki): header and data, `in`, `n#`, `o#`, `d#`, `label#`, `unit#`,
//! `esize`, `data_format`.

mod fault;
mod form;
mod header;
mod write;

use std::path::{Path, PathBuf};

use crate::array::{Array, Axis, product};
use crate::byte_order::ByteOrder;
use crate::cf::{Positive, Role};
use crate::error::{Fault, GridFileError};
use crate::place::Place;
use crate::source::Source;

pub use fault::RsfFault;
pub use form::{Encoding, Form};
use header::{Head, Header, MOST_AXES};
pub use write::{WriteOptions, header as header_of, write, write_data};

/// Options of reading.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReadOptions {
    /// The byte order of `native` numbers: that of the machine that wrote them.
    pub native: ByteOrder,
    /// Whether NaN and infinity are read. Otherwise they are an error.
    pub keep_non_finite: bool,
}

/// An RSF file: its header, and where its numbers are.
#[derive(Debug)]
pub struct File {
    header: Header,
    axes: Vec<Axis>,
    form: Form,
    options: ReadOptions,
    data: Source,
    /// The first byte of the numbers in `data`.
    offset: u64,
}

impl File {
    /// Opens a file, and the file of its numbers if that is another.
    ///
    /// # Errors
    /// [`Fault::Open`] and the like; [`RsfFault`] for a header that cannot be understood, and numbers that are too few or too
    /// many.
    pub fn open(path: &Path, options: &ReadOptions) -> Result<Self, GridFileError> {
        Self::of(Source::open(path)?, options)
    }

    /// The same for bytes in memory, with a name for messages. A relative path in `in=` starts at the folder of the name.
    ///
    /// # Errors
    /// As [`File::open`].
    pub fn from_bytes(name: &Path, bytes: Vec<u8>, options: &ReadOptions) -> Result<Self, GridFileError> {
        Self::of(Source::memory(name, bytes)?, options)
    }

    fn of(source: Source, options: &ReadOptions) -> Result<Self, GridFileError> {
        let Head { header, data } = header::read(&source)?;
        let form = form::of(&header)?;
        let axes = axes(&header)?;
        let named = header.get("in").map(|entry| entry.value.clone());
        let (data, offset) = match (named.filter(|_| !header.in_place()), data) {
            (Some(named), _) => (separate(&header, &named)?, 0),
            (None, Some(offset)) => (source, offset),
            (None, None) => return Err(header.fault("in", RsfFault::NoData)),
        };
        let file = Self { header, axes, form, options: *options, data, offset };
        file.check_size()?;
        Ok(file)
    }

    /// The axes, slowest first.
    #[must_use]
    pub fn axes(&self) -> &[Axis] {
        &self.axes
    }

    /// The file that holds the numbers.
    #[must_use]
    pub fn data_path(&self) -> &Path {
        self.data.path()
    }

    /// How the numbers are stored.
    #[must_use]
    pub fn form(&self) -> Form {
        self.form
    }

    /// The last value of a key of the header.
    #[must_use]
    pub fn value(&self, key: &str) -> Option<&str> {
        self.header.get(key).map(|entry| entry.value.as_str())
    }

    fn count(&self) -> Option<usize> {
        product(&self.axes.iter().map(|axis| axis.len).collect::<Vec<_>>())
    }

    /// Checks that the file has the numbers of the header, no more and no fewer.
    fn check_size(&self) -> Result<(), GridFileError> {
        let found = self.data.size() - self.offset;
        let size = self.form.number.size();
        let too_many = |expected| {
            let shape = self.axes.iter().rev().map(|axis| axis.len).collect();
            Place::whole(self.data.path()).fault(RsfFault::DataSize { found, expected, shape, size })
        };
        let expected = self.count().and_then(|count| (count as u64).checked_mul(size as u64));
        match (self.form.encoding, expected) {
            // Numbers in text need at least a digit and a blank, but for the last.
            (Encoding::Ascii, _) => match self.count() {
                Some(count) if (count as u64).saturating_mul(2) <= found.saturating_add(1) => Ok(()),
                count => Err(too_many(count.map(|count| (count as u64).saturating_mul(2)))),
            },
            (_, Some(expected)) if expected == found => Ok(()),
            _ => Err(too_many(expected)),
        }
    }

    /// Reads the numbers.
    ///
    /// # Errors
    /// [`Fault::Read`], [`Fault::NotFinite`]; [`RsfFault::Word`] and [`RsfFault::Words`] for numbers in text.
    pub fn read(&self) -> Result<Array, GridFileError> {
        let count = self.count().unwrap_or(0);
        let mut values = Vec::new();
        match self.form.order(self.options.native) {
            Some(order) => self.data.numbers(self.offset, count, (self.form.number, order), &mut values)?,
            None => self.words(count, &mut values)?,
        }
        let own = |key: &str| self.value(key).map(str::to_owned).filter(|text| !text.is_empty());
        let array = Array { axes: self.axes.clone(), values, name: own("label"), unit: own("unit") };
        if self.options.keep_non_finite {
            return Ok(array);
        }
        array.finite(|| Place::whole(self.data.path()))
    }

    /// Numbers in text.
    fn words(&self, count: usize, values: &mut Vec<f64>) -> Result<(), GridFileError> {
        let path = self.data.path();
        let size = usize::try_from(self.data.size() - self.offset).unwrap_or(usize::MAX);
        let mut bytes = vec![0; size];
        self.data.read(self.offset, &mut bytes)?;
        let mut found = 0;
        for word in
            bytes.split(|byte| byte.is_ascii_whitespace() || *byte == b',').filter(|word| !word.is_empty())
        {
            let number = std::str::from_utf8(word).ok().and_then(|word| word.parse::<f64>().ok());
            let Some(number) = number else {
                let found = String::from_utf8_lossy(&word[..word.len().min(20)]).into_owned();
                return Err(Place::whole(path).fault(RsfFault::Word { index: values.len(), found }));
            };
            found += 1;
            if values.len() < count {
                values.push(number);
            }
        }
        if found != count {
            return Err(Place::whole(path).fault(RsfFault::Words { found, expected: count }));
        }
        Ok(())
    }
}

/// The file that `in=` names.
fn separate(header: &Header, named: &str) -> Result<Source, GridFileError> {
    let folder = header.path.parent().unwrap_or(Path::new(""));
    let path: PathBuf = folder.join(named);
    Source::open(&path).map_err(|error| match error.fault {
        Fault::Open(source) => {
            let beside = Path::new(named).file_name().map(|name| folder.join(name));
            let beside = beside.filter(|beside| *beside != path && beside.is_file());
            header.fault("in", RsfFault::DataFile { path, source, beside })
        }
        _ => error,
    })
}

/// The axes of a header, slowest first. Axes of length 1 after the last longer one are left out.
fn axes(header: &Header) -> Result<Vec<Axis>, GridFileError> {
    let mut axes = Vec::new();
    for a in 1..=MOST_AXES {
        let Some(len) = header.whole(&format!("n{a}"))? else { break };
        let text = |key: &str| {
            header
                .get(&format!("{key}{a}"))
                .map(|entry| entry.value.clone())
                .filter(|text| !text.trim().is_empty())
        };
        let (name, unit) = (text("label"), text("unit"));
        let spacing = header.number(&format!("d{a}"))?;
        axes.push(Axis {
            role: name.as_deref().and_then(Role::named),
            positive: name.as_deref().and_then(Positive::named),
            name,
            unit,
            origin: header.number(&format!("o{a}"))?,
            spacing,
            len,
        });
    }
    let longer = axes.iter().rposition(|axis| axis.len > 1);
    axes.truncate(longer.map_or(1, |last| last + 1));
    axes.reverse();
    if axes.is_empty() { Err(header.fault("n1", RsfFault::NoAxes)) } else { Ok(axes) }
}
