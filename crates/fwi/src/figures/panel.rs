//! One map: values on a grid as colours, with axes in metres.

use fd::Grid;

use crate::colormap::Scale;
use crate::drawing::{Anchor, Dash, Drawing, Ink, Raster, frame as draw_frame};
use crate::model;
use crate::survey::Survey;
use crate::ticks;

/// The contents of one map.
///
/// # Shapes
/// `values` is `[z, x]` on `grid`.
#[derive(Debug, Clone)]
pub struct Panel<'a> {
    /// Above the map, on the left.
    pub title: String,
    /// Above the map, on the right.
    pub note: String,
    /// Where the samples are.
    pub grid: &'a Grid,
    /// The samples.
    pub values: &'a [f64],
    /// Lines of points `[x, z]` (m), drawn dashed on top.
    pub outline: Option<&'a [Vec<[f64; 2]>]>,
    /// The labels of the horizontal and the vertical axis.
    pub axes: [&'static str; 2],
}

impl<'a> Panel<'a> {
    /// A map without a note or an outline.
    pub fn new(title: impl Into<String>, grid: &'a Grid, values: &'a [f64]) -> Panel<'a> {
        Panel {
            title: title.into(),
            note: String::new(),
            grid,
            values,
            outline: None,
            axes: ["x (m)", "depth z (m)"],
        }
    }
}

/// The margins around a plot, in CSS pixels.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) right: f64,
    pub(crate) bottom: f64,
    /// Width and height of the plot itself.
    pub(crate) plot: [f64; 2],
}

impl Frame {
    pub(crate) fn around(plot: [f64; 2]) -> Frame {
        Frame { left: 58.0, top: 28.0, right: 14.0, bottom: 44.0, plot }
    }

    pub(crate) fn size(&self) -> [f64; 2] {
        [self.left + self.plot[0] + self.right, self.top + self.plot[1] + self.bottom]
    }
}

/// Image pixels of a map per CSS pixel: sharp on high-resolution screens and on paper.
const DENSITY: f64 = 2.0;

/// Draws a map with its frame's top left corner at `at`.
pub(crate) fn draw(
    on: &mut dyn Drawing,
    at: [f64; 2],
    frame: &Frame,
    panel: &Panel,
    scale: &Scale,
    survey: Option<&Survey>,
) {
    let [x0, y0] = [at[0] + frame.left, at[1] + frame.top];
    let [w, h] = frame.plot;
    let grid = panel.grid;
    let [lo, hi] = [grid.domain().lo, grid.domain().hi];
    let to_plot =
        |p: [f64; 2]| [x0 + w * (p[0] - lo[0]) / (hi[0] - lo[0]), y0 + h * (p[1] - lo[1]) / (hi[1] - lo[1])];
    on.image(x0, y0, w, h, &raster(panel, scale, frame.plot), scale);
    for line in panel.outline.unwrap_or_default() {
        let line: Vec<[f64; 2]> = line.iter().map(|p| to_plot(*p)).collect();
        on.line(&line, 2.6, Dash::Solid, Ink::Over);
        on.line(&line, 1.4, Dash::Dashed, Ink::Under);
    }
    if let Some(survey) = survey {
        let size = (w / 280.0).clamp(0.6, 1.0);
        let covered = |points: &[[f64; 2]]| -> Vec<[f64; 2]> {
            points.iter().filter(|p| grid.covers(**p)).map(|p| to_plot(*p)).collect()
        };
        // Only the receivers of the middle shot if they move with the shots, so that the map remains visible.
        for p in covered(survey.receivers.of(survey.sources.len() / 2)) {
            mark(on, p, &TRIANGLE, 3.4 * size);
        }
        for p in covered(&survey.sources) {
            mark(on, p, &star(), 6.0 * size);
        }
    }
    draw_frame(on, x0, y0, w, h, Ink::Frame);
    let (values, step) = ticks::linear(lo[0], hi[0], (w / 55.0) as usize);
    for v in values {
        let x = to_plot([v, lo[1]])[0];
        on.line(&[[x, y0 + h], [x, y0 + h + 4.0]], 1.0, Dash::Solid, Ink::Frame);
        on.text(x, y0 + h + 17.0, 11.0, Anchor::Middle, Ink::Muted, &ticks::label(v, step));
    }
    let (values, step) = ticks::linear(lo[1], hi[1], ((h / 60.0) as usize).max(2));
    for v in values {
        let y = to_plot([lo[0], v])[1];
        on.line(&[[x0 - 4.0, y], [x0, y]], 1.0, Dash::Solid, Ink::Frame);
        on.text(x0 - 7.0, y + 4.0, 11.0, Anchor::End, Ink::Muted, &ticks::label(v, step));
    }
    on.text(x0 + 0.5 * w, y0 + h + 35.0, 12.0, Anchor::Middle, Ink::Text, panel.axes[0]);
    on.text_upwards(at[0] + 14.0, y0 + 0.5 * h, 12.0, Ink::Text, panel.axes[1]);
    on.text(x0, y0 - 9.0, title_size(panel, w), Anchor::Start, Ink::Text, &panel.title);
    on.text(x0 + w, y0 - 9.0, 11.0, Anchor::End, Ink::Muted, &panel.note);
}

/// Letter size at which the title ends before the note begins, 13 if there is room.
fn title_size(panel: &Panel, width: f64) -> f64 {
    // A letter is about 0.56 of its size wide.
    let letters = |text: &str| 0.56 * text.chars().count() as f64;
    let room = width - 11.0 * letters(&panel.note) - 8.0;
    (room / letters(&panel.title).max(1.0)).clamp(8.0, 13.0)
}

/// The values between the outermost nodes, interpolated bilinearly.
fn raster(panel: &Panel, scale: &Scale, size: [f64; 2]) -> Raster {
    let [width, height] = size.map(|n| (DENSITY * n).round().max(1.0) as usize);
    let [lo, hi] = [panel.grid.domain().lo, panel.grid.domain().hi];
    let centre = |i: usize, n: usize, a: usize| lo[a] + (i as f64 + 0.5) / n as f64 * (hi[a] - lo[a]);
    let mut levels = Vec::with_capacity(width * height);
    for row in 0..height {
        for column in 0..width {
            let point = [centre(column, width, 0), centre(row, height, 1)];
            levels.push(scale.level(model::sample(panel.grid, panel.values, point)));
        }
    }
    Raster { width, height, levels }
}

/// Corners of a receiver's triangle, pointing down, for a radius of 1.
const TRIANGLE: [[f64; 2]; 3] = [[-0.95, -0.6], [0.95, -0.6], [0.0, 1.0]];

/// Corners of a source's star, for a radius of 1.
fn star() -> [[f64; 2]; 10] {
    std::array::from_fn(|i| {
        let radius = if i % 2 == 0 { 1.0 } else { 0.45 };
        let angle = std::f64::consts::PI * (i as f64 / 5.0 - 0.5);
        [radius * angle.cos(), radius * angle.sin()]
    })
}

/// A light mark with a dark rim, visible on any colour.
fn mark(on: &mut dyn Drawing, at: [f64; 2], shape: &[[f64; 2]], radius: f64) {
    let rim = (0.4 * radius).min(1.4);
    let scaled = |r: f64| shape.iter().map(|p| [at[0] + r * p[0], at[1] + r * p[1]]).collect::<Vec<_>>();
    on.polygon(&scaled(radius + rim), Ink::Over);
    on.polygon(&scaled(radius), Ink::Under);
}
