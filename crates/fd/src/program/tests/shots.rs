//! Shots of every system: the gradient by every parameter and wavelet, with every storage; linearised runs; threads.

use pde::{Dimension, System};

use super::media::{every_medium, medium, numbers, rough, stable, system};
use crate::FdError;
use crate::program::{Propagator, Properties, Receivers, Shot, Source, Wanted};
use crate::tests::noise;
use crate::time::{Boundary, Cpml, Mesh, Points, Real, Settings, Storage};

pub(super) const STEPS: usize = 30;

fn mesh(dimension: Dimension) -> Mesh {
    match dimension {
        Dimension::One => Mesh::new(&[0.0], &[10.0], &[40]).unwrap(),
        Dimension::Two => Mesh::new(&[0.0; 2], &[10.0, 9.0], &[22, 27]).unwrap(),
        Dimension::Three => Mesh::new(&[0.0; 3], &[10.0, 11.0, 9.0], &[6, 5, 7]).unwrap(),
    }
}

fn settings(system: &System, order: usize, free_surface: bool) -> Settings {
    let free_surface = free_surface && !system.surface.is_empty();
    let cells = if system.dimension == Dimension::Three { 3 } else { 6 };
    let cpml = Cpml { cells, frequency: 20.0, reflection: 1e-8 };
    let dt = 0.7 * stable(system, order);
    Settings { order, dt, boundary: Boundary { cpml, free_surface }, threads: 1 }
}

/// Points between nodes.
fn points(mesh: &Mesh, count: usize, seed: usize) -> Points {
    let [lo, hi] = mesh.corners();
    let at = |k: usize| -> Vec<f64> {
        let share = |axis: usize| 0.5 + 0.45 * noise(seed + 10 * k + axis);
        lo.iter().zip(&hi).enumerate().map(|(axis, (lo, hi))| lo + share(axis) * (hi - lo)).collect()
    };
    Points::new(mesh, &(0..count).map(at).collect::<Vec<_>>()).unwrap()
}

pub(super) struct Setup {
    system: System,
    pub(super) mesh: Mesh,
    settings: Settings,
    sources: Points,
    receivers: Points,
    given: Vec<String>,
}

impl Setup {
    pub(super) fn new(system: &System, order: usize, free_surface: bool) -> Self {
        let mesh = mesh(system.dimension);
        let given = system.given.iter().filter(|symbol| symbol.name != "rate");
        Self {
            settings: settings(system, order, free_surface),
            sources: points(&mesh, 2, 5),
            receivers: points(&mesh, 3, 5000),
            given: given.map(|symbol| symbol.name.clone()).collect(),
            system: system.clone(),
            mesh,
        }
    }

    pub(super) fn propagator<T: Real>(&self, parameters: &[(String, Vec<f64>)]) -> Propagator<T> {
        let values = parameters.iter().map(|(name, values)| (name.as_str(), &values[..])).collect();
        let properties = Properties { parameters: values, numbers: numbers(&self.system) };
        Propagator::of_stable(&self.system, &self.mesh, &self.settings, &properties).unwrap()
    }

    pub(super) fn shot<'a, T: Real>(&'a self, wavelets: &'a [Vec<T>]) -> Shot<'a, T> {
        let sources = self.given.iter().zip(wavelets);
        let source = |(given, wavelets)| {
            let (given, wavelets): (&'a String, &'a Vec<T>) = (given, wavelets);
            Source::new(given, &self.sources, wavelets)
        };
        let unknowns = self.system.unknowns.iter();
        Shot {
            sources: sources.map(source).collect(),
            receivers: unknowns.map(|u| Receivers { unknown: &u.name, points: &self.receivers }).collect(),
            steps: STEPS,
        }
    }

    pub(super) fn wavelets(&self) -> Vec<Vec<f64>> {
        let of = |k: usize| (0..2 * STEPS).map(|n| 1e3 * noise(123 * k + n)).collect();
        (0..self.given.len()).map(of).collect()
    }
}

