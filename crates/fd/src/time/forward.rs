//! Forward runs.

use super::propagator::positive;
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

    /// [`Propagator::forward`], showing the wavefield every so many steps.
    ///
    /// # Shapes
    /// `show(n, field)` sees the field on the mesh, `[z, x]` or likewise, at t = n dt for n = every, 2 every, ...
    ///
    /// # Errors
    /// As [`Propagator::forward`]; [`FdError::OutOfRange`] when `every` is 0.
    pub fn forward_with(
        &self,
        shot: &Shot<'_, T>,
        every: usize,
        mut show: impl FnMut(usize, &[T]),
    ) -> Result<Vec<T>, FdError> {
        self.check_shot(shot)?;
        positive("steps from one shown wavefield to the next", every)?;
        let fields: Vec<(usize, std::sync::Mutex<Vec<T>>)> = (1..shot.steps)
            .filter(|n| n % every == 0)
            .map(|n| (n, std::sync::Mutex::new(vec![T::ZERO; self.mesh.len()])))
            .collect();
        let data = self.on_slabs(vec![(); self.slabs.len()], |index, exchange, ()| {
            let run = Run::new(self, index, exchange, shot);
            let (mut state, mut data) = (run.rest(), run.no_data());
            let mut from = 0;
            for (n, field) in &fields {
                run.forward(&mut state, from, *n, Some(&mut data), |_, _, _| {});
                let mut field = field.lock().expect("no slab panics while it copies");
                run.slab.copy_to_mesh(&self.extended, &state.p[n % 2], &mut field);
                from = *n;
            }
            run.forward(&mut state, from, shot.steps - 1, Some(&mut data), |_, _, _| {});
            state.leave(&self.spares);
            data
        });
        for (n, field) in fields {
            show(n, &field.into_inner().expect("no slab panicked while it copied"));
        }
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
