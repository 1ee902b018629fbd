//! A scenario of waves in time: every method, its files, the report.

use std::path::Path;
use std::time::{Duration, Instant};

use super::energy::energy;
use super::truth::Truth;
use super::{EvolutionProblem, Evolved, Snapshots, pages};
use crate::atomic;
use crate::bench::cpu_seconds;
use crate::cli::ProgressArgs;
use crate::data_error::DataError;
use crate::error::FwiError;
use crate::plan::EvolutionsPlan;
use crate::scenario::EvolutionBlock;
use crate::summary::Status;
use crate::watch;
use crate::wavefields::outcome::{FieldMetrics, FieldRow, FieldSummaries, FieldSummary, write_history};

/// Rows of a history: steps 1, 2, 3, ... times a fifth of what is done.
const ROW_RATIO: f64 = 1.2;

/// One method's result.
pub struct EvolutionOutcome {
    /// How it went; its error is that at the last time.
    pub summary: FieldSummary,
    /// The fields at the shown times, `[source][time][point]`.
    pub fields: Snapshots,
    /// Relative error at each time.
    pub errors: Vec<f64>,
    /// Energy over the true energy at the start, at each time.
    pub energies: Vec<f64>,
    /// Error and residual while it ran.
    pub history: Vec<FieldRow>,
}

/// What a report of waves in time shows.
pub struct EvolutionRun<'a> {
    /// The plan.
    pub plan: &'a EvolutionsPlan,
    /// The true fields.
    pub truth: Truth,
    /// Energy of the true fields over that at the start.
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

/// Computes all wavefields and writes the run directory: for each `wavefield.png`, `times.csv` and `history.csv`; and
/// `summary.json` and `report.html`.
///
/// # Errors
/// [`FwiError`].
pub fn run(plan: &EvolutionsPlan, progress: ProgressArgs) -> Result<EvolutionRun<'_>, FwiError> {
    watch::catch_interruption();
    let origin = &plan.origin;
    let directory = &origin.directory;
    atomic::check_writable(directory)?;
    atomic::write_bytes(&directory.join("scenario.yaml"), origin.text.as_bytes())?;
    let truth = Truth::new(&plan.problem, plan.reference_spacing)?;
    let m = plan.problem.sampled(&plan.problem.shown)?.squared_slowness();
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
        let (summary, fields, history) = one(&plan.problem, block, &run.truth, progress)?;
        if summary.status == Status::Diverged {
            eprintln!("error: {}: {}", block.name, summary.stopped_because);
        }
        let errors = run.truth.errors(&fields).into_iter().step_by(2).collect();
        let energies = over_start(energies(&fields));
        let folder = directory.join(&block.name);
        write_history(&folder.join("history.csv"), &history)?;
        let interrupted = summary.status == Status::Interrupted;
        run.found.push(EvolutionOutcome { summary, fields, errors, energies, history });
        let last = run.found.len() - 1;
        write_times(&folder.join("times.csv"), &run, last)?;
        atomic::write_bytes(&folder.join("wavefield.png"), &pages::figure(&run, &[last]).to_png())?;
        write_results(&run, directory)?;
        if interrupted {
            let resume = format!("fwi run {} -o {}", origin.file.display(), directory.display());
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

/// Computes the fields of one method and measures them.
fn one(
    problem: &EvolutionProblem,
    block: &EvolutionBlock,
    truth: &Truth,
    progress: ProgressArgs,
) -> Result<(FieldSummary, Snapshots, Vec<FieldRow>), FwiError> {
    let (started, cpu) = (Instant::now(), cpu_seconds());
    let (mut measuring, mut cpu_measuring) = (Duration::ZERO, 0.0);
    let (mut history, mut next, mut said) = (Vec::<FieldRow>::new(), 20.0, Instant::now());
    let at_end = |fields: &Snapshots| truth.errors(fields).last().copied();
    let mut watch = |step: u64, residual: f64, fields: &dyn Fn() -> Snapshots| {
        if step as f64 >= next {
            next = step as f64 * ROW_RATIO;
            let (begun, cpu) = (Instant::now(), cpu_seconds());
            let error = at_end(&fields());
            measuring += begun.elapsed();
            cpu_measuring += cpu_seconds() - cpu;
            let wall_s = (started.elapsed() - measuring).as_secs_f64();
            history.push(FieldRow { step, wall_s, residual: Some(residual), wavefield_relative_l2: error });
        }
        if !progress.quiet && said.elapsed() > Duration::from_secs(10) {
            said = Instant::now();
            let error = history.last().and_then(|row| row.wavefield_relative_l2);
            let error = error.map_or_else(String::new, |e| format!(", error {:.2} %", 100.0 * e));
            eprintln!("{}: step {step}, residual {residual:.2e}{error}", block.name);
        }
        watch::interrupted()
    };
    let found: Evolved = block.method.as_dyn().solve(problem, block, &mut watch)?;
    let wall_s = (started.elapsed() - measuring).as_secs_f64();
    let cpu_s = cpu_seconds() - cpu - cpu_measuring;
    let error = at_end(&found.fields);
    let metrics = FieldMetrics { wavefield_relative_l2: error, residual: found.residual };
    history.push(FieldRow {
        step: found.steps,
        wall_s,
        residual: found.residual,
        wavefield_relative_l2: error,
    });
    let summary = FieldSummary {
        name: block.name.clone(),
        method: block.method.name().to_owned(),
        status: found.status,
        steps: found.steps,
        stopped_because: found.stopped_because,
        wall_s,
        cpu_s,
        device: block.device.clone(),
        unknowns: found.unknowns,
        metrics,
    };
    Ok((summary, found.fields, history))
}
