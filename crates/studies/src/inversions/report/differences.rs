//! How models differ from the start and from the truth, as maps.

use maud::{Markup, html};

use super::model_gallery::ModelGallery;
use figures::{Scale, robust_amplitude};
use survey::model::Model;
use survey::parameter::Quantity;

/// Maps of the change from the start, and of the difference from the truth where it is known. A section is a map, a volume three
/// slices, and models on a line have none.
pub(super) fn differences(
    quantity: &Quantity,
    truth: Option<&Model>,
    start: Option<&Model>,
    found: &[(&str, &Model)],
) -> Markup {
    let true_and = |found: &[(&'static str, Option<&Model>)]| -> Vec<(String, Model)> {
        found.iter().filter_map(|(name, model)| Some(((*name).to_owned(), (*model)?.clone()))).collect()
    };
    let all = |first: Vec<(String, Model)>| -> Vec<(String, Model)> {
        let found = found.iter().map(|(name, model)| ((*name).to_owned(), (*model).clone()));
        first.into_iter().chain(found).collect()
    };
    let changes =
        start.map(|start| gallery(quantity, truth, &all(true_and(&[("true", truth)])), (start, "start")));
    let errors = truth
        .map(|truth| gallery(quantity, Some(truth), &all(true_and(&[("start", start)])), (truth, "true")));
    let part = |heading: &str, maps: Option<Markup>| match maps.filter(|maps| !maps.0.is_empty()) {
        Some(maps) => html! { h3 { (heading) } (maps) },
        None => html! {},
    };
    html! { (part("Change from the start", changes)) (part("Difference from the true model", errors)) }
}

/// Models less another one, on one scale.
fn gallery(
    quantity: &Quantity,
    truth: Option<&Model>,
    models: &[(String, Model)],
    (other, of): (&Model, &str),
) -> Markup {
    let less = |model: &Model| {
        let values = model.grid.nodes().zip(&model.values).map(|(at, v)| v - other.sample(at));
        Model { grid: model.grid, values: values.collect() }
    };
    let maps: Vec<(String, Model)> =
        models.iter().map(|(name, model)| (format!("{name} \u{2212} {of}"), less(model))).collect();
    if maps.iter().all(|(_, model)| model.values.iter().all(|v| *v == 0.0)) {
        return html! {};
    }
    let amplitude = robust_amplitude(maps.iter().flat_map(|(_, model)| model.values.iter().copied()), 0.998);
    let scale = Scale::signed(amplitude, format!("difference of {}", quantity.label()));
    let mut gallery = ModelGallery::new(&scale, truth);
    for (title, model) in &maps {
        gallery.add((title, ""), model, true, None);
    }
    if gallery.is_empty() {
        html! {}
    } else {
        gallery.html()
    }
}
