//! Fits as maps: value, gradient and Laplacian, each on one colour scale with the target.

use crate::views::View;
use experiments::fits::score::Score;
use experiments::fits::target::Target;
use figures::{Drawing, Map, Scale, map_rows};
use survey::derivatives::Derivatives;

/// A target and its fits as one figure: one row per view, the target first, one colour scale per row.
pub fn figure(target: &Target, fits: &[(&str, &Derivatives, &Score)]) -> Drawing {
    let mut all: Vec<(&str, &Derivatives)> = vec![("target", &target.at)];
    all.extend(fits.iter().map(|(name, at, _)| (*name, *at)));
    let values: Vec<Vec<Vec<f64>>> =
        View::ALL.iter().map(|view| all.iter().map(|(_, at)| view.values(at)).collect()).collect();
    let rows: Vec<(Vec<Map>, Scale)> = (View::ALL.iter().zip(&values))
        .map(|(view, values)| {
            let mut maps = Vec::new();
            for (k, ((name, _), values)) in all.iter().zip(values).enumerate() {
                let note = if k == 0 { view.lower_case_title() } else { view.note(fits[k - 1].2) };
                maps.push(Map { note, ..Map::new(*name, &target.grid, values) });
            }
            (maps, view.scale(&target.at, target.meaning))
        })
        .collect();
    map_rows(&rows)
}
