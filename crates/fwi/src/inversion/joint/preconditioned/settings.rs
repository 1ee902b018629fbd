//! The settings of the preconditioned residual.

use document::{CheckSettings, Unit};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use survey::ranges;

/// `r = u_s + G0 [dA/dm (m - m_b) (u0 + u_s)]`, which is the Lippmann-Schwinger equation for a uniform starting
/// model. In time, `r = u_s + G0 [(m - m_b) d2(u0 + u_s)/dt2]` with the propagator G0 of the starting model.
///
/// The size of r is that of the error of the wavefield, unlike that of the strong residual, and it needs no
/// derivatives of the network. The data follow from the same integral at the receivers.
///
/// # Source
/// Lippmann and Schwinger, Phys. Rev. 79 (1950), 469; contrast-source inversion: van den Berg and Kleinman, Inverse
/// Problems 13 (1997), 1607-1620, equations 2.5 and 2.6.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Preconditioned {
    /// Size of the cells in the region. At frequencies it is used for a uniform starting model only; otherwise the
    /// cells are those of the finite-difference grid. In time it is also that of the background's propagator, whose
    /// step is the interval of the data or the largest stable part of it.
    #[schemars(transform = ranges::length())]
    pub spacing: f64,
    /// Weight of the equation against the misfit of the data.
    #[serde(default = "weight")]
    #[schemars(transform = ranges::weight())]
    pub weight: f64,
    /// Number of points along each axis of a cell over which the velocity is averaged.
    #[serde(default = "one")]
    #[schemars(transform = Unit::None.within(1.0, 8.0))]
    pub points_per_cell: usize,
}

fn weight() -> f64 {
    0.2
}
fn one() -> usize {
    1
}

impl CheckSettings for Preconditioned {}
