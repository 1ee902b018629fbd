//! Numbers without a header, such as `vp.bin` or the `.vp` files of DENISE: described by options, or by the RSF header beside them.

use std::path::Path;

use gridfiles::raw::{self, Description};
use gridfiles::{Axis, ByteOrder, NumberType};

use crate::axis_rules::AxisOrder;
use crate::data_error::DataError;
use crate::import::{Imported, NumberForm, PerAxis, Wanted};
use crate::importers::rsf;
use crate::{input_file, on_axes};

/// Reads a model: `--shape NX,NZ` or `NX,NY,NZ`, `--number TYPE`, and `--axes` where x is not the fastest axis; or nothing of these where
/// a header `NAME.bin.rsf` describes the file.
pub fn model(path: &Path, wanted: &Wanted<'_>) -> Result<Imported, DataError> {
    input_file::metadata(path)?;
    let wrong = |error| DataError::of_grid_file(path, error);
    if let Some(file) = raw::described(path).map_err(wrong)? {
        let header = raw::description_path(path);
        let options = wanted.options;
        for (given, option) in [(options.shape.is_some(), "--shape"), (options.number.is_some(), "--number")]
        {
            if given {
                return Err(DataError::Contradiction {
                    path: path.to_owned(),
                    what: "what is in the file".to_owned(),
                    found: format!("a description, {}", header.display()),
                    other: format!("`{option}` is given, too; leave it out, or remove the description"),
                });
            }
        }
        return rsf::of(path, &file, wanted);
    }
    let options = wanted.options;
    let shape = options.shape.ok_or_else(|| DataError::Unsaid {
        path: path.to_owned(),
        what: "its shape, nor is there a description beside it",
        option: "`--shape NX,NZ`",
    })?;
    let form = NumberForm { number: NumberType::F32, byte_order: ByteOrder::Little };
    let NumberForm { number, byte_order } = options.number.unwrap_or(form);
    let (lengths, usual) = match shape {
        PerAxis::Volume(lengths) => (lengths.to_vec(), AxisOrder::Zyx),
        PerAxis::Section(lengths) => (lengths.to_vec(), AxisOrder::Zx),
        PerAxis::Same(one) => (vec![one; 2], AxisOrder::Zx),
    };
    let order = options.axes.unwrap_or(usual);
    if order.letters().len() != lengths.len() {
        return Err(DataError::Contradiction {
            path: path.to_owned(),
            what: "the number of axes".to_owned(),
            found: format!("{} lengths by `--shape`", lengths.len()),
            other: format!("`--axes {}` is given", order.letters()),
        });
    }
    let names = if lengths.len() == 3 { "xyz" } else { "xz" };
    let length = |letter: char| names.find(letter).map(|place| Axis::of_len(lengths[place]));
    let axes: Vec<Axis> = order.letters().chars().filter_map(length).collect();
    on_axes::require(path, &axes)?;
    let description = Description { number, byte_order, ..Description::new(axes) };
    let array = raw::read(path, &description).map_err(wrong)?;
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    on_axes::model(path, &stem, array, wanted)
}
