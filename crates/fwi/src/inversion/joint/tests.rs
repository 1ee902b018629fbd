//! The terms in time, for fields computed by finite differences.

use std::f64::consts::TAU;
use std::path::Path;

use fd::time::{Boundary, Cpml};
use fd::{Domain, Grid};
use fields::{Evaluation, Event, PointResidual, SpaceTime, device};
use survey::density::DensityChoice;
use survey::gathers::{GatherFile, GatherHeader, Gathers, RecordedField};
use survey::traces::Resampling;
use survey::wavelet::{Ricker, Wavelet, WaveletChoice, band};

use super::radiation::Radiation;
use super::strong::Strong;
use super::strong_in_time::StrongTermsInTime;
use super::*;
use crate::misfit::{L2, MisfitChoice};
use crate::storage::StorageChoice;
use crate::unknowns::Unknown;
use crate::waves::Transient;
use crate::waves_plan::{SystemPlan, TransientPlan};

mod systems;

/// A velocity with a disc that is slower than the background, because absorbing layers are tuned to the fastest
/// velocity.
fn disc(at: fd::Point) -> f64 {
    let [x, z] = at.section();
    if (x - 200.0).hypot(z - 200.0) < 60.0 { 1800.0 } else { 2000.0 }
}

fn contrast(point: [f64; 2]) -> f64 {
    (2000.0 / disc(point.into())).powi(2) - 1.0
}

/// Four sources above and fifteen receivers below a box of 400 m, in which waves of 15 Hz are recorded for 180 steps. The data
/// are zero: nothing here compares with them.
fn waves(folder: &Path, density: Option<DensityChoice>) -> Transient {
    waves_of(folder, density, None, 15.0)
}

/// The same for waves of a system, with a wavelet of another frequency in Hz and of eighth order.
fn waves_of(
    folder: &Path,
    density: Option<DensityChoice>,
    system: Option<SystemPlan>,
    frequency: f64,
) -> Transient {
    let (samples, step) = (181, 0.002);
    let ricker = Ricker { frequency, delay: None, amplitude: 1.0 };
    let fields = system.as_ref().map_or_else(|| vec![RecordedField::pressure()], |of| of.fields.clone());
    let order = if system.is_some() { 8 } else { 4 };
    let emitted = band(&ricker, folder).unwrap().unwrap();
    let cpml = Cpml { cells: 10, frequency: emitted.peak.max(0.5 * emitted.high), reflection: 1e-8 };
    let plan = TransientPlan {
        system: system.map(Box::new),
        step,
        steps_per_sample: 1,
        samples,
        boundary: Boundary { cpml, free_surface: false },
        source: ricker.emitted(folder, step, Resampling::new(samples, 1, 1).steps()).unwrap(),
        wavelet: WaveletChoice::Ricker(ricker),
        band: emitted,
        density,
        mask_dead_traces: false,
        processing: Vec::new(),
    };
    let sources: Vec<[f64; 2]> = (0..4).map(|i| [45.0 + 310.0 / 3.0 * f64::from(i), 25.0]).collect();
    let receivers = (0..15).map(|i| [25.0 + 25.0 * f64::from(i), 375.0]).collect::<Vec<_>>().into();
    let survey = GatherHeader::survey(sources.into_iter().map(fd::Point::from).collect(), receivers);
    let header = GatherHeader { survey, dt: step, samples, fields, scenario: String::new() };
    let path = folder.join("zeros.h5");
    let [shots, receivers, _] = header.shape();
    Gathers { header, traces: vec![0.0; shots * receivers * samples] }.write(&path).unwrap();
    Transient::new(plan, order, GatherFile::open(&path).unwrap()).unwrap()
}

