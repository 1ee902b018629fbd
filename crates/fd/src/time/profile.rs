//! The absorbing layer along one axis.
//!
//! In coordinates stretched by s = 1 + d / (alpha + i omega) a second derivative becomes
//!
//! ```text
//! (1/s) d/da [beta (1/s) du/da] = (1/s^2) [ d/da (beta du/da) - d' / (gamma + i omega) beta du/da ],   gamma = alpha + d,
//! ```
//!
//! because alpha is constant: three first-order filters in a row at each node, 1/(gamma + i omega) and twice
//! 1/s = 1 - d / (gamma + i omega). Each has one memory variable and is stepped by the trapezoidal rule, which is second
//! order in dt. The usual recursive convolution holds its input constant over a step, which is first order, and reflects
//! about a hundred times more at 20 cells.
//!
//! # Source
//! Stretching: Kuzuoglu & Mittra 1996, IEEE Microw. Guided Wave Lett. 6; Roden & Gedney 2000, Microw. Opt. Technol.
//! Lett. 27. For the second-order equation: Pasalic & McGarry 2010, SEG Expanded Abstracts, 2925-2929; Komatitsch &
//! Martin 2007, Geophysics 72, SM155-SM167 (profile and d0).

use super::{Cpml, Real};

/// Power of the depth in d; a cubic has a continuous second derivative where the layer begins.
const POWER: i32 = 3;

/// alpha divided by pi times the dominant frequency. A larger value absorbs slower waves less; a smaller one lets
/// evanescent waves linger.
const SHIFT: f64 = 0.1;

/// Smallest alpha over the damping d one cell into the layer.
///
/// The layer steepens the damping over a few cells. With `q = d` one cell in, the coefficient of the first derivative is
/// `d'/gamma = 3 q k^2 / (alpha + q k^3)` per cell, k cells in. Where it exceeds 2, central differences no longer
/// represent the equation: the discrete operator has positive eigenvalues, and static fields grow without bound. Along
/// one axis alpha >= q/2 suffices; the spectral radius of layers that meet in a corner, with orders 2 to 12 and
/// velocities down to 1/30 of the fastest, asks for alpha >= 4 q/3. This limit keeps a margin of 1.5. It acts where the
/// dominant wave of the fastest velocity is longer than 5, 43 and 680 cells for layers of 5, 10 and 20 cells (with a
/// theoretical reflection of 1e-8), and there the layer absorbs less of waves slower than `alpha / (2 pi)`.
const LEAST_SHIFT: f64 = 2.0;

/// Filter coefficients at one node: for an input x and a memory s, `m = gain x + s`, `s = decay m + gain x`.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Filter<T> {
    /// Of every memory.
    pub(crate) decay: T,
    /// Of -d / (gamma + i omega).
    pub(crate) gain: T,
    /// Of d' / (gamma + i omega).
    pub(crate) slope: T,
}

/// The filter `depth` cells into a layer; `outward` is +1 if the axis points out of the mesh, -1 if it points
/// inwards.
pub(crate) fn filter<T: Real>(
    cpml: &Cpml,
    depth: f64,
    outward: f64,
    spacing: f64,
    dt: f64,
    velocity: f64,
) -> Filter<T> {
    weakened(cpml, depth, outward, (spacing, dt, velocity), 1.0)
}

/// [`filter`] with a share of the damping.
pub(crate) fn weakened<T: Real>(
    cpml: &Cpml,
    depth: f64,
    outward: f64,
    (spacing, dt, velocity): (f64, f64, f64),
    share: f64,
) -> Filter<T> {
    let thickness = cpml.cells as f64 * spacing;
    let steepest = -f64::from(POWER + 1) * velocity * cpml.reflection.ln() / (2.0 * thickness);
    let relative = depth / cpml.cells as f64;
    let damping = share * steepest * relative.powi(POWER);
    let slope = share * outward * steepest * f64::from(POWER) * relative.powi(POWER - 1) / thickness;
    let first = steepest / (cpml.cells as f64).powi(POWER);
    let alpha = (SHIFT * std::f64::consts::PI * cpml.frequency).max(LEAST_SHIFT * first);
    let half = 0.5 * dt * (alpha + damping);
    let weight = 0.5 * dt / (1.0 + half);
    Filter {
        decay: T::from_f64((1.0 - half) / (1.0 + half)),
        gain: T::from_f64(-damping * weight),
        slope: T::from_f64(slope * weight),
    }
}

/// A velocity that does not change if the fastest velocity of a model changes a little: the next power of 2^(1/8).
///
/// The strength of the layer is part of the discrete operator. If it followed the largest velocity, one node of the
/// model would change all four layers, and gradients would not be those of a fixed operator.
pub(crate) fn rounded_velocity(fastest: f64) -> f64 {
    ((8.0 * fastest.log2()).ceil() / 8.0).exp2()
}
