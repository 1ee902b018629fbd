//! The colours of a scale with their numbers.

use super::colormap::Scale;
use super::drawing::{Anchor, Dash, Drawing, Ink, Raster};
use survey::ticks;

/// Room that an upright bar takes with its numbers and label.
pub(super) const WIDTH: f64 = 90.0;
/// Room that a flat bar takes with its numbers and label.
pub(super) const HEIGHT: f64 = 56.0;
const THICK: f64 = 14.0;

/// An upright bar, the largest number at the top.
pub(super) fn upright(on: &mut Drawing, at: [f64; 2], length: f64, scale: &Scale) {
    let [x, y] = at;
    let raster = Raster { width: 1, height: 256, levels: (0..=255).rev().collect() };
    on.image(at, [THICK, length], raster, scale);
    on.frame(x, y, THICK, length);
    let (values, step) = ticks::axis(scale.lo, scale.hi, (length / 50.0) as usize);
    for v in values {
        let ty = y + length * (scale.hi - v) / (scale.hi - scale.lo);
        on.line(&[[x + THICK, ty], [x + THICK + 4.0, ty]], 1.0, Dash::Solid, Ink::Frame);
        on.text(x + THICK + 7.0, ty + 4.0, 11.0, Anchor::Start, Ink::Muted, &ticks::label(v, step));
    }
    on.text_upwards(x + WIDTH - 14.0, y + 0.5 * length, 12.0, Ink::Text, &scale.label);
}

/// A flat bar, the largest number at the right.
pub(super) fn flat(on: &mut Drawing, at: [f64; 2], length: f64, scale: &Scale) {
    let [x, y] = at;
    let raster = Raster { width: 256, height: 1, levels: (0..=255).collect() };
    on.image(at, [length, THICK], raster, scale);
    on.frame(x, y, length, THICK);
    let (values, step) = ticks::axis(scale.lo, scale.hi, (length / 80.0) as usize);
    for v in values {
        let tx = x + length * (v - scale.lo) / (scale.hi - scale.lo);
        on.line(&[[tx, y + THICK], [tx, y + THICK + 4.0]], 1.0, Dash::Solid, Ink::Frame);
        on.text(tx, y + THICK + 16.0, 11.0, Anchor::Middle, Ink::Muted, &ticks::label(v, step));
    }
    on.text(x + 0.5 * length, y + THICK + 34.0, 12.0, Anchor::Middle, Ink::Text, &scale.label);
}
