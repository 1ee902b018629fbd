//! A figure as SVG inside a page, in the page's own colours and fonts.

use std::fmt::Write;

use base64::Engine;

use super::drawing::{Anchor, Dash, Drawing, Ink, Part, Raster, SERIES};

impl Drawing {
    /// The `svg` element; `title` is what a screen reader says.
    #[must_use]
    pub fn svg(&self, title: &str) -> String {
        let [w, h] = self.size;
        let mut svg = format!(
            "<svg viewBox=\"0 0 {w:.1} {h:.1}\" style=\"--w:{w:.0}px\" role=\"img\" aria-label=\"{}\">",
            escape(title)
        );
        for part in &self.parts {
            write(&mut svg, part).expect("writing to a String cannot fail");
        }
        svg + "</svg>"
    }
}

fn write(svg: &mut String, part: &Part) -> std::fmt::Result {
    match part {
        Part::Line { points, width, dash, ink } => {
            let dash = match dash {
                Dash::Solid => "",
                Dash::Dashed => " stroke-dasharray=\"5 4\"",
                Dash::Dotted => " stroke-dasharray=\"1 3\"",
            };
            write!(
                svg,
                "<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{width}\" \
                 stroke-linejoin=\"round\"{dash}/>",
                path(points),
                colour(*ink)
            )
        }
        Part::Polygon { points, ink, rim, rim_width } => write!(
            svg,
            "<polygon points=\"{}\" fill=\"{}\" stroke=\"{}\" stroke-width=\"{rim_width:.2}\"/>",
            path(points),
            colour(*ink),
            colour(*rim)
        ),
        Part::Text { at: [x, y], size, anchor, ink, text, upwards } => {
            let anchor = match anchor {
                Anchor::Start => "start",
                Anchor::Middle => "middle",
                Anchor::End => "end",
            };
            let place = match upwards {
                false => format!("x=\"{x:.1}\" y=\"{y:.1}\""),
                true => format!("transform=\"translate({x:.1} {y:.1}) rotate(-90)\""),
            };
            write!(
                svg,
                "<text {place} font-size=\"{size}\" text-anchor=\"{anchor}\" fill=\"{}\">{}</text>",
                colour(*ink),
                escape(text)
            )
        }
        Part::Image { at: [x, y], size: [w, h], raster, palette } => write!(
            svg,
            "<image x=\"{x:.1}\" y=\"{y:.1}\" width=\"{w:.1}\" height=\"{h:.1}\" preserveAspectRatio=\"none\" \
             href=\"data:image/png;base64,{}\"/>",
            base64::engine::general_purpose::STANDARD.encode(indexed_png(raster, palette))
        ),
    }
}

/// A PNG with a palette: a third of the bytes of true colour.
fn indexed_png(raster: &Raster, palette: &[[u8; 3]]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, raster.width as u32, raster.height as u32);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Balanced);
    encoder.set_palette(palette.concat());
    let written = encoder.write_header().and_then(|mut w| w.write_image_data(&raster.levels));
    written.expect("a raster has the size its header says, and a Vec takes all bytes");
    bytes
}

fn path(points: &[[f64; 2]]) -> String {
    points.iter().map(|[x, y]| format!("{x:.1},{y:.1}")).collect::<Vec<_>>().join(" ")
}

/// A variable of the page's style sheet, so that figures follow light and dark. Maps and the marks on them have the same
/// colours in both.
fn colour(ink: Ink) -> String {
    match ink {
        Ink::Text | Ink::Truth => "var(--ink)".to_owned(),
        Ink::Muted => "var(--muted)".to_owned(),
        Ink::Frame => "var(--frame)".to_owned(),
        Ink::Grid => "var(--grid)".to_owned(),
        Ink::Start => "var(--start)".to_owned(),
        Ink::Series(n) => format!("var(--s{})", n % SERIES),
        Ink::Over | Ink::Under | Ink::Source => {
            let [r, g, b] = ink.on_white();
            format!("#{r:02x}{g:02x}{b:02x}")
        }
    }
}

/// Text that XML takes as text.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
