//! Figures: maps of models and wavefields on one colour scale, and curves.

use fd::Grid;

use crate::canvas::Canvas;
use crate::survey::Survey;

pub use crate::colormap::Scale;
pub use crate::figures::curves::{Axis, Chart, Curve};
pub use crate::figures::panel::Panel;

use crate::figures::colour_bar;
use crate::figures::panel::{Frame, draw};

/// Draws maps side by side (three per row) with one colour bar, and the sources and receivers if a survey is given.
///
/// All panels keep the aspect ratio of the first one's grid.
#[must_use]
pub fn map_figure(panels: &[Panel], scale: &Scale, survey: Option<&Survey>) -> Canvas {
    const GAP: f64 = 14.0;
    let columns = panels.len().clamp(1, 3);
    let rows = panels.len().div_ceil(columns);
    let plot = panels.first().map_or([300.0; 2], |p| plot_size(p.grid, 320.0));
    let frame = Frame::around(plot);
    let [w, h] = frame.size();
    let width = columns as f64 * w + (columns - 1) as f64 * GAP + colour_bar::WIDTH;
    let mut canvas = Canvas::new(width, rows as f64 * h);
    for (i, panel) in panels.iter().enumerate() {
        let at = [(i % columns) as f64 * (w + GAP), (i / columns) as f64 * h];
        draw(&mut canvas, at, &frame, panel, scale, survey);
    }
    let bar_x = columns as f64 * w + (columns - 1) as f64 * GAP + 8.0;
    colour_bar::upright(&mut canvas, [bar_x, frame.top], frame.plot[1], scale);
    canvas
}

/// Draws rows of maps, each row with its own colour bar.
///
/// All panels keep the aspect ratio of the first one's grid.
#[must_use]
pub fn map_rows(rows: &[(Vec<Panel>, Scale)]) -> Canvas {
    const GAP: f64 = 14.0;
    let columns = rows.iter().map(|(panels, _)| panels.len()).max().unwrap_or(0).max(1);
    let plot = rows.iter().flat_map(|(panels, _)| panels.first()).next();
    let plot = plot.map_or([240.0; 2], |p| plot_size(p.grid, 240.0));
    let frame = Frame::around(plot);
    let [w, h] = frame.size();
    let bar_x = columns as f64 * w + (columns - 1) as f64 * GAP + 8.0;
    let mut canvas = Canvas::new(bar_x - 8.0 + colour_bar::WIDTH, rows.len() as f64 * h);
    for (row, (panels, scale)) in rows.iter().enumerate() {
        let top = row as f64 * h;
        for (i, panel) in panels.iter().enumerate() {
            draw(&mut canvas, [i as f64 * (w + GAP), top], &frame, panel, scale, None);
        }
        colour_bar::upright(&mut canvas, [bar_x, top + frame.top], frame.plot[1], scale);
    }
    canvas
}

/// Draws a chart as a separate figure.
#[must_use]
pub fn chart_figure(chart: &Chart) -> Canvas {
    let [w, h] = chart.size();
    let mut canvas = Canvas::new(w, h);
    chart.draw(&mut canvas);
    canvas
}

/// Width and height of a plot with the aspect ratio of a grid, in a box about `side` wide.
pub(crate) fn plot_size(grid: &Grid, side: f64) -> [f64; 2] {
    let across = (grid.nx() - 1) as f64 * grid.spacing[0];
    let down = (grid.nz() - 1) as f64 * grid.spacing[1];
    // Very long or very deep models are compressed, because they would otherwise be too thin to see.
    let ratio = (down / across).clamp(0.25, 1.6);
    [side, (side * ratio).round()]
}
