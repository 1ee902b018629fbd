//! The gradient of a misfit of the receiver data, by the exact adjoint of the discrete forward run.

use super::checkpoint::Schedule;
use super::extended::Extended;
use super::forward::traces;
use super::image::{Correlate, Sums};
use super::past::Past;
use super::propagator::{finite, positive};
use super::run::Run;
use super::slab::{self, Slab};
use super::state::State;
use super::tape::Tape;
use super::weights::Weights;
use super::{Mesh, Propagator, Real, Settings, Shot, Storage};
use crate::FdError;

/// The requested derivatives.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wanted {
    /// By squared slowness m = 1/v^2.
    pub m: bool,
    /// By density at constant m; of a medium that has one.
    pub density: bool,
    /// With respect to the samples of the source wavelets.
    pub wavelet: bool,
    /// The energy of the wavefield, for preconditioning.
    pub illumination: bool,
}

/// The derivative of a misfit J of the receiver data.
#[derive(Debug, Clone, PartialEq)]
pub struct Gradient<T> {
    /// The receiver data of the forward run, `[receiver, time]`.
    pub synthetic: Vec<T>,
    /// dJ/dm on the mesh, m^2/s^2 times the unit of J; zeros when not wanted.
    pub m: Vec<T>,
    /// dJ/d rho on the mesh at constant m, m^3/kg times the unit of J.
    pub density: Option<Vec<T>>,
    /// dJ/ds, `[source, time]`.
    pub wavelet: Option<Vec<T>>,
    /// `sum_n p(n)^2 dt` over the stored wavefields times their interval, on the mesh, Pa^2 s.
    pub illumination: Option<Vec<T>>,
}

/// The fewest bytes with which [`Storage::Checkpoints`] can give the gradient of a shot: those of one state and one
/// wavefield.
///
/// # Errors
/// [`FdError::StencilOrder`].
pub fn least_checkpoint_bytes<T: Real>(
    mesh: &Mesh,
    settings: &Settings,
    density: bool,
) -> Result<usize, FdError> {
    let weights = Weights::<T>::new(mesh, settings.order, density)?;
    let extended = Extended::new(mesh, &settings.boundary);
    let [state, field] = slab::bytes((mesh, &extended, settings), &weights, density);
    Ok(state + field)
}

/// What one slab gives.
struct Part<T> {
    kappa: Vec<T>,
    energy: Option<Vec<T>>,
    density: Option<super::density_image::DensityImage<T>>,
    wavelets: Vec<T>,
}

impl<T: Real> Propagator<T> {
    /// The gradient of a misfit, given its derivative with respect to the receiver data.
    ///
    /// Layers continue the medium of the edges, and derivatives in the layers are added to the edge nodes.
    ///
    /// # Shapes
    /// `adjoint_source` receives the synthetic data `[receiver, time]` and returns dJ/d(synthetic) in the same order.
    ///
    /// # Errors
    /// As [`Propagator::forward`]; [`FdError::NoDensity`]; [`FdError::MemoryLimit`]; [`FdError::OutOfRange`] for an
    /// interval of 0; whatever `adjoint_source` returns; [`FdError::Length`], [`FdError::NotFinite`] for what it gives.
    ///
    /// # Source
    /// Tarantola 1984, Geophysics 49; Plessix 2006, Geophys. J. Int. 167, with the discrete equation instead of the
    /// continuous one.
    pub fn gradient<E: From<FdError>>(
        &self,
        shot: &Shot<'_, T>,
        storage: &Storage,
        wanted: Wanted,
        adjoint_source: impl FnOnce(&[T]) -> Result<Vec<T>, E>,
    ) -> Result<Gradient<T>, E> {
        self.check_shot(shot)?;
        if wanted.density && self.density.is_none() {
            return Err(FdError::NoDensity.into());
        }
        if let Storage::Snapshots { every, .. } = storage {
            positive("steps from one snapshot to the next", *every)?;
        }
        let schedule = self.schedule(shot.steps, storage)?;
        let recorded = self.on_slabs(vec![(); self.slabs.len()], |index, exchange, ()| {
            let run = Run::new(self, index, exchange, shot);
            let mut data = run.no_data();
            let planes = self.kept_planes(index, wanted);
            let past = Past::record(&run, shot.steps, storage, schedule, planes, &mut data);
            (data, past)
        });
        let (data, pasts): (Vec<_>, Vec<_>) = recorded.into_iter().unzip();
        let synthetic = traces(&data, shot);
        let adjoint = adjoint_source(&synthetic)?;
        let (found, expected) = (adjoint.len(), synthetic.len());
        if found != expected {
            return Err(FdError::Length { what: "adjoint source [receiver, time]", found, expected }.into());
        }
        finite("adjoint source [receiver, time]", &adjoint)?;
        let adjoint = transposed(&adjoint, shot.receivers.len(), shot.steps);
        let parts = self.on_slabs(pasts, |index, exchange, past| {
            self.backward(&Run::new(self, index, exchange, shot), shot, past, wanted, &adjoint)
        });
        Ok(self.assemble(synthetic, &parts, shot, storage, wanted))
    }

