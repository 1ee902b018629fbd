//! Figures as images, two pixels for each CSS pixel, on white.

use ab_glyph::{Font, FontRef, Glyph, PxScale, ScaleFont, point};

use crate::colormap::Scale;
use crate::drawing::{Anchor, Dash, Drawing, Ink, Raster};

/// Pixels for each unit of a drawing.
const DENSITY: f64 = 2.0;

/// An image being drawn.
#[derive(Debug, Clone)]
pub struct Canvas {
    width: usize,
    height: usize,
    /// Red, green, blue, row by row from the top.
    pixels: Vec<u8>,
}

impl Canvas {
    /// A white canvas of this size in CSS pixels.
    #[must_use]
    pub fn new(width: f64, height: f64) -> Canvas {
        let [width, height] = [width, height].map(|n| (n * DENSITY).ceil().max(1.0) as usize);
        Canvas { width, height, pixels: vec![255; 3 * width * height] }
    }

    /// The canvas as a PNG file.
    #[must_use]
    pub fn to_png(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, self.width as u32, self.height as u32);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        let written = encoder.write_header().and_then(|mut w| w.write_image_data(&self.pixels));
        written.expect("a canvas has the size its header says, and a Vec takes all bytes");
        bytes
    }

    /// Mixes a colour into a pixel; `coverage` from 0 to 1.
    fn mix(&mut self, x: i64, y: i64, coverage: f64, colour: [u8; 3]) {
        let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y)) else { return };
        if x >= self.width || y >= self.height || coverage <= 0.0 {
            return;
        }
        let at = 3 * (y * self.width + x);
        for (p, c) in self.pixels[at..at + 3].iter_mut().zip(colour) {
            *p = (f64::from(*p) + coverage.min(1.0) * (f64::from(c) - f64::from(*p))).round() as u8;
        }
    }

    /// Shades every pixel by a function of its centre; the box limits the work.
    fn shade(&mut self, lo: [f64; 2], hi: [f64; 2], colour: [u8; 3], coverage: impl Fn(f64, f64) -> f64) {
        let [x0, y0] = lo.map(|v| v.floor().max(0.0) as i64);
        let (x1, y1) =
            (hi[0].ceil().min(self.width as f64) as i64, hi[1].ceil().min(self.height as f64) as i64);
        for y in y0..y1 {
            for x in x0..x1 {
                self.mix(x, y, coverage(x as f64 + 0.5, y as f64 + 0.5), colour);
            }
        }
    }

    fn segment(&mut self, a: [f64; 2], b: [f64; 2], width: f64, colour: [u8; 3]) {
        let d = [b[0] - a[0], b[1] - a[1]];
        let length2 = (d[0] * d[0] + d[1] * d[1]).max(1e-12);
        let reach = 0.5 * width + 1.0;
        let lo = [a[0].min(b[0]) - reach, a[1].min(b[1]) - reach];
        let hi = [a[0].max(b[0]) + reach, a[1].max(b[1]) + reach];
        self.shade(lo, hi, colour, |x, y| {
            let t = (((x - a[0]) * d[0] + (y - a[1]) * d[1]) / length2).clamp(0.0, 1.0);
            let distance = (x - a[0] - t * d[0]).hypot(y - a[1] - t * d[1]);
            (0.5 * width + 0.5 - distance).clamp(0.0, width.min(1.0))
        });
    }

    fn write(&mut self, at: [f64; 2], size: f64, anchor: Anchor, ink: Ink, text: &str, upwards: bool) {
        let font = font();
        let scale = PxScale::from((size * DENSITY * 1.33) as f32);
        let scaled = font.as_scaled(scale);
        let mut pen = 0.0f32;
        let mut glyphs: Vec<Glyph> = Vec::new();
        let mut last = None;
        for c in text.chars() {
            let id = font.glyph_id(c);
            pen += last.map_or(0.0, |l| scaled.kern(l, id));
            glyphs.push(id.with_scale_and_position(scale, point(pen, 0.0)));
            pen += scaled.h_advance(id);
            last = Some(id);
        }
        let shift = match anchor {
            Anchor::Start => 0.0,
            Anchor::Middle => -0.5 * f64::from(pen),
            Anchor::End => -f64::from(pen),
        };
        let [x0, y0] = at.map(|v| v * DENSITY);
        let colour = colour(ink);
        for outline in glyphs.into_iter().filter_map(|g| font.outline_glyph(g)) {
            let corner = outline.px_bounds().min;
            outline.draw(|gx, gy, coverage| {
                let along = f64::from(corner.x) + f64::from(gx) + shift;
                let down = f64::from(corner.y) + f64::from(gy);
                let (x, y) = if upwards { (x0 + down, y0 - along) } else { (x0 + along, y0 + down) };
                self.mix(x.floor() as i64, y.floor() as i64, f64::from(coverage), colour);
            });
        }
    }
}

