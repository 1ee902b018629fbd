//! Tests of the formats.

#![allow(clippy::unwrap_used)]

mod faults;
mod fuzz;
mod logs;
mod made;
mod mat5;
mod netcdf;
mod nodes;
mod peers;
mod raw;
mod rsf;
mod vti;
