//! A scenario of wavefields: every method, its files, the report.

use std::path::Path;

use fd::Grid;

use super::course::{Course, How};
use super::outcome::{FieldRow, FieldSummaries, FieldSummary, write_history};
use super::truth::Truth;
use super::{Fields, WavefieldMethodChoice, WavefieldProblem, pages, pictures, recorded};
use crate::cli::ProgressArgs;
use crate::error::FwiError;
use crate::plan::WavefieldsPlan;
use crate::scenario::WavefieldBlock;
use crate::summary::Status;
use crate::training_checkpoint::{CHECKPOINT, CheckpointFile};
use crate::watch;
use survey::atomic;
use survey::model_io::ComplexField;

/// The step of the first row of a history, and the ratio of each to the one before.
const ROWS: (f64, f64) = (1.0, 1.1);

/// What a report of wavefields shows.
pub struct FieldRun {
    /// The scenario's name.
    pub name: String,
    /// Its text.
    pub text: String,
    /// One paragraph on what it is about.
    pub description: String,
    /// Where the fields are shown.
    pub grid: Grid,
    /// The true fields.
    pub truth: Truth,
    /// The fields, in the scenario's order.
    pub found: Vec<(FieldSummary, Fields, Vec<FieldRow>)>,
    /// Facts in the order shown.
    pub facts: Vec<(String, String)>,
}

impl FieldRun {
    /// The entries of all wavefields.
    #[must_use]
    pub fn summaries(&self) -> Vec<FieldSummary> {
        self.found.iter().map(|(summary, _, _)| summary.clone()).collect()
    }

    /// The source whose fields are shown: the middle one.
    #[must_use]
    pub fn shown_source(&self) -> usize {
        self.truth.fields.len() / 2
    }
}

/// Computes all wavefields and writes the run directory: for each `wavefield.h5`, `wavefield.png` and `history.csv`;
/// `true-wavefield.h5`, `summary.json` and `report.html`.
///
/// # Errors
/// [`FwiError`].
pub fn run(plan: &WavefieldsPlan, resume: bool, progress: ProgressArgs) -> Result<FieldRun, FwiError> {
    watch::catch_interruption();
    let origin = &plan.origin;
    let directory = &origin.directory;
    atomic::check_writable(directory)?;
    atomic::write_bytes(&directory.join("scenario.yaml"), origin.text.as_bytes())?;
    let problem = &recorded::with_data(plan, progress.quiet)?;
    let frequency = problem.omega / std::f64::consts::TAU;
    let mut run = FieldRun {
        name: origin.name.clone(),
        text: origin.text.clone(),
        description: origin.description(),
        grid: plan.shown,
        truth: Truth::new(problem, plan.reference_spacing, plan.exclude)?,
        found: Vec::new(),
        facts: vec![
            ("frequency".to_owned(), format!("{} Hz", survey::ticks::significant(frequency, 5))),
            ("sources".to_owned(), problem.survey.sources.len().to_string()),
            ("threads".to_owned(), rayon::current_num_threads().to_string()),
            ("version".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
        ],
    };
    let shot = run.shown_source();
    let field =
        |fields: &Fields| ComplexField { grid: plan.shown, values: fields[shot].clone(), frequency, shot };
    field(&run.truth.fields).write(&directory.join("true-wavefield.h5"))?;
    for block in &plan.wavefields {
        let folder = directory.join(&block.name);
        let mut file = CheckpointFile::new(folder.join(CHECKPOINT), resume)?;
        let (summary, found, history) = one(problem, block, &run.truth, &mut file, progress)?;
        if summary.status == Status::Diverged {
            eprintln!("error: {}: {}", block.name, summary.stopped_because);
        }
        field(&found).write(&folder.join("wavefield.h5"))?;
        write_history(&folder.join("history.csv"), &history)?;
        let interrupted = summary.status == Status::Interrupted;
        run.found.push((summary, found, history));
        let picture = pictures::figure(&run, &[run.found.len() - 1]);
        atomic::write_bytes(&folder.join("wavefield.png"), &picture.to_png())?;
        write_results(&run, directory)?;
        if interrupted {
            let resume = format!("fwi run {} --resume -o {}", origin.file.display(), directory.display());
            return Err(FwiError::Interrupted { resume });
        }
    }
    Ok(run)
}

fn write_results(run: &FieldRun, directory: &Path) -> Result<(), FwiError> {
    FieldSummaries::new(&run.name, &run.truth.how, run.summaries()).write(&directory.join("summary.json"))?;
    atomic::write_bytes(&directory.join("report.html"), pages::html(run).as_bytes())?;
    Ok(())
}

/// Computes the fields of one method and measures them.
fn one(
    problem: &WavefieldProblem,
    block: &WavefieldBlock,
    truth: &Truth,
    file: &mut CheckpointFile,
    progress: ProgressArgs,
) -> Result<(FieldSummary, Fields, Vec<FieldRow>), FwiError> {
    let words = |residual: f64| format!("{:.2} %", 100.0 * residual);
    let error = |fields: &Fields| truth.error(fields);
    let mut course = Course::new(&block.name, progress, How { rows: ROWS, words, error: &error }, file);
    // The receivers behind the points that are compared and shown.
    let mut asked = problem.clone();
    asked.points.extend_from_slice(if problem.recorded.is_some() {
        problem.survey.receivers.common()
    } else {
        &[]
    });
    let found = block.method.as_dyn().solve(&asked, block, &mut course)?;
    let networks = matches!(block.method, WavefieldMethodChoice::Network(_));
    let device = fields::device::name(&fields::device::parse(if networks { &block.device } else { "cpu" })?);
    let (mut summary, mut fields, history) = course.end(found, (block.method.name(), &device));
    let at_receivers: Fields = fields.iter_mut().map(|u| u.split_off(problem.points.len())).collect();
    summary.metrics.data_misfit_relative = recorded::misfit(problem, &at_receivers);
    Ok((summary, fields, history))
}
