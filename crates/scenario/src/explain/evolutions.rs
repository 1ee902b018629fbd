//! Description and cost of a scenario of waves in time.

use document::numbers::short;

use super::page::Page;
use crate::memory;
use crate::plan::EvolutionsPlan;
use experiments::evolutions::EvolutionMethodChoice;

/// The explanation as text: box, waves, methods.
#[must_use]
pub fn evolutions(plan: &EvolutionsPlan) -> String {
    let longest = plan.evolutions.iter().map(|block| block.name.len() + 10).max().unwrap_or(0);
    let mut page = Page { text: String::new(), width: longest.max(15) };
    let problem = &plan.problem;
    page.line("scenario", &plan.origin.name);
    let fd::Domain { lo, hi, .. } = problem.shown.domain();
    page.line("grid", &format!("x {} to {} m, z {} to {} m", lo[0], hi[0], lo[1], hi[1]));
    page.line("velocity", &format!("{} to {} m/s", short(problem.slowest), short(problem.fastest)));
    let pulse = problem.pulses[0];
    page.line(
        "pulses",
        &format!(
            "{} of {} Pa, {} m wide, at rest at t = 0",
            problem.pulses.len(),
            short(pulse.amplitude),
            short(pulse.variance.sqrt())
        ),
    );
    page.line(
        "compared",
        &format!(
            "{} points {} m apart, at {} times up to {} s",
            problem.shown.len(),
            short(problem.shown.spacing[0]),
            plan.scenario.times.len(),
            short(plan.scenario.times[plan.scenario.times.len() - 1])
        ),
    );
    for block in &plan.evolutions {
        let text = match &block.method {
            EvolutionMethodChoice::FiniteDifferences(settings) => {
                format!("order {}, nodes {} m apart", settings.order, short(settings.spacing))
            }
            EvolutionMethodChoice::StandingWaves(settings) => format!(
                "{} standing waves fitted to {} points at t = 0, by least squares",
                settings.count, settings.start_points
            ),
            EvolutionMethodChoice::Network(settings) => {
                let (n, outputs) = (&settings.network, problem.pulses.len());
                let parameters = n
                    .architecture(outputs)
                    .map_or(0, |a| fields::Architecture { inputs: 3, ..a }.parameter_count());
                format!(
                    "3 -> {} x {} -> {outputs}, {:?}, {parameters} parameters; {} steps of {} points, {}",
                    n.width,
                    n.layers,
                    n.activation,
                    settings.steps,
                    settings.points,
                    settings.optimizer.name()
                )
            }
        };
        page.line(&format!("evolution {}", block.name), &text);
    }
    page.line("memory", &memory::evolutions(plan).in_words());
    page.line("results", &plan.origin.directory.display().to_string());
    page.text
}
