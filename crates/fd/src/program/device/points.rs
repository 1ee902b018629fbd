//! The points of shots on a device.

use std::collections::BTreeMap;

use super::super::execute::executor::Port;
use super::super::execute::taps::PortTap;
use super::super::statement::Factor;
use super::backend::Device;
use super::kernels::{Kernels, Medium, uploaded};
use crate::FdError;

/// A statement: its list and its place in it.
pub(super) type At = (usize, usize);

/// A port with its samples on the device, and its points for each statement that uses it.
pub(super) struct DevicePort<B> {
    pub(super) port: Port<f32>,
    pub(super) samples: B,
    /// The samples of the run forward, if the factor of what leaves belongs to a gradient.
    pub(super) forward: Option<B>,
    pub(super) entering: BTreeMap<At, Entering<B>>,
    pub(super) leaving: BTreeMap<At, Leaving<B>>,
    pub(super) slopes: BTreeMap<At, Slopes<B>>,
}

/// By node: the points that reach it, with weights that contain the statement's factor.
pub(super) struct Entering<B> {
    pub(super) node: B,
    pub(super) first: B,
    pub(super) point: B,
    pub(super) weight: B,
    pub(super) count: usize,
}

/// By point: the nodes that it is the weighted sum of.
pub(super) struct Leaving<B> {
    pub(super) first: B,
    pub(super) node: B,
    pub(super) weight: B,
}

/// The derivative by the values of an array at the taps of a port.
pub(super) struct Slopes<B> {
    pub(super) array: usize,
    pub(super) number: f64,
    pub(super) node: B,
    pub(super) point: B,
    pub(super) weight: B,
    /// A sum and what rounding has taken from it, for each tap.
    pub(super) sums: B,
}

/// Integers as numbers of the same bits.
pub(super) fn bits(values: &[usize]) -> Vec<f32> {
    values.iter().map(|value| f32::from_bits(*value as u32)).collect()
}

/// A port on a device.
pub(super) fn port<D: Device>(device: &D, port: Port<f32>) -> Result<DevicePort<D::Memory>, FdError> {
    let forward = port.forward.as_ref().map(|forward| uploaded(device, forward)).transpose()?;
    Ok(DevicePort {
        samples: uploaded(device, &port.samples)?,
        forward,
        port,
        entering: BTreeMap::new(),
        leaving: BTreeMap::new(),
        slopes: BTreeMap::new(),
    })
}

/// Index of the node, point and weight of each tap of a port, with a statement's factor.
fn weights<B>(
    (kernels, medium): (&Kernels, &Medium<B>),
    port: &Port<f32>,
    factor: Factor,
) -> Vec<(usize, usize, f32)> {
    let layout = &kernels.places.layout;
    let weight = |tap: PortTap<f32>| {
        let factor = kernels.factor(medium, factor, layout.node(tap.index, tap.plane)) as f32;
        (tap.index, tap.point, factor * tap.weight)
    };
    port.taps.iter().map(weight).collect()
}

pub(super) fn entering<D: Device>(
    device: &D,
    of: (&Kernels, &Medium<D::Memory>),
    port: &Port<f32>,
    factor: Factor,
) -> Result<Entering<D::Memory>, FdError> {
    let mut by_node: BTreeMap<usize, Vec<(usize, f32)>> = BTreeMap::new();
    for (node, point, weight) in weights(of, port, factor) {
        by_node.entry(node).or_default().push((point, weight));
    }
    let nodes: Vec<usize> = by_node.keys().copied().collect();
    let (first, pairs) = rows(by_node.into_values());
    let points: Vec<usize> = pairs.iter().map(|(point, _)| *point).collect();
    let weights: Vec<f32> = pairs.iter().map(|(_, weight)| *weight).collect();
    Ok(Entering {
        count: nodes.len(),
        node: uploaded(device, &bits(&nodes))?,
        first: uploaded(device, &bits(&first))?,
        point: uploaded(device, &bits(&points))?,
        weight: uploaded(device, &weights)?,
    })
}

pub(super) fn leaving<D: Device>(
    device: &D,
    of: (&Kernels, &Medium<D::Memory>),
    port: &Port<f32>,
    factor: Factor,
) -> Result<Leaving<D::Memory>, FdError> {
    let mut by_point: Vec<Vec<(usize, f32)>> = vec![Vec::new(); port.points];
    for (node, point, weight) in weights(of, port, factor) {
        by_point[point].push((node, weight));
    }
    let (first, pairs) = rows(by_point.into_iter());
    let nodes: Vec<usize> = pairs.iter().map(|(node, _)| *node).collect();
    let weights: Vec<f32> = pairs.iter().map(|(_, weight)| *weight).collect();
    Ok(Leaving {
        first: uploaded(device, &bits(&first))?,
        node: uploaded(device, &bits(&nodes))?,
        weight: uploaded(device, &weights)?,
    })
}

pub(super) fn slopes<D: Device>(
    device: &D,
    port: &Port<f32>,
    (array, number): (usize, f64),
) -> Result<Slopes<D::Memory>, FdError> {
    let nodes: Vec<usize> = port.taps.iter().map(|tap| tap.index).collect();
    let points: Vec<usize> = port.taps.iter().map(|tap| tap.point).collect();
    let weights: Vec<f32> = port.taps.iter().map(|tap| tap.weight).collect();
    Ok(Slopes {
        array,
        number,
        node: uploaded(device, &bits(&nodes))?,
        point: uploaded(device, &bits(&points))?,
        weight: uploaded(device, &weights)?,
        sums: device.zeros(2 * port.taps.len())?,
    })
}

/// Reads the samples and the derivatives of a port back.
pub(super) fn finished<D: Device>(device: &D, port: DevicePort<D::Memory>) -> Result<Port<f32>, FdError> {
    let DevicePort { mut port, samples, slopes, .. } = port;
    device.read(&samples, 0, &mut port.samples)?;
    for Slopes { array, number, sums, .. } in slopes.into_values() {
        let mut pairs = vec![0.0; 2 * port.taps.len()];
        device.read(&sums, 0, &mut pairs)?;
        let slope = |pair: &[f32]| number * (f64::from(pair[0]) - f64::from(pair[1]));
        let values: Vec<f64> = pairs.chunks_exact(2).map(slope).collect();
        match port.slopes.iter_mut().find(|(other, _)| *other == array) {
            Some((_, sum)) => sum.iter_mut().zip(values).for_each(|(sum, value)| *sum += value),
            None => port.slopes.push((array, values)),
        }
    }
    Ok(port)
}

/// Lists one behind the other, and where each begins.
fn rows<T>(lists: impl Iterator<Item = Vec<T>>) -> (Vec<usize>, Vec<T>) {
    let (mut first, mut all) = (vec![0], Vec::new());
    for list in lists {
        all.extend(list);
        first.push(all.len());
    }
    (first, all)
}
