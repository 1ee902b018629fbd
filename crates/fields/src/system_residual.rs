//! The residuals of a system at points, read from its symbolic declaration: any unknowns, any parameters.
//!
//! [`SystemResidual`] is what the declaration says, [`SystemPoints`] adds points with their given fields, and a medium then
//! makes [`SystemCoefficients`] for the residuals and [`SystemSlopes`] for the gradient by the medium.

mod at_points;
mod coefficients;
mod reading;
mod scaling;
mod slopes;

pub use at_points::SystemPoints;
pub use coefficients::SystemCoefficients;
pub use reading::SystemResidual;
pub use scaling::SystemScaling;
pub use slopes::SystemSlopes;

#[cfg(test)]
mod tests;
