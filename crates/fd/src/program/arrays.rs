//! The arrays of a program in a medium, and how they change with parameters.

use pde::Expr;

use super::material::{Material, around, harmonic, harmonic_slopes};
use super::statement::Array;
use crate::program_error::ProgramError;

/// The values of an array on a grid of `nodes` along x, y, z, all of them numbers.
///
/// # Errors
/// [`ProgramError::Declaration`] for a parameter without a value; [`ProgramError::Coefficient`].
pub(crate) fn values(
    array: &Array,
    nodes: [usize; 3],
    material: &Material,
) -> Result<Vec<f64>, ProgramError> {
    if let Some(fixed) = &array.fixed {
        return Ok(fixed.to_vec());
    }
    let mut all = vec![0.0; material.nodes()];
    for (expr, range) in layers(array, nodes, all.len()) {
        let values = numbers(material, expr)?;
        if array.half == [false; 3] {
            all[range.clone()].copy_from_slice(&values[range]);
        } else {
            range.for_each(|node| all[node] = harmonic(&around(nodes, node, array.half), &values));
        }
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

/// Whether an array varies with some of these parameters.
pub(crate) fn varies(array: &Array, names: &[&str]) -> bool {
    let with = |expr: &Expr| names.iter().any(|name| expr.contains(name));
    with(&array.value) || array.surface.as_ref().is_some_and(with)
}

/// The change of an array, to first order, with changes of parameters at the nodes.
///
/// # Errors
/// [`ProgramError::Declaration`] for a parameter without a value.
pub(crate) fn change(
    array: &Array,
    nodes: [usize; 3],
    material: &Material,
    changes: &[(&str, &[f64])],
) -> Result<Vec<f64>, ProgramError> {
    let mut all = vec![0.0; material.nodes()];
    for (expr, range) in layers(array, nodes, all.len()) {
        let mut by_node = vec![0.0; material.nodes()];
        for (name, change) in changes {
            let slope = expr.derivative_by(name);
            if !slope.is_zero() {
                let slopes = material.values(&slope)?;
                for ((total, slope), change) in by_node.iter_mut().zip(slopes).zip(*change) {
                    *total += slope * change;
                }
            }
        }
        if array.half == [false; 3] {
            all[range.clone()].copy_from_slice(&by_node[range]);
            continue;
        }
        let values = material.values(expr)?;
        for node in range {
            let around = around(nodes, node, array.half);
            let slopes = harmonic_slopes(&around, &values);
            all[node] = around.iter().zip(slopes).map(|(other, slope)| slope * by_node[*other]).sum();
        }
    }
    Ok(all)
}

/// The values of a coefficient, all of them numbers.
fn numbers(material: &Material, coefficient: &Expr) -> Result<Vec<f64>, ProgramError> {
    let values = material.values(coefficient)?;
    match values.iter().position(|value| !value.is_finite()) {
        None => Ok(values),
        Some(node) => {
            let (coefficient, found) = (coefficient.to_string(), values[node]);
            Err(ProgramError::Coefficient { coefficient, found, node, medium: material.described(node) })
        }
    }
}
