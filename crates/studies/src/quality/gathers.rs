//! Gathers of some shots as densities and wiggles.

use figures::page::Section;
use figures::{GatherFigure, GatherStyle, robust_amplitude};
use maud::{Markup, PreEscaped, html};
use survey::quality::{Defect, KeptGather, QualityControl};
use survey::ticks::six_digits;

const PLOT: [f64; 2] = [440.0, 420.0];
/// The share of amplitudes that colours and deflections resolve.
const SHARE: f64 = 0.97;

/// The section.
pub(super) fn gathers(control: &QualityControl) -> Section {
    let caption = format!(
        "{} of {} shots. Each trace is divided by its RMS. Short lines are first breaks; triangles on top mark suspicious traces.",
        control.kept.len(),
        control.subject.survey.sources.len()
    );
    let middle = control.kept.len() / 2;
    let content = html! {
        @if !control.kept.is_empty() {
            div data-shots { @for (i, kept) in control.kept.iter().enumerate() {
                details name="shot" open[i == middle] { summary { (title(control, kept)) } (figures(control, kept)) }
            } }
        }
    };
    Section::new("Gathers", caption, content)
}

fn title(control: &QualityControl, kept: &KeptGather) -> String {
    let source = &control.subject.survey.sources[kept.shot];
    let name = control.subject.numbering.as_ref().map_or_else(String::new, |names| {
        format!(" (in the file: {})", names.shots.get(kept.shot).copied().unwrap_or_default())
    });
    let places: Vec<String> = fd::coordinate_names(source.dims())
        .iter()
        .zip(source.coordinates())
        .map(|(name, value)| format!("{name} = {} m", six_digits(*value)))
        .collect();
    format!("shot {}{name}, {}", kept.shot, places.join(", "))
}

fn figures(control: &QualityControl, kept: &KeptGather) -> Markup {
    let here = || control.flagged.iter().filter(|flag| flag.shot == kept.shot);
    let place = |receiver: usize| kept.receivers.iter().position(|k| *k == receiver);
    let mut marked: Vec<usize> = here().filter_map(|flag| place(flag.receiver)).collect();
    marked.dedup();
    let named: Vec<String> = here()
        .filter(|flag| flag.defect != Defect::Dead)
        .take(12)
        .map(|flag| format!("{} {}", flag.receiver, flag.defect.row().name))
        .collect();
    let amplitude = robust_amplitude(kept.samples.iter().map(|v| f64::from(*v)), SHARE).max(1e-9);
    let figure = |style: GatherStyle, title: &str| {
        let figure = GatherFigure {
            title,
            names: &kept.receivers,
            dt: kept.dt,
            samples: &kept.samples,
            picks: &kept.picks,
            marked: &marked,
            amplitude: if style == GatherStyle::Wiggle { 1.5 * amplitude } else { amplitude },
            plot: PLOT,
        };
        html! { figure { (PreEscaped(figure.drawing(style).svg(title))) } }
    };
    html! {
        @if !named.is_empty() { p.caption { "Suspicious receivers: " (named.join(", ")) "." } }
        div.charts { (figure(GatherStyle::Density, "density")) (figure(GatherStyle::Wiggle, "wiggle")) }
    }
}
