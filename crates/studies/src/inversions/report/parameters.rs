//! Several parameters of a medium: their errors, their cross-talk, and a map of each.

use std::path::Path;

use maud::{Markup, html};

use super::differences::differences;
use super::maps::model_scale;
use super::model_gallery::ModelGallery;
use crate::inversions::outcome::{Comparison, RunOutcome};
use figures::page::Section;
use figures::page::pictures::charts;
use figures::slices::{line_chart, model_figure};
use figures::tables::Format;
use fwi::metrics::velocity_relative_l2;
use survey::atomic;
use survey::data_error::DataError;
use survey::model::Model;
use survey::parameter::{Parameter, Quantity};

/// Relative difference of the truth from the start below which a parameter counts as known.
const KNOWN: f64 = 1e-3;

fn of<'a>(parameters: &'a [Parameter], quantity: &Quantity) -> Option<&'a Model> {
    parameters.iter().find(|of| of.quantity == *quantity).map(|of| &of.model)
}

/// What an inversion made of a parameter.
struct Row<'a> {
    inversion: &'a str,
    quantity: &'a Quantity,
    /// Relative error of the start and of the result.
    errors: Option<[f64; 2]>,
    /// Root mean square of the change where the truth is the start and another parameter's is not, over that of the parameter.
    cross_talk: Option<f64>,
}

fn rows(run: &Comparison) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    for outcome in &run.outcomes {
        for found in &outcome.parameters {
            let Some(start) = of(&run.media.initial, &found.quantity) else { continue };
            let truth = of(&run.media.truth, &found.quantity);
            if found.model == *start && truth.is_none_or(|truth| truth == start) {
                continue;
            }
            let errors = truth.and_then(|truth| {
                Some([velocity_relative_l2(start, truth)?, velocity_relative_l2(&found.model, truth)?])
            });
            let (inversion, quantity) = (outcome.name.as_str(), &found.quantity);
            rows.push(Row { inversion, quantity, errors, cross_talk: cross_talk(run, found, start) });
        }
    }
    rows
}

/// The change of a parameter where only others differ from the start.
fn cross_talk(run: &Comparison, found: &Parameter, start: &Model) -> Option<f64> {
    let differs = |quantity: &Quantity| -> Option<Vec<bool>> {
        let (truth, start) = (of(&run.media.truth, quantity)?, of(&run.media.initial, quantity)?);
        let largest = start.values.iter().fold(0.0_f64, |a, v| a.max(v.abs()));
        let pairs = truth.values.iter().zip(&start.values);
        Some(pairs.map(|(truth, start)| (truth - start).abs() > KNOWN * largest).collect())
    };
    let own = differs(&found.quantity)?;
    let mut others = vec![false; own.len()];
    for other in run.media.truth.iter().filter(|other| other.quantity != found.quantity) {
        others.iter_mut().zip(differs(&other.quantity)?).for_each(|(any, this)| *any |= this);
    }
    let (mut change, mut size) = (0.0, 0.0);
    for node in (0..own.len()).filter(|node| others[*node] && !own[*node]) {
        change += (found.model.values[node] - start.values[node]).powi(2);
        size += start.values[node].powi(2);
    }
    (size > 0.0).then(|| (change / size).sqrt())
}

