//! A table on a page. It scrolls where the screen is too narrow; the names of the rows stay in sight.

use maud::{Markup, PreEscaped, html};

use super::metric::Metric;
use super::{ABSENT, Contender, Table};
use crate::figures::SERIES;

/// Up to so many members stand side by side, a row a metric; more stand below each other, a row a member.
const SIDE_BY_SIDE: usize = 4;

fn swatch(contender: &Contender) -> Markup {
    let style = contender.rows[0].ink.map(|ink| format!("background:var(--s{})", ink % SERIES));
    html! { @if let Some(style) = style { span.swatch style=(style) {} } }
}

fn heading(metric: &Metric) -> Markup {
    html! { (metric.name) @if !metric.unit.is_empty() { " " small { "(" (metric.unit) ")" } } }
}

impl Table {
    /// The table as HTML; where members were repeated, a second table that can be opened lists them all.
    #[must_use]
    pub fn html(&self) -> Markup {
        if self.rows.is_empty() {
            return PreEscaped(String::new());
        }
        let contenders = self.contenders();
        let table = if contenders.len() <= SIDE_BY_SIDE {
            self.across_html(&contenders)
        } else {
            self.upright_html(&contenders)
        };
        html! {
            div.scroll { (table) }
            @if contenders.iter().any(Contender::repeated) {
                details { summary { "All runs" } div.scroll { (self.ungrouped().upright_html(&self.ungrouped().contenders())) } }
            }
        }
    }

    /// A number of a contender: its value, or mean, spread and best of its repetitions.
    fn cell_html(
        &self,
        contenders: &[Contender],
        index: usize,
        metric: usize,
        best: Option<usize>,
    ) -> Markup {
        let contender = &contenders[index];
        let Some(statistic) = contender.statistics[metric] else { return html! { td { (ABSENT) } } };
        let format = self.metrics[metric].format;
        let content = html! {
            (format.text(statistic.mean))
            @if contender.repeated() {
                small { " \u{b1} " (format.spread(statistic.spread)) }
                @if let Some(value) = statistic.best { small.line { "best " (format.text(value)) } }
            }
        };
        html! {
            @if best == Some(index) { td.best title="best value" { (content) } } @else { td { (content) } }
        }
    }

    /// The words below the name of a member.
    fn words(&self, contender: &Contender) -> String {
        let words = (0..self.labels.len()).map(|index| contender.label(index).to_owned());
        words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(", ")
    }

    /// A row a metric, a column a member.
    fn across_html(&self, contenders: &[Contender]) -> Markup {
        let with_truth = self.metrics.iter().any(|metric| metric.truth().is_some());
        html! {
            table {
                thead { tr {
                    th { (self.corner) }
                    @for contender in contenders {
                        th scope="col" { (swatch(contender)) (contender.title()) small { (self.words(contender)) } }
                    }
                    @if with_truth { th.truth scope="col" { "truth" } }
                } }
                tbody { @for (index, metric) in self.metrics.iter().enumerate() {
                    @let best = self.best(contenders, index);
                    tr {
                        th scope="row" { (heading(metric)) }
                        @for i in 0..contenders.len() { (self.cell_html(contenders, i, index, best)) }
                        @if with_truth { td.truth { (metric.truth().unwrap_or_default()) } }
                    }
                } }
            }
        }
    }

    /// A row a member, a column a metric.
    fn upright_html(&self, contenders: &[Contender]) -> Markup {
        let best: Vec<Option<usize>> =
            (0..self.metrics.len()).map(|metric| self.best(contenders, metric)).collect();
        let with_truth = self.metrics.iter().any(|metric| metric.truth().is_some());
        html! {
            table.upright {
                thead { tr {
                    th { (self.corner) }
                    @for metric in &self.metrics { th scope="col" { (heading(metric)) } }
                } }
                tbody {
                    @for (i, contender) in contenders.iter().enumerate() { tr {
                        th scope="row" { (swatch(contender)) (contender.title()) small.line { (self.words(contender)) } }
                        @for (metric, best) in best.iter().enumerate() { (self.cell_html(contenders, i, metric, *best)) }
                    } }
                    @if with_truth { tr {
                        th scope="row" { "truth" }
                        @for metric in &self.metrics { td.truth { (metric.truth().unwrap_or_default()) } }
                    } }
                }
            }
        }
    }
}
