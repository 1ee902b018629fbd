//! A comparison that several tests use.

pub(crate) mod sample;
