//! The largest stable time step.

use super::slab::inverse_half_way;
use super::{Medium, Mesh, Settings};
use crate::FdError;

/// The largest stable time step for a fastest velocity and constant density.
///
/// dt <= 2 / (v sqrt(sum_a S / h_a^2)), with S the sum of the absolute weights of the second derivative: the leapfrog
/// scheme is stable while dt^2 times the largest eigenvalue of -v^2 L is at most 4. [`Propagator::new`] checks the same
/// for the medium itself, density included.
///
/// [`Propagator::new`]: super::Propagator::new
///
/// # Units
/// `vmax` in m/s; returns s.
///
/// # Panics
/// When the order is zero or odd.
///
/// # Source
/// Courant, Friedrichs & Lewy 1928; for high orders Lines, Slawinski & Bording 1999, Geophysics 64, 967-969.
#[must_use]
pub fn largest_stable_step(mesh: &Mesh, order: usize, vmax: f64) -> f64 {
    let size: f64 = pde::centred(2, order).weights.iter().map(|w| w.abs()).sum();
    let sum: f64 = mesh.axes().iter().map(|&a| size / mesh.step(a).powi(2)).sum();
    2.0 / (vmax * sum.sqrt())
}

/// Rejects a step that is too long for a medium.
///
/// With density the bound is Gershgorin's: no eigenvalue is larger than the largest sum of absolute entries of a row.
pub(crate) fn check(mesh: &Mesh, settings: &Settings, medium: &Medium<'_>) -> Result<(), FdError> {
    let velocity = medium.vp.iter().copied().fold(0.0, f64::max);
    let largest = match medium.density {
        None => largest_stable_step(mesh, settings.order, velocity),
        Some(density) => 2.0 / largest_row(mesh, settings, medium.vp, density).sqrt(),
    };
    // The bound itself is stable but for rounding.
    if settings.dt <= largest * (1.0 + 1e-12) {
        return Ok(());
    }
    Err(FdError::UnstableStep { dt: settings.dt, largest, velocity, order: settings.order })
}

fn largest_row(mesh: &Mesh, settings: &Settings, vp: &[f64], density: &[f64]) -> f64 {
    let weights = pde::staggered(settings.order).weights;
    let radius = settings.order / 2;
    let side = &weights[radius..];
    let size: f64 = weights.iter().map(|w| w.abs()).sum();
    let n = mesh.nodes().map(|n| n as isize);
    let mut largest: f64 = 0.0;
    for (node, (&v, &rho)) in vp.iter().zip(density).enumerate() {
        let at = node as isize;
        let place = [at % n[0], at / n[0] % n[1], at / (n[0] * n[1])];
        let mut row = 0.0;
        for &axis in mesh.axes() {
            let stride = [1, n[0], n[0] * n[1]][axis];
            let rho = |offset: isize| {
                let moved = (place[axis] + offset).clamp(0, n[axis] - 1) - place[axis];
                density[(at + moved * stride) as usize]
            };
            let flux = |j: isize| inverse_half_way(rho(j), rho(j + 1));
            let fluxes = |(j, w): (usize, &f64)| w.abs() * (flux(j as isize) + flux(-1 - j as isize));
            row += side.iter().enumerate().map(fluxes).sum::<f64>() * size / mesh.step(axis).powi(2);
        }
        largest = largest.max(v * v * rho * row);
    }
    largest
}
