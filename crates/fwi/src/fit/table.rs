//! The table of fits, for the terminal and for the report.

use super::outcome::FitSummary;
use crate::scenario::fits::Quantity;
use crate::summary::Status;
use crate::svg::escape;
use crate::ticks::significant;

/// One line of the table: a number of every fit.
pub(super) struct Line {
    /// Its name, short.
    pub(super) name: &'static str,
    /// Its unit, "" for none.
    unit: &'static str,
    /// Its number, when there is one.
    pub(super) value: fn(&FitSummary) -> Option<f64>,
    /// Whether more is better; neither when absent.
    more: Option<bool>,
    text: fn(f64) -> String,
}

/// All lines, in order.
pub(super) const LINES: &[Line] = &[
    Line {
        name: "PSNR",
        unit: "dB",
        value: |f| f.metrics.psnr_db,
        more: Some(true),
        text: |v| format!("{v:.1}"),
    },
    Line { name: "SSIM", unit: "", value: |f| f.metrics.ssim, more: Some(true), text: |v| format!("{v:.3}") },
    Line {
        name: "value error",
        unit: "%",
        value: |f| f.metrics.relative_l2,
        more: Some(false),
        text: percent,
    },
    Line {
        name: "gradient error",
        unit: "%",
        value: |f| f.metrics.gradient_relative_l2,
        more: Some(false),
        text: percent,
    },
    Line {
        name: "Laplacian error",
        unit: "%",
        value: |f| f.metrics.laplacian_relative_l2,
        more: Some(false),
        text: percent,
    },
    Line { name: "wall time", unit: "s", value: |f| Some(f.wall_s), more: None, text: |v| significant(v, 3) },
    Line { name: "CPU time", unit: "s", value: |f| Some(f.cpu_s), more: None, text: |v| significant(v, 3) },
    Line {
        name: "steps",
        unit: "",
        value: |f| Some(f.steps as f64),
        more: None,
        text: |v| format!("{v:.0}"),
    },
    Line {
        name: "parameters",
        unit: "",
        value: |f| Some(f.parameters as f64),
        more: None,
        text: |v| format!("{v:.0}"),
    },
    Line {
        name: "compression",
        unit: "",
        value: |f| Some(f.compression),
        more: None,
        text: |v| format!("{} x", significant(v, 3)),
    },
];

fn percent(value: f64) -> String {
    significant(100.0 * value, 3)
}

impl Line {
    fn heading(&self) -> String {
        if self.unit.is_empty() { self.name.to_owned() } else { format!("{} ({})", self.name, self.unit) }
    }

    fn cell(&self, fit: &FitSummary) -> String {
        (self.value)(fit).map_or_else(|| "\u{2013}".to_owned(), self.text)
    }

    /// Which fit is best, among those that ended well and when there is somebody to be better than.
    pub(super) fn best(&self, fits: &[&FitSummary]) -> Option<usize> {
        let more = self.more?;
        let mut ranked: Vec<(usize, f64)> = (fits.iter().enumerate())
            .filter(|(_, f)| f.status == Status::Done)
            .filter_map(|(i, f)| Some((i, (self.value)(f)?)))
            .collect();
        ranked.sort_by(|a, b| if more { b.1.total_cmp(&a.1) } else { a.1.total_cmp(&b.1) });
        (ranked.len() > 1).then(|| ranked[0].0)
    }
}

/// The fits of one quantity.
pub(super) fn of(quantity: Quantity, fits: &[FitSummary]) -> Vec<&FitSummary> {
    fits.iter().filter(|fit| fit.quantity == quantity).collect()
}

