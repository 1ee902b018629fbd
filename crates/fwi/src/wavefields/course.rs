//! How a method went: its history, its time without that of measuring, and what is said of it meanwhile.

use std::time::{Duration, Instant};

use super::Found;
use super::outcome::{FieldMetrics, FieldRow, FieldSummary};
use crate::cli::{LogFormat, ProgressArgs};
use crate::inversion::InversionError;
use crate::network_training::{Ending, Follow};
use crate::training_checkpoint::{CheckpointFile, Record, Rows};
use crate::watch;

/// The course of one method that finds an `F`.
pub(crate) struct Course<'a, F> {
    name: &'a str,
    args: ProgressArgs,
    how: How<'a, F>,
    record: Rows<'a, FieldRow>,
    said: Instant,
}

/// How a course is noted.
pub(crate) struct How<'a, F> {
    /// The step of the first row, and the ratio of each to the one before.
    pub(crate) rows: (f64, f64),
    /// A residual in words.
    pub(crate) words: fn(f64) -> String,
    /// The relative error of what was found.
    pub(crate) error: &'a dyn Fn(&F) -> Option<f64>,
}

impl<'a, F> Course<'a, F> {
    /// A course that begins where its checkpoint file says.
    pub(crate) fn new(
        name: &'a str,
        args: ProgressArgs,
        how: How<'a, F>,
        file: &'a mut CheckpointFile,
    ) -> Course<'a, F> {
        Course { name, args, how, record: Rows::new(file, |row: &FieldRow| row.step), said: Instant::now() }
    }

    /// The step of the next row.
    fn next(&self) -> f64 {
        let (first, ratio) = self.how.rows;
        let after = |row: &FieldRow| (row.step as f64 * ratio).max(row.step as f64 + 1.0);
        self.record.history.last().map_or(first, after)
    }

    /// The summary and the history of a method that has ended; its error is measured after its time has been taken.
    pub(crate) fn end(
        mut self,
        found: Found<F>,
        (method, device): (&str, &str),
    ) -> (FieldSummary, F, Vec<FieldRow>) {
        let (wall_s, cpu_s) = (self.record.clock.wall_s(), self.record.clock.cpu_s());
        let metrics = FieldMetrics {
            wavefield_relative_l2: (self.how.error)(&found.fields),
            residual: found.residual,
            ..FieldMetrics::default()
        };
        self.record.history.push(FieldRow {
            step: found.steps,
            wall_s,
            residual: found.residual,
            wavefield_relative_l2: metrics.wavefield_relative_l2,
        });
        if !self.args.quiet {
            eprintln!("{}: finished after {wall_s:.1} s", self.name);
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
        (summary, found.fields, self.record.history)
    }

    fn say(&self, step: u64, residual: f64) {
        let (name, error) = (self.name, self.record.history.last().and_then(|row| row.wavefield_relative_l2));
        match self.args.log {
            LogFormat::Text => {
                let error = error.map_or_else(String::new, |e| format!(", error {:.2} %", 100.0 * e));
                eprintln!("{name}: step {step}, residual {}{error}", (self.how.words)(residual));
            }
            LogFormat::Json => eprintln!(
                "{}",
                serde_json::json!({"wavefield": name, "step": step, "residual": residual,
                    "wavefield_relative_l2": error})
            ),
        }
    }
}

impl<F> Follow<F> for Course<'_, F> {
    fn after(
        &mut self,
        step: u64,
        residual: f64,
        now: &dyn Fn() -> Result<F, InversionError>,
    ) -> Result<Option<Ending>, InversionError> {
        if step as f64 >= self.next() {
            let wall_s = self.record.clock.wall_s();
            let error = self.how.error;
            let wavefield_relative_l2 = self.record.clock.outside(|| now().map(|found| error(&found)))?;
            self.record.history.push(FieldRow {
                step,
                wall_s,
                residual: Some(residual),
                wavefield_relative_l2,
            });
        }
        if !self.args.quiet && self.said.elapsed() > Duration::from_secs(10) {
            self.said = Instant::now();
            self.say(step, residual);
        }
        Ok(watch::interrupted().then_some(Ending::Interrupted))
    }

    fn record(&mut self) -> &mut dyn Record {
        &mut self.record
    }
}
