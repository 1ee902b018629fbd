//! A comparison made of formulas: a disc, and three inversions that miss it each in their own way.

use num_complex::Complex64;

use crate::inversions::history::HistoryRow;
use crate::inversions::outcome::{Comparison, Media, RunInformation, RunOutcome};
use crate::spine::Summary;
use crate::spine::metrics::INVERSIONS;
use fwi::metrics::{Disc, Metrics, relative_l2};
use fwi::status::Status;
use scenario::Kind;
use survey::gathers::{GatherHeader, ShotGather};
use survey::model::Model;
use survey::model_io::ComplexField;
use survey::survey::Survey;

const DISC: Disc = Disc { centre: [0.0, 0.0], radius: 100.0, velocity: 2000.0, background: 1000.0 };

/// The comparison; its models have `n` nodes per axis.
pub(crate) fn comparison(n: usize) -> Comparison {
    let h = 1500.0 / (n - 1) as f64;
    let grid = fd::Grid::new([-750.0, -750.0], [h; 2], [n, n]).unwrap();
    let inside = |x: f64, z: f64| if x.hypot(z) < DISC.radius { DISC.velocity } else { DISC.background };
    let truth = Model { grid, values: fd::average_on_grid(&grid, 4, inside) };
    let smooth = |peak: f64, radius: f64, noise: f64| {
        Model::from_fn(grid, |x, z| {
            let r = x.hypot(z);
            let wobble = noise * ((x / 61.0).sin() * (z / 47.0).cos() + 0.5 * (x / 23.0 + z / 31.0).sin());
            1000.0 + (peak - 1000.0) / (1.0 + ((r - radius) / 14.0).exp()) + wobble * (-r / 400.0).exp()
        })
    };
    let field = |shift: f64, fade: f64| {
        let value = |p: [f64; 2]| {
            let r = (p[0]).hypot(p[1] + 347.0).max(6.0);
            Complex64::from_polar(fade / (0.02 * r).sqrt(), -0.02 * (r + shift))
        };
        ComplexField { grid, values: grid.points().map(value).collect(), frequency: 3.1831, shot: 2 }
    };
    let exact = field(0.0, 1.0);
    let outcome =
        |name: &str, method: &str, model: Model, u: ComplexField, steps: u64, wall: f64, floor: f64| {
            let rows = (0..=60u64).map(|i| {
                let t = i as f64 / 60.0;
                HistoryRow {
                    iteration: i * steps / 60,
                    stage: Some(i / 31),
                    wall_s: wall * t,
                    data_misfit_relative: Some(floor + (0.62 - floor) * (-9.0 * t).exp()),
                    velocity_relative_l2: Some(0.02 + 0.07 * (-5.0 * t).exp()),
                    ..HistoryRow::default()
                }
            });
            let metrics = Metrics {
                data_misfit_relative: Some(floor),
                wavefield_relative_l2: relative_l2(&u.values, &exact.values),
                ..Metrics::default()
            };
            RunOutcome {
                name: name.to_owned(),
                group: None,
                method: method.to_owned(),
                status: Status::Done,
                iterations: steps,
                stopped_because: "all iterations done".to_owned(),
                wall_s: wall,
                cpu_s: 1.9 * wall,
                pde_solves: if method == "joint" { 0 } else { 10 * steps },
                device: "cpu".to_owned(),
                metrics: metrics.with_model(&model, &truth, Some(&DISC)),
                history: rows.collect(),
                model: Some(model),
                parameters: Vec::new(),
                wells: std::collections::BTreeMap::new(),
                wavefield: Some(u),
                gathers: gathers(0.2 * floor),
                networks: None,
            }
        };
    let line = |n: usize, f: &dyn Fn(f64) -> [f64; 2]| {
        (0..n).map(|i| f(i as f64 / (n - 1) as f64).map(f64::round)).collect::<Vec<_>>()
    };
    let mut receivers = line(10, &|t| [-347.0 + 694.0 * t, 402.0]);
    receivers.extend(line(10, &|t| [-402.0, -253.0 + 655.0 * t]));
    receivers.extend(line(10, &|t| [402.0, -253.0 + 655.0 * t]));
    let survey = Survey {
        sources: line(5, &|t| [-347.0 + 694.0 * t, -347.0]).into_iter().map(Into::into).collect(),
        receivers: receivers.into(),
        strength: Complex64::new(1.0, 1.0),
        variance: 100.0,
    };
    Comparison {
        scenario: "cylinder".to_owned(),
        scenario_text: "schema: 1\nname: cylinder  # <card F>\n".to_owned(),
        initial: Some(Model::uniform(grid, 1000.0)),
        media: Media::default(),
        true_wavefield: Some(exact.clone()),
        observed: gathers(0.0),
        starting: gathers(0.03),
        information: RunInformation {
            description:
                "A disc of 100 m radius and 2000 m/s in 1000 m/s, seen by 5 sources and 30 receivers at a \
                          single frequency of 3.18 Hz."
                    .to_owned(),
            survey: Some(survey),
            placement: None,
            disc: Some(DISC),
            wells: Vec::new(),
            facts: vec![("threads".to_owned(), "2".to_owned()), ("seed".to_owned(), "1".to_owned())],
        },
        outcomes: vec![
            outcome("joint", "joint", smooth(2010.0, 103.0, 12.0), field(4.0, 1.0), 1500, 61.2, 0.0274),
            outcome("implicit", "implicit", smooth(2120.0, 95.0, 4.0), field(8.0, 0.97), 400, 95.0, 0.0269),
            outcome("grid", "grid", smooth(1820.0, 106.0, 40.0), field(-15.0, 1.05), 30, 4.1, 0.0291),
        ],
        truth: Some(truth),
    }
}

/// What `summary.json` says of a comparison.
pub(crate) fn summary(run: &Comparison) -> Summary {
    let mut summary = Summary::new(Kind::Inversions, &run.scenario, String::new(), INVERSIONS);
    if let Some(disc) = &run.information.disc {
        summary.truth.insert("radius_half_contrast_m".to_owned(), disc.radius);
        summary.truth.insert("median_velocity_in_disc".to_owned(), disc.velocity);
    }
    summary.members.extend(run.outcomes.iter().map(RunOutcome::member));
    summary
}

/// Traces of three shots with receivers along a line, a little late.
fn gathers(late: f64) -> Vec<ShotGather> {
    let (dt, samples) = (0.004, 300);
    let receivers: Vec<[f64; 2]> = (0..24).map(|i| [-345.0 + 30.0 * f64::from(i), 402.0]).collect();
    let pulse = |t: f64| {
        let a = (std::f64::consts::PI * 8.0 * t).powi(2);
        (1.0 - 2.0 * a) * (-a).exp()
    };
    let gather = |k: u32| {
        let source = [-347.0 + 347.0 * f64::from(k), -347.0];
        let trace = |receiver: &[f64; 2]| {
            let distance = (receiver[0] - source[0]).hypot(receiver[1] - source[1]);
            (0..samples).map(move |n| pulse(f64::from(n) * dt - 0.2 - distance / 1000.0 - late) as f32)
        };
        ShotGather {
            traces: receivers.iter().flat_map(trace).collect(),
            header: GatherHeader {
                survey: GatherHeader::survey(vec![source.into()], receivers.clone().into()),
                dt,
                samples: samples as usize,
                fields: vec![survey::gathers::RecordedField::pressure()],
                scenario: String::new(),
            },
            wavelet: (0..100).map(|n| pulse(f64::from(n) * dt - 0.2)).collect(),
            step: dt,
        }
    };
    (0..3).map(gather).collect()
}
