//! Curves over an axis: misfits, profiles.

use super::drawing::{Anchor, Dash, Drawing, Ink};
use survey::ticks;

/// One curve.
#[derive(Debug, Clone)]
pub struct Curve {
    /// Its name in the legend; a curve without a name is not in the legend.
    pub name: String,
    /// Its colour.
    pub ink: Ink,
    /// How it is dashed.
    pub dash: Dash,
    /// Points `(x, y)` in order.
    pub points: Vec<[f64; 2]>,
    /// Points of the curve that are marked by diamonds, for example where a stage of an inversion begins.
    pub boundaries: Vec<[f64; 2]>,
}

impl Curve {
    /// A solid curve of a member.
    pub fn new(name: impl Into<String>, ink: Ink, points: Vec<[f64; 2]>) -> Curve {
        Curve { name: name.into(), ink, dash: Dash::Solid, points, boundaries: Vec::new() }
    }

    /// The same curve, dashed.
    #[must_use]
    pub fn dashed(self) -> Curve {
        Curve { dash: Dash::Dashed, ..self }
    }
}

/// What is behind the curves of a chart.
#[derive(Debug, Clone, Default)]
pub struct Background {
    /// A range of the axis across that is shaded.
    pub shaded: Option<[f64; 2]>,
    /// Single points.
    pub clouds: Vec<Cloud>,
}

/// Points that are not connected.
#[derive(Debug, Clone)]
pub struct Cloud {
    /// The points `(x, y)`.
    pub points: Vec<[f64; 2]>,
    /// Their colour.
    pub ink: Ink,
    /// Half their width in CSS pixels.
    pub radius: f64,
}

/// An axis.
#[derive(Debug, Clone)]
pub struct Axis {
    /// Quantity and unit.
    pub label: String,
    /// Powers of ten at equal distances.
    pub logarithmic: bool,
}

/// Curves in a frame, with axes and a legend.
#[derive(Debug, Clone)]
pub struct Chart {
    /// Over the plot.
    pub title: String,
    /// Across.
    pub x: Axis,
    /// Up.
    pub y: Axis,
    /// The curves, with the last on top.
    pub curves: Vec<Curve>,
    /// Width and height of the plot itself, in CSS pixels.
    pub plot: [f64; 2],
}

const LEFT: f64 = 62.0;
const RIGHT: f64 = 16.0;
const TOP: f64 = 28.0;
const BOTTOM: f64 = 46.0;
const LEGEND_LINE: f64 = 18.0;

impl Axis {
    /// A linear axis.
    pub fn linear(label: impl Into<String>) -> Axis {
        Axis { label: label.into(), logarithmic: false }
    }

    /// A logarithmic axis; numbers that are not positive are left out.
    pub fn logarithmic(label: impl Into<String>) -> Axis {
        Axis { label: label.into(), logarithmic: true }
    }

    fn shows(&self, v: f64) -> bool {
        v.is_finite() && (!self.logarithmic || v > 0.0)
    }

    fn place(&self, v: f64) -> f64 {
        if self.logarithmic { v.log10() } else { v }
    }

    /// Ends of the axis in its own measure, with a little room.
    fn range(&self, values: impl Iterator<Item = f64>, room: f64) -> [f64; 2] {
        let (mut lo, mut hi) = (f64::INFINITY, f64::NEG_INFINITY);
        for v in values.filter(|v| self.shows(*v)).map(|v| self.place(v)) {
            (lo, hi) = (lo.min(v), hi.max(v));
        }
        if lo > hi {
            return [0.0, 1.0];
        }
        let room = if hi > lo { room * (hi - lo) } else { 0.5 };
        [lo - room, hi + room]
    }

    /// Places and texts of the ticks, at least three.
    fn ticks(&self, range: [f64; 2], about: usize) -> Vec<(f64, String)> {
        if !self.logarithmic {
            let (values, step) = ticks::axis(range[0], range[1], about);
            return values.into_iter().map(|v| (v, ticks::label(v, step))).collect();
        }
        let values = ticks::logarithmic(10f64.powf(range[0]), 10f64.powf(range[1]));
        // Short axes have room for short labels only.
        let largest = if about < 2 { 1e2 } else { 1e4 };
        values.into_iter().map(|v| (v.log10(), power_label(v, largest))).collect()
    }
}

