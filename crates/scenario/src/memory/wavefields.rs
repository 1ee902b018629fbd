//! Memory of wavefields.

use document::KeyPath;
use experiments::wavefields::WavefieldMethodChoice;
use experiments::wavefields::least_squares::{HiddenChoice, LeastSquares};
use fwi::forward::medium_solver::order_in;
use fwi::inversion::joint::strong::StrongForm;

use super::medium::{jets, terms};
use super::{COMPLEX, Estimate, Need, SINGLE, factorised, network};
use crate::plan::{DataSource, WavefieldsPlan};

/// Order of the finite differences that serve as the truth.
const ORDER: usize = 4;

/// Points on the edge of the box, where a network is small.
const EDGE: usize = 200;

/// Arrays of the fields that are compared: those of the truth, of the member and of its pictures.
const ARRAYS: f64 = 6.0;

/// What a scenario of wavefields needs.
#[must_use]
pub fn wavefields(plan: &WavefieldsPlan) -> Estimate {
    let sources = plan.problem.survey.sources.len();
    let mut needs: Vec<Need> = plan.wavefields.iter().enumerate().map(|(i, _)| member(plan, i)).collect();
    let uniform = plan.problem.velocity.uniform() == Some(plan.problem.background);
    let medium = &plan.problem.medium;
    let exact = match medium.is_plain() {
        true => plan.problem.velocity.disc().is_some() || uniform,
        false => uniform && medium.is_uniform(),
    };
    if !exact {
        let at = KeyPath::of("reference").key("spacing");
        let bytes = differences(plan, plan.reference_spacing, order_in(medium, ORDER));
        let what = "the reference by finite differences".to_owned();
        needs.push(Need { at, what, bytes, help: "raise `spacing`" });
    }
    if let Some(simulate) = plan.recorded.as_ref().and_then(|recorded| recorded.data.simulate.as_ref())
        && let DataSource::FiniteDifferences { grid, order, .. } = simulate.engine
    {
        let bytes = factorised(grid.shape, order, sources);
        let (at, what) = (KeyPath::of("data.simulate"), "the simulation of the data".to_owned());
        needs.push(Need { at, what, bytes, help: "raise the spacing of its grid" });
    }
    Estimate::new(needs, ARRAYS * COMPLEX * (plan.shown.len() * sources) as f64)
}

/// Finite differences on the grid of the scenario with another distance between nodes.
fn differences(plan: &WavefieldsPlan, spacing: f64, order: usize) -> f64 {
    let grid = &plan.problem.grid;
    let nodes = grid.shape.map(|n| ((n - 1) as f64 * grid.spacing[0] / spacing).round() as usize + 1);
    factorised(nodes, order, plan.problem.survey.sources.len())
}

fn member(plan: &WavefieldsPlan, index: usize) -> Need {
    let block = &plan.wavefields[index];
    let at = KeyPath::of("wavefields").index(index).key("method").key(block.method.name());
    let what = format!("the wavefield `{}`", block.name);
    match &block.method {
        WavefieldMethodChoice::FiniteDifferences(settings) => {
            let spacing = settings.spacing.unwrap_or(plan.problem.grid.spacing[0]);
            let bytes = differences(plan, spacing, settings.order);
            Need { at: at.key("spacing"), what, bytes, help: "raise `spacing`" }
        }
        WavefieldMethodChoice::LeastSquares(settings) => {
            let [columns, rows] = equations(plan, settings);
            let what = format!("{what} ({columns} functions, {rows:.0} equations)");
            let bytes = projected::<num_complex::Complex64>(columns as usize, rows);
            let help = "take fewer functions, or less `oversampling`";
            Need { at: at.key("hidden"), what, bytes, help }
        }
        WavefieldMethodChoice::Network(settings) => {
            let outputs = plan.problem.network_outputs();
            let architecture = network::of(&settings.network, outputs);
            let order = jets(&plan.problem.medium);
            let points = settings.points + EDGE;
            // Coefficients of the residual at each point: of its terms, and of each source.
            let set = (settings.points * (terms(&plan.problem.medium) + outputs / 2)) as f64 * 2.0 * SINGLE;
            let sets = settings.pool.min(settings.steps).max(1) as f64;
            let mut bytes = network::learnt(&architecture, &settings.optimizer)
                + network::evaluation(&architecture, points, order)
                + sets * set;
            if let Some(equations) = &settings.projection {
                let columns = settings.network.width;
                let body = if plan.problem.body().is_some() { columns } else { 0 };
                let rows = equations.oversampling * (columns + body) as f64 + columns as f64 / 3.0;
                bytes += projected::<num_complex::Complex64>(columns, rows);
            }
            let what = format!("{what} ({sets} sets of {} points)", settings.points);
            let help = "take fewer `points`, a smaller `pool`, or a smaller network";
            Need { at: at.key("network"), what, bytes, help }
        }
    }
}

/// The equations of a sum of functions, the matrix that is factorised, its reflectors and its triangle.
pub(super) fn projected<T>(columns: usize, rows: f64) -> f64 {
    size_of::<T>() as f64 * columns as f64 * 3.0 * (rows + columns as f64)
}

/// The functions of a sum, and the equations for their weights.
fn equations(plan: &WavefieldsPlan, settings: &LeastSquares) -> [f64; 2] {
    let problem = &plan.problem;
    let hidden = match &settings.hidden {
        HiddenChoice::PlaneWaves { count, .. } => *count,
        HiddenChoice::Network(network) => network.width,
    };
    let gaussians = match settings.form {
        StrongForm::Total => settings.gaussians * problem.survey.sources.len(),
        StrongForm::Scattered => 0,
    };
    let kinks = if problem.body().is_some() { settings.kinks } else { 0 };
    let columns = hidden + gaussians + 2 * settings.layer_kinks + kinks;
    let points = settings.equations.oversampling * (columns + kinks) as f64;
    let rows = points + columns as f64 / 3.0 + problem.survey.receivers.count() as f64;
    [columns as f64, rows]
}
