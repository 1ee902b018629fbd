//! What the machine has left and what a run has used: memory and CPU time.

pub mod memory;
pub mod say;
pub mod usage;
