//! Systems, media and operators of the tests.

use pde::{Dimension, System, systems};

use crate::harmonic::{HarmonicOperator, Settings};
use crate::program::Properties;
use crate::tests::noise;
use crate::time::{Boundary, Cpml, Mesh, Points};

/// Every row of the catalogue in dimensions in which it exists.
pub(super) fn every_system(dimensions: &[Dimension]) -> Vec<System> {
    let rows = systems().iter();
    rows.flat_map(|row| dimensions.iter().filter_map(|dimension| (row.declare)(*dimension))).collect()
}

pub(super) fn system(name: &str) -> System {
    let row = systems().iter().find(|row| row.name == name).unwrap();
    (row.declare)(Dimension::Two).unwrap()
}

pub(super) fn value(name: &str) -> f64 {
    match name {
        "vp" => 2000.0,
        "vs" => 1150.0,
        "rho" => 1900.0,
        "epsilon" => 0.2,
        "delta" => 0.1,
        "gamma" => 0.15,
        "Q" => 20.0,
        "rate" => 80.0,
        "loss" => 30.0,
        "bound" => 60.0,
        other => panic!("no parameter `{other}`"),
    }
}

/// Parameters by name, a value a node of the mesh.
pub(super) type Parameters = Vec<(String, Vec<f64>)>;

/// A medium that differs from node to node by up to a share.
pub(super) fn rough(system: &System, mesh: &Mesh, share: f64) -> Parameters {
    let names = system.parameters.iter().map(|symbol| symbol.name.clone());
    let of = |name: String| {
        let place: usize = name.bytes().map(usize::from).sum();
        let at = |node: usize| value(&name) * (1.0 + share * noise(1_000_000 * place + node));
        let values = (0..mesh.len()).map(at).collect();
        (name, values)
    };
    names.map(of).collect()
}

/// A medium that differs from place to place by up to a share, smoothly over 100 m.
pub(super) fn smooth(system: &System, mesh: &Mesh, share: f64) -> Parameters {
    let (nodes, spacing) = (mesh.nodes(), [0, 1, 2].map(|axis| mesh.step(axis)));
    let names = system.parameters.iter().map(|symbol| symbol.name.clone());
    let of = |name: String| {
        let phase = 10.0 * noise(name.bytes().map(usize::from).sum());
        let at = |node: usize| {
            let [x, z] = [node % nodes[0], node / (nodes[0] * nodes[1])].map(|k| k as f64);
            let wave = (x * spacing[0] / 100.0 + phase).sin() * (z * spacing[2] / 100.0 - phase).sin();
            value(&name) * (1.0 + share * wave)
        };
        let values = (0..mesh.len()).map(at).collect();
        (name, values)
    };
    names.map(of).collect()
}

/// The numbers of a system that has some.
pub(super) fn numbers(system: &System) -> Vec<(&'static str, f64)> {
    let viscous = system.given.iter().any(|symbol| symbol.name == "rate");
    if viscous { vec![("rate", value("rate"))] } else { Vec::new() }
}

pub(super) fn properties<'a>(system: &System, parameters: &'a Parameters) -> Properties<'a> {
    let parameters = parameters.iter().map(|(name, values)| (name.as_str(), &values[..])).collect();
    Properties { parameters, numbers: numbers(system) }
}

/// The given fields that vary in time.
pub(super) fn emitted(system: &System) -> Vec<&str> {
    system.given.iter().map(|symbol| symbol.name.as_str()).filter(|name| *name != "rate").collect()
}

/// Order, cells of the layers and free surface, the latter where the system has one.
pub(super) fn settings(system: &System, order: usize, cells: usize, free_surface: bool) -> Settings {
    let cpml = Cpml { cells, frequency: 12.0, reflection: 1e-8 };
    let free_surface = free_surface && !system.surface.is_empty();
    Settings { order, boundary: Boundary { cpml, free_surface }, memory: 1 << 30 }
}

pub(super) fn operator(
    system: &System,
    mesh: &Mesh,
    settings: &Settings,
    parameters: &Parameters,
    omega: f64,
) -> HarmonicOperator {
    HarmonicOperator::new(system, mesh, settings, &properties(system, parameters), omega)
        .unwrap_or_else(|error| panic!("{}: {error}", system.name))
}

/// Points between nodes.
pub(super) fn points(mesh: &Mesh, count: usize, seed: usize) -> Points {
    let [lo, hi] = mesh.corners();
    let at = |k: usize| -> Vec<f64> {
        let share = |axis: usize| 0.5 + 0.4 * noise(seed + 10 * k + axis);
        lo.iter().zip(&hi).enumerate().map(|(axis, (lo, hi))| lo + share(axis) * (hi - lo)).collect()
    };
    Points::new(mesh, &(0..count).map(at).collect::<Vec<_>>()).unwrap()
}
