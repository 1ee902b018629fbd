//! The networks of a method.

use crate::MethodChoice;
use fwi::network_settings::NetworkSettings;

/// The purpose of each network of a method and its number of parameters, for this number of wavefields: complex ones,
/// or real ones in time.
#[must_use]
pub fn networks(method: &MethodChoice, fields: usize, in_time: bool) -> Vec<(&'static str, usize)> {
    let count = |network: &NetworkSettings, outputs| {
        network.architecture(outputs).map_or(0, |architecture| architecture.parameter_count())
    };
    let wavefield = |network: &NetworkSettings| match in_time {
        true => network.architecture_in_time(fields).map_or(0, |network| network.parameter_count()),
        false => count(network, 2 * fields),
    };
    match method {
        MethodChoice::Joint(joint) => match &joint.velocity {
            Some(velocity) => vec![
                ("wavefield", wavefield(&joint.wavefield)),
                ("velocity", count(&velocity.network, velocity.output.channels())),
            ],
            None => vec![("wavefield and velocity", count(&joint.wavefield, 2 * fields + 1))],
        },
        MethodChoice::Implicit(implicit) => {
            vec![("velocity", count(&implicit.velocity.network, implicit.velocity.output.channels()))]
        }
        MethodChoice::Grid(_) => Vec::new(),
    }
}