/// Half the squared difference from fixed data, and its derivative. Every set is weighted by its size in the first data.
fn misfit(found: &[Vec<f64>], scales: &[f64]) -> (f64, Vec<Vec<f64>>) {
    let mut sum = 0.0;
    let mut adjoint = Vec::new();
    for (k, (set, scale)) in found.iter().zip(scales).enumerate() {
        let residual = |(n, d): (usize, &f64)| d / scale - noise(77 * k + n);
        let residuals: Vec<f64> = set.iter().enumerate().map(residual).collect();
        sum += 0.5 * residuals.iter().map(|r| r * r).sum::<f64>();
        adjoint.push(residuals.iter().map(|r| r / scale).collect());
    }
    (sum, adjoint)
}

#[test]
fn gradients_of_shots_are_exact() {
    for (system, wet) in every_medium(&Dimension::ALL) {
        let surface = system.dimension == Dimension::Two;
        let setup = Setup::new(&system, 4, surface);
        let parameters = medium((&system, wet), setup.mesh.nodes());
        let wavelets = setup.wavelets();
        let shot = setup.shot(&wavelets);
        let propagator = setup.propagator::<f64>(&parameters);
        let names = names(&parameters);
        let scales: Vec<f64> = propagator.forward(&shot).unwrap().iter().map(|set| size(set)).collect();
        let of = |storage: &Storage| {
            let adjoint = |d: &[Vec<f64>]| Ok::<_, FdError>(misfit(d, &scales).1);
            propagator.gradient(&shot, &names[..], storage, adjoint).unwrap()
        };
        let all = of(&Storage::All);
        let kept = of(&Storage::Disk);
        assert!(kept.parameters == all.parameters && kept.wavelets == all.wavelets, "{}", system.name);
        // Checkpoints repeat the same steps.
        let FdError::MemoryLimit { least, .. } = propagator
            .gradient(&shot, &names[..], &Storage::Checkpoints { bytes: 1 }, |d| Ok::<_, FdError>(d.to_vec()))
            .unwrap_err()
        else {
            panic!("one byte is not enough")
        };
        let tight = of(&Storage::Checkpoints { bytes: least + least / 2 });
        for (one, other) in all.parameters.iter().zip(&tight.parameters) {
            let largest = one.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
            let apart = one.iter().zip(other).fold(0.0_f64, |m, (a, b)| m.max((a - b).abs()));
            assert!(apart <= 1e-12 * largest, "{} {:?}: {apart} of {largest}", system.name, system.dimension);
        }
        // What is given to several unknowns is added in the order in which planes are passed.
        for (one, other) in all.wavelets.iter().flatten().zip(tight.wavelets.iter().flatten()) {
            assert!((one - other).abs() <= 1e-12 * one.abs().max(1e-6), "{}: {one} {other}", system.name);
        }
        let value = |parameters: &[(String, Vec<f64>)], wavelets: &[Vec<f64>]| {
            let found = setup.propagator::<f64>(parameters).forward(&setup.shot(wavelets)).unwrap();
            misfit(&found, &scales).0
        };
        let middle = value(&parameters, &wavelets);
        let check = |what: &str, slope: f64, moved: &dyn Fn(f64) -> f64| {
            let remainder = |size: f64| (moved(size) - middle - size * slope).abs();
            let (coarse, fine) = (remainder(2e-4), remainder(1e-4));
            let case = format!("{} {:?} {what}", system.name, system.dimension);
            if coarse == 0.0 {
                assert!(slope == 0.0, "{case}");
                return;
            }
            assert!(((coarse / fine).log2() - 2.0).abs() < 0.15, "{case}: {coarse} {fine}");
        };
        for (place, (name, values)) in parameters.iter().enumerate() {
            let direction: Vec<f64> =
                values.iter().enumerate().map(|(k, v)| v * noise(31 * place + k + 7)).collect();
            let slope = all.parameters[place].iter().zip(&direction).map(|(g, d)| g * d).sum();
            check(name, slope, &|size| {
                let mut moved = parameters.clone();
                moved[place].1.iter_mut().zip(&direction).for_each(|(v, d)| *v += size * d);
                value(&moved, &wavelets)
            });
        }
        let mut slope = 0.0;
        let mut direction = wavelets.clone();
        for (k, (set, derivatives)) in direction.iter_mut().zip(&all.wavelets).enumerate() {
            for (n, (d, g)) in set.iter_mut().zip(derivatives).enumerate() {
                *d *= noise(999 * k + n);
                slope += *d * g;
            }
        }
        check("wavelets", slope, &|size| {
            let mut moved = wavelets.clone();
            for (set, direction) in moved.iter_mut().zip(&direction) {
                set.iter_mut().zip(direction).for_each(|(v, d)| *v += size * d);
            }
            value(&parameters, &moved)
        });
    }
}

