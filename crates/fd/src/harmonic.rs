//! Any declared system at a frequency: its matrix, factorised, with exact derivatives.
//!
//! The matrix is read from the [step program](crate::program) of the system: the same places of fields, the same differences,
//! harmonic means at half cells, free surface and absorbing layers. Only the step in time is replaced, by `i omega`. So the
//! traces of [`program::Propagator`](crate::program::Propagator) have the spectra that a [`HarmonicOperator`] computes, up to
//! the error of the time step, and no system needs a line of code here.
//!
//! Unknowns whose equation couples them to themselves at their own node only are eliminated before the factorisation: the
//! memories of attenuation, and of the stresses and velocities of first-order systems those whose elimination leaves the
//! cheaper matrix.
//!
//! ```
//! use fd::harmonic::{HarmonicOperator, Settings, Shot, Source};
//! use fd::program::{Properties, Receivers};
//! use fd::time::{Boundary, Cpml, Mesh, Points};
//! use fd::Complex64;
//!
//! // Elastic waves of 8 Hz in 400 m by 400 m, from a vertical force to a geophone.
//! let row = pde::systems().iter().find(|row| row.name == "elastic").expect("a row of the catalogue");
//! let system = (row.declare)(pde::Dimension::Two).expect("it exists in two dimensions");
//! let mesh = Mesh::new(&[0.0; 2], &[10.0; 2], &[41, 41])?;
//! let cpml = Cpml { cells: 10, frequency: 8.0, reflection: 1e-6 };
//! let boundary = Boundary { cpml, free_surface: true };
//! let settings = Settings { order: 4, boundary, memory: 1 << 30 };
//! let (vp, vs, rho) = (vec![2000.0; 1681], vec![1150.0; 1681], vec![1900.0; 1681]);
//! let parameters = vec![("vp", &vp[..]), ("vs", &vs), ("rho", &rho)];
//! let properties = Properties { parameters, numbers: vec![] };
//! let omega = std::f64::consts::TAU * 8.0;
//! let operator = HarmonicOperator::new(&system, &mesh, &settings, &properties, omega)?;
//!
//! let (from, to) = (Points::new(&mesh, &[[100.0, 50.0]])?, Points::new(&mesh, &[[300.0, 20.0]])?);
//! let sources = vec![Source { given: "f_z", points: &from, amplitudes: &[Complex64::ONE] }];
//! let shots = [Shot { sources, receivers: vec![Receivers { unknown: "v_z", points: &to }] }];
//! let wavefields = operator.solve(&shots)?;
//! let data = operator.record(&shots, &wavefields)?;
//! // The gradient of half the energy of the data.
//! let slopes = operator.gradient(&shots, &wavefields, &data, &["vp", "vs"])?;
//! assert!(data[0][0][0].norm() > 0.0 && slopes[1].iter().any(|slope| *slope != 0.0));
//! # Ok::<(), fd::FdError>(())
//! ```

mod derivatives;
mod eliminate;
mod operator;
mod reading;
mod rows;
mod size;
#[cfg(test)]
mod tests;

pub use operator::{Data, HarmonicOperator, Settings, Shot, Source, Wavefield};
pub use size::{MatrixSize, matrix_size};
