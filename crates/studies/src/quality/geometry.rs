//! Geometry: sources and receivers on the map and in a section, fold, and offsets.

use std::collections::HashSet;

use document::numbers::short;
use fd::{Grid, Point};
use figures::page::Section;
use figures::page::pictures::{Gallery, Size, charts};
use figures::{Axis, Background, Chart, Cloud, Curve, Ink, Map, Scale};
use maud::{Markup, PreEscaped, html};
use survey::import::segy::MapPositions;
use survey::placement::Placement;
use survey::quality::{Fold, QualityControl};

use super::looked::Looked;
use super::thinned::{steps, thinned};

/// The most points of a kind in a figure.
const MOST: usize = 1200;
const PLOT: [f64; 2] = [440.0, 190.0];

/// The section.
pub(super) fn geometry(looked: &Looked) -> Section {
    let control = looked.control;
    let fold = control.fold();
    let caption = match &fold {
        Some(fold) => {
            let [most, median] = fold.largest_and_median();
            format!(
                "The fold is the number of traces that are not dead with their midpoint in a bin of {} m: at most {most}, median {median}.",
                short(fold.width)
            )
        }
        None => String::new(),
    };
    let content = html! {
        div.charts {
            @if let Some(map) = &looked.on_map { (plan(map)) }
            (section(control))
        }
        (fold_and_offsets(control, fold.as_ref()))
    };
    Section::new("Geometry", caption, content)
}

/// The positions of a survey on the map.
pub(super) fn on_map(control: &QualityControl, place: &Placement) -> MapPositions {
    let at = |point: &Point| place.to_map([point.x(), point.y()]);
    let survey = &control.subject.survey;
    MapPositions {
        sources: survey.sources.iter().map(at).collect(),
        receivers: unique(survey.receivers.all().iter().flatten()).iter().map(at).collect(),
    }
}

/// Each position once.
fn unique<'a>(points: impl Iterator<Item = &'a Point>) -> Vec<Point> {
    let mut known = HashSet::new();
    let key = |point: &Point| [point.x(), point.y(), point.z()].map(f64::to_bits);
    points.filter(|point| known.insert(key(point))).copied().collect()
}

/// Sources over receivers.
fn places(
    title: &str,
    axes: [&str; 2],
    sources: &[[f64; 2]],
    receivers: &[[f64; 2]],
    plot: [f64; 2],
) -> Markup {
    let cloud =
        |points: &[[f64; 2]], ink: Ink, radius: f64| Cloud { points: thinned(points, MOST), ink, radius };
    let chart = Chart {
        title: title.to_owned(),
        x: Axis::linear(axes[0]),
        y: Axis::linear(axes[1]),
        curves: vec![
            Curve::new("sources", Ink::Source, Vec::new()),
            Curve::new("receivers", Ink::Series(0), Vec::new()),
        ],
        plot,
    };
    let clouds = vec![cloud(receivers, Ink::Series(0), 2.2), cloud(sources, Ink::Source, 3.0)];
    let drawing = chart.over(&Background { shaded: None, clouds });
    html! { figure { (PreEscaped(drawing.svg(title))) } }
}

fn plan(map: &MapPositions) -> Markup {
    let all = || map.sources.iter().chain(&map.receivers);
    let extent = |axis: usize| {
        let [low, high] = all()
            .map(|place| place[axis])
            .fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], v| [low.min(v), high.max(v)]);
        high - low
    };
    // One scale for both axes where that fits.
    let height = (PLOT[0] * extent(1) / extent(0).max(1e-3)).clamp(120.0, 420.0);
    // Coordinates of a map have too many digits for an axis.
    let base = [0, 1].map(|axis| {
        let low = all().map(|place| place[axis]).fold(f64::INFINITY, f64::min);
        if low.abs() < 1e5 { 0.0 } else { (low / 1000.0).floor() * 1000.0 }
    });
    let moved = |places: &[[f64; 2]]| -> Vec<[f64; 2]> {
        places.iter().map(|[e, n]| [e - base[0], n - base[1]]).collect()
    };
    let label = |name: &str, base: f64| match base {
        0.0 => format!("{name} (m)"),
        _ => format!("{name} \u{2212} {base:.0} (m)"),
    };
    let axes = [label("easting", base[0]), label("northing", base[1])];
    let axes = [axes[0].as_str(), axes[1].as_str()];
    places("Map", axes, &moved(&map.sources), &moved(&map.receivers), [PLOT[0], height])
}

fn section(control: &QualityControl) -> Markup {
    let survey = &control.subject.survey;
    let below = |point: &Point| [point.x(), -point.z()];
    let sources: Vec<[f64; 2]> = survey.sources.iter().map(below).collect();
    let receivers = unique(survey.receivers.all().iter().flatten());
    let receivers: Vec<[f64; 2]> = receivers.iter().map(below).collect();
    places("Section", ["x (m)", "elevation (m)"], &sources, &receivers, PLOT)
}

fn fold_and_offsets(control: &QualityControl, fold: Option<&Fold>) -> Markup {
    let chart = |title: &str, x: &str, points: Vec<[f64; 2]>| Chart {
        title: title.to_owned(),
        x: Axis::linear(x),
        y: Axis::linear("traces"),
        curves: vec![Curve::new("", Ink::Series(0), points)],
        plot: PLOT,
    };
    let mut all = Vec::new();
    let volume = fold.filter(|fold| fold.shape[1] > 1);
    if let Some(fold) = fold.filter(|fold| fold.shape[1] == 1) {
        all.push(chart("Fold", "midpoint x (m)", steps(fold.start[0], fold.width, &fold.counts)));
    }
    if let Some(offsets) = control.histogram() {
        let points = steps(offsets.start, offsets.width, &offsets.counts);
        all.push(chart("Offsets", "offset (m)", points));
    }
    html! {
        (charts(&all))
        @if let Some(fold) = volume { (fold_on_map(fold)) }
    }
}

/// The fold of a volume as a map.
fn fold_on_map(fold: &Fold) -> Markup {
    let [columns, rows] = fold.shape;
    let start = fold.start.map(|start| start + 0.5 * fold.width);
    let Ok(grid) = Grid::new(start, [fold.width; 2], [rows, columns]) else { return html! {} };
    let values: Vec<f64> = fold.counts.iter().map(|count| *count as f64).collect();
    let scale = Scale::quantity([0.0, values.iter().copied().fold(1.0, f64::max)], "traces");
    let mut gallery = Gallery::new(&scale, Size::Large);
    gallery.add(&Map {
        axes: ["x (m)", "y (m)"],
        blocky: true,
        ..Map::new("Fold by midpoint", &grid, &values)
    });
    gallery.html()
}
