//! The statistics of networks before training, layer by layer.

pub mod block;
pub mod outcome;
pub mod run;

pub use block::StatisticsBlock;
