//! Description and cost of a scenario of activation statistics.

use document::numbers::short;

use super::page::Page;
use crate::memory;
use crate::plan::StatisticsPlan;
use experiments::activations::run::architecture;

/// The explanation as text: networks, inputs, memory.
#[must_use]
pub fn statistics(plan: &StatisticsPlan) -> String {
    let blocks = &plan.scenario.activations;
    let longest = blocks.iter().map(|block| block.name.len() + 2).max().unwrap_or(0);
    let mut page = Page { text: String::new(), width: longest.max(15) };
    page.line("scenario", &plan.origin.name);
    for block in blocks {
        let n = &block.network;
        let parameters = architecture(block).map_or(0, |a| a.parameter_count());
        let [from, to] = block.interval.map(|end| short(end + block.shift));
        page.line(
            &block.name,
            &format!(
                "1 -> {} x {} -> 1, {:?}: {parameters} parameters, on a grid of {} inputs from {from} to {to}",
                n.width,
                n.layers,
                n.activation,
                block.samples
            ),
        );
    }
    page.line("memory", &memory::statistics(plan).in_words());
    page.line("results", &plan.origin.directory.display().to_string());
    page.text
}
