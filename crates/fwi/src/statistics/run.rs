//! A scenario of statistics: every network, the report.

use std::time::Instant;

use fields::statistics::{LayerStatistics, Line, statistics};
use fields::{Architecture, FieldsError, Network};

use super::outcome::{LayerSummary, NetworkSummary, StatisticsSummary};
use super::pages;
use crate::atomic;
use crate::cli::ProgressArgs;
use crate::error::FwiError;
use crate::figure::chart_figure;
use crate::plan::StatisticsPlan;
use crate::scenario::StatisticsBlock;
use crate::watch;

/// One network, looked at.
#[derive(Debug, Clone)]
pub struct Looked {
    /// What was asked for.
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

/// Looks at one network.
///
/// # Errors
/// [`FieldsError`] for a network that cannot be built.
pub fn look(block: &StatisticsBlock) -> Result<Looked, FieldsError> {
    let started = Instant::now();
    let architecture = architecture(block)?;
    let network = Network::init(&architecture, block.seed, &fields::device::parse("cpu")?)?;
    let [from, to] = block.interval.map(|end| end + block.shift);
    let layers = statistics(&network, Line { from, to, samples: block.samples })?;
    let summary = NetworkSummary {
        name: block.name.clone(),
        activation: format!("{:?}", block.network.activation),
        parameters: architecture.parameter_count() as u64,
        wall_s: started.elapsed().as_secs_f64(),
        layers: layers.iter().map(LayerSummary::from).collect(),
    };
    Ok(Looked { block: block.clone(), summary, layers })
}

/// Looks at all networks and writes the run directory: `<name>.png` for each network, `summary.json` and `report.html`.
///
/// # Errors
/// [`FwiError`].
pub fn run(plan: &StatisticsPlan, progress: ProgressArgs) -> Result<StatisticsSummary, FwiError> {
    watch::catch_interruption();
    let origin = &plan.origin;
    atomic::check_writable(&origin.directory)?;
    atomic::write_bytes(&origin.directory.join("scenario.yaml"), origin.text.as_bytes())?;
    let mut networks: Vec<Looked> = Vec::new();
    for block in &plan.scenario.activations {
        if watch::interrupted() {
            let resume = format!("fwi run {} -o {}", origin.file.display(), origin.directory.display());
            return Err(FwiError::Interrupted { resume });
        }
        let looked = look(block)?;
        if !progress.quiet {
            eprintln!("{}: finished after {:.1} s", block.name, looked.summary.wall_s);
        }
        for (name, chart) in pages::last_layer(&looked) {
            let path = origin.directory.join(format!("{}-{name}.png", block.name));
            atomic::write_bytes(&path, &chart_figure(&chart).to_png())?;
        }
        networks.push(looked);
        let summaries = networks.iter().map(|looked| looked.summary.clone()).collect();
        StatisticsSummary::new(&origin.name, summaries).write(&origin.directory.join("summary.json"))?;
        let page = pages::html(origin, &networks);
        atomic::write_bytes(&origin.directory.join("report.html"), page.as_bytes())?;
    }
    let summaries = networks.into_iter().map(|looked| looked.summary).collect();
    Ok(StatisticsSummary::new(&origin.name, summaries))
}
