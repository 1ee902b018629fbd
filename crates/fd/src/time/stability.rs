//! The largest stable time step.

use super::{Medium, Mesh, Settings};
use crate::FdError;

/// The largest stable time step for a fastest velocity and constant density.
///
/// dt <= 2 / (v sqrt(sum_a S / h_a^2)), with S the sum of the absolute weights of the second derivative: the leapfrog
/// scheme is stable while dt^2 times the largest eigenvalue of -v^2 L is at most 4.
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
    2.0 / (vmax * (size * inverse_squares(mesh)).sqrt())
}

/// The largest time step that is stable for every medium with a fastest velocity and a largest contrast of density.
///
/// `contrast` is the largest value of `2 rho / (rho + rho')` over neighbouring nodes: 1 where the density is constant or
/// changes slowly, and below 2 for any density. The two staggered derivatives of variable density have a larger norm than
/// the second derivative of [`largest_stable_step`], so that the step is smaller even for a contrast of 1.
///
/// # Units
/// `vmax` in m/s; returns s.
///
/// # Panics
/// When the order is zero or odd.
#[must_use]
pub fn largest_stable_step_with_density(mesh: &Mesh, order: usize, vmax: f64, contrast: f64) -> f64 {
    let size: f64 = pde::staggered(order).weights.iter().map(|w| w.abs()).sum();
    2.0 / (vmax * size * (contrast * inverse_squares(mesh)).sqrt())
}

/// The largest stable time step of a medium: what [`Propagator::new`] allows.
///
/// With density the bound is Gershgorin's: no eigenvalue is larger than the largest sum of absolute entries of a row. The
/// absorbing layers do not change the limit.
///
/// [`Propagator::new`]: super::Propagator::new
///
/// # Units
/// s.
///
/// # Errors
/// [`FdError::Length`] for arrays that are not on the mesh.
pub fn largest_stable_step_of(mesh: &Mesh, order: usize, medium: &Medium<'_>) -> Result<f64, FdError> {
    mesh.expect_len("velocity (m/s)", medium.vp.len())?;
    Ok(match medium.density {
        None => largest_stable_step(mesh, order, fastest(medium)),
        Some(density) => {
            mesh.expect_len("density (kg/m^3)", density.len())?;
            2.0 / largest_row(mesh, order, medium.vp, density).sqrt()
        }
    })
}

/// Whether a time step is not longer than a limit, which is stable itself but for rounding.
#[must_use]
pub fn is_stable(dt: f64, largest: f64) -> bool {
    dt <= largest * (1.0 + 1e-12)
}

/// Refuses a step that is too long for a medium.
pub(crate) fn check(mesh: &Mesh, settings: &Settings, medium: &Medium<'_>) -> Result<(), FdError> {
    let largest = largest_stable_step_of(mesh, settings.order, medium)?;
    if is_stable(settings.dt, largest) {
        return Ok(());
    }
    Err(FdError::UnstableStep { dt: settings.dt, largest, velocity: fastest(medium), order: settings.order })
}

fn fastest(medium: &Medium<'_>) -> f64 {
    medium.vp.iter().copied().fold(0.0, f64::max)
}

/// sum_a 1 / h_a^2.
fn inverse_squares(mesh: &Mesh) -> f64 {
    mesh.axes().iter().map(|&a| mesh.step(a).powi(-2)).sum()
}

fn largest_row(mesh: &Mesh, order: usize, vp: &[f64], density: &[f64]) -> f64 {
    let weights = pde::staggered(order).weights;
    let radius = order / 2;
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
            let flux = |j: isize| 2.0 / (rho(j) + rho(j + 1));
            let fluxes = |(j, w): (usize, &f64)| w.abs() * (flux(j as isize) + flux(-1 - j as isize));
            row += side.iter().enumerate().map(fluxes).sum::<f64>() * size / mesh.step(axis).powi(2);
        }
        largest = largest.max(v * v * rho * row);
    }
    largest
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The limits agree where they are about the same medium: of constant density with the uniform medium, with density
    /// with the limit for a contrast of 1; and that for the contrast of a medium is never larger than the medium's own.
    #[test]
    fn limits_agree() {
        let mesh = Mesh::new(&[0.0; 2], &[10.0, 12.0], &[9, 8]).unwrap();
        let vp: Vec<f64> = (0..72).map(|i| 1500.0 + f64::from(i % 7) * 300.0).collect();
        let rho: Vec<f64> = (0..72).map(|i| 1000.0 + f64::from(i % 5) * 400.0).collect();
        for order in [2, 4, 6, 8, 12] {
            let of = |density| largest_stable_step_of(&mesh, order, &Medium { vp: &vp, density }).unwrap();
            assert_eq!(of(None), largest_stable_step(&mesh, order, 3300.0));
            let even = largest_stable_step_with_density(&mesh, order, 3300.0, 1.0);
            assert!((of(Some(&[2000.0; 72])) / even - 1.0).abs() < 1e-12, "order {order}");
            // Of order 2 both operators are the same.
            assert!(even < of(None) * if order == 2 { 1.0 + 1e-12 } else { 1.0 }, "order {order}");
            // The largest contrast is between 2600 and 1000.
            let worst = largest_stable_step_with_density(&mesh, order, 3300.0, 5200.0 / 3600.0);
            assert!(worst <= of(Some(&rho)), "order {order}");
        }
        let medium = Medium { vp: &vp[1..], density: None };
        assert!(matches!(largest_stable_step_of(&mesh, 4, &medium), Err(FdError::Length { .. })));
    }
}