/// "0.02", or "2×10⁻⁵" for small numbers and for those above `largest`.
fn power_label(value: f64, largest: f64) -> String {
    if (1e-3..=largest * (1.0 + 1e-9)).contains(&value) {
        return ticks::six_digits(value).to_string();
    }
    let exponent = (value.log10() + 1e-9).floor() as i32;
    ticks::times_power(&ticks::six_digits(value / 10f64.powi(exponent)).to_string(), exponent)
}

impl Chart {
    /// Width and height with axes and legend, in CSS pixels.
    fn size(&self) -> [f64; 2] {
        let legend = self.legend_rows().len() as f64 * LEGEND_LINE;
        [LEFT + self.plot[0] + RIGHT, TOP + self.plot[1] + BOTTOM + legend]
    }

    /// The chart as a figure.
    #[must_use]
    pub fn drawing(&self) -> Drawing {
        self.over(&Background::default())
    }

    /// The chart as a figure, with something behind its curves.
    #[must_use]
    pub fn over(&self, background: &Background) -> Drawing {
        let [width, height] = self.size();
        let mut drawing = Drawing::new(width, height);
        self.draw(&mut drawing, background);
        drawing
    }

    fn draw(&self, on: &mut Drawing, behind: &Background) {
        let [w, h] = self.plot;
        let shown = |points: &[[f64; 2]]| -> Vec<[f64; 2]> {
            points.iter().filter(|p| self.x.shows(p[0]) && self.y.shows(p[1])).copied().collect()
        };
        let clouds = behind.clouds.iter().map(|cloud| &cloud.points);
        let all: Vec<[f64; 2]> =
            self.curves.iter().map(|curve| &curve.points).chain(clouds).flat_map(|p| shown(p)).collect();
        let xr = self.x.range(all.iter().map(|p| p[0]), 0.0);
        let yr = self.y.range(all.iter().map(|p| p[1]), 0.06);
        let px = |v: f64| LEFT + w * (v - xr[0]) / (xr[1] - xr[0]);
        let py = |v: f64| TOP + h * (yr[1] - v) / (yr[1] - yr[0]);
        if let Some([from, to]) = behind.shaded {
            let [from, to] = [from, to].map(|v| px(self.x.place(v)).clamp(LEFT, LEFT + w));
            let band = [[from, TOP], [to, TOP], [to, TOP + h], [from, TOP + h]];
            on.polygon(&band, Ink::Grid, Ink::Grid, 0.0);
        }
        for (at, text) in self.x.ticks(xr, (w / 75.0) as usize) {
            on.line(&[[px(at), TOP], [px(at), TOP + h]], 1.0, Dash::Solid, Ink::Grid);
            on.text(px(at), TOP + h + 17.0, 11.0, Anchor::Middle, Ink::Muted, &text);
        }
        for (at, text) in self.y.ticks(yr, (h / 45.0) as usize) {
            on.line(&[[LEFT, py(at)], [LEFT + w, py(at)]], 1.0, Dash::Solid, Ink::Grid);
            on.text(LEFT - 7.0, py(at) + 4.0, 11.0, Anchor::End, Ink::Muted, &text);
        }
        on.frame(LEFT, TOP, w, h);
        let places = |points: &[[f64; 2]]| -> Vec<[f64; 2]> {
            shown(points).iter().map(|p| [px(self.x.place(p[0])), py(self.y.place(p[1]))]).collect()
        };
        for Cloud { points, ink, radius } in &behind.clouds {
            for [x, y] in places(points) {
                let r = *radius;
                on.polygon(&[[x - r, y], [x, y - r], [x + r, y], [x, y + r]], *ink, *ink, 0.0);
            }
        }
        for curve in &self.curves {
            on.line(&places(&curve.points), 2.0, curve.dash, curve.ink);
        }
        for curve in &self.curves {
            for [x, y] in places(&curve.boundaries) {
                let diamond = [[x, y - 4.5], [x + 4.5, y], [x, y + 4.5], [x - 4.5, y]];
                on.polygon(&diamond, curve.ink, Ink::Text, 1.0);
            }
        }
        on.text(LEFT, TOP - 9.0, 13.0, Anchor::Start, Ink::Text, &self.title);
        on.text(LEFT + 0.5 * w, TOP + h + 35.0, 12.0, Anchor::Middle, Ink::Text, &self.x.label);
        on.text_upwards(13.0, TOP + 0.5 * h, 12.0, Ink::Text, &self.y.label);
        for (row, entries) in self.legend_rows().iter().enumerate() {
            let y = TOP + h + BOTTOM + (row as f64 + 0.5) * LEGEND_LINE;
            for (x, curve) in entries {
                on.line(&[[LEFT + x, y], [LEFT + x + 22.0, y]], 2.5, curve.dash, curve.ink);
                on.text(LEFT + x + 28.0, y + 4.0, 12.0, Anchor::Start, Ink::Text, &curve.name);
            }
        }
    }

