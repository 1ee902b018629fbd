//! What is seen of an inversion while it runs: progress, history, checkpoints, interruption.

use std::io::IsTerminal;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::checkpoint;
use crate::cli::{LogFormat, ProgressArgs};
use crate::history::HistoryRow;
use crate::inversion::{Observer, Progress, Resume, Snapshot, StopReason};

/// Set by Ctrl-C.
static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// From one checkpoint to the next.
pub(crate) const EVERY: Duration = Duration::from_secs(20);

/// Most rows of a history.
const HISTORY_ROWS: usize = 400;
/// Rows of a history that hold the error of the velocity, which costs an evaluation of the model.
const MODEL_ROWS: usize = 40;

/// Makes Ctrl-C end the running inversion with a checkpoint; a second one ends the program at once.
pub fn catch_interruption() {
    // A second registration in one process (as in tests) keeps the first.
    let _ = ctrlc::set_handler(|| {
        if INTERRUPTED.swap(true, Ordering::SeqCst) {
            std::process::exit(130);
        }
    });
}

/// Whether Ctrl-C has been pressed.
#[must_use]
pub fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::SeqCst)
}

/// Watches one inversion.
pub struct Watch<'a> {
    name: &'a str,
    args: ProgressArgs,
    bar: Option<ProgressBar>,
    started: Instant,
    said: Instant,
    saved: Instant,
    folder: PathBuf,
    resume: Option<Resume>,
    error_of: &'a dyn Fn(&[f64]) -> Option<f64>,
    /// The history so far.
    pub history: Vec<HistoryRow>,
    /// The last model that was looked at, m/s.
    pub last_model: Option<Vec<f64>>,
    /// A checkpoint that could not be written, said once.
    warned: bool,
}

impl<'a> Watch<'a> {
    /// A watch of the inversion `name`, whose checkpoints go to `folder`; `error_of` gives the error of a model.
    #[must_use]
    pub fn new(
        name: &'a str,
        args: ProgressArgs,
        folder: &Path,
        resume: Option<Resume>,
        error_of: &'a dyn Fn(&[f64]) -> Option<f64>,
    ) -> Self {
        let terminal = std::io::stderr().is_terminal() && !args.quiet && args.log == LogFormat::Text;
        let bar = terminal.then(|| {
            let template = "{prefix:>12} [{bar:30}] {pos}/{len} {per_sec} left {eta} {msg}";
            let style =
                ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
            ProgressBar::new(1).with_style(style).with_prefix(name.to_owned())
        });
        let now = Instant::now();
        Self {
            name,
            args,
            bar,
            started: now,
            said: now,
            saved: now,
            folder: folder.to_owned(),
            resume,
            error_of,
            history: Vec::new(),
            last_model: None,
            warned: false,
        }
    }

    fn say(&mut self, progress: &Progress) {
        if let Some(bar) = &self.bar {
            bar.set_length(progress.iterations as u64);
            bar.set_position(progress.iteration as u64);
            bar.set_message(format!("data misfit {:.2} %", 100.0 * progress.data_misfit));
            return;
        }
        let last = progress.iteration == progress.iterations;
        if self.args.quiet || (self.said.elapsed() < Duration::from_secs(10) && !last) {
            return;
        }
        self.said = Instant::now();
        let left = progress.wall_s * (progress.iterations as f64 / progress.iteration.max(1) as f64 - 1.0);
        match self.args.log {
            LogFormat::Text => eprintln!(
                "{}: iteration {} of {}, data misfit {:.2} %, {:.0} s, {:.0} s left",
                self.name,
                progress.iteration,
                progress.iterations,
                100.0 * progress.data_misfit,
                progress.wall_s,
                left
            ),
            LogFormat::Json => eprintln!(
                "{}",
                serde_json::json!({
                    "inversion": self.name,
                    "iteration": progress.iteration,
                    "iterations": progress.iterations,
                    "data_misfit_relative": progress.data_misfit,
                    "objective": progress.objective,
                    "wall_s": progress.wall_s,
                    "left_s": left,
                })
            ),
        }
    }

    fn save(&mut self, progress: &Progress, state: &Snapshot) {
        let folder = self.folder.clone();
        let mut outcome = Ok(());
        state(&mut |state| outcome = checkpoint::write(&folder, progress.iteration, &state));
        if let Err(message) = outcome
            && !self.warned
        {
            self.warned = true;
            eprintln!("warning: checkpoint of {} not written: {message}", self.name);
        }
        self.saved = Instant::now();
    }
}

impl Observer for Watch<'_> {
    fn after(
        &mut self,
        progress: &Progress,
        model: &dyn Fn() -> Vec<f64>,
        state: &Snapshot,
    ) -> ControlFlow<StopReason> {
        let every = |rows: usize| progress.iterations.div_ceil(rows).max(1);
        let last = progress.iteration == progress.iterations;
        if progress.iteration.is_multiple_of(every(HISTORY_ROWS)) || progress.iteration == 1 || last {
            let mut row = HistoryRow {
                iteration: progress.iteration as u64,
                wall_s: progress.wall_s,
                objective: Some(progress.objective),
                data_misfit_relative: Some(progress.data_misfit),
                pde_residual: progress.pde_residual,
                regularisation: Some(progress.regularization),
                ..HistoryRow::default()
            };
            if progress.iteration.is_multiple_of(every(MODEL_ROWS)) || last {
                let vp = model();
                row.velocity_relative_l2 = (self.error_of)(&vp);
                self.last_model = Some(vp);
            }
            self.history.push(row);
        }
        self.say(progress);
        let interrupted = interrupted();
        if interrupted || self.saved.elapsed() > EVERY {
            self.save(progress, state);
        }
        if interrupted { ControlFlow::Break(StopReason::Interrupted) } else { ControlFlow::Continue(()) }
    }

    fn resume(&mut self) -> Option<Resume> {
        self.resume.take()
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        } else if !self.args.quiet && self.args.log == LogFormat::Text {
            eprintln!("{}: finished after {:.1} s", self.name, self.started.elapsed().as_secs_f64());
        }
    }
}
