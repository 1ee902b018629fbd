//! Available memory, and the memory and CPU time that a run has used.

pub mod disk;
pub mod memory;
pub mod say;
pub mod usage;