pub(super) fn names(parameters: &[(String, Vec<f64>)]) -> Vec<&str> {
    parameters.iter().map(|(name, _)| name.as_str()).collect()
}

/// The largest difference over the largest value.
pub(super) fn apart<T: Real>(found: &[T], expected: &[T]) -> f64 {
    let largest = expected.iter().fold(0.0_f64, |m, v| m.max(v.to_f64().abs()));
    let pairs = found.iter().zip(expected);
    pairs.fold(0.0_f64, |m, (a, b)| m.max((a.to_f64() - b.to_f64()).abs())) / largest.max(1e-300)
}

/// Waves stepped backwards from what the layers stored give the gradient of all wavefields. A medium that absorbs waves is
/// refused.
#[test]
fn boundaries_are_enough() {
    for (system, wet) in every_medium(&Dimension::ALL) {
        for surface in [false, true] {
            let setup = Setup::new(&system, 4, surface);
            let parameters = medium((&system, wet), setup.mesh.nodes());
            let (wavelets, names) = (setup.wavelets(), names(&parameters));
            let shot = setup.shot(&wavelets);
            let propagator = setup.propagator::<f64>(&parameters);
            let scales: Vec<f64> = propagator.forward(&shot).unwrap().iter().map(|set| size(set)).collect();
            let of = |storage: &Storage| {
                let adjoint = |d: &[Vec<f64>]| Ok::<_, FdError>(misfit(d, &scales).1);
                propagator.gradient(&shot, &names[..], storage, adjoint)
            };
            let case = format!("{} {:?} {surface}", system.name, system.dimension);
            let all = of(&Storage::All).unwrap();
            match of(&Storage::Boundary) {
                Ok(back) => {
                    for (found, expected) in back.recorded.iter().zip(&all.recorded) {
                        assert!(apart(found, expected) < 1e-13, "{case}");
                    }
                    for (found, expected) in back.parameters.iter().zip(&all.parameters) {
                        let apart = apart(found, expected);
                        assert!(apart < 1e-10, "{case}: {apart:e}");
                    }
                }
                Err(error) => {
                    assert!(system.name == "viscoacoustic", "{case}: {error}");
                    assert!(error.to_string().contains("the medium absorbs waves"), "{error}");
                }
            }
        }
    }
}

/// Threads share a shot without changing it, whatever is stored.
#[test]
fn threads_change_nothing() {
    for (system, wet) in every_medium(&[Dimension::Two]) {
        let mut setup = Setup::new(&system, 4, true);
        let parameters = medium((&system, wet), setup.mesh.nodes());
        let (wavelets, names) = (setup.wavelets(), names(&parameters));
        let mut of = |threads: usize, storage: &Storage| {
            setup.settings.threads = threads;
            let shot = setup.shot(&wavelets);
            let adjoint = |d: &[Vec<f64>]| Ok::<_, FdError>(d.to_vec());
            let propagator = setup.propagator::<f64>(&parameters);
            let wanted = Wanted { parameters: &names, energies: &[&system.unknowns[0].name] };
            propagator.gradient(&shot, wanted, storage, adjoint).unwrap()
        };
        let mut storages = vec![Storage::All, Storage::Disk, Storage::Snapshots { every: 2, half: true }];
        if system.name != "viscoacoustic" {
            storages.push(Storage::Boundary);
        }
        for storage in storages {
            let [one, three] = [1, 3].map(|threads| of(threads, &storage));
            let case = format!("{} {:?} {storage:?}", system.name, system.dimension);
            assert_eq!(one.recorded, three.recorded, "{case}");
            assert_eq!(one.energies, three.energies, "{case}");
            for (found, expected) in three.parameters.iter().zip(&one.parameters) {
                assert!(apart(found, expected) < 1e-13, "{case}: {}", apart(found, expected));
            }
        }
    }
}

