//! The arrays of a program in a medium, and how they change with parameters.

use pde::Expr;

use crate::FdError;
use crate::program::{Array, Material, Program, ProgramError, around, harmonic, harmonic_slopes, numbers};

/// The values of all arrays at the nodes along x, y, z.
///
/// # Errors
/// [`ProgramError::Declaration`] for a parameter without a value; [`ProgramError::Coefficient`].
pub(super) fn values(
    program: &Program,
    nodes: [usize; 3],
    material: &Material,
) -> Result<Vec<Vec<f64>>, ProgramError> {
    program.arrays.iter().map(|array| array_values(array, nodes, material)).collect()
}

fn array_values(array: &Array, nodes: [usize; 3], material: &Material) -> Result<Vec<f64>, ProgramError> {
    let mut all = vec![0.0; material.nodes()];
    for (expr, range) in layers(array, nodes, all.len()) {
        let values = numbers(material, expr)?;
        range.for_each(|node| all[node] = harmonic(&around(nodes, node, array.half), &values));
    }
    Ok(all)
}

/// The expressions of an array and the nodes where each holds.
fn layers(
    array: &Array,
    nodes: [usize; 3],
    count: usize,
) -> impl Iterator<Item = (&Expr, std::ops::Range<usize>)> {
    let first = if array.surface.is_some() { nodes[0] * nodes[1] } else { 0 };
    let surface = array.surface.iter().map(move |expr| (expr, 0..first));
    surface.chain([(&array.value, first..count)])
}

/// Whether an array varies with a parameter.
pub(super) fn varies(array: &Array, name: &str) -> bool {
    array.value.contains(name) || array.surface.as_ref().is_some_and(|surface| surface.contains(name))
}

/// The change of all arrays, to first order, for changes of parameters at the nodes.
///
/// # Errors
/// As [`values`].
pub(super) fn change(
    program: &Program,
    nodes: [usize; 3],
    material: &Material,
    changes: &[(&str, Vec<f64>)],
) -> Result<Vec<Option<Vec<f64>>>, FdError> {
    let of = |array: &Array| {
        let varying: Vec<_> = changes.iter().filter(|(name, _)| varies(array, name)).collect();
        if varying.is_empty() {
            return Ok(None);
        }
        let mut all = vec![0.0; material.nodes()];
        for (expr, range) in layers(array, nodes, all.len()) {
            let mut by_node = vec![0.0; material.nodes()];
            for (name, change) in &varying {
                let slopes = material.values(&expr.derivative_by(name))?;
                for ((total, slope), change) in by_node.iter_mut().zip(slopes).zip(change) {
                    *total += slope * change;
                }
            }
            let values = material.values(expr)?;
            for node in range {
                let around = around(nodes, node, array.half);
                let slopes = harmonic_slopes(&around, &values);
                all[node] = around.iter().zip(slopes).map(|(other, slope)| slope * by_node[*other]).sum();
            }
        }
        Ok(Some(all))
    };
    program.arrays.iter().map(of).collect()
}
