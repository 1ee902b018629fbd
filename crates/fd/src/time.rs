//! Acoustic waves in time: propagation, its exact adjoint and linearisation.
//!
//! ```text
//! m u_tt = lap u + f,   or   (m / rho) u_tt = div[(1 / rho) grad u] + f,   m = 1 / v^2
//! ```
//!
//! [`Mesh`] and [`Settings`] with a [`Medium`] make a [`Propagator`], which runs any number of [`Shot`]s: `forward`,
//! `gradient` (with a [`Storage`]) and `born`. Second order in time, order 2 to 12 in space, one to three dimensions, absorbing
//! layers or a free surface, sources and receivers anywhere ([`Points`]).
//!
//! SI units; pressure in Pa; sample n of a trace is at t = n dt, and the first is zero.
//!
//! ```
//! use fd::FdError;
//! use fd::time::{Boundary, Cpml, Medium, Mesh, Points, Propagator, Settings, Shot, Storage, Wanted};
//!
//! // 500 m of water, a 20 Hz source and a receiver 300 m away.
//! let mesh = Mesh::new(&[0.0, 0.0], &[10.0, 10.0], &[51, 51])?;
//! let cpml = Cpml { cells: 20, frequency: 20.0, reflection: 1e-8 };
//! let settings = Settings { order: 8, dt: 1e-3, boundary: Boundary { cpml, free_surface: false }, threads: 1 };
//! let vp = vec![1500.0; mesh.len()];
//! let propagator = Propagator::<f64>::new(&mesh, &settings, &Medium { vp: &vp, density: None })?;
//! let ricker = |t: f64| {
//!     let a = (std::f64::consts::PI * (20.0 * t - 1.5)).powi(2);
//!     (1.0 - 2.0 * a) * (-a).exp()
//! };
//! let wavelet: Vec<f64> = (0..400).map(|n| ricker(n as f64 * 1e-3)).collect();
//! let (sources, receivers) = (Points::new(&mesh, &[[103.0, 250.0]])?, Points::new(&mesh, &[[403.0, 250.0]])?);
//! let shot = Shot { sources: &sources, wavelets: &wavelet, receivers: &receivers, steps: 400 };
//!
//! let pressure = propagator.forward(&shot)?;
//! let exact = fd::time::point_source(2, 1500.0, 300.0, 0.275, ricker);
//! assert!((pressure[275] - exact).abs() < 0.03 * exact.abs());
//!
//! // The gradient of half the energy of the data.
//! let wanted = Wanted { m: true, ..Wanted::default() };
//! let gradient = propagator.gradient(&shot, &Storage::All, wanted, |d| Ok::<_, FdError>(d.to_vec()))?;
//! assert_eq!(gradient.m.len(), mesh.len());
//! # Ok::<(), FdError>(())
//! ```

mod analytic;
pub(crate) mod buffer;
pub(crate) mod checkpoint;
mod checks;
pub(crate) mod denormals;
pub(crate) mod extended;
mod file_memory;
pub(crate) mod frames;
mod gradient;
mod initial;
pub(crate) mod layout;
mod mesh;
mod points;
mod profile;
mod propagator;
mod real;
mod settings;
mod stability;
mod storage;
pub(crate) mod tape;
#[cfg(test)]
mod tests;

pub use analytic::point_source;
pub(crate) use checks::{check_settings, finite, positive};
pub use gradient::{Gradient, Wanted, least_checkpoint_bytes};
pub use initial::InitialPulse;
pub use mesh::Mesh;
pub use points::Points;
pub(crate) use profile::{filter, rounded_velocity, weakened};
pub use propagator::{Propagator, Shot, acoustic};
pub use real::Real;
pub(crate) use settings::ORDERS;
pub use settings::{Boundary, Cpml, Medium, Settings};
pub use stability::{
    is_stable, largest_stable_step, largest_stable_step_of, largest_stable_step_with_density,
};
pub use storage::Storage;
