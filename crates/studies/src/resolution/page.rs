//! The page of a test of resolution: the change that was put in, the one that was found, and what came back.

use maud::{Markup, html};

use figures::page::pictures::{Gallery, Size, charts};
use figures::page::{Page, Section};
use figures::slices::{line_chart, slices};
use figures::{Axis, Chart, Curve, Ink, Map, Scale};
use survey::model::Model;

use super::finished::{Finished, NOTE};
use super::measure::Recovery;

/// The whole page.
pub(super) fn html(of: &Finished) -> String {
    let [put, found] = &of.changes;
    let changes = maps(of, &of.scale(), &[("change", put), ("found", found)]);
    let share = Scale::signed(1.0, "correlation");
    let correlation = maps(of, &share, &[("correlation", &of.measured.maps.correlation)]);
    Page {
        kind: "Resolution",
        title: of.name.clone(),
        description: format!("What comes back of a known change: {}.", of.pattern),
        results: &[],
        sections: vec![
            Section::new("Change", NOTE, changes),
            Section::new(
                "What came back",
                "The amplitude is that of the known change in the one that was found, 100 % for all of it; the correlation compares \
                 their shapes alone; the semblance compares both, and is 0.5 where nothing came back.",
                html! { (profile(of)) (table(of)) },
            ),
            Section::new(
                "Correlation",
                "The normalised correlation of both changes in a window of the size of a cell around every point. It is 0 where there is \
                 no change to find.",
                correlation,
            ),
        ],
        facts: of.facts.clone(),
        scenario: String::new(),
        remark: "Lengths are in metres; x points to the right and z points down. Changes are relative to the unperturbed model.",
    }
    .html()
}

/// Models on one scale: sections, three slices of volumes, or curves.
fn maps(of: &Finished, scale: &Scale, all: &[(&str, &Model)]) -> Markup {
    if let Some(chart) = line_chart(all, &scale.label) {
        return charts(&[chart]);
    }
    let mut gallery = Gallery::new(scale, Size::Large).flipping();
    for (title, model) in all {
        let slices = slices(model);
        if slices.len() > 1 {
            gallery.in_rows_of(slices.len());
        }
        for slice in &slices {
            let marks = slice.marks(&of.survey);
            gallery.add(&Map { marks: Some(&marks), ..slice.map(title) });
        }
    }
    gallery.html()
}

/// What came back by depth, as curves.
fn profile(of: &Finished) -> Markup {
    if of.measured.depths.len() < 2 {
        return html! {};
    }
    let curve = |name: &str, ink: Ink, value: fn(&Recovery) -> f64| {
        let points = of.measured.depths.iter().map(|([lo, hi], sums)| [0.5 * (lo + hi), value(sums)]);
        Curve::new(name, ink, points.collect())
    };
    charts(&[Chart {
        title: "By depth".to_owned(),
        x: Axis::linear("depth z (m)"),
        y: Axis::linear("share that came back"),
        curves: vec![
            curve("amplitude", Ink::Series(0), Recovery::recovered),
            curve("correlation", Ink::Series(1), Recovery::correlation),
        ],
        plot: [390.0, 230.0],
    }])
}

/// The table by box.
fn table(of: &Finished) -> Markup {
    let row = |place: String, sums: &Recovery| {
        html! { tr {
            td { (place) }
            td { (format!("{:.1}\u{a0}%", 100.0 * sums.recovered())) }
            td { (format!("{:.2}", sums.correlation())) }
            td { (format!("{:.2}", sums.semblance())) }
        } }
    };
    let of_depths =
        of.measured.depths.iter().map(|([lo, hi], sums)| row(format!("z = {lo:.0} to {hi:.0} m"), sums));
    let of_cells = of.measured.cells.iter().map(|(cell, sums)| {
        let centre: Vec<String> = cell.centre().iter().map(|v| format!("{v:.0}")).collect();
        row(format!("({}) m", centre.join(", ")), sums)
    });
    let table = |rows: Vec<Markup>| {
        html! { div.scroll { table {
            thead { tr { th { "place" } th { "amplitude" } th { "correlation" } th { "semblance" } } }
            tbody { @for row in &rows { (row) } }
        } } }
    };
    html! {
        (table(of_depths.collect()))
        details { summary { "Every cell" } (table(of_cells.collect())) }
    }
}
