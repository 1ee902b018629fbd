//! A gather as densities or wiggles, with first breaks and marked traces.

use super::colormap::Scale;
use super::drawing::{Anchor, Dash, Drawing, Ink, Raster};
use survey::ticks;

/// How samples are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GatherStyle {
    /// As colours.
    Density,
    /// As deflections of lines, with positive ones filled.
    Wiggle,
}

/// The traces of a shot side by side, time downwards.
///
/// # Shapes
/// `samples` `[trace, time]`.
///
/// # Units
/// `dt` and `picks` in s.
#[derive(Debug, Clone)]
pub struct GatherFigure<'a> {
    /// Over the plot.
    pub title: &'a str,
    /// The name of each trace, as numbers along the axis.
    pub names: &'a [usize],
    /// Time between samples.
    pub dt: f64,
    /// The samples.
    pub samples: &'a [f32],
    /// The first break of each trace.
    pub picks: &'a [Option<f64>],
    /// Places of traces that are marked over the plot.
    pub marked: &'a [usize],
    /// The amplitude at the ends of the colours, and of a deflection by one trace.
    pub amplitude: f64,
    /// Width and height of the plot in CSS pixels.
    pub plot: [f64; 2],
}

const LEFT: f64 = 58.0;
const TOP: f64 = 40.0;
const RIGHT: f64 = 14.0;
const BOTTOM: f64 = 44.0;
/// The most traces and samples of a figure of wiggles.
const WIGGLES: [usize; 2] = [50, 320];
/// The most pixels of an image of densities.
const PIXELS: [usize; 2] = [400, 560];
/// The largest deflection, in distances of traces.
const CLIP: f64 = 1.4;

