//! Runs a scenario of fits: every network, its files, the report.

use std::io::IsTerminal;
use std::path::Path;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::outcome::{FitRow, FitSummaries, FitSummary, write_history};
use super::pictures;
use super::target::Target;
use super::training::{Fitted, fit};
use crate::atomic;
use crate::cli::{LogFormat, ProgressArgs};
use crate::error::FwiError;
use crate::export::{self, Sampled};
use crate::field_network::FieldNetwork;
use crate::model::Model;
use crate::plan::FitPlan;
use crate::scenario::FitBlock;
use crate::scenario::fits::Quantity;
use crate::summary::Status;
use crate::training_checkpoint::{CHECKPOINT, CheckpointFile};
use crate::watch;

/// What a report of fits shows.
#[derive(Debug, Clone)]
pub struct FitRun {
    /// The scenario's name.
    pub name: String,
    /// Its text.
    pub text: String,
    /// One paragraph of description.
    pub description: String,
    /// The target.
    pub target: Target,
    /// The fits, in the scenario's order.
    pub fits: Vec<(FitSummary, Fitted)>,
    /// Facts in the order shown.
    pub facts: Vec<(String, String)>,
}

impl FitRun {
    /// Its `summary.json`.
    #[must_use]
    pub fn summary(&self) -> FitSummaries {
        let fits = self.fits.iter().map(|(summary, _)| summary.clone()).collect();
        FitSummaries::new(&self.name, self.target.reference(), fits)
    }
}

/// Runs all fits and writes the run directory: for each fit `network.safetensors`, `history.csv`, `fit.png` and, for
/// a velocity, `model.h5`; also one figure per quantity, `summary.json` and `report.html`.
///
/// # Errors
/// [`FwiError`].
pub fn run(plan: &FitPlan, resume: bool, progress: ProgressArgs) -> Result<FitRun, FwiError> {
    watch::catch_interruption();
    let origin = &plan.origin;
    let directory = &origin.directory;
    atomic::check_writable(directory)?;
    atomic::write_bytes(&directory.join("scenario.yaml"), origin.text.as_bytes())?;
    let mut run = FitRun {
        name: origin.name.clone(),
        text: origin.text.clone(),
        description: origin.description(),
        target: plan.target.clone(),
        fits: Vec::new(),
        facts: vec![
            ("threads".to_owned(), rayon::current_num_threads().to_string()),
            ("version".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
        ],
    };
    for block in &plan.fits {
        let mut said = Said::new(&block.name, block.steps, progress);
        let mut file = CheckpointFile::new(directory.join(&block.name).join(CHECKPOINT), resume)?;
        let mut tell = |step: u64, misfit: f64, row: Option<&FitRow>| said.after(step, misfit, row);
        let fitted = fit(&run.target, block, &mut file, &mut tell)?;
        said.end();
        if fitted.status == Status::Diverged {
            eprintln!("error: {}: {}", block.name, fitted.stopped_because);
        }
        write_fit(plan, block, &fitted)?;
        run.fits.push((summary(&run.target, block, &fitted), fitted));
        write_results(&run, directory)?;
        if run.fits.last().is_some_and(|(summary, _)| summary.status == Status::Interrupted) {
            let resume = format!("fwi run {} --resume -o {}", origin.file.display(), directory.display());
            return Err(FwiError::Interrupted { resume });
        }
    }
    Ok(run)
}

/// The entry of a fit in `summary.json`.
#[must_use]
pub fn summary(target: &Target, block: &FitBlock, fitted: &Fitted) -> FitSummary {
    let parameters = fitted.field.network.architecture().parameter_count();
    FitSummary {
        name: block.name.clone(),
        quantity: block.quantity,
        status: fitted.status,
        steps: fitted.steps,
        stopped_because: fitted.stopped_because.clone(),
        wall_s: fitted.wall_s,
        cpu_s: fitted.cpu_s,
        device: block.device.clone(),
        parameters: parameters as u64,
        compression: target.grid.len() as f64 / parameters as f64,
        metrics: fitted.score,
    }
}

fn write_fit(plan: &FitPlan, block: &FitBlock, fitted: &Fitted) -> Result<(), FwiError> {
    let folder = plan.origin.directory.join(&block.name);
    fitted.field.write(&folder.join("network.safetensors"))?;
    write_history(&folder.join("history.csv"), &fitted.history)?;
    let shown = [(block.name.as_str(), &fitted.at, &fitted.score)];
    atomic::write_bytes(&folder.join("fit.png"), &pictures::figure(&plan.target, &shown).to_png())?;
    let sampled = Sampled {
        model: Model { grid: plan.target.grid, vp: fitted.at.value.clone() },
        meaning: plan.target.meaning,
        derivatives: Some(fitted.at.clone()),
    };
    if plan.target.meaning == crate::array::Meaning::Velocity {
        sampled.write_hdf5(&folder.join("model.h5"))?;
    }
    for format in &plan.scenario.outputs.formats {
        let exporter = export::exporter(format.name())?;
        let path = folder.join(format!("export.{}", exporter.extension));
        let sampled = match plan.scenario.outputs.spacing {
            Some(spacing) => sample(&fitted.field, spacing, &path)?,
            None => sampled.clone(),
        };
        export::export(&sampled, format.name(), &path)?;
    }
    Ok(())
}

/// A network on a grid with another spacing (m) over the box of its fit, with its derivatives.
///
/// # Errors
/// [`DataError::Range`](crate::data_error::DataError::Range) for a spacing that does not fit twice into the box.
pub fn sample(field: &FieldNetwork, spacing: f64, path: &Path) -> Result<Sampled, FwiError> {
    let grid = Model::uniform(field.grid(path)?, 0.0).resample(spacing)?.grid;
    let points: Vec<[f64; 2]> = grid.points().collect();
    let at = field.evaluate(&points);
    let model = Model { grid, vp: at.value.clone() };
    Ok(Sampled { model, meaning: field.frame.meaning, derivatives: Some(at) })
}

fn write_results(run: &FitRun, directory: &Path) -> Result<(), FwiError> {
    for quantity in Quantity::ALL {
        let fits: Vec<_> = (run.fits.iter())
            .filter(|(summary, _)| summary.quantity == quantity)
            .map(|(summary, fitted)| (summary.name.as_str(), &fitted.at, &fitted.score))
            .collect();
        if !fits.is_empty() {
            let path = directory.join(format!("fitted-{}.png", quantity.name()));
            atomic::write_bytes(&path, &pictures::figure(&run.target, &fits).to_png())?;
        }
    }
    run.summary().write(&directory.join("summary.json"))?;
    atomic::write_bytes(&directory.join("report.html"), super::pages::html(run).as_bytes())?;
    Ok(())
}

/// Progress messages of a fit.
pub struct Said<'a> {
    name: &'a str,
    steps: usize,
    args: ProgressArgs,
    bar: Option<ProgressBar>,
    started: Instant,
    last: Instant,
    psnr: Option<f64>,
}

