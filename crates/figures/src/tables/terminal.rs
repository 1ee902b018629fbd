//! A table as text that fits the width of the terminal.

use super::metric::references;
use super::sentence::Sentence;
use super::statistic::Statistic;
use super::table::{ABSENT, RankedMember, Table};

/// The width of output that does not go to a terminal, unless the variable `COLUMNS` sets another one.
const PLAIN: usize = 100;
/// Between two columns.
const GAP: &str = "  ";

/// The width of tables: the width of the terminal, or the variable `COLUMNS`, or 100.
#[must_use]
pub fn width() -> usize {
    let terminal = console::Term::stdout().size_checked().map(|(_, columns)| usize::from(columns));
    let variable = || std::env::var("COLUMNS").ok()?.trim().parse().ok();
    terminal.or_else(variable).filter(|columns| *columns > 0).unwrap_or(PLAIN)
}

/// A column of text: its heading, and its cells.
struct Column {
    heading: String,
    cells: Vec<String>,
    /// Whether the column contains numbers, which are right-aligned with room for the mark.
    numbers: bool,
}

impl Column {
    /// The heading folded between words to no more than the width of the column.
    fn folded(&self, fold: bool) -> (Vec<String>, usize) {
        let cells = self.cells.iter().map(|cell| letters(cell)).max().unwrap_or(0);
        if !fold {
            return (
                vec![self.heading.clone()],
                cells.max(letters(&self.heading) + usize::from(self.numbers)),
            );
        }
        let longest = self.heading.split(' ').map(letters).max().unwrap_or(0);
        // A heading of two short words stays on one line.
        let room =
            cells.saturating_sub(usize::from(self.numbers)).max(longest).max(letters(&self.heading).min(10));
        let mut lines: Vec<String> = Vec::new();
        for word in self.heading.split(' ') {
            match lines.last_mut() {
                Some(line) if letters(line) + 1 + letters(word) <= room => {
                    line.push(' ');
                    line.push_str(word);
                }
                _ => lines.push(word.to_owned()),
            }
        }
        (lines, room + usize::from(self.numbers))
    }
}

fn letters(text: &str) -> usize {
    text.chars().count()
}

/// Columns side by side, their headings at the foot of the heading lines.
fn lines(columns: &[&Column], fold: bool) -> Vec<String> {
    let folded: Vec<(Vec<String>, usize)> = columns.iter().map(|column| column.folded(fold)).collect();
    let head = folded.iter().map(|(heading, _)| heading.len()).max().unwrap_or(0);
    let height = columns.iter().map(|column| column.cells.len()).max().unwrap_or(0);
    let mut lines = Vec::new();
    for row in 0..head + height {
        let mut line = String::new();
        for (k, (column, (heading, width))) in columns.iter().zip(&folded).enumerate() {
            let text = match row.checked_sub(head) {
                Some(cell) => column.cells.get(cell).cloned().unwrap_or_default(),
                None => {
                    let from_top = (row + heading.len()).checked_sub(head);
                    let text = from_top.and_then(|i| heading.get(i)).cloned().unwrap_or_default();
                    // The heading ends where the digits do, one before the mark.
                    if column.numbers { text + " " } else { text }
                }
            };
            line += if k == 0 { "" } else { GAP };
            line += &if column.numbers { format!("{text:>width$}") } else { format!("{text:<width$}") };
        }
        // A row without a number, such as that of the truth in a block that lacks its metrics, is left out.
        let says = columns
            .iter()
            .skip(1)
            .any(|column| column.cells.get(row.wrapping_sub(head)).is_some_and(|cell| !cell.is_empty()));
        if row < head || says {
            lines.push(line.trim_end().to_owned());
        }
    }
    lines
}

fn wide(columns: &[&Column], fold: bool) -> usize {
    let widths = columns.iter().map(|column| column.folded(fold).1 + GAP.len());
    widths.sum::<usize>().saturating_sub(GAP.len())
}

/// One line a member, or three for repetitions: mean, spread and best.
fn names(member: &RankedMember) -> Vec<String> {
    if member.repeated() {
        vec![member.title(), "  spread".to_owned(), "  best".to_owned()]
    } else {
        vec![member.title()]
    }
}

impl Table {
    /// The cells of a metric, with `*` behind the best; the spread and the best of repetitions below their mean.
    fn cells(&self, members: &[RankedMember], metric: usize) -> Vec<Vec<String>> {
        let best = self.best(members, metric);
        let format = self.metrics[metric].format;
        let cells = |(i, member): (usize, &RankedMember)| {
            let mark = if best == Some(i) { '*' } else { ' ' };
            let statistic = member.statistics[metric];
            let mean = statistic.map_or_else(|| ABSENT.to_owned(), |s| format.text(s.mean));
            let mut cells = vec![format!("{mean}{mark}")];
            if member.repeated() {
                let statistic = statistic.filter(Statistic::varies);
                let spread = statistic.map_or_else(String::new, |s| format.spread(s.spread));
                let best = statistic.and_then(|s| s.best).map_or_else(String::new, |v| format.text(v));
                cells.extend([spread, best].map(|text| format!("{text} ")));
            }
            cells
        };
        members.iter().enumerate().map(cells).collect()
    }

