//! A figure as a PNG file: rasterised by `tiny-skia`, its text set in a font that comes with the program.

use tiny_skia::{
    FillRule, FilterQuality, LineJoin, Paint, Path, PathBuilder, Pattern, Pixmap, Rect, SpreadMode, Stroke,
    StrokeDash, Transform,
};
use ttf_parser::{Face, GlyphId, OutlineBuilder};

use super::drawing::{Anchor, Dash, Drawing, Ink, Part, Raster};

/// Pixels for each CSS pixel.
const DENSITY: f32 = 2.0;

impl Drawing {
    /// The figure as a PNG file, on white, two pixels for each CSS pixel.
    #[must_use]
    pub fn to_png(&self) -> Vec<u8> {
        let [width, height] = self.size.map(|side| (side as f32 * DENSITY).ceil().max(1.0) as u32);
        let mut pixels = Pixmap::new(width, height).expect("a figure has a size, and fits into memory");
        pixels.fill(tiny_skia::Color::WHITE);
        let face = Face::parse(ttf_noto_sans::REGULAR, 0).expect("the font of the crate is a font");
        for part in &self.parts {
            draw(&mut pixels, part, &face);
        }
        // White below makes every pixel opaque.
        let colours: Vec<u8> = pixels.pixels().iter().flat_map(|p| [p.red(), p.green(), p.blue()]).collect();
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, width, height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        let written = encoder.write_header().and_then(|mut writer| writer.write_image_data(&colours));
        written.expect("an image has the size its header says, and a Vec takes all bytes");
        bytes
    }
}

/// From CSS pixels to pixels.
fn scaled() -> Transform {
    Transform::from_scale(DENSITY, DENSITY)
}

fn paint(ink: Ink) -> Paint<'static> {
    let [r, g, b] = ink.on_white();
    let mut paint = Paint { anti_alias: true, ..Paint::default() };
    paint.set_color_rgba8(r, g, b, 255);
    paint
}

fn path(points: &[[f64; 2]], close: bool) -> Option<Path> {
    let mut path = PathBuilder::new();
    for (i, [x, y]) in points.iter().map(|p| p.map(|v| v as f32)).enumerate() {
        if i == 0 { path.move_to(x, y) } else { path.line_to(x, y) }
    }
    if close {
        path.close();
    }
    path.finish()
}

fn draw(on: &mut Pixmap, part: &Part, face: &Face) {
    match part {
        Part::Line { points, width, dash, ink } => {
            let dash = match dash {
                Dash::Solid => None,
                Dash::Dashed => StrokeDash::new(vec![5.0, 4.0], 0.0),
                Dash::Dotted => StrokeDash::new(vec![1.0, 3.0], 0.0),
            };
            let stroke =
                Stroke { width: *width as f32, line_join: LineJoin::Round, dash, ..Stroke::default() };
            if let Some(path) = path(points, false) {
                on.stroke_path(&path, &paint(*ink), &stroke, scaled(), None);
            }
        }
        Part::Polygon { points, ink, rim, rim_width } => {
            let stroke = Stroke { width: *rim_width as f32, line_join: LineJoin::Miter, ..Stroke::default() };
            if let Some(path) = path(points, true) {
                on.fill_path(&path, &paint(*ink), FillRule::Winding, scaled(), None);
                on.stroke_path(&path, &paint(*rim), &stroke, scaled(), None);
            }
        }
        Part::Text { at: [x, y], size, anchor, ink, text, upwards } => {
            let Some((letters, width)) = letters(face, text) else { return };
            let unit = *size as f32 / f32::from(face.units_per_em());
            let shift = match anchor {
                Anchor::Start => 0.0,
                Anchor::Middle => -0.5 * width,
                Anchor::End => -width,
            };
            let turn = if *upwards { Transform::from_rotate(-90.0) } else { Transform::identity() };
            // Letters are outlines with y upwards.
            let place = turn.pre_scale(unit, -unit).pre_translate(shift, 0.0);
            let place = place.post_translate(*x as f32, *y as f32).post_concat(scaled());
            on.fill_path(&letters, &paint(*ink), FillRule::Winding, place, None);
        }
        Part::Image { at, size, raster, palette } => image(on, *at, *size, raster, palette),
    }
}

/// Draws an image into a rectangle, interpolated bicubically where it is enlarged.
fn image(on: &mut Pixmap, at: [f64; 2], size: [f64; 2], raster: &Raster, palette: &[[u8; 3]]) {
    let Some(mut image) = Pixmap::new(raster.width as u32, raster.height as u32) else { return };
    let colours = raster.levels.iter().map(|level| palette[usize::from(*level)]);
    for (pixel, [r, g, b]) in image.data_mut().chunks_exact_mut(4).zip(colours) {
        pixel.copy_from_slice(&[r, g, b, 255]);
    }
    let [x, y, w, h] = [at[0], at[1], size[0], size[1]].map(|v| v as f32);
    let Some(rect) = Rect::from_xywh(x, y, w, h) else { return };
    let place = Transform::from_row(w / raster.width as f32, 0.0, 0.0, h / raster.height as f32, x, y);
    let shader = Pattern::new(image.as_ref(), SpreadMode::Pad, FilterQuality::Bilinear, 1.0, place);
    let paint = Paint { shader, anti_alias: false, ..Paint::default() };
    on.fill_rect(rect, &paint, scaled(), None);
}

/// The outlines of a text in the units of the font, and its width; nothing for a text of spaces.
fn letters(face: &Face, text: &str) -> Option<(Path, f32)> {
    let mut outlines = Outlines { path: PathBuilder::new(), pen: 0.0 };
    for letter in text.chars() {
        let glyph = face.glyph_index(letter).unwrap_or(GlyphId(0));
        face.outline_glyph(glyph, &mut outlines);
        outlines.pen += f32::from(face.glyph_hor_advance(glyph).unwrap_or(0));
    }
    Some((outlines.path.finish()?, outlines.pen))
}

/// Outlines of letters, each where the pen is.
struct Outlines {
    path: PathBuilder,
    pen: f32,
}

impl OutlineBuilder for Outlines {
    fn move_to(&mut self, x: f32, y: f32) {
        self.path.move_to(self.pen + x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.path.line_to(self.pen + x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        self.path.quad_to(self.pen + x1, y1, self.pen + x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        self.path.cubic_to(self.pen + x1, y1, self.pen + x2, y2, self.pen + x, y);
    }

    fn close(&mut self) {
        self.path.close();
    }
}
