//! YAML documents of settings: parsing, checks, errors with line and column, JSON schema and reference page.
//!
//! A document is a scenario file. This crate reads it into settings structs, and reports where and why a file is wrong. It knows
//! the structure of settings (keys, choices, numbers with ranges and units) but not their meaning.

pub mod check;
pub mod choices;
pub mod error;
pub mod expand;
pub mod key_path;
mod limits;
pub mod locate;
pub mod number;
pub mod numbers;
pub mod parse;
pub mod position;
pub mod problem;
pub mod problems;
pub mod ranges;
pub mod reference;
pub mod shape;
pub mod suggest;
mod tree;
pub mod unit;

pub use check::{CheckSettings, positive, rising, within};
pub use error::ScenarioError;
pub use key_path::KeyPath;
pub use number::Number;
pub use parse::ScenarioFile;
pub use problem::{Fault, Mark, Message, Problem, Subject};
pub use unit::Unit;
