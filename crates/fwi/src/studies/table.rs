//! The table of a study for the terminal: a line a metric, a column a member, the best of each line marked with `*`.

use super::metric::{Better, COST, Metric};
use super::summary::{Member, Summary};
use crate::scenario::Kind;
use crate::status::Status;

/// The metrics of a kind of study, with time and steps at the end.
#[must_use]
pub fn metrics(kind: Kind) -> Vec<Metric> {
    let own = match kind {
        Kind::Inversions => super::inversions::METRICS,
        Kind::Fits => super::fits::METRICS,
        Kind::Evolutions => super::evolutions::METRICS,
        Kind::Wavefields => super::wavefields::METRICS,
        Kind::Statistics => super::activations::METRICS,
    };
    own.iter().chain(&COST).copied().collect()
}

/// Members that are compared with each other: fits of one quantity, and all of another kind of study.
fn groups(summary: &Summary) -> Vec<(String, Vec<&Member>)> {
    let mut groups: Vec<(String, Vec<&Member>)> = Vec::new();
    for member in &summary.members {
        let heading = match summary.kind {
            Kind::Fits => format!("fitted: {}", member.method),
            _ => String::new(),
        };
        match groups.iter_mut().find(|(other, _)| *other == heading) {
            Some((_, members)) => members.push(member),
            None => groups.push((heading, vec![member])),
        }
    }
    groups
}

/// The member that is best by a metric, among those that are done and when there is one to be better than.
fn ranking(metric: &Metric, members: &[&Member], truth: Option<f64>) -> Vec<usize> {
    let cost = |value: f64| match (metric.better, truth) {
        (Better::Lower, _) => value,
        (Better::Higher, _) => -value,
        (Better::Nearest, Some(truth)) => (value - truth).abs(),
        _ => f64::NAN,
    };
    let mut ranked: Vec<(usize, f64)> = (members.iter().enumerate())
        .filter(|(_, member)| member.status == Status::Done)
        .filter_map(|(i, member)| Some((i, cost(member.value(metric.key)?))))
        .filter(|(_, cost)| cost.is_finite())
        .collect();
    ranked.sort_by(|a, b| a.1.total_cmp(&b.1));
    ranked.into_iter().map(|(i, _)| i).collect()
}

/// The table, with what has gone wrong and who is best in what below it.
#[must_use]
pub fn text(summary: &Summary) -> String {
    let mut text = String::new();
    for (heading, members) in groups(summary) {
        text += &of_group(summary, &heading, &members);
    }
    text
}

fn of_group(summary: &Summary, heading: &str, members: &[&Member]) -> String {
    let metrics = metrics(summary.kind);
    let shown = metrics.iter().filter(|m| members.iter().any(|member| member.value(m.key).is_some()));
    let shown: Vec<&Metric> = shown.collect();
    let truth = |metric: &Metric| summary.truth.get(metric.key).copied();
    let with_truth = shown.iter().any(|metric| truth(metric).is_some());
    let words = |name: &str, word: fn(&Member) -> &str| -> Vec<String> {
        let cells = members.iter().map(|member| word(member).to_owned());
        std::iter::once(name.to_owned()).chain(cells).collect()
    };
    let mut lines = vec![words(heading, |member| &member.name)];
    if with_truth {
        lines[0].push("truth".to_owned());
    }
    if summary.kind != Kind::Fits {
        let name = if summary.kind == Kind::Statistics { "activation" } else { "method" };
        lines.push(words(name, |member| &member.method));
    }
    lines.push(words("status", |member| member.status.word()));
    for metric in &shown {
        let best = ranking(metric, members, truth(metric));
        let best = (best.len() > 1).then(|| best[0]);
        let mut line = vec![metric.heading()];
        line.extend(members.iter().enumerate().map(|(i, member)| {
            let value = member.value(metric.key).map_or_else(|| "\u{2013}".to_owned(), metric.text);
            // The space keeps the digits of a column under each other.
            format!("{value}{}", if best == Some(i) { "*" } else { " " })
        }));
        line.extend(truth(metric).map(metric.text));
        lines.push(line);
    }
    let mut text = aligned(&lines);
    for member in members.iter().filter(|member| member.status != Status::Done) {
        text += &format!("{}: {}, {}\n", member.name, member.status.word(), member.stopped_because);
    }
    text + &verdict(&shown, members, &truth)
}

fn aligned(lines: &[Vec<String>]) -> String {
    let width =
        |k: usize| lines.iter().filter_map(|l| l.get(k)).map(|t| t.chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..lines[0].len()).map(width).collect();
    let mut text = String::new();
    for line in lines {
        let mut row = format!("{:<1$}", line[0], widths[0]);
        for (cell, w) in line.iter().zip(&widths).skip(1) {
            // Words end where digits do, one before the mark.
            let mark = if cell.ends_with(['*', ' ']) { "" } else { " " };
            row += &format!("  {:>1$}", format!("{cell}{mark}"), w + 1);
        }
        text += row.trim_end();
        text.push('\n');
    }
    text
}

/// Who is best in what, a sentence a member.
fn verdict(metrics: &[&Metric], members: &[&Member], truth: &dyn Fn(&Metric) -> Option<f64>) -> String {
    let with_unit = |metric: &Metric, member: &Member| {
        let value = member.value(metric.key).map_or_else(String::new, metric.text);
        if metric.unit.is_empty() { value } else { format!("{value} {}", metric.unit) }
    };
    let mut sentences: Vec<(usize, Vec<String>)> = Vec::new();
    for metric in metrics.iter().filter(|metric| metric.key != "cpu_s") {
        let [best, next, ..] = ranking(metric, members, truth(metric))[..] else { continue };
        let truth = truth(metric)
            .map_or_else(String::new, |v| format!(", truth {} {}", (metric.text)(v), metric.unit));
        let (own, other) = (with_unit(metric, members[best]), with_unit(metric, members[next]));
        let won = format!("{} ({own}, next {} {other}{truth})", metric.subject, members[next].name);
        match sentences.iter_mut().find(|(winner, _)| *winner == best) {
            Some((_, all)) => all.push(won),
            None => sentences.push((best, vec![won])),
        }
    }
    let sentence = |(winner, won): (usize, Vec<String>)| {
        let won = match won.split_last() {
            Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
            _ => won.concat(),
        };
        format!("{} is best in {won}.\n", members[winner].name)
    };
    sentences.into_iter().map(sentence).collect()
}
