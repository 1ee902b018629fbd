//! Models along wells.

use maud::html;

use crate::inversions::outcome::Comparison;
use crate::inversions::well::Well;
use crate::inversions::wells;
use figures::page::Section;
use figures::page::pictures::charts;
use figures::tables::Format;
use figures::{Axis, Chart, Curve, Ink};
use survey::ticks::{significant, six_digits};

const PLOT: [f64; 2] = [390.0, 230.0];

/// The log and all models along each well, and the errors there.
pub(super) fn wells(run: &Comparison) -> Section {
    let heading = "Wells";
    let (all, Some(grid)) = (&run.information.wells, wells::grid(run)) else {
        return Section::new(heading, "", html! {});
    };
    if all.is_empty() {
        return Section::new(heading, "", html! {});
    }
    let quantity = run.quantity();
    let chart = |well: &Well| {
        let profile = well.profile(run, &grid);
        let mut curves = Vec::new();
        if let Some(log) = &well.log {
            let points = log.depth.iter().zip(&log.velocity).map(|(z, v)| [*z, *v]).collect();
            curves.push(Curve::new("log", Ink::Muted, points));
        }
        for (name, values) in &profile.models {
            let points = profile.depths.iter().zip(values).map(|(z, v)| [*z, *v]).collect();
            curves.push(match *name {
                "true" => Curve::new(*name, Ink::Truth, points),
                "start" => Curve::new(*name, Ink::Start, points).dashed(),
                _ => {
                    let place = run.outcomes.iter().position(|o| o.name == *name).unwrap_or_default();
                    Curve::new(*name, Ink::Series(place), points)
                }
            });
        }
        let names = ["x", "y"];
        let at: Vec<String> =
            well.place.iter().zip(names).map(|(v, name)| format!("{name} = {} m", six_digits(*v))).collect();
        Chart {
            title: format!("{}, {}", well.name, at.join(", ")),
            x: Axis::linear("depth z (m)"),
            y: Axis::linear(quantity.label()),
            curves,
            plot: PLOT,
        }
    };
    let rows = wells::table(run);
    let suffix = quantity.suffix();
    let content = html! {
        (charts(&all.iter().map(chart).collect::<Vec<_>>()))
        @if !rows.is_empty() { div.scroll { table {
            thead { tr { th { "well" } th { "model" } th { "error" } th { "mean deviation" } } }
            tbody { @for (well, model, [relative, deviation]) in &rows { tr {
                td { (well) }
                td { (model) }
                td { (Format::Percent.text(*relative)) "\u{a0}%" }
                td { (significant(*deviation, 3)) (suffix) }
            } } }
        } } }
    };
    let caption = "Errors are relative to the log, as a mean over each cell of the model that keeps the travel time, or without a log to \
                   the true model. A mean deviation above zero is a model that is too fast.";
    Section::new(heading, caption, content)
}
