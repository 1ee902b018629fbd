//! One shot on one slab: the two time loops.

use std::ops::Range;

use super::extended::Extended;
use super::operator::Operator;
use super::points::Taps;
use super::slab::{Exchange, Slab};
use super::spare::Spares;
use super::state::State;
use super::sweep::sweep;
use super::{Propagator, Real, Shot};

/// A shot on a slab.
pub(crate) struct Run<'a, T> {
    propagator: &'a Propagator<T>,
    index: usize,
    exchange: &'a Exchange<T>,
    pub(crate) slab: &'a Slab<T>,
    shot: &'a Shot<'a, T>,
    /// Injection of sources, kappa P^T / cell.
    sources: Taps<T>,
    /// Sampling at the slab's own receivers, P.
    receivers: Taps<T>,
}

/// Additional data of the transposed loop.
pub(crate) struct Back<T> {
    /// Injection at receivers, kappa P^T.
    receivers: Taps<T>,
    /// Sampling at the slab's own sources, P / cell.
    sources: Taps<T>,
}

impl<'a, T: Real> Run<'a, T> {
    pub(crate) fn new(
        propagator: &'a Propagator<T>,
        index: usize,
        exchange: &'a Exchange<T>,
        shot: &'a Shot<'a, T>,
    ) -> Self {
        let slab = &propagator.slabs[index];
        let mut run = Run {
            propagator,
            index,
            exchange,
            slab,
            shot,
            sources: Taps::default(),
            receivers: Taps::default(),
        };
        let cell = propagator.mesh.cell();
        run.sources = run.taps(shot.sources, false, |node| slab.op.kappa[node].to_f64() / cell);
        run.receivers = run.taps(shot.receivers, true, |_| 1.0);
        run
    }

    /// The weights of points: of the slab's own points, or of all points that its planes contain.
    fn taps(&self, points: &super::Points, own: bool, scale: impl Fn(usize) -> f64) -> Taps<T> {
        let (slab, extended) = (self.slab, &self.propagator.extended);
        let wanted = |point| !own || slab.owns(points.plane(point, extended));
        let surface = self.propagator.settings.boundary.free_surface;
        Taps::new(points, (extended, surface), (&slab.op.layout, slab.first), wanted, scale)
    }

    pub(crate) fn back(&self) -> Back<T> {
        let kappa = &self.slab.op.kappa;
        let cell = self.propagator.mesh.cell();
        Back {
            receivers: self.taps(self.shot.receivers, false, |node| kappa[node].to_f64()),
            sources: self.taps(self.shot.sources, true, |_| cell.recip()),
        }
    }

    /// A wavefield at rest.
    pub(crate) fn rest(&self) -> State<T> {
        State::new(&self.slab.op, false, self.spares())
    }

    /// Receiver data, `[time, receiver]`, of zeros.
    pub(crate) fn no_data(&self) -> Vec<T> {
        vec![T::ZERO; self.shot.steps * self.shot.receivers.len()]
    }

    /// Steps p from t = `from` dt to t = `to` dt, with p(n) in `state.p[n % 2]`. Adds the recorded samples to `data`,
    /// and calls `done` with the planes of p(n) that are complete.
    pub(crate) fn forward(
        &self,
        state: &mut State<T>,
        from: usize,
        to: usize,
        mut data: Option<&mut Vec<T>>,
        mut done: impl FnMut(usize, &Range<usize>, &State<T>),
    ) {
        let Propagator { kernels, blocking, .. } = self.propagator;
        let (op, receivers) = (&self.slab.op, self.shot.receivers.len());
        let mut n = from;
        while n < to {
            let count = blocking.steps.min(to - n);
            self.exchange.update(self.index, self.slab, state);
            let ranges = |k| self.slab.planes(k, count);
            sweep(count, blocking.planes, op.layout.reach, ranges, |k, planes| {
                let step = n + k;
                kernels.advance(op, state, step % 2, planes.clone());
                let p = &mut state.p[(step + 1) % 2];
                self.sources.inject(&planes, p, |source| self.shot.wavelets[source * self.shot.steps + step]);
                op.reflect(p, &planes);
                if let Some(data) = &mut data {
                    let sample = &mut data[(step + 1) * receivers..(step + 2) * receivers];
                    self.receivers.sample(&planes, p, sample);
                }
                done(step + 1, &planes, state);
            });
            n += count;
        }
    }

    /// Steps Lambda from n = `from` down to n = `to`, both included, Lambda(n) in `state.p[n % 2]`; injects the adjoint
    /// source `[time, receiver]`, and adds to `wavelets` `[time, source]` the derivative by source samples. `before` and
    /// `after` see the planes of a step n before Lambda(n) replaces Lambda(n+2), and when it is complete.
    pub(crate) fn backward(
        &self,
        back: &Back<T>,
        state: &mut State<T>,
        (from, to): (usize, usize),
        adjoint: &[T],
        wavelets: &mut [T],
        image: &mut impl Image<T>,
    ) {
        let Propagator { kernels, blocking, .. } = self.propagator;
        let (op, receivers, sources) = (&self.slab.op, self.shot.receivers.len(), self.shot.sources.len());
        let mut top = from;
        while top >= to {
            let count = blocking.steps.min(top + 1 - to);
            self.exchange.update(self.index, self.slab, state);
            let ranges = |k| self.slab.planes(k, count);
            sweep(count, blocking.planes, op.layout.reach, ranges, |k, planes| {
                let n = top - k;
                image.before(n, &planes, state);
                kernels.transposed(op, state, (n + 1) % 2, planes.clone());
                let p = &mut state.p[n % 2];
                back.receivers.inject(&planes, p, |receiver| adjoint[n * receivers + receiver]);
                op.reflect(p, &planes);
                back.sources.sample(&planes, p, &mut wavelets[(n - 1) * sources..n * sources]);
                kernels.absorb(op, state, n % 2, planes.clone());
                image.after(n, &planes, state);
            });
            top -= count;
        }
    }

    /// Memory left by earlier shots.
    pub(crate) fn spares(&self) -> &Spares<T> {
        &self.propagator.spares
    }

    /// The mesh with its layers.
    pub(crate) fn extended(&self) -> &Extended {
        &self.propagator.extended
    }

    /// One step of an operator, without sources and receivers.
    pub(crate) fn step(&self, op: &Operator<T>, state: &mut State<T>, now: usize, planes: Range<usize>) {
        self.propagator.kernels.advance(op, state, now, planes);
    }

    /// Updates the neighbours' copies of a state that is stepped outside the two loops.
    pub(crate) fn exchange(&self, state: &mut State<T>) {
        self.exchange.update(self.index, self.slab, state);
    }

    /// Adds the sources at step n to planes of a field.
    pub(crate) fn inject_sources(&self, n: usize, planes: &Range<usize>, p: &mut [T]) {
        self.sources.inject(planes, p, |source| self.shot.wavelets[source * self.shot.steps + n]);
    }

    /// Adds the samples of planes of a field at the receivers.
    pub(crate) fn record(&self, planes: &Range<usize>, p: &[T], sample: &mut [T]) {
        self.receivers.sample(planes, p, sample);
    }
}

/// The sums computed from the two fields while Lambda is stepped back.
pub(crate) trait Image<T> {
    /// Planes of step n, Lambda(n+1) and Lambda(n+2) in the state.
    fn before(&mut self, n: usize, planes: &Range<usize>, state: &State<T>);
    /// The same planes, Lambda(n) and Lambda(n+1) in the state.
    fn after(&mut self, n: usize, planes: &Range<usize>, state: &State<T>);
}