    /// The table folded to so many letters a line.
    ///
    /// Members are rows where that fits; otherwise they are columns where that fits; otherwise the metrics are folded
    /// into blocks below each other.
    #[must_use]
    pub fn text(&self, width: usize) -> String {
        let members = self.members();
        let by_metric: Vec<Vec<Vec<String>>> =
            (0..self.metrics.len()).map(|metric| self.cells(&members, metric)).collect();
        let upright = self.upright(&members, &by_metric);
        let all: Vec<&Column> = upright.iter().collect();
        if wide(&all, true) <= width {
            return joined(&lines(&all, true));
        }
        let across = self.across(&members, &by_metric);
        let turned: Vec<&Column> = across.iter().collect();
        if wide(&turned, false) <= width {
            return joined(&lines(&turned, false));
        }
        let mut text = String::new();
        let mut block = vec![&upright[0]];
        for column in &upright[1..] {
            block.push(column);
            if block.len() > 2 && wide(&block, true) > width {
                block.pop();
                text += &joined(&lines(&block, true));
                text.push('\n');
                block = vec![&upright[0], column];
            }
        }
        text + &joined(&lines(&block, true))
    }

    /// The table, an empty line, and sentences folded to the same width: the members that failed and why, and the verdict.
    #[must_use]
    pub fn report(&self, width: usize, verdict: &[Sentence]) -> String {
        let troubles = self.troubles();
        let sentences: String =
            troubles.iter().chain(verdict).map(|s| folded(&s.to_string(), width) + "\n").collect();
        let between = if sentences.is_empty() { "" } else { "\n" };
        self.text(width) + between + &sentences
    }

    /// A row a member.
    fn upright(&self, members: &[RankedMember], by_metric: &[Vec<Vec<String>>]) -> Vec<Column> {
        let references = references(&self.metrics);
        let column = |heading: &str, numbers: bool, cells: Vec<String>| Column {
            heading: heading.to_owned(),
            numbers,
            cells,
        };
        let mut first: Vec<String> = members.iter().flat_map(names).collect();
        first.extend(references.iter().map(|of| of.name.to_owned()));
        let mut columns = vec![column(&self.corner, false, first)];
        for (index, label) in self.labels.iter().enumerate() {
            let words = members.iter().flat_map(|member| {
                let mut words = vec![member.label(index).to_owned()];
                words.resize(names(member).len(), String::new());
                words
            });
            columns.push(column(label, false, words.collect()));
        }
        for (index, (metric, cells)) in self.metrics.iter().zip(by_metric).enumerate() {
            let others = references.iter().map(|of| padded(&of.texts[index]));
            let cells = cells.iter().flatten().cloned().chain(others).collect();
            columns.push(column(&metric.heading(), true, cells));
        }
        columns
    }

    /// A column a member.
    fn across(&self, members: &[RankedMember], by_metric: &[Vec<Vec<String>>]) -> Vec<Column> {
        let headings = self.labels.iter().map(|label| (*label).to_owned());
        let headings = headings.chain(self.metrics.iter().map(super::Metric::heading));
        let mut columns =
            vec![Column { heading: self.corner.clone(), cells: headings.collect(), numbers: false }];
        for (i, member) in members.iter().enumerate() {
            for (k, name) in names(member).iter().enumerate() {
                let word = |index: usize| {
                    let word = if k == 0 { member.label(index) } else { "" };
                    format!("{word} ")
                };
                let words = (0..self.labels.len()).map(word);
                let cells = words.chain(by_metric.iter().map(|cells| cells[i][k].clone())).collect();
                columns.push(Column { heading: name.trim().to_owned(), cells, numbers: true });
            }
        }
        for of in references(&self.metrics) {
            let words = self.labels.iter().map(|_| String::new());
            let cells = words.chain(of.texts.iter().map(|text| padded(text))).collect();
            columns.push(Column { heading: of.name.to_owned(), cells, numbers: true });
        }
        columns
    }
}

/// A number with room for the mark of the best; nothing where there is no number.
fn padded(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("{text} ") }
}

/// A sentence folded between words to a width. A number and its unit stay together.
fn folded(sentence: &str, width: usize) -> String {
    let mut lines: Vec<String> = Vec::new();
    for word in sentence.split(' ') {
        match lines.last_mut() {
            Some(line) if letters(line) + 1 + letters(word) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.join("\n").replace('\u{a0}', " ")
}

fn joined(lines: &[String]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}
