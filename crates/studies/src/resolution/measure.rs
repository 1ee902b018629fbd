//! How much of a known change came back.

use std::fmt;
use std::fmt::Write;

use fd::Grid;
use survey::model::Model;
use survey::ticks::significant;

use super::cell::Cell;
use super::pattern::{Cells, Pattern};

/// The energy of the change in a window relative to the largest below which nothing is measured.
const LEAST: f64 = 1e-3;

/// Sums over nodes of products of the known change t and the one that was found r.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Recovery {
    tt: f64,
    tr: f64,
    rr: f64,
}

impl Recovery {
    fn of(t: f64, r: f64) -> Self {
        Self { tt: t * t, tr: t * r, rr: r * r }
    }

    fn add(&mut self, other: Recovery) {
        self.tt += other.tt;
        self.tr += other.tr;
        self.rr += other.rr;
    }

    /// The amplitude of the known change in the one that was found: `<t, r> / <t, t>`, 1 for the same.
    pub(super) fn recovered(&self) -> f64 {
        if self.tt > 0.0 { self.tr / self.tt } else { 0.0 }
    }

    /// The normalised correlation, 1 for the same shape.
    pub(super) fn correlation(&self) -> f64 {
        let size = (self.tt * self.rr).sqrt();
        if size > 0.0 { self.tr / size } else { 0.0 }
    }

    /// The semblance `|t + r|^2 / (2 |t|^2 + 2 |r|^2)`: 1 for the same, 0.5 where nothing came back or something unrelated.
    ///
    /// # Source
    /// Zelt, Geophys. J. Int. 135 (1998), 1101-1112, equation 5.
    pub(super) fn semblance(&self) -> f64 {
        let size = self.tt + self.rr;
        if size > 0.0 { (self.tt + 2.0 * self.tr + self.rr) / (2.0 * size) } else { 0.0 }
    }

    fn columns(&self) -> [f64; 3] {
        [self.recovered(), self.correlation(), self.semblance()]
    }
}

impl fmt::Display for Recovery {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let percent = significant(100.0 * self.recovered(), 3);
        write!(f, "{percent} % of the amplitude, correlation {:.2}", self.correlation())
    }
}

/// Maps of the recovery in windows around every node; 0 where the change is too small.
#[derive(Debug)]
pub(super) struct Maps {
    pub(super) correlation: Model,
    pub(super) recovered: Model,
    pub(super) semblance: Model,
}

/// How much of a change came back: everywhere, by box and by depth, and as maps.
#[derive(Debug)]
pub(super) struct Measured {
    pub(super) all: Recovery,
    pub(super) cells: Vec<(Cell, Recovery)>,
    /// By rows of boxes at the same depth.
    pub(super) depths: Vec<([f64; 2], Recovery)>,
    pub(super) maps: Maps,
}

impl Measured {
    /// Compares the known change with the one that was found, on one grid.
    pub(super) fn new(cells: &Cells, [truth, found]: &[Model; 2]) -> Self {
        let grid = truth.grid;
        let of_cell = |cell: &Cell| {
            let mut sums = Recovery::default();
            for node in cell.nodes(&grid) {
                sums.add(Recovery::of(truth.values[node], found.values[node]));
            }
            (cell.clone(), sums)
        };
        let mut measured: Vec<(Cell, Recovery)> = cells.boxes.iter().map(of_cell).collect();
        // A box in water has nothing to recover.
        measured.retain(|(_, sums)| sums.tt > 0.0);
        let mut all = Recovery::default();
        let mut depths: Vec<([f64; 2], Recovery)> = Vec::new();
        for (cell, sums) in &measured {
            all.add(*sums);
            let range = cell.depths();
            match depths.iter_mut().find(|(other, _)| *other == range) {
                Some((_, row)) => row.add(*sums),
                None => depths.push((range, *sums)),
            }
        }
        depths.sort_by(|a, b| a.0[0].total_cmp(&b.0[0]));
        Self { all, cells: measured, depths, maps: maps(&grid, cells.window, truth, found) }
    }

    /// The table in the terminal: by depth for a checkerboard, by spike for spikes.
    pub(super) fn text(&self, pattern: &Pattern) -> String {
        let mut text = String::new();
        let row = |text: &mut String, place: String, [amplitude, correlation, semblance]: [f64; 3]| {
            let _ = writeln!(
                text,
                "{place:>24}  {:>9.1} %  {correlation:>11.2}  {semblance:>9.2}",
                100.0 * amplitude
            );
        };
        let _ = writeln!(
            text,
            "{:>24}  {:>11}  {:>11}  {:>9}",
            "place (m)", "amplitude", "correlation", "semblance"
        );
        match pattern {
            Pattern::Checkerboard(_) => {
                for ([lo, hi], sums) in &self.depths {
                    row(&mut text, format!("{lo:.0} to {hi:.0}"), sums.columns());
                }
            }
            Pattern::Spikes(..) => {
                for (cell, sums) in &self.cells {
                    let centre: Vec<String> = cell.centre().iter().map(|v| format!("{v:.0}")).collect();
                    row(&mut text, centre.join(", "), sums.columns());
                }
            }
        }
        text
    }

