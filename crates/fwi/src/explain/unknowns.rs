//! The networks of a method.

use crate::scenario::MethodChoice;

/// What each network of a method is for and its number of parameters; `fields` is the number of complex wavefields.
#[must_use]
pub fn networks(method: &MethodChoice, fields: usize) -> Vec<(&'static str, usize)> {
    let count =
        |width, layers, outputs| fields::Architecture::siren(width, layers, outputs).parameter_count();
    match method {
        MethodChoice::Joint(joint) => vec![
            ("wavefield", count(joint.wavefield.width, joint.wavefield.layers, 2 * fields)),
            ("velocity", count(joint.velocity.width, joint.velocity.layers, 1)),
        ],
        MethodChoice::Implicit(implicit) => {
            vec![("velocity", count(implicit.velocity.width, implicit.velocity.layers, 1))]
        }
        MethodChoice::Grid(_) => Vec::new(),
    }
}
