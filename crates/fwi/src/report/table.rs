//! The table of results: a line a number, a column per inversion, the best of each line marked.

use crate::columns::Column;
use crate::compare::best_in;
use crate::outcome::Comparison;
use crate::summary::Status;
use crate::svg::escape;

/// The table as HTML.
pub(super) fn results(run: &Comparison) -> String {
    if run.outcomes.is_empty() {
        return String::new();
    }
    let disc = run.information.disc.as_ref();
    let columns = Column::present(&run.outcomes);
    let with_truth = columns.iter().any(|c| c.truth(disc).is_some());
    let mut head = String::from("<th></th>");
    for (i, o) in run.outcomes.iter().enumerate() {
        let status = if o.status == Status::Done { String::new() } else { format!(", {}", o.status.word()) };
        head += &format!(
            "<th scope=\"col\"><span class=\"swatch\" style=\"background:var(--s{})\"></span>{}<small>{}{status}</small></th>",
            i % crate::svg::SERIES,
            escape(&o.name),
            escape(&o.method)
        );
    }
    if with_truth {
        head += "<th scope=\"col\" class=\"truth\">truth</th>";
    }
    let mut lines = String::new();
    for column in &columns {
        let best = best_in(column, run);
        let unit =
            if column.unit.is_empty() { String::new() } else { format!(" <small>({})</small>", column.unit) };
        lines += &format!("<tr><th scope=\"row\">{}{unit}</th>", column.name);
        for (i, o) in run.outcomes.iter().enumerate() {
            let class = if best == Some(i) { " class=\"best\" title=\"the best\"" } else { "" };
            lines += &format!("<td{class}>{}</td>", column.text(o));
        }
        if with_truth {
            lines += &format!("<td class=\"truth\">{}</td>", column.truth(disc).unwrap_or_default());
        }
        lines += "</tr>";
    }
    format!("<div class=\"scroll\"><table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table></div>")
}
