//! Checks that an inversion suits a medium with a density, attenuation or anisotropy at frequencies.

use document::{Fault, KeyPath};

use super::waves::problems::NoSuchMedium;
use crate::{InversionBlock, MethodChoice};
use fwi::forward::omega;
use fwi::inversion::joint::ResidualChoice;
use fwi::inversion::joint::strong::{DataFrom, Strong, StrongForm, StrongLoss};
use fwi::uniform_background::UniformBackground;
use fwi::waves_plan::HelmholtzPlan;
use survey::model_source::ModelSource;
use survey::survey::Survey;

/// Checks the method of an inversion; `at` is the key of the inversion.
pub(super) fn check(
    at: &KeyPath,
    block: &InversionBlock,
    waves: &HelmholtzPlan,
    survey: &Survey,
    initial: &ModelSource,
) -> Result<(), Fault> {
    let Some(of) = waves.medium.first_property() else { return Ok(()) };
    let at = at.key("method").key(block.method.name());
    let MethodChoice::Joint(joint) = &block.method else {
        let (found, expected) = (format!("method `{}`", block.method.name()), JOINT.to_owned());
        let help = "use a joint inversion: only its networks read the equation of this medium";
        return Err(Fault::new(at, NoSuchMedium { of, found, expected, help }));
    };
    let at = at.key("residual").key(joint.residual.name());
    match &joint.residual {
        ResidualChoice::Preconditioned(_) => {
            let (found, expected) =
                ("residual `preconditioned`".to_owned(), "residual: {strong: {...}}".to_owned());
            let help = "the background of a preconditioned residual has a velocity only";
            Err(Fault::new(at, NoSuchMedium { of, found, expected, help }))
        }
        ResidualChoice::Strong(strong) => residual(&at, of, strong, waves, survey, initial),
    }
}

/// The method that reads the equation of every medium.
const JOINT: &str = "method: {joint: {residual: {strong: {...}}, ...}}";

/// Checks a strong residual; a property of the medium is `of`.
fn residual(
    at: &KeyPath,
    of: &'static str,
    strong: &Strong,
    waves: &HelmholtzPlan,
    survey: &Survey,
    initial: &ModelSource,
) -> Result<(), Fault> {
    let refused = [
        (
            "data_from",
            strong.data_from == DataFrom::Integral && waves.medium.anisotropy.is_some(),
            "data_from: integral",
            "data_from: network",
            "the contrast sources of anisotropic media are derivatives of the wavefield",
        ),
        (
            "loss",
            !matches!(strong.loss, StrongLoss::LeastSquares { .. }),
            "loss: {sitzmann: {}}",
            "loss: {least_squares: {}}",
            "use least squares: the loss of the SIREN paper is for the Helmholtz equation",
        ),
    ];
    for (key, given, found, expected, help) in refused {
        if given {
            let (found, expected) = (found.to_owned(), expected.to_owned());
            return Err(Fault::new(at.key(key), NoSuchMedium { of, found, expected, help }));
        }
    }
    if strong.form == StrongForm::Total {
        return Ok(());
    }
    let lowest = omega(waves.frequencies[0]);
    let uniform = initial.uniform().and_then(|v| UniformBackground::new(&waves.medium, survey, lowest, v));
    if uniform.is_some() {
        return Ok(());
    }
    let found = match initial.uniform() {
        None => format!("form: scattered with the starting model `{}`", initial.choice.name()),
        Some(_) => "form: scattered with sources in media that differ or are anisotropic".to_owned(),
    };
    let expected = "form: total, or a uniform and isotropic medium around the sources".to_owned();
    let help = "scattered fields need an exact background around every source";
    Err(Fault::new(at.key("form"), NoSuchMedium { of, found, expected, help }))
}
