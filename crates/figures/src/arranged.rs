//! Maps side by side or in rows, with their colour bars.

use super::colormap::Scale;
use super::colour_bar;
use super::drawing::Drawing;
use super::map::{Frame, Map, draw};

/// Space between maps, in CSS pixels.
const GAP: f64 = 14.0;

/// Draws maps with one colour bar. Up to three maps share a row; maps that are much wider than high stand below each other.
///
/// All maps keep the aspect ratio of the first one's grid.
#[must_use]
pub fn map_figure(maps: &[Map], scale: &Scale) -> Drawing {
    let wide = maps.first().is_some_and(|map| map.aspect() >= 1.8);
    let (most, side) = if wide { (1, 640.0) } else { (3, 320.0) };
    let columns = maps.len().clamp(1, most);
    let rows = maps.len().div_ceil(columns);
    let plot = maps.first().map_or([300.0; 2], |map| map.plot_size(side));
    let frame = Frame::around(plot);
    let [w, h] = frame.size();
    let width = columns as f64 * w + (columns - 1) as f64 * GAP + colour_bar::WIDTH;
    let mut drawing = Drawing::new(width, rows as f64 * h);
    for (i, map) in maps.iter().enumerate() {
        let at = [(i % columns) as f64 * (w + GAP), (i / columns) as f64 * h];
        draw(&mut drawing, at, &frame, map, scale);
    }
    let bar_x = columns as f64 * w + (columns - 1) as f64 * GAP + 8.0;
    colour_bar::upright(&mut drawing, [bar_x, frame.top], frame.plot[1], scale);
    drawing
}

/// Draws rows of maps, each with a colour bar of its own.
///
/// All maps keep the aspect ratio of the first one's grid.
#[must_use]
pub fn map_rows(rows: &[(Vec<Map>, Scale)]) -> Drawing {
    let columns = rows.iter().map(|(maps, _)| maps.len()).max().unwrap_or(0).max(1);
    let plot = rows.iter().flat_map(|(maps, _)| maps.first()).next();
    let plot = plot.map_or([240.0; 2], |map| map.plot_size(240.0));
    let frame = Frame::around(plot);
    let [w, h] = frame.size();
    let bar_x = columns as f64 * w + (columns - 1) as f64 * GAP + 8.0;
    let mut drawing = Drawing::new(bar_x - 8.0 + colour_bar::WIDTH, rows.len() as f64 * h);
    for (row, (maps, scale)) in rows.iter().enumerate() {
        let top = row as f64 * h;
        for (i, map) in maps.iter().enumerate() {
            draw(&mut drawing, [i as f64 * (w + GAP), top], &frame, map, scale);
        }
        colour_bar::upright(&mut drawing, [bar_x, top + frame.top], frame.plot[1], scale);
    }
    drawing
}

/// One map without a colour bar; `side` is the width of the plot itself in CSS pixels.
#[must_use]
pub fn single_map(map: &Map, side: f64, scale: &Scale) -> Drawing {
    sized_map(map, map.plot_size(side), scale)
}

/// One map without a colour bar, its plot as wide and as high as given in CSS pixels.
#[must_use]
pub fn sized_map(map: &Map, plot: [f64; 2], scale: &Scale) -> Drawing {
    let frame = Frame::around(plot);
    let [w, h] = frame.size();
    let mut drawing = Drawing::new(w, h);
    draw(&mut drawing, [0.0; 2], &frame, map, scale);
    drawing
}

/// A colour bar that lies on its side.
#[must_use]
pub fn flat_bar(scale: &Scale) -> Drawing {
    const LENGTH: f64 = 400.0;
    let mut drawing = Drawing::new(LENGTH + 60.0, colour_bar::HEIGHT);
    colour_bar::flat(&mut drawing, [30.0, 4.0], LENGTH, scale);
    drawing
}
