//! Records an inversion while it runs: progress, history, checkpoints and interruption.

use std::ops::ControlFlow;

use crate::inversions::history::HistoryRow;
use crate::spine::progress::Line;
use experiments::progress::ProgressState;
use fwi::checkpoint::{CheckpointFile, CheckpointState, SavedCheckpoint};
use fwi::interruption;
use fwi::inversion::{Observer, Progress, Snapshot, StopReason};
use fwi::recorder::Rows;

/// Most rows of a history.
const HISTORY_ROWS: usize = 400;
/// Number of rows with the velocity error, which requires an evaluation of the model.
const MODEL_ROWS: usize = 40;

/// Watches one inversion.
pub(super) struct Watch<'a> {
    rows: Rows<HistoryRow>,
    line: Line,
    error_of: &'a dyn Fn(&[f64]) -> Option<f64>,
    /// The last evaluated model, m/s.
    last_model: Option<Vec<f64>>,
    solves: u64,
}

impl<'a> Watch<'a> {
    /// A watch that continues after the last row; `error_of` gives the error of a model.
    pub(super) fn new(
        rows: Rows<HistoryRow>,
        line: Line,
        error_of: &'a dyn Fn(&[f64]) -> Option<f64>,
    ) -> Self {
        Self { rows, line, error_of, last_model: None, solves: 0 }
    }

    /// The recorded rows, the last model, and the solves since the start or the interruption.
    pub(super) fn finish(self) -> (Rows<HistoryRow>, Option<Vec<f64>>, u64) {
        self.line.finish();
        (self.rows, self.last_model, self.solves)
    }

    /// Adds a row to the history. A step that is done again after an interruption replaces its row.
    fn note(&mut self, progress: &Progress, model: &dyn Fn() -> Vec<f64>) {
        let every = |rows: usize| progress.iterations.div_ceil(rows).max(1);
        let last = progress.iteration == progress.iterations;
        if !(progress.iteration.is_multiple_of(every(HISTORY_ROWS)) || progress.iteration == 1 || last) {
            return;
        }
        let mut row = HistoryRow {
            iteration: progress.iteration as u64,
            stage: Some(progress.stage as u64),
            wall_s: progress.wall_s,
            pde_solves: Some(self.rows.solved_before + self.solves),
            objective: Some(progress.objective),
            data_misfit_relative: Some(progress.data_misfit),
            pde_residual: progress.pde_residual,
            regularisation: Some(progress.regularization),
            ..HistoryRow::default()
        };
        if progress.iteration.is_multiple_of(every(MODEL_ROWS)) || last {
            let error_of = self.error_of;
            let (vp, error) = self.rows.clock.outside(|| {
                let vp = model();
                let error = error_of(&vp);
                (vp, error)
            });
            row.velocity_relative_l2 = error;
            self.last_model = Some(vp);
        }
        self.rows.history.retain(|other| other.iteration < row.iteration);
        self.rows.history.push(row);
    }
}

impl Observer for Watch<'_> {
    fn after(
        &mut self,
        progress: &Progress,
        model: &dyn Fn() -> Vec<f64>,
        state: &Snapshot,
    ) -> ControlFlow<StopReason> {
        self.solves = progress.solves as u64;
        self.note(progress, model);
        self.line.show(&|| ProgressState {
            unit: None,
            done: progress.iteration as u64,
            planned: progress.iterations as u64,
            wall_s: progress.wall_s,
            words: format!("data misfit {:.2} %", 100.0 * progress.data_misfit),
            numbers: vec![
                ("data_misfit_relative", Some(progress.data_misfit)),
                ("objective", Some(progress.objective)),
            ],
        });
        let interrupted = interruption::interrupted();
        if interrupted || self.rows.file.is_due() {
            let mut kept = None;
            state(&mut |state| kept = Some(CheckpointState::new(progress.iteration, &state)));
            if let Some(kept) = kept {
                self.rows.write(kept, self.solves);
            }
        }
        if interrupted { ControlFlow::Break(StopReason::Interrupted) } else { ControlFlow::Continue(()) }
    }

    fn resume(&mut self) -> Option<SavedCheckpoint> {
        self.rows.file.saved().cloned()
    }

    fn wall_s(&self) -> f64 {
        self.rows.clock.wall_s()
    }
}

/// Watches an inversion that rank 0 records.
pub(super) struct Follower {
    file: CheckpointFile,
}

impl Follower {
    /// One that continues from the state of the file.
    pub(super) fn new(file: CheckpointFile) -> Self {
        Self { file }
    }
}

impl Observer for Follower {
    fn after(
        &mut self,
        _progress: &Progress,
        _model: &dyn Fn() -> Vec<f64>,
        _state: &Snapshot,
    ) -> ControlFlow<StopReason> {
        ControlFlow::Continue(())
    }

    fn resume(&mut self) -> Option<SavedCheckpoint> {
        self.file.saved().cloned()
    }
}
