//! Arrays on even axes in the file formats of other programs.
//!
//! | module | format | reads | writes |
//! |---|---|---|---|
//! | [`rsf`] | RSF of Madagascar, header and data in one file or in two | yes | yes |
//! | [`raw`] | numbers without a header, described by options or by an RSF header beside them | yes | yes |
//! | [`netcdf`] | netCDF classic: CDF-1, CDF-2, CDF-5, with the CF conventions | yes | yes |
//! | [`vti`] | VTK ImageData | yes | yes |
//! | [`pvd`] | a collection of VTK files over time | no | yes |
//! | [`mat5`] | MATLAB, version 5 | no | yes |
//! | [`nodes`] | text with one node a line, such as CSV | yes | no |
//! | [`log`] | well logs: LAS 1.2 and 2.0, and text with columns | yes | LAS 2.0 |
//!
//! Every reader gives an [`Array`] (or a [`log::Log`]). The first axis of an array is the slowest: `values[i * n1 + j]` is at
//! index `i` of the first and `j` of the second of two axes. Formats that count the other way, such as RSF, are turned.
//! Nothing here knows velocities or scenarios; units are those that the file states.
//!
//! A reader allocates no more than a fixed multiple of the size of the file, whatever its header says. Every error is a
//! [`GridFileError`]: the file, the place, what was found, what was expected, what to do.
//!
//! ```
//! use gridfiles::{Array, Axis, rsf};
//!
//! let axes = vec![Axis::even("depth", "m", 0.0, 5.0, 2), Axis::even("distance", "m", -10.0, 10.0, 3)];
//! let array = Array::new(axes, vec![1500.0, 1501.0, 1502.0, 1600.0, 1601.0, 1602.0])?;
//! let mut bytes = Vec::new();
//! rsf::write(&mut bytes, &array, &rsf::WriteOptions::default())?;
//! let file = rsf::File::from_bytes("vp.rsf".as_ref(), bytes, &rsf::ReadOptions::default())?;
//! assert_eq!(file.read()?.values, array.values);
//! # Ok::<(), gridfiles::GridFileError>(())
//! ```

#![forbid(unsafe_code)]

mod array;
mod byte_order;
pub mod cf;
mod error;
mod lattice;
pub mod log;
pub mod mat5;
pub mod netcdf;
pub mod nodes;
mod number_type;
mod place;
pub mod pvd;
pub mod raw;
pub mod rsf;
mod source;
pub mod vti;

pub use array::{Array, Axis};
pub use byte_order::ByteOrder;
pub use error::{Fault, GridFileError};
pub use lattice::{Lattice, LatticeFault};
pub use number_type::{NotRepresentable, NumberType};
pub use place::{Place, Spot};
