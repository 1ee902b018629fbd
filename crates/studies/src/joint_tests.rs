//! The terms of the joint method for known fields.

mod at_frequencies;
mod in_time;