impl Drawing for Canvas {
    fn fill(&mut self, x: f64, y: f64, width: f64, height: f64, ink: Ink) {
        let [x, y, width, height] = [x, y, width, height].map(|v| v * DENSITY);
        let overlap =
            |at: f64, lo: f64, n: f64| ((at + 0.5).min(lo + n) - (at - 0.5).max(lo)).clamp(0.0, 1.0);
        self.shade([x, y], [x + width, y + height], colour(ink), |px, py| {
            overlap(px, x, width) * overlap(py, y, height)
        });
    }

    fn line(&mut self, points: &[[f64; 2]], width: f64, dash: Dash, ink: Ink) {
        let (stroke, gap) = match dash {
            Dash::Solid => (f64::INFINITY, 0.0),
            Dash::Dashed => (10.0, 8.0),
            Dash::Dotted => (2.0, 6.0),
        };
        let mut along = 0.0;
        for pair in points.windows(2) {
            let [a, b] = [pair[0].map(|v| v * DENSITY), pair[1].map(|v| v * DENSITY)];
            let length = (b[0] - a[0]).hypot(b[1] - a[1]);
            let at = |t: f64| [a[0] + t / length * (b[0] - a[0]), a[1] + t / length * (b[1] - a[1])];
            let mut from = 0.0;
            while from < length {
                let phase = (along + from) % (stroke + gap);
                let phase = if phase.is_nan() { 0.0 } else { phase };
                let to = if phase < stroke { (from + stroke - phase).min(length) } else { from };
                if to > from {
                    self.segment(at(from), at(to), width * DENSITY, colour(ink));
                }
                from = if phase < stroke {
                    to + if to < length { gap } else { 0.0 }
                } else {
                    from + stroke + gap - phase
                };
            }
            along += length;
        }
    }

    fn polygon(&mut self, points: &[[f64; 2]], ink: Ink) {
        let points: Vec<[f64; 2]> = points.iter().map(|p| p.map(|v| v * DENSITY)).collect();
        let side = |a: usize, pick: fn(f64, f64) -> f64| points.iter().map(|p| p[a]).fold(points[0][a], pick);
        let inside = |x: f64, y: f64| {
            let mut odd = false;
            for (i, a) in points.iter().enumerate() {
                let b = points[(i + 1) % points.len()];
                odd ^= (a[1] > y) != (b[1] > y) && x < (b[0] - a[0]) * (y - a[1]) / (b[1] - a[1]) + a[0];
            }
            odd
        };
        let lo = [side(0, f64::min), side(1, f64::min)];
        let hi = [side(0, f64::max), side(1, f64::max)];
        self.shade(lo, hi, colour(ink), |x, y| {
            let parts = [-0.375, -0.125, 0.125, 0.375];
            let count = parts.iter().flat_map(|i| parts.map(|k| inside(x + i, y + k))).filter(|i| *i).count();
            count as f64 / 16.0
        });
    }

    fn text(&mut self, x: f64, y: f64, size: f64, anchor: Anchor, ink: Ink, text: &str) {
        self.write([x, y], size, anchor, ink, text, false);
    }

    fn text_upwards(&mut self, x: f64, y: f64, size: f64, ink: Ink, text: &str) {
        self.write([x, y], size, Anchor::Middle, ink, text, true);
    }

    fn image(&mut self, x: f64, y: f64, width: f64, height: f64, raster: &Raster, scale: &Scale) {
        let palette = scale.palette();
        let [x0, y0, x1, y1] = [x, y, x + width, y + height].map(|v| (v * DENSITY).round() as i64);
        for py in y0..y1 {
            let row = ((py - y0) as usize * raster.height) / (y1 - y0) as usize;
            for px in x0..x1 {
                let column = ((px - x0) as usize * raster.width) / (x1 - x0) as usize;
                let level = raster.levels[row * raster.width + column];
                self.mix(px, py, 1.0, palette[usize::from(level)]);
            }
        }
    }
}

fn font() -> FontRef<'static> {
    FontRef::try_from_slice(ttf_noto_sans::REGULAR).expect("the font of the crate is a font")
}

/// The colours on white. The first series colours are those of Okabe and Ito, which colour-blind readers can
/// distinguish.
pub(crate) fn colour(ink: Ink) -> [u8; 3] {
    const SERIES: [[u8; 3]; crate::svg::SERIES] = [
        [0, 114, 178],
        [213, 94, 0],
        [0, 158, 115],
        [204, 121, 167],
        [166, 118, 29],
        [86, 180, 233],
        [117, 76, 163],
        [122, 126, 20],
    ];
    match ink {
        Ink::Text | Ink::Over | Ink::Truth => [28, 30, 33],
        Ink::Muted => [92, 98, 107],
        Ink::Frame => [120, 126, 135],
        Ink::Start => [140, 146, 155],
        Ink::Grid => [226, 229, 233],
        Ink::Under => [255, 255, 255],
        Ink::Series(n) => SERIES[n % SERIES.len()],
    }
}
