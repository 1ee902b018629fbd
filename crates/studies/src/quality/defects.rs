//! Suspicious traces by name, and what leaves them out.

use figures::page::{Section, folded};
use maud::{Markup, html};
use survey::quality::{DEFECTS, DefectRow, Flagged, Processing, QualityControl};
use survey::ticks::significant;

/// The most traces in the table.
const MOST: usize = 300;

/// The section.
pub(super) fn defects(control: &QualityControl, processing: &Processing) -> Section {
    let counts = control.counts();
    let caption = format!(
        "{} of {} traces. The thresholds are limits for a look, not a proof: see these traces in their gathers.",
        distinct(&control.flagged),
        control.traces()
    );
    let content = html! {
        (table_of_kinds(&counts))
        @for defect in &processing.common {
            p.trouble { "More than a quarter of all traces are " (defect.row().name) ": that is a property of the survey, and nothing is \
                suggested for them." }
        }
        @if !control.flagged.is_empty() { (folded("Suspicious traces by name", &table(control))) }
        @if !processing.is_empty() {
            h3 { "For the scenario" }
            pre { "data:\n" (processing.yaml("  ")) }
        }
    };
    Section::new("Suspicious traces", caption, content)
}

/// How many traces have a defect or several; those of a trace follow each other.
fn distinct(flagged: &[Flagged]) -> usize {
    let mut traces: Vec<[usize; 2]> = flagged.iter().map(|flag| [flag.shot, flag.receiver]).collect();
    traces.dedup();
    traces.len()
}

fn threshold(row: &DefectRow) -> String {
    let sign = match (row.above, row.threshold) {
        (true, _) => "more than ",
        (false, 0.0) => "",
        (false, _) => "less than ",
    };
    format!("{sign}{}", row.threshold).replace('-', "\u{2212}")
}

/// All kinds with the number of their traces.
fn table_of_kinds(counts: &[usize]) -> Markup {
    html! {
        div.scroll { table.upright {
            thead { tr { th { "defect" } th { "traces" } th { "threshold" } th.words { "of what" } th.words { "what to do" } } }
            tbody { @for (row, count) in DEFECTS.iter().zip(counts) { tr {
                th scope="row" { (row.name) }
                td { @if *count > 0 { strong { (count) } } @else { "0" } }
                td { (threshold(row)) }
                td.words { (row.measured) }
                td.words { (words(row.remedy.in_words())) }
            } } }
        } }
    }
}

/// Text with code between backticks.
pub(super) fn words(text: &str) -> Markup {
    html! { @for (place, part) in text.split('`').enumerate() {
        @if place % 2 == 1 { code { (part) } } @else { (part) }
    } }
}

fn table(control: &QualityControl) -> Markup {
    let numbering = control.subject.numbering.as_ref();
    let more = control.flagged.len().saturating_sub(MOST);
    let row = |flag: &Flagged| {
        let kind = flag.defect.row();
        let measured = match flag.same_as {
            Some([shot, receiver]) => format!("as shot {shot}, receiver {receiver}"),
            None => significant(flag.measured, 3),
        };
        html! { tr {
            th scope="row" { (kind.name) }
            td { (flag.shot) }
            td { (flag.receiver) }
            @if let Some(names) = numbering {
                td { @if let Some(id) = names.shots.get(flag.shot) { (id) } }
                td { @if let Some(trace) = names.traces.get(flag.shot).and_then(|all| all.get(flag.receiver)) { (trace) } }
            }
            td { (format!("{:.1}", flag.offset)) }
            td { (measured) }
            td { (threshold(kind)) }
        } }
    };
    html! {
        div.scroll { table.upright {
            thead { tr {
                th { "defect" } th { "shot" } th { "receiver" }
                @if numbering.is_some() { th { "shot in the file" } th { "trace in the file" } }
                th { "offset " small { "(m)" } } th { "measured" } th { "threshold" }
            } }
            tbody { @for flag in control.flagged.iter().take(MOST) { (row(flag)) } }
        } }
        @if more > 0 { p.caption { "and " (more) " more" } }
    }
}