impl<'a> Said<'a> {
    /// The progress of a fit with this number of steps.
    #[must_use]
    pub fn new(name: &'a str, steps: usize, args: ProgressArgs) -> Said<'a> {
        let terminal = std::io::stderr().is_terminal() && !args.quiet && args.log == LogFormat::Text;
        let bar = terminal.then(|| {
            let template = "{prefix:>12} [{bar:30}] {pos}/{len} {per_sec} left {eta} {msg}";
            let style =
                ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
            ProgressBar::new(steps as u64).with_style(style).with_prefix(name.to_owned())
        });
        let now = Instant::now();
        Said { name, steps, args, bar, started: now, last: now, psnr: None }
    }

    /// Reports the progress of the fit from time to time. Returns whether Ctrl-C has been pressed.
    pub fn after(&mut self, step: u64, misfit: f64, row: Option<&FitRow>) -> bool {
        self.psnr = row.and_then(|row| row.psnr_db).or(self.psnr);
        let psnr = self.psnr.map_or_else(String::new, |psnr| format!(", PSNR {psnr:.1} dB"));
        if let Some(bar) = &self.bar {
            bar.set_position(step);
            bar.set_message(format!("misfit {:.2} %{psnr}", 100.0 * misfit));
        } else if !self.args.quiet && self.last.elapsed() > Duration::from_secs(10) {
            self.last = Instant::now();
            let seconds = self.started.elapsed().as_secs_f64();
            match self.args.log {
                LogFormat::Text => eprintln!(
                    "{}: step {step} of {}, misfit {:.2} %{psnr}, {seconds:.0} s",
                    self.name,
                    self.steps,
                    100.0 * misfit
                ),
                LogFormat::Json => eprintln!(
                    "{}",
                    serde_json::json!({"fit": self.name, "step": step, "steps": self.steps,
                        "misfit_relative": misfit, "psnr_db": self.psnr, "wall_s": seconds})
                ),
            }
        }
        watch::interrupted()
    }

    /// Removes the progress bar, or reports the time taken.
    pub fn end(self) {
        match self.bar {
            Some(bar) => bar.finish_and_clear(),
            None if !self.args.quiet && self.args.log == LogFormat::Text => {
                eprintln!("{}: finished after {:.1} s", self.name, self.started.elapsed().as_secs_f64());
            }
            None => {}
        }
    }
}
