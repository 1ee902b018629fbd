//! Writers of fields on grids, one file per format.

pub mod csv;
pub mod hdf5;
pub mod mat;
pub mod mat73;
pub mod netcdf;
pub mod npy;
pub mod raw;
pub mod rsf;
pub mod segy;
pub mod vti;
