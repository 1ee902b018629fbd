//! Gathers: observed traces, synthetic traces and their residuals, shot by shot; and the wavelet.

use fd::{Grid, Point};
use maud::{Markup, html};

use super::explained;
use crate::inversions::outcome::Comparison;
use figures::page::Section;
use figures::page::pictures::{Gallery, Size, charts};
use figures::{Axis, Chart, Curve, Ink, Map, Scale, robust_amplitude};
use survey::gathers::{RecordedField, ShotGather};
use survey::ticks::six_digits;

const PLOT: [f64; 2] = [200.0, 230.0];
const WAVELET: [f64; 2] = [390.0, 150.0];
/// Largest number of traces and of samples in an image; the others are left out.
const MOST: [usize; 2] = [200, 240];
/// The same for pages of many shots, which would otherwise be large files.
const MOST_OF_MANY: [usize; 2] = [100, 160];
/// Number of shots from which on a page has many.
const MANY: usize = 10;

/// The traces of the shown shots in every inversion.
pub(super) fn gathers(run: &Comparison) -> Section {
    let heading = "Gathers";
    let shots: Vec<(String, Markup)> = (run.observed.iter())
        .filter_map(|observed| Some((title(run, observed), shot(run, observed)?)))
        .collect();
    let Some(first) = run.observed.first().filter(|_| !shots.is_empty()) else {
        return Section::new(heading, "", html! {});
    };
    let all = run.information.survey.as_ref().map_or(shots.len(), |survey| survey.sources.len());
    let some = if shots.len() < all {
        format!(" {} of the {all} shots are shown.", shots.len())
    } else {
        String::new()
    };
    let caption = format!(
        "All gathers of a shot share one colour scale, which leaves out the largest 5\u{a0}% of the amplitudes so that weak \
         arrivals show. The number above a residual is its norm relative to the observed data. The energy that is explained is that \
         of all shown shots, less the energy of the residual; below zero the residual is larger than the data.{some}"
    );
    let middle = shots.len() / 2;
    let content = html! {
        div data-shots { @for (i, (title, content)) in shots.iter().enumerate() {
            details name="shot" open[i == middle] { summary { (title) } (content) }
        } }
        @for (field, recorded) in first.header.fields.iter().enumerate() {
            @if first.header.fields.len() > 1 { h3 { (recorded.name) } }
            (explained::chart(run, field))
        }
        (wavelet(run, first))
    };
    Section::new(heading, caption, content)
}

/// "shot 12, x = 600 m, z = 10 m".
fn title(run: &Comparison, gather: &ShotGather) -> String {
    let source = gather.header.survey.sources[0];
    let number = run
        .information
        .survey
        .as_ref()
        .and_then(|survey| survey.sources.iter().position(|other| *other == source));
    let number = number.map_or_else(String::new, |number| format!("shot {number}, "));
    let place = |(value, name): (&f64, &&str)| format!("{name} = {} m", six_digits(*value));
    let names = fd::coordinate_names(source.dims());
    let places: Vec<String> = source.coordinates().iter().zip(names).map(place).collect();
    format!("{number}{}", places.join(", "))
}

/// The gathers of one shot, field by field; nothing when its traces cannot be drawn.
fn shot(run: &Comparison, observed: &ShotGather) -> Option<Markup> {
    let fields = &observed.header.fields;
    let of_field = |field: usize| {
        let content = field_of_shot(run, observed, field)?;
        Some(html! { @if fields.len() > 1 { h3 { (fields[field].name) } } (content) })
    };
    let all: Vec<Markup> = (0..fields.len()).filter_map(of_field).collect();
    (!all.is_empty()).then(|| html! { @for one in &all { (one) } })
}

/// The gathers of one field of a shot.
fn field_of_shot(run: &Comparison, observed: &ShotGather, field: usize) -> Option<Markup> {
    let most = if run.observed.len() < MANY { MOST } else { MOST_OF_MANY };
    let image = Image::new(observed, field, most)?;
    let traces = image.values(observed);
    let scale =
        Scale::signed(robust_amplitude(traces.iter().copied(), 0.95), label(&observed.header.fields[field]));
    let mut gathers = Gallery::new(&scale, Size::Small).flipping();
    let mut residuals = Gallery::new(&scale, Size::Small);
    gathers.add_sized(&image.map("observed", &traces), PLOT);
    let mut differ = false;
    let start = (!run.starting.is_empty()).then_some(("start", &run.starting));
    let all = run.outcomes.iter().map(|outcome| (outcome.name.as_str(), &outcome.gathers));
    for (name, made) in start.into_iter().chain(all) {
        let same = |gather: &&ShotGather| {
            gather.header.survey.sources == observed.header.survey.sources
                && gather.traces.len() == observed.traces.len()
        };
        let Some(synthetic) = made.iter().find(same) else { continue };
        let values = image.values(synthetic);
        let residual: Vec<f64> = values.iter().zip(&traces).map(|(s, o)| s - o).collect();
        let norm = |v: &mut dyn Iterator<Item = f64>| v.map(|v| v * v).sum::<f64>().sqrt();
        let [synthetic, seen] = [synthetic, observed].map(|gather| image.traces(gather));
        let difference = norm(&mut synthetic.iter().zip(seen).map(|(s, o)| f64::from(s - o)));
        let error = difference / norm(&mut seen.iter().map(|o| f64::from(*o)));
        let note = if error.is_finite() { format!("{:.1} %", 100.0 * error) } else { String::new() };
        gathers.add_sized(&image.map(name, &values), PLOT);
        residuals.add_sized(&Map { note, ..image.map(name, &residual) }, PLOT);
        differ = true;
    }
    Some(html! {
        (gathers.html())
        @if differ { h3 { "Data residual (synthetic \u{2212} observed)" } (residuals.html()) }
    })
}

