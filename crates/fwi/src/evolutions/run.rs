//! Runs a scenario of waves in time: every method, its files, the report.

use std::path::Path;

use super::energy::energy;
use super::truth::Truth;
use super::{EvolutionMethodChoice, EvolutionProblem, Snapshots, pages};
use crate::atomic;
use crate::cli::ProgressArgs;
use crate::data_error::DataError;
use crate::error::FwiError;
use crate::plan::EvolutionsPlan;
use crate::scenario::EvolutionBlock;
use crate::summary::Status;
use crate::training_checkpoint::{CHECKPOINT, CheckpointFile};
use crate::watch;
use crate::wavefields::course::{Course, How};
use crate::wavefields::outcome::{FieldRow, FieldSummaries, FieldSummary, write_history};

/// The step of the first row of a history, and the ratio of consecutive steps.
const ROWS: (f64, f64) = (20.0, 1.2);

/// One method's result.
pub struct EvolutionOutcome {
    /// How it went; its error is that at the last time.
    pub summary: FieldSummary,
    /// The fields at the shown times, `[source][time][point]`.
    pub fields: Snapshots,
    /// Relative error at each time.
    pub errors: Vec<f64>,
    /// Energy relative to the true initial energy, at each time.
    pub energies: Vec<f64>,
    /// Error and residual during the run.
    pub history: Vec<FieldRow>,
}

/// What a report of waves in time shows.
pub struct EvolutionRun<'a> {
    /// The plan.
    pub plan: &'a EvolutionsPlan,
    /// The true fields.
    pub truth: Truth,
    /// Energy of the true fields relative to the initial energy.
    pub energies: Vec<f64>,
    /// The results, in the scenario's order.
    pub found: Vec<EvolutionOutcome>,
}

impl EvolutionRun<'_> {
    /// The entries of all methods.
    #[must_use]
    pub fn summaries(&self) -> Vec<FieldSummary> {
        self.found.iter().map(|outcome| outcome.summary.clone()).collect()
    }
}

/// Computes all wavefields and writes the run directory: `wavefield.png`, `times.csv` and `history.csv` for each,
/// `summary.json` and `report.html`.
///
/// # Errors
/// [`FwiError`].
pub fn run(
    plan: &EvolutionsPlan,
    resume: bool,
    progress: ProgressArgs,
) -> Result<EvolutionRun<'_>, FwiError> {
    watch::catch_interruption();
    let origin = &plan.origin;
    let directory = &origin.directory;
    atomic::check_writable(directory)?;
    atomic::write_bytes(&directory.join("scenario.yaml"), origin.text.as_bytes())?;
    let truth = Truth::new(&plan.problem, plan.reference_spacing)?;
    let m = plan.problem.velocity.sample(&plan.problem.shown)?.squared_slowness();
    let energies = |fields: &Snapshots| -> Vec<f64> {
        let of_pair = |k: usize| {
            fields
                .iter()
                .map(|u| energy(&plan.problem.shown, &m, &u[2 * k], &u[2 * k + 1], plan.lag))
                .sum::<f64>()
        };
        (0..plan.scenario.times.len()).map(of_pair).collect()
    };
    let true_energies = energies(&truth.fields);
    let start = true_energies[0];
    let over_start = |energies: Vec<f64>| energies.into_iter().map(|e| e / start).collect();
    let mut run = EvolutionRun { plan, truth, energies: over_start(true_energies), found: Vec::new() };
    for block in &plan.evolutions {
        let folder = directory.join(&block.name);
        let mut file = CheckpointFile::new(folder.join(CHECKPOINT), resume)?;
        let (summary, fields, history) = one(&plan.problem, block, &run.truth, &mut file, progress)?;
        if summary.status == Status::Diverged {
            eprintln!("error: {}: {}", block.name, summary.stopped_because);
        }
        let errors = run.truth.errors(&fields).into_iter().step_by(2).collect();
        let energies = over_start(energies(&fields));
        write_history(&folder.join("history.csv"), &history)?;
        let interrupted = summary.status == Status::Interrupted;
        run.found.push(EvolutionOutcome { summary, fields, errors, energies, history });
        let last = run.found.len() - 1;
        write_times(&folder.join("times.csv"), &run, last)?;
        atomic::write_bytes(&folder.join("wavefield.png"), &pages::figure(&run, &[last]).to_png())?;
        write_results(&run, directory)?;
        if interrupted {
            let resume = format!("fwi run {} --resume -o {}", origin.file.display(), directory.display());
            return Err(FwiError::Interrupted { resume });
        }
    }
    Ok(run)
}

fn write_results(run: &EvolutionRun, directory: &Path) -> Result<(), FwiError> {
    let name = &run.plan.origin.name;
    FieldSummaries::new(name, &run.truth.how, run.summaries()).write(&directory.join("summary.json"))?;
    atomic::write_bytes(&directory.join("report.html"), pages::html(run).as_bytes())?;
    Ok(())
}

/// Error and energy by time.
fn write_times(path: &Path, run: &EvolutionRun, index: usize) -> Result<(), DataError> {
    let mut text = "time_s,wavefield_relative_l2,energy,true_energy\n".to_owned();
    let found = &run.found[index];
    for (k, t) in run.plan.scenario.times.iter().enumerate() {
        text += &format!("{t},{:.6},{:.6},{:.6}\n", found.errors[k], found.energies[k], run.energies[k]);
    }
    atomic::write_bytes(path, text.as_bytes())
}

/// Computes the fields of one method and measures their errors.
fn one(
    problem: &EvolutionProblem,
    block: &EvolutionBlock,
    truth: &Truth,
    file: &mut CheckpointFile,
    progress: ProgressArgs,
) -> Result<(FieldSummary, Snapshots, Vec<FieldRow>), FwiError> {
    let at_end = |fields: &Snapshots| truth.errors(fields).last().copied();
    let how = How { rows: ROWS, words: |residual| format!("{residual:.2e}"), error: &at_end };
    let mut course = Course::new(&block.name, progress, how, file);
    let found = block.method.as_dyn().solve(problem, block, &mut course)?;
    let networks = matches!(block.method, EvolutionMethodChoice::Network(_));
    let device = fields::device::name(&fields::device::parse(if networks { &block.device } else { "cpu" })?);
    Ok(course.end(found, (block.method.name(), &device)))
}
