//! The history of a method, its time without the time for measuring, and its progress.

use super::outcome::{FieldMetrics, FieldRow, FieldSummary};
use super::problem::MethodResult;
use crate::progress::{ProgressState, ShowProgress};
use fwi::checkpoint::CheckpointFile;
use fwi::interruption;
use fwi::inversion::InversionError;
use fwi::network_training::{Ending, Follow, Recorder};
use fwi::recorder::Rows;

/// The history of one method that computes an `F`.
pub struct MethodHistory<'a, F> {
    name: &'a str,
    show: ShowProgress<'a>,
    how: HistorySettings<'a, F>,
    record: Rows<FieldRow>,
}

/// Settings for recording a history.
pub struct HistorySettings<'a, F> {
    /// The step of the first row, and the ratio of consecutive steps.
    pub rows: (f64, f64),
    /// Formats a residual as text.
    pub words: fn(f64) -> String,
    /// The relative error of the result.
    pub error: &'a dyn Fn(&F) -> Option<f64>,
}

impl<'a, F> MethodHistory<'a, F> {
    /// A history that continues from a checkpoint file.
    ///
    /// # Errors
    /// [`InversionError::Fields`] for a checkpoint whose history cannot be read.
    pub fn new(
        name: &'a str,
        file: CheckpointFile,
        show: ShowProgress<'a>,
        how: HistorySettings<'a, F>,
    ) -> Result<MethodHistory<'a, F>, InversionError> {
        let record = Rows::new(file, |row: &FieldRow| row.step)?;
        Ok(MethodHistory { name, show, how, record })
    }

    /// The step of the next row.
    fn next(&self) -> f64 {
        let (first, ratio) = self.how.rows;
        let after = |row: &FieldRow| (row.step as f64 * ratio).max(row.step as f64 + 1.0);
        self.record.history.last().map_or(first, after)
    }

    /// The summary and the history of a finished method. Its error is measured after its time has been taken.
    pub fn end(
        mut self,
        found: MethodResult<F>,
        (method, device): (&str, &str),
    ) -> (FieldSummary, F, Vec<FieldRow>) {
        let (wall_s, cpu_s) = (self.record.clock.wall_s(), self.record.clock.cpu_s());
        let metrics = FieldMetrics {
            wavefield_relative_l2: (self.how.error)(&found.fields),
            residual: found.residual,
            ..FieldMetrics::default()
        };
        self.record.history.retain(|row| row.step < found.steps);
        self.record.history.push(FieldRow {
            step: found.steps,
            wall_s,
            residual: found.residual,
            wavefield_relative_l2: metrics.wavefield_relative_l2,
        });
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
}

impl<F> Follow<F> for MethodHistory<'_, F> {
    fn after(
        &mut self,
        [step, planned]: [u64; 2],
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
        let error = self.record.history.last().and_then(|row| row.wavefield_relative_l2);
        let (words, wall_s) = (self.how.words, self.record.clock.wall_s());
        (self.show)(&|| {
            let so_far = error.map_or_else(String::new, |e| format!(", error {:.2} %", 100.0 * e));
            ProgressState {
                unit: None,
                done: step,
                planned,
                wall_s,
                words: format!("residual {}{so_far}", words(residual)),
                numbers: vec![("residual", Some(residual)), ("wavefield_relative_l2", error)],
            }
        });
        Ok(interruption::interrupted().then_some(Ending::Interrupted))
    }

    fn finished_parts(&mut self, unit: &'static str, [done, planned]: [u64; 2]) {
        let wall_s = self.record.clock.wall_s();
        let unit = Some(unit);
        (self.show)(&|| ProgressState { unit, done, planned, wall_s, ..ProgressState::default() });
    }

    fn record(&mut self) -> &mut dyn Recorder {
        &mut self.record
    }
}