impl GatherFigure<'_> {
    /// The figure.
    #[must_use]
    pub fn drawing(&self, style: GatherStyle) -> Drawing {
        let [w, h] = self.plot;
        let mut on = Drawing::new(LEFT + w + RIGHT, TOP + h + BOTTOM);
        let traces = self.names.len();
        if traces > 0 && self.samples.len() >= traces {
            match style {
                GatherStyle::Density => self.density(&mut on),
                GatherStyle::Wiggle => self.wiggles(&mut on),
            }
            self.picks(&mut on, style);
            self.marks(&mut on);
        }
        on.frame(LEFT, TOP, w, h);
        self.axes(&mut on);
        on
    }

    fn length(&self) -> usize {
        self.samples.len() / self.names.len().max(1)
    }

    /// The middle of a trace across the figure.
    fn across(&self, place: usize) -> f64 {
        LEFT + self.plot[0] * (place as f64 + 0.5) / self.names.len() as f64
    }

    /// A time down the figure.
    fn down(&self, time: f64) -> f64 {
        TOP + self.plot[1] * time / (self.dt * self.length() as f64)
    }

    fn density(&self, on: &mut Drawing) {
        let (traces, length) = (self.names.len(), self.length());
        let [width, height] = [traces.min(PIXELS[0]), length.min(PIXELS[1])];
        let scale = Scale::signed(self.amplitude, "");
        let mut levels = Vec::with_capacity(width * height);
        for row in 0..height {
            let rows = row * length / height..(row + 1) * length / height;
            for column in 0..width {
                let trace = column * traces / width;
                let part = &self.samples[trace * length..][rows.clone()];
                // The largest of the samples of a pixel.
                let value = part.iter().copied().max_by(|a, b| a.abs().total_cmp(&b.abs()));
                levels.push(scale.level(f64::from(value.unwrap_or(0.0))));
            }
        }
        on.image([LEFT, TOP], self.plot, Raster { width, height, levels }, &scale);
    }

    fn wiggles(&self, on: &mut Drawing) {
        let (traces, length) = (self.names.len(), self.length());
        let (skip, every) = (traces.div_ceil(WIGGLES[0]), length.div_ceil(WIGGLES[1]).max(1));
        let unit = self.plot[0] * skip as f64 / traces as f64;
        for place in self.shown(skip) {
            let trace = &self.samples[place * length..(place + 1) * length];
            let middle = self.across(place);
            let point = |(k, part): (usize, &[f32])| {
                let value = part.iter().copied().max_by(|a, b| a.abs().total_cmp(&b.abs())).unwrap_or(0.0);
                let deflection = (f64::from(value) / self.amplitude).clamp(-CLIP, CLIP);
                let y = self.down((k as f64 + 0.5) * every as f64 * self.dt);
                [(middle + unit * deflection).clamp(LEFT, LEFT + self.plot[0]), y.min(TOP + self.plot[1])]
            };
            let line: Vec<[f64; 2]> = trace.chunks(every).enumerate().map(point).collect();
            // One outline for all positive deflections, without the points between them.
            let filled = |k: usize| line.get(k).is_some_and(|[x, _]| *x > middle);
            let near = |k: &usize| filled(*k) || filled(k + 1) || k.checked_sub(1).is_some_and(filled);
            let outline: Vec<[f64; 2]> =
                (0..line.len()).filter(near).map(|k| [line[k][0].max(middle), line[k][1]]).collect();
            if let [[_, first], .., [_, last]] = outline[..] {
                let ends = [[middle, first]].into_iter().chain(outline).chain([[middle, last]]);
                on.polygon(&ends.collect::<Vec<_>>(), Ink::Muted, Ink::Muted, 0.0);
            }
            on.line(&line, 0.7, Dash::Solid, Ink::Text);
        }
    }

    /// The traces that are drawn as wiggles: one of so many, a marked one before others.
    fn shown(&self, skip: usize) -> Vec<usize> {
        let groups = (0..self.names.len()).step_by(skip.max(1));
        let chosen = groups.map(|first| {
            let these = first..(first + skip).min(self.names.len());
            self.marked.iter().copied().find(|place| these.contains(place)).unwrap_or(first)
        });
        chosen.collect()
    }

    fn picks(&self, on: &mut Drawing, style: GatherStyle) {
        let half = (0.5 * self.plot[0] / self.names.len() as f64).max(1.5);
        for (place, time) in self.picks.iter().enumerate().take(self.names.len()) {
            let Some(time) = time else { continue };
            let (x, y) = (self.across(place), self.down(*time));
            let ends = [[x - half, y], [x + half, y]];
            if style == GatherStyle::Density {
                on.line(&ends, 3.0, Dash::Solid, Ink::Under);
                on.line(&ends, 1.5, Dash::Solid, Ink::Over);
            } else {
                on.line(&ends, 2.0, Dash::Solid, Ink::Series(0));
            }
        }
    }

    fn marks(&self, on: &mut Drawing) {
        for place in self.marked.iter().filter(|place| **place < self.names.len()) {
            let (x, y) = (self.across(*place), TOP - 2.0);
            on.polygon(&[[x - 4.0, y - 8.0], [x + 4.0, y - 8.0], [x, y]], Ink::Source, Ink::Source, 0.0);
        }
    }

    fn axes(&self, on: &mut Drawing) {
        let [w, h] = self.plot;
        let end = self.dt * self.length().max(1) as f64;
        let (values, step) = ticks::axis(0.0, end, (h / 60.0) as usize);
        for v in values {
            let y = self.down(v);
            on.line(&[[LEFT - 4.0, y], [LEFT, y]], 1.0, Dash::Solid, Ink::Frame);
            on.text(LEFT - 7.0, y + 4.0, 11.0, Anchor::End, Ink::Muted, &ticks::label(v, step));
        }
        let (values, _) = ticks::axis(0.0, self.names.len().saturating_sub(1) as f64, (w / 60.0) as usize);
        let mut places: Vec<usize> = values.into_iter().map(|v| v.round().max(0.0) as usize).collect();
        places.dedup();
        for place in places {
            let Some(name) = self.names.get(place) else { continue };
            let x = self.across(place);
            on.line(&[[x, TOP + h], [x, TOP + h + 4.0]], 1.0, Dash::Solid, Ink::Frame);
            on.text(x, TOP + h + 17.0, 11.0, Anchor::Middle, Ink::Muted, &name.to_string());
        }
        on.text(LEFT, TOP - 21.0, 13.0, Anchor::Start, Ink::Text, self.title);
        on.text(LEFT + 0.5 * w, TOP + h + 35.0, 12.0, Anchor::Middle, Ink::Text, "receiver");
        on.text_upwards(14.0, TOP + 0.5 * h, 12.0, Ink::Text, "time (s)");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// However many traces there are, a figure is below 450 kB; one without traces is drawn all the same.
    #[test]
    fn figures_are_small() {
        for (traces, length) in [(0, 0), (1, 1), (1, 900), (48, 300), (1000, 3000)] {
            let noise = |i: usize| ((i * 7919) % 1013) as f32 / 500.0 - 1.0;
            let samples: Vec<f32> = (0..traces * length).map(noise).collect();
            let names: Vec<usize> = (0..traces).collect();
            let picks: Vec<Option<f64>> = (0..traces).map(|k| (k % 3 > 0).then_some(0.1)).collect();
            let figure = GatherFigure {
                title: "shot 1",
                names: &names,
                dt: 0.004,
                samples: &samples,
                picks: &picks,
                marked: &[0, 7, 2000],
                amplitude: 1.0,
                plot: [480.0, 420.0],
            };
            for style in [GatherStyle::Density, GatherStyle::Wiggle] {
                let svg = figure.drawing(style).svg("shot 1");
                assert!(svg.len() < 450_000, "{traces} {length} {style:?}: {}", svg.len());
                assert!(figure.drawing(style).to_png().len() > 500);
            }
        }
    }
}
