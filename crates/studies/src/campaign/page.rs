//! The page of a campaign.

use figures::page::{Page, Section};
use maud::html;

use super::row::Row;
use super::tables::{of_members, of_pairs, of_rows};

/// The whole page.
#[must_use]
pub(super) fn html(name: &str, rows: &[Row]) -> String {
    let mut sections = Vec::new();
    let members = of_members(rows);
    if !members.rows.is_empty() {
        sections.push(Section::new(
            "Members",
            "Means over the scenarios that a member finished. Repetitions with other seeds count as their mean. A success is an error \
             below half of that of the starting model, out of all scenarios that the member was run in.",
            members.html(),
        ));
    }
    let pairs = of_pairs(rows);
    if !pairs.rows.is_empty() {
        sections.push(Section::new(
            "Pairs",
            "The ratio of the errors of two members, scenario by scenario: its geometric mean, and the interval that contains it with \
             95 % confidence if the logarithms are normally distributed (Student's t). An interval that contains 1 shows no difference.",
            pairs.html(),
        ));
    }
    let mut scenarios: Vec<&str> = rows.iter().map(|row| row.scenario.as_str()).collect();
    scenarios.dedup();
    sections.push(Section::new(
        "Scenarios",
        "Every member of every scenario. The error is that of the first metric of the scenario's kind of which less is better; for \
         inversions of a known model the relative error of the velocity.",
        html! {
            (of_rows(rows).html())
            @for row in rows.iter().filter(|row| !row.is_done()) {
                p { (row.scenario) @if !row.member.is_empty() { ", " (row.member) } ": " (row.because) }
            }
            p { "Reports: " @for (k, scenario) in scenarios.iter().enumerate() {
                @if k > 0 { ", " } a href=(format!("{scenario}/report.html")) { (scenario) }
            } "." }
        },
    ));
    Page {
        kind: "Campaign",
        title: name.to_owned(),
        description: "All scenarios of a folder, one after the other.".to_owned(),
        results: &[],
        sections,
        facts: crate::spine::study::facts(),
        scenario: String::new(),
        remark: "Errors are relative; times are processor times of all threads.",
    }
    .html()
}
