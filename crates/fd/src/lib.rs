//! Finite differences for the equations of [`pde`]: a time-domain propagator ([`time`]) and a Helmholtz solver, both
//! with adjoints. Also Green's operators of backgrounds, and exact solutions for tests.
//!
//! SI units; points `[x, z]` in m, z down; arrays `[z, x]`, row-major; time factor exp(+i omega t).
//!
//! ```
//! use fd::{Complex64, Grid, HelmholtzOperator, Pml, PointSet};
//!
//! // 1 km of water around a source, 3 Hz, 15 points per wavelength.
//! let grid = Grid::new([-1000.0, -1000.0], [33.0, 33.0], [61, 61])?;
//! let operator = HelmholtzOperator::new(grid, Pml { thickness: 500.0, strength: 5.0 }, 4, 6.0 * std::f64::consts::PI)?;
//! let solver = operator.prepare(&vec![1500.0_f64.powi(-2); grid.len()])?;
//! let sources = PointSet::new(&grid, &[[0.0, 10.0]])?.sources(&grid, Complex64::ONE);
//! let wavefields = solver.solve(&sources)?;
//! let pressure = PointSet::new(&grid, &[[300.0, 10.0]])?.sample(&wavefields[0]);
//!
//! let exact = fd::analytic::uniform(operator.omega() / 1500.0, Complex64::ONE, 300.0);
//! assert!((pressure[0] - exact).norm() < 1e-2 * exact.norm());
//! # Ok::<(), fd::FdError>(())
//! ```

pub mod analytic;
pub mod bench;
mod boundary;
mod device_error;
mod domain;
mod error;
mod green;
mod grid;
pub mod harmonic;
mod helmholtz;
mod interpolate;
mod point;
pub mod program;
mod program_error;
mod source;
pub mod sparse;
#[cfg(test)]
mod tests;
pub mod time;

pub use boundary::Pml;
pub use device_error::DeviceError;
pub use domain::Domain;
pub use error::FdError;
pub use green::{FactorisedGreens, GreensOperator, UniformGreens};
pub use grid::{Axis, Grid, average_on_grid, average_over_cells};
pub use helmholtz::{
    HelmholtzOperator, HelmholtzSolver, born, born_transposed, check_sampling, gradient,
    needed_points_per_wavelength,
};
pub use interpolate::PointSet;
pub use num_complex::Complex64;
pub use point::{Point, coordinate_names};
pub use source::gaussian_source;
