//! The parts of a figure (lines, polygons, texts and images), described once for SVG and for pixels.

use super::colormap::Scale;

/// Number of colours of series. Further series repeat them.
pub const SERIES: usize = 8;

/// The meaning of a stroke or a letter. The page or the file determines its colour.
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
    /// A source on top of a map.
    Source,
    /// The truth.
    Truth,
    /// The starting model.
    Start,
    /// The n-th member.
    Series(usize),
}

impl Ink {
    /// The colour on white. The first colours of the series are those of Okabe and Ito, which colour-blind readers can distinguish.
    pub(super) fn on_white(self) -> [u8; 3] {
        const OF_SERIES: [[u8; 3]; SERIES] = [
            [0, 114, 178],
            [213, 94, 0],
            [0, 158, 115],
            [204, 121, 167],
            [166, 118, 29],
            [86, 180, 233],
            [117, 76, 163],
            [122, 126, 20],
        ];
        match self {
            Ink::Text | Ink::Over | Ink::Truth => [28, 30, 33],
            Ink::Muted => [92, 98, 107],
            Ink::Frame => [120, 126, 135],
            Ink::Start => [140, 146, 155],
            Ink::Grid => [226, 229, 233],
            Ink::Under => [255, 255, 255],
            Ink::Source => [232, 40, 30],
            Ink::Series(n) => OF_SERIES[n % SERIES],
        }
    }
}

/// The point of a text that is at its position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
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
pub(super) struct Raster {
    /// Columns.
    pub(super) width: usize,
    /// Rows.
    pub(super) height: usize,
    /// One of 256 levels a pixel, row by row from the top.
    pub(super) levels: Vec<u8>,
}

/// One part of a figure; positions and lengths are in CSS pixels.
#[derive(Debug, Clone)]
pub(super) enum Part {
    /// A connected line.
    Line { points: Vec<[f64; 2]>, width: f64, dash: Dash, ink: Ink },
    /// A filled polygon with a rim.
    Polygon { points: Vec<[f64; 2]>, ink: Ink, rim: Ink, rim_width: f64 },
    /// Text; `at` is on its base line. Text that runs upwards is centred.
    Text { at: [f64; 2], size: f64, anchor: Anchor, ink: Ink, text: String, upwards: bool },
    /// An image in a rectangle.
    Image { at: [f64; 2], size: [f64; 2], raster: Raster, palette: Vec<[u8; 3]> },
}

/// A figure being drawn: the origin is at the top left, x to the right and y down, in CSS pixels.
#[derive(Debug, Clone)]
pub struct Drawing {
    /// Width and height.
    pub(super) size: [f64; 2],
    /// Its parts, with the last on top.
    pub(super) parts: Vec<Part>,
}

impl Drawing {
    /// An empty drawing of that size in CSS pixels.
    pub(super) fn new(width: f64, height: f64) -> Drawing {
        Drawing { size: [width, height], parts: Vec::new() }
    }

    /// Draws a connected line.
    pub(super) fn line(&mut self, points: &[[f64; 2]], width: f64, dash: Dash, ink: Ink) {
        if points.len() > 1 {
            self.parts.push(Part::Line { points: points.to_vec(), width, dash, ink });
        }
    }

    /// Draws the frame of a rectangle.
    pub(super) fn frame(&mut self, x: f64, y: f64, w: f64, h: f64) {
        self.line(&[[x, y], [x + w, y], [x + w, y + h], [x, y + h], [x, y]], 1.0, Dash::Solid, Ink::Frame);
    }

    /// Fills a closed polygon and draws a rim around it.
    pub(super) fn polygon(&mut self, points: &[[f64; 2]], ink: Ink, rim: Ink, rim_width: f64) {
        self.parts.push(Part::Polygon { points: points.to_vec(), ink, rim, rim_width });
    }

    /// Writes text; `y` is its base line.
    pub(super) fn text(&mut self, x: f64, y: f64, size: f64, anchor: Anchor, ink: Ink, text: &str) {
        if !text.is_empty() {
            let text = text.to_owned();
            self.parts.push(Part::Text { at: [x, y], size, anchor, ink, text, upwards: false });
        }
    }

    /// Writes text upwards; `x` is its base line and `y` its middle.
    pub(super) fn text_upwards(&mut self, x: f64, y: f64, size: f64, ink: Ink, text: &str) {
        if !text.is_empty() {
            let text = text.to_owned();
            self.parts.push(Part::Text {
                at: [x, y],
                size,
                anchor: Anchor::Middle,
                ink,
                text,
                upwards: true,
            });
        }
    }

    /// Draws an image into a rectangle.
    pub(super) fn image(&mut self, at: [f64; 2], size: [f64; 2], raster: Raster, scale: &Scale) {
        self.parts.push(Part::Image { at, size, raster, palette: scale.palette() });
    }
}
