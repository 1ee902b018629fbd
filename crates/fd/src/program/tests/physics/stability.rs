//! Nothing grows: waves, layers and surfaces over many steps, in media of strong contrast.

use super::super::media::{every_system, system};
use crate::program::symbol::largest_step_of_medium;
use crate::program::tests::media::numbers;
use crate::program::{Material, Propagator, Properties, Receivers, Shot, Source};
use crate::tests::noise;
use crate::time::{Boundary, Cpml, Mesh, Points, Settings};
use pde::{Dimension, System};

/// A soft layer over a fast half space; mud over rock.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Top {
    Soft,
    Mud,
    /// A soft layer between two fast half spaces.
    Buried,
}

fn value(name: &str, top: Option<Top>) -> f64 {
    match (name, top) {
        ("vp", Some(_)) => 1500.0,
        ("vp", None) => 4500.0,
        ("vs", Some(Top::Soft | Top::Buried)) => 900.0,
        ("vs", Some(Top::Mud)) => 300.0,
        ("vs", None) => 2600.0,
        ("rho", Some(_)) => 1000.0,
        ("rho", None) => 2500.0,
        ("epsilon" | "delta", Some(_)) => 0.0,
        ("epsilon", None) => 0.25,
        ("delta", None) => 0.1,
        ("Q", Some(_)) => 30.0,
        ("Q", None) => 100.0,
        ("rate", _) => 60.0,
        (other, _) => panic!("no parameter `{other}`"),
    }
}

/// The value of a parameter at a node `[x, z]`.
type Medium<'a> = &'a dyn Fn(&str, [usize; 2]) -> f64;

pub(super) struct Case<'a> {
    pub(super) system: &'a System,
    pub(super) medium: Medium<'a>,
    pub(super) order: usize,
    pub(super) cells: usize,
    /// That of the layers.
    pub(super) frequency: f64,
    pub(super) surface: bool,
    /// The step over the largest stable one.
    pub(super) share: f64,
}

/// Nodes along x and z.
const NODES: [usize; 2] = [31, 25];

/// By unknown, the largest value in each tenth of 20 000 steps, after noise and an impulse of one sign in the given fields,
/// which leaves static fields behind.
pub(super) fn peaks(case: &Case) -> Vec<[f64; 10]> {
    let [nx, nz] = NODES;
    let mesh = Mesh::new(&[0.0; 2], &[10.0, 9.0], &[nz, nx]).unwrap();
    let of = |name: &str| -> Vec<f64> {
        (0..nx * nz).map(|node| (case.medium)(name, [node % nx, node / nx])).collect()
    };
    let names = || case.system.parameters.iter().map(|symbol| symbol.name.as_str());
    let values: Vec<(&str, Vec<f64>)> = names().map(|name| (name, of(name))).collect();
    let numbers = numbers(case.system);
    let material =
        numbers.iter().fold(Material::new(nx * nz), |all, (name, value)| all.with_number(name, *value));
    let material = values.iter().fold(material, |all, (name, values)| all.with(name, values));
    let largest = largest_step_of_medium(case.system, [10.0, 10.0, 9.0], case.order, &material).unwrap();
    let cpml = Cpml { cells: case.cells, frequency: case.frequency, reflection: 1e-8 };
    let boundary = Boundary { cpml, free_surface: case.surface };
    let settings = Settings { order: case.order, dt: case.share * largest, boundary, threads: 1 };
    let parameters = values.iter().map(|(name, values)| (*name, &values[..])).collect();
    let properties = Properties { parameters, numbers };
    let propagator = Propagator::<f64>::new(case.system, &mesh, &settings, &properties).unwrap();
    let steps = 20_000;
    let sources = Points::new(&mesh, &[[101.3, 33.0], [204.0, 171.0]]).unwrap();
    let nodes: Vec<[f64; 2]> = (0..49).map(|k| [50.0 * f64::from(k % 7), 36.0 * f64::from(k / 7)]).collect();
    let receivers = Points::new(&mesh, &nodes).unwrap();
    let sample = |seed: usize, k: usize| if k % steps < 60 { noise(100_000 * seed + k) + 0.5 } else { 0.0 };
    let given: Vec<_> = case.system.given.iter().filter(|symbol| symbol.name != "rate").collect();
    let wavelets: Vec<Vec<f64>> =
        (0..given.len()).map(|seed| (0..2 * steps).map(|k| sample(seed, k)).collect()).collect();
    let sources = given.iter().zip(&wavelets).map(|(given, w)| Source::new(&given.name, &sources, w));
    let unknowns = case.system.unknowns.iter();
    let shot = Shot {
        sources: sources.collect(),
        receivers: unknowns.map(|unknown| Receivers { unknown: &unknown.name, points: &receivers }).collect(),
        steps,
    };
    let found = propagator.forward(&shot).unwrap();
    let peak = |traces: &Vec<f64>, tenth: usize| {
        let part = |trace: &[f64]| super::largest(trace[tenth * steps / 10..][..steps / 10].iter().copied());
        super::largest(traces.chunks(steps).map(part))
    };
    found.iter().map(|traces| std::array::from_fn(|tenth| peak(traces, tenth))).collect()
}

