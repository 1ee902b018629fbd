//! Members that are compared with each other.

use super::sentence::Sentence;
use super::table::Table;

/// Members that are compared with each other.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Compared {
    /// The property that distinguishes them from the other members of the study; empty if all members are compared.
    pub what: String,
    /// Their table.
    pub table: Table,
    /// The verdict.
    pub verdict: Vec<Sentence>,
}