/// The fits as tables for the terminal, one a quantity, the best of each line marked with `*`.
#[must_use]
pub fn text(fits: &[FitSummary]) -> String {
    let mut text = String::new();
    for quantity in Quantity::ALL {
        let fits = of(quantity, fits);
        if fits.is_empty() {
            continue;
        }
        let mut rows = vec![vec![format!("fitted: {}", quantity.name())]];
        rows[0].extend(fits.iter().map(|fit| format!("{} ", fit.name)));
        for line in LINES {
            let best = line.best(&fits);
            let mut row = vec![line.heading()];
            row.extend(fits.iter().enumerate().map(|(i, fit)| {
                let mark = if best == Some(i) { '*' } else { ' ' };
                format!("{}{mark}", line.cell(fit))
            }));
            rows.push(row);
        }
        let width = |k: usize| rows.iter().map(|row| row[k].chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..rows[0].len()).map(width).collect();
        for row in &rows {
            let mut line = format!("{:<1$}", row[0], widths[0]);
            for (cell, w) in row.iter().zip(&widths).skip(1) {
                line += &format!("  {cell:>w$}");
            }
            text += line.trim_end();
            text.push('\n');
        }
        for fit in fits.iter().filter(|fit| fit.status != Status::Done) {
            text += &format!("{}: {}, {}\n", fit.name, fit.status.word(), fit.stopped_because);
        }
        text += &sentence(&fits).map_or_else(String::new, |s| format!("{s}\n"));
    }
    text
}

/// Who is best in the value and by how much, and who in the derivatives.
pub(super) fn sentence(fits: &[&FitSummary]) -> Option<String> {
    if fits.first()?.quantity == Quantity::Laplacian {
        return of_laplacian(fits);
    }
    let best = LINES[0].best(fits)?;
    let own = fits[best].metrics.psnr_db?;
    let next = (fits.iter().enumerate())
        .filter(|(i, _)| *i != best)
        .filter_map(|(_, fit)| Some((fit.metrics.psnr_db?, &fit.name)))
        .max_by(|a, b| a.0.total_cmp(&b.0))?;
    let error = |value: fn(&FitSummary) -> Option<f64>| {
        value(fits[best]).map_or_else(|| "none".to_owned(), |v| format!("{} %", percent(v)))
    };
    Some(format!(
        "{}: PSNR {own:.1} dB, {:.1} dB above the next ({}); errors of gradient and Laplacian {} and {}.",
        fits[best].name,
        own - next.0,
        next.1,
        error(|f| f.metrics.gradient_relative_l2),
        error(|f| f.metrics.laplacian_relative_l2)
    ))
}

/// The same where a Laplacian was fitted, which leaves the value open by a harmonic function.
fn of_laplacian(fits: &[&FitSummary]) -> Option<String> {
    let error = |fit: &FitSummary| fit.metrics.laplacian_relative_l2;
    let best = LINES.iter().find(|line| line.name == "Laplacian error")?.best(fits)?;
    let next = (fits.iter().enumerate())
        .filter(|(i, _)| *i != best)
        .filter_map(|(_, fit)| Some((error(fit)?, &fit.name)))
        .min_by(|a, b| a.0.total_cmp(&b.0))?;
    Some(format!(
        "{}: error of the Laplacian {} %, next {} ({} %).",
        fits[best].name,
        percent(error(fits[best])?),
        next.1,
        percent(next.0)
    ))
}

/// The table of one quantity as HTML, a column a fit; `ink` is the number of a fit's colour.
pub(super) fn html(fits: &[&FitSummary], ink: impl Fn(&FitSummary) -> usize) -> String {
    let mut head = String::from("<th></th>");
    for fit in fits {
        let status = if fit.status == Status::Done { String::new() } else { fit.status.word().to_owned() };
        head += &format!(
            "<th scope=\"col\"><span class=\"swatch\" style=\"background:var(--s{})\"></span>{}<small>{status}</small></th>",
            ink(fit) % crate::svg::SERIES,
            escape(&fit.name)
        );
    }
    let mut lines = String::new();
    for line in LINES {
        let best = line.best(fits);
        let unit =
            if line.unit.is_empty() { String::new() } else { format!(" <small>({})</small>", line.unit) };
        lines += &format!("<tr><th scope=\"row\">{}{unit}</th>", line.name);
        for (i, fit) in fits.iter().enumerate() {
            let class = if best == Some(i) { " class=\"best\" title=\"the best\"" } else { "" };
            lines += &format!("<td{class}>{}</td>", line.cell(fit));
        }
        lines += "</tr>";
    }
    format!("<div class=\"scroll\"><table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table></div>")
}
