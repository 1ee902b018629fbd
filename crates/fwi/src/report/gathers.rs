//! Traces of one shot: observed, synthetic, and how they differ; and the wavelet.

use fd::Grid;

use super::page::section;
use crate::colormap::{Scale, robust_amplitude};
use crate::drawing::{Dash, Ink};
use crate::figure::{Axis, Chart, Curve, Panel};
use crate::figures::panel::{Frame, draw};
use crate::gathers::ShotGather;
use crate::outcome::Comparison;
use crate::svg::Svg;

const PLOT: [f64; 2] = [200.0, 230.0];
const WAVELET: [f64; 2] = [390.0, 150.0];
/// Most receivers and samples drawn; more are thinned out.
const MOST: usize = 400;

/// The traces of the shown shot in every inversion.
pub(super) fn gathers(run: &Comparison) -> String {
    let Some(observed) = &run.observed else { return String::new() };
    let Some((grid, traces)) = image(observed) else { return String::new() };
    let scale = Scale::signed(robust_amplitude(traces.iter().copied(), 0.95), "pressure");
    let mut figures = figure("observed", String::new(), &grid, &traces, &scale);
    let mut differences = String::new();
    for outcome in &run.outcomes {
        let Some(synthetic) = outcome.gather.as_ref().filter(|g| g.traces.len() == observed.traces.len())
        else {
            continue;
        };
        let Some((_, values)) = image(synthetic) else { continue };
        let less: Vec<f64> = values.iter().zip(&traces).map(|(s, o)| s - o).collect();
        let norm = |v: &mut dyn Iterator<Item = f64>| v.map(|v| v * v).sum::<f64>().sqrt();
        let difference =
            norm(&mut synthetic.traces.iter().zip(&observed.traces).map(|(s, o)| f64::from(s - o)));
        let error = difference / norm(&mut observed.traces.iter().map(|o| f64::from(*o)));
        figures += &figure(&outcome.name, String::new(), &grid, &values, &scale);
        differences += &figure(&outcome.name, format!("{:.1} %", 100.0 * error), &grid, &less, &scale);
    }
    let [x, z] = observed.header.survey.sources[0];
    let caption = format!(
        "The shot at x = {} m, z = {} m, all on one colour scale, clipped at the largest 5\u{a0}% of the \
         amplitudes so that weak arrivals are visible.",
        crate::ticks::six_digits(x),
        crate::ticks::six_digits(z)
    );
    let mut content = format!("<div class=\"figures fields\">{figures}</div>");
    if !differences.is_empty() {
        content += &format!(
            "<h3>Data residual (synthetic minus observed)</h3><div class=\"figures fields\">{differences}</div>"
        );
    }
    section("Gathers", &caption, &(content + &wavelet(run, observed)))
}

/// Traces as an image `[time, receiver]` over receiver number and time in s.
fn image(gather: &ShotGather) -> Option<(Grid, Vec<f64>)> {
    let [_, receivers, samples] = gather.header.shape();
    let every = [receivers.div_ceil(MOST), samples.div_ceil(MOST)];
    let [nr, nt] = [receivers.div_ceil(every[0]), samples.div_ceil(every[1])];
    let spacing = [every[0] as f64, every[1] as f64 * gather.header.dt];
    let grid = Grid::new([0.0; 2], spacing, [nt, nr]).ok()?;
    let at = |t: usize, r: usize| f64::from(gather.traces[r * every[0] * samples + t * every[1]]);
    let values = (0..nt).flat_map(|t| (0..nr).map(move |r| (t, r))).map(|(t, r)| at(t, r)).collect();
    Some((grid, values))
}

fn figure(title: &str, note: String, grid: &Grid, values: &[f64], scale: &Scale) -> String {
    let panel = Panel { note, axes: ["receiver", "time (s)"], ..Panel::new(title, grid, values) };
    let frame = Frame::around(PLOT);
    let [w, h] = frame.size();
    let mut svg = Svg::new(w, h);
    draw(&mut svg, [0.0; 2], &frame, &panel, scale, None);
    format!("<figure>{}</figure>", svg.finish(&format!("Traces: {title}")))
}

/// What the source emits, and what inversions took for it where they estimated it.
fn wavelet(run: &Comparison, observed: &ShotGather) -> String {
    let curve = |name: &str, ink: Ink, gather: &ShotGather| Curve {
        name: name.to_owned(),
        ink,
        dash: Dash::Solid,
        points: gather.wavelet.iter().enumerate().map(|(i, v)| [i as f64 * gather.step, *v]).collect(),
    };
    if observed.wavelet.is_empty() {
        return String::new();
    }
    let mut curves = vec![curve("scenario", Ink::Truth, observed)];
    for (i, outcome) in run.outcomes.iter().enumerate() {
        if let Some(gather) = outcome.gather.as_ref().filter(|g| g.wavelet != observed.wavelet) {
            curves.push(curve(&outcome.name, Ink::Series(i), gather));
        }
    }
    let chart = Chart {
        title: "Wavelet".to_owned(),
        x: Axis::linear("time (s)"),
        y: Axis::linear("amplitude"),
        curves,
        plot: WAVELET,
    };
    let [w, h] = chart.size();
    let mut svg = Svg::new(w, h);
    chart.draw(&mut svg);
    format!("<div class=\"charts\"><figure>{}</figure></div>", svg.finish("Wavelet"))
}
