//! The results of a scenario of fits, and networks evaluated on grids.

use std::path::Path;

use experiments::fits::outcome::FitSummary;
use experiments::fits::target::Target;
use experiments::fits::training::Fitted;
use fwi::field_network::FieldNetwork;
use scenario::FitBlock;
use scenario::error::FwiError;
use survey::model::Model;
use survey::sampled::Sampled;

/// The contents of a report of fits.
#[derive(Debug, Clone)]
pub struct FitRun {
    /// The scenario's name.
    pub name: String,
    /// Its text.
    pub text: String,
    /// One paragraph of description.
    pub description: String,
    /// The target.
    pub target: Target,
    /// The fits, in the scenario's order.
    pub fits: Vec<(FitSummary, Fitted)>,
    /// Facts in the order shown.
    pub facts: Vec<(String, String)>,
}

/// The entry of a fit in `summary.json`.
#[must_use]
pub fn summary(target: &Target, block: &FitBlock, fitted: &Fitted) -> FitSummary {
    let parameters = fitted.field.network.architecture().parameter_count();
    let device = fields::device::parse(&block.device);
    let device = device.map_or_else(|_| block.device.clone(), |device| fields::device::name(&device));
    FitSummary {
        name: block.name.clone(),
        quantity: block.quantity,
        status: fitted.status,
        steps: fitted.steps,
        stopped_because: fitted.stopped_because.clone(),
        wall_s: fitted.wall_s,
        cpu_s: fitted.cpu_s,
        device,
        parameters: parameters as u64,
        compression: target.grid.len() as f64 / parameters as f64,
        metrics: fitted.score,
    }
}

/// A network on a grid of another spacing (m) over the box that it was fitted in, with its derivatives.
///
/// # Errors
/// [`DataError::Range`](survey::data_error::DataError::Range) for a spacing that does not fit twice into the box.
pub fn sample(field: &FieldNetwork, spacing: f64, path: &Path) -> Result<Sampled, FwiError> {
    let grid = survey::model::resampled(&field.grid(path)?, spacing)?;
    let points: Vec<[f64; 2]> = grid.points().collect();
    let at = field.evaluate(&points);
    let model = Model { grid, values: at.value.clone() };
    Ok(Sampled { model, meaning: field.frame.meaning, derivatives: Some(at), quantity: None })
}
