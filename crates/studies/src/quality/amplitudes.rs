//! Amplitudes against offset, and by shot and receiver.

use figures::page::Section;
use figures::page::pictures::charts;
use figures::{Axis, Chart, Curve, Dash, Ink};
use maud::html;
use survey::quality::QualityControl;

use super::thinned::thinned;

const PLOT: [f64; 2] = [440.0, 220.0];
/// The most points of a curve.
const MOST: usize = 800;

/// The section.
pub(super) fn amplitudes(control: &QualityControl) -> Section {
    let levels = &control.levels;
    let medians = levels.by_offset();
    let Some(trend) = levels.trend() else {
        let caption = "Too few offsets for a trend of amplitudes.";
        return Section::new("Amplitudes", caption, html! { p {} });
    };
    let caption = format!(
        "RMS of whole traces: medians in intervals of offset decay like offset to the power of {:.2}. Waves that spread in a plane decay \
         like 1/\u{221a}offset, in space like 1/offset. By shot and by receiver: medians of the amplitude over the trend.",
        trend.exponent
    );
    let positive: Vec<[f64; 2]> = medians.into_iter().filter(|[x, a]| *x > 0.0 && *a > 0.0).collect();
    let middle = positive.get(positive.len() / 2).map_or(1.0, |[x, _]| *x);
    let like = |name: &str, ink: Ink, dash: Dash, exponent: f64| {
        let at = |[x, _]: &[f64; 2]| [*x, trend.at(middle) * (x / middle).powf(exponent)];
        Curve { dash, ..Curve::new(name, ink, positive.iter().map(at).collect()) }
    };
    let offsets = Chart {
        title: "Amplitude against offset".to_owned(),
        x: Axis::logarithmic("offset (m)"),
        y: Axis::logarithmic("RMS amplitude"),
        curves: vec![
            like("1/\u{221a}offset", Ink::Muted, Dash::Dashed, -0.5),
            like("1/offset", Ink::Muted, Dash::Dotted, -1.0),
            like("trend", Ink::Series(1), Dash::Solid, trend.exponent),
            Curve::new("medians", Ink::Series(0), positive.clone()),
        ],
        plot: PLOT,
    };
    let along = |title: &str, x: &str, points: &[[f64; 2]]| Chart {
        title: title.to_owned(),
        x: Axis::linear(x),
        y: Axis::logarithmic("amplitude over trend"),
        curves: vec![Curve::new("", Ink::Series(0), thinned(points, MOST))],
        plot: PLOT,
    };
    let (shots, receivers) = (levels.by_shot(), levels.by_receiver());
    let mut all = vec![offsets];
    if shots.len() > 1 {
        all.push(along("By shot", "shot", &shots));
    }
    if receivers.len() > 1 {
        all.push(along("By receiver", "receiver of the shot", &receivers));
    }
    Section::new("Amplitudes", caption, charts(&all))
}
