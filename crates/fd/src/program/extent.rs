//! Values on a mesh and on the grid with its layers.

use pde::{Symbol, System};

use super::material::Material;
use super::shot::Properties;
use crate::FdError;
use crate::program_error::ProgramError;
use crate::time::extended::Extended;
use crate::time::{Mesh, finite};

/// The parameters of a medium on all nodes of a grid, and numbers.
#[derive(Debug)]
pub(crate) struct Values {
    pub(crate) nodes: usize,
    pub(crate) parameters: Vec<(String, Vec<f64>)>,
    pub(crate) numbers: Vec<(String, f64)>,
}

impl Values {
    /// Properties that are given on a mesh.
    ///
    /// # Errors
    /// [`FdError::Length`], [`FdError::NotFinite`].
    pub(crate) fn new(mesh: &Mesh, extended: &Extended, properties: &Properties) -> Result<Self, FdError> {
        let parameter = |(name, values): &(&str, &[f64])| {
            mesh.expect_len("parameter", values.len())?;
            finite("parameter", values)?;
            Ok(((*name).to_owned(), spread(extended, values)))
        };
        Ok(Self {
            nodes: extended.n.iter().product(),
            parameters: properties.parameters.iter().map(parameter).collect::<Result<_, FdError>>()?,
            numbers: properties.numbers.iter().map(|(name, v)| ((*name).to_owned(), *v)).collect(),
        })
    }

    pub(crate) fn material(&self) -> Material<'_> {
        let numbers = self.numbers.iter();
        let material = numbers
            .fold(Material::new(self.nodes), |material, (name, value)| material.with_number(name, *value));
        self.parameters.iter().fold(material, |material, (name, values)| material.with(name, values))
    }
}

/// Refuses names of parameters that the system does not have.
pub(crate) fn check_names<'a>(
    system: &System,
    mut names: impl Iterator<Item = &'a str>,
) -> Result<(), FdError> {
    let known: Vec<&str> =
        system.parameters.iter().chain(&system.given).map(|symbol| symbol.name.as_str()).collect();
    let Some(found) = names.find(|name| !known.contains(name)) else { return Ok(()) };
    let known = known.iter().map(|name| (*name).to_owned()).collect();
    Err(FdError::NoField { what: "parameter", found: found.to_owned(), known })
}

/// The place of an unknown.
///
/// # Errors
/// [`FdError::NoField`].
pub(crate) fn unknown(system: &System, name: &str) -> Result<usize, FdError> {
    place("unknown", &system.unknowns, name)
}

/// The place of a given field.
///
/// # Errors
/// [`FdError::NoField`].
pub(crate) fn given(system: &System, name: &str) -> Result<usize, FdError> {
    place("given field", &system.given, name)
}

fn place(what: &'static str, symbols: &[Symbol], name: &str) -> Result<usize, FdError> {
    symbols.iter().position(|symbol| symbol.name == name).ok_or_else(|| FdError::NoField {
        what,
        found: name.to_owned(),
        known: symbols.iter().map(|symbol| symbol.name.clone()).collect(),
    })
}

/// Refuses values of parameters that the system does not have.
pub(crate) fn check_properties(system: &System, properties: &Properties) -> Result<(), FdError> {
    let values = properties.parameters.iter().map(|(name, _)| *name);
    check_names(system, values.chain(properties.numbers.iter().map(|(name, _)| *name)))
}

/// Refuses a medium that does not satisfy the conditions of a system.
pub(crate) fn check_conditions(system: &System, material: &Material) -> Result<(), ProgramError> {
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
pub(crate) fn spread(extended: &Extended, values: &[f64]) -> Vec<f64> {
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
pub(crate) fn gathered(mesh: &Mesh, extended: &Extended, values: &[f64]) -> Vec<f64> {
    let [nx, ny, _] = extended.n;
    let mut all = vec![0.0; mesh.len()];
    for (node, value) in values.iter().enumerate() {
        let at = [node % nx, node / nx % ny, node / (nx * ny)].map(|k| k as isize);
        all[extended.nearest(at)] += value;
    }
    all
}

/// The values at the nodes of the mesh.
pub(crate) fn inner<T: Copy + Default>(mesh: &Mesh, extended: &Extended, values: &[T]) -> Vec<T> {
    let mut all = vec![T::default(); mesh.len()];
    let [nx, ny, _] = extended.n;
    for (node, value) in values.iter().enumerate() {
        let at = [node % nx, node / nx % ny, node / (nx * ny)];
        if !extended.in_layer(at) {
            all[extended.nearest(at.map(|k| k as isize))] = *value;
        }
    }
    all
}
