//! Tables of results: a row is a member, a column is a metric, and the best value of each column is marked.
//!
//! One table serves the terminal ([`Table::text`]), the page ([`Table::html`]) and the verdict ([`Table::verdict`]).
//! Rows of the same [`group`](Row::group) are repetitions of one member: the table shows their mean, spread and best.

mod compared;
mod metric;
mod page;
mod sentence;
mod statistic;
mod table;
mod terminal;
#[cfg(test)]
mod tests;
mod verdict;

pub use compared::Compared;
pub use metric::{Better, Format, Measure, Metric};
pub use sentence::Sentence;
pub use statistic::Statistic;
pub use table::{Failure, Row, Table};
pub use terminal::width;
