//! Description and cost of a scenario of fits.

use document::numbers::{bytes, short};

use super::page::Page;
use crate::memory;
use crate::plan::FitPlan;
use experiments::fits::target::Target;

/// The explanation as text: target, networks, memory.
#[must_use]
pub fn fits(plan: &FitPlan) -> String {
    let longest = plan.fits.iter().map(|fit| fit.name.len() + 2).max().unwrap_or(0);
    let mut page = Page { text: String::new(), width: longest.max(15) };
    page.line("scenario", &plan.origin.name);
    let Target { grid, meaning, .. } = &plan.target;
    let fd::Domain { lo, hi, .. } = grid.domain();
    page.line(
        "grid",
        &format!(
            "{} x {} samples (z, x) of {} m: x {} to {} m, z {} to {} m",
            grid.nz(),
            grid.nx(),
            short(grid.spacing[0]),
            lo[0],
            hi[0],
            lo[1],
            hi[1]
        ),
    );
    let [least, most] = plan.target.range().map(short);
    page.line("target", &format!("{least} to {most}{}", meaning.suffix()));
    page.line("derivatives", &plan.target.reference());
    for fit in &plan.fits {
        let n = &fit.network;
        let parameters = fit.network.architecture(1).map_or(0, |a| a.parameter_count());
        let batch = fit.batch.map_or_else(|| "all samples".to_owned(), |batch| format!("{batch} samples"));
        page.line(
            &format!("fit {}", fit.name),
            &format!(
                "{} by 2 -> {} x {} -> 1, {:?}: {parameters} parameters, {} times smaller than the samples",
                fit.quantity.name(),
                n.width,
                n.layers,
                n.activation,
                short(grid.len() as f64 / parameters as f64)
            ),
        );
        page.line(
            "",
            &format!(
                "{} steps of {batch}, {}; {} of memory",
                fit.steps,
                fit.optimizer.name(),
                bytes(memory::fit(fit, grid.len()))
            ),
        );
    }
    page.line("memory", &memory::fits(plan).in_words());
    page.line("results", &plan.origin.directory.display().to_string());
    page.text
}