/// The energies of unknowns are the sums of the squares of the wavefields that the gradient stores.
#[test]
fn energies_are_those_of_the_wavefield() {
    let setup = Setup::new(&system("acoustic", Dimension::Two), 4, false);
    let parameters = rough(&setup.system, setup.mesh.nodes());
    let wavelets = setup.wavelets();
    let propagator = setup.propagator::<f64>(&parameters);
    // Receivers on nodes record the wavefield there.
    let nodes = [[50.0, 63.0], [0.0, 0.0], [260.0, 189.0]];
    let on_nodes = Points::new(&setup.mesh, &nodes).unwrap();
    let receivers = vec![Receivers { unknown: "p", points: &on_nodes }];
    let shot = Shot { receivers, ..setup.shot(&wavelets) };
    let wanted = Wanted { parameters: &["vp"], energies: &["p"] };
    let bytes = 200_000;
    for (storage, every) in [
        (Storage::All, 1),
        (Storage::Snapshots { every: 3, half: false }, 3),
        (Storage::Checkpoints { bytes }, 1),
        (Storage::Boundary, 1),
    ] {
        let adjoint = |d: &[Vec<f64>]| Ok::<_, FdError>(d.to_vec());
        let derivatives = propagator.gradient(&shot, wanted, &storage, adjoint).unwrap();
        for (trace, [x, z]) in derivatives.recorded[0].chunks(STEPS).zip(nodes) {
            let dt = setup.settings.dt * every as f64;
            let expected: f64 = trace[..STEPS - 1].iter().step_by(every).map(|p| p * p * dt).sum();
            let found = derivatives.energies[0][(z / 9.0) as usize * 27 + (x / 10.0) as usize];
            assert!((found / expected - 1.0).abs() < 1e-9, "{storage:?}: {found} {expected}");
        }
    }
}

/// The linearised run is the transpose of the gradient, and the derivative of the forward run.
#[test]
fn linearised_runs_are_exact() {
    for (system, wet) in every_medium(&Dimension::ALL) {
        let setup = Setup::new(&system, 4, system.dimension == Dimension::Two);
        let parameters = medium((&system, wet), setup.mesh.nodes());
        let (wavelets, names) = (setup.wavelets(), names(&parameters));
        let shot = setup.shot(&wavelets);
        let propagator = setup.propagator::<f64>(&parameters);
        let plain = propagator.forward(&shot).unwrap();
        let adjoint: Vec<Vec<f64>> = (plain.iter().enumerate())
            .map(|(k, set)| {
                let scale = size(set);
                (0..set.len()).map(|n| noise(50 * k + n) / scale).collect()
            })
            .collect();
        let derivatives = propagator
            .gradient(&shot, &names[..], &Storage::All, |_| Ok::<_, FdError>(adjoint.clone()))
            .unwrap();
        for (place, (name, values)) in parameters.iter().enumerate() {
            let case = format!("{} {:?} {name}", system.name, system.dimension);
            let direction: Vec<f64> =
                values.iter().enumerate().map(|(k, v)| v * noise(31 * place + k + 7)).collect();
            let change = propagator.born(&shot, &[(name, &direction)]).unwrap();
            let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
            let by_data: f64 = change.iter().zip(&adjoint).map(|(a, b)| dot(a, b)).sum();
            let by_medium = dot(&derivatives.parameters[place], &direction);
            let scale: f64 =
                change.iter().zip(&adjoint).map(|(a, b)| dot(a, a).sqrt() * dot(b, b).sqrt()).sum();
            assert!((by_data - by_medium).abs() <= 1e-12 * scale, "{case}: {by_data} {by_medium}");
            let remainder = |size: f64| {
                let mut moved = parameters.clone();
                moved[place].1.iter_mut().zip(&direction).for_each(|(v, d)| *v += size * d);
                let found = setup.propagator::<f64>(&moved).forward(&shot).unwrap();
                let mut sum = 0.0;
                for (((found, plain), change), adjoint) in found.iter().zip(&plain).zip(&change).zip(&adjoint)
                {
                    let scale = adjoint.iter().map(|a| a * a).sum::<f64>();
                    for ((found, plain), change) in found.iter().zip(plain).zip(change) {
                        sum += (found - plain - size * change).powi(2) * scale;
                    }
                }
                sum.sqrt()
            };
            let (coarse, fine) = (remainder(2e-4), remainder(1e-4));
            assert!(coarse == 0.0 || ((coarse / fine).log2() - 2.0).abs() < 0.1, "{case}: {coarse} {fine}");
        }
    }
}

