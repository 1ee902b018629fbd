//! Numbers without a header, such as `vp.bin` or the `.vp` files of DENISE: described by options, or by the RSF header beside them.

use std::path::Path;

use gridfiles::raw::{self, Description};
use gridfiles::{Axis, ByteOrder, NumberType};

use crate::axis_rules::AxisOrder;
use crate::data_error::DataError;
use crate::import::{ImportOptions, Imported, NumberForm};
use crate::importers::rsf;
use crate::{input_file, on_axes};

/// Reads a velocity model: `--shape NX,NZ`, `--number TYPE`, and `--axes xz` where z is the fastest axis; or nothing of these where
/// a header `NAME.bin.rsf` describes the file.
pub fn model(path: &Path, options: &ImportOptions) -> Result<Imported, DataError> {
    input_file::metadata(path)?;
    let wrong = |error| DataError::of_grid_file(path, error);
    if let Some(file) = raw::described(path).map_err(wrong)? {
        let header = raw::description_path(path);
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
        return rsf::of(path, &file, options);
    }
    let [nx, nz] = options.shape.ok_or_else(|| DataError::Unsaid {
        path: path.to_owned(),
        what: "its shape, nor is there a description beside it",
        option: "`--shape NX,NZ`",
    })?;
    let form = NumberForm { number: NumberType::F32, byte_order: ByteOrder::Little };
    let NumberForm { number, byte_order } = options.number.unwrap_or(form);
    let lengths = if options.axes == Some(AxisOrder::Xz) { [nx, nz] } else { [nz, nx] };
    let axes: Vec<Axis> = lengths.map(Axis::of_len).to_vec();
    on_axes::require(path, &axes)?;
    let description = Description { number, byte_order, ..Description::new(axes) };
    let array = raw::read(path, &description).map_err(wrong)?;
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    on_axes::model(path, &stem, array, options)
}
