//! Quality control of traces in time: what the data show, and which traces are suspicious, shot by shot.
//!
//! Nothing is drawn here. [`QualityControl`] is filled with one shot after another, and keeps a few numbers of each trace.

mod amplitudes;
mod clipped;
mod constant;
mod control;
mod defect;
mod duplicates;
mod fold;
mod kept;
mod levels;
mod line;
#[cfg(test)]
mod made;
mod neighbours;
mod of_file;
mod offsets;
mod period;
mod polarity;
mod processing;
mod spectra;
mod spikes;
mod sums;

pub use amplitudes::{Level, Levels, Trend};
pub use control::{Numbering, QualityControl, Subject};
pub use defect::{DEFECTS, Defect, DefectRow, Flagged, Remedy};
pub use fold::Fold;
pub use kept::KeptGather;
pub use offsets::OffsetHistogram;
pub use period::{Dominant, FIRST, SwellNoise, dominant};
pub use processing::Processing;
pub use spectra::{Spectra, UsableBand};
