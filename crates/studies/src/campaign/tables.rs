//! The tables of a campaign.

use figures::tables::{self, Better, Failure, Format, Measure, Table};

use super::paired::{Overall, Pair, overall, pairs};
use super::row::Row;

/// All rows, scenario by scenario.
#[must_use]
pub(super) fn of_rows(rows: &[Row]) -> Table {
    let measures = [
        Measure::new("start", "%", Format::Percent, Better::Neither, |row: &Row| row.start),
        Measure::new("error", "%", Format::Percent, Better::Neither, |row| row.error),
        Measure::new("data misfit", "%", Format::Percent, Better::Neither, |row| row.data_misfit),
        Measure::new("iterations", "", Format::Decimals(0), Better::Neither, |row| {
            (row.iterations > 0).then_some(row.iterations as f64)
        }),
        Measure::new("CPU time", "s", Format::Seconds, Better::Neither, |row| Some(row.cpu_s)),
    ];
    let table = Table::new(&["member"], &measures, rows, |_, row| {
        let failed = (!row.is_done()).then(|| Failure {
            status: if row.member.is_empty() { "no result" } else { "not finished" },
            because: row.because.clone(),
        });
        tables::Row { labels: vec![row.member.clone()], ..tables::Row::new(&row.scenario, None, failed) }
    });
    Table { corner: "scenario".to_owned(), ..table }
}

/// What each member achieved over all scenarios.
#[must_use]
pub(super) fn of_members(rows: &[Row]) -> Table {
    let measures = [
        Measure::new("scenarios", "", Format::Decimals(0), Better::Neither, |of: &Overall| {
            Some(of.scenarios as f64)
        }),
        Measure::new("finished", "", Format::Decimals(0), Better::Neither, |of| Some(of.finished as f64)),
        Measure::new("mean error", "%", Format::Percent, Better::Lower, |of| Some(of.mean)),
        Measure::new("largest error", "%", Format::Percent, Better::Lower, |of| Some(of.largest)),
        Measure::new("below half of the start", "%", Format::Percent, Better::Higher, |of| of.success),
        Measure::new("mean CPU time", "s", Format::Seconds, Better::Neither, |of| Some(of.cpu_s)),
    ];
    let table = Table::new(&[], &measures, &overall(rows), |_, of| tables::Row::new(&of.name, None, None));
    Table { corner: "member".to_owned(), ..table }
}

/// The members in pairs.
#[must_use]
pub(super) fn of_pairs(rows: &[Row]) -> Table {
    let ratio = |name, value: fn(&Pair) -> Option<f64>| {
        Measure::new(name, "", Format::Significant(3), Better::Neither, value)
    };
    let measures = [
        Measure::new("scenarios", "", Format::Decimals(0), Better::Neither, |of: &Pair| {
            Some(of.scenarios as f64)
        }),
        Measure::new("lower in", "", Format::Decimals(0), Better::Neither, |of| Some(of.wins as f64)),
        ratio("ratio of errors", |of| Some(of.ratio)),
        ratio("95 % from", |of| of.interval.map(|[low, _]| low)),
        ratio("to", |of| of.interval.map(|[_, high]| high)),
    ];
    let table = Table::new(&[], &measures, &pairs(rows), |_, of| {
        tables::Row::new(&format!("{} against {}", of.name, of.by), None, None)
    });
    Table { corner: "members".to_owned(), ..table }
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
