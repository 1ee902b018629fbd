//! The statistics of one network.

use std::time::Instant;

use fields::statistics::{LayerStatistics, Line, statistics};
use fields::{Architecture, FieldsError, Network};

use super::block::StatisticsBlock;
use super::outcome::{LayerSummary, NetworkSummary};

/// The statistics of one network.
#[derive(Debug, Clone)]
pub struct NetworkStatistics {
    /// Its block in the scenario.
    pub block: StatisticsBlock,
    /// Its numbers.
    pub summary: NetworkSummary,
    /// Its layers with an activation.
    pub layers: Vec<LayerStatistics>,
}

/// The network of a block: one input, one output.
///
/// # Errors
/// [`FieldsError::Architecture`].
pub fn architecture(block: &StatisticsBlock) -> Result<Architecture, FieldsError> {
    let architecture = Architecture { inputs: 1, ..block.network.architecture(1)? };
    architecture.check()?;
    Ok(architecture)
}

/// Computes the statistics of one network. `finished` receives the number of finished blocks of points and their total.
///
/// # Errors
/// [`FieldsError`] for a network that cannot be built.
pub fn measure(
    block: &StatisticsBlock,
    finished: &mut dyn FnMut([usize; 2]),
) -> Result<NetworkStatistics, FieldsError> {
    let started = Instant::now();
    let architecture = architecture(block)?;
    let network = Network::init(&architecture, block.seed, &fields::device::parse("cpu")?)?;
    let [from, to] = block.interval.map(|end| end + block.shift);
    let layers = statistics(&network, Line { from, to, samples: block.samples }, finished)?;
    let summary = NetworkSummary {
        name: block.name.clone(),
        activation: format!("{:?}", block.network.activation),
        parameters: architecture.parameter_count() as u64,
        wall_s: started.elapsed().as_secs_f64(),
        layers: layers.iter().map(LayerSummary::from).collect(),
    };
    Ok(NetworkStatistics { block: block.clone(), summary, layers })
}
