//! What is said of a computation while it runs: a bar on a terminal, else a line from time to time.

use std::io::IsTerminal;
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Map, Value, json};

use fwi::interruption;

use crate::progress_args::{LogFormat, ProgressArgs};
use experiments::progress::Shown;

/// Time from one line to the next, where there is no bar.
const EVERY: Duration = Duration::from_secs(10);

/// The progress of one computation.
pub struct Line {
    /// What it is, the key of its name in JSON.
    what: &'static str,
    name: String,
    /// What is counted: "iteration", "step", "shot".
    unit: &'static str,
    args: ProgressArgs,
    bar: Option<ProgressBar>,
    started: Instant,
    said: Arc<Mutex<Instant>>,
}

impl Line {
    /// The progress of a `what` of a name, counted in `unit`s.
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
        let said = Arc::new(Mutex::new(started));
        if !args.quiet && bar.is_none() {
            let (said, name) = (Arc::downgrade(&said), name.to_owned());
            // Without it a computation that cannot tell how far it is says nothing; that is all.
            let _ = std::thread::Builder::new().spawn(move || tick(&said, what, &name, args.log, started));
        }
        Line { what, name: name.to_owned(), unit, args, bar, started, said }
    }

    /// Whether it is time to say something; if so, it counts as said.
    fn is_due(&self) -> bool {
        let Ok(mut said) = self.said.lock() else { return false };
        let due = said.elapsed() >= EVERY;
        if due {
            *said = Instant::now();
        }
        due
    }

    /// Shows how far it is, from time to time; always at the end.
    pub fn show(&mut self, shown: &dyn Fn() -> Shown) {
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
        let left = shown.wall_s * (shown.planned as f64 / shown.done.max(1) as f64 - 1.0);
        match self.args.log {
            LogFormat::Text => {
                let words = if shown.words.is_empty() { String::new() } else { format!(", {}", shown.words) };
                machine::say!(
                    "{}: {} {} of {}{words}, {:.0} s, {left:.0} s left",
                    self.name,
                    self.unit,
                    shown.done,
                    shown.planned,
                    shown.wall_s
                );
            }
            LogFormat::Json => {
                let mut line = Map::new();
                line.insert(self.what.to_owned(), json!(self.name));
                line.insert(self.unit.to_owned(), json!(shown.done));
                line.insert(format!("{}s", self.unit), json!(shown.planned));
                for (name, number) in shown.numbers {
                    line.insert(name.to_owned(), json!(number));
                }
                line.insert("wall_s".to_owned(), json!(shown.wall_s));
                line.insert("left_s".to_owned(), json!(left));
                machine::say!("{}", Value::Object(line));
            }
        }
    }

    /// Says that it has finished or was interrupted, and after how long.
    pub fn finish(self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        if !self.args.quiet && self.args.log == LogFormat::Text {
            let ended = if interruption::interrupted() { "stopped" } else { "finished" };
            machine::say!("{}: {ended} after {:.1} s", self.name, self.started.elapsed().as_secs_f64());
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

/// Says from time to time that a computation is running, where it says nothing itself.
fn tick(said: &Weak<Mutex<Instant>>, what: &str, name: &str, log: LogFormat, started: Instant) {
    loop {
        std::thread::sleep(Duration::from_millis(200));
        let Some(said) = said.upgrade() else { return };
        let Ok(mut said) = said.lock() else { return };
        // A computation that says how far it is does so in time.
        if said.elapsed() < EVERY + Duration::from_secs(2) {
            continue;
        }
        *said = Instant::now();
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
