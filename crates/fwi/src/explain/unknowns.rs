//! The networks of a method.

use crate::network_settings::NetworkSettings;
use crate::scenario::MethodChoice;

/// What each network of a method is for and its number of parameters; `fields` is the number of complex wavefields.
#[must_use]
pub fn networks(method: &MethodChoice, fields: usize) -> Vec<(&'static str, usize)> {
    let count = |network: &NetworkSettings, outputs| {
        network.architecture(outputs).map_or(0, |architecture| architecture.parameter_count())
    };
    match method {
        MethodChoice::Joint(joint) => match &joint.velocity {
            Some(velocity) => vec![
                ("wavefield", count(&joint.wavefield, 2 * fields)),
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
