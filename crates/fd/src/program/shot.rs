//! What a propagator of a system is given and gives.

use crate::time::Points;

/// Sources of one given field of a system.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a, T> {
    /// The name of the given field.
    pub given: &'a str,
    /// Where they are.
    pub points: &'a Points,
    /// `[source, time]`: the given field is `s(t) delta(x - x_s)`; sample n is at t = n dt.
    pub wavelets: &'a [T],
    /// Whether sample n is at t = (n + 1/2) dt instead. Equations of first order that see new values of others (a pressure
    /// driven by particle velocities) need the given field there, and otherwise take the mean of two samples.
    pub halfway: bool,
}

impl<'a, T> Source<'a, T> {
    /// Sources whose samples are at t = n dt.
    #[must_use]
    pub fn new(given: &'a str, points: &'a Points, wavelets: &'a [T]) -> Self {
        Self { given, points, wavelets, halfway: false }
    }
}

/// Receivers of one unknown of a system.
#[derive(Debug, Clone, Copy)]
pub struct Receivers<'a> {
    /// The name of the unknown.
    pub unknown: &'a str,
    /// Where they are.
    pub points: &'a Points,
}

/// Sources that fire together, and receivers.
#[derive(Debug, Clone)]
pub struct Shot<'a, T> {
    /// The sources.
    pub sources: Vec<Source<'a, T>>,
    /// The receivers.
    pub receivers: Vec<Receivers<'a>>,
    /// Number of time samples.
    pub steps: usize,
}

/// The derivatives of a misfit of what a shot records.
#[derive(Debug, Clone)]
pub struct Derivatives<T> {
    /// What the receivers recorded, by set: `[receiver, time]`.
    pub recorded: Vec<Vec<T>>,
    /// By parameter, in the order in which they were wanted, on the mesh.
    pub parameters: Vec<Vec<f64>>,
    /// By the samples of the wavelets, by set of sources: `[source, time]`.
    pub wavelets: Vec<Vec<T>>,
    /// The integrals over time of the squares of unknowns, in the order in which they were wanted, on the mesh: the
    /// illumination.
    pub energies: Vec<Vec<f64>>,
}

/// The parameters of a medium: names and values on a mesh, and numbers.
#[derive(Debug, Clone, Default)]
pub struct Properties<'a> {
    /// A value a node of the mesh.
    pub parameters: Vec<(&'a str, &'a [f64])>,
    /// One value everywhere.
    pub numbers: Vec<(&'a str, f64)>,
}

/// What a gradient is asked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted<'a> {
    /// Parameters to differentiate by.
    pub parameters: &'a [&'a str],
    /// Unknowns whose squares are integrated over time: the illumination, for preconditioning.
    pub energies: &'a [&'a str],
}

impl<'a> From<&'a [&'a str]> for Wanted<'a> {
    fn from(parameters: &'a [&'a str]) -> Self {
        Self { parameters, energies: &[] }
    }
}

impl<'a, const N: usize> From<&'a [&'a str; N]> for Wanted<'a> {
    fn from(parameters: &'a [&'a str; N]) -> Self {
        Self { parameters, energies: &[] }
    }
}
