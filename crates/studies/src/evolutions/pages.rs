//! The page of waves in time, and their maps as one figure.

use document::numbers::short;
use maud::{Markup, html};

use super::run::{EvolutionOutcome, EvolutionRun};
use figures::page::pictures::{Gallery, Size, charts};
use figures::page::{Page, Section};
use figures::tables::Compared;
use figures::{Axis, Chart, Curve, Drawing, Ink, Map, Scale, map_rows, robust_amplitude};
use survey::ticks::significant;

const PLOT: [f64; 2] = [390.0, 220.0];

/// The whole page.
pub(crate) fn html(run: &EvolutionRun, results: &[Compared]) -> String {
    let origin = &run.plan.origin;
    let mut facts = vec![
        ("sources".to_owned(), run.plan.problem.pulses.len().to_string()),
        ("threads".to_owned(), rayon::current_num_threads().to_string()),
        ("version".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
    ];
    for summary in run.found.iter().map(|outcome| &outcome.summary) {
        let text = format!("{} on {}; stopped: {}", summary.method, summary.device, summary.stopped_because);
        facts.push((summary.name.clone(), text));
    }
    let last = short(run.plan.problem.horizon());
    let caption = format!("Errors at the last time, {last} s, relative to {}.", run.truth.how);
    Page {
        kind: "Report of time-domain wavefields",
        title: origin.name.clone(),
        description: origin.description(),
        results,
        sections: vec![
            Section::results(caption, results),
            Section::new("Wavefields", "Maps of the same time share one colour scale. The number above a map is the relative error of the wavefield.", maps(run)),
            Section::new(
                "Error and energy in time",
                "Energies are relative to that of the true wavefield at the start. They are computed by finite differences on \
                 the points where the wavefields are compared.",
                over_time(run),
            ),
            Section::new("Convergence", "", convergence(run)),
        ],
        facts,
        scenario: origin.text.clone(),
        remark: "Lengths are in metres; x points to the right and z points down.",
    }
    .html()
}

/// The source whose fields are shown: the middle one.
pub(crate) fn shown(run: &EvolutionRun) -> usize {
    run.plan.problem.pulses.len() / 2
}

fn scale(truth: &[f64]) -> Scale {
    Scale::signed(robust_amplitude(truth.iter().copied(), 1.0).max(f64::MIN_POSITIVE), "pressure (Pa)")
}

/// A field of a method at the k-th shown time, with its error as a note.
fn map<'a>(run: &'a EvolutionRun, outcome: &'a EvolutionOutcome, k: usize) -> Map<'a> {
    let note = format!("{} %", significant(100.0 * outcome.errors[k], 3));
    let values = &outcome.fields[shown(run)][2 * k];
    Map { note, ..Map::new(&*outcome.summary.name, &run.plan.problem.shown, values) }
}

fn maps(run: &EvolutionRun) -> Markup {
    let gallery = |k: usize| {
        let truth = &run.truth.fields[shown(run)][2 * k];
        let scale = scale(truth);
        let mut gallery = Gallery::new(&scale, Size::Small).flipping();
        gallery.add(&Map::new("true", &run.plan.problem.shown, truth));
        for outcome in &run.found {
            gallery.add(&map(run, outcome, k));
        }
        gallery.html()
    };
    html! { @for (k, t) in run.plan.scenario.times.iter().enumerate() {
        h3 { "t = " (short(*t)) " s" } (gallery(k))
    } }
}

/// The true field and others as one figure: a row a time.
pub(crate) fn figure(run: &EvolutionRun, which: &[usize]) -> Drawing {
    let rows: Vec<(Vec<Map>, Scale)> = (run.plan.scenario.times.iter().enumerate())
        .map(|(k, t)| {
            let truth = &run.truth.fields[shown(run)][2 * k];
            let note = format!("t = {} s", short(*t));
            let mut maps = vec![Map { note, ..Map::new("true", &run.plan.problem.shown, truth) }];
            maps.extend(which.iter().map(|&i| map(run, &run.found[i], k)));
            (maps, scale(truth))
        })
        .collect();
    map_rows(&rows)
}

fn over_time(run: &EvolutionRun) -> Markup {
    let times = &run.plan.scenario.times;
    let curve = |name: &str, ink: Ink, values: &[f64]| {
        let points = times.iter().zip(values).filter(|(_, v)| **v > 0.0).map(|(t, v)| [*t, *v]);
        Curve::new(name, ink, points.collect())
    };
    let each = |values: fn(&EvolutionOutcome) -> &[f64]| -> Vec<Curve> {
        let found = run.found.iter().enumerate();
        found.map(|(i, o)| curve(&o.summary.name, Ink::Series(i), values(o))).collect()
    };
    let mut energies = each(|o| &o.energies);
    energies.push(curve("true", Ink::Truth, &run.energies).dashed());
    charts(&[
        Chart {
            title: "Error".to_owned(),
            x: Axis::linear("time (s)"),
            y: Axis::logarithmic("relative error of the field"),
            curves: each(|o| &o.errors),
            plot: PLOT,
        },
        Chart {
            title: "Energy".to_owned(),
            x: Axis::linear("time (s)"),
            y: Axis::linear("relative energy"),
            curves: energies,
            plot: PLOT,
        },
    ])
}

fn convergence(run: &EvolutionRun) -> Markup {
    let mut curves = Vec::new();
    for (i, outcome) in run.found.iter().enumerate() {
        let points: Vec<[f64; 2]> =
            outcome.history.iter().filter_map(|r| Some([r.wall_s, r.wavefield_relative_l2?])).collect();
        if points.len() > 1 {
            curves.push(Curve::new(&*outcome.summary.name, Ink::Series(i), points));
        }
    }
    let (x, y) = (Axis::logarithmic("wall time (s)"), Axis::logarithmic("relative error at the last time"));
    charts(&[Chart { title: "Error by wall time".to_owned(), x, y, curves, plot: PLOT }])
}
