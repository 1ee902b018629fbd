//! Positions from a text file.

use std::path::{Path, PathBuf};

use document::problems::BadName;
use document::{CheckSettings, Fault, KeyPath};
use fd::Point;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::PositionRule;
use crate::data_error::DataError;
use crate::{input_file, text_column};

/// Points from a text file: a point a line, in the columns x and z, in a volume x, y and z, in m.
///
/// Blanks, commas or semicolons separate the columns. A line of column names has to name them in this order. Empty lines and lines that
/// begin with `#` or `%` are skipped.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FromFile {
    /// The file, relative to the scenario.
    pub path: PathBuf,
}

impl CheckSettings for FromFile {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        if self.path.as_os_str().is_empty() {
            return Err(Fault::new(at.key("path"), BadName { found: String::new() }));
        }
        Ok(())
    }
}

/// The plan takes the points of the file in the place of the rule.
impl PositionRule for FromFile {
    fn points(&self) -> Option<Vec<Point>> {
        None
    }
}

impl FromFile {
    /// The points in the file, relative to a folder.
    ///
    /// # Errors
    /// [`DataError`] for a file that is missing, and for lines that are no points, with their number.
    pub fn read(&self, folder: &Path) -> Result<Vec<Point>, DataError> {
        let path = folder.join(&self.path);
        let text = input_file::text(&path)?;
        // Lines and numbers take many times the bytes of the text.
        input_file::require(&path, 30 * text.len() as u64, "the text of the file")?;
        text_column::points(&text).map_err(|problem| DataError::Text { path, problem })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<Point>, String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("points.csv"), text).unwrap();
        let rule = FromFile { path: "points.csv".into() };
        rule.read(folder.path()).map_err(|error| error.to_string())
    }

    #[test]
    fn points_of_a_file() {
        let section = read("x,z\n# a comment\n1.5,2\n-3,4.25\n").unwrap();
        assert_eq!(section, [Point::from([1.5, 2.0]), Point::from([-3.0, 4.25])]);
        let volume = read("1 2 3\n4 5 6\n").unwrap();
        assert_eq!(volume, [Point::from([1.0, 2.0, 3.0]), Point::from([4.0, 5.0, 6.0])]);
        assert_eq!(read("100.0\n200.0\n").unwrap(), [Point::line(100.0), Point::line(200.0)]);
    }

    #[test]
    fn lines_that_are_no_points() {
        for (text, expected) in [
            ("1 2\n3\n", "line 2 has 1 columns, line 1 has 2"),
            ("1 2 3 4\n", "line 1 has 4 columns"),
            ("1 2\n3 four\n", "line 2: `four` is not a number"),
            ("1 2\n3 inf\n", "line 2: `inf` is not a coordinate"),
            ("", "no points"),
            ("depth,x\n10,100\n", "line 1 names the columns depth, x, expected x, z in m"),
            ("x_ft,z_ft\n10,100\n", "expected x, z in m"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(expected), "{error}");
        }
    }
}