/// The largest value of any unknown in each tenth over that in the first tenth.
fn tenths(case: &Case) -> [f64; 10] {
    let peaks = peaks(case);
    std::array::from_fn(|tenth| super::largest(peaks.iter().map(|peaks| peaks[tenth] / peaks[0])))
}

/// Order, cells of a layer, free surface, and step over the largest stable one.
const CASES: [(usize, usize, bool, f64); 4] =
    [(2, 40, true, 0.95), (4, 5, false, 0.95), (8, 20, true, 0.95), (12, 10, true, 0.5)];

/// What is left after 2000 steps, static fields and waves in the soft layer, is not exceeded by half up to step 20 000. If layers
/// damped only across themselves, elastic waves in the soft layer would grow by factors of 1e5 to 1e51.
#[test]
fn nothing_grows() {
    for system in every_system(&[Dimension::Two]) {
        let elastic = system.name.starts_with("elastic");
        let tops: &[Top] = if elastic { &[Top::Soft, Top::Mud, Top::Buried] } else { &[Top::Mud] };
        for (place, top) in tops.iter().enumerate() {
            // Every second case of the media after the first.
            for (order, cells, surface, share) in CASES.into_iter().step_by(1 + place.min(1)) {
                let soft = if *top == Top::Buried { 8..17 } else { 0..9 };
                let medium = |name: &str, [_, z]: [usize; 2]| value(name, soft.contains(&z).then_some(*top));
                let case =
                    Case { system: &system, medium: &medium, order, cells, frequency: 20.0, surface, share };
                let tenths = tenths(&case);
                let later = super::largest(tenths[2..].iter().copied());
                let case = format!("{} {top:?} order {order}, {cells} cells, surface {surface}", system.name);
                assert!(later <= 1.5 * tenths[1], "{case}: {tenths:?}");
            }
        }
    }
}

/// A soft layer in these rows, over rock: the ratio of vp to vs, rows, order, cells of a layer and its frequency.
type Soft = (f64, std::ops::Range<usize>, usize, usize, f64);

/// Thin and thick layers, at the surface and buried, with layers for waves of 20 Hz and of down to a hundredth of that. With a
/// constant share of 3 % of damping along a layer they grow by factors of 20 to 1e19, but for the first.
#[test]
fn guided_waves_do_not_grow_in_layers_of_any_frequency() {
    let system = system("elastic", Dimension::Two);
    let cases: [Soft; 11] = [
        (1.5, 0..9, 4, 40, 2.0),
        (2.0, 8..17, 2, 40, 2.0),
        (3.0, 0..9, 2, 40, 1.5),
        (3.0, 8..17, 2, 40, 2.0),
        (3.0, 0..9, 2, 20, 5.0),
        (4.0, 0..2, 12, 20, 10.0),
        (4.0, 0..4, 2, 20, 0.2),
        (4.0, 0..2, 4, 20, 1.0),
        (5.0, 0..9, 8, 20, 1.0),
        (7.0, 0..4, 2, 10, 2.0),
        (10.0, 0..6, 2, 40, 0.2),
    ];
    for (ratio, rows, order, cells, frequency) in cases {
        let medium = |name: &str, [_, z]: [usize; 2]| match name {
            "vs" if rows.contains(&z) => 1500.0 / ratio,
            _ => value(name, rows.contains(&z).then_some(Top::Mud)),
        };
        let case =
            Case { system: &system, medium: &medium, order, cells, frequency, surface: true, share: 0.95 };
        let tenths = tenths(&case);
        let growth = super::largest(tenths[2..].iter().copied()) / tenths[1];
        let case = format!("vp/vs {ratio}, rows {rows:?}, order {order}, {cells} cells, {frequency} Hz");
        super::within(1.5, growth, &case);
    }
}