/// A field and its unit, for a colour bar.
fn label(field: &RecordedField) -> String {
    if field.unit == "1" { field.name.clone() } else { format!("{} ({})", field.name, field.unit) }
}

/// How the traces of a field become an image `[time, trace]`.
struct Image {
    field: usize,
    grid: Grid,
    label: &'static str,
    /// The receiver of each column.
    receivers: Vec<usize>,
    every: usize,
}

impl Image {
    /// The axes of a gather: the offset of receivers along a line, their depth in a well, else their number.
    fn new(gather: &ShotGather, field: usize, most: [usize; 2]) -> Option<Image> {
        let (survey, samples) = (&gather.header.survey, gather.header.samples);
        let count = survey.receivers.count();
        let (places, source) = (survey.receivers.of(0), survey.sources[0]);
        let along = |of: fn(&Point) -> f64| -> Vec<f64> { places.iter().map(of).collect() };
        let [across, sideways, down] = [along(Point::x), along(Point::y), along(Point::z)];
        let extent = |v: &[f64]| {
            (v.iter().copied().fold(f64::MIN, f64::max) - v.iter().copied().fold(f64::MAX, f64::min)).abs()
        };
        let ordered = |v: &[f64]| {
            v.len() > 1 && (v.windows(2).all(|p| p[0] < p[1]) || v.windows(2).all(|p| p[0] > p[1]))
        };
        let inline = extent(&sideways) < 1e-3 * extent(&across).max(extent(&down));
        let (label, at) = if inline && ordered(&across) && extent(&across) >= extent(&down) {
            ("offset (m)", across.iter().map(|x| x - source.x()).collect())
        } else if inline && ordered(&down) && extent(&across) < 1e-3 * extent(&down) {
            ("receiver depth (m)", down)
        } else {
            ("receiver number", (0..count).map(|i| i as f64).collect::<Vec<f64>>())
        };
        // Columns at equal distances, each with the trace of the nearest receiver.
        let columns = count.min(most[0]);
        let (lo, hi) =
            (at.iter().copied().fold(f64::MAX, f64::min), at.iter().copied().fold(f64::MIN, f64::max));
        let step = (hi - lo) / (columns.max(2) - 1) as f64;
        let nearest = |place: f64| {
            let distance = |i: &usize| (at[*i] - place).abs();
            (0..count).min_by(|a, b| distance(a).total_cmp(&distance(b))).unwrap_or(0)
        };
        let receivers = (0..columns).map(|k| nearest(lo + k as f64 * step)).collect();
        let every = samples.div_ceil(most[1]);
        let spacing = [step, every as f64 * gather.header.dt];
        let grid = Grid::new([lo, 0.0], spacing, [samples.div_ceil(every), columns]).ok()?;
        Some(Image { field, grid, label, receivers, every })
    }

    /// The traces of the field.
    fn traces<'g>(&self, gather: &'g ShotGather) -> &'g [f32] {
        let count = gather.header.survey.receivers.count() * gather.header.samples;
        &gather.traces[self.field * count..(self.field + 1) * count]
    }

    fn values(&self, gather: &ShotGather) -> Vec<f64> {
        let (samples, traces) = (gather.header.samples, self.traces(gather));
        let at = |t: usize, r: usize| f64::from(traces[r * samples + t * self.every]);
        (0..self.grid.nz()).flat_map(|t| self.receivers.iter().map(move |r| at(t, *r))).collect()
    }

    fn map<'a>(&'a self, title: &str, values: &'a [f64]) -> Map<'a> {
        Map { axes: [self.label, "time (s)"], ..Map::new(title, &self.grid, values) }
    }
}

/// The source wavelet, and the wavelets that inversions have estimated.
fn wavelet(run: &Comparison, observed: &ShotGather) -> Markup {
    let curve = |name: &str, ink: Ink, gather: &ShotGather| {
        let samples = gather.wavelet.iter().enumerate();
        Curve::new(name, ink, samples.map(|(i, v)| [i as f64 * gather.step, *v]).collect())
    };
    if observed.wavelet.is_empty() {
        return html! {};
    }
    let mut curves = vec![curve("scenario", Ink::Truth, observed)];
    for (i, outcome) in run.outcomes.iter().enumerate() {
        if let Some(gather) = outcome.gathers.first().filter(|g| g.wavelet != observed.wavelet) {
            curves.push(curve(&outcome.name, Ink::Series(i), gather));
        }
    }
    let chart = Chart {
        title: "Wavelet".to_owned(),
        x: Axis::linear("time (s)"),
        y: Axis::linear("amplitude"),
        curves,
        plot: WAVELET,
    };
    charts(&[chart])
}
