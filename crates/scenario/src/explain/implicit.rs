//! What method `implicit` takes from the data in time.

use document::numbers::short;
use fwi::conditioning::ConditioningChoice;
use fwi::first_layer::FirstLayer;
use fwi::inversion::Implicit;
use fwi::inversion_settings::InversionSettings;
use fwi::region::SubGrid;
use fwi::velocity_network::Frame;
use fwi::waves_plan::TransientPlan;
use survey::medium::ModelChoice;

use super::page::Page;
use crate::MethodChoice;
use crate::error::FwiError;
use crate::plan::{InversionPlan, Plan};

/// Number of values of a representation that consists of grids alone.
pub(super) fn grid_values(plan: &Plan, inversion: &InversionPlan) -> Option<usize> {
    let MethodChoice::Implicit(implicit) = &inversion.method else { return None };
    let representation = implicit.representation.as_dyn();
    let region = SubGrid::new(&plan.grid, &inversion.settings.region).ok()?;
    let channels = inversion.settings.unknowns.len() * implicit.velocity().output.channels();
    let grids = representation.grids(&Frame::of(&plan.grid).lattice(&region.grid), channels);
    (!representation.has_network()).then(|| grids.iter().map(|grid| grid.values().len()).sum())
}

/// Which shots an iteration takes, and what its gradient is multiplied by.
pub(super) fn gradients(settings: &InversionSettings, shots: usize, page: &mut Page) {
    let taken = match &settings.batch {
        Some(batch) => {
            format!("{} of {shots} shots in an iteration, {} for all", batch.shots, batch.per_epoch(shots))
        }
        None => format!("all {shots} shots in an iteration"),
    };
    let names: Vec<&str> = settings.conditioning.iter().map(ConditioningChoice::name).collect();
    let conditioned = if names.is_empty() {
        "gradients as they are".to_owned()
    } else {
        format!("gradients conditioned by {}", names.join(", "))
    };
    page.line("", &format!("{taken}; {conditioned}"));
}

/// The frequency factor of the first layer, and what it follows from.
///
/// # Errors
/// [`FwiError::Data`] if the file of the starting model has changed since the plan was made.
pub(super) fn first_layer(
    plan: &Plan,
    (waves, implicit): (&TransientPlan, &Implicit),
    inversion: &InversionPlan,
    page: &mut Page,
) -> Result<(), FwiError> {
    if !implicit.chooses_first_layer() {
        return Ok(());
    }
    let rule = "auto: by the misfit of the starting model, which `check --data` computes";
    let Some(velocity) = starting_velocity(plan, inversion)? else {
        page.line("", &format!("w0_first {rule}"));
        return Ok(());
    };
    let band = inversion.settings.stages.first().and_then(|stage| stage.band.as_ref());
    let layer = FirstLayer::new(waves.lowest_strong_frequency(band), velocity, &plan.grid);
    let of = |misfit: f64| (short(layer.factor(misfit)), short(layer.shortest(misfit)));
    let ((poor, long), (good, close)) = (of(1.0), of(0.0));
    page.line(
        "",
        &format!(
            "w0_first {rule}: {poor} (waves of {long} m and more) if that is poor, up to {good} ({close} m) if it is good; \
             wavelength {} m at {} Hz, the lowest strong frequency of the first stage, and {} m/s",
            short(layer.wavelength()),
            short(layer.lowest),
            short(layer.velocity)
        ),
    );
    Ok(())
}

/// The mean starting velocity of the region, m/s; `None` if it is the result of an inversion.
fn starting_velocity(plan: &Plan, inversion: &InversionPlan) -> Result<Option<f64>, FwiError> {
    let model = match (&inversion.initial, plan.system()) {
        (Some(source), _) if matches!(source.choice, ModelChoice::Inversion(_)) => return Ok(None),
        (Some(source), _) => source.sample(&plan.grid)?,
        (None, Some(system)) => {
            let start = system.start(&plan.grid)?;
            let first = inversion.settings.unknowns.first().map(|unknown| &unknown.quantity);
            let vp = start.iter().find(|of| of.quantity.name == "vp");
            match vp
                .or_else(|| start.iter().find(|of| Some(&of.quantity) == first && of.quantity.unit == "m/s"))
            {
                Some(parameter) => parameter.model.clone(),
                None => return Ok(None),
            }
        }
        (None, None) => return Ok(None),
    };
    let inside = model.values.iter().zip(plan.grid.nodes());
    let inside = inside.filter(|(_, node)| inversion.settings.region.holds(node)).map(|(v, _)| *v);
    let values: Vec<f64> = inside.collect();
    Ok(Some(values.iter().sum::<f64>() / values.len().max(1) as f64))
}
