//! Forward runs.

use super::run::Run;
use super::{Propagator, Real, Shot};
use crate::FdError;

impl<T: Real> Propagator<T> {
    /// The pressure at the receivers.
    ///
    /// # Shapes
    /// Returns `[receiver, time]`; sample n is at t = n dt, the first is zero.
    ///
    /// # Errors
    /// [`FdError::Length`], [`FdError::NotFinite`] for the wavelets; [`FdError::OtherMesh`] for points of another mesh.
    pub fn forward(&self, shot: &Shot<'_, T>) -> Result<Vec<T>, FdError> {
        self.check_shot(shot)?;
        let data = self.on_slabs(vec![(); self.slabs.len()], |index, exchange, ()| {
            let run = Run::new(self, index, exchange, shot);
            let (mut state, mut data) = (run.rest(), run.no_data());
            run.forward(&mut state, 0, shot.steps - 1, Some(&mut data), |_, _, _| {});
            state.leave(&self.spares);
            data
        });
        Ok(traces(&data, shot))
    }
}

/// Receiver data of all slabs, `[time, receiver]`, as `[receiver, time]`.
pub(crate) fn traces<T: Real>(data: &[Vec<T>], shot: &Shot<'_, T>) -> Vec<T> {
    let receivers = shot.receivers.len();
    let mut traces = vec![T::ZERO; receivers * shot.steps];
    for part in data {
        for (n, sample) in part.chunks_exact(receivers.max(1)).enumerate() {
            for (receiver, value) in sample.iter().enumerate() {
                traces[receiver * shot.steps + n] += *value;
            }
        }
    }
    traces
}
