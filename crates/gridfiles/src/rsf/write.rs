//! Writing RSF files.

use std::io::Write;
use std::path::Path;

use super::fault::RsfFault;
use super::form::{Encoding, Form};
use super::header::MOST_AXES;
use crate::array::Array;
use crate::byte_order::ByteOrder;
use crate::error::{Fault, GridFileError};
use crate::number_type::{NotRepresentable, NumberType};
use crate::place::Place;

/// Options of writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WriteOptions {
    /// How the numbers are stored.
    pub form: Form,
    /// The byte order of `native` numbers.
    pub native: ByteOrder,
}

impl Default for WriteOptions {
    /// `native_float`, little endian: what Madagascar writes.
    fn default() -> Self {
        Self { form: Form { encoding: Encoding::Native, number: NumberType::F32 }, native: ByteOrder::Little }
    }
}

/// The name for messages: what is written has no path here.
fn name() -> &'static Path {
    Path::new("RSF")
}

/// Writes header and numbers into one file.
///
/// # Errors
/// [`Fault::Axes`] for more than nine axes, [`Fault::NotRepresentable`], [`RsfFault::Unquotable`], [`Fault::Write`].
pub fn write<W: Write>(mut out: W, array: &Array, options: &WriteOptions) -> Result<(), GridFileError> {
    let mut text = header(array, options, None)?.into_bytes();
    text.extend(b"\n\x0c\x0c\x04");
    out.write_all(&text).map_err(|error| Place::whole(name()).fault(Fault::Write(error)))?;
    write_data(out, array, options)
}

/// The header of an array whose numbers are in the file `data`, a path relative to the header, or behind the header.
///
/// # Errors
/// As [`write()`].
pub fn header(array: &Array, options: &WriteOptions, data: Option<&str>) -> Result<String, GridFileError> {
    array.check_axes(name(), [1, MOST_AXES])?;
    let Some(form) = options.form.name() else {
        let found = options.form.number.name().to_owned();
        return Err(Place::whole(name()).fault(RsfFault::DataFormat { found }));
    };
    let mut text =
        format!("gridfiles\trsf\n\n\tesize={}\n\tdata_format=\"{form}\"\n", options.form.number.size());
    for (a, axis) in (1..).zip(array.axes.iter().rev()) {
        text += &format!("\tn{a}={}\n", axis.len);
        for (key, value) in [("o", axis.origin), ("d", axis.spacing)] {
            if let Some(value) = value {
                text += &format!("\t{key}{a}={value:?}\n");
            }
        }
        for (key, value) in [("label", &axis.name), ("unit", &axis.unit)] {
            if let Some(value) = value {
                text += &format!("\t{key}{a}={}\n", quoted(value)?);
            }
        }
    }
    for (key, value) in [("label", &array.name), ("unit", &array.unit)] {
        if let Some(value) = value {
            text += &format!("\t{key}={}\n", quoted(value)?);
        }
    }
    text += &format!("\tin={}\n", quoted(data.unwrap_or("stdin"))?);
    Ok(text)
}

/// Writes the numbers alone.
///
/// # Errors
/// [`Fault::NotRepresentable`], [`Fault::Write`].
pub fn write_data<W: Write>(mut out: W, array: &Array, options: &WriteOptions) -> Result<(), GridFileError> {
    let failed = |error| Place::whole(name()).fault(Fault::Write(error));
    let mut index = 0;
    // A piece at a time, so that no second copy of all numbers is made.
    for piece in array.values.chunks(1 << 16) {
        let mut bytes = Vec::new();
        match options.form.order(options.native) {
            Some(order) => {
                options.form.number.encode(order, piece, &mut bytes).map_err(|fault| {
                    Place::whole(name()).fault(NotRepresentable { index: index + fault.index, ..fault })
                })?;
            }
            None => {
                let number = options.form.number;
                bytes.extend(piece.iter().flat_map(|value| (number.text(*value) + "\n").into_bytes()));
            }
        }
        out.write_all(&bytes).map_err(failed)?;
        index += piece.len();
    }
    out.flush().map_err(failed)
}

/// A text in quotation marks.
fn quoted(text: &str) -> Result<String, GridFileError> {
    let has = |c: char| text.contains(c);
    if text.chars().any(char::is_control) || (has('"') && has('\'')) {
        return Err(Place::whole(name()).fault(RsfFault::Unquotable { found: text.to_owned() }));
    }
    Ok(if has('"') { format!("'{text}'") } else { format!("\"{text}\"") })
}