    fn schedule(&self, steps: usize, storage: &Storage) -> Result<Option<Schedule>, FdError> {
        let Storage::Checkpoints { bytes } = *storage else { return Ok(None) };
        let (mut state, mut field) = (0, 0);
        for Slab { op, .. } in &self.slabs {
            state += State::bytes(&op.layout, &op.strips, self.weights.radius, op.density.is_some());
            field += Tape::<T>::frame_bytes(&op.layout, &(0..op.layout.n[2]));
        }
        Schedule::new(steps - 1, bytes, state, field).map(Some)
    }

    /// Planes of the wavefields that the sums of a slab need.
    fn kept_planes(&self, index: usize, wanted: Wanted) -> std::ops::Range<usize> {
        let slab = &self.slabs[index];
        if wanted.density { slab.planes(0, 1) } else { slab.own.clone() }
    }

    fn backward(
        &self,
        run: &Run<'_, T>,
        shot: &Shot<'_, T>,
        past: Past<T>,
        wanted: Wanted,
        adjoint: &[T],
    ) -> Part<T> {
        let (op, own) = (&run.slab.op, &run.slab.own);
        let (back, mut state) = (run.back(), State::new(op, true, &self.spares));
        let mut wavelets = vec![T::ZERO; shot.sources.len() * shot.steps];
        let mut sums = Sums::new(op, own, wanted.illumination, wanted.density);
        past.replay(run, shot.steps, |tape, steps| {
            let mut image = Correlate { op, kernels: &self.kernels, tape, sums: &mut sums };
            run.backward(&back, &mut state, steps, adjoint, &mut wavelets, &mut image);
        });
        state.leave(&self.spares);
        Part { kappa: sums.kappa, energy: sums.energy, density: sums.density, wavelets }
    }

