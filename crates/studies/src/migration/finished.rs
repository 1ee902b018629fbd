//! A finished migration.

use std::path::PathBuf;

use figures::{Scale, robust_amplitude};
use survey::model::Model;
use survey::parameter::Quantity;
use survey::survey::Survey;

use super::gathers::ImageGathers;

/// A finished migration.
#[derive(Debug)]
pub struct Finished {
    pub(super) folder: PathBuf,
    pub(super) name: String,
    pub(super) image: Model,
    pub(super) velocity: Model,
    pub(super) quantity: Quantity,
    pub(super) survey: Survey,
    pub(super) gathers: Option<ImageGathers>,
    pub(super) facts: Vec<(String, String)>,
}

/// The quantity of an image: a relative reflectivity.
pub(super) fn reflectivity() -> Quantity {
    Quantity { name: "image".to_owned(), unit: "1".to_owned() }
}

impl Finished {
    /// What is printed: the facts and the files.
    #[must_use]
    pub fn text(&self) -> String {
        let facts = self.facts.iter().map(|(name, text)| format!("{name:>12}  {text}\n"));
        let page = self.folder.join("migration.html");
        facts.chain([format!("{:>12}  {}\n", "page", page.display())]).collect()
    }
}

/// The amplitude of the scale of an image: all but the largest hundredth.
const SHARE: f64 = 0.99;

/// The scale of an image or of gathers.
pub(super) fn scale(values: &[f64]) -> Scale {
    Scale::signed(robust_amplitude(values.iter().copied(), SHARE), "relative reflectivity")
}
