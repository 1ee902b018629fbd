//! Spectra of signal and noise, and the usable frequencies.

use figures::page::Section;
use figures::{Axis, Background, Chart, Curve, Ink};
use maud::{PreEscaped, html};
use survey::quality::QualityControl;
use survey::ticks::six_digits;

use super::thinned::thinned;

const PLOT: [f64; 2] = [900.0, 240.0];
/// The most points of a curve.
const MOST: usize = 700;
/// The lowest level that is shown, in dB below the largest one.
const LOWEST: f64 = -80.0;

/// The section.
pub(super) fn spectra(control: &QualityControl) -> Section {
    let curves = control.spectra.curves();
    let usable = control.spectra.usable();
    let [signals, noises] = control.spectra.traces();
    let usable_words = match &usable {
        Some(band) => format!(
            "Usable from {} to {} Hz (shaded): there the power is four times that of the noise or more, and the amplitude 2\u{a0}% of the \
             largest or more.",
            tenth(band.low),
            tenth(band.high)
        ),
        None => "No frequencies are usable: nowhere is the power four times that of the noise.".to_owned(),
    };
    let caption = format!(
        "Power of {signals} traces after their first break, and of {noises} before it. {usable_words}"
    );
    let largest = curves.iter().map(|row| row[1]).fold(0.0, f64::max);
    if largest <= 0.0 {
        return Section::new("Spectra", "There are no traces with a signal.", html! { p {} });
    }
    let end = usable.map_or(f64::INFINITY, |band| 2.5 * band.high).max(5.0 / control.subject.period);
    let shown: Vec<[f64; 3]> = curves.into_iter().filter(|row| row[0] <= end).collect();
    let shown = thinned(&shown, MOST);
    let curve = |name: &str, ink: Ink, column: usize| {
        let decibels = |row: &[f64; 3]| [row[0], (10.0 * (row[column] / largest).log10()).max(LOWEST)];
        let points = shown.iter().filter(|row| row[column].is_finite()).map(decibels).collect();
        Curve::new(name, ink, points)
    };
    let chart = Chart {
        title: "Signal and noise".to_owned(),
        x: Axis::linear("frequency (Hz)"),
        y: Axis::linear("power (dB)"),
        curves: vec![
            curve("before the first break", Ink::Series(1), 2),
            curve("after the first break", Ink::Series(0), 1),
        ],
        plot: PLOT,
    };
    let shaded = usable.map(|band| [band.low, band.high]);
    let drawing = chart.over(&Background { shaded, clouds: Vec::new() });
    let content =
        html! { div.maps.in-1 { figure { (PreEscaped(drawing.svg("Spectra of signal and noise"))) } } };
    Section::new("Spectra", caption, content)
}

fn tenth(value: f64) -> f64 {
    six_digits((10.0 * value).round() / 10.0)
}
