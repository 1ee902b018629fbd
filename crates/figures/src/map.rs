//! One map: values on a grid as colours, with axes.

use fd::Grid;

use super::colormap::Scale;
use super::drawing::{Anchor, Dash, Drawing, Ink, Raster};
use super::marks::{self, Marks};
use survey::model;
use survey::ticks;

/// The contents of one map.
///
/// # Shapes
/// `values` is `[z, x]` on `grid`.
#[derive(Debug, Clone)]
pub struct Map<'a> {
    /// Over the map, on the left.
    pub title: String,
    /// Over the map, on the right.
    pub note: String,
    /// Where the samples are.
    pub grid: &'a Grid,
    /// The samples.
    pub values: &'a [f64],
    /// Lines of points `[x, z]` (m) drawn dashed on top.
    pub outline: Option<&'a [Vec<[f64; 2]>]>,
    /// Sources and receivers drawn on top.
    pub marks: Option<&'a Marks>,
    /// The labels of the axes, across and down.
    pub axes: [&'static str; 2],
    /// Whether the samples are drawn without interpolation, for values with jumps, such as a phase.
    pub blocky: bool,
}

/// A map with samples of its own.
#[derive(Debug)]
pub(crate) struct OwnedMap {
    title: String,
    note: String,
    grid: Grid,
    values: Vec<f64>,
    outline: Option<Vec<Vec<[f64; 2]>>>,
    marks: Option<Marks>,
    axes: [&'static str; 2],
    blocky: bool,
}

impl OwnedMap {
    pub(crate) fn map(&self) -> Map<'_> {
        Map {
            title: self.title.clone(),
            note: self.note.clone(),
            grid: &self.grid,
            values: &self.values,
            outline: self.outline.as_deref(),
            marks: self.marks.as_ref(),
            axes: self.axes,
            blocky: self.blocky,
        }
    }

    pub(crate) fn aspect(&self) -> f64 {
        self.map().aspect()
    }
}

impl From<&Map<'_>> for OwnedMap {
    fn from(map: &Map) -> OwnedMap {
        OwnedMap {
            title: map.title.clone(),
            note: map.note.clone(),
            grid: *map.grid,
            values: map.values.to_vec(),
            outline: map.outline.map(<[_]>::to_vec),
            marks: map.marks.cloned(),
            axes: map.axes,
            blocky: map.blocky,
        }
    }
}

impl<'a> Map<'a> {
    /// A map without a note, an outline or marks, over x and depth.
    pub fn new(title: impl Into<String>, grid: &'a Grid, values: &'a [f64]) -> Map<'a> {
        Map {
            title: title.into(),
            note: String::new(),
            grid,
            values,
            outline: None,
            marks: None,
            axes: ["x (m)", "depth z (m)"],
            blocky: false,
        }
    }

    /// Width over height of the grid.
    #[must_use]
    pub fn aspect(&self) -> f64 {
        let [across, down] =
            [(self.grid.nx(), 0), (self.grid.nz(), 1)].map(|(n, a)| (n - 1) as f64 * self.grid.spacing[a]);
        across / down
    }

    /// Width and height of the plot with the aspect ratio of the grid, `side` wide.
    pub(super) fn plot_size(&self, side: f64) -> [f64; 2] {
        // Very long or very deep models are squeezed rather than drawn as a thread.
        [side, (side / self.aspect()).clamp(0.25 * side, 1.6 * side).round()]
    }
}

/// The room around a plot, in CSS pixels.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    left: f64,
    pub(super) top: f64,
    right: f64,
    bottom: f64,
    /// Width and height of the plot itself.
    pub(super) plot: [f64; 2],
}

impl Frame {
    pub(super) fn around(plot: [f64; 2]) -> Frame {
        Frame { left: 58.0, top: 28.0, right: 14.0, bottom: 44.0, plot }
    }

    pub(super) fn size(&self) -> [f64; 2] {
        [self.left + self.plot[0] + self.right, self.top + self.plot[1] + self.bottom]
    }
}

/// Most pixels of a map's image for each CSS pixel, and for each node: finer ones would only enlarge the file.
const DENSITY: f64 = 2.0;