fn size(set: &[f64]) -> f64 {
    (set.iter().map(|d| d * d).sum::<f64>() / set.len() as f64).sqrt().max(1e-30)
}

/// Two sets of sources of the same given field: the derivatives by the wavelets of each are those of the set alone.
#[test]
fn sets_of_sources_are_told_apart() {
    let setup = Setup::new(&system("acoustic", Dimension::Two), 4, false);
    let parameters = rough(&setup.system, setup.mesh.nodes());
    let propagator = setup.propagator(&parameters);
    let (few, many) = (points(&setup.mesh, 1, 11), points(&setup.mesh, 3, 99));
    let wavelet = |count: usize| (0..count * STEPS).map(|n| 1e3 * noise(n)).collect::<Vec<f64>>();
    let (one, three) = (wavelet(1), wavelet(3));
    let given = "f";
    let sources = [Source::new(given, &few, &one), Source::new(given, &many, &three)];
    let adjoint: Vec<f64> = (0..3 * STEPS).map(|n| noise(n + 5)).collect();
    let of = |sources: &[Source<'_, f64>]| {
        let receivers = vec![Receivers { unknown: "p", points: &setup.receivers }];
        let shot = Shot { sources: sources.to_vec(), receivers, steps: STEPS };
        propagator
            .gradient(&shot, &["vp"], &Storage::All, |_| Ok::<_, FdError>(vec![adjoint.clone()]))
            .unwrap()
            .wavelets
    };
    let both = of(&sources);
    assert_eq!(both, [of(&sources[..1]), of(&sources[1..])].concat());
}

/// A medium that the equation cannot take is refused, with the condition, the values and what to do.
#[test]
fn impossible_media_are_refused() {
    for (name, parameter, value, text) in [
        ("elastic", "vs", 2290.0, "vs has to be below 0.866 vp"),
        ("elastic", "rho", 0.0, "requires rho > 0, which is 0 at node"),
        ("elastic_vti", "delta", 2.0, "the strain energy is not positive"),
        ("acoustic_vti", "epsilon", -0.2, "waves grow where epsilon is below delta"),
        ("viscoacoustic", "Q", 0.9, "Q = 0.9: one standard linear solid has a Q above 1"),
    ] {
        let setup = Setup::new(&system(name, Dimension::Two), 4, false);
        let mut parameters = rough(&setup.system, setup.mesh.nodes());
        let place = parameters.iter().position(|(other, _)| other == parameter).unwrap();
        parameters[place].1[77] = value;
        let values = parameters.iter().map(|(name, values)| (name.as_str(), &values[..])).collect();
        let properties = Properties { parameters: values, numbers: numbers(&setup.system) };
        let made = Propagator::<f64>::new(&setup.system, &setup.mesh, &setup.settings, &properties);
        let error = made.unwrap_err().to_string();
        assert!(error.contains(text), "{error}");
    }
}

