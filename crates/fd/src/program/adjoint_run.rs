//! What enters the run backwards of a gradient, and the derivatives by arrays that it leaves.

use std::sync::Arc;

use super::execute::executor::Port;
use super::gradient::Gradient;
use super::shot::Shot;
use crate::FdError;
use crate::time::layout::Layout;
use crate::time::{Real, finite};

/// The ports of the transposed run: what was recorded enters, and what entered leaves.
pub(super) fn backward_ports<T: Real>(
    forward: &[Port<T>],
    shot: &Shot<'_, T>,
    sources: usize,
    adjoint: &[Vec<T>],
) -> Result<Vec<Port<T>>, FdError> {
    let (found, expected) = (adjoint.len(), shot.receivers.len());
    if found != expected {
        return Err(FdError::Length { what: "adjoint source [set of receivers]", found, expected });
    }
    let mut ports = forward.to_vec();
    for port in &mut ports[..sources] {
        let samples = port.samples.len();
        port.forward = Some(Arc::new(std::mem::replace(&mut port.samples, vec![T::ZERO; samples])));
    }
    for ((port, set), values) in ports[sources..].iter_mut().zip(&shot.receivers).zip(adjoint) {
        let (found, expected) = (values.len(), set.points.len() * shot.steps);
        if found != expected {
            return Err(FdError::Length { what: "adjoint source [receiver, time]", found, expected });
        }
        finite("adjoint source [receiver, time]", values)?;
        for (k, value) in port.samples.iter_mut().enumerate() {
            let (n, receiver) = (k / port.points, k % port.points);
            *value = values[receiver * shot.steps + n + 1];
        }
    }
    Ok(ports)
}

/// The derivatives by arrays, from the sums that `values` gives and from what left at ports.
pub(super) fn by_array<T: Real, E>(
    gradient: &Gradient,
    layout: &Layout,
    (ports, weight): (&[Port<T>], f64),
    values: impl Fn(usize) -> Result<Vec<T>, E>,
) -> Result<Vec<Vec<f64>>, E> {
    let of = |(array, sum): &(usize, usize)| {
        let mut values: Vec<f64> = values(*sum)?.into_iter().map(|value| weight * value.to_f64()).collect();
        for port in ports {
            let slopes = port.slopes.iter().filter(|(other, _)| other == array);
            for (tap, slope) in slopes.flat_map(|(_, slopes)| port.taps.iter().zip(slopes)) {
                values[layout.node(tap.index, tap.plane)] += slope;
            }
        }
        Ok(values)
    };
    gradient.sums.iter().map(of).collect()
}
