//! The description of a variable in a file before its numbers.

/// The header of one variable.
#[derive(Debug, Clone, PartialEq)]
pub struct Header {
    /// Its name.
    pub name: String,
    /// Its shape in MATLAB.
    pub shape: Vec<usize>,
    /// MATLAB's name of its type, for example `double`.
    pub class: String,
    /// Whether it contains plain numbers.
    pub numeric: bool,
    /// Whether its numbers are complex.
    pub complex: bool,
}
