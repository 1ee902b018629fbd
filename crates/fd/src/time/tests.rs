//! Tests across the modules of the propagator, and their shared parts.

mod adjoint;
mod layers;
mod order;
mod physics;
mod stepping;

use super::*;

/// Reproducible numbers in -1..1.
pub(super) fn random(len: usize, seed: u64) -> Vec<f64> {
    crate::tests::random_field(len, seed).iter().map(|c| c.re).collect()
}

pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

pub(super) fn norm(a: &[f64]) -> f64 {
    dot(a, a).sqrt()
}

/// |a - b| / |b|.
pub(super) fn relative(a: &[f64], b: &[f64]) -> f64 {
    norm(&a.iter().zip(b).map(|(a, b)| a - b).collect::<Vec<_>>()) / norm(b)
}

pub(super) fn ricker(frequency: f64, dt: f64, steps: usize) -> Vec<f64> {
    (0..steps).map(|n| ricker_at(frequency, n as f64 * dt)).collect()
}

/// A Ricker wavelet with its peak at 1.5 periods, below 1e-8 before t = 0.
pub(super) fn ricker_at(frequency: f64, t: f64) -> f64 {
    let a = (std::f64::consts::PI * (frequency * t - 1.5)).powi(2);
    if t < 0.0 { 0.0 } else { (1.0 - 2.0 * a) * (-a).exp() }
}

/// A small rough medium with two sources and three receivers between nodes: for identities, not for accuracy.
pub(super) struct Case {
    pub(super) mesh: Mesh,
    pub(super) settings: Settings,
    pub(super) vp: Vec<f64>,
    pub(super) rho: Option<Vec<f64>>,
    pub(super) sources: Points,
    pub(super) receivers: Points,
    pub(super) wavelets: Vec<f64>,
    pub(super) steps: usize,
}

impl Case {
    pub(super) fn new(dims: usize, order: usize, density: bool, free_surface: bool) -> Case {
        let shape: &[usize] = [&[60][..], &[31, 37], &[11, 10, 12]][dims - 1];
        let mesh = Mesh::new(&[5.0, -3.0, 2.0][..dims], &[10.0, 9.0, 11.0][..dims], shape).unwrap();
        let vp: Vec<f64> = random(mesh.len(), 1).iter().map(|r| 2000.0 + 300.0 * r).collect();
        let rho = density.then(|| random(mesh.len(), 2).iter().map(|r| 1800.0 + 500.0 * r).collect());
        let boundary = Boundary {
            cpml: Cpml { cells: if dims == 3 { 4 } else { 6 }, frequency: 15.0, reflection: 1e-4 },
            free_surface: free_surface && dims > 1,
        };
        let settings = Settings { order, dt: 1e-3, boundary, threads: 1 };
        let inside = |fractions: &[[f64; 3]]| -> Points {
            let [lo, hi] = mesh.corners();
            let at =
                |f: &[f64; 3]| -> Vec<f64> { (0..dims).map(|a| lo[a] + f[a] * (hi[a] - lo[a])).collect() };
            Points::new(&mesh, &fractions.iter().map(at).collect::<Vec<_>>()).unwrap()
        };
        let sources = inside(&[[0.31, 0.42, 0.13], [0.77, 0.55, 0.61]]);
        let receivers = inside(&[[0.02, 0.71, 0.03], [0.52, 0.33, 0.44], [1.0, 0.0, 1.0]]);
        let steps = if dims == 3 { 30 } else { 80 };
        let wavelets = random(2 * steps, 3);
        Case { mesh, settings, vp, rho, sources, receivers, wavelets, steps }
    }

    pub(super) fn propagator(&self) -> Propagator<f64> {
        self.propagator_of(&self.vp, self.rho.as_deref())
    }

    pub(super) fn propagator_of(&self, vp: &[f64], density: Option<&[f64]>) -> Propagator<f64> {
        let medium = Medium { vp, density };
        Propagator::new(&self.mesh, &self.settings, &medium).unwrap()
    }

    pub(super) fn shot(&self) -> Shot<'_, f64> {
        Shot {
            sources: &self.sources,
            wavelets: &self.wavelets,
            receivers: &self.receivers,
            steps: self.steps,
        }
    }

    /// Every dimension, order, density and surface.
    pub(super) fn all() -> impl Iterator<Item = Case> {
        (1..=3).flat_map(|dims| {
            [2, 4, 6, 8, 12].into_iter().filter(move |order| dims < 3 || [2, 8].contains(order)).flat_map(
                move |order| {
                    let kinds = [(false, false), (true, false), (false, true), (true, true)];
                    kinds
                        .into_iter()
                        .filter(move |k| dims > 1 || !k.1)
                        .map(move |(density, surface)| Case::new(dims, order, density, surface))
                },
            )
        })
    }

    pub(super) fn name(&self) -> String {
        let surface = self.settings.boundary.free_surface;
        format!(
            "{}-D, order {}, density {}, surface {surface}",
            self.mesh.dims(),
            self.settings.order,
            self.rho.is_some()
        )
    }
}