/// The errors of every parameter, and its maps.
pub(super) fn parameters(run: &Comparison) -> Section {
    let heading = "Parameters";
    if run.media.initial.is_empty() {
        return Section::new(heading, "", html! {});
    }
    let rows = rows(run);
    let mut shown: Vec<&Quantity> = Vec::new();
    for start in &run.media.initial {
        let truth = of(&run.media.truth, &start.quantity);
        let changes = rows.iter().any(|row| *row.quantity == start.quantity);
        let [lo, hi] = start.model.range();
        if changes || hi > lo || truth.is_some_and(|truth| *truth != start.model) {
            shown.push(&start.quantity);
        }
    }
    let caption = "Errors are relative to the true values, in the L2 norm. Cross-talk is the change of a parameter where its \
                   true values are those of the start and another parameter's are not, relative to the parameter there. All \
                   maps of a parameter share one colour scale. Parameters that are uniform and known are not shown.";
    let percent = |value: f64| format!("{}\u{a0}%", Format::Percent.text(value));
    let content = html! {
        @if !rows.is_empty() {
            table {
                thead { tr {
                    th { "inversion" } th { "parameter" } th { "error of the start" } th { "error" } th { "cross-talk" }
                } }
                tbody { @for row in &rows { tr {
                    td { (row.inversion) }
                    td { (row.quantity.name) }
                    td { (row.errors.map_or_else(String::new, |errors| percent(errors[0]))) }
                    td { (row.errors.map_or_else(String::new, |errors| percent(errors[1]))) }
                    td { (row.cross_talk.map_or_else(String::new, percent)) }
                } } }
            }
        }
        @for quantity in shown { h3 { (in_words(quantity)) } (maps(run, quantity)) }
    };
    Section::new(heading, caption, content)
}

/// The parameter in words with its name.
fn in_words(quantity: &Quantity) -> String {
    match quantity.words() {
        words if words == quantity.name => words.to_owned(),
        words => format!("{words} ({})", quantity.name),
    }
}

/// The models of a parameter with their titles: true, start, and those of the inversions.
fn models<'a>(
    run: &'a Comparison,
    quantity: &Quantity,
    outcomes: &'a [RunOutcome],
) -> Vec<(&'a str, &'a Model)> {
    let known = [("true", of(&run.media.truth, quantity)), ("start", of(&run.media.initial, quantity))];
    let mut all: Vec<_> = known.into_iter().filter_map(|(title, model)| Some((title, model?))).collect();
    all.extend(outcomes.iter().filter_map(|o| Some((o.name.as_str(), of(&o.parameters, quantity)?))));
    all
}

fn maps(run: &Comparison, quantity: &Quantity) -> Markup {
    let truth = of(&run.media.truth, quantity);
    let all = models(run, quantity, &run.outcomes);
    if let Some(chart) = line_chart(&all, &quantity.label()) {
        return charts(&[chart]);
    }
    let scale = model_scale(quantity, truth, all.iter().map(|(_, model)| *model));
    let mut gallery = ModelGallery::new(&scale, truth);
    for (k, (title, model)) in all.into_iter().enumerate() {
        let error = truth.filter(|_| k > 0).and_then(|truth| velocity_relative_l2(model, truth));
        let note = error.map_or_else(String::new, |error| format!("{} %", Format::Percent.text(error)));
        let survey = run.information.survey.as_ref().filter(|_| k == 0);
        gallery.add((title, &note), model, k > 0, survey);
    }
    let found = run.outcomes.iter().filter_map(|o| Some((o.name.as_str(), of(&o.parameters, quantity)?)));
    let apart = differences(quantity, truth, of(&run.media.initial, quantity), &found.collect::<Vec<_>>());
    html! { (gallery.html()) (apart) }
}

/// Draws a parameter of an inversion beside its true and its starting values, in a file of its folder.
///
/// # Errors
/// [`DataError::Unwritable`].
pub(crate) fn draw_parameter(
    folder: &Path,
    parameter: &Parameter,
    outcome: &RunOutcome,
    run: &Comparison,
) -> Result<(), DataError> {
    let quantity = &parameter.quantity;
    let all = models(run, quantity, std::slice::from_ref(outcome));
    let truth = of(&run.media.truth, quantity);
    let scale = model_scale(quantity, truth, all.iter().map(|(_, model)| *model));
    let figure = model_figure(&all, &scale, run.information.survey.as_ref());
    atomic::write_bytes(&folder.join(format!("model-{}.png", quantity.name)), &figure.to_png())
}
