//! `fwi fit`: an array stored as a small network.

use document::{CheckSettings, KeyPath};
use fields::Architecture;

use super::target::Target;
use crate::cli::FitArgs;
use crate::error::FwiError;
use crate::network_settings::NetworkSettings;
use crate::optimizer::{OptimizerChoice, Soap};
use crate::scenario::FitBlock;
use crate::scenario::fits::{Quantity, Scaling};
use survey::array;
use survey::data_error::DataError;

/// Samples per step if the array has more.
const BATCH: usize = 1 << 14;

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
        let model = survey::model::Model { grid: array.grid, vp: array.values }.resample(spacing)?;
        (array.grid, array.values) = (model.grid, model.vp);
    }
    Ok(Target::new(array.grid, &array.values, array.meaning, None))
}

/// The fit that the arguments request.
///
/// # Errors
/// [`FwiError::Argument`] for an impossible network, or a constant array.
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
    let network = NetworkSettings { w0_first: args.w0, ..NetworkSettings::of_sines(args.width, args.layers) };
    let block = FitBlock {
        name: "fit".to_owned(),
        quantity: Quantity::Value,
        network,
        optimizer: OptimizerChoice::Soap(Soap { learning_rate: 3e-3, decay: true, warm_up: 20 }),
        steps: args.steps,
        batch: (target.grid.len() > BATCH).then_some(BATCH),
        scaling: Scaling::Card,
        smoothing: None,
        tolerance: args.error,
        time_limit: None,
        device: args.device.clone(),
        seed: args.seed,
    };
    let too_large = crate::plan::fits::bytes_of(&block, target.grid.len()) > crate::plan::fits::MOST_BYTES;
    if too_large || block.network.check(&KeyPath::root()).is_err() {
        return Err(FwiError::Argument {
            argument: "--width",
            found: format!("{} x {} layers", args.width, args.layers),
            problem: "no network of this size can be fitted",
            expected: "a width from 1 to 16384, 1 to 64 layers, and less than 64 GB of memory".to_owned(),
        });
    }
    fields::device::parse(&args.device).map_err(FwiError::Fields)?;
    Ok(block)
}

/// "2 -> 64 x 3 -> 1, sine".
#[must_use]
pub fn layers(a: &Architecture) -> String {
    format!("{} -> {} x {} -> {}, {:?}", a.inputs, a.width, a.layers, a.outputs, a.activation)
}
