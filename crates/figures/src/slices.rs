//! The sections of a model that are drawn: the model itself, or three slices through the middle of a volume.

use fd::{Grid, Point};
use survey::model::Model;
use survey::survey::Survey;
use survey::ticks::six_digits;

use super::arranged::map_figure;
use super::chart::{Axis, Chart, Curve};
use super::colormap::Scale;
use super::drawing::{Drawing, Ink};
use super::map::Map;
use super::marks::Marks;

/// A section that is drawn.
#[derive(Debug, Clone)]
pub struct Slice {
    /// Where it is in a volume, to follow a title; empty for a section.
    place: String,
    /// The values on its grid, whose "x" and "z" are the axes of the slice.
    pub model: Model,
    /// The axes across and down, of x (0), y (1) and z (2).
    axes: [usize; 2],
}

const LABELS: [&str; 3] = ["x (m)", "y (m)", "depth z (m)"];

/// The sections of a model that are drawn; none for a line.
#[must_use]
pub fn slices(model: &Model) -> Vec<Slice> {
    let grid = &model.grid;
    let Some(y) = grid.y else {
        let whole = Slice { place: String::new(), model: model.clone(), axes: [0, 2] };
        return if grid.dims() == 2 { vec![whole] } else { Vec::new() };
    };
    let [nx, ny, nz] = [grid.nx(), y.nodes, grid.nz()];
    let (origin, spacing, nodes) = (
        [grid.origin[0], y.origin, grid.origin[1]],
        [grid.spacing[0], y.spacing, grid.spacing[1]],
        [nx, ny, nz],
    );
    let slice = |across: usize, down: usize| -> Option<Slice> {
        let through = 3 - across - down;
        let middle = nodes[through] / 2;
        let own = Grid::new(
            [origin[across], origin[down]],
            [spacing[across], spacing[down]],
            [nodes[down], nodes[across]],
        );
        let mut values = Vec::with_capacity(nodes[down] * nodes[across]);
        for j in 0..nodes[down] {
            for i in 0..nodes[across] {
                let mut at = [middle; 3];
                (at[across], at[down]) = (i, j);
                values.push(model.values[(at[2] * ny + at[1]) * nx + at[0]]);
            }
        }
        let name = ["x", "y", "z"][through];
        let place =
            format!(", {name} = {} m", six_digits(origin[through] + middle as f64 * spacing[through]));
        Some(Slice { place, model: Model { grid: own.ok()?, values }, axes: [across, down] })
    };
    [slice(0, 2), slice(1, 2), slice(0, 1)].into_iter().flatten().collect()
}

/// Models on a line as curves, the true and the starting one in their colours; `None` for sections and volumes.
#[must_use]
pub fn line_chart(models: &[(&str, &Model)], label: &str) -> Option<Chart> {
    if models.first()?.1.grid.dims() != 1 {
        return None;
    }
    let curve = |(k, (title, model)): (usize, &(&str, &Model))| {
        let points = model.grid.nodes().zip(&model.values).map(|(at, v)| [at.x(), *v]).collect();
        match *title {
            "true" => Curve::new(*title, Ink::Truth, points),
            "start" => Curve::new(*title, Ink::Start, points).dashed(),
            _ => Curve::new(*title, Ink::Series(k), points),
        }
    };
    let curves = models.iter().enumerate().map(curve).collect();
    let (x, y) = (Axis::linear("x (m)"), Axis::linear(label));
    Some(Chart { title: String::new(), x, y, curves, plot: [420.0, 260.0] })
}

/// Models beside one another, with sources and receivers: each volume as its three slices, lines as curves.
#[must_use]
pub fn model_figure(models: &[(&str, &Model)], scale: &Scale, survey: Option<&Survey>) -> Drawing {
    if let Some(chart) = line_chart(models, &scale.label) {
        return chart.drawing();
    }
    let mut all: Vec<(&str, Slice, Option<Marks>)> = Vec::new();
    for (title, model) in models {
        for slice in slices(model) {
            let marks = survey.map(|survey| slice.marks(survey));
            all.push((title, slice, marks));
        }
    }
    let maps: Vec<Map> =
        all.iter().map(|(title, slice, marks)| Map { marks: marks.as_ref(), ..slice.map(title) }).collect();
    map_figure(&maps, scale)
}

impl Slice {
    /// Its map, with its place in a volume after the title.
    #[must_use]
    pub fn map(&self, title: &str) -> Map<'_> {
        let axes = self.axes.map(|axis| LABELS[axis]);
        Map { axes, ..Map::new(format!("{title}{}", self.place), &self.model.grid, &self.model.values) }
    }

    /// Sources and receivers as marks in the plane of the slice. If the receivers move with the shots, these are the receivers of
    /// the middle shot.
    #[must_use]
    pub fn marks(&self, survey: &Survey) -> Marks {
        let flat = |point: &Point| self.axes.map(|axis| [point.x(), point.y(), point.z()][axis]);
        Marks {
            sources: survey.sources.iter().map(flat).collect(),
            receivers: survey.receivers.of(survey.sources.len() / 2).iter().map(flat).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fd::Axis;

    /// A slice holds the values of the volume in its plane.
    #[test]
    fn planes_through_the_middle() {
        let axis = |origin: f64, nodes: usize| Axis { origin, spacing: 10.0, nodes };
        let grid = Grid::of_axes(&[axis(0.0, 5), axis(100.0, 7), axis(1000.0, 3)]).unwrap();
        let value = |at: Point| at.x() + 1e3 * at.y() + 1e6 * at.z();
        let model = Model { grid, values: grid.nodes().map(value).collect() };
        let all = slices(&model);
        let expected: [fn([f64; 2]) -> [f64; 3]; 3] =
            [|[x, z]| [x, 130.0, z], |[y, z]| [20.0, y, z], |[x, y]| [x, y, 1010.0]];
        assert_eq!(all.len(), 3);
        for (slice, at) in all.iter().zip(expected) {
            for (node, found) in slice.model.grid.points().zip(&slice.model.values) {
                assert_eq!(*found, value(at(node).into()));
            }
        }
        assert_eq!(all[0].map("true").title, "true, y = 130 m");
        let line = Grid::of_axes(&[axis(0.0, 5)]).unwrap();
        let on_line = Model { grid: line, values: vec![1.0, 2.0, 3.0, 2.0, 1.0] };
        let chart = line_chart(&[("true", &on_line), ("start", &on_line)], "vp").unwrap();
        assert_eq!((chart.curves.len(), chart.curves[0].points[2]), (2, [20.0, 3.0]));
        assert!(line_chart(&[("true", &model)], "vp").is_none());
    }
}
