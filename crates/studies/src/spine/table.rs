//! The tables of a study, made from its summary. A row is a member, and a column is a metric.

use std::collections::BTreeMap;

use super::metric::{Metric, parameter_of};
use super::metrics;
use super::summary::{Member, Summary};
use figures::tables::{self, Compared, Failure, Row, Table};
use scenario::Kind;

/// The names of the metrics of a verdict.
fn judged(summary: &Summary, group: &str) -> Vec<String> {
    let of_parameters = summary.metrics.iter().filter_map(|described| parameter_of(&described.key));
    let errors: Vec<String> =
        of_parameters.map(|name| Metric::error_of(name).column.name.into_owned()).collect();
    let own: &[&str] = match summary.kind {
        Kind::Inversions => &["velocity error", "disc radius", "disc velocity", "data misfit", "wall time"],
        // A Laplacian determines the value up to a harmonic function, so only the Laplacian itself is judged.
        Kind::Fits if group == "laplacian" => &["Laplacian error"],
        Kind::Fits => &["PSNR", "gradient error", "Laplacian error"],
        Kind::Wavefields | Kind::Evolutions => &["wavefield error", "wall time"],
        Kind::Statistics => &[],
    };
    let (first, others) = own.split_at(own.len().min(1));
    let named = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<String>>();
    [named(first), errors, named(others)].concat()
}

/// The quantities of which members are compared with each other: fits of the value with fits of the value, and so on; all
/// members of another kind of study.
fn compared(summary: &Summary) -> Vec<&str> {
    if summary.kind != Kind::Fits {
        return vec![""];
    }
    let mut quantities: Vec<&str> = summary.members.iter().map(|member| member.method.as_str()).collect();
    let order = ["value", "gradient", "laplacian"];
    quantities.sort_by_key(|quantity| order.iter().position(|other| other == quantity));
    quantities.dedup();
    quantities
}

/// The value of a member in a column. A method that solves directly has no number of iterations.
fn value(member: &Member, key: &str) -> Option<f64> {
    member.value(key).filter(|value| key != "iterations" || *value > 0.0)
}

/// The tables of a study, each with its verdict. Members keep the colours of their places among all.
#[must_use]
pub fn tables(summary: &Summary) -> Vec<Compared> {
    let all = metrics::of(summary);
    let one = |quantity: &str| {
        let members: Vec<(usize, &Member)> = (summary.members.iter().enumerate())
            .filter(|(_, member)| quantity.is_empty() || member.method == quantity)
            .collect();
        let known = |metric: &&Metric| members.iter().any(|(_, member)| value(member, &metric.key).is_some());
        let shown: Vec<&Metric> = all.iter().filter(known).collect();
        let row = |(ink, member): &(usize, &Member)| Row {
            group: member.group.clone().unwrap_or_default(),
            labels: if summary.kind == Kind::Fits { Vec::new() } else { vec![member.method.clone()] },
            values: shown.iter().map(|metric| value(member, &metric.key)).collect(),
            ..Row::new(&member.name, *ink, Failure::of(member.status, &member.stopped_because))
        };
        let of = |metric: &Metric, of: &BTreeMap<String, f64>| of.get(&*metric.key).copied();
        let column = |metric: &&Metric| metric.with(of(metric, &summary.start), of(metric, &summary.truth));
        let table = Table {
            corner: if quantity.is_empty() { String::new() } else { format!("fitted: {quantity}") },
            labels: match summary.kind {
                Kind::Fits => Vec::new(),
                Kind::Statistics => vec!["activation function"],
                _ => vec!["method"],
            },
            metrics: shown.iter().map(column).collect(),
            rows: members.iter().map(row).collect(),
        };
        let judged = judged(summary, quantity);
        let judged: Vec<&str> = judged.iter().map(String::as_str).collect();
        let verdict = if judged.is_empty() { Vec::new() } else { table.verdict(summary.kind.one(), &judged) };
        Compared { what: quantity.to_owned(), table, verdict }
    };
    compared(summary).into_iter().map(one).collect()
}

/// The tables as text for the terminal, with failures and verdicts.
#[must_use]
pub fn text(summary: &Summary) -> String {
    let tables = tables(summary);
    tables.iter().map(|compared| compared.table.report(tables::width(), &compared.verdict)).collect()
}

#[cfg(test)]
mod tests;
