//! The progress of a computation: a bar on a terminal, otherwise a line of text or JSON every ten seconds.

use std::io::IsTerminal;
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Map, Value, json};

use fwi::interruption;

use crate::progress_args::{LogFormat, ProgressArgs};
use experiments::progress::ProgressState;

/// Time between two lines where there is no bar.
const EVERY: Duration = Duration::from_secs(10);

/// The progress of one computation.
pub struct Line {
    /// What is computed, for example "inversion"; in JSON, the key of the name.
    what: &'static str,
    name: String,
    /// What is counted, for example "iteration" or "shot".
    unit: &'static str,
    args: ProgressArgs,
    bar: Option<ProgressBar>,
    started: Instant,
    /// The time of the last line.
    last: Arc<Mutex<Instant>>,
}

impl Line {
    /// Begins to show the progress of the `what` called `name`, counted in `unit`s.
    #[must_use]
    pub fn new(what: &'static str, name: &str, unit: &'static str, args: ProgressArgs) -> Line {
        let terminal = std::io::stderr().is_terminal() && !args.quiet && args.log == LogFormat::Text;
        let bar = terminal.then(|| {
            let style = style("{prefix:>12} {spinner} {elapsed} {msg}");
            let bar = ProgressBar::new_spinner().with_style(style).with_prefix(name.to_owned());
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        let started = Instant::now();
        let last = Arc::new(Mutex::new(started));
        if !args.quiet && bar.is_none() {
            let (last, name) = (Arc::downgrade(&last), name.to_owned());
            // If the thread cannot be started, only the lines of a computation that does not report its progress are missing.
            let _ = std::thread::Builder::new().spawn(move || tick(&last, what, &name, args.log, started));
        }
        Line { what, name: name.to_owned(), unit, args, bar, started, last }
    }

    /// Whether the next line is due. If it is, the time of the last line is now.
    fn is_due(&self) -> bool {
        let Ok(mut last) = self.last.lock() else { return false };
        let due = last.elapsed() >= EVERY;
        if due {
            *last = Instant::now();
        }
        due
    }

    /// Updates the bar, or writes a line if one is due.
    pub fn show(&mut self, shown: &dyn Fn() -> ProgressState) {
        if self.args.quiet {
            return;
        }
        if let Some(bar) = &self.bar {
            let shown = shown();
            if bar.length() != Some(shown.planned) {
                bar.set_style(style("{prefix:>12} [{bar:30}] {pos}/{len} {per_sec} left {eta} {msg}"));
                bar.set_length(shown.planned);
            }
            bar.set_position(shown.done);
            bar.set_message(shown.words);
            return;
        }
        if !self.is_due() {
            return;
        }
        let shown = shown();
        let unit = shown.unit.unwrap_or(self.unit);
        let left = shown.wall_s * (shown.planned as f64 / shown.done.max(1) as f64 - 1.0);
        match self.args.log {
            LogFormat::Text => {
                let words = if shown.words.is_empty() { String::new() } else { format!(", {}", shown.words) };
                machine::say!(
                    "{}: {} {} of {}{words}, {:.0} s, {left:.0} s left",
                    self.name,
                    unit,
                    shown.done,
                    shown.planned,
                    shown.wall_s
                );
            }
            LogFormat::Json => {
                let mut line = Map::new();
                line.insert(self.what.to_owned(), json!(self.name));
                line.insert(unit.to_owned(), json!(shown.done));
                line.insert(format!("{unit}s"), json!(shown.planned));
                for (name, number) in shown.numbers {
                    line.insert(name.to_owned(), json!(number));
                }
                line.insert("wall_s".to_owned(), json!(shown.wall_s));
                line.insert("left_s".to_owned(), json!(left));
                machine::say!("{}", Value::Object(line));
            }
        }
    }

    /// Reports that the computation has finished or was interrupted, and how long it took.
    pub fn finish(self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        let wall_s = self.started.elapsed().as_secs_f64();
        let ended = if interruption::interrupted() { "stopped" } else { "finished" };
        match self.args.log {
            _ if self.args.quiet => {}
            LogFormat::Text => machine::say!("{}: {ended} after {wall_s:.1} s", self.name),
            LogFormat::Json => {
                let finished = !interruption::interrupted();
                machine::say!("{}", json!({ self.what: self.name, "finished": finished, "wall_s": wall_s }));
            }
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// Writes from time to time that a computation is running, if it does not report its progress itself.
fn tick(last: &Weak<Mutex<Instant>>, what: &str, name: &str, log: LogFormat, started: Instant) {
    loop {
        std::thread::sleep(Duration::from_millis(200));
        let Some(last) = last.upgrade() else { return };
        let Ok(mut last) = last.lock() else { return };
        // A computation that reports its progress has two seconds to do so first.
        if last.elapsed() < EVERY + Duration::from_secs(2) {
            continue;
        }
        *last = Instant::now();
        let wall_s = started.elapsed().as_secs_f64();
        match log {
            LogFormat::Text => machine::say!("{name}: running, {wall_s:.0} s"),
            LogFormat::Json => machine::say!("{}", json!({ what: name, "wall_s": wall_s })),
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