    /// One line a box: its middle, its depths, and its recovery.
    pub(super) fn csv(&self) -> String {
        let dims = self.cells.first().map_or(2, |(cell, _)| cell.sides.len());
        let names: Vec<String> = fd::coordinate_names(dims).iter().map(|name| format!("{name}_m")).collect();
        let mut text = format!("{},from_m,to_m,recovered,correlation,semblance\n", names.join(","));
        for (cell, sums) in &self.cells {
            let numbers = [&cell.centre()[..], &cell.depths(), &sums.columns()].concat();
            let numbers: Vec<String> = numbers.iter().map(f64::to_string).collect();
            let _ = writeln!(text, "{}", numbers.join(","));
        }
        text
    }

    /// One line a range of depths.
    pub(super) fn depths_csv(&self) -> String {
        let mut text = "from_m,to_m,recovered,correlation,semblance\n".to_owned();
        for (range, sums) in &self.depths {
            let numbers: Vec<String> =
                [&range[..], &sums.columns()].concat().iter().map(f64::to_string).collect();
            let _ = writeln!(text, "{}", numbers.join(","));
        }
        text
    }
}

/// The recovery in windows of a length around every node.
fn maps(grid: &Grid, window: f64, truth: &Model, found: &Model) -> Maps {
    let product = |a: &Model, b: &Model| -> Vec<f64> {
        let products: Vec<f64> = a.values.iter().zip(&b.values).map(|(a, b)| a * b).collect();
        window_sums(grid, window, products)
    };
    let (tt, tr, rr) = (product(truth, truth), product(truth, found), product(found, found));
    let largest = tt.iter().copied().fold(0.0, f64::max);
    let map = |of: fn(&Recovery) -> f64| {
        let at = |k: usize| {
            if tt[k] < LEAST * largest {
                0.0
            } else {
                of(&Recovery { tt: tt[k], tr: tr[k], rr: rr[k].max(0.0) })
            }
        };
        Model { grid: *grid, values: (0..grid.len()).map(at).collect() }
    };
    Maps {
        correlation: map(Recovery::correlation),
        recovered: map(Recovery::recovered),
        semblance: map(Recovery::semblance),
    }
}

/// Sums over the nodes of windows around every node, axis by axis.
fn window_sums(grid: &Grid, window: f64, mut values: Vec<f64>) -> Vec<f64> {
    let mut stride = 1;
    for axis in grid.axes() {
        let half = (0.5 * window / axis.spacing).round().max(0.0) as usize;
        let sum = |node: usize| {
            let along = node / stride % axis.nodes;
            let line = node - along * stride;
            let ends = along.saturating_sub(half)..=(along + half).min(axis.nodes - 1);
            ends.map(|i| values[line + i * stride]).sum::<f64>()
        };
        values = (0..values.len()).map(sum).collect();
        stride *= axis.nodes;
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Half of the change is half of the amplitude with a correlation of 1, the opposite change has -1, and one that is orthogonal
    /// to it has 0; each in its own box, and the maps have the same numbers in the middle of the boxes.
    #[test]
    fn halves_opposites_and_strangers() {
        let grid = Grid::new([0.0, 0.0], [10.0, 10.0], [25, 25]).unwrap();
        let pattern = Pattern::Checkerboard(80.0);
        let truth = Model { grid, values: pattern.values(&grid) };
        let found = |x: f64, z: f64, t: f64| {
            let sideways = (2.0 * std::f64::consts::PI * x / 80.0).sin();
            match (x < 80.0, z <= 80.0) {
                (true, true) => 0.5 * t,
                (false, true) => -t,
                _ => sideways,
            }
        };
        let values = grid.points().zip(&truth.values).map(|([x, z], t)| found(x, z, *t)).collect();
        let changes = [truth, Model { grid, values }];
        let measured = Measured::new(&pattern.cells(&grid.domain(), &grid), &changes);
        assert_eq!((measured.cells.len(), measured.depths.len()), (9, 3));
        let close = |found: [f64; 3], expected: [f64; 3]| {
            assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12), "{found:?} {expected:?}");
        };
        // |t + t/2|^2 / (2 (1 + 1/4)) = 0.9.
        close(measured.cells[0].1.columns(), [0.5, 1.0, 0.9]);
        close(measured.cells[1].1.columns(), [-1.0, -1.0, 0.0]);
        close(measured.cells[4].1.columns(), [0.0, 0.0, 0.5]);
        let middle = grid.index(4, 4);
        assert!((measured.maps.recovered.values[middle] - 0.5).abs() < 1e-9);
        assert!((measured.maps.correlation.values[grid.index(4, 12)] + 1.0).abs() < 1e-9);
        assert!(
            measured.csv().starts_with("x_m,z_m,from_m,to_m,recovered,correlation,semblance\n40,40,0,80,0.5")
        );
    }
}
