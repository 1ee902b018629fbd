//! The table of statistics: a line per network, for the terminal and for the report.

use super::outcome::{LayerSummary, NetworkSummary};
use crate::svg::escape;
use crate::ticks::significant;

/// One column: a number of every network.
struct Column {
    /// Its name.
    name: &'static str,
    value: fn(&[LayerSummary]) -> Option<f64>,
}

/// All columns. The first layer sees the input itself, so that the laws are those of the layers behind it.
const COLUMNS: [Column; 7] = [
    Column { name: "layer 2", value: |l| Some(l.get(1)?.pre_activation_deviation) },
    Column { name: "last layer", value: |l| Some(l.last()?.pre_activation_deviation) },
    Column { name: "KS N(0,1)", value: |l| worst(l, |l| l.from_normal) },
    Column { name: "KS normal", value: |l| worst(l, |l| l.from_own_normal) },
    Column { name: "activation", value: |l| Some(l.last()?.activation_deviation) },
    Column { name: "KS arcsine", value: |l| worst(l, |l| l.from_arcsine) },
    Column {
        name: "gradient",
        value: |l| Some(l.first()?.activation_gradient_deviation / l.last()?.activation_gradient_deviation),
    },
];

/// What the columns mean.
pub(super) const CAPTION: &str = "Layer 2, last layer: standard deviation of the pre-activations, which the principled \
    initialisation of the SIREN paper makes 1; activation: that of the activations of the last layer. KS: largest \
    Kolmogorov-Smirnov distance of any layer behind the first, of the pre-activations from N(0, 1) and from the normal law of their \
    own mean and deviation, of the activations from the arcsine law. Gradient: deviation of the derivatives of the output by the \
    activations of the first layer over that of the last; 1 neither vanishes nor explodes.";

fn worst(layers: &[LayerSummary], value: fn(&LayerSummary) -> f64) -> Option<f64> {
    layers.iter().skip(1).map(value).reduce(f64::max)
}

fn cell(column: &Column, network: &NetworkSummary) -> String {
    let value = (column.value)(&network.layers).filter(|v| v.is_finite());
    value.map_or_else(|| "\u{2013}".to_owned(), |v| significant(v, 3))
}

/// The table for the terminal.
#[must_use]
pub fn text(networks: &[NetworkSummary]) -> String {
    let mut rows = vec![vec![String::new()]];
    rows[0].extend(COLUMNS.iter().map(|column| column.name.to_owned()));
    for network in networks {
        let mut row = vec![network.name.clone()];
        row.extend(COLUMNS.iter().map(|column| cell(column, network)));
        rows.push(row);
    }
    let width = |k: usize| rows.iter().map(|row| row[k].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..rows[0].len()).map(width).collect();
    let line = |row: &Vec<String>| {
        let first = format!("{:<1$}", row[0], widths[0]);
        let rest = row.iter().zip(&widths).skip(1).map(|(cell, w)| format!("  {cell:>w$}"));
        format!("{first}{}\n", rest.collect::<String>())
    };
    rows.iter().map(line).collect()
}

/// The table as HTML.
pub(super) fn html(networks: &[NetworkSummary]) -> String {
    let head: String =
        COLUMNS.iter().map(|column| format!("<th scope=\"col\">{}</th>", column.name)).collect();
    let mut lines = String::new();
    for (i, network) in networks.iter().enumerate() {
        lines += &format!(
            "<tr><th scope=\"row\"><span class=\"swatch\" style=\"background:var(--s{})\"></span>{}</th>",
            i % crate::svg::SERIES,
            escape(&network.name)
        );
        for column in &COLUMNS {
            lines += &format!("<td>{}</td>", cell(column, network));
        }
        lines += "</tr>";
    }
    format!(
        "<div class=\"scroll\"><table><thead><tr><th></th>{head}</tr></thead><tbody>{lines}</tbody></table></div>"
    )
}

/// All numbers of one network, layer by layer, as HTML.
pub(super) fn by_layer(network: &NetworkSummary) -> String {
    const NAMES: [&str; 8] = [
        "layer",
        "pre-activation",
        "KS N(0,1)",
        "KS normal",
        "activation",
        "KS arcsine",
        "chance",
        "gradient",
    ];
    let head: String = NAMES.iter().map(|name| format!("<th scope=\"col\">{name}</th>")).collect();
    let mut lines = String::new();
    for l in &network.layers {
        let numbers = [
            l.pre_activation_deviation,
            l.from_normal,
            l.from_own_normal,
            l.activation_deviation,
            l.from_arcsine,
            1.36 / l.independent.sqrt(),
            l.activation_gradient_deviation,
        ];
        let cells: String = numbers.iter().map(|v| format!("<td>{}</td>", significant(*v, 3))).collect();
        lines += &format!("<tr><th scope=\"row\">{}</th>{cells}</tr>", l.layer);
    }
    format!(
        "<details><summary>All layers</summary><div class=\"scroll\"><table><thead><tr>{head}</tr></thead>\
         <tbody>{lines}</tbody></table></div></details>"
    )
}
