//! Wavefields as maps: real part, magnitude, phase, and difference from the truth.

use fd::Grid;
use num_complex::Complex64;

use super::run::FieldRun;
use experiments::wavefields::outcome::FieldSummary;
use figures::{Colormap, Drawing, Map, Scale, map_rows, robust_amplitude};
use survey::model::sample;
use survey::ticks::significant;

/// The quantities of a wavefield that a map can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum View {
    /// The real part.
    Real,
    /// The magnitude.
    Magnitude,
    /// The phase.
    Phase,
    /// The magnitude of the difference from the truth.
    Difference,
}

impl View {
    /// All of them, in display order.
    pub(super) const ALL: [View; 4] = [View::Real, View::Magnitude, View::Phase, View::Difference];

    /// Heading of its maps.
    pub(super) fn title(self) -> &'static str {
        match self {
            View::Real => "Real part",
            View::Magnitude => "Magnitude",
            View::Phase => "Phase",
            View::Difference => "Magnitude of the error",
        }
    }

    /// The quantity of the map and its grid. The grid of a phase is finer, because a phase itself cannot be interpolated.
    pub(super) fn field(self, grid: &Grid, u: &[Complex64], truth: &[Complex64]) -> (Grid, Vec<f64>) {
        if self != View::Phase {
            return (*grid, self.values(u, truth));
        }
        let finer = (400 / grid.nx().max(grid.nz())).max(1);
        let [dx, dz] = grid.spacing.map(|spacing| spacing / finer as f64);
        let shape = [grid.nz(), grid.nx()].map(|n| (n - 1) * finer + 1);
        let Ok(fine) = Grid::new(grid.domain().lo, [dx, dz], shape) else {
            return (*grid, self.values(u, truth));
        };
        let parts =
            [|v: &Complex64| v.re, |v: &Complex64| v.im].map(|part| u.iter().map(part).collect::<Vec<f64>>());
        let phase =
            |p: [f64; 2]| Complex64::new(sample(grid, &parts[0], p), sample(grid, &parts[1], p)).arg();
        (fine, fine.points().map(phase).collect())
    }

    /// The quantity of the map at every node.
    fn values(self, u: &[Complex64], truth: &[Complex64]) -> Vec<f64> {
        let each = |f: fn(&Complex64, &Complex64) -> f64| u.iter().zip(truth).map(|(u, t)| f(u, t)).collect();
        match self {
            View::Real => each(|u, _| u.re),
            View::Magnitude => each(|u, _| u.norm()),
            View::Phase => each(|u, _| u.arg()),
            View::Difference => each(|u, t| (u - t).norm()),
        }
    }

    /// A map of these values. A phase jumps from pi to -pi, so it is not interpolated.
    pub(super) fn map<'a>(self, title: &str, grid: &'a Grid, values: &'a [f64]) -> Map<'a> {
        Map { blocky: self == View::Phase, ..Map::new(title, grid, values) }
    }

    /// The colour scale of a row, clipped at the largest values, which occur near a source.
    pub(super) fn scale(self, truth: &[Complex64]) -> Scale {
        let largest = robust_amplitude(truth.iter().map(|u| u.norm()), 0.995).max(f64::MIN_POSITIVE);
        let sequential =
            |hi: f64, label: &str| Scale { map: Colormap::Sequential, lo: 0.0, hi, label: label.to_owned() };
        match self {
            View::Real => Scale::wavefield(largest),
            View::Magnitude => sequential(largest, "magnitude of the pressure"),
            View::Phase => Scale::signed(std::f64::consts::PI, "phase (rad)"),
            View::Difference => sequential(0.1 * largest, "magnitude of the error"),
        }
    }
}

/// The error of a field, as a note above its map.
pub(super) fn note(summary: &FieldSummary) -> String {
    let error = summary.metrics.wavefield_relative_l2;
    error.map_or_else(String::new, |e| format!("{} %", significant(100.0 * e, 3)))
}

/// The true field and others as one figure. A row is a view with one scale; the true field comes first.
pub(crate) fn figure(run: &FieldRun, shown: &[usize]) -> Drawing {
    let source = run.shown_source();
    let truth = &run.truth.fields[source];
    let values: Vec<Vec<(Grid, Vec<f64>)>> = View::ALL
        .iter()
        .map(|view| {
            let found = shown.iter().map(|&i| view.field(&run.grid, &run.found[i].1[source], truth));
            [view.field(&run.grid, truth, truth)].into_iter().chain(found).collect()
        })
        .collect();
    let rows: Vec<(Vec<Map>, Scale)> = (View::ALL.iter().zip(&values))
        .map(|(view, values)| {
            let mut maps = Vec::new();
            for (k, (grid, values)) in values.iter().enumerate() {
                let (title, note) = match k {
                    0 => ("true".to_owned(), view.title().to_lowercase()),
                    _ => {
                        let summary = &run.found[shown[k - 1]].0;
                        (summary.name.clone(), note(summary))
                    }
                };
                maps.push(Map { note, ..view.map(&title, grid, values) });
            }
            (maps, view.scale(truth))
        })
        .collect();
    map_rows(&rows)
}
