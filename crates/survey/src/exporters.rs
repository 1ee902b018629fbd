//! Writers of fields on grids, one file per format.

pub mod csv;
pub mod hdf5;
pub mod npy;
pub mod segy;
pub mod vti;
