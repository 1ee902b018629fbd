//! Values on a mesh and on the grid with its layers.

use pde::System;

use super::material::Material;
use crate::program_error::ProgramError;
use crate::time::Mesh;
use crate::time::extended::Extended;

/// The parameters of a medium on all nodes of a grid, and numbers.
#[derive(Debug)]
pub(super) struct Values {
    pub(super) nodes: usize,
    pub(super) parameters: Vec<(String, Vec<f64>)>,
    pub(super) numbers: Vec<(String, f64)>,
}

impl Values {
    pub(super) fn material(&self) -> Material<'_> {
        let numbers = self.numbers.iter();
        let material = numbers
            .fold(Material::new(self.nodes), |material, (name, value)| material.with_number(name, *value));
        self.parameters.iter().fold(material, |material, (name, values)| material.with(name, values))
    }
}

/// Refuses a medium that does not satisfy the conditions of a system.
pub(super) fn check_conditions(system: &System, material: &Material) -> Result<(), ProgramError> {
    for condition in &system.conditions {
        let values = material.values(&system.resolve(&condition.value))?;
        let Some(node) = values.iter().position(|value| !condition.holds(*value)) else { continue };
        let says = if condition.says.is_empty() { String::new() } else { format!(": {}", condition.says) };
        return Err(ProgramError::Condition {
            system: system.name.clone(),
            condition: condition.to_string(),
            found: values[node],
            node,
            medium: material.described(node),
            says,
        });
    }
    Ok(())
}

/// Values on the mesh, continued into the layers.
pub(super) fn spread(extended: &Extended, values: &[f64]) -> Vec<f64> {
    let [nx, ny, nz] = extended.n;
    let mut all = Vec::with_capacity(nx * ny * nz);
    for z in 0..nz {
        for y in 0..ny {
            all.extend((0..nx).map(|x| values[extended.nearest([x as isize, y as isize, z as isize])]));
        }
    }
    all
}

/// The transpose of [`spread`].
pub(super) fn gathered(mesh: &Mesh, extended: &Extended, values: &[f64]) -> Vec<f64> {
    let [nx, ny, _] = extended.n;
    let mut all = vec![0.0; mesh.len()];
    for (node, value) in values.iter().enumerate() {
        let at = [node % nx, node / nx % ny, node / (nx * ny)].map(|k| k as isize);
        all[extended.nearest(at)] += value;
    }
    all
}

/// The values at the nodes of the mesh.
pub(super) fn inner(mesh: &Mesh, extended: &Extended, values: &[f64]) -> Vec<f64> {
    let mut all = vec![0.0; mesh.len()];
    let [nx, ny, _] = extended.n;
    for (node, value) in values.iter().enumerate() {
        let at = [node % nx, node / nx % ny, node / (nx * ny)];
        if !extended.in_layer(at) {
            all[extended.nearest(at.map(|k| k as isize))] = *value;
        }
    }
    all
}