    /// Legend entries with their place, as many a row as fit.
    fn legend_rows(&self) -> Vec<Vec<(f64, &Curve)>> {
        let mut rows: Vec<Vec<(f64, &Curve)>> = Vec::new();
        let mut x = f64::INFINITY;
        for curve in self.curves.iter().filter(|c| !c.name.is_empty()) {
            let width = 42.0 + 7.2 * curve.name.chars().count() as f64;
            if x + width > self.plot[0] + RIGHT {
                rows.push(Vec::new());
                x = 0.0;
            }
            if let Some(row) = rows.last_mut() {
                row.push((x, curve));
            }
            x += width;
        }
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A logarithmic axis has its decades, or round numbers between them when there are fewer than three.
    #[test]
    fn logarithmic_ticks() {
        let texts =
            |axis: &Axis, range: [f64; 2]| axis.ticks(range, 5).into_iter().map(|t| t.1).collect::<Vec<_>>();
        let axis = Axis::logarithmic("misfit");
        assert_eq!(texts(&axis, [-2.1, 0.2]), ["0.01", "0.1", "1"]);
        assert_eq!(texts(&axis, [-8.0, -5.0]), ["10⁻⁸", "10⁻⁷", "10⁻⁶", "10⁻⁵"]);
        assert_eq!(texts(&axis, [-5.0, -4.2]), ["10⁻⁵", "2×10⁻⁵", "5×10⁻⁵"]);
        assert_eq!(texts(&axis, [-0.9, -0.4]), ["0.15", "0.2", "0.3"]);
        // However short the axis is, it has three ticks.
        for k in 0..200 {
            let lo = -3.0 + 0.031 * f64::from(k);
            for length in [0.001, 0.02, 0.1, 0.3, 0.7, 1.3, 2.2, 5.0, 11.0] {
                let ticks = axis.ticks([lo, lo + length], 5);
                assert!((3..=9).contains(&ticks.len()), "{lo} + {length}: {ticks:?}");
            }
        }
    }

    /// A chart without a single point, or with one, is drawn all the same.
    #[test]
    fn empty_charts_are_drawn() {
        for points in [vec![], vec![[0.0, f64::NAN]], vec![[1.0, 1.0]]] {
            let chart = Chart {
                title: "t".to_owned(),
                x: Axis::linear("x"),
                y: Axis::logarithmic("y"),
                curves: vec![Curve::new("a", Ink::Series(0), points)],
                plot: [300.0, 200.0],
            };
            assert!(chart.drawing().to_png().len() > 1000);
            let cloud = Cloud { points: vec![[f64::NAN, 1.0]], ink: Ink::Muted, radius: 1.5 };
            let behind = Background { shaded: Some([-1e9, 1e9]), clouds: vec![cloud] };
            assert!(chart.over(&behind).to_png().len() > 1000);
        }
    }
}
