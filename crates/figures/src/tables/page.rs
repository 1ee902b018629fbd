//! A table on a page. It scrolls where the screen is too narrow; the names of the rows stay in sight.

use maud::{Markup, PreEscaped, html};

use super::metric::{Metric, references};
use super::table::{ABSENT, RankedMember, Table};
use crate::SERIES;

/// Largest number of members in columns. More members are in rows.
const SIDE_BY_SIDE: usize = 4;

fn swatch(member: &RankedMember) -> Markup {
    let style = member.rows[0].ink.map(|ink| format!("background:var(--s{})", ink % SERIES));
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
        let members = self.members();
        let table = if members.len() <= SIDE_BY_SIDE {
            self.across_html(&members)
        } else {
            self.upright_html(&members)
        };
        html! {
            div.scroll { (table) }
            @if members.iter().any(RankedMember::repeated) {
                details { summary { "All runs" } div.scroll { (self.ungrouped().upright_html(&self.ungrouped().members())) } }
            }
        }
    }

    /// A number of a member: its value, or mean, spread and best of its repetitions.
    fn cell_html(
        &self,
        members: &[RankedMember],
        index: usize,
        metric: usize,
        best: Option<usize>,
    ) -> Markup {
        let member = &members[index];
        let Some(statistic) = member.statistics[metric] else { return html! { td { (ABSENT) } } };
        let format = self.metrics[metric].format;
        let content = html! {
            (format.text(statistic.mean))
            @if member.repeated() && statistic.varies() {
                small.line { "\u{b1} " (format.spread(statistic.spread)) }
                @if let Some(value) = statistic.best { small.line { "best " (format.text(value)) } }
            }
        };
        html! {
            @if best == Some(index) { td.best title="best value" { (content) } } @else { td { (content) } }
        }
    }

    /// The words below the name of a member.
    fn words(&self, member: &RankedMember) -> String {
        let words = (0..self.labels.len()).map(|index| member.label(index).to_owned());
        words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(", ")
    }

    /// A row a metric, a column a member.
    fn across_html(&self, members: &[RankedMember]) -> Markup {
        let references = references(&self.metrics);
        html! {
            table {
                thead { tr {
                    th { (self.corner) }
                    @for member in members {
                        th scope="col" { (swatch(member)) (member.title()) small { (self.words(member)) } }
                    }
                    @for of in &references { th.truth scope="col" { (of.name) } }
                } }
                tbody { @for (index, metric) in self.metrics.iter().enumerate() {
                    @let best = self.best(members, index);
                    tr {
                        th scope="row" { (heading(metric)) }
                        @for i in 0..members.len() { (self.cell_html(members, i, index, best)) }
                        @for of in &references { td.truth { (of.texts[index]) } }
                    }
                } }
            }
        }
    }

    /// A row a member, a column a metric.
    fn upright_html(&self, members: &[RankedMember]) -> Markup {
        let best: Vec<Option<usize>> =
            (0..self.metrics.len()).map(|metric| self.best(members, metric)).collect();
        let references = references(&self.metrics);
        html! {
            table.upright {
                thead { tr {
                    th { (self.corner) }
                    @for metric in &self.metrics { th scope="col" { (heading(metric)) } }
                } }
                tbody {
                    @for (i, member) in members.iter().enumerate() { tr {
                        th scope="row" { (swatch(member)) (member.title()) small.line { (self.words(member)) } }
                        @for (metric, best) in best.iter().enumerate() { (self.cell_html(members, i, metric, *best)) }
                    } }
                    @for of in &references { tr {
                        th scope="row" { (of.name) }
                        @for text in &of.texts { td.truth { (text) } }
                    } }
                }
            }
        }
    }
}
