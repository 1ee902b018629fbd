//! Systems, media and grids of the tests.

use pde::{Dimension, System, systems};

use crate::program::symbol::largest_stable_step;
use crate::program::{Layers, Material, Numerics, Program};
use crate::tests::noise;
use crate::time::Cpml;

pub(super) const SPACING: [f64; 3] = [10.0, 11.0, 9.0];

pub(super) fn every_system(dimensions: &[Dimension]) -> Vec<System> {
    let rows = systems().iter();
    rows.flat_map(|row| dimensions.iter().filter_map(|dimension| (row.declare)(*dimension))).collect()
}

pub(in crate::program) fn system(name: &str, dimension: Dimension) -> System {
    let row = systems().iter().find(|row| row.name == name).unwrap();
    (row.declare)(dimension).unwrap()
}

pub(super) fn value(name: &str) -> Option<f64> {
    Some(match name {
        "vp" => 2300.0,
        "vs" => 1100.0,
        "rho" => 2.1,
        "epsilon" => 0.2,
        "delta" => 0.1,
        "gamma" => 0.15,
        "Q" => 30.0,
        "rate" => 60.0,
        _ => return None,
    })
}

/// The parameters of a system, by node: a medium that differs from node to node by up to 10 %.
pub(super) fn rough(system: &System, nodes: [usize; 3]) -> Vec<(String, Vec<f64>)> {
    let len: usize = nodes.iter().product();
    let names = system.parameters.iter().map(|symbol| symbol.name.clone());
    names
        .map(|name| {
            let place: usize = name.bytes().map(usize::from).sum();
            let values =
                (0..len).map(|node| value(&name).unwrap() * (1.0 + 0.1 * noise(1000 * place + node)));
            let values = values.collect();
            (name, values)
        })
        .collect()
}

/// Every system, and the elastic one a second time with water.
pub(super) fn every_medium(dimensions: &[Dimension]) -> Vec<(System, bool)> {
    let systems = every_system(dimensions).into_iter();
    let both = |system: System| {
        let wet = system.name == "elastic" && system.dimension != Dimension::One;
        [(system.clone(), false), (system, true)].into_iter().take(1 + usize::from(wet))
    };
    systems.flat_map(both).collect()
}

/// A rough medium, or one with water above an uneven bottom.
pub(super) fn medium((system, wet): (&System, bool), nodes: [usize; 3]) -> Vec<(String, Vec<f64>)> {
    let mut all = rough(system, nodes);
    for (_, values) in all.iter_mut().filter(|(name, _)| wet && name == "vs") {
        for (node, value) in values.iter_mut().enumerate() {
            let (x, z) = (node % nodes[0], node / (nodes[0] * nodes[1]));
            if z < nodes[2] / 3 + x % 3 {
                *value = 0.0;
            }
        }
    }
    all
}

/// The numbers of a system that has some.
pub(in crate::program) fn numbers(system: &System) -> Vec<(&'static str, f64)> {
    let viscous = system.given.iter().any(|symbol| symbol.name == "rate");
    if viscous { vec![("rate", 60.0)] } else { Vec::new() }
}

pub(super) fn material(parameters: &[(String, Vec<f64>)]) -> Material<'_> {
    let material = Material::new(parameters[0].1.len()).with_number("rate", 60.0);
    parameters.iter().fold(material, |material, (name, values)| material.with(name, values))
}

pub(super) fn stable(system: &System, order: usize) -> f64 {
    largest_stable_step(system, SPACING, order, &[&value]).unwrap_or_else(|e| panic!("{}: {e}", system.name))
}

/// A grid with layers inside it: thin ones, and of different width.
pub(super) fn grid(dimension: Dimension) -> ([usize; 3], [usize; 3]) {
    match dimension {
        Dimension::One => ([45, 1, 1], [7, 0, 0]),
        Dimension::Two => ([37, 1, 29], [6, 0, 5]),
        Dimension::Three => ([18, 7, 9], [4, 2, 3]),
    }
}

/// A program with a free surface where the system has one and it is wanted, and with layers where they are wanted.
pub(super) fn program(system: &System, order: usize, share: f64, surface: bool, layers: bool) -> Program {
    let free_surface = surface && !system.surface.is_empty();
    let step = share * stable(system, order);
    let numerics = Numerics { spacing: SPACING, step, order, free_surface };
    let program = Program::new(system, &numerics).unwrap();
    if !layers {
        return program;
    }
    let (nodes, cells) = grid(system.dimension);
    let mut before = cells;
    if free_surface {
        before[2] = 0;
    }
    let cpml = Cpml { cells: cells[0], frequency: 20.0, reflection: 1e-8 };
    program.absorb(&Layers { nodes, before, after: cells, cpml, velocity: 2500.0, guides: true })
}

/// With and without a free surface and layers.
pub(super) const EDGES: [(bool, bool); 4] = [(false, false), (false, true), (true, false), (true, true)];
