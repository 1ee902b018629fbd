//! What can be wrong with a well log.

/// What is wrong with a well log.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LogFault {
    /// The file is no text.
    #[error("not text: it has bytes such as {found:#04x}; expected a text file")]
    NotText {
        /// The byte.
        found: u8,
    },
    /// The first line is no section of a LAS file.
    #[error("begins with {found:?}, expected a section such as ~VERSION: this is no LAS file")]
    NotLas {
        /// The beginning of the line.
        found: String,
    },
    /// A section is missing.
    #[error("no section {section}; the file is truncated or no LAS file")]
    NoSection {
        /// Its name.
        section: &'static str,
    },
    /// The version is not read.
    #[error("LAS version {found:?}, expected 1.2 or 2.0; convert the file")]
    Version {
        /// The version.
        found: String,
    },
    /// A line has no full stop after its mnemonic.
    #[error("{found:?}, expected MNEMONIC.UNIT VALUE : DESCRIPTION")]
    Line {
        /// The beginning of the line.
        found: String,
    },
    /// An entry of the header is missing.
    #[error("no entry {mnemonic} in the section {section}")]
    NoEntry {
        /// Its mnemonic.
        mnemonic: &'static str,
        /// The section.
        section: &'static str,
    },
    /// An entry has something else than expected.
    #[error("{mnemonic} is {found:?}, expected {expected}")]
    Entry {
        /// Its mnemonic.
        mnemonic: String,
        /// Its value.
        found: String,
        /// What is expected.
        expected: &'static str,
    },
    /// A word is no number.
    #[error("{found:?} in column {column} ({curve}), expected a number")]
    Number {
        /// The word.
        found: String,
        /// The column, counted from 1.
        column: usize,
        /// The name of the column.
        curve: String,
    },
    /// A line has another number of columns.
    #[error("{found} values, expected {expected}, one for each column")]
    Columns {
        /// Values of the line, or of a wrapped sample.
        found: usize,
        /// Number of columns.
        expected: usize,
    },
    /// There is no curve, or column, of that kind.
    #[error("no {wanted}; the file has {}", present.join(", "))]
    NoCurve {
        /// What was looked for.
        wanted: String,
        /// The curves.
        present: Vec<String>,
    },
    /// A unit is not known, or not of the quantity.
    #[error("the unit of {curve} is {found:?}, expected {expected}")]
    Unit {
        /// The curve.
        curve: String,
        /// The unit.
        found: String,
        /// What is expected.
        expected: &'static str,
    },
    /// A depth is NaN or infinite.
    #[error("depth {found}, expected a finite number")]
    Depth {
        /// The depth.
        found: f64,
    },
    /// Depths are not monotonic.
    #[error("depth {found} after {before}: depths have to grow or fall all the way")]
    Order {
        /// The depth.
        found: f64,
        /// The depth before.
        before: f64,
    },
    /// The first or last depth is not that of the header.
    #[error(
        "the {which} depth is {found}, but the header has {mnemonic} = {expected}: the file is truncated or its header wrong"
    )]
    Range {
        /// First or last.
        which: &'static str,
        /// The depth of the data.
        found: f64,
        /// The entry of the header.
        mnemonic: &'static str,
        /// Its value.
        expected: f64,
    },
    /// A value is not possible.
    #[error("{curve} is {found}, expected a finite number above 0")]
    Value {
        /// The curve.
        curve: String,
        /// The value.
        found: f64,
    },
    /// There are no samples, or none with a value.
    #[error("no samples with a value of {curve} ({missing} without)")]
    NoSamples {
        /// The curve.
        curve: String,
        /// Samples without a value.
        missing: usize,
    },
}
