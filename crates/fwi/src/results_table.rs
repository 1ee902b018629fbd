//! Tables of results: a line a number, a column a result, the best of each line marked.

use crate::status::Status;
use crate::svg::escape;

/// What a column of a table is about.
pub(crate) trait Column {
    /// Its heading.
    fn name(&self) -> &str;
    /// How it ended.
    fn status(&self) -> Status;
}

/// One line of a table: a number of every result.
pub(crate) struct Line<T> {
    /// Its name, short.
    pub(crate) name: &'static str,
    /// Its unit, "" for none.
    pub(crate) unit: &'static str,
    /// Its number, when there is one.
    pub(crate) value: fn(&T) -> Option<f64>,
    /// Whether more is better; neither when absent.
    pub(crate) more: Option<bool>,
    /// The number as text.
    pub(crate) text: fn(f64) -> String,
}

impl<T: Column> Line<T> {
    fn heading(&self) -> String {
        if self.unit.is_empty() { self.name.to_owned() } else { format!("{} ({})", self.name, self.unit) }
    }

    fn cell(&self, result: &T) -> String {
        (self.value)(result).map_or_else(|| "\u{2013}".to_owned(), self.text)
    }

    /// Which result is best, among those that ended well and when there is somebody to be better than.
    pub(crate) fn best(&self, results: &[&T]) -> Option<usize> {
        let more = self.more?;
        let mut ranked: Vec<(usize, f64)> = (results.iter().enumerate())
            .filter(|(_, r)| r.status() == Status::Done)
            .filter_map(|(i, r)| Some((i, (self.value)(r)?)))
            .collect();
        ranked.sort_by(|a, b| if more { b.1.total_cmp(&a.1) } else { a.1.total_cmp(&b.1) });
        (ranked.len() > 1).then(|| ranked[0].0)
    }
}

/// The lines with a number of any result.
fn shown<'a, T>(lines: &'a [Line<T>], results: &'a [&T]) -> impl Iterator<Item = &'a Line<T>> {
    lines.iter().filter(|line| results.iter().any(|result| (line.value)(result).is_some()))
}

/// A table for the terminal, the best of each line marked with `*`.
pub(crate) fn text<T: Column>(corner: &str, lines: &[Line<T>], results: &[&T]) -> String {
    let mut rows = vec![vec![corner.to_owned()]];
    rows[0].extend(results.iter().map(|r| format!("{} ", r.name())));
    for line in shown(lines, results) {
        let best = line.best(results);
        let mut row = vec![line.heading()];
        row.extend(results.iter().enumerate().map(|(i, result)| {
            let mark = if best == Some(i) { '*' } else { ' ' };
            format!("{}{mark}", line.cell(result))
        }));
        rows.push(row);
    }
    let width = |k: usize| rows.iter().map(|row| row[k].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..rows[0].len()).map(width).collect();
    let mut text = String::new();
    for row in &rows {
        let mut line = format!("{:<1$}", row[0], widths[0]);
        for (cell, w) in row.iter().zip(&widths).skip(1) {
            line += &format!("  {cell:>w$}");
        }
        text += line.trim_end();
        text.push('\n');
    }
    text
}

/// A table as HTML, a column a result; `ink` is the number of a result's colour.
pub(crate) fn html<T: Column>(lines: &[Line<T>], results: &[&T], ink: impl Fn(&T) -> usize) -> String {
    let mut head = String::from("<th></th>");
    for result in results {
        let status =
            if result.status() == Status::Done { String::new() } else { result.status().word().to_owned() };
        head += &format!(
            "<th scope=\"col\"><span class=\"swatch\" style=\"background:var(--s{})\"></span>{}<small>{status}</small></th>",
            ink(result) % crate::svg::SERIES,
            escape(result.name())
        );
    }
    let mut body = String::new();
    for line in shown(lines, results) {
        let best = line.best(results);
        let unit =
            if line.unit.is_empty() { String::new() } else { format!(" <small>({})</small>", line.unit) };
        body += &format!("<tr><th scope=\"row\">{}{unit}</th>", line.name);
        for (i, result) in results.iter().enumerate() {
            let class = if best == Some(i) { " class=\"best\" title=\"the best\"" } else { "" };
            body += &format!("<td{class}>{}</td>", line.cell(result));
        }
        body += "</tr>";
    }
    format!("<div class=\"scroll\"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>")
}
