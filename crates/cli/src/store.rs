//! `fwi fit`: an array stored as a small network.

use document::ranges::out_of_range;
use document::{CheckSettings, KeyPath, Subject};

use crate::cli::FitArgs;
use experiments::fits::target::Target;
use experiments::fits::{Quantity, Scaling};
use fwi::network_settings::NetworkSettings;
use fwi::optimizer::{OptimizerChoice, Soap};
use scenario::FitBlock;
use scenario::error::FwiError;
use survey::array;
use survey::data_error::DataError;

/// Samples per step if the array has more.
const BATCH: usize = 1 << 14;

/// The arguments that set keys of a fit, and their values as typed.
type Argument = (&'static str, &'static str, fn(&FitArgs) -> String);
const ARGUMENTS: [Argument; 5] = [
    ("width", "--width", |args| args.width.to_string()),
    ("layers", "--layers", |args| args.layers.to_string()),
    ("w0_first", "--w0", |args| args.w0.to_string()),
    ("steps", "--steps", |args| args.steps.to_string()),
    ("tolerance", "--error", |args| args.error.map_or_else(String::new, |error| error.to_string())),
];

/// The array of a file, resampled if it is a model and a spacing is given.
///
/// # Errors
/// [`DataError::Unsaid`] for an array or a picture without a spacing; other errors of the file.
pub fn target(args: &FitArgs) -> Result<Target, DataError> {
    let path = &args.model;
    let model = path.extension().is_some_and(|ending| ending == "h5" || ending == "hdf5");
    if !model && args.spacing.is_none() && path.exists() {
        let (what, option) = ("the distance between its samples", "`--spacing M`");
        return Err(DataError::Unsaid { path: path.clone(), what, option });
    }
    let mut array = array::read(path, args.spacing.unwrap_or(1.0))?;
    if let (true, Some(spacing)) = (model, args.spacing) {
        let model = survey::model::Model { grid: array.grid, values: array.values }.resample(spacing)?;
        (array.grid, array.values) = (model.grid, model.values);
    }
    Ok(Target::new(array.grid, &array.values, array.meaning, None))
}

/// The fit that the arguments request.
///
/// # Errors
/// [`FwiError::Argument`] for a number outside its range or a constant array; [`FwiError::Memory`] for a network that is
/// too large.
pub fn block(args: &FitArgs, target: &Target) -> Result<FitBlock, FwiError> {
    let [lo, hi] = target.range();
    if hi <= lo {
        return Err(FwiError::Argument {
            argument: "MODEL",
            found: args.model.display().to_string(),
            problem: "is the same everywhere",
            expected: "something to learn".to_owned(),
        });
    }
    let network =
        NetworkSettings { w0_first: Some(args.w0), ..NetworkSettings::of_sines(args.width, args.layers) };
    let block = FitBlock {
        name: "fit".to_owned(),
        quantity: Quantity::Value,
        network,
        optimizer: OptimizerChoice::Soap(Soap::with(3e-3, true, 20)),
        steps: args.steps,
        batch: (target.grid.len() > BATCH).then_some(BATCH),
        scaling: Scaling::Reference,
        smoothing: None,
        tolerance: args.error,
        time_limit: None,
        device: args.device.clone(),
        seed: args.seed,
        repeat: None,
        sweep: None,
        group: None,
    };
    if let Some(fault) = out_of_range(&block, "") {
        let known = ARGUMENTS.iter().find(|(name, ..)| fault.key.last_key() == Some(name));
        let found = known.map_or_else(|| fault.key.to_string(), |(.., found)| found(args));
        let message = fault.problem.message(&Subject { key: &fault.key, text: Some(&found) });
        return Err(FwiError::Argument {
            argument: known.map_or("fit", |(_, argument, _)| argument),
            found,
            problem: "outside the range of this number",
            expected: message.expected,
        });
    }
    if block.network.check(&KeyPath::root()).is_err() {
        return Err(FwiError::Argument {
            argument: "--layers",
            found: args.layers.to_string(),
            problem: "no network",
            expected: "1 to 64".to_owned(),
        });
    }
    let what = format!("a network of {} layers of {} units", args.layers, args.width);
    survey::memory::require(scenario::memory::fit(&block, target.grid.len()) as u64, &what)?;
    fields::device::parse(&args.device).map_err(FwiError::Fields)?;
    Ok(block)
}
