//! The history of a fit.

use fields::Network;

use super::block::FitBlock;
use super::outcome::FitRow;
use super::score::Score;
use fwi::inversion::InversionError;
use fwi::network_training::{Ending, Follow, Recorder, Trained};
use fwi::recorder::Rows;

/// Number of equally spaced rows of the history.
const ROWS: usize = 24;

/// Told of every step, with the steps planned, its misfit and the row of the history where there is one; `true` ends the
/// fit.
pub type StepCallback<'a> = dyn FnMut([u64; 2], f64, Option<&FitRow>) -> bool + 'a;

/// Follows a fit.
pub(super) struct Follower<'a> {
    score: &'a dyn Fn(&Network) -> Score,
    tell: &'a mut StepCallback<'a>,
    steps: usize,
    tolerance: Option<f64>,
    pub(super) record: Rows<FitRow>,
}

impl<'a> Follower<'a> {
    /// Follows from where the record says.
    pub(super) fn new(
        block: &FitBlock,
        record: Rows<FitRow>,
        score: &'a dyn Fn(&Network) -> Score,
        tell: &'a mut StepCallback<'a>,
    ) -> Self {
        Self { score, tell, steps: block.steps, tolerance: block.tolerance, record }
    }

    /// Records the initial network of a fit.
    pub(super) fn begin(&mut self, network: &Network) {
        if self.record.history.is_empty() {
            let score = self.record.clock.outside(|| (self.score)(network));
            self.record.history.push(FitRow::new(0, 0.0, None, &score));
        }
    }

    /// Records the result of a fit.
    pub(super) fn end(&mut self, trained: &Trained, score: &Score) {
        if self.record.history.last().is_none_or(|row| row.step < trained.steps as u64) {
            let (steps, wall_s) = (trained.steps as u64, self.record.clock.wall_s());
            self.record.history.push(FitRow::new(steps, wall_s, trained.residual, score));
        }
    }
}

impl Follow<Network> for Follower<'_> {
    fn after(
        &mut self,
        step: [u64; 2],
        misfit: f64,
        now: &dyn Fn() -> Result<Network, InversionError>,
    ) -> Result<Option<Ending>, InversionError> {
        let mut row = None;
        let done = step[0];
        if recorded(done as usize, self.steps) {
            let network = now()?;
            let wall_s = self.record.clock.wall_s();
            let score = self.record.clock.outside(|| (self.score)(&network));
            row = Some(FitRow::new(done, wall_s, Some(misfit), &score));
            self.record.history.extend(row);
        }
        let asked = (self.tell)(step, misfit, row.as_ref());
        let error = row.and_then(|row| row.relative_l2);
        let good = self.tolerance.zip(error).is_some_and(|(tolerance, error)| error <= tolerance);
        Ok(if good { Some(Ending::Tolerance) } else { asked.then_some(Ending::Interrupted) })
    }

    fn record(&mut self) -> &mut dyn Recorder {
        &mut self.record
    }
}

/// Twenty-four equally spaced rows, and 1, 2, 5, 10, ... where those are far apart.
fn recorded(step: usize, steps: usize) -> bool {
    let mut leading = step;
    while leading >= 10 && leading.is_multiple_of(10) {
        leading /= 10;
    }
    step == steps || step.is_multiple_of(steps.div_ceil(ROWS)) || matches!(leading, 1 | 2 | 5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_early_and_even() {
        let rows: Vec<usize> = (1..=240).filter(|s| recorded(*s, 240)).collect();
        assert_eq!(rows[..6], [1, 2, 5, 10, 20, 30]);
        assert!(rows.contains(&240) && rows.contains(&200) && rows.len() < 32, "{rows:?}");
    }
}
