//! HDF5 dimension scales, which state the dataset that contains the coordinates along an axis of another dataset, so
//! that xarray, netCDF and ParaView label the axes.
//!
//! # Source
//! HDF5 Dimension Scale Specification and Design Notes, The HDF Group 2005, sections 3 and 4.

use hdf5::types::{FixedAscii, VarLenArray};
use hdf5::{Dataset, Datatype, H5Type, ObjectReference1};

/// One entry of a scale's `REFERENCE_LIST`: an array that uses it, and the axis.
#[derive(H5Type, Clone, Copy)]
#[repr(C)]
struct BackReference {
    dataset: ObjectReference1,
    dimension: u32,
}

/// Declares that `scales[a]` contains the coordinates along axis `a` of all arrays.
///
/// A scale serves only the arrays of one call; names are the last part of the dataset names.
pub fn attach(file: &hdf5::File, arrays: &[Dataset], scales: &[&Dataset]) -> hdf5::Result<()> {
    let mut list = Vec::new();
    for (axis, scale) in scales.iter().enumerate() {
        let full = scale.name();
        let name = full.rsplit('/').next().unwrap_or(&full);
        write_terminated(scale, "CLASS", "DIMENSION_SCALE")?;
        write_terminated(scale, "NAME", name)?;
        let mut back = Vec::with_capacity(arrays.len());
        for array in arrays {
            back.push(BackReference { dataset: file.reference(&array.name())?, dimension: axis as u32 });
        }
        scale.new_attr_builder().with_data(&back).create("REFERENCE_LIST")?;
        list.push(VarLenArray::from_slice(&[file.reference::<ObjectReference1>(&full)?]));
    }
    for array in arrays {
        array.new_attr_builder().with_data(&list).create("DIMENSION_LIST")?;
    }
    Ok(())
}

/// Writes a text attribute as the fixed-length, NUL-terminated ASCII that the specification requires.
fn write_terminated(dataset: &Dataset, name: &str, value: &str) -> hdf5::Result<()> {
    let text = FixedAscii::<64>::from_ascii(value).map_err(|e| hdf5::Error::from(e.to_string()))?;
    let attribute = dataset.new_attr_builder().empty_as(terminated_ascii(value.len() + 1)?).create(name)?;
    attribute.write_scalar(&text)
}

/// The HDF5 type of NUL-terminated ASCII in `size` bytes; the safe interface can only create NUL-padded text.
fn terminated_ascii(size: usize) -> hdf5::Result<Datatype> {
    // Any safe call initialises the library; before that the type constant below is not set.
    Datatype::from_type::<u8>()?;
    hdf5::sync::sync(|| {
        // SAFETY: runs under the library's global lock; `H5T_C_S1` is a valid type after initialisation, so the copy is
        // a fresh identifier that nobody else holds, and `from_id` takes ownership of it exactly once (it rejects the
        // negative identifier of a failed copy). `H5Tset_size` only changes that fresh copy.
        unsafe {
            let id = hdf5_sys::h5t::H5Tcopy(*hdf5_sys::h5t::H5T_C_S1);
            let datatype = hdf5::from_id::<Datatype>(id)?;
            if hdf5_sys::h5t::H5Tset_size(id, size) < 0 {
                return Err(hdf5::Error::from("cannot set the length of a string type"));
            }
            Ok(datatype)
        }
    })
}
