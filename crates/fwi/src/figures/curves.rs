//! Curves over an axis, such as misfits and profiles.

use crate::drawing::{Anchor, Dash, Drawing, Ink, frame};
use crate::ticks;

/// One curve.
#[derive(Debug, Clone)]
pub struct Curve {
    /// The name in the legend; a curve with an empty name is not listed.
    pub name: String,
    /// Its colour.
    pub ink: Ink,
    /// How it is dashed.
    pub dash: Dash,
    /// Points `(x, y)` in order.
    pub points: Vec<[f64; 2]>,
}

/// An axis of a chart.
#[derive(Debug, Clone)]
pub struct Axis {
    /// Quantity and unit.
    pub label: String,
    /// Whether powers of ten are equally spaced.
    pub logarithmic: bool,
}

/// Curves in a frame, with axes and a legend.
#[derive(Debug, Clone)]
pub struct Chart {
    /// Above the plot.
    pub title: String,
    /// The horizontal axis.
    pub x: Axis,
    /// The vertical axis.
    pub y: Axis,
    /// The curves, the last on top.
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

    /// A logarithmic axis. Numbers that are not positive are not drawn.
    pub fn logarithmic(label: impl Into<String>) -> Axis {
        Axis { label: label.into(), logarithmic: true }
    }

    fn shows(&self, v: f64) -> bool {
        v.is_finite() && (!self.logarithmic || v > 0.0)
    }

    fn place(&self, v: f64) -> f64 {
        if self.logarithmic { v.log10() } else { v }
    }

    /// Ends of the axis in its own measure, with a margin.
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

    /// Position and text of each tick, and whether it is a major tick.
    fn ticks(&self, range: [f64; 2], about: usize) -> Vec<(f64, String)> {
        if !self.logarithmic {
            let (values, step) = ticks::linear(range[0], range[1], about);
            return values.into_iter().map(|v| (v, ticks::label(v, step))).collect();
        }
        let decades = ticks::decades(10f64.powf(range[0]), 10f64.powf(range[1]));
        if decades.len() >= 2 {
            return decades.into_iter().map(|v| (v.log10(), power_label(v))).collect();
        }
        // Less than a decade: ticks at 1, 2 and 5.
        let first = range[0].floor() as i32;
        let some =
            (first..=range[1].ceil() as i32).flat_map(|e| [1.0, 2.0, 3.0, 5.0].map(|m| m * 10f64.powi(e)));
        let shown = some.map(|v| (v.log10(), ticks::significant(v, 1)));
        shown.filter(|(at, _)| range[0] <= *at && *at <= range[1]).collect()
    }
}

fn power_label(value: f64) -> String {
    if (1e-3..=1e4).contains(&value) {
        return ticks::significant(value, 1);
    }
    const RAISED: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let exponent = value.log10().round() as i32;
    let digits = exponent.abs().to_string();
    let raised: String = digits.bytes().map(|d| RAISED[usize::from(d - b'0')]).collect();
    format!("10{}{raised}", if exponent < 0 { "⁻" } else { "" })
}

impl Chart {
    /// Width and height with axes and legend, in CSS pixels.
    #[must_use]
    pub fn size(&self) -> [f64; 2] {
        let legend = self.legend_rows().len() as f64 * LEGEND_LINE;
        [LEFT + self.plot[0] + RIGHT, TOP + self.plot[1] + BOTTOM + legend]
    }

    /// Draws the chart with its top left corner at the origin.
    pub fn draw(&self, on: &mut dyn Drawing) {
        let [w, h] = self.plot;
        let shown = |c: &Curve| -> Vec<[f64; 2]> {
            c.points.iter().filter(|p| self.x.shows(p[0]) && self.y.shows(p[1])).copied().collect()
        };
        let all: Vec<[f64; 2]> = self.curves.iter().flat_map(shown).collect();
        let xr = self.x.range(all.iter().map(|p| p[0]), 0.0);
        let yr = self.y.range(all.iter().map(|p| p[1]), 0.06);
        let px = |v: f64| LEFT + w * (v - xr[0]) / (xr[1] - xr[0]);
        let py = |v: f64| TOP + h * (yr[1] - v) / (yr[1] - yr[0]);
        for (at, text) in self.x.ticks(xr, (w / 75.0) as usize) {
            on.line(&[[px(at), TOP], [px(at), TOP + h]], 1.0, Dash::Solid, Ink::Grid);
            on.text(px(at), TOP + h + 17.0, 11.0, Anchor::Middle, Ink::Muted, &text);
        }
        for (at, text) in self.y.ticks(yr, (h / 45.0) as usize) {
            on.line(&[[LEFT, py(at)], [LEFT + w, py(at)]], 1.0, Dash::Solid, Ink::Grid);
            on.text(LEFT - 7.0, py(at) + 4.0, 11.0, Anchor::End, Ink::Muted, &text);
        }
        frame(on, LEFT, TOP, w, h, Ink::Frame);
        for curve in &self.curves {
            let points: Vec<[f64; 2]> =
                shown(curve).iter().map(|p| [px(self.x.place(p[0])), py(self.y.place(p[1]))]).collect();
            on.line(&points, 2.0, curve.dash, curve.ink);
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

    /// Legend entries with their positions, as many per row as fit.
    fn legend_rows(&self) -> Vec<Vec<(f64, &Curve)>> {
        let mut rows: Vec<Vec<(f64, &Curve)>> = Vec::new();
        let mut x = f64::INFINITY;
        for curve in self.curves.iter().filter(|c| !c.name.is_empty()) {
            let width = 44.0 + 6.6 * curve.name.chars().count() as f64;
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

    /// A logarithmic axis has ticks at decades, or at round numbers if it contains none.
    #[test]
    fn logarithmic_ticks() {
        let texts =
            |axis: &Axis, range: [f64; 2]| axis.ticks(range, 5).into_iter().map(|t| t.1).collect::<Vec<_>>();
        let axis = Axis::logarithmic("misfit");
        assert_eq!(texts(&axis, [-2.1, 0.2]), ["0.01", "0.1", "1"]);
        assert_eq!(texts(&axis, [-8.0, -5.0]), ["10⁻⁸", "10⁻⁷", "10⁻⁶", "10⁻⁵"]);
        assert_eq!(texts(&axis, [-0.9, -0.4]), ["0.2", "0.3"]);
    }

    /// A chart without points, or with a single point, can be drawn.
    #[test]
    fn empty_charts_are_drawn() {
        for points in [vec![], vec![[0.0, f64::NAN]], vec![[1.0, 1.0]]] {
            let curve = Curve { name: "a".to_owned(), ink: Ink::Series(0), dash: Dash::Solid, points };
            let chart = Chart {
                title: "t".to_owned(),
                x: Axis::linear("x"),
                y: Axis::logarithmic("y"),
                curves: vec![curve],
                plot: [300.0, 200.0],
            };
            assert!(crate::figure::chart_figure(&chart).to_png().len() > 1000);
        }
    }
}
