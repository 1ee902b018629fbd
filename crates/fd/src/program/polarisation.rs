//! Which waves the unknowns of a system take part in.

use pde::System;

use super::symbol::{Medium, Probe, STATIC, balance};
use crate::program_error::ProgramError;

/// By unknown: the velocity (m/s) of the wave along an axis (x, y, z are 0, 1, 2) of a uniform medium in which it takes the
/// largest part. An unknown that takes part in no wave along the axis has that of the fastest.
///
/// # Errors
/// [`ProgramError::Declaration`].
pub fn velocities_of_unknowns(
    system: &System,
    medium: &Medium,
    axis: usize,
) -> Result<Vec<f64>, ProgramError> {
    let probe = Probe::new(system, medium)?;
    let program = probe.program();
    let state: Vec<usize> = program.state().collect();
    let places: Vec<Option<usize>> =
        program.fields.iter().map(|field| state.iter().position(|variable| variable == field)).collect();
    let mut matrix = probe.matrix_along(axis);
    balance(&mut matrix);
    let Ok(waves) = matrix.eigen() else { return Ok(vec![f64::NAN; places.len()]) };
    let velocities: Vec<f64> = waves.S().column_vector().iter().map(|value| probe.velocity(*value)).collect();
    let fastest = velocities.iter().copied().fold(0.0, f64::max);
    let of_unknown = |place: &Option<usize>| {
        let (mut largest, mut found) = (1e-6, fastest);
        for (wave, velocity) in velocities.iter().enumerate().filter(|(_, v)| **v > STATIC * fastest) {
            let size: f64 = (0..state.len()).map(|row| waves.U()[(row, wave)].norm_sqr()).sum();
            let part = place.map_or(0.0, |row| waves.U()[(row, wave)].norm() / size.sqrt());
            // Waves that travel in opposite directions are equal but for rounding.
            if part > largest * (1.0 + 1e-9) {
                (largest, found) = (part, *velocity);
            }
        }
        found
    };
    Ok(places.iter().map(of_unknown).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use pde::Dimension;

    fn of(name: &str, axis: usize) -> Vec<(String, f64)> {
        let row = pde::systems().iter().find(|row| row.name == name).unwrap();
        let system = (row.declare)(Dimension::Two).unwrap();
        let medium = |name: &str| {
            let values = [
                ("vp", 2000.0),
                ("vs", 1100.0),
                ("rho", 2200.0),
                ("epsilon", 0.2),
                ("delta", 0.1),
                ("Q", 40.0),
                ("rate", 60.0),
            ];
            values.into_iter().find(|(known, _)| *known == name).map(|(_, value)| value)
        };
        let found = velocities_of_unknowns(&system, &medium, axis).unwrap();
        system.unknowns.iter().map(|unknown| unknown.name.clone()).zip(found).collect()
    }

    /// Along an axis, P waves carry the motion and the stresses along it, and S waves those across it; a motion across the
    /// axis of acoustic waves has the velocity of the fastest wave.
    #[test]
    fn waves_of_the_catalogue() {
        let near = |found: f64, expected: f64| (found / expected - 1.0).abs() < 1e-4;
        for (axis, along) in [(0, "v_x"), (2, "v_z")] {
            for (name, velocity) in of("elastic", axis) {
                let shear = name.starts_with("v_") && name != along || name == "s_xz";
                assert!(near(velocity, if shear { 1100.0 } else { 2000.0 }), "{axis} {name} {velocity}");
            }
            for (name, velocity) in [of("acoustic", axis), of("acoustic_density", axis)].concat() {
                assert!(near(velocity, 2000.0), "{axis} {name} {velocity}");
            }
        }
        // Horizontal waves are faster, by sqrt(1 + 2 epsilon).
        let of_pressure = |axis: usize| of("acoustic_vti", axis).iter().map(|(_, v)| *v).fold(0.0, f64::max);
        assert!(near(of_pressure(0), 2000.0 * 1.4_f64.sqrt()) && near(of_pressure(2), 2000.0));
    }
}
