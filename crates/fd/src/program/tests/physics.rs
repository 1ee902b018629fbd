//! Waves against exact solutions, and what the edges of a grid do to them.

mod attenuation;
mod density;
mod elastic;
mod group;
mod layers;
mod plane_waves;
mod point;
mod reciprocity;
mod scholte;
mod stability;
mod surface;
mod vti;
mod water;

use pde::{Dimension, System};

use super::media::system;
use crate::program::{Propagator, Properties, Receivers, Shot, Source};
use crate::time::{Boundary, Cpml, Mesh, Points, Settings};

/// A Ricker wavelet with its peak at 1.5 periods, below 1e-8 before t = 0 and after 3 periods.
fn ricker(frequency: f64, t: f64) -> f64 {
    let a = (std::f64::consts::PI * (frequency * t - 1.5)).powi(2);
    (1.0 - 2.0 * a) * (-a).exp()
}

/// Its derivative.
fn ricker_slope(frequency: f64, t: f64) -> f64 {
    let b = std::f64::consts::PI * frequency;
    let u = b * (t - 1.5 / frequency);
    b * u * (4.0 * u * u - 6.0) * (-u * u).exp()
}

/// |a - b| / |b|.
fn relative(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    let norm = |values: &mut dyn Iterator<Item = f64>| values.map(|v| v * v).sum::<f64>().sqrt();
    norm(&mut a.iter().zip(b).map(|(a, b)| a - b)) / norm(&mut b.iter().copied())
}

/// Requires an error to be below a limit.
fn within(limit: f64, error: f64, case: &str) {
    println!("{case}: {error:.2e}, limit {limit:.0e}");
    assert!(error < limit, "{case}: {error:e}");
}

/// The largest absolute value.
fn largest(values: impl IntoIterator<Item = f64>) -> f64 {
    values.into_iter().fold(0.0, |m: f64, v| if v.is_nan() { f64::INFINITY } else { m.max(v.abs()) })
}

/// A square mesh of `cells` cells a side and its first node at the origin.
fn square(cells: usize, spacing: f64) -> Mesh {
    Mesh::new(&[0.0; 2], &[spacing; 2], &[cells + 1; 2]).unwrap()
}

/// A given field, a point and a function of time.
type Emitter<'a> = (&'a str, &'a [f64], &'a dyn Fn(f64) -> f64);

/// A system in a medium.
struct Waves {
    mesh: Mesh,
    dt: f64,
    propagator: Propagator<f64>,
}

/// How a medium is stepped.
#[derive(Clone, Copy)]
struct Scheme {
    order: usize,
    dt: f64,
    cells: usize,
    frequency: f64,
    free_surface: bool,
}

impl Scheme {
    /// Order 8 with layers of 20 cells.
    fn new(dt: f64, frequency: f64) -> Self {
        Self { order: 8, dt, cells: 20, frequency, free_surface: false }
    }

    fn settings(self) -> Settings {
        let cpml = Cpml { cells: self.cells, frequency: self.frequency, reflection: 1e-8 };
        let boundary = Boundary { cpml, free_surface: self.free_surface };
        Settings { order: self.order, dt: self.dt, boundary, threads: 1 }
    }
}

impl Waves {
    /// `value` is a parameter by its name at a point `[x]` or `[x, z]`; numbers have their value at the origin.
    fn new(name: &str, mesh: &Mesh, scheme: Scheme, value: &dyn Fn(&str, &[f64]) -> f64) -> Self {
        let dimension = if mesh.dims() == 1 { Dimension::One } else { Dimension::Two };
        let system: System = system(name, dimension);
        let (shape, spacing, origin) = (mesh.shape(), mesh.spacing(), mesh.origin());
        let nx = shape[shape.len() - 1];
        let point = |node: usize| -> Vec<f64> {
            let at = [node % nx, node / nx];
            (0..mesh.dims()).map(|axis| origin[axis] + at[axis] as f64 * spacing[axis]).collect()
        };
        let values = |name: &str| (0..mesh.len()).map(|node| value(name, &point(node))).collect::<Vec<f64>>();
        let parameters: Vec<(&str, Vec<f64>)> =
            system.parameters.iter().map(|symbol| (symbol.name.as_str(), values(&symbol.name))).collect();
        let properties = Properties {
            parameters: parameters.iter().map(|(name, values)| (*name, &values[..])).collect(),
            numbers: if name == "viscoacoustic" {
                vec![("rate", value("rate", &origin))]
            } else {
                Vec::new()
            },
        };
        let propagator = Propagator::new(&system, mesh, &scheme.settings(), &properties).unwrap();
        Self { mesh: mesh.clone(), dt: scheme.dt, propagator }
    }

    /// What receivers, each an unknown and a point, record of sources.
    fn record(&self, sources: &[Emitter<'_>], receivers: &[(&str, &[f64])], steps: usize) -> Vec<Vec<f64>> {
        let points = |point: &[f64]| Points::new(&self.mesh, &[point]).unwrap();
        let wavelet =
            |s: &dyn Fn(f64) -> f64| (0..steps).map(|n| s(n as f64 * self.dt)).collect::<Vec<f64>>();
        let sources: Vec<_> = sources.iter().map(|(given, at, s)| (*given, points(at), wavelet(s))).collect();
        let receivers: Vec<_> = receivers.iter().map(|(unknown, at)| (*unknown, points(at))).collect();
        let shot = Shot {
            sources: sources
                .iter()
                .map(|(given, points, wavelets)| Source::new(given, points, &wavelets[..]))
                .collect(),
            receivers: receivers.iter().map(|(unknown, points)| Receivers { unknown, points }).collect(),
            steps,
        };
        self.propagator.forward(&shot).unwrap()
    }

    /// The times of a trace: those of an unknown that lives between steps are half a step earlier.
    fn times(&self, steps: usize, between: bool) -> impl Iterator<Item = f64> {
        let (dt, early) = (self.dt, if between { 0.5 } else { 0.0 });
        (0..steps).map(move |n| (n as f64 - early) * dt)
    }
}
