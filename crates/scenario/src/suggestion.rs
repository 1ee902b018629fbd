//! A scenario suggested for imported traces: every setting follows from the data, and says from what.

mod bands;
mod extent;
mod settings;
mod velocity;
mod yaml;

use std::path::Path;

use survey::import::segy::SegyImport;

use settings::Settings;

/// A suggested scenario.
#[derive(Debug, Clone)]
pub struct Suggestion(Settings);

impl Suggestion {
    /// The scenario suggested for an import.
    #[must_use]
    pub fn of(import: &SegyImport) -> Self {
        Self(Settings::of(import))
    }

    /// The text of the scenario. `source` is the file that the data were imported from, `data` their file as written in the scenario.
    #[must_use]
    pub fn yaml(&self, name: &str, source: &str, data: &Path) -> String {
        yaml::text(&self.0, name, source, data)
    }
}

/// A valid name of a scenario, from the name of its file.
#[must_use]
pub fn name_of(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let valid = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' };
    let name: String = stem.chars().map(valid).take(80).collect();
    let begins = name.chars().next().is_some_and(|c| c.is_ascii_alphanumeric());
    if begins { name } else { format!("line{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_valid() {
        for (path, expected) in
            [("a/line 7.yaml", "line-7"), ("_x.yaml", "line_x"), ("L-1.2.yaml", "L-1.2"), ("é.yaml", "line-")]
        {
            assert_eq!(name_of(Path::new(path)), expected);
        }
    }
}
