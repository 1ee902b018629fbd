//! The derivatives of a misfit of what a shot records.

use super::adjoint_run::{backward_ports, by_array};
use super::differentiated::{Asked, Differentiated};
use super::elsewhere::Kept;
use super::extent::{gathered, inner};
use super::past::Past;
use super::ports::recorded;
use super::propagator::Propagator;
use super::shot::{Derivatives, Shot, Wanted};
use crate::FdError;
use crate::time::denormals::FlushDenormals;
use crate::time::{Real, Storage};

impl<T: Real> Propagator<T> {
    /// The derivatives of a misfit by `wanted` parameters and by the wavelets, given its derivative by what the receivers
    /// record.
    ///
    /// `adjoint_source` receives what is recorded, by set `[receiver, time]`, and returns the derivative in the same order.
    /// Derivatives in the layers are added to the nodes of the edges.
    ///
    /// # Errors
    /// As [`Propagator::forward`]; [`FdError::NoField`] for what is wanted; [`FdError::MemoryLimit`];
    /// [`FdError::NoBoundaryStorage`]; whatever `adjoint_source` returns.
    ///
    /// # Source
    /// Plessix 2006, Geophys. J. Int. 167, with the discrete equations instead of the continuous ones.
    pub fn gradient<'w, E: From<FdError>>(
        &self,
        shot: &Shot<'_, T>,
        wanted: impl Into<Wanted<'w>>,
        storage: &Storage,
        adjoint_source: impl FnOnce(&[Vec<T>]) -> Result<Vec<Vec<T>>, E>,
    ) -> Result<Derivatives<T>, E> {
        let wanted = wanted.into();
        self.ports(&self.plain.executor).check(shot)?;
        let unknowns = self.check_wanted(&wanted)?;
        // Without operands nothing is stored.
        let backwards = *storage == Storage::Boundary && !wanted.parameters.is_empty();
        let asked = Asked { parameters: wanted.parameters, unknowns: &unknowns, backwards };
        if let Some(elsewhere) = &self.elsewhere {
            let begun = elsewhere.begin(self.waves(), shot, kept(asked, storage, shot.steps))?;
            let adjoint = adjoint_source(begun.recorded())?;
            return Ok(begun.finish(&adjoint)?);
        }
        let make = || Differentiated::new(&self.plain.executor, self.layers.as_ref(), &asked, self.way);
        let made = self.differentiated.get(|made| made.fits(&asked), make)?;
        let (gradient, engine) = (&made.gradient, &made.engine);
        let ports = self.ports(&engine.executor);
        let _flushing = FlushDenormals::new();
        let mut past = Past::new(&made, shot.steps - 1, storage)?;
        let mut run = engine.start(ports.sources(shot)?);
        let sources = run.ports.len();
        run.ports.extend(ports.receivers(shot)?);
        past.record(&mut run)?;
        let recorded = recorded(&run.ports, shot);
        let adjoint = adjoint_source(&recorded)?;
        let back = backward_ports(&run.ports, shot, sources, &adjoint)?;
        run.ports.truncate(sources);
        let mut back = engine.start(back);
        past.replay(&mut run, &mut back);
        std::mem::swap(&mut run.state.frames, &mut back.state.frames);
        let weight = if let Storage::Snapshots { every, .. } = storage { *every as f64 } else { 1.0 };
        let values = |variable| Ok::<_, FdError>(engine.executor.values(&back, variable));
        let layout = &engine.executor.storage().layout;
        let by_array = by_array(gradient, layout, (&back.ports, weight), values)?;
        let material = self.values.material();
        let chained = gradient
            .chain(self.extended.n, &material, wanted.parameters, &by_array)
            .map_err(FdError::from)?;
        let parameters = chained.iter().map(|values| gathered(&self.mesh, &self.extended, values)).collect();
        let wavelets = ports.wavelets(&back.ports, shot);
        let energy = |sum: &usize| {
            let values = engine.executor.values(&run, *sum);
            let scale = weight * engine.executor.program.step;
            let values: Vec<f64> = values.into_iter().map(|value| scale * value.to_f64()).collect();
            inner(&self.mesh, &self.extended, &values)
        };
        let energies = gradient.energies.iter().map(energy).collect();
        // The next shot starts with the memory that has the operands.
        engine.leave(back);
        engine.leave(run);
        Ok(Derivatives { recorded, parameters, wavelets, energies })
    }
}

impl<T: Real> Propagator<T> {
    /// How many of so many shots with `samples` time samples are best computed at a time: all of them on the processor, and on a device as
    /// many as its memory has room for, given how wavefields are stored for the gradient of what is wanted; or without a gradient.
    ///
    /// # Errors
    /// [`FdError::NoField`] for what is wanted; [`FdError::Device`].
    pub fn shots_at_a_time(
        &self,
        shots: usize,
        samples: usize,
        gradient: Option<(Wanted<'_>, &Storage)>,
    ) -> Result<usize, FdError> {
        let Some(elsewhere) = &self.elsewhere else { return Ok(shots) };
        let Some((wanted, storage)) = gradient else {
            return elsewhere.at_a_time(&self.waves(), None, shots);
        };
        let unknowns = self.check_wanted(&wanted)?;
        let asked = Asked { parameters: wanted.parameters, unknowns: &unknowns, backwards: false };
        elsewhere.at_a_time(&self.waves(), Some(kept(asked, storage, samples)), shots)
    }
}

/// What a device keeps where the processor stores wavefields in this way. Checkpoints and boundaries are for what has no memory, so a device
/// computes again what it has no memory for; so it does where the processor uses a disk.
fn kept<'a>(asked: Asked<'a>, storage: &Storage, samples: usize) -> Kept<'a> {
    let (every, again) = match storage {
        Storage::All => (1, false),
        Storage::Snapshots { every, .. } => (*every, false),
        Storage::Disk | Storage::Checkpoints { .. } | Storage::Boundary => (1, true),
    };
    Kept { asked, samples, every, again }
}
