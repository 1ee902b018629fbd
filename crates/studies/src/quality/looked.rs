//! What a page of a quality control is about.

use survey::import::segy::MapPositions;
use survey::quality::QualityControl;

/// What a page is about.
pub(super) struct Looked<'a> {
    /// The name of the file.
    pub name: String,
    /// Names and facts, a line each.
    pub facts: Vec<(String, String)>,
    /// What is unusual.
    pub warnings: Vec<String>,
    /// What the traces show.
    pub control: &'a QualityControl,
    /// Sources and receivers on the map, where it is known.
    pub on_map: Option<MapPositions>,
    /// The text of a suggested scenario.
    pub suggested: Option<String>,
}
