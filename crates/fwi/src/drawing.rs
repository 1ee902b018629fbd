//! The interface that figures are drawn on: the same figure can be drawn as pixels ([`crate::canvas`]) and as SVG
//! ([`crate::svg`]).

use crate::colormap::Scale;

/// The meaning of a stroke or a letter; each surface decides its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    /// Titles and labels.
    Text,
    /// Numbers at ticks.
    Muted,
    /// Frames of plots.
    Frame,
    /// Lines behind a plot.
    Grid,
    /// On top of a map, dark.
    Over,
    /// On top of a map, light.
    Under,
    /// The truth.
    Truth,
    /// The starting model.
    Start,
    /// The n-th inversion.
    Series(usize),
}

/// The point of a text that its position refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// Its left end.
    Start,
    /// Its middle.
    Middle,
    /// Its right end.
    End,
}

/// How a line is dashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dash {
    /// Not at all.
    Solid,
    /// Strokes and gaps.
    Dashed,
    /// Points.
    Dotted,
}

/// An image of levels on a colour scale.
#[derive(Debug, Clone)]
pub struct Raster {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// One of 256 levels per pixel, row by row from the top.
    pub levels: Vec<u8>,
}

/// A surface with the origin at the top left, x to the right and y down, in CSS pixels.
pub trait Drawing {
    /// Fills a rectangle.
    fn fill(&mut self, x: f64, y: f64, width: f64, height: f64, ink: Ink);
    /// Draws a connected line.
    fn line(&mut self, points: &[[f64; 2]], width: f64, dash: Dash, ink: Ink);
    /// Fills a closed polygon.
    fn polygon(&mut self, points: &[[f64; 2]], ink: Ink);
    /// Writes text; `y` is its base line.
    fn text(&mut self, x: f64, y: f64, size: f64, anchor: Anchor, ink: Ink, text: &str);
    /// Writes text upwards; `x` is its base line.
    fn text_upwards(&mut self, x: f64, y: f64, size: f64, ink: Ink, text: &str);
    /// Draws an image into a rectangle.
    fn image(&mut self, x: f64, y: f64, width: f64, height: f64, raster: &Raster, scale: &Scale);
}

/// Draws the frame of a rectangle.
pub(crate) fn frame(on: &mut dyn Drawing, x: f64, y: f64, w: f64, h: f64, ink: Ink) {
    on.line(&[[x, y], [x + w, y], [x + w, y + h], [x, y + h], [x, y]], 1.0, Dash::Solid, ink);
}