/// An inversion of the box in its middle.
fn settings() -> InversionSettings {
    InversionSettings {
        stages: vec![Stage { frequencies: Vec::new(), band: None, iterations: 8 }],
        misfit: MisfitChoice::L2(L2 {}),
        regularizers: Vec::new(),
        conditioning: Vec::new(),
        optimizer: serde_json::from_str(r#"{"adam": {"learning_rate": 1e-2}}"#).unwrap(),
        unknowns: vec![Unknown::velocity([1700.0, 2700.0])],
        followers: Vec::new(),
        region: Domain::section([120.0; 2], [280.0; 2]),
        storage: StorageChoice::default(),
        batch: None,
        source_encoding: None,
        mutes: Vec::new(),
        estimate_wavelet: None,
        noise_level: None,
        time_limit: None,
        device: "cpu".to_owned(),
        wave_device: fd::program::WaveDevice::default(),
        seed: 0,
    }
}

/// Calls `check` with an inversion that starts in the uniform background, and the problem of the disc.
fn with_disc(check: impl FnOnce(&Context, &Transient, &InverseProblem)) {
    with_disc_of(None, check);
}

/// The same with a density that follows the velocity.
fn with_disc_of(density: Option<DensityChoice>, check: impl FnOnce(&Context, &Transient, &InverseProblem)) {
    let folder = tempfile::tempdir().unwrap();
    let (waves, settings) = (waves(folder.path(), density), settings());
    let grid = Grid::with_spacing(&Domain::section([0.0; 2], [400.0; 2]), 10.0).unwrap();
    let uniform = |_: fd::Point| 2000.0;
    let problem = |background| InverseProblem {
        start: Vec::new(),
        grid,
        output: grid,
        survey: waves.observed.header.survey.clone(),
        waves: Waves::Transient(Box::new(waves.clone())),
        background,
        uniform: None,
    };
    let (start, truth) = (problem(&uniform), problem(&disc));
    let device = device::parse("cpu").unwrap();
    let context =
        Context { problem: &start, settings: &settings, frame: Frame::of(&grid), device, noise: None };
    check(&context, &waves, &truth);
}

/// The field scattered by a disc (finite differences with the disc minus those in the background) equals what its own
/// contrast sources radiate, to the rounding of 180 steps in single precision. With half the contrast, half of it
/// remains.
#[test]
fn scattered_field_is_a_fixed_point() {
    with_disc(|context, waves, truth| {
        let radiation = Radiation::new(context, waves, context.problem.grid.spacing[0]).unwrap();
        let nodes: Vec<[f64; 2]> = radiation.region.grid.points().collect();
        let contrast: Vec<f64> = nodes.iter().map(|p| contrast(*p)).collect();
        let total = waves.background(truth, context.settings, &nodes, 1).unwrap();
        let scattered: Vec<f64> = total[1].iter().zip(&radiation.u0[1]).map(|(u, u0)| u - u0).collect();
        let energy: f64 = scattered.iter().map(|s| s * s).sum();
        let off = |contrast: &[f64]| {
            let mut left = 0.0_f64;
            let judge = |radiated: &[f32]| {
                left = scattered.iter().zip(radiated).map(|(s, g)| (s - f64::from(*g)).powi(2)).sum();
                Ok(vec![0.0; radiated.len()])
            };
            radiation.pulled_back(&total[1], contrast, judge).unwrap();
            (left / energy).sqrt()
        };
        assert!(off(&contrast) < 3e-4, "{:e}", off(&contrast));
        let half: Vec<f64> = contrast.iter().map(|q| 0.5 * q).collect();
        assert!((off(&half) - 0.5).abs() < 1e-3, "{}", off(&half));
    });
}

/// With the derivatives of the scheme itself (leapfrog, fourth order in space) for those of the network, the scattered field
/// satisfies the equation at nodes to the rounding of its second differences, about 1e-7 over (omega dt)^2 = 0.04; with one per
/// cent more contrast a hundredth of the contrast sources is left over.
#[test]
fn scattered_field_satisfies_the_equation() {
    with_disc(|context, waves, truth| {
        let settings: Strong = serde_json::from_str(r#"{"points": 10, "pool": 0}"#).unwrap();
        let terms = StrongTermsInTime::new(&settings, context, waves, &context.settings.stages[0]).unwrap();
        let (frame, h, dt) = (context.space_time(), context.problem.grid.spacing[0], waves.waves.step);
        let middles: Vec<[f64; 2]> =
            (0..25).map(|i| [160.0 + 20.0 * f64::from(i % 5), 160.0 + 20.0 * f64::from(i / 5)]).collect();
        // The node, then those one and two cells away along x and along z.
        let around = |[x, z]: &[f64; 2]| {
            let along = [-2.0, -1.0, 1.0, 2.0].map(|k| k * h);
            let (x, z) = (*x, *z);
            [[x, z]].into_iter().chain(along.map(|d| [x + d, z])).chain(along.map(|d| [x, z + d]))
        };
        let nodes: Vec<[f64; 2]> = middles.iter().flat_map(around).collect();
        let fields = |problem| waves.background(problem, context.settings, &nodes, 1).unwrap();
        let (total, incident) = (fields(truth), fields(context.problem));
        let steps = waves.waves.recorded_steps();
        let step = |p: usize| 90 + 3 * p;
        let events: Vec<Event> =
            middles.iter().enumerate().map(|(p, [x, z])| [*x, *z, step(p) as f64 * dt]).collect();
        let batch = terms.set(events, middles.len(), &[]).unwrap();

        let (channels, points) = (terms.outputs().fields, middles.len());
        let mut values = vec![0.0_f32; 6 * points * channels.sources];
        for source in 0..channels.sources {
            for p in 0..points {
                let u = |place: usize, n: usize| {
                    let at = (9 * p + place) * steps + n;
                    (total[source][at] - incident[source][at]) / f64::from(channels.scale)
                };
                let n = step(p);
                let second = |first: usize| {
                    let [a, b, c, d] = [0, 1, 2, 3].map(|k| u(first + k, n));
                    (-(a + d) / 12.0 + 4.0 / 3.0 * (b + c) - 2.5 * u(0, n)) / (h * h)
                };
                let in_time = (u(0, n + 1) - 2.0 * u(0, n) + u(0, n - 1)) / (dt * dt);
                let by_x = frame.length.powi(2);
                let in_time = in_time * frame.time.powi(2);
                let jet = [(0, u(0, n)), (4, by_x * (second(1) + second(5))), (5, in_time)];
                for (stream, value) in jet {
                    values[(stream * points + p) * channels.sources + source] = value as f32;
                }
            }
        }
        let u = Evaluation::of_values(values, points, channels.sources);
        let left = |factor: f64| {
            let contrast: Vec<f64> = middles.iter().map(|p| factor * contrast(*p)).collect();
            let residual = batch.equation.with(contrast).residual(&u, channels);
            residual.iter().flatten().map(|r| f64::from(r.norm_sqr())).sum::<f64>().sqrt()
        };
        let [right, wrong] = [1.0, 1.01].map(|factor| left(factor) / left(0.0));
        assert!(right < 1e-3 && (wrong - 0.01).abs() < 2e-3, "{right:e} {wrong:e}");
    });
}

/// Plane waves that leave through a side satisfy the absorbing condition to the rounding of single precision. With a
/// slope that is 1 % too steep they do not.
#[test]
fn leaving_waves_are_absorbed() {
    with_disc(|context, waves, _| {
        let settings: Strong = serde_json::from_str(r#"{"points": 10, "pool": 0}"#).unwrap();
        let terms = StrongTermsInTime::new(&settings, context, waves, &context.settings.stages[0]).unwrap();
        let (frame, [low, high]) = (context.space_time(), [0, 400].map(f64::from));
        let sides: Vec<Event> = (0..8)
            .map(|k| {
                let (axis, sign) = SpaceTime::outward(k);
                let mut event = [130.0 + 10.0 * k as f64, 90.0, 0.01 * k as f64];
                event[axis] = if sign < 0.0 { low } else { high };
                event
            })
            .collect();
        let batch = terms.set(Vec::new(), 0, &sides).unwrap();
        let sources = terms.outputs().fields.sources;
        let cost = |factor: f64| {
            let mut values = vec![0.0_f32; 6 * sides.len() * sources];
            for (k, event) in sides.iter().enumerate() {
                let (axis, sign) = SpaceTime::outward(k);
                let rate = TAU * 15.0 * (TAU * 15.0 * (event[2] - sign * event[axis] / 2000.0)).cos();
                let jet = [(3, rate * frame.time), (1 + axis, -sign * factor * rate / 2000.0 * frame.length)];
                for (stream, value) in jet {
                    let first = (stream * sides.len() + k) * sources;
                    values[first..first + sources].fill(value as f32);
                }
            }
            let u = Evaluation::of_values(values, sides.len(), sources);
            terms.absorb(1.0, &u, &batch, &mut vec![0.0; u.values().len()])
        };
        let [right, wrong, none] = [1.0, 1.01, 0.0].map(cost);
        assert!(right < 1e-10 * none, "{right:e} {none:e}");
        assert!((wrong / none / 1e-4 - 1.0).abs() < 1e-2, "{wrong:e} {none:e}");
    });
}

/// With a density, the scattered pressure of finite differences and the particle velocity that follows from it satisfy the system
/// at nodes inside the disc to the error of the interpolated slopes; with one per cent more contrast they do not.
///
/// The velocity is the sum over steps of `-grad p / rho`, taken with staggered differences of fourth order; averages of two
/// half steps make the scheme exact at whole steps.
#[test]
fn scattered_field_with_density_satisfies_the_system() {
    let density: DensityChoice =
        serde_json::from_str(r#"{"gardner": {"factor": 1e-3, "exponent": 1.5}}"#).unwrap();
    let rho = |velocity: f64| density.as_dyn().at(velocity)[0];
    with_disc_of(Some(density.clone()), |context, waves, truth| {
        let settings: Strong = serde_json::from_str(r#"{"points": 10, "pool": 0}"#).unwrap();
        let terms = StrongTermsInTime::new(&settings, context, waves, &context.settings.stages[0]).unwrap();
        let (frame, h, dt) = (context.space_time(), context.problem.grid.spacing[0], waves.waves.step);
        let middles: Vec<[f64; 2]> =
            (0..9).map(|i| [190.0 + 10.0 * f64::from(i % 3), 190.0 + 10.0 * f64::from(i / 3)]).collect();
        // Seven nodes along x, then seven along z, the middle one in both.
        let around = |[x, z]: &[f64; 2]| {
            let (x, z) = (*x, *z);
            let along = |k: i32| f64::from(k) * h;
            (-3..=3).map(move |k| [x + along(k), z]).chain((-3..=3).map(move |k| [x, z + along(k)]))
        };
        let nodes: Vec<[f64; 2]> = middles.iter().flat_map(around).collect();
        let fields = |problem| waves.background(problem, context.settings, &nodes, 1).unwrap();
        let (total, incident) = (fields(truth), fields(context.problem));
        let steps = waves.waves.recorded_steps();
        let step = |p: usize| 110 + 5 * p;
        let events: Vec<Event> =
            middles.iter().enumerate().map(|(p, [x, z])| [*x, *z, step(p) as f64 * dt]).collect();
        let batch = terms.set(events, middles.len(), &[]).unwrap();

        let outputs = terms.outputs();
        let channels = outputs.fields.sources;
        let scales = terms.equation.scales();
        let mut values = vec![0.0_f32; 4 * middles.len() * channels];
        for source in 0..outputs.shots() {
            for (p, middle) in middles.iter().enumerate() {
                let jets = |field: &[f64], rho: f64| -> [[f64; 4]; 3] {
                    let u = |axis: usize, k: usize, n: usize| field[(14 * p + 7 * axis + k) * steps + n];
                    let staggered = |f: [f64; 4]| ((f[0] - f[3]) / 24.0 + 1.125 * (f[2] - f[1])) / h;
                    let second = |axis: usize, n: usize| {
                        let half = |k: usize| staggered(std::array::from_fn(|j| u(axis, k + j, n)));
                        staggered(std::array::from_fn(half))
                    };
                    // Centred, of sixth order.
                    let first = |axis: usize, n: usize| {
                        let pair = |k: usize| u(axis, 3 + k, n) - u(axis, 3 - k, n);
                        (45.0 * pair(1) - 9.0 * pair(2) + pair(3)) / (60.0 * h)
                    };
                    let n = step(p);
                    let summed = |axis: usize| {
                        let before: f64 = (0..n).map(|k| second(axis, k)).sum();
                        -dt / rho * (before + 0.5 * second(axis, n))
                    };
                    [
                        [0.0, summed(0), 0.0, -first(0, n) / rho],
                        [0.0, 0.0, summed(1), -first(1, n) / rho],
                        [
                            u(0, 3, n),
                            first(0, n),
                            first(1, n),
                            (u(0, 3, n + 1) - u(0, 3, n - 1)) / (2.0 * dt),
                        ],
                    ]
                };
                let here = jets(&total[source], rho(disc((*middle).into())));
                let before = jets(&incident[source], rho(2000.0));
                for unknown in 0..3 {
                    for (stream, unit) in
                        [1.0, frame.length, frame.length, frame.time].into_iter().enumerate()
                    {
                        let value =
                            (here[unknown][stream] - before[unknown][stream]) * unit / scales[unknown];
                        values[(stream * middles.len() + p) * channels + 3 * source + unknown] = value as f32;
                    }
                }
            }
        }
        let u = Evaluation::of_values(values, middles.len(), channels);
        let left = |factor: f64| {
            let contrast: Vec<f64> = middles.iter().map(|p| factor * contrast(*p)).collect();
            let residual = batch.equation.with(contrast).residual(&u, outputs.fields);
            residual.iter().flatten().map(|r| f64::from(r.norm_sqr())).sum::<f64>().sqrt()
        };
        let [right, wrong] = [1.0, 1.01].map(|factor| left(factor) / left(0.0));
        assert!(right < 3e-3 && (wrong - 0.01).abs() < 4e-3, "{right:e} {wrong:e}");
    });
}
