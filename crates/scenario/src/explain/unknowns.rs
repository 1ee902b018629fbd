//! The networks of a method.

use crate::MethodChoice;
use fwi::network_settings::{NetworkSettings, VelocitySettings};

/// The purpose of each network of a method and its number of parameters, for these numbers of wavefields (complex ones,
/// or real ones in time) and of parameters of the medium.
#[must_use]
pub fn networks(
    method: &MethodChoice,
    (fields, parameters): (usize, usize),
    in_time: bool,
) -> Vec<(&'static str, usize)> {
    let count = |network: &NetworkSettings, outputs| {
        network.architecture(outputs).map_or(0, |architecture| architecture.parameter_count())
    };
    let wavefield = |network: &NetworkSettings| match in_time {
        true => network.architecture_in_time(fields).map_or(0, |network| network.parameter_count()),
        false => count(network, 2 * fields),
    };
    let medium = |velocity: &VelocitySettings| {
        let purpose = if parameters == 1 { "velocity" } else { "medium" };
        (purpose, count(&velocity.network, parameters * velocity.output.channels()))
    };
    match method {
        MethodChoice::Joint(joint) => match &joint.velocity {
            Some(velocity) => vec![("wavefield", wavefield(&joint.wavefield)), medium(velocity)],
            None => vec![("wavefield and velocity", count(&joint.wavefield, 2 * fields + 1))],
        },
        MethodChoice::Implicit(implicit) if !implicit.representation.as_dyn().has_network() => Vec::new(),
        MethodChoice::Implicit(implicit) => vec![medium(&implicit.velocity())],
        MethodChoice::Grid(_) | MethodChoice::WavefieldReconstruction(_) => Vec::new(),
    }
}
