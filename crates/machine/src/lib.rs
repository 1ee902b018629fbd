//! What the machine has left and what a run has used: memory and processor time.

pub mod memory;
pub mod usage;
