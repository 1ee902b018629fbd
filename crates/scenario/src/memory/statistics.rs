//! Memory of statistics.

use document::KeyPath;
use experiments::activations::run::architecture;

use super::{DOUBLE, Estimate, Need, SINGLE};
use crate::StatisticsBlock;
use crate::plan::StatisticsPlan;

/// Points of a block.
const BLOCK: f64 = 1024.0;

/// Units whose spectrum is taken.
const PROBED: usize = 32;

/// Arrays of the size of a layer's block, for each layer.
const ARRAYS: f64 = 2.2;

/// What a scenario of statistics needs.
#[must_use]
pub fn statistics(plan: &StatisticsPlan) -> Estimate {
    let needs = plan.scenario.activations.iter().enumerate().map(|(i, block)| {
        let at = KeyPath::of("activations").index(i).key("network");
        let (layers, width) = (block.network.layers, block.network.width);
        let what = format!("a network of {layers} layers of {width} units at {} samples", block.samples);
        Need { at, what, bytes: one(block), help: "make the network smaller, or take fewer `samples`" }
    });
    Estimate::new(needs.collect(), 0.0)
}

fn one(block: &StatisticsBlock) -> f64 {
    let Ok(architecture) = architecture(block) else { return f64::INFINITY };
    let (width, layers, samples) = (architecture.width, architecture.layers as f64, block.samples as f64);
    let parameters = architecture.parameter_count() as f64;
    let probed = width.min(PROBED) as f64;
    // The values of the probed units in all layers, and the spectra of one layer.
    let spectra = probed * samples * (SINGLE * layers + DOUBLE);
    3.0 * SINGLE * parameters + ARRAYS * SINGLE * BLOCK.min(samples) * width as f64 * layers + spectra
}
