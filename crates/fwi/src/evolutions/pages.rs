//! `report.html` of a scenario of waves in time, and its maps.

use document::numbers::short;

use super::run::EvolutionRun;
use crate::canvas::Canvas;
use crate::colormap::{Scale, robust_amplitude};
use crate::drawing::{Dash, Ink};
use crate::figure::{Axis, Chart, Curve, Panel, map_rows};
use crate::report::{bar, charts, figure as map, page};
use crate::svg::escape;
use crate::ticks::significant;
use crate::wavefields::table;

/// Width of a map.
const SIDE: f64 = 184.0;
const PLOT: [f64; 2] = [390.0, 220.0];

/// The whole page.
pub(super) fn html(run: &EvolutionRun) -> String {
    let (origin, summaries) = (&run.plan.origin, run.summaries());
    let results = table::table(&summaries);
    let mut verdict: String = (table::verdict(&summaries).iter())
        .map(|s| format!("<p><strong>{}</strong>{}</p>", escape(&s.about), escape(&s.text)))
        .collect();
    for sentence in results.troubles() {
        verdict += &format!(
            "<p class=\"trouble\"><strong>{}</strong>{}</p>",
            escape(&sentence.about),
            escape(&sentence.text)
        );
    }
    let last = run.plan.problem.horizon();
    let caption = format!("At the last time ({} s), compared with {}.", short(last), run.truth.how);
    let mut body = page::header("Report of waves in time", &origin.name, &origin.description());
    body += &format!("<section class=\"verdict\" aria-label=\"Verdict\">{verdict}</section>");
    body += &page::section("Results", &caption, &results.html().into_string());
    body += &page::section("Wavefields", "A row a time, on one scale each.", &maps(run));
    let caption =
        "Energies are over the true one at the start, from differences on the points that are compared.";
    body += &page::section("Over time", caption, &over_time(run));
    body += &page::section("Convergence", "Logarithmic axes.", &convergence(run));
    let mut facts = vec![
        ("sources".to_owned(), run.plan.problem.pulses.len().to_string()),
        ("threads".to_owned(), rayon::current_num_threads().to_string()),
        ("version".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
    ];
    for summary in &summaries {
        let text = format!("{} on {}; stopped: {}", summary.method, summary.device, summary.stopped_because);
        facts.push((summary.name.clone(), text));
    }
    body += &page::facts_and_scenario(&facts, &origin.text, "");
    page::document(&origin.name, &body)
}

/// The source whose fields are shown: the middle one.
fn shown(run: &EvolutionRun) -> usize {
    run.plan.problem.pulses.len() / 2
}

fn scale(truth: &[f64]) -> Scale {
    Scale::signed(robust_amplitude(truth.iter().copied(), 1.0).max(f64::MIN_POSITIVE), "pressure (Pa)")
}

fn maps(run: &EvolutionRun) -> String {
    let (source, grid) = (shown(run), &run.plan.problem.shown);
    let mut text = String::new();
    for (k, t) in run.plan.scenario.times.iter().enumerate() {
        let truth = &run.truth.fields[source][2 * k];
        let scale = scale(truth);
        let mut figures = map(&Panel::new("true", grid, truth), SIDE, &scale, None);
        for outcome in &run.found {
            let note = format!("{} %", significant(100.0 * outcome.errors[k], 3));
            let panel = Panel::new(&*outcome.summary.name, grid, &outcome.fields[source][2 * k]);
            figures += &map(&Panel { note, ..panel }, SIDE, &scale, None);
        }
        let bar = bar(&scale);
        text += &format!("<h3>t = {} s</h3><div class=\"figures fields\">{figures}</div>{bar}", short(*t));
    }
    text
}

/// The true field and others as one figure: a row a time.
pub(super) fn figure(run: &EvolutionRun, which: &[usize]) -> Canvas {
    let (source, grid) = (shown(run), &run.plan.problem.shown);
    let rows: Vec<(Vec<Panel>, Scale)> = (run.plan.scenario.times.iter().enumerate())
        .map(|(k, t)| {
            let truth = &run.truth.fields[source][2 * k];
            let note = format!("t = {} s", short(*t));
            let mut panels = vec![Panel { note, ..Panel::new("true", grid, truth) }];
            for &i in which {
                let outcome = &run.found[i];
                let note = format!("{} %", significant(100.0 * outcome.errors[k], 3));
                let panel = Panel::new(&*outcome.summary.name, grid, &outcome.fields[source][2 * k]);
                panels.push(Panel { note, ..panel });
            }
            (panels, scale(truth))
        })
        .collect();
    map_rows(&rows)
}

fn over_time(run: &EvolutionRun) -> String {
    let times = &run.plan.scenario.times;
    let curve = |i: usize, name: &str, values: &[f64]| Curve {
        name: name.to_owned(),
        ink: Ink::Series(i),
        dash: Dash::Solid,
        points: times.iter().zip(values).filter(|(_, v)| **v > 0.0).map(|(t, v)| [*t, *v]).collect(),
    };
    let each = |values: fn(&super::run::EvolutionOutcome) -> &[f64]| -> Vec<Curve> {
        run.found.iter().enumerate().map(|(i, o)| curve(i, &o.summary.name, values(o))).collect()
    };
    let x = || Axis::linear("time (s)");
    let mut energies = each(|o| &o.energies);
    energies.push(curve(run.found.len(), "true", &run.energies));
    charts(&[
        Chart {
            title: "Error".to_owned(),
            x: x(),
            y: Axis::logarithmic("relative error of the field"),
            curves: each(|o| &o.errors),
            plot: PLOT,
        },
        Chart {
            title: "Energy".to_owned(),
            x: x(),
            y: Axis::linear("energy over that at the start"),
            curves: energies,
            plot: PLOT,
        },
    ])
}

fn convergence(run: &EvolutionRun) -> String {
    let mut curves = Vec::new();
    for (i, outcome) in run.found.iter().enumerate() {
        let points: Vec<[f64; 2]> =
            outcome.history.iter().filter_map(|r| Some([r.wall_s, r.wavefield_relative_l2?])).collect();
        if points.len() > 1 {
            let name = outcome.summary.name.clone();
            curves.push(Curve { name, ink: Ink::Series(i), dash: Dash::Solid, points });
        }
    }
    if curves.is_empty() {
        return String::new();
    }
    let (x, y) = (Axis::logarithmic("wall time (s)"), Axis::logarithmic("relative error at the last time"));
    charts(&[Chart { title: "Error over wall time".to_owned(), x, y, curves, plot: PLOT }])
}
