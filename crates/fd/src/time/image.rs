//! The sums over time of the gradient, computed from the two wavefields.
//!
//! The step is `p(n+1) = 2 p(n) - p(n-1) + kappa r(n)`. With Lambda = kappa times the adjoint field,
//!
//! ```text
//! kappa^2 dJ/dkappa = sum_n Lambda(n+1) [p(n+1) - 2 p(n) + p(n-1)] = sum_n [Lambda(n) - 2 Lambda(n+1) + Lambda(n+2)] p(n)
//! ```
//!
//! summed by parts, with both ends at rest. This includes sources, layers and images without naming them.

use std::ops::Range;

use super::Real;
use super::density_image::DensityImage;
use super::kernels::Kernels;
use super::operator::Operator;
use super::run::Image;
use super::state::State;
use super::tape::Tape;

/// Sums over the stored wavefields, on the slab's own planes.
pub(crate) struct Sums<T> {
    own: Range<usize>,
    /// `sum [Lambda(n) - 2 Lambda(n+1) + Lambda(n+2)] p(n)`, packed.
    pub(crate) kappa: Vec<T>,
    /// `sum p(n)^2`, packed.
    pub(crate) energy: Option<Vec<T>>,
    /// With respect to inverse density.
    pub(crate) density: Option<DensityImage<T>>,
    /// Lambda(n+2) - 2 Lambda(n+1) on the current planes.
    change: Vec<T>,
    scratch: Vec<T>,
}

impl<T: Real> Sums<T> {
    pub(crate) fn new(op: &Operator<T>, own: &Range<usize>, energy: bool, density: bool) -> Sums<T> {
        let layout = &op.layout;
        let zeros = || vec![T::ZERO; layout.packed(0, own.len())];
        Sums {
            own: own.clone(),
            kappa: zeros(),
            energy: energy.then(zeros),
            density: density.then(|| DensityImage::new(layout)),
            change: Vec::new(),
            scratch: vec![T::ZERO; layout.row],
        }
    }
}

/// The sums, while the wavefields of a tape are processed.
pub(crate) struct Correlate<'a, T> {
    pub(crate) op: &'a Operator<T>,
    pub(crate) kernels: &'a Kernels<T>,
    pub(crate) tape: &'a Tape<T>,
    pub(crate) sums: &'a mut Sums<T>,
}

impl<T: Real> Correlate<'_, T> {
    /// Own planes among the given ones.
    fn own(&self, planes: &Range<usize>) -> Range<usize> {
        let own = &self.sums.own;
        planes.start.clamp(own.start, own.end)..planes.end.clamp(own.start, own.end)
    }

    fn rows(&self, planes: &Range<usize>) -> impl Iterator<Item = (usize, usize)> + use<T> {
        let (own, ny) = (self.own(planes), self.op.layout.n[1]);
        own.flat_map(move |z| (0..ny).map(move |y| (y, z)))
    }
}

impl<T: Real> Image<T> for Correlate<'_, T> {
    fn before(&mut self, n: usize, planes: &Range<usize>, state: &State<T>) {
        if !self.tape.has(n) {
            return;
        }
        let layout = &self.op.layout;
        let (now, old) = (&state.p[(n + 1) % 2], &state.p[n % 2]);
        self.sums.change.resize(self.op.layout.packed(0, self.own(planes).len()), T::ZERO);
        for (k, (y, z)) in self.rows(planes).enumerate() {
            let row = layout.at(y, z)..layout.at(y, z) + layout.row;
            let change = &mut self.sums.change[k * layout.row..][..layout.row];
            self.kernels.curve(change, &old[row.clone()], &now[row]);
        }
        let own = self.own(planes);
        if let Some(image) = &mut self.sums.density {
            image.add(self.op, (self.tape, n), &own, state, &mut self.sums.scratch);
        }
    }

    fn after(&mut self, n: usize, planes: &Range<usize>, state: &State<T>) {
        if !self.tape.has(n) {
            return;
        }
        let layout = &self.op.layout;
        let new = &state.p[n % 2];
        for (k, (y, z)) in self.rows(planes).enumerate() {
            let at = layout.packed(y, z - self.sums.own.start);
            let lambda = &new[layout.at(y, z)..][..layout.row];
            let change = &self.sums.change[k * layout.row..][..layout.row];
            let Some(field) = self.tape.row(n, y, z, &mut self.sums.scratch) else { continue };
            self.kernels.correlate(&mut self.sums.kappa[at..][..layout.row], field, lambda, change);
            if let Some(energy) = &mut self.sums.energy {
                energy[at..].iter_mut().zip(field).for_each(|(sum, &p)| *sum += p * p);
            }
        }
    }
}
