//! Models and wavefields as maps, each kind on one colour scale.

use num_complex::Complex64;

use super::page::section;
use crate::colormap::{Scale, robust_amplitude};
use crate::figure::{Panel, plot_size};
use crate::figures::panel::{Frame, draw};
use crate::figures::{colour_bar, outline};
use crate::inversion_table::error_note;
use crate::metrics::relative_l2;
use crate::model::{Model, sample};
use crate::model_io::ComplexField;
use crate::outcome::Comparison;
use crate::survey::Survey;
use crate::svg::Svg;

/// What the colour bar of a wavefield says.
pub(crate) const WAVEFIELD_LABEL: &str = "real part of the pressure";

const MODEL_SIDE: f64 = 250.0;
/// Smaller, so that the true one and three fitted ones stand side by side.
const FIELD_SIDE: f64 = 184.0;

/// True, starting and inverted models.
pub(super) fn models(run: &Comparison) -> String {
    let inverted = || run.outcomes.iter().filter_map(|o| o.model.as_ref().map(|m| (o, m)));
    let scale = velocity_scale(run.truth.as_ref(), run.initial.iter().chain(inverted().map(|(_, m)| m)));
    let outline = run.truth.as_ref().and_then(outline::outline);
    let mut figures = String::new();
    let mut clipped = false;
    let mut add = |title: &str, note: String, model: &Model, outlined: bool, survey: Option<&Survey>| {
        let [lo, hi] = model.range();
        clipped |= lo < scale.lo - 1.0 || hi > scale.hi + 1.0;
        let outline = if outlined { outline.as_deref() } else { None };
        let panel = Panel { note, outline, ..Panel::new(title, &model.grid, &model.vp) };
        figures += &figure(&panel, MODEL_SIDE, &scale, survey);
    };
    if let Some(model) = &run.truth {
        add("true", String::new(), model, false, run.survey.as_ref());
    }
    if let Some(model) = &run.initial {
        let survey = if run.truth.is_none() { run.survey.as_ref() } else { None };
        add("start", String::new(), model, true, survey);
    }
    for (outcome, model) in inverted() {
        let note = error_note(outcome);
        add(&outcome.name, note, model, true, None);
    }
    if figures.is_empty() {
        return String::new();
    }
    let mut caption = String::from("All on one colour scale");
    if clipped {
        caption += "; velocities outside the scale have the colour of its end";
    }
    caption += ".";
    if let Some(survey) = &run.survey {
        let of = if survey.receivers.move_on() { " of the middle shot" } else { "" };
        caption += &format!(" Stars are sources, triangles receivers{of}.");
    }
    if outline.is_some() {
        caption += " The dashed line is the outline of the true model at half contrast.";
    }
    section("Velocity models", &caption, &format!("<div class=\"figures\">{figures}</div>{}", bar(&scale)))
}

/// True and fitted wavefields, and how they differ.
pub(super) fn wavefields(run: &Comparison) -> String {
    let fitted: Vec<(&str, &ComplexField)> =
        run.outcomes.iter().filter_map(|o| o.wavefield.as_ref().map(|w| (o.name.as_str(), w))).collect();
    let Some(first) = run.true_wavefield.as_ref().or(fitted.first().map(|f| f.1)) else {
        return String::new();
    };
    let real = |values: &[Complex64]| values.iter().map(|v| v.re).collect::<Vec<f64>>();
    let scale = Scale::signed(robust_amplitude(first.values.iter().map(|v| v.re), 0.995), WAVEFIELD_LABEL);
    let (mut figures, mut differences) = (String::new(), String::new());
    if let Some(truth) = &run.true_wavefield {
        figures += &figure(
            &Panel::new("true", &truth.grid, &real(&truth.values)),
            FIELD_SIDE,
            &scale,
            run.survey.as_ref(),
        );
    }
    for (name, field) in &fitted {
        let mut note = String::new();
        let mut difference = None;
        if let Some(truth) = &run.true_wavefield {
            let on_truth = onto(field, truth);
            note = relative_l2(&on_truth, &truth.values)
                .map_or(String::new(), |e| format!("error {:.1} %", 100.0 * e));
            let less: Vec<Complex64> = on_truth.iter().zip(&truth.values).map(|(a, b)| a - b).collect();
            difference = Some((&truth.grid, real(&less)));
        }
        let values = real(&field.values);
        figures +=
            &figure(&Panel { note, ..Panel::new(*name, &field.grid, &values) }, FIELD_SIDE, &scale, None);
        if let Some((grid, values)) = difference {
            differences += &figure(
                &Panel::new(format!("{name} \u{2212} true"), grid, &values),
                FIELD_SIDE,
                &scale,
                None,
            );
        }
    }
    let caption = format!(
        "Real part at {:.4} Hz, shot {}, all on one colour scale, clipped at the largest 0.5\u{a0}% of the \
         amplitudes, which occur near the source.",
        first.frequency, first.shot
    );
    let mut content = format!("<div class=\"figures fields\">{figures}</div>");
    if !differences.is_empty() {
        content +=
            &format!("<h3>Error (fitted minus true)</h3><div class=\"figures fields\">{differences}</div>");
    }
    section("Wavefields", &caption, &(content + &bar(&scale)))
}

/// One colour scale for all models: that of the truth and a third of its range on either side at most.
pub(crate) fn velocity_scale<'a>(truth: Option<&'a Model>, models: impl Iterator<Item = &'a Model>) -> Scale {
    let (mut lo, mut hi) = (f64::INFINITY, f64::NEG_INFINITY);
    for [l, h] in models.chain(truth).map(Model::range) {
        (lo, hi) = (lo.min(l), hi.max(h));
    }
    if let Some([l, h]) = truth.map(Model::range).filter(|[l, h]| h > l) {
        let room = (h - l) / 3.0;
        (lo, hi) = (lo.max(l - room), hi.min(h + room));
    }
    Scale::velocity([lo, hi])
}

/// A field interpolated onto the grid of another.
fn onto(field: &ComplexField, other: &ComplexField) -> Vec<Complex64> {
    if field.grid == other.grid {
        return field.values.clone();
    }
    let part = |of: fn(&Complex64) -> f64| field.values.iter().map(of).collect::<Vec<f64>>();
    let (re, im) = (part(|v| v.re), part(|v| v.im));
    let at = |p: [f64; 2]| Complex64::new(sample(&field.grid, &re, p), sample(&field.grid, &im, p));
    other.grid.points().map(at).collect()
}

/// One map as an SVG figure, `side` wide.
pub(crate) fn figure(panel: &Panel, side: f64, scale: &Scale, survey: Option<&Survey>) -> String {
    let frame = Frame::around(plot_size(panel.grid, side));
    let [w, h] = frame.size();
    let mut svg = Svg::new(w, h);
    draw(&mut svg, [0.0; 2], &frame, panel, scale, survey);
    let title = format!("Map of {}: {}", scale.label, panel.title);
    format!("<figure>{}</figure>", svg.finish(&title))
}

/// A flat colour bar as an SVG figure.
pub(crate) fn bar(scale: &Scale) -> String {
    const LENGTH: f64 = 400.0;
    let mut svg = Svg::new(LENGTH + 60.0, colour_bar::HEIGHT);
    colour_bar::flat(&mut svg, [30.0, 4.0], LENGTH, scale);
    format!("<div class=\"bar\">{}</div>", svg.finish(&format!("Colour scale: {}", scale.label)))
}
