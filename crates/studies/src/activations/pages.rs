//! The page of activation statistics.

use fields::statistics::{Distribution, Law, LayerStatistics};
use maud::{Markup, html};

use super::layers;
use experiments::activations::outcome::NetworkSummary;
use experiments::activations::run::NetworkStatistics;
use figures::page::pictures::{charts, small_charts};
use figures::page::{Page, Section, folded};
use figures::tables::Compared;
use figures::{Axis, Chart, Curve, Ink};
use scenario::plan::Origin;

const PLOT: [f64; 2] = [390.0, 220.0];
const SMALL: [f64; 2] = [112.0, 96.0];
/// Largest number of layers drawn per network.
const SHOWN: usize = 6;
/// Number of bins that are drawn as one.
const MERGED: usize = 5;

/// The whole page.
pub(crate) fn html(origin: &Origin, networks: &[NetworkStatistics], results: &[Compared]) -> String {
    let summaries: Vec<NetworkSummary> = networks.iter().map(|network| network.summary.clone()).collect();
    let all = html! { @for compared in results { (compared.table.html()) } (by_layer(&summaries)) };
    let mut sections = vec![Section::new("All networks", layers::CAPTION, all)];
    sections.extend(networks.iter().map(network));
    Page {
        kind: "Report of activation statistics",
        title: origin.name.clone(),
        description: origin.description(),
        sections,
        facts: vec![
            ("threads".to_owned(), rayon::current_num_threads().to_string()),
            ("version".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
        ],
        scenario: origin.text.clone(),
        remark: "KS is the Kolmogorov-Smirnov distance. Pre-activations include the frequency factor.",
        ..Page::default()
    }
    .html()
}

/// Deviations and distances by layer, all networks together.
fn by_layer(networks: &[NetworkSummary]) -> Markup {
    type Value = fn(&experiments::activations::outcome::LayerSummary) -> f64;
    let all: [(&str, &str, Value); 4] = [
        ("Pre-activations", "standard deviation", |l| l.pre_activation_deviation),
        ("Gradient with respect to the activations", "standard deviation", |l| {
            l.activation_gradient_deviation
        }),
        ("Pre-activations: distance from N(0, 1)", "KS distance", |l| l.from_normal),
        ("Activations: distance from the arcsine distribution", "KS distance", |l| l.from_arcsine),
    ];
    let chart = |(title, label, value): &(&str, &str, Value)| {
        let curves = networks.iter().enumerate().map(|(i, network)| {
            let points = network.layers.iter().map(|l| [l.layer as f64, value(l)]).collect();
            Curve::new(&*network.name, Ink::Series(i), points)
        });
        Chart {
            title: (*title).to_owned(),
            x: Axis::linear("layer"),
            y: Axis::logarithmic(*label),
            curves: curves.collect(),
            plot: PLOT,
        }
    };
    charts(&all.iter().map(chart).collect::<Vec<_>>())
}

/// One network: histograms with their distributions, and spectra, of some layers.
fn network(network: &NetworkStatistics) -> Section {
    let (block, a) = (&network.block, &network.block.network);
    let caption = format!(
        "1 \u{2192} {} \u{d7} {} \u{2192} 1, {:?}, on {} points from {} to {}, shifted by {}. Solid: histogram. Dashed: \
         N(0, 1) for pre-activations, the arcsine distribution for sines, and the normal distribution of the same standard \
         deviation for gradients.",
        a.width, a.layers, a.activation, block.samples, block.interval[0], block.interval[1], block.shift
    );
    let layers = shown(&network.layers);
    let row = |title: &str, chart: &dyn Fn(&LayerStatistics) -> Chart| {
        let charts: Vec<Chart> = layers.iter().map(|layer| chart(layer)).collect();
        html! { h3 { (title) } (small_charts(&charts)) }
    };
    let content = html! {
        (row("Densities of the pre-activations", &|l| before(l, SMALL)))
        (row("Densities of the activations", &|l| after(l, a.activation == fields::Activation::SINE, SMALL)))
        (row("Densities of the gradients of the output with respect to the activations", &|l| gradient(l, SMALL)))
        (row("Amplitude spectra of the activations", &|l| spectrum(l, SMALL)))
        (folded("All layers", &layers::table(&network.summary).html()))
    };
    Section::new(&*block.name, caption, content)
}

/// The charts of the last layer, larger, with the names of their files.
pub(crate) fn last_layer(network: &NetworkStatistics) -> Vec<(&'static str, Chart)> {
    let Some(last) = network.layers.last() else { return Vec::new() };
    let sine = network.block.network.activation == fields::Activation::SINE;
    vec![
        ("pre-activations", before(last, PLOT)),
        ("activations", after(last, sine, PLOT)),
        ("gradients", gradient(last, PLOT)),
        ("spectrum", spectrum(last, PLOT)),
    ]
}

/// The first layers, the last one, and some between them.
fn shown(layers: &[LayerStatistics]) -> Vec<&LayerStatistics> {
    let n = layers.len();
    if n <= SHOWN {
        return layers.iter().collect();
    }
    (0..SHOWN).map(|k| &layers[k * (n - 1) / (SHOWN - 1)]).collect()
}

fn before(layer: &LayerStatistics, plot: [f64; 2]) -> Chart {
    histogram(layer, &layer.pre_activation, Some((Law::Normal, 1.0)), plot)
}

fn after(layer: &LayerStatistics, sine: bool, plot: [f64; 2]) -> Chart {
    histogram(layer, &layer.activation, sine.then_some((Law::Arcsine, 1.0)), plot)
}

fn gradient(layer: &LayerStatistics, plot: [f64; 2]) -> Chart {
    let d = &layer.activation_gradient;
    histogram(layer, d, Some((Law::Normal, d.deviation)), plot)
}

/// A histogram, and a law scaled by `scale` over it.
fn histogram(layer: &LayerStatistics, d: &Distribution, law: Option<(Law, f64)>, plot: [f64; 2]) -> Chart {
    let merged: Vec<[f64; 2]> = (d.density().chunks(MERGED))
        .map(|bins| [0, 1].map(|a| bins.iter().map(|bin| bin[a]).sum::<f64>() / bins.len() as f64))
        .collect();
    // Values far out in the tails would only compress the rest.
    let reach = (4.0 * d.deviation).min(d.range[1]);
    let inside: Vec<[f64; 2]> = merged.into_iter().filter(|[x, _]| (x - d.mean).abs() <= reach).collect();
    let mut curves = Vec::new();
    if let Some((law, scale)) = law.filter(|(_, scale)| *scale > 0.0) {
        let ends = [inside.first(), inside.last()].map(|end| end.map_or(0.0, |p| p[0]));
        let at = |i: usize| ends[0] + (ends[1] - ends[0]) * i as f64 / 200.0;
        let points = (0..=200).map(|i| [at(i), law.density(at(i) / scale) / scale]);
        // The arcsine law is infinite at its ends.
        let points =
            points.filter(|[x, y]| y.is_finite() && (law != Law::Arcsine || (x / scale).abs() < 0.995));
        curves.push(Curve::new("", Ink::Truth, points.collect()).dashed());
    }
    curves.push(Curve::new("", Ink::Series(0), inside));
    Chart {
        title: format!("layer {}", layer.layer),
        x: Axis::linear(""),
        y: Axis::linear(if plot == SMALL { "" } else { "density" }),
        curves,
        plot,
    }
}

/// The amplitude over periods on the line, averaged over intervals of increasing width.
fn spectrum(layer: &LayerStatistics, plot: [f64; 2]) -> Chart {
    let mut points = Vec::new();
    let mut first = 1;
    while first < layer.spectrum.len() {
        let last = ((first as f64 * 1.08) as usize + 1).min(layer.spectrum.len());
        let power = layer.spectrum[first..last].iter().map(|a| a * a).sum::<f64>() / (last - first) as f64;
        points.push([0.5 * (first + last - 1) as f64, power.sqrt().max(1e-12)]);
        first = last;
    }
    Chart {
        title: format!("layer {}", layer.layer),
        x: Axis::logarithmic("periods on the line"),
        y: Axis::logarithmic(if plot == SMALL { "" } else { "amplitude" }),
        curves: vec![Curve::new("", Ink::Series(0), points)],
        plot,
    }
}
