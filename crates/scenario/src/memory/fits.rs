//! Memory of fits.

use document::KeyPath;

use super::{DOUBLE, Estimate, Need, network};
use crate::FitBlock;
use crate::plan::FitPlan;

/// Arrays of the target's size: its derivatives, those of the network, points, residuals and pictures.
const ARRAYS: f64 = 24.0;

/// What a scenario of fits needs.
#[must_use]
pub fn fits(plan: &FitPlan) -> Estimate {
    let samples = plan.target.grid.len();
    let needs = plan.fits.iter().enumerate().map(|(i, block)| {
        let at = KeyPath::of("fits").index(i).key("network");
        let (layers, width) = (block.network.layers, block.network.width);
        let points = block.batch.unwrap_or(samples);
        let what = format!("a network of {layers} layers of {width} units at {points} samples");
        let help = "make the network or its encoding smaller, or take a `batch` of the samples";
        Need { at, what, bytes: fit(block, samples), help }
    });
    Estimate::new(needs.collect(), ARRAYS * DOUBLE * samples as f64)
}

/// Bytes of one fit to that many samples, besides the program.
#[must_use]
pub fn fit(block: &FitBlock, samples: usize) -> f64 {
    let architecture = network::of(&block.network, 1);
    let points = block.batch.unwrap_or(samples);
    let trained = network::evaluation(&architecture, points, block.quantity.order());
    network::learnt(&architecture, &block.optimizer) + trained.max(network::scored(&architecture, samples))
}
