//! Shots of every system: the gradient by every parameter and wavelet, with every storage; agreement with the acoustic
//! propagator.

use pde::{Dimension, System};

use super::media::{every_system, noise, numbers, rough, stable, system};
use crate::FdError;
use crate::program::{Propagator, Properties, Receivers, Shot, Source};
use crate::time::{Boundary, Cpml, Mesh, Points, Settings, Storage};

const STEPS: usize = 30;

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

struct Setup {
    system: System,
    mesh: Mesh,
    settings: Settings,
    sources: Points,
    receivers: Points,
    given: Vec<String>,
}

impl Setup {
    fn new(system: &System, order: usize, free_surface: bool) -> Self {
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

    fn propagator(&self, parameters: &[(String, Vec<f64>)]) -> Propagator<f64> {
        let names: Vec<&str> = parameters.iter().map(|(name, _)| name.as_str()).collect();
        self.with(parameters, &names)
    }

    fn with(&self, parameters: &[(String, Vec<f64>)], names: &[&str]) -> Propagator<f64> {
        let values = parameters.iter().map(|(name, values)| (name.as_str(), &values[..])).collect();
        let properties = Properties { parameters: values, numbers: numbers(&self.system) };
        Propagator::new(&self.system, &self.mesh, &self.settings, &properties, names).unwrap()
    }

    fn shot<'a>(&'a self, wavelets: &'a [Vec<f64>]) -> Shot<'a, f64> {
        let sources = self.given.iter().zip(wavelets);
        let source = |(given, wavelets)| {
            let (given, wavelets): (&String, &Vec<f64>) = (given, wavelets);
            Source { given, points: &self.sources, wavelets }
        };
        let unknowns = self.system.unknowns.iter();
        Shot {
            sources: sources.map(source).collect(),
            receivers: unknowns.map(|u| Receivers { unknown: &u.name, points: &self.receivers }).collect(),
            steps: STEPS,
        }
    }

    fn wavelets(&self) -> Vec<Vec<f64>> {
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
    for system in every_system(&Dimension::ALL) {
        let surface = system.dimension == Dimension::Two;
        let setup = Setup::new(&system, 4, surface);
        let parameters = rough(&system, setup.mesh.nodes());
        let wavelets = setup.wavelets();
        let shot = setup.shot(&wavelets);
        let propagator = setup.propagator(&parameters);
        let scales: Vec<f64> = propagator.forward(&shot).unwrap().iter().map(|set| size(set)).collect();
        let of = |storage: &Storage| {
            let adjoint = |d: &[Vec<f64>]| Ok::<_, FdError>(misfit(d, &scales).1);
            propagator.gradient(&shot, storage, adjoint).unwrap()
        };
        let all = of(&Storage::All);
        // Checkpoints repeat the same steps.
        let FdError::MemoryLimit { least, .. } = propagator
            .gradient(&shot, &Storage::Checkpoints { bytes: 1 }, |d| Ok::<_, FdError>(d.to_vec()))
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
            let found = setup.with(parameters, &[]).forward(&setup.shot(wavelets)).unwrap();
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

fn size(set: &[f64]) -> f64 {
    (set.iter().map(|d| d * d).sum::<f64>() / set.len() as f64).sqrt().max(1e-30)
}

/// The declared acoustic equation and the acoustic propagator give the same traces and derivatives to rounding.
#[test]
fn agrees_with_the_acoustic_propagator() {
    use crate::time::{Medium, Propagator as Acoustic, Shot as AcousticShot, Wanted};
    for dimension in Dimension::ALL {
        for (order, free_surface) in [(2, false), (4, true), (8, false), (12, true)] {
            if dimension == Dimension::One && free_surface {
                continue;
            }
            let declared = system("acoustic", dimension);
            let setup = Setup::new(&declared, order, free_surface);
            let parameters = rough(&declared, setup.mesh.nodes());
            let wavelets = setup.wavelets();
            let medium = Medium { vp: &parameters[0].1, density: None };
            let acoustic = Acoustic::<f64>::new(&setup.mesh, &setup.settings, &medium).unwrap();
            let (sources, receivers) = (&setup.sources, &setup.receivers);
            let shot = AcousticShot { sources, wavelets: &wavelets[0], receivers, steps: STEPS };
            let adjoint = |d: &[f64]| Ok::<_, FdError>(d.to_vec());
            let wanted = Wanted { m: true, wavelet: true, ..Wanted::default() };
            let expected = acoustic.gradient(&shot, &Storage::All, wanted, adjoint).unwrap();
            let propagator = setup.propagator(&parameters);
            let found = propagator
                .gradient(&setup.shot(&wavelets), &Storage::All, |d| Ok::<_, FdError>(d.to_vec()))
                .unwrap();
            let apart = |a: &[f64], b: &[f64]| {
                let largest = b.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
                a.iter().zip(b).fold(0.0_f64, |m, (a, b)| m.max((a - b).abs())) / largest
            };
            // By vp instead of m = 1/vp^2.
            let by_vp: Vec<f64> =
                expected.m.iter().zip(&parameters[0].1).map(|(g, v)| -2.0 * g / v.powi(3)).collect();
            let case = format!("{dimension:?} {order} {free_surface}");
            assert!(apart(&found.recorded[0], &expected.synthetic) < 1e-12, "{case}: traces");
            assert!(
                apart(&found.wavelets[0], expected.wavelet.as_deref().unwrap()) < 1e-12,
                "{case}: wavelets"
            );
            assert!(
                apart(&found.parameters[0], &by_vp) < 1e-11,
                "{case}: {}",
                apart(&found.parameters[0], &by_vp)
            );
        }
    }
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
    let sources =
        [Source { given, points: &few, wavelets: &one }, Source { given, points: &many, wavelets: &three }];
    let adjoint: Vec<f64> = (0..3 * STEPS).map(|n| noise(n + 5)).collect();
    let of = |sources: &[Source<'_, f64>]| {
        let receivers = vec![Receivers { unknown: "p", points: &setup.receivers }];
        let shot = Shot { sources: sources.to_vec(), receivers, steps: STEPS };
        propagator
            .gradient(&shot, &Storage::All, |_| Ok::<_, FdError>(vec![adjoint.clone()]))
            .unwrap()
            .wavelets
    };
    let both = of(&sources);
    assert_eq!(both, [of(&sources[..1]), of(&sources[1..])].concat());
}

/// Input that cannot be taken as it was meant is refused, with what was found.
#[test]
fn bad_input_is_refused() {
    let setup = Setup::new(&system("acoustic_vti", Dimension::Two), 4, false);
    let count = setup.mesh.len();
    let uniform = |value: f64| vec![value; count];
    let (vp, epsilon, delta) = (uniform(2300.0), uniform(0.2), uniform(0.1));
    let made = |parameters: Vec<(&str, &[f64])>, settings: &Settings, wanted: &[&str]| {
        let properties = Properties { parameters, numbers: vec![] };
        Propagator::<f64>::new(&setup.system, &setup.mesh, settings, &properties, wanted)
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
    refused(made([good(), vec![("vs", &vp[..])]].concat(), &setup.settings, &[]), "no parameter `vs`");
    refused(made(good(), &setup.settings, &["rho"]), "no parameter `rho`; it has vp, epsilon, delta");
    refused(made(good()[..2].to_vec(), &setup.settings, &[]), "delta");
    let mut broken = vp.clone();
    broken[7] = f64::NAN;
    let with_nan = vec![("vp", &broken[..]), ("epsilon", &epsilon[..]), ("delta", &delta[..])];
    refused(made(with_nan, &setup.settings, &[]), "at index 7");
    // The square root of 1 + 2 delta: at one node only, which is not the fastest.
    let mut broken = delta.clone();
    broken[7] = -0.6;
    let negative = vec![("vp", &vp[..]), ("epsilon", &epsilon[..]), ("delta", &broken[..])];
    refused(made(negative, &setup.settings, &[]), "delta = -0.6");
    refused(made(good(), &with(&|s| s.order = 3), &[]), "order 3");
    refused(made(good(), &with(&|s| s.dt = -1e-3), &[]), "time step (s)");
    refused(made(good(), &with(&|s| s.dt *= 10.0), &[]), "unstable");
    refused(made(good(), &with(&|s| s.threads = 2), &[]), "threads");
    let propagator = made(good(), &setup.settings, &["vp"]).unwrap();
    let wavelets = vec![0.0; 2 * STEPS];
    let sources = vec![Source { given: "f", points: &setup.sources, wavelets: &wavelets }];
    let receivers = vec![Receivers { unknown: "p", points: &setup.receivers }];
    let shot = Shot { sources, receivers, steps: STEPS };
    let error = |adjoint: Vec<Vec<f64>>, storage: &Storage| {
        propagator.gradient(&shot, storage, |_| Ok::<_, FdError>(adjoint)).unwrap_err().to_string()
    };
    assert!(error(vec![], &Storage::All).contains("set of receivers"));
    assert!(error(vec![vec![f64::NAN; 3 * STEPS]], &Storage::All).contains("adjoint source"));
    assert!(error(vec![], &Storage::Boundary).contains("from a boundary"));
    let wrong = Shot { sources: vec![Source { given: "g", ..shot.sources[0] }], ..shot.clone() };
    assert!(propagator.forward(&wrong).unwrap_err().to_string().contains("no given field `g`; it has f"));
}
