//! The table of one network: a row is a layer, a column is a statistic.

use experiments::activations::outcome::{LayerSummary, NetworkSummary};
use figures::tables::{Better, Format, Measure, Row, Table};

const fn number<T>(name: &'static str, value: fn(&T) -> Option<f64>) -> Measure<T> {
    Measure::new(name, "", Format::Significant(3), Better::Neither, value)
}

/// The metrics of a layer.
const OF_LAYER: [Measure<LayerSummary>; 7] = [
    number("pre-activation", |l| finite(l.pre_activation_deviation)),
    number("KS N(0,1)", |l| finite(l.from_normal)),
    number("KS normal", |l| finite(l.from_own_normal)),
    number("activation", |l| finite(l.activation_deviation)),
    number("KS arcsine", |l| finite(l.from_arcsine)),
    number("chance", |l| finite(1.36 / l.independent.sqrt())),
    number("gradient", |l| finite(l.activation_gradient_deviation)),
];

/// The meaning of the columns.
pub(super) const CAPTION: &str = "Layer 2 and last layer: the standard deviation of the pre-activations. The initialisation of \
    the SIREN paper makes it 1. KS: the largest Kolmogorov-Smirnov distance of all layers after the first. KS N(0,1) is the \
    distance of the pre-activations from N(0, 1), KS normal that from the normal distribution with the same mean and standard \
    deviation, and KS arcsine the distance of the activations from the arcsine distribution. Activation: the standard deviation \
    of the activations of the last layer. Gradient: the standard deviation of the derivatives of the output with respect to the \
    activations, in the first layer relative to the last. A ratio of 1 means that gradients neither vanish nor explode.";

fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}

/// The layers of one network as a table.
pub(super) fn table(network: &NetworkSummary) -> Table {
    let row = |_, layer: &LayerSummary| Row::new(&layer.layer.to_string(), None, None);
    Table { corner: "layer".to_owned(), ..Table::new(&[], &OF_LAYER, &network.layers, row) }
}
