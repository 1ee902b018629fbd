//! Members that are compared with each other.

use super::sentence::Sentence;
use super::table::Table;

/// Members that are compared with each other.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Compared {
    /// What they have in common and other members of the study do not have; empty when all members are compared.
    pub what: String,
    /// Their table.
    pub table: Table,
    /// Which of them is best in what.
    pub verdict: Vec<Sentence>,
}
