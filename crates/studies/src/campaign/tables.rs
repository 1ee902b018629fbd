//! The tables of a campaign.

use figures::tables::{self, Better, Failure, Format, Metric, Table};

use super::paired::{overall, pairs};
use super::row::Row;

fn metric(name: &'static str, unit: &'static str, format: Format, better: Better) -> Metric {
    Metric { name: name.into(), unit, format, better, start: None }
}

/// A column of a table.
struct Column<T> {
    metric: Metric,
    value: fn(&T) -> Option<f64>,
}

fn table<T>(
    corner: &str,
    labels: Vec<&'static str>,
    columns: Vec<Column<T>>,
    of: &[T],
    row: impl Fn(&T) -> tables::Row,
) -> Table {
    let known = |column: &Column<T>| of.iter().any(|one| (column.value)(one).is_some());
    let columns: Vec<Column<T>> = columns.into_iter().filter(known).collect();
    let rows = of.iter().map(|one| tables::Row {
        values: columns.iter().map(|column| (column.value)(one)).collect(),
        ..row(one)
    });
    let rows = rows.collect();
    Table {
        corner: corner.to_owned(),
        labels,
        rows,
        metrics: columns.into_iter().map(|column| column.metric).collect(),
    }
}

/// All rows, scenario by scenario.
#[must_use]
pub(super) fn of_rows(rows: &[Row]) -> Table {
    let columns = vec![
        Column {
            metric: metric("start", "%", Format::Percent, Better::Neither),
            value: |row: &Row| row.start,
        },
        Column { metric: metric("error", "%", Format::Percent, Better::Neither), value: |row| row.error },
        Column {
            metric: metric("data misfit", "%", Format::Percent, Better::Neither),
            value: |row| row.data_misfit,
        },
        Column {
            metric: metric("iterations", "", Format::Decimals(0), Better::Neither),
            value: |row| (row.iterations > 0).then_some(row.iterations as f64),
        },
        Column {
            metric: metric("CPU time", "s", Format::Seconds, Better::Neither),
            value: |row| Some(row.cpu_s),
        },
    ];
    table("scenario", vec!["member"], columns, rows, |row| {
        let failed = (!row.is_done()).then(|| Failure {
            status: if row.member.is_empty() { "no result" } else { "not finished" },
            because: row.because.clone(),
        });
        tables::Row { labels: vec![row.member.clone()], ..tables::Row::new(&row.scenario, None, failed) }
    })
}

/// What each member achieved over all scenarios.
#[must_use]
pub(super) fn of_members(rows: &[Row]) -> Table {
    let columns = vec![
        Column {
            metric: metric("scenarios", "", Format::Decimals(0), Better::Neither),
            value: |of: &super::paired::Overall| Some(of.scenarios as f64),
        },
        Column {
            metric: metric("finished", "", Format::Decimals(0), Better::Neither),
            value: |of| Some(of.finished as f64),
        },
        Column {
            metric: metric("mean error", "%", Format::Percent, Better::Lower),
            value: |of| Some(of.mean),
        },
        Column {
            metric: metric("largest error", "%", Format::Percent, Better::Lower),
            value: |of| Some(of.largest),
        },
        Column {
            metric: metric("below half of the start", "%", Format::Percent, Better::Higher),
            value: |of| of.success,
        },
        Column {
            metric: metric("mean CPU time", "s", Format::Seconds, Better::Neither),
            value: |of| Some(of.cpu_s),
        },
    ];
    table("member", Vec::new(), columns, &overall(rows), |of| tables::Row::new(&of.name, None, None))
}

/// The members in pairs.
#[must_use]
pub(super) fn of_pairs(rows: &[Row]) -> Table {
    let ratio = |name| metric(name, "", Format::Significant(3), Better::Neither);
    let columns = vec![
        Column {
            metric: metric("scenarios", "", Format::Decimals(0), Better::Neither),
            value: |of: &super::paired::Pair| Some(of.scenarios as f64),
        },
        Column {
            metric: metric("lower in", "", Format::Decimals(0), Better::Neither),
            value: |of| Some(of.wins as f64),
        },
        Column { metric: ratio("ratio of errors"), value: |of| Some(of.ratio) },
        Column { metric: ratio("95 % from"), value: |of| of.interval.map(|[low, _]| low) },
        Column { metric: ratio("to"), value: |of| of.interval.map(|[_, high]| high) },
    ];
    table("members", Vec::new(), columns, &pairs(rows), |of| {
        tables::Row::new(&format!("{} against {}", of.name, of.by), None, None)
    })
}

/// The rows of one scenario as lines of text, while others are still to come.
#[must_use]
pub fn lines(rows: &[Row]) -> String {
    let percent = |value: Option<f64>| value.map_or("-".to_owned(), |value| Format::Percent.text(value));
    let line = |row: &Row| match (row.member.is_empty(), row.is_done()) {
        (true, _) => format!("{}: no result: {}", row.scenario, row.because),
        (false, false) => format!("{}, {}: {}: {}", row.scenario, row.member, row.status, row.because),
        (false, true) => format!(
            "{}, {}: error {} % (start {} %), {} s of CPU",
            row.scenario,
            row.member,
            percent(row.error),
            percent(row.start),
            Format::Seconds.text(row.cpu_s)
        ),
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The tables that say something, for the terminal.
#[must_use]
pub fn text(rows: &[Row]) -> String {
    let tables = [of_rows(rows), of_members(rows), of_pairs(rows)];
    let shown: Vec<String> = tables
        .iter()
        .filter(|table| !table.rows.is_empty())
        .map(|table| table.report(tables::width(), &[]))
        .collect();
    shown.join("\n")
}
