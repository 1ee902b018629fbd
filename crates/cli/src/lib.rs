//! The command `fwi`: arguments, and what is printed.

pub mod bench;
pub mod cli;
pub mod commands;
mod output;
mod starters;
pub mod store;
