//! The part of a grid that a model file covers.

use std::path::Path;

use document::numbers::shown;
use document::{Fault, KeyPath, Message, Problem, Subject};
use fd::{Domain, Grid};

use survey::model::Model;
use survey::ticks::six_digits;

/// Smallest share of the grid that a model file must cover. With less, its contents do not matter for the result.
const LEAST: f64 = 0.01;

/// A note for a model that covers only a part of the grid; `at` is the key of its path.
///
/// # Errors
/// A model that covers less than 1 % of the grid.
pub(super) fn note(at: &KeyPath, path: &Path, model: &Model, grid: &Grid) -> Result<Option<String>, Fault> {
    let (own, all) = (model.grid.dims(), grid.dims());
    if own != all && (own, all) != (2, 3) {
        return Err(Fault::new(at, OtherAxes { own, all }));
    }
    let share = model.coverage(grid);
    if share == 1.0 {
        let same = format!("{}: {} is a section; the volume is the same along y", at.parent(), shown(path));
        return Ok((own != all).then_some(same));
    }
    let (own, all) = (model.grid.domain(), grid.domain());
    if share < LEAST {
        return Err(Fault::new(at, OutsideGrid { touches: share > 0.0, own, grid: all }));
    }
    Ok(Some(format!(
        "{}: {} covers {} % of the grid ({}; the grid is {}); outside it, the values at its edge continue",
        at.parent(),
        shown(path),
        // Rounded down, so that it is never 100.
        (1000.0 * share).floor() / 10.0,
        in_words(&own),
        in_words(&all)
    )))
}

/// A model file with other axes than the grid.
#[derive(Debug)]
struct OtherAxes {
    /// Dimensions of the model.
    own: usize,
    /// Dimensions of the grid.
    all: usize,
}

impl Problem for OtherAxes {
    fn message(&self, subject: &Subject) -> Message {
        let axes = |dims: usize| fd::coordinate_names(dims).join(", ");
        Message::new(format!("{subject} has other axes than the grid"))
            .found(format!("a model along {}", axes(self.own)))
            .expected(format!("a model along {}", axes(self.all)))
            .help("give `grid` the axes of the model, or name a file with those of the grid")
    }
}

/// A model file outside the grid.
#[derive(Debug)]
struct OutsideGrid {
    /// Whether a small part of it is in the grid.
    touches: bool,
    /// The box of the model, m.
    own: Domain,
    /// The box of the grid, m.
    grid: Domain,
}

impl Problem for OutsideGrid {
    fn message(&self, subject: &Subject) -> Message {
        let part = if self.touches { "less than 1 %" } else { "no part" };
        Message::new(format!("{subject} covers {part} of the grid"))
            .found(in_words(&self.own))
            .expected(in_words(&self.grid))
            .help("move the model or the grid; lengths are in m: are those of the file in km or mm?")
    }
}

fn in_words(domain: &Domain) -> String {
    let side = |name: &str, [lo, hi]: [f64; 2]| format!("{name} {} to {} m", six_digits(lo), six_digits(hi));
    let sides = domain.sides();
    let named = fd::coordinate_names(sides.len()).iter().zip(sides);
    named.map(|(name, of)| side(name, of)).collect::<Vec<_>>().join(", ")
}
