//! First breaks against offset, with the fitted wave and apparent velocities.

use figures::page::Section;
use figures::{Axis, Background, Chart, Cloud, Curve, Ink};
use maud::{PreEscaped, html};
use survey::quality::QualityControl;

use super::thinned::thinned;

const PLOT: [f64; 2] = [900.0, 300.0];
/// The most picks in the figure.
const MOST: usize = 2000;
/// Points of the curve of the fitted wave.
const POINTS: usize = 120;

/// The section.
pub(super) fn first_breaks(control: &QualityControl) -> Section {
    let breaks = &control.first_breaks;
    let [picked, unclear] = breaks.counts();
    let wave = breaks.diving_wave();
    let fitted = match &wave {
        Some(wave) => format!(
            "The curve is the wave that dives in a velocity of {:.0} m/s at the surface, growing by {:.2} m/s per m; its mean error is \
             {:.0} ms.",
            wave.top,
            wave.growth,
            1e3 * wave.error
        ),
        None => "There are too few picks for a velocity.".to_owned(),
    };
    let caption = format!("{picked} of {} traces have a clear first break. {fitted}", picked + unclear);
    let medians = breaks.medians();
    let (Some(first), Some(last)) = (medians.first(), medians.last()) else {
        return Section::new("First breaks", caption, html! { p {} });
    };
    let mut curves = vec![Curve::new("medians", Ink::Series(1), medians.clone())];
    if let Some(wave) = wave {
        let at = |k: usize| {
            let offset = first[0] + (last[0] - first[0]) * k as f64 / (POINTS - 1) as f64;
            [offset, wave.time(offset)]
        };
        curves.push(Curve::new("diving wave", Ink::Text, (0..POINTS).map(at).collect()).dashed());
    }
    let chart = Chart {
        title: "First breaks".to_owned(),
        x: Axis::linear("offset (m)"),
        y: Axis::linear("time (s)"),
        curves,
        plot: PLOT,
    };
    let picks = Cloud { points: thinned(breaks.picks(), MOST), ink: Ink::Series(0), radius: 1.6 };
    let drawing = chart.over(&Background { shaded: None, clouds: vec![picks] });
    let velocities = breaks.apparent_velocities();
    let content = html! {
        div.maps.in-1 { figure { (PreEscaped(drawing.svg("First breaks against offset"))) } }
        @if !velocities.is_empty() {
            h3 { "Apparent velocities" }
            div.scroll { table {
                thead { tr { th { "offsets " small { "(m)" } } th { "velocity " small { "(m/s)" } } th { "picks" } } }
                tbody { @for range in &velocities { tr {
                    th scope="row" { (format!("{:.0} to {:.0}", range.offsets[0], range.offsets[1])) }
                    td { (range.velocity.map_or("\u{2013}".to_owned(), |v| format!("{v:.0}"))) }
                    td { (range.picks) }
                } } }
            } }
        }
    };
    Section::new("First breaks", caption, content)
}