/// Input that cannot be taken as it was meant is refused, with what was found.
#[test]
fn bad_input_is_refused() {
    let setup = Setup::new(&system("acoustic_vti", Dimension::Two), 4, false);
    let count = setup.mesh.len();
    let uniform = |value: f64| vec![value; count];
    let (vp, epsilon, delta) = (uniform(2300.0), uniform(0.2), uniform(0.1));
    let made = |parameters: Vec<(&str, &[f64])>, settings: &Settings| {
        let properties = Properties { parameters, numbers: vec![] };
        Propagator::<f64>::new(&setup.system, &setup.mesh, settings, &properties)
    };
    let good = || vec![("vp", &vp[..]), ("epsilon", &epsilon[..]), ("delta", &delta[..])];
    let refused = |found: Result<Propagator<f64>, FdError>, text: &str| {
        let error = found.unwrap_err().to_string();
        assert!(error.contains(text), "{error}");
    };
    let with = |change: &dyn Fn(&mut Settings)| {
        let mut settings = setup.settings;
        change(&mut settings);
        settings
    };
    refused(made([good(), vec![("vs", &vp[..])]].concat(), &setup.settings), "no parameter `vs`");
    refused(made(good()[..2].to_vec(), &setup.settings), "delta");
    let mut broken = vp.clone();
    broken[7] = f64::NAN;
    let with_nan = vec![("vp", &broken[..]), ("epsilon", &epsilon[..]), ("delta", &delta[..])];
    refused(made(with_nan, &setup.settings), "at index 7");
    // The square root of 1 + 2 delta: at one node only, which is not the fastest.
    let mut broken = delta.clone();
    broken[7] = -0.6;
    let negative = vec![("vp", &vp[..]), ("epsilon", &epsilon[..]), ("delta", &broken[..])];
    refused(made(negative, &setup.settings), "delta = -0.6");
    refused(made(good(), &with(&|s| s.order = 3)), "order 3");
    refused(made(good(), &with(&|s| s.dt = -1e-3)), "time step (s)");
    refused(made(good(), &with(&|s| s.dt *= 10.0)), "unstable");
    refused(made(good(), &with(&|s| s.threads = 0)), "threads");
    let deep = system("acoustic_vti", Dimension::Three);
    let properties = Properties { parameters: good(), numbers: vec![] };
    refused(Propagator::new(&deep, &setup.mesh, &setup.settings, &properties), "acoustic_vti");
    let propagator = made(good(), &setup.settings).unwrap();
    let wavelets = vec![0.0; 2 * STEPS];
    let sources = vec![Source::new("f", &setup.sources, &wavelets)];
    let receivers = vec![Receivers { unknown: "p", points: &setup.receivers }];
    let shot = Shot { sources, receivers, steps: STEPS };
    let error_of = |wanted: &[&str], adjoint: Vec<Vec<f64>>, storage: &Storage| {
        propagator.gradient(&shot, wanted, storage, |_| Ok::<_, FdError>(adjoint)).unwrap_err().to_string()
    };
    let error = |adjoint: Vec<Vec<f64>>, storage: &Storage| error_of(&["vp"], adjoint, storage);
    let unknown = error_of(&["rho"], vec![], &Storage::All);
    assert!(unknown.contains("no parameter `rho`; it has vp, epsilon, delta"), "{unknown}");
    assert!(error(vec![], &Storage::All).contains("set of receivers"));
    assert!(error(vec![vec![f64::NAN; 3 * STEPS]], &Storage::All).contains("adjoint source"));
    let wrong = Shot { sources: vec![Source { given: "g", ..shot.sources[0] }], ..shot.clone() };
    assert!(propagator.forward(&wrong).unwrap_err().to_string().contains("no given field `g`; it has f"));
}