/// Draws a map with its frame's top left corner at `at`.
pub(super) fn draw(on: &mut Drawing, at: [f64; 2], frame: &Frame, map: &Map, scale: &Scale) {
    let [x0, y0] = [at[0] + frame.left, at[1] + frame.top];
    let [w, h] = frame.plot;
    let grid = map.grid;
    let [lo, hi] = [grid.domain().lo, grid.domain().hi];
    let to_plot =
        |p: [f64; 2]| [x0 + w * (p[0] - lo[0]) / (hi[0] - lo[0]), y0 + h * (p[1] - lo[1]) / (hi[1] - lo[1])];
    on.image([x0, y0], frame.plot, raster(map, scale, frame.plot), scale);
    for line in map.outline.unwrap_or_default() {
        let line: Vec<[f64; 2]> = line.iter().map(|p| to_plot(*p)).collect();
        on.line(&line, 2.6, Dash::Solid, Ink::Over);
        on.line(&line, 1.4, Dash::Dashed, Ink::Under);
    }
    on.frame(x0, y0, w, h);
    if let Some(marks) = map.marks {
        let covered = |points: &[[f64; 2]]| -> Vec<[f64; 2]> {
            points.iter().filter(|p| grid.covers(**p)).map(|p| to_plot(*p)).collect()
        };
        marks::draw(on, &covered(&marks.sources), &covered(&marks.receivers));
    }
    let (values, step) = ticks::axis(lo[0], hi[0], (w / 75.0) as usize);
    for v in values {
        let x = to_plot([v, lo[1]])[0];
        on.line(&[[x, y0 + h], [x, y0 + h + 4.0]], 1.0, Dash::Solid, Ink::Frame);
        on.text(x, y0 + h + 17.0, 11.0, Anchor::Middle, Ink::Muted, &ticks::label(v, step));
    }
    let (values, step) = ticks::axis(lo[1], hi[1], (h / 60.0) as usize);
    for v in values {
        let y = to_plot([lo[0], v])[1];
        on.line(&[[x0 - 4.0, y], [x0, y]], 1.0, Dash::Solid, Ink::Frame);
        on.text(x0 - 7.0, y + 4.0, 11.0, Anchor::End, Ink::Muted, &ticks::label(v, step));
    }
    on.text(x0 + 0.5 * w, y0 + h + 35.0, 12.0, Anchor::Middle, Ink::Text, map.axes[0]);
    on.text_upwards(at[0] + 14.0, y0 + 0.5 * h, 12.0, Ink::Text, map.axes[1]);
    on.text(x0, y0 - 9.0, title_size(map, w), Anchor::Start, Ink::Text, &map.title);
    on.text(x0 + w, y0 - 9.0, 11.0, Anchor::End, Ink::Muted, &map.note);
}

/// Size of the title's letters with which it ends before the note begins, 13 if there is room.
fn title_size(map: &Map, width: f64) -> f64 {
    // A letter is about 0.56 of its size wide.
    let letters = |text: &str| 0.56 * text.chars().count() as f64;
    let room = width - 11.0 * letters(&map.note) - 8.0;
    (room / letters(&map.title).max(1.0)).clamp(8.0, 13.0)
}

/// The value at the node nearest to a point.
fn nearest(map: &Map, point: [f64; 2]) -> f64 {
    let grid = map.grid;
    let node = |a: usize, nodes: usize| {
        let place = (point[a] - grid.domain().lo[a]) / grid.spacing[a];
        (place.round().max(0.0) as usize).min(nodes - 1)
    };
    map.values[grid.index(node(1, grid.nz()), node(0, grid.nx()))]
}

/// The values between the outermost nodes, interpolated bilinearly unless the map is blocky.
fn raster(map: &Map, scale: &Scale, size: [f64; 2]) -> Raster {
    let nodes = [map.grid.nx(), map.grid.nz()];
    let pixels = |a: usize| (DENSITY * size[a].min(nodes[a] as f64)).round().max(1.0) as usize;
    let [width, height] = [pixels(0), pixels(1)];
    let [lo, hi] = [map.grid.domain().lo, map.grid.domain().hi];
    let centre = |i: usize, n: usize, a: usize| lo[a] + (i as f64 + 0.5) / n as f64 * (hi[a] - lo[a]);
    let mut levels = Vec::with_capacity(width * height);
    for row in 0..height {
        for column in 0..width {
            let point = [centre(column, width, 0), centre(row, height, 1)];
            let value =
                if map.blocky { nearest(map, point) } else { model::sample(map.grid, map.values, point) };
            levels.push(scale.level(value));
        }
    }
    Raster { width, height, levels }
}