    fn assemble(
        &self,
        synthetic: Vec<T>,
        parts: &[Part<T>],
        shot: &Shot<'_, T>,
        storage: &Storage,
        wanted: Wanted,
    ) -> Gradient<T> {
        let every = if let Storage::Snapshots { every, .. } = storage { *every as f64 } else { 1.0 };
        let mut m = vec![0.0; self.mesh.len()];
        let mut rho = vec![0.0; self.mesh.len()];
        let mut energy = vec![0.0; self.mesh.len()];
        for (slab, part) in self.slabs.iter().zip(parts) {
            let layout = &slab.op.layout;
            for z in slab.own.clone() {
                for y in 0..layout.n[1] {
                    let packed = layout.packed(y, z - slab.own.start);
                    for x in 0..layout.n[0] {
                        let place = [x, y, z + slab.first];
                        let node = self.extended.nearest(place.map(|i| i as isize));
                        let kappa = slab.op.kappa[layout.at(y, z) + x].to_f64();
                        if kappa > 0.0 {
                            let sum = every * part.kappa[packed + x].to_f64() / kappa;
                            m[node] -= sum * self.vp[node].powi(2);
                            rho[node] += self.density.as_ref().map_or(0.0, |density| sum / density[node]);
                        }
                        if let Some(sums) = part.energy.as_ref().filter(|_| !self.extended.in_layer(place)) {
                            energy[node] = sums[packed + x].to_f64() * every * self.settings.dt;
                        }
                    }
                }
            }
            if let (Some(image), Some(density)) = (&part.density, &self.density) {
                self.by_density(slab, image, density, every, &mut rho);
            }
        }
        let out = |values: &[f64]| values.iter().map(|v| T::from_f64(*v)).collect::<Vec<T>>();
        let wavelet = wanted.wavelet.then(|| {
            let parts: Vec<&[T]> = parts.iter().map(|part| &part.wavelets[..]).collect();
            summed_traces(&parts, shot.sources.len(), shot.steps)
        });
        if !wanted.m {
            m.fill(0.0);
        }
        Gradient {
            synthetic,
            m: out(&m),
            density: wanted.density.then(|| out(&rho)),
            wavelet,
            illumination: wanted.illumination.then(|| out(&energy)),
        }
    }

    /// Converts derivatives with respect to inverse density, at nodes (1 / rho) and half-way (2 / (rho + rho')), to
    /// density.
    fn by_density(
        &self,
        slab: &Slab<T>,
        image: &super::density_image::DensityImage<T>,
        density: &[f64],
        every: f64,
        rho: &mut [f64],
    ) {
        let (layout, first) = (&slab.op.layout, slab.first as isize);
        let radius = self.weights.radius as isize;
        let n = layout.n.map(|n| n as isize);
        let nearest = |at: [isize; 3]| self.extended.nearest([at[0], at[1], at[2] + first]);
        let own = slab.own.start as isize..slab.own.end as isize;
        for z in own.start - radius..own.end + radius {
            for y in -radius..n[1] + radius {
                for x in -radius..n[0] + radius {
                    let at = [x, y, z];
                    let outside = (0..3).filter(|&a| at[a] < 0 || at[a] >= n[a]).collect::<Vec<_>>();
                    if outside.len() > 1 {
                        continue;
                    }
                    for axis in (0..3).filter(|&a| !image.half[a].is_empty()) {
                        if outside.iter().any(|&a| a != axis) {
                            continue;
                        }
                        let sum = every * image.half[axis][layout.node(at)].to_f64();
                        if sum != 0.0 {
                            let mut next = at;
                            next[axis] += 1;
                            let (a, b) = (nearest(at), nearest(next));
                            let beta = slab::inverse_half_way(density[a], density[b]);
                            rho[a] -= 0.5 * beta * beta * sum;
                            rho[b] -= 0.5 * beta * beta * sum;
                        }
                    }
                    if outside.is_empty() {
                        let node = nearest(at);
                        rho[node] -= every * image.node[layout.node(at)].to_f64() / density[node].powi(2);
                    }
                }
            }
        }
    }
}

/// Rearranges `[receiver, time]` as `[time, receiver]`.
fn transposed<T: Real>(traces: &[T], receivers: usize, steps: usize) -> Vec<T> {
    let mut samples = vec![T::ZERO; traces.len()];
    for receiver in 0..receivers {
        for n in 0..steps {
            samples[n * receivers + receiver] = traces[receiver * steps + n];
        }
    }
    samples
}

/// The sum of parts `[time, trace]`, as `[trace, time]`.
fn summed_traces<T: Real>(parts: &[&[T]], count: usize, steps: usize) -> Vec<T> {
    let mut traces = vec![T::ZERO; count * steps];
    for part in parts {
        for n in 0..steps {
            for k in 0..count {
                traces[k * steps + n] += part[n * count + k];
            }
        }
    }
    traces
}
