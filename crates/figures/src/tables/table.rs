//! A table and its rows.

use super::metric::{Measure, Metric};
use super::sentence::Sentence;
use super::statistic::Statistic;
use fwi::status::Status;

/// One member: its name, its outcome and its values.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Row {
    /// Its name.
    pub name: String,
    /// The name it shares with its repetitions; empty when it has none.
    pub group: String,
    /// One word for each of [`Table::labels`].
    pub labels: Vec<String>,
    /// The reason why it did not finish. The table shows such a member, but never marks it as the best.
    pub trouble: Option<Failure>,
    /// The number of its colour, when figures show it in one.
    pub ink: Option<usize>,
    /// A value for each of [`Table::metrics`].
    pub values: Vec<Option<f64>>,
}

/// The failure of a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// In one word: "diverged".
    pub status: &'static str,
    /// The reason.
    pub because: String,
}

impl Failure {
    /// The failure of a member that ended this way; `None` if it finished.
    pub fn of(status: Status, because: &str) -> Option<Failure> {
        (status != Status::Done).then(|| Failure { status: status.word(), because: because.to_owned() })
    }
}

impl Row {
    /// A row without words and values.
    #[must_use]
    pub fn new(name: &str, ink: impl Into<Option<usize>>, trouble: Option<Failure>) -> Row {
        Row { name: name.to_owned(), ink: ink.into(), trouble, ..Row::default() }
    }
}

/// Members and their metrics.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Table {
    /// The heading of the members.
    pub corner: String,
    /// The headings of the words that describe a member, for example "method".
    pub labels: Vec<&'static str>,
    /// The metrics, in the order shown.
    pub metrics: Vec<Metric>,
    /// The members, in the order shown.
    pub rows: Vec<Row>,
}

/// A member, or all repetitions of one.
#[derive(Debug)]
pub(super) struct RankedMember<'a> {
    pub(super) name: &'a str,
    pub(super) rows: Vec<&'a Row>,
    /// One statistic a metric, over the finished repetitions; over the only one whether it finished or not.
    pub(super) statistics: Vec<Option<Statistic>>,
}

impl RankedMember<'_> {
    /// How many repetitions finished.
    pub(super) fn finished(&self) -> usize {
        self.rows.iter().filter(|row| row.trouble.is_none()).count()
    }

    pub(super) fn repeated(&self) -> bool {
        self.rows.len() > 1
    }

    /// "joint", "joint (diverged)", "joint (5 runs)" or "joint (4 of 5 runs finished)".
    pub(super) fn title(&self) -> String {
        match (self.rows.len(), self.finished()) {
            (1, _) => match &self.rows[0].trouble {
                Some(trouble) => format!("{} ({})", self.name, trouble.status),
                None => self.name.to_owned(),
            },
            (all, finished) if all == finished => format!("{} ({all} runs)", self.name),
            (all, finished) => format!("{} ({finished} of {all} runs finished)", self.name),
        }
    }

    /// The word of a label, when all repetitions share it.
    pub(super) fn label(&self, index: usize) -> &str {
        let word = |row: &&Row| row.labels.get(index).cloned().unwrap_or_default();
        let first = self.rows[0].labels.get(index).map_or("", String::as_str);
        if self.rows.iter().all(|row| word(row) == first) { first } else { "various" }
    }
}

impl Table {
    /// The table of some results: `row` gives all of a row but its values, `measures` give those.
    ///
    /// Metrics that no result has are left out.
    pub fn new<T>(
        labels: &[&'static str],
        measures: &[Measure<T>],
        results: &[T],
        row: impl Fn(usize, &T) -> Row,
    ) -> Table {
        let known = |measure: &&Measure<T>| results.iter().any(|result| (measure.value)(result).is_some());
        let shown: Vec<&Measure<T>> = measures.iter().filter(known).collect();
        let rows = results.iter().enumerate().map(|(index, result)| {
            let values = shown.iter().map(|measure| (measure.value)(result)).collect();
            Row { values, ..row(index, result) }
        });
        Table {
            corner: String::new(),
            labels: labels.to_vec(),
            metrics: shown.iter().map(|measure| measure.metric.clone()).collect(),
            rows: rows.collect(),
        }
    }

    /// The index of a metric by name.
    #[must_use]
    pub fn metric(&self, name: &str) -> Option<usize> {
        self.metrics.iter().position(|metric| metric.name == name)
    }

    /// Members with their repetitions, in the order of the first of each.
    pub(super) fn members(&self) -> Vec<RankedMember<'_>> {
        let mut groups: Vec<(&str, Vec<&Row>)> = Vec::new();
        for row in &self.rows {
            let same = groups.iter_mut().find(|(name, _)| !row.group.is_empty() && *name == row.group);
            match same {
                Some((_, rows)) => rows.push(row),
                None if row.group.is_empty() => groups.push((&row.name, vec![row])),
                None => groups.push((&row.group, vec![row])),
            }
        }
        groups.into_iter().map(|(name, rows)| self.member(name, rows)).collect()
    }

    pub(super) fn member<'a>(&self, name: &'a str, rows: Vec<&'a Row>) -> RankedMember<'a> {
        let of = |(index, metric): (usize, &Metric)| {
            let counted = |row: &&&Row| row.trouble.is_none() || rows.len() == 1;
            let values =
                rows.iter().filter(counted).filter_map(|row| row.values.get(index).copied().flatten());
            Statistic::of(values, metric.better)
        };
        let statistics = self.metrics.iter().enumerate().map(of).collect();
        RankedMember { name: if rows.len() > 1 { name } else { &rows[0].name }, rows, statistics }
    }

    /// The members that finished and have a value, the best first; empty when no value is better than another.
    pub(super) fn ranking(&self, members: &[RankedMember], metric: usize) -> Vec<usize> {
        let better = self.metrics[metric].better;
        let mut ranked: Vec<(usize, f64)> = (members.iter().enumerate())
            .filter(|(_, member)| member.finished() > 0)
            .filter_map(|(i, member)| Some((i, better.cost(member.statistics[metric]?.mean)?)))
            .collect();
        ranked.sort_by(|a, b| a.1.total_cmp(&b.1));
        ranked.into_iter().map(|(i, _)| i).collect()
    }

    /// The best member of a metric, when there is another one to be better than.
    pub(super) fn best(&self, members: &[RankedMember], metric: usize) -> Option<usize> {
        let ranking = self.ranking(members, metric);
        (ranking.len() > 1).then(|| ranking[0])
    }

    /// One sentence for each member that did not finish.
    #[must_use]
    pub fn troubles(&self) -> Vec<Sentence> {
        let sentence = |row: &Row| {
            let Failure { status, because } = row.trouble.as_ref()?;
            Some(Sentence { about: row.name.clone(), text: format!(" {status}: {because}") })
        };
        self.rows.iter().filter_map(sentence).collect()
    }

    /// The members one by one, without their groups.
    #[must_use]
    pub fn ungrouped(&self) -> Table {
        let rows = self.rows.iter().map(|row| Row { group: String::new(), ..row.clone() }).collect();
        Table { rows, ..self.clone() }
    }
}

/// The text of a cell without a value.
pub(super) const ABSENT: &str = "\u{2013}";
