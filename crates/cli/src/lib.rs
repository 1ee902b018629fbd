//! The command `fwi`: arguments, and what is printed.

pub mod bench;
pub mod cli;
pub mod commands;
mod output;
pub mod store;
