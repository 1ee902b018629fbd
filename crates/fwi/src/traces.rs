//! Operations on traces and gathers: real numbers `[time]` and `[receiver, time]` at a constant interval. One file each
//! in `traces/`.

pub mod band;
pub mod band_filter;
pub mod gather;
pub mod spectrum;

pub use band::Band;
pub use band_filter::BandFilter;
pub use gather::{Gather, Reference};
pub use spectrum::Transform;
