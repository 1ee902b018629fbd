//! `fwi compare`: what has been run, side by side.

use std::path::Path;

use crate::columns::Column;
use crate::data_error::DataError;
use crate::outcome::{Comparison, RunOutcome};
use crate::run_directory::RunDirectory;
use crate::summary::Status;

/// Reads a run directory and writes its report anew, from its files alone.
///
/// # Errors
/// [`DataError::NotARun`], or what is wrong with a file in it.
pub fn compare(directory: &Path) -> Result<Comparison, DataError> {
    let directory = RunDirectory::open(directory)?;
    let run = directory.read()?;
    crate::atomic::write_bytes(&directory.report(), crate::report::html(&run).as_bytes())?;
    Ok(run)
}

/// The comparison as a table for the terminal, one column an inversion, the best of each line marked with `*`.
#[must_use]
pub fn table(run: &Comparison) -> String {
    let disc = run.information.disc.as_ref();
    let columns = Column::present(&run.outcomes);
    let mut lines: Vec<Vec<String>> = Vec::new();
    let mut heading = vec![String::new()];
    heading.extend(run.outcomes.iter().map(|o| o.name.clone()));
    let with_truth = columns.iter().any(|c| c.truth(disc).is_some());
    if with_truth {
        heading.push("truth".to_owned());
    }
    lines.push(heading);
    let words = |name: &str, word: fn(&RunOutcome) -> String| -> Vec<String> {
        let mut line = vec![name.to_owned()];
        line.extend(run.outcomes.iter().map(word));
        line
    };
    lines.push(words("method", |o| o.method.clone()));
    lines.push(words("status", |o| o.status.word().to_owned()));
    for column in &columns {
        let best = best_in(column, run);
        let mut line = vec![column.heading()];
        line.extend(run.outcomes.iter().enumerate().map(|(i, o)| {
            // The space keeps the digits of a column under each other.
            format!("{}{}", column.text(o), if best == Some(i) { "*" } else { " " })
        }));
        line.extend(column.truth(disc));
        lines.push(line);
    }
    let width =
        |k: usize| lines.iter().filter_map(|l| l.get(k)).map(|t| t.chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..lines[0].len()).map(width).collect();
    let mut text = String::new();
    for line in &lines {
        let mut row = format!("{:<1$}", line[0], widths[0]);
        for (cell, w) in line.iter().zip(&widths).skip(1) {
            // Words end where digits do, one before the mark.
            let mark = if cell.ends_with(['*', ' ']) { "" } else { " " };
            row.push_str(&format!("  {:>1$}", format!("{cell}{mark}"), w + 1));
        }
        text.push_str(row.trim_end());
        text.push('\n');
    }
    for o in run.outcomes.iter().filter(|o| o.status != Status::Done) {
        text.push_str(&format!("{}: {}, {}\n", o.name, o.status.word(), o.stopped_because));
    }
    for sentence in verdict(run) {
        text.push_str(&format!("{}\n", sentence.to_string().replace('\u{a0}', " ")));
    }
    text
}

/// The outcome that is best in a column, when there is somebody to be better than.
pub(crate) fn best_in(column: &Column, run: &Comparison) -> Option<usize> {
    let ranking = column.ranking(&run.outcomes, run.information.disc.as_ref());
    (ranking.len() > 1).then(|| ranking[0])
}

/// One sentence of the verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// The inversion it is about; empty when it is about none.
    pub about: String,
    /// The rest of the sentence.
    pub text: String,
}

impl std::fmt::Display for Sentence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", self.about, self.text)
    }
}

/// Which method won on what, in sentences.
#[must_use]
pub fn verdict(run: &Comparison) -> Vec<Sentence> {
    const JUDGED: [&str; 5] = ["velocity error", "radius", "velocity in disc", "data misfit", "wall time"];
    let disc = run.information.disc.as_ref();
    let name = |i: usize| run.outcomes[i].name.as_str();
    let columns = Column::present(&run.outcomes);
    let judged: Vec<(&Column, Vec<usize>)> = (JUDGED.iter())
        .filter_map(|n| columns.iter().find(|c| c.name == *n))
        .map(|c| (*c, c.ranking(&run.outcomes, disc)))
        .filter(|(_, r)| !r.is_empty())
        .collect();
    let contenders = judged.iter().map(|(_, r)| r.len()).max().unwrap_or(0);
    if contenders == 0 {
        let text = "No inversion ended well: there is nothing to compare.".to_owned();
        return vec![Sentence { about: String::new(), text }];
    }
    if contenders == 1 {
        let only = judged[0].1[0];
        let parts: Vec<String> = judged
            .iter()
            .map(|(c, _)| format!("{} {}", c.subject, c.text_with_unit(&run.outcomes[only])))
            .collect();
        let text = format!(" is the only inversion that ended well: {}.", parts.join(", "));
        return vec![Sentence { about: name(only).to_owned(), text }];
    }
    // Winners in the order of what they win first.
    let mut winners: Vec<usize> = Vec::new();
    for (_, ranking) in judged.iter().filter(|(_, r)| r.len() > 1) {
        if !winners.contains(&ranking[0]) {
            winners.push(ranking[0]);
        }
    }
    let mut sentences = Vec::new();
    for winner in winners {
        let won: Vec<String> = (judged.iter())
            .filter(|(_, r)| r.len() > 1 && r[0] == winner)
            .map(|(c, r)| {
                let value = c.text_with_unit(&run.outcomes[winner]);
                let next = c.text_with_unit(&run.outcomes[r[1]]);
                let truth = c.truth(disc).map(|t| format!(", truth {t}\u{a0}{}", c.unit)).unwrap_or_default();
                format!("{} ({value}, next {} {next}{truth})", c.subject, name(r[1]))
            })
            .collect();
        let won = match won.split_last() {
            Some((last, [])) => last.clone(),
            Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
            None => continue,
        };
        sentences.push(Sentence { about: name(winner).to_owned(), text: format!(" wins on {won}.") });
    }
    sentences
}

#[cfg(test)]
mod tests;
