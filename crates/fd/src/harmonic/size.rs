//! How large the matrix of a system is, before it is made.

use pde::System;

use super::eliminate::Elimination;
use super::operator::{Read, Settings};
use crate::FdError;
use crate::program::Properties;
use crate::time::{Boundary, Cpml, Mesh};

/// What the size of a factorisation follows from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MatrixSize {
    /// Unknowns of the system at a node.
    pub unknowns: usize,
    /// Those that are left for the factorisation.
    pub factorised: usize,
    /// The largest offset in nodes, along any axis, at which these are coupled.
    pub reach: usize,
    /// Most entries of the rows of a node, of the unknowns that are left.
    pub entries: usize,
    /// All nodes along x, y, z, layers included.
    pub nodes: [usize; 3],
}

/// The size of the matrix that [`HarmonicOperator::new`](super::HarmonicOperator::new) factorises.
///
/// It is read from the same system on a mesh of a few nodes, whose medium is that of nodes of the mesh.
///
/// # Errors
/// Those of [`HarmonicOperator::new`](super::HarmonicOperator::new) but for the factorisation.
pub fn matrix_size(
    system: &System,
    mesh: &Mesh,
    settings: &Settings,
    properties: &Properties,
    omega: f64,
) -> Result<MatrixSize, FdError> {
    let Boundary { cpml, free_surface } = settings.boundary;
    let few = mesh.nodes().map(|n| n.min(2 * settings.order + 2));
    let axes = mesh.axes();
    let of = |values: &dyn Fn(usize) -> f64| axes.iter().map(|axis| values(*axis)).collect::<Vec<f64>>();
    let shape: Vec<usize> = axes.iter().rev().map(|axis| few[*axis]).collect();
    let small = Mesh::new(&of(&|_| 0.0), &of(&|axis| mesh.step(axis)), &shape)?;
    let parameters: Vec<(&str, Vec<f64>)> = properties
        .parameters
        .iter()
        .map(|(name, values)| (*name, thinned(mesh.nodes(), few, values)))
        .collect();
    let properties = Properties {
        parameters: parameters.iter().map(|(name, values)| (*name, &values[..])).collect(),
        numbers: properties.numbers.clone(),
    };
    let thin = Cpml { cells: cpml.cells.min(settings.order), ..cpml };
    let settings = Settings { boundary: Boundary { cpml: thin, free_surface }, ..*settings };
    let read = Read::new(system, &small, &settings, &properties, omega)?;
    let n = read.discrete.extended.n;
    let Elimination { kept, rows, reach, .. } = Elimination::new(read.rows, n)?;
    let count: usize = n.iter().product();
    let of_node = |node: usize| (0..kept.len()).map(|k| rows[k * count + node].len()).sum();
    let entries = (0..count).map(of_node).max().unwrap_or(0);
    let nodes = std::array::from_fn(|axis| {
        let layers = if !axes.contains(&axis) {
            0
        } else if axis == 2 && free_surface {
            cpml.cells
        } else {
            2 * cpml.cells
        };
        mesh.nodes()[axis] + layers
    });
    Ok(MatrixSize { unknowns: system.unknowns.len(), factorised: kept.len(), reach, entries, nodes })
}

/// The values at evenly spread nodes.
fn thinned(from: [usize; 3], to: [usize; 3], values: &[f64]) -> Vec<f64> {
    let at = |axis: usize, k: usize| if to[axis] > 1 { k * (from[axis] - 1) / (to[axis] - 1) } else { 0 };
    let mut all = Vec::with_capacity(to.iter().product());
    for z in 0..to[2] {
        for y in 0..to[1] {
            for x in 0..to[0] {
                let node = (at(2, z) * from[1] + at(1, y)) * from[0] + at(0, x);
                all.push(values.get(node).copied().unwrap_or(f64::NAN));
            }
        }
    }
    all
}
