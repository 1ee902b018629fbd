//! Description and cost of a scenario of wavefields.

use document::numbers::short;

use super::page::Page;
use crate::memory;
use crate::plan::WavefieldsPlan;
use experiments::wavefields::WavefieldMethodChoice;
use experiments::wavefields::least_squares::HiddenChoice;
use fwi::inversion::joint::strong::StrongForm;

/// The explanation as text: grid, waves, methods.
#[must_use]
pub fn wavefields(plan: &WavefieldsPlan) -> String {
    let longest = plan.wavefields.iter().map(|field| field.name.len() + 10).max().unwrap_or(0);
    let mut page = Page { text: String::new(), width: longest.max(15) };
    let problem = &plan.problem;
    page.line("scenario", &plan.origin.name);
    let fd::Domain { lo, hi, .. } = problem.grid.domain();
    page.line(
        "grid",
        &format!(
            "x {} to {} m, z {} to {} m, absorbing layers of {} m inside",
            lo[0],
            hi[0],
            lo[1],
            hi[1],
            short(problem.pml.thickness)
        ),
    );
    let wavelength = std::f64::consts::TAU / problem.wavenumber();
    page.line(
        "waves",
        &format!(
            "{} Hz, wavelength {} m in the background of {} m/s",
            short(problem.omega / std::f64::consts::TAU),
            short(wavelength),
            short(problem.background)
        ),
    );
    super::medium::lines(&problem.medium, &mut page);
    page.line(
        "compared",
        &format!(
            "{} points {} m apart, at least {} m from the sources",
            plan.shown.len(),
            short(plan.shown.spacing[0]),
            short(plan.exclude)
        ),
    );
    let sources = problem.survey.sources.len();
    if let Some(recorded) = &plan.recorded {
        let from = if recorded.data.simulate.is_some() { "simulated, " } else { "" };
        let path = recorded.data.path.display();
        let receivers = problem.survey.receivers.count();
        page.line("data", &format!("{sources} sources, {receivers} receivers; {from}{path}"));
    }
    for field in &plan.wavefields {
        let form = match field.method.as_dyn().form() {
            StrongForm::Total => "total field",
            StrongForm::Scattered => "scattered field",
        };
        let text = match &field.method {
            WavefieldMethodChoice::FiniteDifferences(settings) => {
                let spacing = settings.spacing.unwrap_or(problem.grid.spacing[0]);
                format!("order {}, nodes {} m apart", settings.order, short(spacing))
            }
            WavefieldMethodChoice::LeastSquares(settings) => {
                let hidden = match &settings.hidden {
                    HiddenChoice::PlaneWaves { count, .. } => format!("{count} plane waves"),
                    HiddenChoice::Network(network) => format!("{} units of a network", network.width),
                };
                format!(
                    "{form}: {hidden}, {} Gaussians per source, {} functions with kinks",
                    if settings.form == StrongForm::Total { settings.gaussians } else { 0 },
                    settings.kinks
                )
            }
            WavefieldMethodChoice::Network(settings) => {
                let n = &settings.network;
                let parameters = n.architecture(problem.network_outputs()).map_or(0, |a| a.parameter_count());
                format!(
                    "{form}: 2 -> {} x {} -> {}, {:?}, {parameters} parameters; {} steps of {} points, {}",
                    n.width,
                    n.layers,
                    problem.network_outputs(),
                    n.activation,
                    settings.steps,
                    settings.points,
                    settings.optimizer.name()
                )
            }
        };
        let weight = field.method.as_dyn().equations().map_or(0.0, |(_, equations)| equations.data_weight);
        let text = if weight > 0.0 { format!("{text}; data with weight {}", short(weight)) } else { text };
        page.line(&format!("wavefield {}", field.name), &text);
    }
    page.line("memory", &memory::wavefields(plan).in_words());
    page.line("results", &plan.origin.directory.display().to_string());
    page.text
}
