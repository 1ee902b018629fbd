//! One binary for all cross-crate tests, so that Burn is linked once.

mod command_line;
mod documents;
mod exchange;
mod gradients;
mod interruption;
mod one_equation;
mod real_data;
mod scenarios;
mod structure;
mod support;
