//! Models and wavefields as maps, each kind on one colour scale.

use maud::html;
use num_complex::Complex64;

use super::differences::differences;
use super::model_gallery::ModelGallery;
use crate::inversions::outcome::{Comparison, RunOutcome};
use fd::Point;
use figures::page::Section;
use figures::page::pictures::{Gallery, Size};
use figures::tables::Format;
use figures::{Map, Marks, Scale, robust_amplitude};
use fwi::metrics::relative_l2;
use survey::model::{Model, sample};
use survey::model_io::ComplexField;
use survey::parameter::Quantity;
use survey::survey::Survey;
use survey::ticks::significant;

/// True, starting and inverted models.
pub(super) fn models(run: &Comparison) -> Section {
    if !run.media.initial.is_empty() {
        // Those of several parameters are shown one by one.
        return Section::new("Velocity models", "", html! {});
    }
    let inverted = || run.outcomes.iter().filter_map(|o| o.model.as_ref().map(|m| (o, m)));
    let scale = model_scale(
        &run.quantity(),
        run.truth.as_ref(),
        run.initial.iter().chain(inverted().map(|(_, m)| m)),
    );
    let survey = run.information.survey.as_ref();
    let mut gallery = ModelGallery::new(&scale, run.truth.as_ref());
    let mut clipped = false;
    let mut add = |title: &str, note: String, model: &Model, outlined: bool, survey: Option<&Survey>| {
        let [lo, hi] = model.range();
        clipped |= lo < scale.lo - 1.0 || hi > scale.hi + 1.0;
        gallery.add((title, &note), model, outlined, survey);
    };
    if let Some(model) = &run.truth {
        add("true", String::new(), model, false, survey);
    }
    if let Some(model) = &run.initial {
        add("start", String::new(), model, true, survey.filter(|_| run.truth.is_none()));
    }
    for (outcome, model) in inverted() {
        add(&outcome.name, error_note(outcome), model, true, None);
    }
    if gallery.is_empty() {
        return Section::new("Velocity models", "", html! {});
    }
    let mut caption = String::from("All models share one colour scale.");
    if run.outcomes.iter().any(|outcome| !error_note(outcome).is_empty()) {
        caption += " The number above a model is its relative error.";
    }
    if clipped {
        caption += " Velocities beyond its ends have the colour of the end.";
    }
    if let Some(survey) =
        run.information.survey.as_ref().filter(|_| run.truth.is_some() || run.initial.is_some())
    {
        let of = if survey.receivers.move_on() { " of the middle shot" } else { "" };
        caption += &format!(" Red stars are sources; white triangles are receivers{of}.");
    }
    if gallery.is_outlined() {
        caption += " The dashed line is the outline of the true model at half contrast.";
    }
    let found: Vec<(&str, &Model)> =
        inverted().map(|(outcome, model)| (outcome.name.as_str(), model)).collect();
    let apart = differences(&run.quantity(), run.truth.as_ref(), run.initial.as_ref(), &found);
    Section::new("Velocity models", caption, html! { (gallery.html()) (apart) })
}

/// The velocity error of an inversion as a note over its model; empty when there is no truth.
fn error_note(outcome: &RunOutcome) -> String {
    let error = outcome.metrics.velocity_relative_l2;
    error.map_or_else(String::new, |error| format!("{} %", Format::Percent.text(error)))
}

/// Sources and receivers of a section as marks. If the receivers move with the shots, these are the receivers of the middle
/// shot.
fn marks(survey: &Survey) -> Marks {
    let flat = |points: &[Point]| points.iter().map(Point::section).collect();
    Marks { sources: flat(&survey.sources), receivers: flat(survey.receivers.of(survey.sources.len() / 2)) }
}

/// True and fitted wavefields, and how they differ.
pub(super) fn wavefields(run: &Comparison) -> Section {
    let fitted: Vec<(&str, &ComplexField)> =
        run.outcomes.iter().filter_map(|o| o.wavefield.as_ref().map(|w| (o.name.as_str(), w))).collect();
    let heading = "Wavefields";
    let Some(first) = run.true_wavefield.as_ref().or(fitted.first().map(|f| f.1)) else {
        return Section::new(heading, "", html! {});
    };
    let real = |values: &[Complex64]| values.iter().map(|v| v.re).collect::<Vec<f64>>();
    let scale = Scale::wavefield(robust_amplitude(first.values.iter().map(|v| v.re), 0.995));
    let mut fields = Gallery::new(&scale, Size::Small).flipping();
    let mut differences = Gallery::new(&scale, Size::Small);
    if let Some(truth) = &run.true_wavefield {
        let marks = run.information.survey.as_ref().map(marks);
        fields.add(&Map { marks: marks.as_ref(), ..Map::new("true", &truth.grid, &real(&truth.values)) });
    }
    let mut differ = false;
    for (name, field) in &fitted {
        let mut note = String::new();
        if let Some(truth) = &run.true_wavefield {
            let on_truth = onto(field, truth);
            note = relative_l2(&on_truth, &truth.values)
                .map_or(String::new(), |e| format!("{:.1} %", 100.0 * e));
            let difference: Vec<f64> = on_truth.iter().zip(&truth.values).map(|(a, b)| (a - b).re).collect();
            differences.add(&Map::new(format!("{name} \u{2212} true"), &truth.grid, &difference));
            differ = true;
        }
        fields.add(&Map { note, ..Map::new(*name, &field.grid, &real(&field.values)) });
    }
    let caption = format!(
        "Real part at {} Hz, shot {}. All maps share one colour scale, which leaves out the largest 0.5\u{a0}% of the \
         amplitudes, near the source. The number above a map is its relative error.",
        significant(first.frequency, 5),
        first.shot
    );
    let content = html! {
        (fields.html())
        @if differ { h3 { "Wavefield error" } (differences.html()) }
    };
    Section::new(heading, caption, content)
}

/// One colour scale for all models: the range of the true model, extended by at most a third of it on either side.
pub(crate) fn model_scale<'a>(
    quantity: &Quantity,
    truth: Option<&'a Model>,
    models: impl Iterator<Item = &'a Model>,
) -> Scale {
    let (mut lo, mut hi) = (f64::INFINITY, f64::NEG_INFINITY);
    for [l, h] in models.chain(truth).map(Model::range) {
        (lo, hi) = (lo.min(l), hi.max(h));
    }
    if let Some([l, h]) = truth.map(Model::range).filter(|[l, h]| h > l) {
        let room = (h - l) / 3.0;
        (lo, hi) = (lo.max(l - room), hi.min(h + room));
    }
    Scale::quantity([lo, hi], quantity.label())
}

/// A field interpolated onto the grid of another.
fn onto(field: &ComplexField, other: &ComplexField) -> Vec<Complex64> {
    if field.grid == other.grid {
        return field.values.clone();
    }
    let part = |of: fn(&Complex64) -> f64| field.values.iter().map(of).collect::<Vec<f64>>();
    let (re, im) = (part(|v| v.re), part(|v| v.im));
    let at = |p: Point| Complex64::new(sample(&field.grid, &re, p), sample(&field.grid, &im, p));
    other.grid.nodes().map(at).collect()
}
