//! The summary: what is unusual, the facts of the file, and what cannot be told.

use document::numbers::short;
use figures::page::Section;
use maud::html;
use survey::gathers::GatherFile;
use survey::quality::{DEFECTS, QualityControl};
use survey::ticks::six_digits;

use super::defects::words;
use super::looked::Looked;

/// The share of traces with a clear first break below which the data count as weak.
const CLEAR: f64 = 0.5;

/// The section.
pub(super) fn summary(looked: &Looked) -> Section {
    let unknown = cannot_be_told(looked.control);
    let content = html! {
        @if !looked.warnings.is_empty() || !unknown.is_empty() {
            div.verdict {
                @for warning in &looked.warnings { p.trouble { (words(warning)) } }
                @for unknown in &unknown { p { strong { "Cannot be told: " } (unknown) } }
            }
        }
        dl { @for (name, fact) in &looked.facts { dt { (name) } dd { (fact) } } }
    };
    Section::new("Summary", "", content)
}

/// What the data are too weak or too short for.
fn cannot_be_told(control: &QualityControl) -> Vec<String> {
    let mut said = Vec::new();
    let [picked, unclear] = control.first_breaks.counts();
    let all = picked + unclear;
    if (picked as f64) < CLEAR * all as f64 {
        said.push(format!(
            "only {picked} of {all} traces have a clear first break. Noisy and reversed traces, the spectrum of the noise and velocities \
             follow from those."
        ));
    }
    if control.spectra.traces()[1] == 0 {
        said.push("the noise: no trace has a record of a period or more before its first break.".to_owned());
    }
    if control.first_breaks.diving_wave().is_none() {
        said.push("a velocity: there are too few first breaks, or they are at too few offsets.".to_owned());
    }
    said
}

/// What is unusual about a file of receiver data.
pub(super) fn warnings(file: &GatherFile) -> Vec<String> {
    let mut said: Vec<String> = file.header.survey.own_records().into_iter().collect();
    if let [first, others @ ..] = &file.header.fields[..]
        && !others.is_empty()
    {
        let others: Vec<&str> = others.iter().map(|field| field.name.as_str()).collect();
        said.push(format!("this page is about {}; not about {}", first.name, others.join(", ")));
    }
    said
}

/// The facts of a file of receiver data.
pub(super) fn of_file(file: &GatherFile, control: &QualityControl) -> Vec<(String, String)> {
    let header = &file.header;
    let [shots, _, samples] = header.shape();
    let receivers = header.survey.receivers.count();
    let mut facts = Vec::new();
    let mut line = |name: &str, fact: String| facts.push((name.to_owned(), fact));
    line("shots", format!("{shots} with {receivers} traces each"));
    let end = header.dt * (samples - 1) as f64;
    line("times", format!("0 to {} s, {samples} samples, one each {} s", short(end), six_digits(header.dt)));
    if let Some(field) = header.fields.first() {
        line("field", field.name.clone());
    }
    let ends = |[low, high]: [f64; 2], offset: f64| [low.min(offset), high.max(offset)];
    let [near, far] = control.offsets().fold([f64::INFINITY, f64::NEG_INFINITY], ends);
    line("offsets", format!("{} to {} m", short(near), short(far)));
    if control.silent > 0 {
        line("silent", format!("{} traces are zero, NaN or infinite, to be masked", control.silent));
    }
    let usable = control.spectra.usable().map_or_else(
        || "no usable frequencies".to_owned(),
        |band| {
            let [low, peak, high] = [band.low, band.peak, band.high].map(short);
            format!("usable from {low} to {high} Hz, largest at {peak} Hz")
        },
    );
    line("spectrum", usable);
    let [picked, unclear] = control.first_breaks.counts();
    line("first breaks", format!("{picked} of {} traces", picked + unclear));
    let found = DEFECTS.iter().zip(control.counts()).filter(|(_, count)| *count > 0);
    let named: Vec<String> = found.map(|(row, count)| format!("{count} {}", row.name)).collect();
    line("suspicious", if named.is_empty() { "no traces".to_owned() } else { named.join(", ") });
    if let Some(first) = header.scenario.lines().find(|line| !line.trim().is_empty()) {
        line("from", first.to_owned());
    }
    facts
}
