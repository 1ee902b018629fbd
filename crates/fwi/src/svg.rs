//! Figures as SVG inside a page, with the colours and fonts of the page.

use std::fmt::Write;

use base64::Engine;

use crate::colormap::Scale;
use crate::drawing::{Anchor, Dash, Drawing, Ink, Raster};

/// Number of series colours; further series reuse them.
pub(crate) const SERIES: usize = 8;

/// An SVG element being drawn.
#[derive(Debug, Clone)]
pub struct Svg {
    size: [f64; 2],
    body: String,
}

impl Svg {
    /// An empty drawing of this size in CSS pixels.
    #[must_use]
    pub fn new(width: f64, height: f64) -> Svg {
        Svg { size: [width, height], body: String::new() }
    }

    /// The element; `title` is read by a screen reader.
    #[must_use]
    pub fn finish(self, title: &str) -> String {
        let [w, h] = self.size;
        let (title, widest) = (escape(title), 1.25 * w);
        format!(
            "<svg viewBox=\"0 0 {w} {h}\" style=\"max-width:{widest}px\" role=\"img\" aria-label=\"{title}\">{}</svg>",
            self.body
        )
    }

    fn add(&mut self, element: std::fmt::Arguments) {
        self.body.write_fmt(element).expect("writing to a String cannot fail");
    }
}

impl Drawing for Svg {
    fn fill(&mut self, x: f64, y: f64, width: f64, height: f64, ink: Ink) {
        let colour = colour(ink);
        self.add(format_args!(
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" fill=\"{colour}\"/>"
        ));
    }

    fn line(&mut self, points: &[[f64; 2]], width: f64, dash: Dash, ink: Ink) {
        let dash = match dash {
            Dash::Solid => "",
            Dash::Dashed => " stroke-dasharray=\"5 4\"",
            Dash::Dotted => " stroke-dasharray=\"1 3\"",
        };
        let (path, colour) = (path(points), colour(ink));
        self.add(format_args!(
            "<polyline points=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width}\" \
             stroke-linejoin=\"round\"{dash}/>"
        ));
    }

    fn polygon(&mut self, points: &[[f64; 2]], ink: Ink) {
        let (path, colour) = (path(points), colour(ink));
        self.add(format_args!("<polygon points=\"{path}\" fill=\"{colour}\"/>"));
    }

    fn text(&mut self, x: f64, y: f64, size: f64, anchor: Anchor, ink: Ink, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let (colour, text) = (colour(ink), escape(text));
        self.add(format_args!(
            "<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"{size}\" text-anchor=\"{anchor}\" fill=\"{colour}\">{text}</text>"
        ));
    }

    fn text_upwards(&mut self, x: f64, y: f64, size: f64, ink: Ink, text: &str) {
        let (colour, text) = (colour(ink), escape(text));
        self.add(format_args!(
            "<text transform=\"translate({x:.1} {y:.1}) rotate(-90)\" font-size=\"{size}\" text-anchor=\"middle\" \
             fill=\"{colour}\">{text}</text>"
        ));
    }

    fn image(&mut self, x: f64, y: f64, width: f64, height: f64, raster: &Raster, scale: &Scale) {
        let data = base64::engine::general_purpose::STANDARD.encode(indexed_png(raster, scale));
        self.add(format_args!(
            "<image x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" \
             preserveAspectRatio=\"none\" href=\"data:image/png;base64,{data}\"/>"
        ));
    }
}

/// A PNG with a palette, which needs a third of the bytes of true colour.
fn indexed_png(raster: &Raster, scale: &Scale) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, raster.width as u32, raster.height as u32);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_palette(scale.palette().concat());
    let written = encoder.write_header().and_then(|mut w| w.write_image_data(&raster.levels));
    written.expect("a raster has the size its header says, and a Vec takes all bytes");
    bytes
}

fn path(points: &[[f64; 2]]) -> String {
    points.iter().map(|[x, y]| format!("{x:.1},{y:.1}")).collect::<Vec<_>>().join(" ")
}

/// Variables of the page's style sheet, so that figures follow light and dark mode.
fn colour(ink: Ink) -> String {
    match ink {
        Ink::Text => "var(--ink)".to_owned(),
        Ink::Muted => "var(--muted)".to_owned(),
        Ink::Frame => "var(--frame)".to_owned(),
        Ink::Grid => "var(--grid)".to_owned(),
        Ink::Truth => "var(--ink)".to_owned(),
        Ink::Start => "var(--start)".to_owned(),
        // Maps and the marks on them have the same colours in light and dark mode.
        Ink::Over => "#1c1e21".to_owned(),
        Ink::Under => "#fff".to_owned(),
        Ink::Series(n) => format!("var(--s{})", n % SERIES),
    }
}

/// Escapes text for HTML and XML.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
