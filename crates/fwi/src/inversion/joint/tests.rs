//! The terms of the joint method on fields that are known.

mod at_frequencies;
mod in_time;
