//! How a method went: its history, its time without that of measuring, and what is said of it meanwhile.

use std::time::{Duration, Instant};

use super::Found;
use super::outcome::{FieldMetrics, FieldRow, FieldSummary};
use crate::bench::cpu_seconds;
use crate::cli::{LogFormat, ProgressArgs};
use crate::inversion::InversionError;
use crate::watch;

/// The course of one method.
pub(crate) struct Course<'a> {
    name: &'a str,
    args: ProgressArgs,
    /// The step of the next row, and the ratio of the one after to it.
    next: f64,
    ratio: f64,
    /// A residual in words.
    words: fn(f64) -> String,
    started: Instant,
    cpu: f64,
    measuring: Duration,
    cpu_measuring: f64,
    said: Instant,
    history: Vec<FieldRow>,
}

impl<'a> Course<'a> {
    /// A course whose rows begin at a step and are further apart by a ratio each time.
    pub(crate) fn new(
        name: &'a str,
        args: ProgressArgs,
        (first, ratio): (f64, f64),
        words: fn(f64) -> String,
    ) -> Course<'a> {
        Course {
            name,
            args,
            next: first,
            ratio,
            words,
            started: Instant::now(),
            cpu: cpu_seconds(),
            measuring: Duration::ZERO,
            cpu_measuring: 0.0,
            said: Instant::now(),
            history: Vec::new(),
        }
    }

    /// Notes a step, whose error is measured when it is time for a row; whether Ctrl-C has been pressed.
    pub(crate) fn after(
        &mut self,
        step: u64,
        residual: f64,
        error: impl FnOnce() -> Result<Option<f64>, InversionError>,
    ) -> Result<bool, InversionError> {
        if step as f64 >= self.next {
            self.next = (step as f64 * self.ratio).max(step as f64 + 1.0);
            let (begun, cpu) = (Instant::now(), cpu_seconds());
            let wavefield_relative_l2 = error()?;
            self.measuring += begun.elapsed();
            self.cpu_measuring += cpu_seconds() - cpu;
            let wall_s = self.wall_s();
            self.history.push(FieldRow { step, wall_s, residual: Some(residual), wavefield_relative_l2 });
        }
        if !self.args.quiet && self.said.elapsed() > Duration::from_secs(10) {
            self.said = Instant::now();
            self.say(step, residual);
        }
        Ok(watch::interrupted())
    }

    /// The summary and the history of a method that has ended: `error` is measured after its time has been taken.
    pub(crate) fn end<F>(
        mut self,
        found: Found<F>,
        (method, device): (&str, &str),
        error: impl FnOnce(&F) -> Option<f64>,
    ) -> (FieldSummary, F, Vec<FieldRow>) {
        let (wall_s, cpu_s) = (self.wall_s(), cpu_seconds() - self.cpu - self.cpu_measuring);
        let metrics = FieldMetrics {
            wavefield_relative_l2: error(&found.fields),
            residual: found.residual,
            ..FieldMetrics::default()
        };
        self.history.push(FieldRow {
            step: found.steps,
            wall_s,
            residual: found.residual,
            wavefield_relative_l2: metrics.wavefield_relative_l2,
        });
        if !self.args.quiet {
            eprintln!("{}: ended after {wall_s:.1} s", self.name);
        }
        let summary = FieldSummary {
            name: self.name.to_owned(),
            method: method.to_owned(),
            status: found.status,
            steps: found.steps,
            stopped_because: found.stopped_because,
            wall_s,
            cpu_s,
            device: device.to_owned(),
            unknowns: found.unknowns,
            metrics,
        };
        (summary, found.fields, self.history)
    }

    fn wall_s(&self) -> f64 {
        (self.started.elapsed() - self.measuring).as_secs_f64()
    }

    fn say(&self, step: u64, residual: f64) {
        let (name, error) = (self.name, self.history.last().and_then(|row| row.wavefield_relative_l2));
        match self.args.log {
            LogFormat::Text => {
                let error = error.map_or_else(String::new, |e| format!(", error {:.2} %", 100.0 * e));
                eprintln!("{name}: step {step}, residual {}{error}", (self.words)(residual));
            }
            LogFormat::Json => eprintln!(
                "{}",
                serde_json::json!({"wavefield": name, "step": step, "residual": residual,
                    "wavefield_relative_l2": error})
            ),
        }
    }
}
