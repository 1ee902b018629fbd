//! The medium of waves at frequencies, and their equations.

use document::numbers::{short, shown};
use fwi::harmonic_medium::HarmonicMedium;
use pde::{Form, System};
use survey::property::PropertyChoice;

use super::page::Page;

/// A line for each equation of the total field, then one for each property.
pub(super) fn equations(medium: &HarmonicMedium, page: &mut Page) {
    residuals(&medium.system(Form::Total), page);
    lines(medium, page);
}

/// A line for each residual of a system and each coefficient.
pub(super) fn residuals(system: &System, page: &mut Page) {
    for residual in &system.residuals {
        page.line("equation", &format!("0 = {residual}"));
    }
    for derived in &system.derived {
        page.line("", &format!("{} = {}", derived.symbol.name, derived.value));
    }
}

/// A line for each property.
pub(super) fn lines(medium: &HarmonicMedium, page: &mut Page) {
    if medium.density.is_some() {
        page.line("density", "it follows the velocity");
    }
    if let Some(attenuation) = &medium.attenuation {
        let dispersion = match attenuation.reference_frequency {
            None => "the same phase velocity at every frequency".to_owned(),
            Some(reference) => format!("the phase velocity is that of the model at {} Hz", short(reference)),
        };
        page.line("attenuation", &format!("Q {}; {dispersion}", property(&attenuation.quality)));
    }
    if let Some(anisotropy) = &medium.anisotropy {
        let [epsilon, delta] = [&anisotropy.epsilon, &anisotropy.delta].map(property);
        page.line("anisotropy", &format!("epsilon {epsilon}, delta {delta}, vertical axis"));
    }
}

fn property(of: &PropertyChoice) -> String {
    match of {
        PropertyChoice::Uniform(uniform) => short(uniform.value),
        PropertyChoice::Disc(disc) => format!(
            "{} in a disc of {} m at ({}, {}) m, {} outside",
            short(disc.value),
            short(disc.radius),
            short(disc.centre[0]),
            short(disc.centre[1]),
            short(disc.background)
        ),
        PropertyChoice::Rectangle(body) => format!(
            "{} in x {} to {} m, z {} to {} m, {} outside",
            short(body.value),
            short(body.x[0]),
            short(body.x[1]),
            short(body.z[0]),
            short(body.z[1]),
            short(body.background)
        ),
        PropertyChoice::Gradient(gradient) => format!(
            "{} at z {} m to {} at z {} m",
            short(gradient.top),
            short(gradient.z[0]),
            short(gradient.bottom),
            short(gradient.z[1])
        ),
        PropertyChoice::File(file) => format!("in {}", shown(&file.path)),
        PropertyChoice::Layers(layers) => {
            let values: Vec<String> = layers.values.iter().map(|value| short(*value)).collect();
            format!("{} from top to bottom", values.join(", "))
        }
    }
}
