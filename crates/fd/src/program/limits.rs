//! What a medium allows: the velocities of its waves, and the largest stable step.

use pde::System;

use super::discrete::Discrete;
use super::shot::Properties;
use super::symbol::{largest_step_of_medium, slowest_of_medium, velocities_of_medium};
use crate::FdError;
use crate::time::{Mesh, Settings};

/// The velocities of the waves of a system in a medium, and its largest stable step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// The slowest wave along an axis, m/s; static solutions do not count.
    pub slowest: f64,
    /// The fastest wave, m/s.
    pub fastest: f64,
    /// The largest stable time step, s.
    pub largest_step: f64,
}

/// The limits of a medium, after every check that [`Propagator::new`](super::Propagator::new) makes but that of the step.
///
/// # Errors
/// As [`Propagator::new`](super::Propagator::new).
pub fn limits(
    system: &System,
    mesh: &Mesh,
    settings: &Settings,
    properties: &Properties,
) -> Result<Limits, FdError> {
    let discrete = Discrete::new(system, mesh, settings, properties)?;
    let material = discrete.values.material();
    let spacing = std::array::from_fn(|axis| mesh.step(axis));
    Ok(Limits {
        slowest: slowest_of_medium(system, &material)?,
        fastest: velocities_of_medium(system, &material)?.fastest,
        largest_step: largest_step_of_medium(system, spacing, settings.order, &material)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{Boundary, Cpml};

    /// Elastic waves in two layers: the slowest S wave and the fastest P wave; water has no S wave.
    #[test]
    fn limits_of_layers() {
        let system = super::super::tests::media::system("elastic", pde::Dimension::Two);
        let mesh = Mesh::new(&[0.0; 2], &[10.0; 2], &[20, 20]).unwrap();
        let cpml = Cpml { cells: 10, frequency: 10.0, reflection: 1e-6 };
        let boundary = Boundary { cpml, free_surface: false };
        let settings = Settings { order: 4, dt: 1e-3, boundary, threads: 1 };
        let of = |[vs, other]: [f64; 2]| {
            let layer = |upper: f64, lower: f64| -> Vec<f64> {
                (0..400).map(|node| if node < 200 { upper } else { lower }).collect()
            };
            let (vp, vs, rho) = (layer(1500.0, 3000.0), layer(vs, other), vec![2000.0; 400]);
            let parameters = vec![("vp", &vp[..]), ("vs", &vs[..]), ("rho", &rho[..])];
            limits(&system, &mesh, &settings, &Properties { parameters, numbers: Vec::new() }).unwrap()
        };
        let rock = of([700.0, 1400.0]);
        assert!((rock.slowest / 700.0 - 1.0).abs() < 1e-3 && (rock.fastest / 3000.0 - 1.0).abs() < 1e-3);
        let water = of([0.0, 1400.0]);
        assert!((water.slowest / 1400.0 - 1.0).abs() < 1e-3);
        assert_eq!(water.largest_step, rock.largest_step);
    }
}
