//! Forward runs that show the wavefield.

use crate::FdError;
use crate::time::forward::traces;
use crate::time::run::Run;
use crate::time::slab::Slab;
use crate::time::{Propagator, Real, Shot};

impl<T: Real> Propagator<T> {
    /// [`Propagator::forward`], showing the wavefield every so many steps.
    ///
    /// # Shapes
    /// `show(n, field)` sees the field on the mesh, `[z, x]` or likewise, at t = n dt for n = every, 2 every, ...
    pub(super) fn forward_with(
        &self,
        shot: &Shot<'_, T>,
        every: usize,
        mut show: impl FnMut(usize, &[T]),
    ) -> Result<Vec<T>, FdError> {
        self.check_shot(shot)?;
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
                self.copy_to_mesh(run.slab, &state.p[n % 2], &mut field);
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

    /// Copies the nodes of the mesh on the own planes of a slab to an array on the mesh.
    fn copy_to_mesh(&self, slab: &Slab<T>, p: &[T], field: &mut [T]) {
        let ([nx, ny, nz], [left, front, top]) = (self.mesh.nodes(), self.extended.before);
        for (z, y) in (0..nz).flat_map(|z| (0..ny).map(move |y| (z, y))) {
            if slab.owns(z + top) {
                let at = slab.op.layout.at(y + front, z + top - slab.first) + left;
                field[(z * ny + y) * nx..][..nx].copy_from_slice(&p[at..at + nx]);
            }
        }
    }
}
